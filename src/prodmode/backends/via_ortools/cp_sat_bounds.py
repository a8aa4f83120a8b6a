"""Bounds that rows imply, and bounds that no optimum needs to exceed; columns that may as well be whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.mip import Mip

ROUNDS = 10
"""Most passes over the rows: each may bound columns that let others be bounded."""

MARGIN = 1e-9
"""How much wider than implied a bound is made, relatively."""

WORTH = 1e-3
"""Share of its range that a continuous column must lose for a new bound to be taken over."""


def bounded(mip: Mip) -> Mip:
    """Return a program with bounds on as many columns as can be given some without losing its minimum.

    Only columns without bounds get any. Where the cost of a column speaks against it and it does nothing but
    help rows, it needs to be no larger than what satisfies them whatever the others do.
    """
    rows = _Rows.of(mip)
    lower, upper = mip.lower.copy(), mip.upper.copy()
    for _ in range(ROUNDS):
        open_up, open_down = np.isinf(upper), np.isinf(lower)
        if not (open_up.any() or open_down.any()):
            break
        implied_lower, implied_upper = rows.implied(lower, upper)
        helpful = rows.helpful(mip, lower, upper)
        new_upper = np.minimum(implied_upper, np.maximum(helpful, lower))
        upper = np.where(open_up & np.isfinite(new_upper), _wider(new_upper, mip.integer, up=True), upper)
        lower = np.where(
            open_down & np.isfinite(implied_lower), _wider(implied_lower, mip.integer, up=False), lower
        )
        if (np.isinf(upper) == open_up).all() and (np.isinf(lower) == open_down).all():
            break
    return replace(mip, lower=lower, upper=np.maximum(upper, lower))


def tightened(mip: Mip) -> Mip:
    """Return a program with the bounds that its rows imply, all columns considered.

    Every point of the program keeps to them, whole numbers where columns are integer.
    """
    rows = _Rows.of(mip)
    lower, upper = mip.lower.copy(), mip.upper.copy()
    for _ in range(ROUNDS):
        new_lower, new_upper = rows.implied(lower, upper)
        with np.errstate(invalid="ignore"):
            least = np.where(mip.integer, 0.5, WORTH * np.maximum(upper - lower, WORTH))
        above = np.where(np.isfinite(new_upper), _wider(new_upper, mip.integer, up=True), np.inf)
        below = np.where(np.isfinite(new_lower), _wider(new_lower, mip.integer, up=False), -np.inf)
        fewer = np.isfinite(above) & (np.isinf(upper) | (above < upper - least))
        more = np.isfinite(below) & (np.isinf(lower) | (below > lower + least))
        if not (fewer.any() or more.any()):
            break
        upper, lower = np.where(fewer, above, upper), np.where(more, below, lower)
    # Bounds that cross are left to whoever solves: by rounding alone they must not.
    near = (lower > upper) & ~mip.integer & (lower - upper <= 1e-6)
    upper = np.where(near, lower, upper)
    return replace(mip, lower=lower, upper=upper)


def may_be_whole(mip: Mip) -> NDArray[np.bool_]:
    """Return which continuous columns can be required to be whole without losing the minimum.

    Those that an equation of integers with whole coefficients leaves no choice; and pairs ``u - e`` in such
    an equation that every other row and the cost wants small: the lesser of the two is then zero.
    """
    counts = np.diff(mip.matrix.indptr)
    row, column, data = np.repeat(np.arange(len(counts)), counts), mip.matrix.indices, mip.matrix.data
    continuous = ~mip.integer
    harmed = np.where(data > 0, np.isfinite(mip.row_lower[row]), np.isfinite(mip.row_upper[row]))
    # The equation itself is harmed once.
    wants_small = np.bincount(column[harmed], minlength=len(mip.cost)) <= 1
    wants_small &= (mip.cost >= 0) & (mip.lower == 0)
    with np.errstate(invalid="ignore"):
        even = (mip.lower == np.round(mip.lower)) & (mip.upper == np.round(mip.upper))
    found = np.zeros(len(mip.cost), dtype=bool)
    several = np.bincount(row[continuous[column]], minlength=len(counts))
    for r in np.flatnonzero((mip.row_lower == mip.row_upper) & (several > 0) & (several <= 2)).tolist():
        entries = slice(mip.matrix.indptr[r], mip.matrix.indptr[r + 1])
        own = continuous[column[entries]]
        pair, sizes = column[entries][own], data[entries][own]
        units = np.append(data[entries], mip.row_lower[r]) / abs(sizes[0])
        if (units != np.round(units)).any() or (np.abs(sizes) != abs(sizes[0])).any() or not even[pair].all():
            continue
        if len(pair) == 1 or (sizes.sum() == 0 and wants_small[pair].all()):
            found[pair] = True
    return found


def _wider(values: NDArray[np.float64], integer: NDArray[np.bool_], *, up: bool) -> NDArray[np.float64]:
    finite = np.where(np.isfinite(values), values, 0.0)
    margin = MARGIN * np.maximum(1.0, np.abs(finite))
    if up:
        return np.where(integer, np.floor(finite + 1e-6 + margin), finite + margin)
    return np.where(integer, np.ceil(finite - 1e-6 - margin), finite - margin)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The entries of a matrix and the sides of their rows."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    data: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def of(cls, mip: Mip) -> _Rows:
        counts = np.diff(mip.matrix.indptr)
        row = np.repeat(np.arange(len(counts)), counts)
        used = mip.matrix.data != 0
        return cls(
            row[used], mip.matrix.indices[used].astype(np.int64), mip.matrix.data[used],
            mip.row_lower, mip.row_upper,
        )  # fmt: skip

    def implied(
        self, lower: NDArray[np.float64], upper: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the bounds on columns that the rows imply."""
        least, most = self._least(lower, upper), self._most(lower, upper)
        with np.errstate(invalid="ignore"):
            from_high = (self.high[self.row] - least) / self.data
            from_low = (self.low[self.row] - most) / self.data
        from_high[np.isnan(from_high)] = np.inf
        positive = self.data > 0
        ups = np.where(positive, from_high, from_low)
        downs = np.where(positive, from_low, from_high)
        new_upper, new_lower = np.full_like(upper, np.inf), np.full_like(lower, -np.inf)
        np.fmin.at(new_upper, self.column, np.where(np.isfinite(ups), ups, np.inf))
        np.fmax.at(new_lower, self.column, np.where(np.isfinite(downs), downs, -np.inf))
        return new_lower, new_upper

    def helpful(
        self, mip: Mip, lower: NDArray[np.float64], upper: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return how large a column need be for its rows to hold; infinite where it does anything else."""
        positive = self.data > 0
        hurts = np.where(positive, np.isfinite(self.high[self.row]), np.isfinite(self.low[self.row]))
        least, most = self._least(lower, upper), self._most(lower, upper)
        with np.errstate(invalid="ignore"):
            need = np.where(
                positive, (self.low[self.row] - least) / self.data, (self.high[self.row] - most) / self.data
            )
        sides = np.where(positive, self.low[self.row], self.high[self.row])
        need[np.isinf(sides)] = -np.inf
        need[hurts | np.isnan(need)] = np.inf
        enough = np.full_like(upper, -np.inf)
        np.maximum.at(enough, self.column, need)
        # The next integer suffices.
        enough = np.where(mip.integer & np.isfinite(enough), np.ceil(enough), enough)
        return np.where(mip.cost >= 0, enough, np.inf)

    def _least(self, lower: NDArray[np.float64], upper: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return for each entry the least that the others of its row add up to."""
        part = self.data * np.where(self.data > 0, lower[self.column], upper[self.column])
        return self._of_others(part, -np.inf)

    def _most(self, lower: NDArray[np.float64], upper: NDArray[np.float64]) -> NDArray[np.float64]:
        part = self.data * np.where(self.data > 0, upper[self.column], lower[self.column])
        return self._of_others(part, np.inf)

    def _of_others(self, part: NDArray[np.float64], none: float) -> NDArray[np.float64]:
        infinite = np.isinf(part)
        finite = np.where(infinite, 0.0, part)
        size = len(self.low)
        total = np.bincount(self.row, weights=finite, minlength=size)[self.row] - finite
        others = np.bincount(self.row, weights=infinite, minlength=size)[self.row] - infinite
        return np.where(others > 0, none, total)
