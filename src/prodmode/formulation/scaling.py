"""Scaling by powers of two: solvers see numbers near one, users see their own units.

Quantities near 1e7 beside binaries make solvers return wrong optima; powers of two change no digit of any
coefficient, so scaling and unscaling are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from prodmode.formulation.mip import Mip

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Scaled:
    """A scaled program and the way back.

    Attributes
    ----------
    mip : Mip
        The scaled program.
    columns : ndarray, shape (n,)
        ``x = columns * scaled x``.
    objective : float
        ``cost = scaled cost / objective``.
    """

    mip: Mip
    columns: NDArray[np.float64]
    objective: float

    def unscale(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a point of the scaled program in the user's units."""
        return np.asarray(x) * self.columns

    def scale(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a point in the user's units as one of the scaled program."""
        return np.asarray(x) / self.columns


def scaled(mip: Mip) -> Scaled:
    """Scale continuous columns by their bounds, rows by their largest coefficient, costs to below 1024.

    Parameters
    ----------
    mip : Mip
        Any program.

    Returns
    -------
    Scaled
        The same program in other units; integer columns keep theirs.
    """
    bound = np.maximum(
        np.where(np.isfinite(mip.upper), np.abs(mip.upper), 0),
        np.where(np.isfinite(mip.lower), np.abs(mip.lower), 0),
    )
    columns = np.where(mip.integer | (bound <= 0), 1.0, _power(np.where(bound > 0, bound, 1.0)))
    columns = np.clip(columns, 2.0**-40, 2.0**40)
    matrix = mip.matrix
    data = matrix.data * columns[matrix.indices]
    counts = np.diff(matrix.indptr)
    largest = np.ones(len(counts))
    filled = counts > 0
    if data.size:
        largest[filled] = np.maximum.reduceat(np.abs(data), matrix.indptr[:-1][filled])
    rows = 1 / _power(largest)
    data *= np.repeat(rows, counts)
    cost = mip.cost * columns
    objective = float(1024 / _power(np.abs(cost).max(initial=0) or 1024.0))
    return Scaled(
        Mip(
            cost=cost * objective,
            offset=mip.offset * objective,
            matrix=csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape),
            row_lower=mip.row_lower * rows,
            row_upper=mip.row_upper * rows,
            lower=mip.lower / columns,
            upper=mip.upper / columns,
            integer=mip.integer,
        ),
        columns,
        objective,
    )


def _power(values: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.asarray(2.0 ** np.round(np.log2(values)))
