"""Read a table from a CSV file: every cell as text, blanks missing, columnar."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from prodmode.errors import InputError, Issue, Place
from prodmode.instance.raw import RawTable
from prodmode.io.decimals import decimal_points
from prodmode.io.frames import Headers, blank, drop_blank_rows, oversize_cells
from prodmode.io.origins import RowOrigin
from prodmode.io.text import check_utf8, fault, read_bytes, strip_bom

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

_DELIMITERS = (",", ";", "\t")
_RAGGED_SHOWN = 50


def read_csv(path: Path, table: str, issues: list[Issue]) -> RawTable:
    """Read a table; faults that leave the table readable are added to `issues`.

    Parameters
    ----------
    path : Path
        A file in UTF-8, separated by commas, semicolons or tabs, maybe compressed (.gz, .zst).
    table : str
        Name of the table.
    issues : list of Issue
        Collects what is wrong.

    Raises
    ------
    InputError
        If the file cannot be read at all.
    """
    data = strip_bom(read_bytes(path))
    if not data.strip():
        raise fault(
            "empty-file",
            "the file is empty.",
            Place(str(path)),
            hint="Write a header row, or remove the file.",
            table=table,
        )
    check_utf8(data[: 2**16].rpartition(b"\n")[0], path, table)
    layout = _layout(data, path, table)
    cells = _fast(data, len(layout.head), layout.delimiter)
    if cells is None:
        check_utf8(data, path, table)
        cells = _slow(data, layout, path, table, issues)

    def place(position: int) -> Place:
        shown = layout.head[position].strip() or f"number {position + 1}"
        return Place(str(path), row=layout.row, column=shown)

    skipped = _blank_head(cells) + 1
    frame = Headers(layout.head, table, issues, place).apply(cells.iloc[skipped:])
    frame, kept = drop_blank_rows(frame)
    if layout.delimiter == ";":
        frame = decimal_points(frame, table)
    origin = RowOrigin(
        str(path),
        lambda: _lines(path, layout.delimiter, len(kept) + skipped)[skipped:][kept],
        header_row=layout.row,
    )
    issues.extend(oversize_cells(frame, table, origin))
    return RawTable(frame, origin)


def _blank_head(cells: pd.DataFrame) -> int:
    """Return how many rows of white space stand before the header."""
    return next((number for number in range(len(cells)) if not blank(cells.iloc[number]).all()), 0)


def _text(data: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="replace", newline="")


@dataclass(frozen=True, slots=True)
class _Layout:
    """The header of a file, the line it stands on, and what parts the cells."""

    head: list[str]
    row: int
    delimiter: str


def _layout(data: bytes, path: Path, table: str) -> _Layout:
    """Return the layout with the delimiter that makes most cells of the header."""
    best = _Layout([], 1, ",")
    for delimiter in _DELIMITERS:
        reader = csv.reader(_text(data), delimiter=delimiter)
        start = 1
        try:
            for row in reader:
                if any(cell.strip() for cell in row):
                    if len(row) > len(best.head):
                        best = _Layout(row, start, delimiter)
                    break
                start = reader.line_num + 1
        except csv.Error as error:
            raise fault("malformed-csv", f"{error}.", Place(str(path), row=start), table=table) from None
    return best


def _fast(data: bytes, width: int, delimiter: str) -> pd.DataFrame | None:
    """Return all rows, the header first, or None where something is irregular."""
    if data.count(b'"') % 2:
        return None
    try:
        cells = arrow_csv.read_csv(
            pa.BufferReader(data if data.endswith(b"\n") else data + b"\n"),
            arrow_csv.ReadOptions(autogenerate_column_names=True, block_size=2**23),
            arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=b'"' in data),
            arrow_csv.ConvertOptions(
                column_types={f"f{number}": pa.string() for number in range(width)},
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except pa.ArrowInvalid:
        return None
    if cells.num_columns != width:
        return None
    frame: pd.DataFrame = cells.to_pandas()
    return frame


def _slow(data: bytes, layout: _Layout, path: Path, table: str, issues: list[Issue]) -> pd.DataFrame:
    """Return all rows, the header first; rows with too many or too few cells are reported."""
    rows: list[list[str | None]] = []
    ragged = 0
    width = len(layout.head)
    reader = csv.reader(_text(data), delimiter=layout.delimiter, strict=True)
    start = 1
    try:
        for row in reader:
            if row and not _fits(row, width):
                ragged += 1
                if ragged <= _RAGGED_SHOWN:
                    issues.append(_ragged(row, layout.head, Place(str(path), row=start), table))
            if row:
                rows.append([cell or None for cell in row[:width]] + [None] * (width - len(row)))
            start = reader.line_num + 1
    except csv.Error as error:
        raise _malformed(error, Place(str(path), row=start), table) from None
    if ragged > _RAGGED_SHOWN:
        more = f"{ragged - _RAGGED_SHOWN} more rows have too many or too few cells."
        issues.append(Issue(more, table, Place(str(path)), code="ragged-row"))
    return pd.DataFrame(rows, dtype="str")


def _fits(row: list[str], width: int) -> bool:
    if len(row) < width:
        return not any(cell.strip() for cell in row)
    return not any(cell.strip() for cell in row[width:])


def _ragged(row: list[str], head: list[str], place: Place, table: str) -> Issue:
    few = len(row) < len(head)
    hint = "Put a cell in every column." if few else "Quote text that holds the separator."
    message = f"the row has {len(row)} {'cell' if len(row) == 1 else 'cells'}, the header has {len(head)}."
    return Issue(message, table, place, hint, code="ragged-row")


def _malformed(error: csv.Error, place: Place, table: str) -> InputError:
    text = str(error)
    if "field limit" in text:
        return fault(
            "oversize-cell", "a cell is too long.", place, hint="Maybe a quote is not closed.", table=table
        )
    if "end of data" in text:
        return fault(
            "malformed-csv", "a quoted cell does not end.", place, hint="Close the quote.", table=table
        )
    return fault(
        "malformed-csv", f"{text}.", place, hint='Write a quote in a quoted cell as "".', table=table
    )


def _lines(path: Path, delimiter: str, count: int) -> npt.NDArray[np.int64]:
    """Return the line on which each of the first `count` rows starts; blank lines are no rows."""
    starts = np.arange(1, count + 1, dtype=np.int64)
    reader = csv.reader(_text(strip_bom(read_bytes(path))), delimiter=delimiter)
    number, start = 0, 1
    # A cell beyond the limit of the csv module stops the count; the rows after it are numbered on.
    with suppress(csv.Error):
        for row in reader:
            if number == count:
                break
            if row:
                starts[number] = start
                number += 1
            start = reader.line_num + 1
    starts[number:] = start + np.arange(count - number)
    return starts
