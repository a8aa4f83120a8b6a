"""CP-SAT's runs on grids, and the best plan and bound of all of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.backends.contract import OPTIMAL_GAP, relative_gap
from prodmode.backends.via_ortools import mathopt
from prodmode.backends.via_ortools.answer import better, polished
from prodmode.backends.via_ortools.run import Outcome, Run

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.backends.contract import Options
    from prodmode.backends.via_ortools.answer import Teller
    from prodmode.backends.via_ortools.cp_sat_grid import Grid
    from prodmode.backends.via_ortools.run import News
    from prodmode.formulation.mip import Mip
    from prodmode.formulation.scaling import Scaled


@dataclass(slots=True)
class Search:
    """The best plan and bound over all runs.

    Attributes
    ----------
    mip : Mip
        The program as it was given.
    program : Scaled
        The same scaled.
    options : Options
    parameters : proto
        CP-SAT's.
    teller : Teller
        Hears of better plans and bounds.
    cancel : threading.Event or None
    best : ndarray or None
        The best plan.
    runs : int
        How often CP-SAT ran.
    """

    mip: Mip
    program: Scaled
    options: Options
    parameters: Any
    teller: Teller
    cancel: threading.Event | None
    best: NDArray[np.float64] | None
    began: float = field(default_factory=time.perf_counter)
    runs: int = 0
    _known: set[bytes] = field(default_factory=set)

    def left(self) -> float | None:
        """Return the seconds left, None where there is no limit."""
        limit = self.options.time_limit
        return None if limit is None else max(0.0, limit - (time.perf_counter() - self.began))

    def cancelled(self) -> bool:
        """Return whether the run is to stop on request."""
        return self.cancel is not None and self.cancel.is_set()

    def stopped(self) -> bool:
        """Return whether the run is to stop: on request or out of time."""
        return self.cancelled() or self.left() == 0.0

    def reached(self, bound: float | None = None) -> bool:
        """Return whether plan and bound (or another bound, in the program's units) are close enough."""
        bound = self.teller.bound if bound is None else bound
        gap = relative_gap(self.teller.incumbent, bound)
        return gap is not None and gap <= max(self.options.gap, OPTIMAL_GAP)

    def cutoff(self) -> float | None:
        """Return the cost of the best plan in the scaled program, None where there is none."""
        return None if self.best is None else self.mip.objective(self.best) * self.program.objective

    def tell_plan(self) -> None:
        """Tell the cost of the best plan."""
        if self.best is not None:
            self.teller.tell(self.mip.objective(self.best), None, None)

    def tell_bound(self, bound: float, cutoff: float | None) -> None:
        """Tell a bound of the scaled program; one on plans below a cutoff alone proves no more than that."""
        proved = bound if cutoff is None else min(bound, cutoff)
        self.teller.tell(None, proved / self.program.objective, None)

    def on(self, grid: Grid, seconds: float | None, *, cutoff: float | None = None) -> Outcome:
        """Search a grid of all columns.

        Parameters
        ----------
        grid : Grid
        seconds : float or None
            Its time limit.
        cutoff : float or None
            The cost beyond which plans have been taken out of it.
        """
        if grid.is_empty():
            return self._empty(cutoff)
        hint = None if self.best is None else grid.nearest(self.program.scale(self.best))

        def listen(news: News) -> None:
            if news.point is not None:
                self.take(grid.point(news.point))
            if grid.relaxes and news.bound is not None:
                self.tell_bound(grid.bound(news.bound), cutoff)

        outcome = self.run(grid, seconds, listen, hint)
        if outcome.point is not None:
            self.take(grid.point(outcome.point))
        if grid.relaxes and outcome.bound is not None:
            self.tell_bound(grid.bound(outcome.bound), cutoff)
        if grid.relaxes and outcome.reason == "infeasible":
            return self._empty(cutoff)
        return outcome

    def run(
        self,
        grid: Grid,
        seconds: float | None,
        listen: Callable[[News], object] | None = None,
        hint: NDArray[np.float64] | None = None,
    ) -> Outcome:
        """Run CP-SAT on a grid and return how that ended; the news are the caller's."""
        if grid.is_empty():
            return Outcome("infeasible")
        self.runs += 1
        self.parameters.ClearField("time_limit")
        if seconds is not None:
            self.parameters.time_limit.FromMicroseconds(round(seconds * 1e6))
        events = () if listen is None else ("MIP", "MIP_SOLUTION")
        run = Run("CP_SAT", mathopt.program(grid.mip), self.parameters, events=events, hint=hint)
        return run.watch(listen or (lambda _: None), time_limit=seconds, cancel=self.cancel)

    def _empty(self, cutoff: float | None) -> Outcome:
        """Return the outcome of a grid without a point: no plan below the cutoff, or none at all."""
        if cutoff is None:
            return Outcome("infeasible")
        self.tell_bound(cutoff, None)
        return Outcome("optimal")

    def take(self, x: NDArray[np.float64]) -> None:
        """Let an LP find the quantities to the integers of a point of the scaled program."""
        point = self.program.unscale(x)
        key = np.round(point[self.mip.integer]).tobytes()
        if key in self._known:
            return
        self._known.add(key)
        self.best = better(self.mip, self.best, polished(self.mip, point))
        self.tell_plan()
