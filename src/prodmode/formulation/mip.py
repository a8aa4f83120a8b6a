"""The solver-neutral mixed-integer program: plain arrays, minimised, nothing of any solver in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from prodmode.formulation.structure import Structure


CROSSING = 1e-9
"""Distance by which a lower side may be above the upper one through rounding."""


@dataclass(frozen=True, slots=True)
class Mip:
    """Minimise ``cost @ x + offset`` over ``row_lower <= matrix @ x <= row_upper``, ``lower <= x <= upper``.

    Attributes
    ----------
    cost : ndarray of float, shape (n,)
    offset : float
    matrix : scipy.sparse.csr_array, shape (m, n)
        Sorted, without duplicates or zeros.
    row_lower, row_upper : ndarray of float, shape (m,)
        Infinite where a side is free.
    lower, upper : ndarray of float, shape (n,)
    integer : ndarray of bool, shape (n,)
        Columns that must be whole.
    structure : Structure or None
        What its columns and rows mean, where it was made from an instance; most backends pass it over.
    """

    cost: NDArray[np.float64]
    offset: float
    matrix: csr_array[np.float64]
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    integer: NDArray[np.bool_]
    structure: Structure | None = field(default=None, repr=False, compare=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns."""
        return len(self.row_lower), len(self.cost)

    def faults(self) -> list[str]:
        """Return what a solver would stumble over, in words; empty for a sound program.

        Solvers accept wrong lengths and NaN in silence, so this is asked before any of them sees the arrays.
        """
        rows, columns = self.shape
        lengths = {
            "row_upper": (len(self.row_upper), rows),
            "lower": (len(self.lower), columns),
            "upper": (len(self.upper), columns),
            "integer": (len(self.integer), columns),
        }
        found = [
            f"{name} has length {have}, not {want}" for name, (have, want) in lengths.items() if have != want
        ]
        if tuple(self.matrix.shape) != (rows, columns):
            found.append(f"the matrix has shape {self.matrix.shape}, not {(rows, columns)}")
        vectors = ("cost", "lower", "upper", "row_lower", "row_upper")
        found += [f"{name} holds NaN" for name in vectors if np.isnan(getattr(self, name)).any()]
        if not (
            np.isfinite(self.cost).all() and np.isfinite(self.matrix.data).all() and np.isfinite(self.offset)
        ):
            found.append("a coefficient is not finite")
        if max(self.matrix.nnz, rows, columns) > np.iinfo(np.int32).max:
            found.append("the matrix is too large for 32-bit indices")
        return found

    def uncrossed(self) -> Mip | None:
        """Return the program with sides that cross by rounding brought together, None where others do.

        Solvers treat a lower side above the upper one in ways of their own: as an error, or as infeasible.
        """
        sides: list[NDArray[np.float64]] = []
        for low, high in ((self.row_lower, self.row_upper), (self.lower, self.upper)):
            over = low > high
            if not np.allclose(low[over], high[over], rtol=CROSSING, atol=CROSSING):
                return None
            sides += [np.where(over, high, low), high]
        return replace(self, row_lower=sides[0], row_upper=sides[1], lower=sides[2], upper=sides[3])

    def objective(self, x: NDArray[np.float64]) -> float:
        """Return ``cost @ x + offset``."""
        return float(self.cost @ x + self.offset)

    def violation(self, x: NDArray[np.float64]) -> float:
        """Return the largest violation of a row, bound or integrality, each relative to max(1, its size)."""
        activity = self.matrix @ x
        size = np.maximum(1.0, abs(self.matrix) @ np.abs(x))
        worst = [
            (self.row_lower - activity) / size,
            (activity - self.row_upper) / size,
            (self.lower - x) / np.maximum(1.0, np.abs(x)),
            (x - self.upper) / np.maximum(1.0, np.abs(x)),
            np.abs(x - np.round(x))[self.integer],
        ]
        return float(max((part.max() for part in worst if part.size), default=0.0))
