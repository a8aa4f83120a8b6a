"""Columns by which the sides of rows may be exceeded, so that a program always has an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def exceeding(
    low: NDArray[np.float64], high: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the row and the coefficient of each column by which a side may be exceeded.

    Parameters
    ----------
    low, high : ndarray, shape (m,)
        Sides of the rows; infinite where there is none.

    Returns
    -------
    row : ndarray of int, shape (k,)
        Rows with an upper side first, then those with a lower one.
    sign : ndarray, shape (k,)
        -1 above the upper side, 1 below the lower one.
    """
    over, under = np.flatnonzero(np.isfinite(high)), np.flatnonzero(np.isfinite(low))
    return np.append(over, under), np.append(-np.ones(len(over)), np.ones(len(under)))
