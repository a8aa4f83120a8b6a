"""A readable listing in CPLEX LP format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from prodmode.formulation.mip import Mip

WIDTH = 110
"""Lines longer than this are folded: some readers stop at 255 characters."""


def lp_lines(
    mip: Mip, columns: Sequence[str], rows: Sequence[str], heads: Sequence[str], notes: dict[int, str]
) -> Iterator[str]:
    """Yield the lines of an LP file.

    Parameters
    ----------
    mip : Mip
        The program; rows have at most one finite side, or two equal ones.
    columns, rows : sequence of str
        Names that the format allows.
    heads : sequence of str
        Comments at the top.
    notes : dict of int to str
        Comments before the row of that position.
    """
    yield from (f"\\ {head}" for head in heads)
    yield "Minimize"
    costed = np.flatnonzero(mip.cost)
    yield from _expression(" obj:", zip(mip.cost[costed], costed, strict=True), columns)
    yield "Subject To"
    matrix = mip.matrix
    for row, name in enumerate(rows):
        if row in notes:
            yield f"\\ {notes[row]}"
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        terms = zip(matrix.data[span], matrix.indices[span], strict=True)
        low, high = mip.row_lower[row], mip.row_upper[row]
        relation, side = ("=", low) if low == high else ("<=", high) if np.isfinite(high) else (">=", low)
        yield from _expression(f" {name}:", terms, columns, f" {relation} {_number(side)}")
    yield "Bounds"
    yield from _bounds(mip, columns)
    yield from _section("Binaries", mip.integer & (mip.lower == 0) & (mip.upper == 1), columns)
    yield from _section("Generals", mip.integer & ~((mip.lower == 0) & (mip.upper == 1)), columns)
    yield "End"


def _number(value: float) -> str:
    # Adding zero turns -0.0 into 0.0.
    return repr(float(value) + 0.0).removesuffix(".0")


def _expression(
    head: str, terms: Iterable[tuple[float, int]], columns: Sequence[str], tail: str = ""
) -> Iterator[str]:
    line = head
    empty = True
    for value, column in terms:
        empty = False
        size = abs(value)
        factor = "" if size == 1 else f"{_number(size)} "
        term = f" {'-' if value < 0 else '+'} {factor}{columns[column]}"
        if len(line) + len(term) > WIDTH:
            yield line
            line = "   "
        line += term
    if empty:
        line += f" 0 {columns[0]}" if len(columns) else " 0"
    yield line + tail


def _bounds(mip: Mip, columns: Sequence[str]) -> Iterator[str]:
    binary = mip.integer & (mip.lower == 0) & (mip.upper == 1)
    for column in np.flatnonzero(~binary & ~((mip.lower == 0) & np.isinf(mip.upper))).tolist():
        low, high, name = mip.lower[column], mip.upper[column], columns[column]
        if np.isinf(low) and np.isinf(high):
            yield f" {name} free"
        elif np.isinf(high):
            yield f" {name} >= {_number(low)}"
        else:
            yield f" {'-inf' if np.isinf(low) else _number(low)} <= {name} <= {_number(high)}"


def _section(
    head: str, members: np.ndarray[tuple[int], np.dtype[np.bool_]], columns: Sequence[str]
) -> Iterator[str]:
    which = np.flatnonzero(members).tolist()
    if which:
        yield head
        yield from (f" {columns[column]}" for column in which)
