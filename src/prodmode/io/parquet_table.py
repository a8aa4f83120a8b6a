"""Read a table from a Parquet file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from prodmode.errors import Issue, Place
from prodmode.instance.raw import RawTable
from prodmode.io.frames import Headers, drop_blank_rows, oversize_cells
from prodmode.io.origins import RowOrigin
from prodmode.io.text import fault

if TYPE_CHECKING:
    from pathlib import Path

_PANDAS_INDEX = re.compile(r"__index_level_\d+__")


def read_parquet(path: Path, table: str, issues: list[Issue]) -> RawTable:
    """Read a table; faults that leave the table readable are added to `issues`.

    Parameters
    ----------
    path : Path
        A Parquet file with columns of text, numbers, booleans or dates.
    table : str
        Name of the table.
    issues : list of Issue
        Collects what is wrong.

    Raises
    ------
    InputError
        If the file cannot be read at all.
    """
    try:
        with parquet.ParquetFile(path) as file:
            data = file.read()
        data.validate(full=True)
    except PermissionError:
        raise fault("permission", "the file may not be read.", Place(str(path)), table=table) from None
    except (pa.ArrowException, OSError, ValueError) as error:
        message = f"the file cannot be read as Parquet: {str(error).splitlines()[0].rstrip('.')}."
        raise fault(
            "unreadable", message, Place(str(path)), hint="Maybe it is damaged.", table=table
        ) from error
    names = data.column_names
    headers = Headers(
        ["" if _PANDAS_INDEX.fullmatch(name) else name for name in names],
        table,
        issues,
        lambda index: Place(str(path), column=names[index]),
    )
    columns = {}
    for position in headers.positions:
        name = headers.names[position]
        columns[name] = _plain(data.column(position), name, path, table, issues)
    frame = pa.table(columns).to_pandas(ignore_metadata=True) if columns else data.select([]).to_pandas()
    frame, kept = drop_blank_rows(frame)
    origin = RowOrigin(str(path), lambda: np.flatnonzero(kept) + 1, header_row=None)
    issues.extend(oversize_cells(frame, table, origin))
    return RawTable(frame, origin)


def _plain(
    column: pa.ChunkedArray, name: str, path: Path, table: str, issues: list[Issue]
) -> pa.ChunkedArray:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_floating(kind):
        numbers = column.cast(pa.float64())
        finite = pc.fill_null(pc.is_finite(numbers), fill_value=True)
        bad = np.flatnonzero(~finite.to_numpy())
        issues.extend(
            _not_finite(str(numbers[int(row)]), Place(str(path), row=int(row) + 1, column=name), table)
            for row in bad[:50]
        )
        return pc.if_else(finite, numbers, pa.scalar(None, pa.float64()))
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if pa.types.is_temporal(kind):
        return column.cast(pa.string())
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind) or _is_text(kind):
        return column
    issues.append(
        Issue(
            f"the column '{name}' holds values of the type {kind}.",
            table,
            Place(str(path), column=name),
            "Store text, numbers, booleans or dates.",
            code="wrong-type",
        )
    )
    return pa.chunked_array([pa.nulls(len(column))])


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _not_finite(value: str, place: Place, table: str) -> Issue:
    return Issue(
        f"{value} is no finite number.",
        table,
        place,
        "Leave the cell blank, or give a number.",
        code="not-finite",
    )
