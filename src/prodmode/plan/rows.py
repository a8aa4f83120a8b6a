"""Rows of a table as text, worked out column by column: what a plan of millions of rows is written with."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

CHUNK = 1 << 16
"""Rows that are text at the same time."""

_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_JSON_ESCAPED = r'["\\\x00-\x1f]'
_CSV_QUOTED = r'[",\r\n]'


@dataclass(frozen=True, slots=True)
class RowStyle:
    """How an object of a list of objects is set in JSON.

    Attributes
    ----------
    start, between, end : str
        What stands before the first pair of an object, between two pairs, and after the last.
    apart : str
        What stands between two objects.
    """

    start: str
    between: str
    end: str
    apart: str


ON_A_LINE = RowStyle("{", ", ", "}", ",\n")
"""A row of the table on a line of its own."""


def indented(depth: int) -> RowStyle:
    """Return the style of ``json.dumps(..., indent=2)`` for objects that stand `depth` levels deep."""
    outer, inner = "  " * depth, "  " * (depth + 1)
    return RowStyle(f"{outer}{{\n{inner}", f",\n{inner}", f"\n{outer}}}", ",\n")


class Part:
    """Some rows of a table, to be written in one way or another; their numbers become text once.

    Parameters
    ----------
    table : DataFrame
        The rows.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table
        self._numbers: dict[str, Any] = {}

    def json(self, columns: Sequence[str] | None = None, style: RowStyle = ON_A_LINE) -> bytes:
        """Return the rows as JSON objects, in UTF-8; what is undefined is null."""
        names = list(self._table.columns if columns is None else columns)
        labels = [f"{style.between if at else style.start}{_ENCODE(name)}: " for at, name in enumerate(names)]
        text = _joined(labels, [self._json_cells(name) for name in names], style.end + style.apart)
        return text[: len(text) - len(style.apart.encode())]

    def csv(self) -> bytes:
        """Return the rows as CSV, in UTF-8: the text that `DataFrame.to_csv` makes of them."""
        cells = [self._csv_cells(name) for name in self._table.columns]
        if any(column is None for column in cells):
            return self._table.to_csv(index=False, header=False, lineterminator="\n").encode()
        return _joined(["", *("," for _ in cells[1:])], cells, "\n")

    def _json_cells(self, name: str) -> Any:
        column = self._table[name]
        if isinstance(column.dtype, pd.StringDtype):
            return pc.fill_null(_json_texts(_arrow(column)), "null")
        kind = _kind(column)
        if kind == "f":
            return _blank(self._texts(name), ~np.isfinite(column.to_numpy()), "null")
        if kind in "iu":
            return self._texts(name)
        if kind == "b":
            return _flags(column, "true", "false")
        values = [None if value is pd.NA or value != value else value for value in column.tolist()]  # noqa: PLR0124
        return pa.array([_ENCODE(value) for value in values], pa.large_string())

    def _csv_cells(self, name: str) -> Any:
        column = self._table[name]
        if isinstance(column.dtype, pd.StringDtype):
            return pc.fill_null(_csv_texts(_arrow(column)), "")
        kind = _kind(column)
        if kind == "f":
            return _blank(self._texts(name), np.isnan(column.to_numpy()), "")
        if kind in "iu":
            return self._texts(name)
        return _flags(column, "True", "False") if kind == "b" else None

    def _texts(self, name: str) -> Any:
        if name not in self._numbers:
            values = self._table[name].to_numpy()
            real = values.dtype.kind == "f"
            self._numbers[name] = _numbers(values.astype(np.float64)) if real else _cast(pa.array(values))
        return self._numbers[name]


def parts(table: pd.DataFrame) -> Iterator[Part]:
    """Yield the rows of a table, so many at a time as may be text at once."""
    for start in range(0, len(table), CHUNK):
        yield Part(table.iloc[start : start + CHUNK])


def json_rows(
    table: pd.DataFrame, columns: Sequence[str] | None = None, style: RowStyle = ON_A_LINE
) -> Iterator[bytes]:
    """Yield the rows of a table as JSON objects, in UTF-8; what is undefined is null.

    Parameters
    ----------
    table : DataFrame
        The table.
    columns : sequence of str, optional
        Which of its columns, in which order; by default all.
    style : RowStyle
        How each object is set.

    Yields
    ------
    bytes
        Pieces of text; together they are what stands between the brackets of the list.
    """
    for position, part in enumerate(parts(table)):
        if position:
            yield style.apart.encode()
        yield part.json(columns, style)


