"""The run: prices, bound and plan, from the first pass to the gap asked for."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends import highs
from prodmode.backends.contract import Progress, Status
from prodmode.decomposition.checkpoint import Checkpoint, load, mark_of, save
from prodmode.decomposition.cuts import Cut, Cuts
from prodmode.decomposition.diving import dive
from prodmode.decomposition.generation import Generation
from prodmode.decomposition.improving import EXCEEDED, Improving
from prodmode.decomposition.pricer import Pricer, Stop
from prodmode.decomposition.rounding import Choice, best_shares, near
from prodmode.decomposition.run import Run
from prodmode.decomposition.serving import Serving

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.restricted import Restricted

LOG = logging.getLogger(__name__)

SMALL = 4000
"""Columns below which HiGHS finishes the whole program after a first round of prices."""

SAVE_SECONDS = 5.0
"""Least time between two checkpoints."""

WHOLE_TURNS = 200
"""Most whole values of the shared decisions that are priced."""

AHEAD = 0.05
"""Share of what is between bound and mixtures to which a visit need be exact."""

PRICE_TIME = 0.4
"""Share of the time limit after which prices give way to plans."""

CHOICES = 1500
"""Most plans beside the best of each line to choose from."""

CHOICE_SECONDS, ROUND_SECONDS = 3.0, 3.0
"""Most seconds for that program and for a restricted one."""

DEAR, STRICT = 5.0, 50.0
"""Prices of exceeding rows for plans that may be put right, and where that is not to be hoped for."""

DIVE_TIME = 0.1
"""Share of the time left for a dive."""

FEW_LINES = 1000
"""Lines up to which plans are also chosen where a dive came to a plan."""

CHOICE_GAP = 1e-3
"""Relative gap at which the program that chooses is left."""

ROUNDS = 20
"""Rounds at a place before it is another's turn."""

REPAIR_GAP = 3e-3
"""Relative gap that is enough while rows are exceeded."""

SHARE = 1e-6
"""Share from which a plan is one to choose from."""

STALLED = 60
"""Rounds without a better plan after which a place is left."""

PLACES = 3
"""Places at which plans are improved, in turn."""


@dataclass(eq=False)
class Place:
    """A whole value of the shared decisions.

    Attributes
    ----------
    planned, prices : ndarray
        The decisions, and the best prices there.
    bound, value : float
        What no plan there beats, and what mixtures of the plans found reach.
    improving : Improving or None
        The rounds there, once begun.
    """

    planned: NDArray[np.float64]
    prices: NDArray[np.float64]
    bound: float
    value: float
    improving: Improving | None = None

    @property
    def possible(self) -> bool:
        """Whether the decisions leave every line something to do."""
        return bool(np.isfinite(self.bound))


