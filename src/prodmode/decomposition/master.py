"""The linear program over the plans found so far: shares of plans, what lines share, and prices.

Dantzig and Wolfe's master program. Priced rows join it when they are first exceeded, so that it stays small:
of tens of thousands of rows that couple lines few ever bind. Rows may be exceeded at a price, which keeps it
feasible and its prices within reason (du Merle et al., 1999).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array, vstack

from prodmode.decomposition.exceeding import exceeding
from prodmode.errors import BackendError
from prodmode.formulation.mip import Mip
from prodmode.formulation.silent_highs import highs_with, highspy

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.decomposition.plans import Plans
    from prodmode.decomposition.split import Split

EXCEEDED = 1e-7
"""Relative excess from which a row joins."""

LEFT = 1e-6
"""Excess, in shares of the largest coefficient, that counts as none."""

ROUNDS = 40
"""Most rounds of joining rows."""

JOIN = 200
"""Most rows that join in a round, those first that would cost most to exceed."""


DEARER, DEAREST = 5.0, 2000.0
"""Factor by which it becomes dearer to exceed a row that stays exceeded, and by how much in all."""


class Master:
    """The program over plans.

    Parameters
    ----------
    split : Split
        The program taken apart.
    plans : Plans
        Its plans; those added later are passed to `take`.
    reach : ndarray, shape (P,)
        Price at which a row may be exceeded by one, to begin with.

    Attributes
    ----------
    value : float
        Its least cost.
    prices : ndarray, shape (P,)
        Prices of the rows.
    worth : ndarray
        What the best mix of plans of each line costs at these prices.
    shares : ndarray, shape (p,)
        Share of each plan.
    planned : ndarray
        Shared decisions.
    feasible : bool
        Whether the shared decisions that are held allow anything; the rest is as it was if not.
    complete : bool
        Whether every row that its point exceeds has joined; else its value is no more than an estimate.
    excess : float
        By how much rows are exceeded, in shares of their largest coefficient.
    """

    def __init__(self, split: Split, plans: Plans, reach: NDArray[np.float64]) -> None:
        self.split, self.plans, self.reach, self._most = split, plans, reach.copy(), DEAREST * reach
        mip = split.mip
        self._settled, self.feasible = np.zeros(0, dtype=np.int64), False
        self.excess, self.value = np.inf, 0.0
        self._own = split.shared
        width, lines = len(self._own), split.lines
        among = csr_array(mip.matrix[split.among][:, self._own])
        self._money = 1.0 / max(1.0, float(np.median(np.abs(plans.own))) / 100)
        body = csr_array((lines, width))
        self._first_line = among.shape[0]
        program = Mip(
            mip.cost[self._own] * self._money, 0.0,
            csr_array(vstack([among, body], format="csr")),
            np.append(mip.row_lower[split.among], np.ones(lines)),
            np.append(mip.row_upper[split.among], np.ones(lines)),
            split.lower[self._own], split.upper[self._own], np.zeros(width, dtype=bool),
        )  # fmt: skip
        self._engine = highs_with(program, {"presolve_rule_off": 1 << 12})
        self._rows, self._width = self._first_line + lines, width
        self._row_of = np.full(len(split.priced), -1, dtype=np.int64)
        self._place: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._elastic: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._elastic_row: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._shared = csr_array(split.coupling[:, self._own])
        coupling = split.coupling
        largest = np.zeros(len(split.priced))
        filled = np.flatnonzero(np.diff(coupling.indptr))
        largest[filled] = np.maximum.reduceat(np.abs(coupling.data), coupling.indptr[filled])
        self._unit = 1.0 / np.maximum(largest, 1e-9)
        self.take(plans.activity)

    # -- what it is made of ----------------------------------------------------------------------------

    def take(self, activity: csr_array[np.float64]) -> None:
        """Take in the last plans added, given what they take of the priced rows."""
        count = activity.shape[0]
        if not count:
            return
        line, own = self.plans.line[-count:], self.plans.own[-count:]
        row = self._row_of[activity.indices]
        kept = row >= 0
        of_plan = np.repeat(np.arange(count), np.diff(activity.indptr))
        matrix = csr_array(
            (
                np.append(activity.data[kept] * self._unit[activity.indices[kept]], np.ones(count)),
                (np.append(of_plan[kept], np.arange(count)), np.append(row[kept], self._first_line + line)),
            ),
            shape=(count, self._rows),
        )
        self._add_columns(own * self._money, matrix)
        self._place = np.append(self._place, np.arange(self._width - count, self._width))

    def _add_columns(self, cost: NDArray[np.float64], matrix: csr_array[np.float64]) -> None:
        count = len(cost)
        self._checked(
            self._engine.addCols(
                count, cost, np.zeros(count), np.full(count, np.inf), matrix.nnz,
                matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32), matrix.data,
            )
        )  # fmt: skip
        self._width += count

    def _join(self, rows: NDArray[np.int64]) -> None:
        """Take in priced rows."""
        low, high = (side[rows] * self._unit[rows] for side in self.split.sides)
        plans = csr_array(self.plans.activity[:, rows].T)
        plans = csr_array(
            (plans.data, self._place[plans.indices], plans.indptr), shape=(len(rows), self._width)
        )
        shared = self._shared[rows]
        shared = csr_array((shared.data, shared.indices, shared.indptr), shape=(len(rows), self._width))
        matrix = csr_array(plans + shared)
        data = matrix.data * np.repeat(self._unit[rows], np.diff(matrix.indptr))
        self._checked(
            self._engine.addRows(
                len(rows), low, high, matrix.nnz, matrix.indptr[:-1].astype(np.int32),
                matrix.indices.astype(np.int32), data,
            )
        )  # fmt: skip
        self._row_of[rows] = np.arange(self._rows, self._rows + len(rows))
        self._rows += len(rows)
        place, sign = exceeding(low, high)
        both = rows[place]
        extra = csr_array((sign, (np.arange(len(both)), self._row_of[both])), shape=(len(both), self._rows))
        self._elastic = np.append(self._elastic, np.arange(self._width, self._width + len(both)))
        self._elastic_row = np.append(self._elastic_row, both)
        self._add_columns(self.reach[both] / self._unit[both] * self._money, extra)

    def hold(self, planned: NDArray[np.float64], closed: NDArray[np.bool_]) -> None:
        """Hold shared decisions at given values.

        Parameters
        ----------
        planned : ndarray
        closed : ndarray of bool, shape (G,)
            Gates that are closed then: plans behind them are left out, and gates need no rows.
        """
        place = np.arange(len(self.split.planned), dtype=np.int32)
        self._checked(self._engine.changeColsBounds(len(place), place, planned, planned))
        self._settled = self._settled[:0]
        most = np.where(self.plans.shut(closed), 0.0, np.inf)
        place = self._place.astype(np.int32)
        self._checked(self._engine.changeColsBounds(len(place), place, np.zeros(len(place)), most))

    def settle(self, plans: NDArray[np.int64]) -> None:
        """Let lines follow given plans alone, until they are released or shared decisions are held again."""
        self._settled = np.append(self._settled, plans)
        place, one = self._place[plans].astype(np.int32), np.ones(len(plans))
        self._checked(self._engine.changeColsBounds(len(place), place, one, one))

    def release(self, lines: NDArray[np.bool_]) -> None:
        """Open lines again that follow one plan alone."""
        out = lines[self.plans.line[self._settled]]
        place = self._place[self._settled[out]].astype(np.int32)
        self._settled = self._settled[~out]
        none, most = np.zeros(len(place)), np.full(len(place), np.inf)
        self._checked(self._engine.changeColsBounds(len(place), place, none, most))

    def point(self) -> NDArray[np.float64]:
        """Return the point of the whole program that the last solution stands for; shape (n,)."""
        used = np.flatnonzero(self.shares)
        x = self.plans.point(used, self.shares[used])
        x[self._own] = self._shared_values
        return x

    def raise_reach(self) -> bool:
        """Make it dearer to exceed the rows that are exceeded; returns whether that was possible."""
        rows = self.exceeded_rows()
        rows = rows[self.reach[rows] < self._most[rows]]
        if not len(rows):
            return False
        self.reach[rows] *= DEARER
        place = np.flatnonzero(np.isin(self._elastic_row, rows))
        cost = self.reach[self._elastic_row[place]] / self._unit[self._elastic_row[place]] * self._money
        self._checked(self._engine.changeColsCost(len(place), self._elastic[place].astype(np.int32), cost))
        return True

    def exceeded_rows(self) -> NDArray[np.int64]:
        """Return the priced rows that the last solution exceeds."""
        return np.unique(self._elastic_row[self._over])

    @property
    def exceeded(self) -> bool:
        """Whether the last solution exceeds rows, or there was none."""
        return not self.feasible or self.excess > LEFT

    # -- solving ---------------------------------------------------------------------------------------

    def solve(self, look: Callable[[], None] | None = None, rounds: int = ROUNDS) -> None:
        """Solve it; rows that its point exceeds join until there is none.

        Parameters
        ----------
        look : callable, optional
            Called now and then; what it raises ends the solving.
        rounds : int
            Most rounds of joining rows; `complete` says whether they were enough.

        Raises
        ------
        BackendError
            If HiGHS fails.
        """
        part = self.split
        low, high = part.sides
        for turn in range(rounds + 1):
            if look is not None:
                look()
            self.feasible = self._run()
            if not self.feasible:
                self.value = np.inf
                return
            solution = self._engine.getSolution()
            point, duals = np.array(solution.col_value), np.array(solution.row_dual)
            self.shares = np.maximum(0.0, point[self._place])
            shared = point[: len(self._own)]
            used = np.flatnonzero(self.shares)
            activity = self._shared @ shared + self.shares[used] @ self.plans.activity[used]
            tolerance = EXCEEDED * np.maximum(np.abs(activity), 1.0 / self._unit)
            beyond = np.maximum(activity - high, low - activity)
            beyond[part.gates.row] = 0.0
            missing = np.flatnonzero((beyond > tolerance) & (self._row_of < 0))
            self.complete = not len(missing)
            if self.complete or turn == rounds:
                break
            worst = np.argsort(-(beyond * self.reach)[missing], kind="stable")
            self._join(missing[worst[:JOIN]])
        self._shared_values = shared
        self.planned = shared[: len(part.planned)]
        self.prices = np.zeros(len(part.priced))
        joined = self._row_of >= 0
        self.prices[joined] = -duals[self._row_of[joined]] * self._unit[joined] / self._money
        self.worth = duals[self._first_line : self._first_line + part.lines] / self._money
        self._over = point[self._elastic] > 1e-7
        self.excess = float(point[self._elastic].sum())
        self.value = self._engine.getInfo().objective_function_value / self._money + part.mip.offset

    def _run(self) -> bool:
        """Solve it as it stands; returns whether the shared decisions allow anything at all."""
        engine, kinds = self._engine, highspy().HighsModelStatus
        for _ in range(2):
            engine.run()
            status = engine.getModelStatus()
            if status == kinds.kOptimal:
                return True
            # Asked once more without what is left of earlier rounds.
            engine.clearSolver()
        if status == kinds.kInfeasible:
            return False
        raise BackendError(f"HiGHS failed on the program over plans ({engine.modelStatusToString(status)})")

    def _checked(self, status: Any) -> None:
        if status == highspy().HighsStatus.kError:
            raise BackendError("HiGHS refuses a change to the program over plans")
