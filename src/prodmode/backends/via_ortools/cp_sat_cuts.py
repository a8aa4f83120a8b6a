"""Cuts for a point of the LP: which rows to add up so that rounding the sum cuts the point off.

Two kinds: chains of tight rows, each joined to the last by a continuous column between its bounds, as in
flows from period to period; and rows of the simplex tableau, which are Gomory's. `cp_sat_mir` rounds the
sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends.via_ortools.cp_sat_mir import (
    NEGLIGIBLE,
    UP_WHERE_NEARER,
    UP_WHERE_POSITIVE,
    UP_WHERE_VARIABLE,
    Cut,
    Place,
    Side,
    Slack,
    rounded,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from numpy.typing import NDArray
    from scipy.sparse import csc_array

    from prodmode.formulation.mip import Mip

TIGHT = 1e-6
"""A row is tight, and a column at its bound, within this."""

CHAIN = 6
"""Most rows of a chain."""

LONGEST = 200
"""Most columns of a sum."""

TABLEAU_ROWS = 60
"""Most rows of the tableau looked at."""

PREFERENCES = (UP_WHERE_NEARER, UP_WHERE_POSITIVE, UP_WHERE_VARIABLE)


@dataclass(frozen=True, slots=True)
class VariableBounds:
    """Bounds ``base + slope * x[other]`` on continuous columns, from rows of one of these and an integer.

    Attributes
    ----------
    column, other : ndarray of int
    base, slope : ndarray of float
    above : ndarray of bool
        Whether it is an upper bound.
    """

    column: NDArray[np.int64]
    other: NDArray[np.int64]
    base: NDArray[np.float64]
    slope: NDArray[np.float64]
    above: NDArray[np.bool_]

    @classmethod
    def of(cls, mip: Mip) -> VariableBounds:
        """Find the variable bounds of a program."""
        rows = np.flatnonzero(np.diff(mip.matrix.indptr) == 2)
        first = mip.matrix.indptr[rows]
        column, other = mip.matrix.indices[first], mip.matrix.indices[first + 1]
        a, b = mip.matrix.data[first], mip.matrix.data[first + 1]
        swap = mip.integer[column]
        column, other = np.where(swap, other, column), np.where(swap, column, other)
        a, b = np.where(swap, b, a), np.where(swap, a, b)
        mixed = ~mip.integer[column] & mip.integer[other]
        column, other, a, b, rows = column[mixed], other[mixed], a[mixed], b[mixed], rows[mixed]
        low, high = mip.row_lower[rows], mip.row_upper[rows]
        sides = [(np.where(a > 0, high, low), np.ones(len(a), dtype=bool)),
                 (np.where(a > 0, low, high), np.zeros(len(a), dtype=bool))]  # fmt: skip
        base = np.concatenate([side / a for side, _ in sides])
        above = np.concatenate([kind for _, kind in sides])
        slope, column, other = np.tile(-b / a, 2), np.tile(column, 2), np.tile(other, 2)
        known = np.isfinite(base)
        return cls(column[known], other[known], base[known], slope[known], above[known])

    def at(self, mip: Mip, x: NDArray[np.float64], *, above: bool) -> Side:
        """Return the tightest upper (or lower) bound of each column at a point."""
        plain = mip.upper if above else mip.lower
        side = Side(plain.copy(), plain.copy(), np.zeros(len(x)), np.full(len(x), -1, dtype=np.int64))
        use = np.flatnonzero(self.above == above)
        value = self.base[use] + self.slope[use] * x[self.other[use]]
        column = self.column[use]
        tighter = value <= plain[column] + TIGHT if above else value >= plain[column] - TIGHT
        # The last to be written counts: the tightest.
        order = np.argsort(-value if above else value, kind="stable")
        order = order[tighter[order]]
        chosen = use[order]
        side.value[column[order]] = value[order]
        side.base[column[order]] = self.base[chosen]
        side.slope[column[order]] = self.slope[chosen]
        side.other[column[order]] = self.other[chosen]
        return side


class Separator:
    """Finds cuts for one point of the LP.

    Parameters
    ----------
    mip : Mip
        The program, with the cuts so far as rows.
    by_column : csc_array
        Its matrix by columns.
    bounds : VariableBounds
    x : ndarray, shape (n,)
        The point.
    """

    def __init__(
        self, mip: Mip, by_column: csc_array[np.float64], bounds: VariableBounds, x: NDArray[np.float64]
    ) -> None:
        self._mip, self._by_column = mip, by_column
        self._place = Place(mip, x, bounds.at(mip, x, above=False), bounds.at(mip, x, above=True))
        activity = mip.matrix @ x
        self._from_low, self._from_high = activity - mip.row_lower, mip.row_upper - activity
        self._equation = mip.row_upper - mip.row_lower <= NEGLIGIBLE
        below, above = self._place.below, self._place.above
        inside = np.where(mip.integer, 0.0, np.minimum(x - below.value, above.value - x))
        self._inside = np.where(inside > TIGHT, inside, 0.0)

    def cuts(self, engine: Any, stop: Callable[[], bool]) -> list[Cut]:
        """Return cuts, those that cut the point off furthest first.

        Parameters
        ----------
        engine : highspy.Highs
            Holds the optimal basis of the LP.
        stop : callable
            Whether to stop looking.
        """
        found: dict[tuple[bytes, bytes], Cut] = {}
        for candidate in (self._from_chains, lambda: self._from_tableau(engine)):
            for cut in candidate():
                if len(cut.columns) <= LONGEST:
                    found.setdefault((cut.columns.tobytes(), np.round(cut.values, 6).tobytes()), cut)
                if stop():
                    break
        return sorted(found.values(), key=lambda cut: -cut.efficacy)

    def _from_chains(self) -> Iterator[Cut]:
        mip, place = self._mip, self._place
        fractional = mip.integer & (np.abs(place.x - np.round(place.x)) > TIGHT)
        hot = fractional | (self._inside > 0)
        for side in (place.below, place.above):
            hot |= (side.other >= 0) & fractional[side.other]
        touches = abs(mip.matrix) @ hot.astype(float) > 0
        for row in np.flatnonzero(touches & (np.minimum(self._from_low, self._from_high) < TIGHT)).tolist():
            if self._from_high[row] < TIGHT:
                yield from self._chain(row, 1.0)
            if self._from_low[row] < TIGHT:
                yield from self._chain(row, -1.0)

    def _chain(self, row: int, sign: float) -> Iterator[Cut]:
        terms: dict[int, float] = {}
        upper = self._add(terms, row, sign)
        used = {row}
        for _ in range(CHAIN):
            for prefer in PREFERENCES:
                cut = rounded(self._place, terms, upper, prefer)
                if cut is not None:
                    yield cut
            joint = max(terms, key=lambda j: self._inside[j], default=-1)
            if joint < 0 or not self._inside[joint] > 0:
                return
            following = self._joined(joint, terms[joint], used)
            if following is None:
                return
            used.add(following[0])
            upper += self._add(terms, *following)
            terms.pop(joint, None)
            if len(terms) > LONGEST:
                return

    def _joined(self, column: int, weight: float, used: set[int]) -> tuple[int, float] | None:
        """Return the row that best takes a column out of a sum, and its factor: an equation, a short one."""
        best: tuple[tuple[bool, int], int, float] | None = None
        starts = self._mip.matrix.indptr
        start, end = self._by_column.indptr[column : column + 2]
        rows, data = self._by_column.indices[start:end].tolist(), self._by_column.data[start:end].tolist()
        for row, value in zip(rows, data, strict=True):
            factor = -weight / value
            slack = self._from_high[row] if factor > 0 else self._from_low[row]
            if row in used or slack > TIGHT:
                continue
            rank = (not self._equation[row], int(starts[row + 1] - starts[row]))
            if best is None or rank < best[0]:
                best = rank, row, factor
        return None if best is None else best[1:]

    def _add(self, terms: dict[int, float], row: int, factor: float) -> float:
        """Add a multiple of a row to a sum and return what is to be added to its upper side."""
        start, end = self._mip.matrix.indptr[row : row + 2]
        columns, data = (
            self._mip.matrix.indices[start:end].tolist(),
            self._mip.matrix.data[start:end].tolist(),
        )
        for j, value in zip(columns, data, strict=True):
            total = terms.get(j, 0.0) + factor * value
            if total:
                terms[j] = total
            else:
                terms.pop(j, None)
        side = self._mip.row_upper if factor > 0 else self._mip.row_lower
        return factor * float(side[row])

    def _from_tableau(self, engine: Any) -> Iterator[Cut]:
        mip, x = self._mip, self._place.x
        basic = np.asarray(engine.getBasicVariables()[1])
        place = np.flatnonzero(basic >= 0)
        place = place[mip.integer[basic[place]]]
        off = np.abs(x[basic[place]] - np.round(x[basic[place]]))
        place, off = place[off > 1e-3], off[off > 1e-3]
        for position in place[np.argsort(-off)][:TABLEAU_ROWS].tolist():
            multipliers = np.asarray(engine.getBasisInverseRow(position)[1])
            rows = np.flatnonzero(np.abs(multipliers) > NEGLIGIBLE)
            for sign in (1.0, -1.0):
                yield from self._tableau_row(rows, sign * multipliers[rows])

    def _tableau_row(self, rows: NDArray[np.int64], multipliers: NDArray[np.float64]) -> Iterator[Cut]:
        mip = self._mip
        weights = np.asarray(multipliers @ mip.matrix[rows])
        columns = np.flatnonzero(weights)
        if len(columns) > LONGEST:
            return
        from_upper = self._from_high[rows] <= self._from_low[rows]
        side = np.where(from_upper, mip.row_upper[rows], mip.row_lower[rows])
        distance = np.where(from_upper, self._from_high[rows], self._from_low[rows])
        if not np.isfinite(side).all():
            return
        # "a x + s = upper" or "a x - s = lower": a slack of positive weight may be dropped.
        slack_weights = np.where(from_upper, multipliers, -multipliers)
        kept = (slack_weights < 0) & ~self._equation[rows]
        slacks = [
            Slack(float(w), int(r), bool(u), max(float(d), 0.0))
            for w, r, u, d in zip(
                slack_weights[kept], rows[kept], from_upper[kept], distance[kept], strict=True
            )
        ]
        terms = dict(zip(columns.tolist(), weights[columns].tolist(), strict=True))
        for prefer in (UP_WHERE_NEARER, UP_WHERE_VARIABLE):
            cut = rounded(self._place, terms, float(multipliers @ side), prefer, slacks)
            if cut is not None:
                yield cut
