"""Rows by which what lines share opens single columns of lines: an option that waits for an investment.

Where the shared decisions are held such a row closes its column or says nothing, so that it needs no price;
its price matters where bounds are to hold for other decisions too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.split import Split

WHOLE = 1e-6
"""By how much less than one a column may be that is closed."""


@dataclass(frozen=True, slots=True)
class Gates:
    """Gates: rows with one option in force in one period among planned columns.

    Attributes
    ----------
    row : ndarray of int, shape (G,)
        Where they stand among the priced rows, ascending.
    column : ndarray of int, shape (G,)
        The columns that they open.
    line : ndarray of int, shape (G,)
        Lines of these.
    own : ndarray, shape (G,)
        Their coefficients.
    side : ndarray, shape (G,)
        Right-hand sides.
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    line: NDArray[np.int64]
    own: NDArray[np.float64]
    _planned: csr_array[np.float64]
    side: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.row)

    def room(self, planned: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far each lets its column rise where the planned columns are held; shape (G,)."""
        return np.asarray((self.side - self._planned @ planned) / self.own)

    def closed(self, planned: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which are closed where the planned columns are held; shape (G,)."""
        return np.asarray(self.room(planned) < 1.0 - WHOLE)

    def opened_by(self, closed: NDArray[np.bool_], saved: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what lines save, summed over those with closed gates that each planned column opens.

        Parameters
        ----------
        closed : ndarray of bool, shape (G,)
        saved : ndarray, shape (L,)
            What each line saves, counted in full for every such column.
        """
        mine = np.flatnonzero(closed & (saved[self.line] > 0))
        rows = self._planned[mine]
        line = np.repeat(self.line[mine], np.diff(rows.indptr))
        opens = rows.data * np.repeat(self.own[mine], np.diff(rows.indptr)) < 0
        width = rows.shape[1]
        pairs = np.unique(line[opens] * width + rows.indices[opens])
        return np.bincount(pairs % width, saved[pairs // width], width).astype(np.float64)


def gates_of(split: Split) -> Gates:
    """Return the gates among the priced rows of a program."""
    coupling, mip = split.coupling, split.mip
    of_row = np.repeat(np.arange(coupling.shape[0]), np.diff(coupling.indptr))
    owned = split.line[coupling.indices] >= 0
    planned = np.zeros(len(split.line), dtype=bool)
    planned[split.planned] = True
    alone = np.bincount(of_row[owned], minlength=coupling.shape[0]) == 1
    others = np.bincount(of_row[~owned & ~planned[coupling.indices]], minlength=coupling.shape[0])
    entry = np.flatnonzero(owned & (alone & (others == 0))[of_row])
    column, own, row = coupling.indices[entry].astype(np.int64), coupling.data[entry], of_row[entry]
    low, high = (side[row] for side in split.sides)
    binary = mip.integer[column] & (split.lower[column] == 0) & (split.upper[column] == 1)
    above = (own > 0) & np.isfinite(high) & ~np.isfinite(low)
    below = (own < 0) & np.isfinite(low) & ~np.isfinite(high)
    options = np.zeros(len(split.line) + 1, dtype=bool)
    if mip.structure is not None:
        options[mip.structure.columns.in_force] = True  # the last stands for none
    kept = binary & options[column] & (above | below)
    column, own, row = column[kept], own[kept], row[kept]
    side = np.where(own > 0, high[kept], low[kept])
    line = split.line[column].astype(np.int64)
    return Gates(row, column, line, own, csr_array(coupling[row][:, split.planned]), side)
