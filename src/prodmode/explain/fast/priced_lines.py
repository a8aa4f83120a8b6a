"""A program taken apart by prices: what lines share is paid for, and each line is decided on its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from prodmode.errors import BackendError
from prodmode.formulation.constants import codes
from prodmode.formulation.mip import Mip
from prodmode.formulation.silent_highs import highs_with, highspy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation import Formulation

SECONDS = 1.0
"""Most time for one line with one option; the bound proven by then counts."""

SAFETY = 1e-7
"""Share of a line's cost by which its bound is lowered, for the tolerance of the solver."""


@dataclass(frozen=True, eq=False)
class PricedLines:
    """The program with the rows that several lines share turned into prices.

    With the prices y of those rows, the cost of any plan is at least ``constant`` plus the least costs of the
    lines, each on its own, plus that of what lines share: the Lagrangian bound (Geoffrion 1974). It holds for
    any prices of the right sign; those of the relaxation make it at least as good as the relaxation.

    Attributes
    ----------
    formulation : Formulation
    cost : ndarray, shape (n,)
        Cost of each column with what it takes from shared rows.
    constant : float
        What the shared rows' sides are worth.
    shared_rows : ndarray of bool, shape (m,)
    owner : ndarray of int, shape (n,)
        Line of each column, the number of lines for what is shared.
    """

    formulation: Formulation
    cost: NDArray[np.float64]
    constant: float
    shared_rows: NDArray[np.bool_]
    owner: NDArray[np.int64]
    _order: NDArray[np.int64] = field(init=False, repr=False)
    _first: NDArray[np.int64] = field(init=False, repr=False)
    _row_order: NDArray[np.int64] = field(init=False, repr=False)
    _row_first: NDArray[np.int64] = field(init=False, repr=False)

    @classmethod
    def of(cls, formulation: Formulation, duals: NDArray[np.float64]) -> PricedLines:
        """Take a program apart at prices of its rows.

        Parameters
        ----------
        formulation : Formulation
            The program.
        duals : ndarray, shape (m,)
            Prices; those of rows that one line has to itself do not matter.
        """
        mip = formulation.mip
        owner = _owners(formulation)
        matrix = csr_array(mip.matrix)
        of_entry = owner[matrix.indices]
        filled = np.diff(matrix.indptr) > 0
        starts = matrix.indptr[:-1][filled]
        least, most = np.full(len(filled), -1), np.full(len(filled), -1)
        if len(starts):
            least[filled] = np.minimum.reduceat(of_entry, starts)
            most[filled] = np.maximum.reduceat(of_entry, starts)
        shared = least != most
        price = np.where(shared, duals, 0.0)
        side = np.where(price > 0, mip.row_lower, mip.row_upper)
        price[~np.isfinite(side)] = 0.0
        constant = mip.offset + float(price[price != 0] @ side[price != 0])
        return cls(formulation, mip.cost - matrix.T @ price, constant, shared, owner)

    def block(self, number: int, *, integers: bool = True) -> Block:
        """Return the program of a line, or with the number of lines that of what is shared.

        Parameters
        ----------
        number : int
            Position of the line.
        integers : bool
            Whether integers must be whole; without, bounds are weaker and quicker.
        """
        mip = self.formulation.mip
        columns = self._order[self._first[number] : self._first[number + 1]]
        rows = self._row_order[self._row_first[number] : self._row_first[number + 1]]
        matrix = csr_array(mip.matrix[rows][:, columns])
        integer = mip.integer[columns] if integers else np.zeros(len(columns), dtype=bool)
        return Block(
            columns,
            Mip(
                self.cost[columns], 0.0, matrix, mip.row_lower[rows], mip.row_upper[rows],
                mip.lower[columns], mip.upper[columns], integer,
            ),
        )  # fmt: skip

    def __post_init__(self) -> None:
        matrix = self.formulation.mip.matrix
        lines = len(self.formulation.instance.lines)
        filled = np.diff(matrix.indptr) > 0
        row_owner = np.full(matrix.shape[0], lines + 1, dtype=np.int64)
        row_owner[filled] = self.owner[matrix.indices[matrix.indptr[:-1][filled]]]
        row_owner[self.shared_rows] = lines + 1
        for name, keys in (("", self.owner), ("_row", row_owner)):
            order = np.argsort(keys, kind="stable")
            object.__setattr__(self, f"{name}_order", order)
            object.__setattr__(self, f"{name}_first", np.searchsorted(keys[order], np.arange(lines + 2)))


def _owners(formulation: Formulation) -> NDArray[np.int64]:
    """Return the line of each column, the number of lines for what lines share; by what its keys name."""
    of_option = formulation.constants.line.astype(np.int64)
    of_tier = of_option[codes(formulation.constants.tables["tiers"]["option"])]
    owners = np.full(len(formulation.mip.cost), len(formulation.instance.lines), dtype=np.int64)
    for block in formulation.column_blocks:
        span = slice(block.start, block.start + block.size)
        if "line" in block.keys:
            owners[span] = block.keys["line"]
        elif "option" in block.keys:
            owners[span] = of_option[block.keys["option"]]
        elif "tier" in block.keys:
            owners[span] = of_tier[block.keys["tier"]]
    return owners


@dataclass(frozen=True, eq=False)
class Block:
    """The program of one line.

    Attributes
    ----------
    columns : ndarray of int, shape (k,)
        Its columns in the whole program, in increasing order.
    mip : Mip
    """

    columns: NDArray[np.int64]
    mip: Mip


class BlockSolver:
    """HiGHS with the program of one line in it."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._engine = highs_with(
            block.mip, {"time_limit": SECONDS, "mip_rel_gap": 1e-7, "presolve_rule_off": 1 << 12}
        )

    def least_cost(self, at_zero: NDArray[np.int64], at_one: NDArray[np.int64]) -> float | None:
        """Return a proven lower bound on the cost, None where nothing is feasible.

        Parameters
        ----------
        at_zero, at_one : ndarray of int
            Columns of the whole program that are held at zero and at one.
        """
        mip, columns = self._block.mip, self._block.columns
        if not len(columns):
            return 0.0
        lower, upper = mip.lower.copy(), mip.upper.copy()
        zero, one = np.searchsorted(columns, at_zero), np.searchsorted(columns, at_one)
        upper[zero] = np.minimum(upper[zero], 0.0)
        lower[one] = np.maximum(lower[one], 1.0)
        if (lower > upper).any():
            return None
        engine, every = self._engine, np.arange(len(columns), dtype=np.int32)
        engine.clearSolver()
        engine.changeColsBounds(len(every), every, lower, upper)
        if engine.run() == highspy().HighsStatus.kError:
            raise BackendError("HiGHS failed on the program of a line")
        status, kinds = engine.getModelStatus(), highspy().HighsModelStatus
        if status == kinds.kInfeasible:
            return None
        info = engine.getInfo()
        if mip.integer.any():
            bound = float(info.mip_dual_bound)
        elif status == kinds.kOptimal:
            bound = float(info.objective_function_value)
        else:
            bound = -np.inf
        return bound - SAFETY * max(1.0, abs(bound)) if np.isfinite(bound) else -np.inf
