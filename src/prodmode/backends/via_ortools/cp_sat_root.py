"""The LP relaxation before CP-SAT's search: bounds, cuts, and what its reduced costs rule out.

CP-SAT's own LPs work on integers of limited size and prove little where most columns are continuous. HiGHS's
simplex solves the relaxation here and cuts tighten it round by round; its duals give bounds that hold
whatever the solver's accuracy, and its point tells CP-SAT where to look. No integer is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array, vstack

from prodmode.backends.via_ortools.cp_sat_cuts import Separator, VariableBounds
from prodmode.backends.via_ortools.relaxation import dual_bound
from prodmode.formulation.silent_highs import highs_with, highspy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from prodmode.backends.via_ortools.cp_sat_mir import Cut
    from prodmode.formulation.mip import Mip

ROUNDS = 60
"""Most rounds of cuts."""

PER_ROUND = 300
"""Most cuts of a round."""

STALLED = 6
"""Rounds with next to no gain after which no more are made."""

GAIN = 1e-5
"""Share of the bound that a round must gain to count."""

IDLE = 500
"""Cuts that do not bind before they are taken out."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """An optimum of the LP relaxation with cuts.

    Attributes
    ----------
    mip : Mip
        The program with the cuts that bind as further rows.
    x : ndarray, shape (n,)
        The optimum.
    bound : float
        What its duals prove.
    duals : ndarray, shape (m,)
    reduced : ndarray, shape (n,)
        Reduced costs of these duals.
    """

    mip: Mip
    x: NDArray[np.float64]
    bound: float
    duals: NDArray[np.float64]
    reduced: NDArray[np.float64]

    def is_whole(self) -> NDArray[np.bool_]:
        """Return where integer columns are whole in the optimum."""
        whole: NDArray[np.bool_] = self.mip.integer & (np.abs(self.x - np.round(self.x)) <= 1e-6)
        return whole

    def narrowed(self, cutoff: float) -> Mip:
        """Return the program without what reduced costs prove to cost more than a cutoff."""
        mip = self.mip
        room = max(0.0, cutoff - self.bound) + 1e-9 * max(1.0, abs(cutoff))
        with np.errstate(divide="ignore"):
            steps = room / np.abs(self.reduced)
        steps = np.where(mip.integer, np.floor(steps + 1e-6), steps)
        upper = np.where(self.reduced > 0, np.minimum(mip.upper, mip.lower + steps), mip.upper)
        lower = np.where(self.reduced < 0, np.maximum(mip.lower, mip.upper - steps), mip.lower)
        return replace(mip, lower=lower, upper=upper)


def relaxed(
    mip: Mip, stop: Callable[[], bool], tell: Callable[[float], object], enough: Callable[[], bool]
) -> Relaxation | None:
    """Solve the relaxation and tighten it by rounds of cuts.

    Parameters
    ----------
    mip : Mip
        A scaled program whose columns all have bounds.
    stop : callable
        Whether to stop at once.
    tell : callable
        Called with every bound.
    enough : callable
        Whether the last bound told needs no improving.

    Returns
    -------
    Relaxation or None
        The last one that was solved, None where there is none: out of time, or no point.
    """
    root, best, stalled = _Root(mip, stop), None, 0
    for _ in range(ROUNDS):
        found = root.solve()
        if found is None:
            break
        gained = best is None or found.bound > best.bound + GAIN * max(1.0, abs(found.bound))
        if best is None or found.bound >= best.bound:
            best = found
        stalled = 0 if gained else stalled + 1
        tell(best.bound)
        if stalled >= STALLED or stop() or enough() or not root.cut(found.x):
            break
    return best


class _Root:
    def __init__(self, mip: Mip, stop: Callable[[], bool]) -> None:
        self._source, self._mip, self._stop = mip, mip, stop
        self._bounds = VariableBounds.of(mip)
        self._engine = highs_with(replace(mip, integer=np.zeros_like(mip.integer)), {"solver": "simplex"})
        self._engine.cbSimplexInterrupt += self._look
        self._seen: set[bytes] = set()

    def _look(self, event: Any) -> None:
        if self._stop():
            event.interrupt()

    def solve(self) -> Relaxation | None:
        """Solve the LP as it stands."""
        self._engine.run()
        if self._engine.getModelStatus() != highspy().HighsModelStatus.kOptimal:
            return None
        solution = self._engine.getSolution()
        x = np.clip(np.array(solution.col_value), self._mip.lower, self._mip.upper)
        duals = np.array(solution.row_dual)
        binding = np.abs(duals) > 1e-9
        binding[: len(self._source.row_lower)] = True
        mip, duals = _with_rows(self._mip, binding), duals[binding]
        bound = dual_bound(mip, duals)
        if bound is None:
            return None
        return Relaxation(mip, x, bound, duals, mip.cost - mip.matrix.T @ duals)

    def cut(self, x: NDArray[np.float64]) -> bool:
        """Add cuts for a point; return whether there are any."""
        by_column = self._mip.matrix.tocsc()
        found = Separator(self._mip, by_column, self._bounds, x).cuts(self._engine, self._stop)
        fresh: list[Cut] = []
        for cut in found:
            key = cut.columns.tobytes() + np.round(cut.values, 6).tobytes() + np.float64(cut.upper).tobytes()
            if key not in self._seen and len(fresh) < PER_ROUND:
                self._seen.add(key)
                fresh.append(cut)
        if not fresh:
            return False
        self._drop_idle(x)
        self._mip = _with_cuts(self._mip, fresh)
        for cut in fresh:
            self._engine.addRow(
                -highspy().kHighsInf, cut.upper, len(cut.columns), cut.columns.astype(np.int32), cut.values
            )
        return True

    def _drop_idle(self, x: NDArray[np.float64]) -> None:
        idle = self._mip.row_upper - self._mip.matrix @ x > 1e-6
        idle[: len(self._source.row_lower)] = False
        if idle.sum() <= IDLE:
            return
        gone = np.flatnonzero(idle).astype(np.int32)
        self._engine.deleteRows(len(gone), gone)
        self._mip = _with_rows(self._mip, ~idle)


def _with_rows(mip: Mip, rows: NDArray[np.bool_]) -> Mip:
    return replace(
        mip, matrix=csr_array(mip.matrix[rows]), row_lower=mip.row_lower[rows], row_upper=mip.row_upper[rows]
    )


def _with_cuts(mip: Mip, cuts: Sequence[Cut]) -> Mip:
    starts = np.concatenate([[0], np.cumsum([len(cut.columns) for cut in cuts])])
    rows = csr_array(
        (np.concatenate([cut.values for cut in cuts]), np.concatenate([cut.columns for cut in cuts]), starts),
        shape=(len(cuts), len(mip.cost)),
    )
    matrix = csr_array(vstack([mip.matrix, rows], format="csr"))
    matrix.sort_indices()
    return replace(
        mip, matrix=matrix,
        row_lower=np.concatenate([mip.row_lower, np.full(len(cuts), -np.inf)]),
        row_upper=np.concatenate([mip.row_upper, [cut.upper for cut in cuts]]),
    )  # fmt: skip
