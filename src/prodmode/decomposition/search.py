"""The run: prices, bound and plan, from the first pass to the gap asked for."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends import highs
from prodmode.backends.contract import Options, Progress, Status, relative_gap
from prodmode.decomposition.checkpoint import Checkpoint, load, mark_of, save
from prodmode.decomposition.dual import Dual, Stop
from prodmode.decomposition.master import Cut, Master
from prodmode.decomposition.restricted import restricted
from prodmode.decomposition.serving import Serving

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.decomposition.dual import Visit
    from prodmode.decomposition.restricted import Restricted
    from prodmode.decomposition.split import Split

LOG = logging.getLogger(__name__)

FEASIBLE = 1e-6
"""Largest relative violation of a plan."""

HEATS = (0.05, 0.01, 0.003)
"""Temperatures of the first turns, in shares of what a line is worth on average."""

TURNS, WHOLE_TURNS, SETTLING, TRIES = 20, 80, 12, 3
"""Most turns with fractional and with whole shared decisions, cuts proved in a row, plans at one place."""

FIRST_PLAN = 3
"""Turn with whole shared decisions after which a first plan is sought."""

REPAIR_GAP = 3e-3
"""Relative gap of restricted programs until one exceeds nothing."""

STUCK = 2
"""Restricted programs in a row that exceed rows before the shared decisions are free too."""

FREE_LINES = 14
"""Undecided lines that a restricted program decides anew."""

SMALL = 4000
"""Columns below which HiGHS finishes the whole program after a first round of prices."""

SAVE_SECONDS = 5.0
"""Least time between two checkpoints."""

LATE = 0.3
"""Share of the time limit kept for plans; twice as much while there is none."""

FRACTIONAL_GAP = 5e-4
"""Relative gap at which fractional shared decisions give way to whole ones."""


@dataclass(eq=False)
class Place:
    """A whole value of the shared decisions.

    Attributes
    ----------
    planned, prices : ndarray
        The decisions, and the best prices there so far.
    value : float
        The bound there, as estimated.
    visits, tries : int
        How often prices and plans were sought there.
    """

    planned: NDArray[np.float64]
    prices: NDArray[np.float64]
    value: float = -np.inf
    visits: int = 0
    tries: int = 0


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
    resumed: bool = False
    last: Visit | None = None
    _mark: str = ""
    _saved: float = -np.inf
    _told: float = -np.inf

    # -- the clock -------------------------------------------------------------------------------------

    def left(self) -> float:
        """Return the seconds left; infinite without a limit."""
        limit = self.options.time_limit
        return np.inf if limit is None else limit - (time.perf_counter() - self.began)

    def late(self) -> bool:
        """Return whether so much of the time is gone that plans matter more than prices."""
        limit = self.options.time_limit
        return limit is not None and self.left() < (LATE if self.x is not None else 2 * LATE) * limit

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
            Progress(
                now - self.began, incumbent, bound, relative_gap(incumbent, bound), self.nodes, self.phase
            )
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
            self.price(self.resume())
        except Stop:
            return (
                Status.INTERRUPTED if self.cancel is not None and self.cancel.is_set() else Status.TIME_LIMIT
            )
        else:
            return None if self.done() or self.infeasible else self.finish()
        finally:
            self.save(at_once=True)
            self.tell(at_once=True)

    def prepare(self) -> None:
        """Set up prices and cuts."""
        self.dual, self.master = Dual(self.split), Master(self.split)
        self.serving = Serving(self.dual.structure)
        self.dual.sort_out()
        self.dual.seed()
        visit = self.dual.measure()
        if self.dual.impossible:
            self.infeasible = True
            raise Stop
        self.master.add(visit)
        self.prices = visit.prices
        count = max(1, self.split.lines)
        self.unit = max(abs(visit.constant), 1e-9) / count
        self.look()

    def resume(self) -> NDArray[np.float64]:
        """Take up what a checkpoint knows and return the prices to begin with.

        Of another program (tomorrow's), prices and plan are of use as far as they fit, cuts are not.
        """
        path = self.options.specifics.get("checkpoint")
        held = None if path is None else load(path)
        if path is not None:
            self._mark = mark_of(self.split.mip)
        if held is None or held.prices.shape != (len(self.split.priced),):
            return np.zeros(len(self.split.priced))
        if held.x.shape == self.split.mip.cost.shape:
            self.offer(held.x)
        if held.mark == self._mark:
            for constant, slope in zip(held.constants, held.slopes, strict=True):
                self.master.cuts.append(Cut(float(constant), slope, None, exact=True))
            value, _ = self.master.solve(whole=True, exact=True, seconds=min(20.0, self.left()))
            self.bound = max(self.bound, value)
        self.resumed = True
        return np.clip(held.prices, self.dual.floor, self.dual.ceiling)

    def save(self, *, at_once: bool = False) -> None:
        """Keep what is known in the checkpoint, if there is to be one, every few seconds."""
        path = self.options.specifics.get("checkpoint")
        now = time.perf_counter()
        if path is None or not self._mark or (now - self._saved < SAVE_SECONDS and not at_once):
            return
        self._saved = now
        cuts = [cut for cut in self.master.cuts if cut.exact]
        save(
            path,
            Checkpoint(
                self._mark, self.prices, np.array([cut.constant for cut in cuts]),
                np.array([cut.slope for cut in cuts]).reshape(len(cuts), -1),
                np.zeros(0) if self.x is None else self.x,
            ),
        )  # fmt: skip

    def price(self, prices: NDArray[np.float64]) -> None:
        """Price at shared decisions that are first fractional, then whole, and plan on the way."""
        value, centre = self.master.solve(whole=False, exact=True)
        if centre is None:
            self.infeasible = value == np.inf
            return
        self.bound = max(self.bound, value)
        self.prices = prices
        for turn in range(len(HEATS) - 1 if self.resumed else 0, TURNS):
            if self.late():
                break
            heat = HEATS[min(turn, len(HEATS) - 1)]
            prices = self.steer(prices, centre, heat)
            if turn % 4 == len(HEATS) - 1:
                self.prove(prices)
            value, best = self.master.solve(whole=False, exact=False)
            if best is None:
                break
            at = self.master.at(centre, exact=False)
            LOG.debug(
                "turn %d heat %g at centre %.8g least %.8g at %.1f s", turn, heat, at, value, self.now()
            )
            near = at - value <= FRACTIONAL_GAP * abs(value)
            if turn >= len(HEATS) and near:
                break
            step = 0.5 if turn and not near else 1.0
            centre = centre + step * (best - centre)
            if turn >= len(HEATS) - 1 and len(self.split.line) < SMALL:
                # HiGHS is faster than a walk over the investments here.
                self.settle(-np.inf)
                return
        self.branch(prices)

    def steer(
        self, prices: NDArray[np.float64], planned: NDArray[np.float64], heat: float, passes: int = 30
    ) -> NDArray[np.float64]:
        """Move the prices up at given shared decisions and note the cut there as an estimate."""
        self.phase = f"prices, pass {self.dual.passes}"
        prices = self.dual.ascend(prices, planned, heat * self.unit, passes=passes, reach=0.3, look=self.look)
        self.master.guess(*self.dual.estimate(prices), prices)
        return prices

    def prove(self, prices: NDArray[np.float64]) -> Visit:
        """Price every line exactly; the bound joins the cuts, the plans of lines the pool."""
        if self.last is not None and np.array_equal(self.last.prices, prices):
            return self.last
        visit = self.last = self.dual.exact(prices, self.look)
        self.master.add(visit)
        self.prices = prices
        self.save()
        return visit

    def branch(self, prices: NDArray[np.float64]) -> None:
        """Go from one whole value of the shared decisions to the next best, until none is left in the gap."""
        places: dict[bytes, Place] = {}
        for turn in range(WHOLE_TURNS):
            if self.late() and turn:
                self.settle(-np.inf)
                break
            guess, whole = self.master.solve(whole=True, exact=False, seconds=min(20.0, self.left()))
            if whole is None:
                self.settle(guess)
                return
            self.nodes += 1
            key, before = whole.tobytes(), self.master.at(whole, exact=False)
            place = places.setdefault(key, Place(whole, prices))
            prices = self.steer(prices, whole, 0.003, 30)
            prices = place.prices = self.steer(prices, whole, 0.001, 30)
            after = self.master.at(whole, exact=False)
            place.visits += 1
            place.value = after
            close = 0.2 * max(self.options.gap, 1e-5) * abs(after)
            LOG.debug(
                "whole %d guess %.8g rose from %.8g to %.8g bound %.8g plan %.8g at %.1f s",
                turn, guess, before, after, self.bound, self.objective, self.now(),
            )  # fmt: skip
            if turn == FIRST_PLAN:
                self.settle(guess)
                self.plan_at(places, rounds=12)
            settled = after - before <= close or place.visits > 2
            if turn % 10 == 9 or settled:
                self.settle(guess)
            if self.done():
                return
            if settled:
                break
        if self.x is None and self.late():
            self.cautious(prices)
        for _ in range(6 * TRIES):
            if not self.plan_at(places, rounds=24) or self.done():
                return

    def cautious(self, prices: NDArray[np.float64]) -> None:
        """Look for a first plan with as little as possible of what lines share: what is least in its way."""
        planned = self.split.planned
        least = np.clip(0.0, self.split.lower[planned], self.split.upper[planned])
        for heat in (0.01, 0.003):
            prices = self.steer(prices, least, heat)
        self.plan(least, prices, rounds=24, keep=True)

    def plan_at(self, places: dict[bytes, Place], rounds: int) -> bool:
        """Look for a plan where the bound leaves most room; returns whether there was such a place."""
        margin = 0.5 * self.options.gap * abs(self.objective) if self.x is not None else 0.0
        open_ = [
            place for place in places.values()
            if place.tries < TRIES and (self.x is None or place.value < self.objective - margin)
        ]  # fmt: skip
        if not open_:
            return False
        # What has been tried stands back a little.
        best = min(open_, key=lambda place: place.value + 5e-4 * place.tries * abs(place.value))
        best.tries += 1
        self.plan(best.planned, best.prices, rounds)
        return True

    def settle(self, guess: float) -> None:
        """Prove the cuts that the bound hangs on, until it is near the estimate."""
        for _ in range(SETTLING):
            value, whole = self.master.solve(whole=True, exact=True, seconds=min(20.0, self.left()))
            self.bound = max(self.bound, value)
            self.tell(at_once=True)
            if whole is None:
                self.infeasible = value == np.inf
                return
            cut = self.master.binding(whole)
            if cut is None or cut.prices is None or guess - value <= 0.1 * self.options.gap * abs(value):
                return
            self.prove(cut.prices)

    def finish(self) -> Status | None:
        """Let HiGHS finish the program as a whole, from the best plan."""
        self.phase = "whole program"

        def hear(event: Progress) -> None:
            if event.bound is not None:
                self.bound = max(self.bound, event.bound)
            self.tell()

        limit = None if self.options.time_limit is None else max(0.1, self.left())
        asked = replace(self.options, time_limit=limit, specifics={})
        answer = highs.solve(self.split.mip, asked, start=self.x, on_progress=hear, cancel=self.cancel)
        if answer.status is Status.INFEASIBLE:
            self.infeasible = True
        if answer.bound is not None:
            self.bound = max(self.bound, answer.bound)
        if answer.x is not None:
            self.offer(answer.x)
        self.nodes += answer.nodes or 0
        # What is proved follows from plan and bound; HiGHS only says why it stopped short.
        proofs = (Status.OPTIMAL, Status.GAP_REACHED, Status.INFEASIBLE)
        return None if answer.status in proofs else answer.status

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

    def plan(
        self, planned: NDArray[np.float64], prices: NDArray[np.float64], rounds: int, *, keep: bool = False
    ) -> None:  # fmt: skip
        """Look for a plan at given shared decisions.

        Lines do what prices tell them; those that are undecided, or in the way of others, are decided anew
        together, in a restricted program that may at first exceed what is there, at a price. Where this
        does not end, the shared decisions become free as well, unless they are to be kept.
        """
        self.phase = "plan"
        part, dual = self.split, self.dual
        visit = self.prove(prices)
        cost = dual.reduced(prices)[:-1].copy()
        x = visit.x[:-1].copy()
        x[part.planned] = planned
        self.serving.fill(x)
        unsure = self._unsure(prices)
        penalty = 2 * dual.scale * dual.span + 5 * np.abs(prices)
        rng = np.random.default_rng(self.options.seed or 0)
        size, best, stalled, stuck = FREE_LINES, np.inf, 0, 0
        for turn in range(rounds):
            regret = (
                np.bincount(part.line[part.line >= 0], (cost * x)[part.line >= 0], part.lines) - visit.values
            )
            free = self._choose(x, unsure, regret, size, rng, fresh=turn == 0)
            # Where lines alone cannot give way, the shared decisions are decided anew with them.
            held = None if stuck >= STUCK and not keep else planned
            program = restricted(part, x, free, penalty, held)
            answer = self._solve(program, 4.0, REPAIR_GAP) if np.isinf(best) else self._solve(program, 8.0)
            if answer is None:
                penalty = penalty * 2
                continue
            x = program.put(x, answer)
            excess = program.excess(answer)
            self.offer(x)
            value = part.mip.objective(x)
            LOG.debug(
                "  plan %d: %d lines free, excess %.3g, cost %.8g, at %.1f s", turn, len(free), excess, value,
                self.now(),
            )  # fmt: skip
            if excess > 1e-7:
                penalty, stuck = penalty * 3, stuck + 1
                continue
            stalled = stalled + 1 if value > best - 1e-5 * abs(best) else 0
            best = min(best, value)
            if self.done() or stalled >= 8:
                return

    def _unsure(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how undecided each line is between its options near given prices."""
        dual, part = self.dual, self.split
        dual.smooth(prices, np.zeros(len(part.planned)), 0.003 * self.unit)
        share = dual.done
        columns = dual.lines.path[:, :, 0]
        columns = columns[columns >= 0]
        split = np.minimum(share[columns], 1 - share[columns])
        score = np.zeros(part.lines)
        np.maximum.at(score, part.line[columns], np.where(share[columns] > 0, split, 0.0))
        _, _, shares = dual.pool.price(prices, 0.003 * self.unit)
        np.maximum.at(score, dual.pool.line, np.minimum(shares, 1 - shares))
        return score

    def _choose(
        self, x: NDArray[np.float64], unsure: NDArray[np.float64], regret: NDArray[np.float64], size: int,
        rng: np.random.Generator, *, fresh: bool,
    ) -> NDArray[np.int64]:  # fmt: skip
        """Return lines to decide anew: undecided, dearest against their prices, in the way, some others."""
        part = self.split
        activity = np.asarray(part.coupling @ x)
        low, high = part.sides
        tight = 1e-9 * np.maximum(1.0, np.abs(activity))
        over = np.flatnonzero((activity > high + tight) | (activity < low - tight))
        score = unsure * rng.uniform(1.0 if fresh else 0.3, 1.0, len(unsure))
        chosen = [np.argsort(-score)[:size]]
        if not fresh:
            chosen.append(np.argsort(-regret * rng.uniform(0.3, 1.0, len(regret)))[: size // 2])
            chosen.append(rng.choice(len(unsure), min(len(unsure), size // 4), replace=False))
        if len(over):
            rows = part.coupling[over]
            used = rows.indices[x[rows.indices] != 0]
            lines = np.unique(part.line[used])
            lines = lines[lines >= 0]
            chosen.append(lines[np.argsort(-score[lines])][: size // 2])
            chosen.append(rng.permutation(lines)[:size])
        return np.unique(np.concatenate(chosen))

    def _solve(self, program: Restricted, seconds: float, gap: float = 0.0) -> NDArray[np.float64] | None:
        self.look()
        asked = replace(
            self.options, time_limit=max(0.1, min(seconds, self.left())),
            gap=max(1e-6, 0.3 * self.options.gap, gap), specifics={},
        )  # fmt: skip
        answer = highs.solve(program.mip, asked, start=program.start, cancel=self.cancel)
        return answer.x

    def now(self) -> float:
        """Return the seconds since the start."""
        return time.perf_counter() - self.began
