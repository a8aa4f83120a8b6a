"""Mixed-integer programs as integer programs for CP-SAT, which knows no other.

Continuous columns move on a grid. CP-SAT's own conversion does that too, but then its "optimal", its
"infeasible" and its bound hold for the grid only. Here every row is widened by what rounding to the grid (and
coefficients to integers) may cost it: each point of the program has a neighbour on the grid, so the grid is a
relaxation. What is infeasible there is infeasible here, and its bound less a known loss is a bound here.
The integers of a plan on the grid are taken over by an LP, which finds the exact quantities if there are any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from prodmode.formulation.mip import Mip

if TYPE_CHECKING:
    from numpy.typing import NDArray

BOX = 2.0**24
"""Columns without a bound are held in a box of this size, and nothing is proved."""

LARGEST = 52
"""Sums of a row stay below two to this power: CP-SAT counts in 64 bits, its conversion in 53."""

DECIMALS = 6
"""Coefficients of up to so many decimals become exact integers."""

EXACT = 1e-11
"""Relative distance at which a number is taken for an integer."""

LAST_DIGITS = 1e-12
"""Share of what fixed columns add to a row that rounding may cost."""


@dataclass(frozen=True, slots=True)
class Grid:
    """An integer program that relaxes another, and the way back.

    Attributes
    ----------
    mip : Mip
        All columns, coefficients and finite sides integer.
    step : ndarray, shape (k,)
        ``x = step * z`` for the columns that are on the grid.
    moving : ndarray of int, shape (k,)
        These columns: the others can take one value alone.
    still : ndarray, shape (n,)
        The values of the others.
    objective : float
        ``integer cost = objective * cost``.
    loss : float
        How far its minimum, in the units of the program, may lie above that of the program.
    relaxes : bool
        Whether each point of the program has a neighbour on the grid: else nothing is proved.
    """

    mip: Mip
    step: NDArray[np.float64]
    moving: NDArray[np.int64]
    still: NDArray[np.float64]
    objective: float
    loss: float
    relaxes: bool

    def is_empty(self) -> bool:
        """Return whether sides or bounds cross, so that there is no point."""
        grid = self.mip
        bare = np.diff(grid.matrix.indptr) == 0
        crossed = (grid.row_lower > grid.row_upper) | (bare & ((grid.row_lower > 0) | (grid.row_upper < 0)))
        return bool(crossed.any() or (grid.lower > grid.upper).any())

    def point(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a point of the grid in the units of the program."""
        x = self.still.copy()
        x[self.moving] = z * self.step
        return x

    def nearest(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the point of the grid next to one of the program."""
        return np.clip(np.round(x[self.moving] / self.step), self.mip.lower, self.mip.upper)

    def bound(self, value: float) -> float:
        """Return the bound on the program that a bound on the grid proves."""
        return value / self.objective - self.loss


def gridded(mip: Mip, bits: int, *, widen: bool = True) -> Grid:
    """Put the continuous columns of a program on a grid of about ``2**bits`` points each.

    Parameters
    ----------
    mip : Mip
        A scaled program.
    bits : int
        More make the relaxation tighter and the search slower.
    widen : bool
        Whether rows are widened so that the grid relaxes the program. Where not, only equations are, which
        would have no points else: plans on the grid then nearly always hold, but nothing is proved.
    """
    still, moving = mip.lower, np.flatnonzero(mip.lower != mip.upper)
    mip = _compact(mip, moving)
    free = ~(np.isfinite(mip.lower) & np.isfinite(mip.upper))
    lower, upper = np.maximum(mip.lower, -BOX), np.minimum(mip.upper, BOX)
    reach = np.maximum(np.abs(lower), np.abs(upper))
    fine = 2.0 ** (np.ceil(np.log2(np.where(reach > 0, reach, 1.0))) - bits)
    step = np.where(mip.integer, 1.0, fine)
    tiny = np.where(mip.integer, 1e-6, 1e-9)
    # The neighbour of a point may lie outside bounds that are not on the grid.
    low = np.where(mip.integer, np.ceil(lower - tiny), np.floor(lower / step + tiny))
    high = np.where(mip.integer, np.floor(upper + tiny), np.ceil(upper / step - tiny))
    most = np.maximum(np.abs(low), np.abs(high))
    matrix, row_lower, row_upper = _rows(mip, step, most, bits, widen=widen)
    cost, factor, loss = _cost(mip, step, most, bits)
    relaxes = not free.any() and (widen or bool(mip.integer.all()))
    grid = Mip(cost, 0.0, matrix, row_lower, row_upper, low, high, np.ones_like(mip.integer))
    return Grid(grid, step, moving, still, factor, loss - mip.offset, relaxes=relaxes)


def _compact(mip: Mip, moving: NDArray[np.int64]) -> Mip:
    """Return a program without columns of one value and without rows that hold whatever the others do."""
    still = mip.lower.copy()
    still[moving] = 0.0
    matrix = csr_array(mip.matrix[:, moving])
    matrix.sort_indices()
    lower, upper = mip.lower[moving], mip.upper[moving]
    settled = mip.matrix @ still
    digits = LAST_DIGITS * (abs(mip.matrix) @ np.abs(still))
    row_lower, row_upper = mip.row_lower - settled - digits, mip.row_upper - settled + digits
    positive, negative = matrix.maximum(0), matrix.minimum(0)
    with np.errstate(invalid="ignore"):
        least = np.asarray(positive @ lower + negative @ upper)
        most = np.asarray(positive @ upper + negative @ lower)
        needed = ~((least >= row_lower) & (most <= row_upper))
    return Mip(
        mip.cost[moving], mip.offset + float(mip.cost @ still), csr_array(matrix[needed]),
        row_lower[needed], row_upper[needed], lower, upper, mip.integer[moving],
    )  # fmt: skip


def _rows(
    mip: Mip, step: NDArray[np.float64], most: NDArray[np.float64], bits: int, *, widen: bool
) -> tuple[csr_array[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    source = mip.matrix
    counts = np.diff(source.indptr)
    row = np.repeat(np.arange(len(counts)), counts)
    columns = source.indices
    data = source.data * step[columns]
    factor = _factors(data, row, most[columns], len(counts), bits)
    scaled = data * factor[row]
    whole = np.round(scaled)
    error = np.abs(scaled - whole)
    error[error <= EXACT * np.abs(scaled)] = 0
    off_grid = np.where(mip.integer[columns], 0.0, np.abs(scaled) / 2)
    slack = np.bincount(row, weights=error * most[columns] + off_grid, minlength=len(counts))
    size = np.bincount(row, weights=np.abs(whole) * most[columns], minlength=len(counts))
    below, above = mip.row_lower * factor, mip.row_upper * factor
    if not widen:
        slack[above - below > 2 * slack] = 0
    low = np.ceil(below - slack - 1e-9 * np.maximum(np.where(np.isfinite(below), np.abs(below), 0), 1))
    high = np.floor(above + slack + 1e-9 * np.maximum(np.where(np.isfinite(above), np.abs(above), 0), 1))
    # CP-SAT divides rows by their divisors, and takes sides that cross then for an error.
    divisor = _divisors(whole, source.indptr)
    whole = whole / divisor[row]
    low, high = np.ceil(low / divisor), np.floor(high / divisor)
    reach = size / divisor
    matrix = csr_array((whole, columns.copy(), source.indptr.copy()), shape=source.shape)
    return matrix, np.where(low <= -reach, -np.inf, low), np.where(high >= reach, np.inf, high)


def _divisors(whole: NDArray[np.float64], starts: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the greatest common divisor of each row."""
    divisors = np.ones(len(starts) - 1)
    filled = np.diff(starts) > 0
    if whole.size:
        common = np.gcd.reduceat(np.abs(whole).astype(np.int64), starts[:-1][filled])
        divisors[filled] = np.maximum(common, 1)
    return divisors


def _cost(
    mip: Mip, step: NDArray[np.float64], most: NDArray[np.float64], bits: int
) -> tuple[NDArray[np.float64], float, float]:
    data = mip.cost * step
    used = data != 0
    lost = float(np.abs(data[~mip.integer]).sum() / 2)
    if not used.any():
        return np.zeros_like(data), 1.0, 0.0
    factor = float(_factors(data[used], np.zeros(used.sum(), dtype=int), most[used], 1, bits)[0])
    whole = np.round(data * factor)
    error = np.abs(data * factor - whole)
    error[error <= EXACT * np.abs(whole)] = 0
    return whole, factor, lost + float(error @ most) / factor


def _factors(
    data: NDArray[np.float64], row: NDArray[np.int64], most: NDArray[np.float64], rows: int, bits: int
) -> NDArray[np.float64]:
    """Return for each row a factor that makes its coefficients integers, exactly where it can be done."""
    size = np.bincount(row, weights=np.abs(data) * np.maximum(most, 1.0), minlength=rows)
    size[size <= 0] = 1.0
    widest = 2.0 ** np.floor(LARGEST - np.log2(size))
    rough = 2.0 ** np.floor(min(LARGEST, 2 * bits + 4) - np.log2(size))
    smallest = np.full(rows, np.inf)
    np.minimum.at(smallest, row, np.abs(data))
    smallest[~np.isfinite(smallest)] = 1.0
    unit = 2.0 ** -np.floor(np.log2(smallest))  # brings the smallest coefficient into [1, 2)
    factor: NDArray[np.float64] = rough
    found = np.zeros(rows, dtype=bool)
    for decimals in range(DECIMALS + 1):
        for halvings in range(8):
            trial = unit * 10.0**decimals / 2.0 ** np.floor(decimals * np.log2(10)) * 2.0**halvings
            scaled = data * trial[row]
            wrong = np.abs(scaled - np.round(scaled)) > EXACT * np.abs(scaled)
            fits = (np.bincount(row, weights=wrong, minlength=rows) == 0) & (trial <= widest) & ~found
            factor, found = np.where(fits, trial, factor), found | fits
        if found.all():
            break
    return factor
