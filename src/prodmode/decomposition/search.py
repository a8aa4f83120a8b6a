"""The run: prices, bound and plan, from the first pass to the gap asked for."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends import highs
from prodmode.backends.contract import Options, Progress, Status, relative_gap
from prodmode.decomposition.dual import Dual, Stop
from prodmode.decomposition.master import Master
from prodmode.decomposition.restricted import restricted
from prodmode.decomposition.serving import Serving

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.decomposition.dual import Visit
    from prodmode.decomposition.split import Split

LOG = logging.getLogger(__name__)

FEASIBLE = 1e-6
"""Largest relative violation of a plan."""

SHARE_OF_GAP = 0.3
"""How much of the gap asked for the bound may leave open."""


@dataclass
class Search:
    """A run.

    Attributes
    ----------
    split : Split
        The program taken apart.
    options : Options
        What is asked.
    x : ndarray or None
        The best plan so far.
    bound : float
        The best bound so far.
    """

    split: Split
    options: Options
    on_progress: Callable[[Progress], None] | None
    cancel: threading.Event | None
    began: float = field(default_factory=time.perf_counter)
    x: NDArray[np.float64] | None = None
    bound: float = -np.inf
    objective: float = np.inf
    nodes: int = 0
    infeasible: bool = False
    phase: str = "prices"
    _told: float = -np.inf

    # -- the clock -------------------------------------------------------------------------------------

    def left(self) -> float:
        """Return the seconds left; infinite without a limit."""
        limit = self.options.time_limit
        return np.inf if limit is None else limit - (time.perf_counter() - self.began)

    def look(self) -> None:
        """Tell progress now and then; raise `Stop` where the time is over or the run is cancelled."""
        self.tell()
        if self.left() <= 0 or (self.cancel is not None and self.cancel.is_set()):
            raise Stop

    def tell(self, *, at_once: bool = False) -> None:
        """Tell progress, at most ten times a second unless `at_once`."""
        now = time.perf_counter()
        if self.on_progress is None or (now - self._told < 0.1 and not at_once):
            return
        self._told = now
        incumbent = self.objective if self.x is not None else None
        bound = self.bound if np.isfinite(self.bound) else None
        self.on_progress(
            Progress(now - self.began, incumbent, bound, relative_gap(incumbent, bound), self.nodes, self.phase)
        )

    def gap(self) -> float:
        """Return the relative gap; infinite where there is no plan."""
        if self.x is None:
            return np.inf
        return relative_gap(self.objective, self.bound) or 0.0

    def done(self) -> bool:
        """Return whether the gap asked for is reached."""
        return self.gap() <= self.options.gap

    # -- the run ---------------------------------------------------------------------------------------

    def run(self, start: NDArray[np.float64] | None) -> Status | None:
        """Run until the gap is reached or there is nothing left to try; None where the clock stopped it."""
        try:
            if start is not None:
                self.offer(start)
            self.prepare()
            self.price()
            if not self.done() and not self.infeasible:
                return self.finish()
            return None
        except Stop:
            return Status.INTERRUPTED if self.cancel is not None and self.cancel.is_set() else Status.TIME_LIMIT
        finally:
            self.tell(at_once=True)

    def prepare(self) -> None:
        """Set up prices and cuts."""
        self.dual, self.master = Dual(self.split), Master(self.split)
        structure = self.split.mip.structure
        assert structure is not None
        self.serving = Serving(structure)
        self.dual.sort_out()
        self.dual.seed()
        visit = self.dual.measure()
        if self.dual.impossible:
            self.infeasible = True
            raise Stop
        self.master.add(visit)
        self.visits = [visit]
        count = max(1, self.split.lines)
        self.unit = max(abs(visit.constant), 1e-9) / count
        self.look()

    def price(self) -> None:
        """Price at shared decisions that are first fractional, then whole, and plan on the way."""
        value, centre = self.master.solve(whole=False)
        if centre is None:
            self.infeasible = value == np.inf
            return
        self.bound = max(self.bound, value)
        prices = np.zeros(len(self.split.priced))
        heats = [0.1, 0.03, 0.01, 0.003, 0.001]
        for turn in range(24):
            heat = heats[min(turn, len(heats) - 1)]
            self.phase = f"prices, pass {self.dual.passes}"
            prices = self.dual.ascend(prices, centre, heat * self.unit, passes=40, reach=0.3, look=self.look)
            visit = self._visit(prices)
            value, best = self.master.solve(whole=False)
            if best is None:
                break
            at = self.master.bound_at(centre)
            self.bound = max(self.bound, value)
            self.tell(at_once=True)
            LOG.debug(f"turn {turn} heat {heat} at centre {at:.0f} lp {value:.0f} passes {self.dual.passes} t {time.perf_counter()-self.began:.1f}")
            if turn >= len(heats) and at - value <= SHARE_OF_GAP * self.options.gap * abs(value):
                break
            if self.x is None and turn >= 3:
                self.early(prices)
            if self.done():
                return
            centre = 0.5 * (centre + best) if turn >= 1 else best
        self.prices = prices
        seen: set[bytes] = set()
        for turn in range(60):
            value, whole = self.master.solve(whole=True, seconds=min(20.0, self.left()))
            self.bound = max(self.bound, value)
            self.tell(at_once=True)
            if whole is None:
                self.infeasible = value == np.inf
                return
            fresh = whole.tobytes() not in seen
            seen.add(whole.tobytes())
            self.nodes += 1
            for heat in (0.001, 0.0003) if fresh else (0.0003, 0.0001):
                prices = self.dual.ascend(self.prices, whole, heat * self.unit, passes=40, reach=0.3, look=self.look)
                self._visit(prices)
                self.prices = prices
            at = self.master.bound_at(whole)
            LOG.debug(f"whole {turn} bound {self.bound:.0f} here {at:.0f} t {time.perf_counter()-self.began:.1f} incumbent {self.objective:.0f}")
            if at <= self.objective:
                self.plan(whole, prices)
            if self.done():
                return
        return

    def finish(self) -> Status | None:
        """Let HiGHS finish the program as a whole, from the best plan."""
        self.phase = "whole program"

        def hear(event: Progress) -> None:
            if event.bound is not None:
                self.bound = max(self.bound, event.bound)
            if event.incumbent is not None and self.x is not None:
                self.objective = min(self.objective, event.incumbent)
            self.tell()

        limit = None if self.options.time_limit is None else max(0.1, self.left())
        asked = replace(self.options, time_limit=limit, specifics={})
        known, plan = self.objective, self.x
        answer = highs.solve(self.split.mip, asked, start=plan, on_progress=hear, cancel=self.cancel)
        self.objective = known
        if answer.status is Status.INFEASIBLE:
            self.infeasible = True
        if answer.bound is not None:
            self.bound = max(self.bound, answer.bound)
        if answer.x is not None:
            self.offer(answer.x)
        self.nodes += answer.nodes or 0
        return answer.status

    def early(self, prices: NDArray[np.float64]) -> None:
        """Look for a first plan at the whole shared decisions that look best so far."""
        value, whole = self.master.solve(whole=True, seconds=min(10.0, self.left()))
        if whole is None:
            return
        self.bound = max(self.bound, value)
        prices = self.dual.ascend(prices, whole, 0.003 * self.unit, passes=30, reach=0.3, look=self.look)
        self.plan(whole, prices)

    def _visit(self, prices: NDArray[np.float64]) -> Visit:
        visit = self.dual.exact(prices, self.look)
        self.master.add(visit)
        return visit

    # -- plans -----------------------------------------------------------------------------------------

    def offer(self, x: NDArray[np.float64]) -> bool:
        """Take a point as the incumbent if it is feasible and better."""
        mip = self.split.mip
        x = np.clip(np.where(mip.integer, np.round(x), x), mip.lower, mip.upper)
        objective = mip.objective(x)
        if objective >= self.objective or mip.violation(x) > FEASIBLE:
            return False
        self.x, self.objective = x, objective
        self.tell(at_once=True)
        return True

    def plan(self, planned: NDArray[np.float64], prices: NDArray[np.float64]) -> None:
        """Look for a plan at given shared decisions."""
        self.phase = "plan"
        part, dual = self.split, self.dual
        visit = dual.exact(prices, self.look)
        x = visit.x[:-1].copy()
        x[part.planned] = planned
        self.serving.fill(x)
        unsure = self._unsure(prices)
        penalty = 2 * dual.scale * dual.span + 5 * np.abs(prices)
        rng = np.random.default_rng(self.options.seed or 0)
        size, best = 30, np.inf
        for turn in range(12):
            free = self._choose(x, unsure, prices, size, rng)
            part_mip = restricted(part, x, free, penalty, planned)
            answer = self._solve(part_mip.mip, part_mip.start, 10.0)
            if answer is None:
                size *= 2
                continue
            x = part_mip.put(x, answer)
            excess = part_mip.excess(answer)
            self.offer(x)
            cost = part.mip.objective(x)
            LOG.debug(f"   plan turn {turn} free {len(free)} cols {len(part_mip.columns)} excess {excess:.3g} cost {cost:.0f} viol {part.mip.violation(x):.2g} t {time.perf_counter()-self.began:.1f}")
            if excess <= 1e-9 and turn >= 2 and (self.done() or cost > best - 1e-5 * abs(best)):
                return
            best = min(best, cost) if excess <= 1e-9 else best
            if excess > 0:
                penalty = penalty * 2

    def _unsure(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how undecided each line is between its options near given prices."""
        dual, part = self.dual, self.split
        dual.smooth(prices, np.zeros(len(part.planned)), 0.003 * self.unit)
        share = dual._x[:-1]
        columns = dual.lines.path[:, :, 0]
        columns = columns[columns >= 0]
        split = np.minimum(share[columns], 1 - share[columns])
        score = np.zeros(part.lines)
        np.maximum.at(score, part.line[columns], np.where(share[columns] > 0, split, 0.0))
        _, _, shares = dual.pool.price(prices, 0.003 * self.unit)
        np.maximum.at(score, dual.pool.line, np.minimum(shares, 1 - shares))
        return score

    def _choose(
        self, x: NDArray[np.float64], unsure: NDArray[np.float64], prices: NDArray[np.float64], size: int,
        rng: np.random.Generator,
    ) -> NDArray[np.int64]:  # fmt: skip
        part = self.split
        activity = part.coupling @ x
        low, high = part.sides
        tight = 1e-9 * np.maximum(1.0, np.abs(activity))
        over = np.flatnonzero((activity > high + tight) | (activity < low - tight))
        score = unsure + 0.02 * rng.random(len(unsure))
        chosen = list(np.argsort(-score)[:size])
        if len(over):
            rows = part.coupling[over]
            used = rows.indices[x[rows.indices] != 0]
            lines = np.unique(part.line[used])
            lines = lines[lines >= 0]
            chosen += list(lines[np.argsort(-score[lines])][:size])
        return np.unique(np.array(chosen, dtype=np.int64))

    def _solve(self, mip: object, start: NDArray[np.float64], seconds: float) -> NDArray[np.float64] | None:
        self.look()
        asked = replace(
            self.options, time_limit=min(seconds, self.left()), gap=0.1 * self.options.gap, specifics={}
        )
        answer = highs.solve(mip, asked, start=start, cancel=self.cancel)  # type: ignore[arg-type]
        return answer.x