def csv_header(table: pd.DataFrame) -> bytes:
    """Return the header line of a table."""
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(table.columns)
    return header.getvalue().encode()


def json_object(data: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield an object as ``json.dumps(..., indent=2)`` sets it, in UTF-8; its tables are lists of rows.

    Parameters
    ----------
    data : mapping of str to DataFrame or what JSON can hold
        The object.

    Yields
    ------
    bytes
        Pieces of text.

    Raises
    ------
    ValueError
        Before anything is yielded, if a value is NaN or infinite.
    """
    plain = {
        name: json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2).replace("\n", "\n  ")
        for name, value in data.items()
        if not isinstance(value, pd.DataFrame)
    }
    yield b"{"
    for position, (name, value) in enumerate(data.items()):
        yield f"{',' * bool(position)}\n  {_ENCODE(name)}: ".encode()
        if name in plain:
            yield plain[name].encode("utf-8", errors="backslashreplace")
        elif len(value):
            yield b"[\n"
            yield from json_rows(value, style=indented(2))
            yield b"\n  ]"
        else:
            yield b"[]"
    yield b"\n}" if data else b"}"


def _joined(labels: Sequence[str], cells: Sequence[Any], end: str) -> bytes:
    pieces = [piece for pair in zip(labels, cells, strict=True) for piece in pair]
    text = pc.binary_join_element_wise(*(_scalar(piece) for piece in pieces), _scalar(end), _scalar(""))
    _, offsets, data = text.buffers()
    first, last = np.frombuffer(offsets, dtype=np.int64)[[text.offset, text.offset + len(text)]]
    return bytes(memoryview(data)[first:last])


def _scalar(piece: Any) -> Any:
    return pa.scalar(piece, pa.large_string()) if isinstance(piece, str) else piece


def _kind(column: pd.Series[Any]) -> str:
    return column.dtype.kind if isinstance(column.dtype, np.dtype) else "O"


def _blank(texts: Any, none: NDArray[np.bool_], blank: str) -> Any:
    return pc.if_else(pa.array(none), _scalar(blank), texts) if none.any() else texts


def _arrow(column: pd.Series[Any]) -> Any:
    array = pa.array(column, pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _cast(array: Any) -> Any:
    return pc.cast(array, pa.large_string())


def _flags(column: pd.Series[Any], yes: str, no: str) -> Any:
    return pc.if_else(pa.array(column.to_numpy(dtype=bool)), _scalar(yes), _scalar(no))


def _json_texts(texts: Any) -> Any:
    odd = pc.fill_null(pc.match_substring_regex(texts, _JSON_ESCAPED), fill_value=False)
    quote = _scalar('"')
    quoted = pc.binary_join_element_wise(quote, texts, quote, _scalar(""))
    if not pc.any(odd).as_py():
        return quoted
    escaped = pa.array([_ENCODE(text) for text in texts.filter(odd).to_pylist()], pa.large_string())
    return pc.replace_with_mask(quoted, odd, escaped)


def _csv_texts(texts: Any) -> Any:
    odd = pc.fill_null(pc.match_substring_regex(texts, _CSV_QUOTED), fill_value=False)
    if not pc.any(odd).as_py():
        return texts
    quote, doubled = _scalar('"'), pc.replace_substring(texts, '"', '""')
    return pc.if_else(odd, pc.binary_join_element_wise(quote, doubled, quote, _scalar("")), texts)


def _numbers(values: NDArray[np.float64]) -> Any:
    """Return numbers as Python writes them, so that they read back to the last bit.

    Arrow writes the same digits, but a whole number without its ".0" and exponents in its own way.
    """
    texts = _cast(pa.array(values))
    size = np.abs(values)
    odd = pc.match_substring(texts, "e").to_numpy(zero_copy_only=False) | ((size < 1e-4) & (size > 0))
    whole = pc.invert(pc.match_substring(texts, ".")).to_numpy(zero_copy_only=False) & np.isfinite(values)
    if whole.any():
        ends = pc.if_else(pa.array(whole), _scalar(".0"), _scalar(""))
        texts = pc.binary_join_element_wise(texts, ends, _scalar(""))
    if odd.any():
        written = pa.array([repr(value) for value in values[odd].tolist()], pa.large_string())
        texts = pc.replace_with_mask(texts, pa.array(odd), written)
    return texts
