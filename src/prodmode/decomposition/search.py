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

ROOT_PASSES, PASSES = 150, 40
"""Most rounds of prices with free and with whole shared decisions."""

WHOLE_TURNS = 200
"""Most whole values of the shared decisions that are priced."""

ROOT_TIME, FIRST_TIME, PRICE_TIME = 0.3, 0.7, 0.55
"""Shares of the time limit after which prices give way: to whole shared decisions, to plans where mixtures
keep to all rows nowhere yet, and to plans elsewhere."""

CHOICES, MIXED = 1500, 20_000
"""Most plans beside the best of each line to choose from, and to mix."""

CHOICE_SECONDS, ROUND_SECONDS = 3.0, 3.0
"""Most seconds for that program and for a restricted one."""

DEAR, STRICT = 5.0, 50.0
"""Prices of exceeding rows for plans that may be put right, and where that is not to be hoped for."""

LIKELY_SECONDS = 8.0
"""Most seconds for whole shared decisions to begin with."""

CHOICE_GAP = 1e-3
"""Relative gap at which the program that chooses is left."""

FIRST_ROUNDS, ROUNDS = 4, 20
"""Rounds at the first place before the next is priced, and at a place before it is another's turn."""

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
    shares : ndarray
        Of the plans found until then.
    improving : Improving or None
        The rounds there, once begun.
    """

    planned: NDArray[np.float64]
    prices: NDArray[np.float64]
    bound: float
    value: float
    shares: NDArray[np.float64]
    improving: Improving | None = None


@dataclass
class Search(Run):
    """A run from the first pass to the gap asked for.

    Attributes
    ----------
    pricer : Pricer
    cuts : Cuts
    serving : Serving
    generation : Generation
    start : ndarray or None
        Prices of a checkpoint.
    """

    pricer: Pricer = field(init=False)
    cuts: Cuts = field(init=False)
    serving: Serving = field(init=False)
    generation: Generation = field(init=False)
    start: NDArray[np.float64] | None = None
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
        self.start = None if held is None else self.resume(held, mark)
        self.generation = Generation(self.pricer, self.cuts, self.look)
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
        value, whole = self.cuts.solve(whole=True, seconds=min(20.0, max(0.1, self.left())))
        self.bound = max(self.bound, value)
        if whole is None and value == np.inf:
            self.infeasible = True
        self.tell(at_once=True)
        self.save()
        return whole

    def price(self) -> None:
        """Price at free shared decisions, then at whole ones, and plan on the way."""
        generation = self.generation
        self.phase = "prices"
        generation.climb(None, self.tolerance(), ROOT_PASSES, self.start, lambda: self.late(ROOT_TIME))
        whole = self.settle()
        LOG.debug("root %.9g, mixtures %.9g, at %.1f s", self.bound, generation.master.value, self.now())
        if self.infeasible or len(self.split.line) < SMALL:
            # HiGHS is faster than a walk over the investments where little is to be decided.
            return
        places = {} if whole is None else self.guess(whole)
        whole = self.settle() if places else None
        for turn in range(WHOLE_TURNS):
            if whole is None or self.done() or self.late(PRICE_TIME):
                break
            place = self.visit(whole, PRICE_TIME)
            known = places.get(whole.tobytes())
            places[whole.tobytes()] = place
            whole = self.settle()
            best = min(each.value for each in places.values())
            LOG.debug(
                "whole %d at %.9g value %.9g best %.9g bound %.9g at %.1f s",
                turn, place.bound, place.value, best, self.bound, self.now(),
            )  # fmt: skip
            if known is not None or best - self.bound <= self.tolerance() * abs(best):
                break
        self.improve(list(places.values()))

    def guess(self, otherwise: NDArray[np.float64]) -> dict[bytes, Place]:
        """Price at likely whole shared decisions until mixtures keep to all rows; seek a first plan there."""
        places = {}
        fewest = self.fewest()
        for guess in (self.likely(otherwise), fewest):
            if guess is None:
                continue
            place = places[guess.tobytes()] = self.visit(guess, FIRST_TIME)
            LOG.debug("guess at %.9g value %.9g at %.1f s", place.bound, place.value, self.now())
            if np.isfinite(place.value):
                if self.x is None:
                    self.plan(place, FIRST_ROUNDS)
                break
        return places

    def likely(self, otherwise: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return whole shared decisions that are good with mixtures of the plans found so far."""
        generation = self.generation
        plans, shared = generation.plans, self.split.planned
        kept = near(plans, generation.prices, self.split.lines + MIXED)
        none = np.zeros(0, dtype=np.int64)
        choice = Choice(plans, kept, none, STRICT * generation.reach, None, whole=False)
        answer = self.ask(choice.mip, self.seconds(LIKELY_SECONDS), None, self.tolerance())
        if answer is None:
            return otherwise
        integer = self.split.mip.integer[shared]
        found = answer[: len(shared)]
        return np.where(integer, np.round(found), found)

    def fewest(self) -> NDArray[np.float64] | None:
        """Return shared decisions rounded down: what fits into budgets wherever the fractional ones do."""
        return self.cuts.completed(np.floor(self.generation.master.planned + 1e-6))

    def visit(self, planned: NDArray[np.float64], share: float) -> Place:
        """Price at whole shared decisions, until a share of the time is gone."""
        self.phase = "prices at whole investments"
        generation = self.generation
        bound = generation.climb(
            planned, self.tolerance(), PASSES, generation.prices, lambda: self.late(share)
        )
        self.nodes += 1
        master = generation.master
        value = np.inf if master.exceeded else master.value
        return Place(planned, generation.prices.copy(), bound, value, master.shares.copy())

    # -- plans -----------------------------------------------------------------------------------------

    def improve(self, places: list[Place]) -> None:
        """Improve plans at the places that leave most room, in turn, until nothing comes of it."""
        while not self.done() and places:
            places = [
                place for place in places
                if (place.improving is None or place.improving.stalled < STALLED)
                and (self.x is None or place.bound < self.objective - self.options.gap * abs(self.objective))
            ]  # fmt: skip
            open_ = sorted(places, key=lambda place: place.value)[:PLACES]
            if not open_:
                return
            for place in open_:
                self.plan(place, ROUNDS)
                if self.done():
                    return

    def begin(self, place: Place) -> Improving:
        """Choose a plan for each line and return the rounds that put it right."""
        part, generation = self.split, self.generation
        self.phase = "first plan" if self.x is None else "plan"
        visit = self.pricer.visit(place.prices, self.look, generation.stand_ins)
        cost = self.pricer.reduced(place.prices)[:-1].copy()
        plans = generation.plans
        reach = np.maximum(DEAR * generation.reach, generation.master.reach)
        shares = np.append(place.shares, np.zeros(len(plans) - len(place.shares)))
        kept = np.union1d(near(plans, place.prices, part.lines + CHOICES), np.flatnonzero(shares > SHARE))
        counts = np.bincount(plans.line[kept], minlength=part.lines)
        alone = counts[plans.line[kept]] == 1
        settled = np.isfinite(place.value)
        choice = Choice(plans, kept[~alone], kept[alone], reach, place.planned if settled else None)
        answer = self.ask(choice.mip, self.seconds(CHOICE_SECONDS), None, CHOICE_GAP)
        if answer is not None:
            x = choice.point(answer)
        else:
            chosen = best_shares(plans, shares)
            x = plans.point(chosen, np.ones(len(chosen)))
            x[part.boxed] = visit.x[part.boxed]
        if settled or answer is None:
            x[part.planned] = place.planned
        self.serving.fill(x)
        place.improving = Improving(part, visit, cost, reach, x, self.options.seed or 0, held=settled)
        return place.improving

    def seconds(self, least: float) -> float:
        """Return the time for a program that is solved once: more where there is much time."""
        limit = self.options.time_limit
        return max(least, 0.05 * limit) if limit is not None else 4 * least

    def plan(self, place: Place, rounds: int) -> None:
        """Improve the plan at one place for some rounds."""
        improving = place.improving or self.begin(place)
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
