"""The program restricted to some lines: the others stand still, what they take is moved to the right.

Rows may be exceeded at a price, so that there always is an answer, and a plan that others can repair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from prodmode.decomposition.exceeding import exceeding
from prodmode.formulation.mip import Mip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.split import Split


@dataclass(frozen=True, slots=True)
class Restricted:
    """A restricted program.

    Attributes
    ----------
    mip : Mip
        Its columns: those of the free lines, shared ones, then one for each side that may be exceeded.
    columns : ndarray of int
        Columns of the whole program, in its order.
    start : ndarray
        The point it was made at.
    """

    mip: Mip
    columns: NDArray[np.int64]
    start: NDArray[np.float64]

    def put(self, x: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a point of the whole program with the free columns as in a point of this one."""
        y = x.copy()
        y[self.columns] = point[: len(self.columns)]
        return y

    def excess(self, point: NDArray[np.float64]) -> float:
        """Return by how much rows are exceeded in all."""
        return float(point[len(self.columns) :].sum())


def restricted(
    split: Split,
    x: NDArray[np.float64],
    free: NDArray[np.int64],
    penalty: NDArray[np.float64],
    held: NDArray[np.float64] | None,
) -> Restricted:
    """Restrict a program.

    Parameters
    ----------
    split : Split
        The program taken apart.
    x : ndarray, shape (n,)
        What lines that stand still do.
    free : ndarray of int
        Lines to decide anew.
    penalty : ndarray, shape (P,)
        Price of exceeding a priced row by one.
    held : ndarray or None
        Values of the planned columns; None leaves them to be decided.
    """
    mip = split.mip
    columns, starts = split.columns_of
    rows, begins = split.inner_rows_of
    own = np.concatenate([
        *(columns[starts[line] : starts[line + 1]] for line in free), split.planned, split.boxed,
    ])  # fmt: skip
    own.sort()
    inner = np.concatenate([
        *(rows[begins[line] : begins[line + 1]] for line in free), split.among,
    ]).astype(np.int64)  # fmt: skip
    place = np.full(len(x), -1, dtype=np.int32)
    place[own] = np.arange(len(own), dtype=np.int32)
    still = x.copy()
    still[own] = 0.0
    taken = np.asarray(split.coupling @ still)
    low, high = split.sides
    coupling = _taken_columns(split.coupling, place, len(own))
    kept = np.flatnonzero(np.diff(coupling.indptr))
    coupling = coupling[kept]
    row_low, row_high = low[kept] - taken[kept], high[kept] - taken[kept]
    body = _taken_columns(mip.matrix[inner], place, len(own))
    lower, upper, cost = mip.lower[own].copy(), mip.upper[own].copy(), mip.cost[own]
    if held is not None:
        where = place[split.planned]
        lower[where] = upper[where] = held
    start = x[own]
    matrix = csr_array(vstack([body, coupling], format="csr"))
    sides = (
        np.append(mip.row_lower[inner], row_low), np.append(mip.row_upper[inner], row_high),
    )  # fmt: skip
    row, sign = exceeding(row_low, row_high)
    count = len(row)
    extra = csr_array((sign, (len(inner) + row, np.arange(count))), shape=(matrix.shape[0], count))
    activity = coupling @ start
    excess = np.where(sign < 0, (activity - row_high)[row], (row_low - activity)[row])
    program = Mip(
        np.append(cost, penalty[kept][row]), 0.0, csr_array(hstack([matrix, extra], format="csr")), *sides,
        np.append(lower, np.zeros(count)), np.append(upper, np.full(count, np.inf)),
        np.append(mip.integer[own], np.zeros(count, dtype=bool)),
    )  # fmt: skip
    return Restricted(program, own, np.append(start, np.maximum(0.0, excess)))


def _taken_columns(matrix: csr_array[Any], place: NDArray[np.int32], width: int) -> csr_array[np.float64]:
    """Return the columns of a matrix that have a place, without the slow general indexing."""
    where = place[matrix.indices]
    keep = where >= 0
    counts = np.bincount(
        np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[keep], minlength=matrix.shape[0]
    )
    indptr = np.append(0, np.cumsum(counts))
    return csr_array((matrix.data[keep], where[keep], indptr), shape=(matrix.shape[0], width))
