"""Prices and plans by column generation, at given shared decisions."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np

from prodmode.decomposition.charging import cut_for_all
from prodmode.decomposition.master import ROUNDS, Master
from prodmode.decomposition.plans import Plans
from prodmode.decomposition.pricing import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.decomposition.cuts import Cuts
    from prodmode.decomposition.pricer import Pricer, Visit

LOG = logging.getLogger(__name__)

ROUGHLY = 0.01
"""Relative distance to the bound from which on every exceeded row joins."""

PASSES = 60
"""Most rounds of prices at the same shared decisions."""

THOROUGH = 8
"""Every so many rounds also lines that no kernel prices are priced."""

LOST = 0.1
"""What bounds of lines without a fast exact form may lose, in shares of the distance to mixtures."""

AGAIN, LATELY = 2, 0
"""Most rounds of prices for some lines alone: those that found a plan at most so many rounds ago."""

ROUGH_ROUNDS = 3
"""Rounds of joining rows while the bound is far."""


class _Found:
    """The best bound of a climb so far, and how it stands."""

    def __init__(self, visit: Visit, planned: NDArray[np.float64]) -> None:
        self.seen, self._planned = visit, planned
        self.best = self.proven = visit.bound(planned)
        self.near = self.settled = self.exact = False

    def take(self, visit: Visit) -> None:
        """Take a bound that is better; an estimate gives way to what is proven."""
        level = visit.bound(self._planned)
        if visit.exact:
            self.proven = max(self.proven, level)
        if level >= self.best or (visit.exact and not self.seen.exact):
            self.best, self.seen = level, visit


class Generation:
    """Plans of lines, found one round of prices after another.

    Parameters
    ----------
    pricer : Pricer
        Prices the lines.
    cuts : Cuts
        Receives the proven bounds.
    look : callable
        Called now and then; what it raises ends the run.

    Attributes
    ----------
    plans : Plans
    master : Master
    reach : ndarray, shape (P,)
        A price for each row that is likely above its own.
    prices : ndarray, shape (P,)
        The best prices of the last climb.
    """

    def __init__(self, pricer: Pricer, cuts: Cuts, look: Callable[[], None]) -> None:
        self.pricer, self.cuts, self.look = pricer, cuts, look
        split = pricer.split
        self.stand_ins = Plans(split)
        self._last: tuple[Visit, NDArray[np.bool_]] | None = None
        self._lately = np.full(split.lines, LATELY + 1)
        first = self._visit(np.zeros(len(split.priced)), exact=True)
        self.prices = first.prices
        if pricer.impossible:
            return
        cuts.add(first)
        self.plans = Plans(split)
        self.plans.add(np.arange(split.lines), first.x)
        self.reach = pricer.reach(first.x)
        self.master = Master(split, self.plans, self.reach)

    def _visit(
        self, prices: NDArray[np.float64], *, exact: bool, loss: float | None = None,
        closed: NDArray[np.bool_] | None = None,
    ) -> Visit:  # fmt: skip
        visit = self.pricer.visit(prices, self.look, None if exact else self.stand_ins, loss, closed)
        if visit.exact and len(self.pricer.programmed):
            self.stand_ins.add(self.pricer.programmed, visit.x)
        return visit

    def climb(
        self,
        planned: NDArray[np.float64],
        tolerance: float,
        prices: NDArray[np.float64],
        enough: Callable[[], bool] | None = None,
        beat: float = np.inf,
    ) -> tuple[float, float]:
        """Raise the bound at given shared decisions by better prices; adds a cut for all decisions.

        Parameters
        ----------
        planned : ndarray
            Shared decisions to hold.
        tolerance : float
            Relative distance between the bound and the program over plans at which to end.
        prices : ndarray, shape (P,)
            Prices to begin with.
        enough : callable, optional
            Says when there is no time for more.
        beat : float
            Bound from which on the shared decisions are of no interest.

        Returns
        -------
        bound : float
        value : float
            What mixtures of the plans found reach; infinite where they exceed rows, or the bound was reached.

        Raises
        ------
        Stop
            From `look`.
        """
        master, closed = self.master, self.pricer.split.gates.closed(planned)
        master.hold(planned, closed)
        found = _Found(self._reopen(prices, closed), planned)
        if not found.proven < NEVER / 2:
            # Some line can do nothing behind these gates.
            self._cut(found.seen, planned, LOST * tolerance * abs(self.master.value))
            return np.inf, np.inf
        for turn in range(PASSES):
            if found.proven >= beat:
                break
            master.solve(self.look, ROUNDS if found.near else ROUGH_ROUNDS)
            if not master.feasible:
                break
            size = tolerance * abs(master.value)
            distance = master.value - found.best
            found.near = distance <= ROUGHLY * abs(master.value)
            if master.exceeded and (found.settled or found.near) and master.raise_reach():
                # Prices that low will not do; the bound found so far holds all the same.
                found.settled = False
                continue
            if (found.settled or master.value - found.proven <= size) and master.complete:
                break
            last = turn + 1 >= PASSES or (enough is not None and enough())
            exact = found.exact or last or distance <= size or turn % THOROUGH == THOROUGH - 1
            target = np.clip(master.prices, self.pricer.floor, self.pricer.ceiling)
            # What was only estimated may be as good as it gets: it is priced once more, exactly.
            at = found.seen.prices if exact and distance <= size else target
            visit = self._visit(at, exact=exact, loss=LOST * max(size, distance), closed=closed)
            count = self._take(visit.x, target)
            self._again(near=found.near, closed=closed)
            LOG.debug(
                "  pass %d value %.9g level %.9g best %.9g excess %.3g found %d exact %s",
                turn, master.value, visit.bound(planned), found.best, master.excess, count, visit.exact,
            )  # fmt: skip
            found.take(visit)
            if last:
                break
            # What is left then is what HiGHS did not prove of single lines in its time.
            found.settled = visit.exact and not count and at is target
            found.exact = not count or (visit.exact and count < len(self.pricer.programmed))
        self.prices = found.seen.prices
        if found.seen.exact:
            self._last = (found.seen, closed)
            self._cut(found.seen, planned, LOST * tolerance * abs(found.proven))
        known = found.proven < beat and not master.exceeded
        return found.proven, master.value if known else np.inf

    def _reopen(self, prices: NDArray[np.float64], closed: NDArray[np.bool_]) -> Visit:
        """Price lines behind gates that are closed now, and take what is better than their open plans."""
        if self._last is not None and np.array_equal(self._last[0].prices, prices):
            before, shut = self._last
            changed = np.zeros(self.pricer.split.lines, dtype=bool)
            gates = self.pricer.split.gates
            changed[gates.line[shut != closed]] = True
            visit = self.pricer.again(before, changed, closed=closed)
            if len(self.pricer.programmed):
                # Each line without a kernel has a plan in front of these gates to stand in for it.
                self.stand_ins.add(self.pricer.programmed, visit.x)
        else:
            visit = self._visit(prices, exact=True, closed=closed)
        if not (np.abs(visit.values) < NEVER / 2).all():
            return visit
        part, plans = self.pricer.split, self.plans
        cost = np.where(plans.shut(closed), np.inf, plans.reduced(prices))
        known = np.full(part.lines, np.inf)
        np.minimum.at(known, plans.line, cost)
        spent = part.by_line(self.pricer.reduced(prices)[:-1] * visit.x)
        size = float(np.abs(visit.values).sum()) / part.lines
        lines = np.flatnonzero(~(spent >= known - 1e-7 * size))
        if len(lines):
            self.master.take(self.plans.add(lines, visit.x))
        return visit

    def _cut(self, visit: Visit, planned: NDArray[np.float64], loss: float) -> None:
        """Add what a visit proves, for all shared decisions."""
        if len(self.pricer.split.gates):
            self.cuts.cuts.append(cut_for_all(self.pricer, visit, planned, loss))
        else:
            self.cuts.add(visit)

    def _again(self, *, near: bool, closed: NDArray[np.bool_]) -> None:
        """Price those lines again that found plans lately, a few times at the prices that follow."""
        master = self.master
        lines = self._lately <= LATELY
        for _ in range(AGAIN if lines.any() else 0):
            master.solve(self.look, ROUNDS if near else ROUGH_ROUNDS)
            if not master.feasible:
                return
            if not self.widen(lines, closed):
                return

    def widen(self, lines: NDArray[np.bool_], closed: NDArray[np.bool_]) -> int:
        """Price some lines at the prices of the program over plans; returns how many found better plans."""
        target = np.clip(self.master.prices, self.pricer.floor, self.pricer.ceiling)
        return self._take(self.pricer.some(target, lines, closed), target, lines)

    def _take(
        self, x: NDArray[np.float64], prices: NDArray[np.float64], among: NDArray[np.bool_] | None = None
    ) -> int:
        """Take what lines do at a point where the program over plans would use it; returns of how many."""
        part = self.pricer.split
        spent = part.by_line(self.pricer.reduced(prices)[:-1] * x)
        better = spent < self.master.worth - 1e-7 * abs(self.master.value) / part.lines
        if among is None:
            self._lately += 1
        else:
            better &= among
        lines = np.flatnonzero(better)
        self._lately[lines] = 0
        if len(lines):
            self.master.take(self.plans.add(lines, x))
        return len(lines)
