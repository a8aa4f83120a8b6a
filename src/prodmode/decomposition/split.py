"""A program taken apart: what belongs to one line, what lines share, and the rows that couple them.

Nothing here knows a family of rows that couple lines. A row couples where its columns belong to more than one
line, or to a line and to what lines share; a row of one line that the kernels do not know is priced as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from prodmode.decomposition.gates import Gates, gates_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.mip import Mip

LINE_FAMILIES = frozenset({
    "assignment", "offered", "offered_by", "switching", "start_in_force", "start_anew", "max_switches",
    "balance", "served", "made_for", "initial_stock", "stock_served", "serves_setup", "stock_in_force",
    "market", "fill_rate", "line_demand", "line_fill_rate", "production", "setup_in_force", "min_lot",
    "tier_total", "tier_ceiling", "tier_floor", "one_tier",
})  # fmt: skip
"""Rules of a single line that the kernels keep."""


@dataclass(frozen=True)
class Split:
    """A program taken apart.

    Attributes
    ----------
    mip : Mip
        The program; it knows its structure.
    line : ndarray of int32, shape (n,)
        Line of each column, -1 for shared ones.
    priced : ndarray of int, shape (P,)
        Rows that couple lines.
    inner : ndarray of int, shape (I,)
        Rows of a single line that its own subproblem keeps.
    inner_line : ndarray of int32, shape (I,)
    among : ndarray of int
        Rows of shared columns alone.
    lower, upper : ndarray of float, shape (n,)
        Bounds of columns, those of shared ones with what rows imply where they had none.
    """

    mip: Mip
    line: NDArray[np.int32]
    priced: NDArray[np.int64]
    inner: NDArray[np.int64]
    inner_line: NDArray[np.int32]
    among: NDArray[np.int64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]

    @cached_property
    def coupling(self) -> csr_array[np.float64]:
        """The priced rows, shape (P, n)."""
        return self.mip.matrix[self.priced]

    @cached_property
    def turned(self) -> csr_array[np.float64]:
        """The priced rows column by column, shape (n, P)."""
        return csr_array(self.coupling.T)

    @cached_property
    def touched(self) -> NDArray[np.int64]:
        """Columns in priced rows."""
        seen = np.zeros(len(self.line), dtype=bool)
        seen[self.coupling.indices] = True
        return np.flatnonzero(seen)

    @cached_property
    def by_column(self) -> csr_array[np.float64]:
        """The priced rows column by column, for touched columns only, shape (touched, P)."""
        return csr_array(self.coupling[:, self.touched].T)

    @cached_property
    def sides(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Sides of the priced rows."""
        return self.mip.row_lower[self.priced], self.mip.row_upper[self.priced]

    @cached_property
    def planned(self) -> NDArray[np.int64]:
        """Shared columns decided as a whole: integers, and what rows of shared columns tie to them."""
        shared = self.line < 0
        tied = shared & self.mip.integer
        among = self.mip.matrix[self.among]
        tied[among.indices] = True
        return np.flatnonzero(tied & shared)

    @cached_property
    def boxed(self) -> NDArray[np.int64]:
        """Other shared columns; at given prices each sits at one of its bounds."""
        rest = self.line < 0
        rest[self.planned] = False
        return np.flatnonzero(rest)

    @cached_property
    def shared(self) -> NDArray[np.int64]:
        """All shared columns, planned ones first."""
        return np.concatenate([self.planned, self.boxed])

    @cached_property
    def users(self) -> csr_array[np.float64]:
        """Ones where a line has a column in a priced row, shape (P, L)."""
        coupling = self.coupling
        line = self.line[coupling.indices].astype(np.int64)
        row = np.repeat(np.arange(coupling.shape[0]), np.diff(coupling.indptr))
        own = line >= 0
        users = csr_array((np.ones(int(own.sum())), (row[own], line[own])), (coupling.shape[0], self.lines))
        users.data[:] = 1.0
        return users

    @cached_property
    def used(self) -> csr_array[np.float64]:
        """The same line by line, shape (L, P)."""
        return csr_array(self.users.T)

    def by_line(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum over the columns of each line, shape (L,), of values of all columns, shape (n,)."""
        own = self.line >= 0
        return np.bincount(self.line[own], values[own], self.lines).astype(np.float64)

    @cached_property
    def gates(self) -> Gates:
        """Rows by which planned columns open single columns of lines."""
        return gates_of(self)

    @cached_property
    def inner_rows_of(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Inner rows sorted by line, and where those of each line begin."""
        order = np.argsort(self.inner_line, kind="stable")
        starts = np.searchsorted(self.inner_line[order], np.arange(self.lines + 1))
        return self.inner[order], starts

    @cached_property
    def columns_of(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Columns sorted by line, and where those of each line begin."""
        order = np.argsort(self.line, kind="stable")
        starts = np.searchsorted(self.line[order], np.arange(self.lines + 1))
        return order, starts

    @cached_property
    def lines(self) -> int:
        """Number of lines."""
        return int(self.line.max(initial=-1)) + 1


def split(mip: Mip) -> Split | None:
    """Take a program apart; None where nothing is known of its structure.

    Parameters
    ----------
    mip : Mip
        A sound program.
    """
    structure = mip.structure
    if structure is None or not mip.matrix.nnz:
        return None
    line = structure.line_of_column
    matrix = mip.matrix
    filled = np.flatnonzero(np.diff(matrix.indptr))
    of_entry = line[matrix.indices]
    starts = matrix.indptr[filled]
    largest = np.full(mip.shape[0], -1, dtype=np.int32)
    smallest = largest.copy()
    largest[filled] = np.maximum.reduceat(of_entry, starts)
    smallest[filled] = np.minimum.reduceat(of_entry, starts)
    known = structure.family_rows(LINE_FAMILIES)
    one_line = (smallest == largest) & (largest >= 0)
    is_inner = one_line & known
    # A row without entries is kept with those of shared columns: it is true or false by itself.
    among = largest < 0
    lower, upper = _implied(mip, line)
    return Split(
        mip, line, np.flatnonzero(~is_inner & ~among), np.flatnonzero(is_inner), largest[is_inner],
        np.flatnonzero(among), lower, upper,
    )  # fmt: skip


def _implied(mip: Mip, line: NDArray[np.int32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the bounds of columns, with those that rows imply for shared columns without one."""
    lower, upper = mip.lower.copy(), mip.upper.copy()
    wanting = np.flatnonzero((line < 0) & ~(np.isfinite(lower) & np.isfinite(upper)))
    if not len(wanting):
        return lower, upper
    by_column = mip.matrix[:, wanting].tocsc()
    matrix = mip.matrix
    for _ in range(len(wanting)):
        changed = False
        for place, column in enumerate(wanting):
            for row in by_column.indices[by_column.indptr[place] : by_column.indptr[place + 1]]:
                span = slice(matrix.indptr[row], matrix.indptr[row + 1])
                columns, values = matrix.indices[span], matrix.data[span]
                own = float(values[columns == column][0])
                values, columns = values[columns != column], columns[columns != column]
                least = np.where(values > 0, values * lower[columns], values * upper[columns]).sum()
                most = np.where(values > 0, values * upper[columns], values * lower[columns]).sum()
                ends = ((mip.row_lower[row] - most) / own, (mip.row_upper[row] - least) / own)
                low, high = ends if own > 0 else ends[::-1]
                if low > lower[column] and not np.isfinite(lower[column]):
                    lower[column], changed = low, True
                if high < upper[column] and not np.isfinite(upper[column]):
                    upper[column], changed = high, True
        if not changed:
            break
    return lower, upper