@dataclass
class Search(Run):
    """A run from the first pass to the gap asked for.

    Attributes
    ----------
    pricer : Pricer
    cuts : Cuts
    serving : Serving
    generation : Generation
    """

    pricer: Pricer = field(init=False)
    cuts: Cuts = field(init=False)
    serving: Serving = field(init=False)
    generation: Generation = field(init=False)
    _mark: str = ""
    _saved: float = -np.inf

    # -- the run ---------------------------------------------------------------------------------------

    def run(self, start: NDArray[np.float64] | None) -> Status | None:
        """Run until the gap is reached or there is nothing left to try; None where the clock stopped it."""
        try:
            if start is not None:
                self.offer(start)
            self.prepare()
            self.price()
            if not (self.done() or self.infeasible):
                return self.finish()
        except Stop:
            if self.infeasible:
                return None
            stopped = self.cancel is not None and self.cancel.is_set()
            return Status.INTERRUPTED if stopped else Status.TIME_LIMIT
        else:
            return None
        finally:
            self.save(at_once=True)
            self.tell(at_once=True)

    def prepare(self) -> None:
        """Set up prices and cuts."""
        self.look()
        self.pricer, self.cuts = Pricer(self.split), Cuts(self.split)
        self.serving = Serving(self.pricer.structure)
        path = self.options.specifics.get("checkpoint")
        held = None if path is None else load(path)
        mark = "" if path is None else mark_of(self.split.mip)
        prices = None if held is None else self.resume(held, mark)
        self.generation = Generation(self.pricer, self.cuts, self.look)
        if prices is not None:
            self.generation.prices = prices
        if self.pricer.impossible:
            self.infeasible = True
            raise Stop
        self._mark = mark

    def resume(self, held: Checkpoint, mark: str) -> NDArray[np.float64] | None:
        """Take up what a checkpoint knows; returns the prices to begin with, None where they do not fit.

        Of another program (tomorrow's), prices and plan are of use as far as they fit, cuts are not.
        """
        if held.x.shape == self.split.mip.cost.shape:
            self.offer(held.x)
        if held.mark == mark:
            for constant, slope in zip(held.constants, held.slopes, strict=True):
                self.cuts.cuts.append(Cut(float(constant), slope))
            self.settle()
        if held.prices.shape != (len(self.split.priced),):
            return None
        return np.clip(held.prices, self.pricer.floor, self.pricer.ceiling)

    def save(self, *, at_once: bool = False) -> None:
        """Keep what is known in the checkpoint, if there is to be one, every few seconds."""
        path = self.options.specifics.get("checkpoint")
        now = time.perf_counter()
        early = now - self._saved < SAVE_SECONDS and not at_once
        if path is None or not self._mark or early:
            return
        self._saved = now
        cuts = self.cuts.cuts
        save(
            path,
            Checkpoint(
                self._mark, self.generation.prices, np.array([cut.constant for cut in cuts]),
                np.array([cut.slope for cut in cuts]).reshape(len(cuts), -1),
                np.zeros(0) if self.x is None else self.x,
            ),
        )  # fmt: skip

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

    # -- prices ----------------------------------------------------------------------------------------

    def tolerance(self) -> float:
        """Return the relative distance at which prices are good enough."""
        return max(1e-7, 0.1 * self.options.gap)

    def settle(self) -> NDArray[np.float64] | None:
        """Bring the bound up to date; returns the whole shared decisions where it is taken."""
        value, whole = self.cuts.solve(min(20.0, max(0.1, self.left())))
        self.bound = max(self.bound, value)
        if whole is None and value == np.inf:
            self.infeasible = True
        self.tell(at_once=True)
        self.save()
        return whole

    def price(self) -> None:
        """Price at whole shared decisions, one after the other, then plan at the best of them."""
        self.phase = "prices"
        whole = self.settle()
        places: dict[bytes, Place] = {}
        for turn in range(WHOLE_TURNS):
            if whole is None or self.done() or self.late(PRICE_TIME):
                break
            best = min((each.value for each in places.values()), default=np.inf)
            place = self.visit(whole, PRICE_TIME, best)
            again = whole.tobytes() in places
            places[whole.tobytes()] = place
            whole = self.settle()
            best = min(each.value for each in places.values())
            LOG.debug(
                "whole %d at %.9g value %.9g best %.9g bound %.9g at %.1f s",
                turn, place.bound, place.value, best, self.bound, self.now(),
            )  # fmt: skip
            if again or best - self.bound <= self.tolerance() * abs(best):
                break
        if len(self.split.line) >= SMALL and not self.infeasible:
            # HiGHS is faster where little is to be decided.
            self.improve(list(places.values()))

    def visit(self, planned: NDArray[np.float64], share: float, beat: float) -> Place:
        """Price at whole shared decisions, until a share of the time is gone."""
        self.phase = "prices at whole investments"
        generation = self.generation
        room = beat - self.bound if np.isfinite(beat - self.bound) else 0.0
        tolerance = max(self.tolerance(), AHEAD * room / abs(self.bound))
        bound, value = generation.climb(planned, tolerance, generation.prices, lambda: self.late(share), beat)
        self.nodes += 1
        return Place(planned, generation.prices.copy(), bound, value)

    # -- plans -----------------------------------------------------------------------------------------

    def improve(self, places: list[Place]) -> None:
        """Improve plans at the places that leave most room, in turn, until nothing comes of it."""
        while not self.done() and places:
            places = [
                place for place in places
                if place.possible and (place.improving is None or place.improving.stalled < STALLED)
                and (self.x is None or place.bound < self.objective - self.options.gap * abs(self.objective))
            ]  # fmt: skip
            open_ = sorted(places, key=lambda place: place.value)[:PLACES]
            if not open_:
                return
            for place in open_:
                self.plan(place, ROUNDS)
                if self.done():
                    return

    def begin(self, place: Place) -> Improving | None:
        """Choose a plan for each line and return the rounds that put it right; None where there is none."""
        part, generation = self.split, self.generation
        self.phase = "first plan" if self.x is None else "plan"
        place.bound, place.value = generation.climb(place.planned, self.tolerance(), place.prices)
        if not generation.master.feasible:
            place.bound = np.inf
            return None
        place.prices = generation.prices.copy()
        closed = part.gates.closed(place.planned)
        visit = self.pricer.visit(place.prices, self.look, closed=closed)
        cost = self.pricer.reduced(place.prices)[:-1].copy()
        reach = np.maximum(DEAR * generation.reach, generation.master.reach)
        end = self.now() + DIVE_TIME * self.left()
        whole = dive(generation, place.planned, lambda: self.now() > end)
        points = [generation.master.point()] if whole else []
        LOG.debug("dive %s, excess %.3g, at %.1f s", whole, generation.master.excess, self.now())
        if not whole or generation.master.exceeded or part.lines < FEW_LINES:
            points.append(self.choose(place, reach))
        x = min(points, key=lambda point: self.with_excess(point, reach))
        self.serving.fill(x)
        settled = np.isfinite(place.value)
        place.improving = Improving(part, visit, cost, reach, x, self.options.seed or 0, held=settled)
        self.offer(x)
        return place.improving

    def with_excess(self, x: NDArray[np.float64], reach: NDArray[np.float64]) -> float:
        """Return the objective of a point, what it exceeds of shared rows included at its price."""
        part = self.split
        activity, (low, high) = part.coupling @ x, part.sides
        excess = np.maximum(0.0, np.maximum(activity - high, low - activity))
        return part.mip.objective(x) + float(reach @ excess)

    def choose(self, place: Place, reach: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a point with one plan for each line, chosen among those near to the last mixtures."""
        part, generation = self.split, self.generation
        plans, master = generation.plans, generation.master
        prices = np.clip(master.prices, self.pricer.floor, self.pricer.ceiling)
        shut = plans.shut(part.gates.closed(place.planned))
        kept = np.union1d(
            near(plans, prices, part.lines + CHOICES, shut), np.flatnonzero(master.shares > SHARE)
        )
        counts = np.bincount(plans.line[kept], minlength=part.lines)
        alone = counts[plans.line[kept]] == 1
        choice = Choice(plans, kept[~alone], kept[alone], STRICT * reach, place.planned)
        answer = self.ask(choice.mip, self.seconds(CHOICE_SECONDS), None, CHOICE_GAP)
        if answer is not None:
            return choice.point(answer)
        chosen = best_shares(plans, master.shares)
        x = plans.point(chosen, np.ones(len(chosen)))
        x[part.shared] = master.point()[part.shared]
        return x

    def seconds(self, least: float) -> float:
        """Return the time for a program that is solved once: more where there is much time."""
        limit = self.options.time_limit
        return max(least, 0.05 * limit) if limit is not None else 4 * least

    def plan(self, place: Place, rounds: int) -> None:
        """Improve the plan at one place for some rounds."""
        improving = place.improving or self.begin(place)
        if improving is None:
            return
        self.phase = "plan"
        for _ in range(rounds):
            better = improving.round(self._solve, self.now)
            if better or improving.stalled == 1:
                self.offer(improving.x)
            LOG.debug(
                "  round: %d lines, cost %.9g, plan %.9g, gap %.5f, at %.1f s", improving.size,
                self.split.mip.objective(improving.x), self.objective, self.gap(), self.now(),
            )  # fmt: skip
            if self.done() or improving.stalled >= STALLED:
                return

    def _solve(self, program: Restricted) -> NDArray[np.float64] | None:
        gap = 0.3 * self.options.gap if program.excess(program.start) <= EXCEEDED else REPAIR_GAP
        return self.ask(program.mip, ROUND_SECONDS, program.start, gap)
