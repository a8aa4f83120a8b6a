"""Prices and plans by column generation, at free or at given shared decisions."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np

from prodmode.decomposition.master import ROUNDS, Master
from prodmode.decomposition.plans import Plans

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.decomposition.cuts import Cuts
    from prodmode.decomposition.pricer import Pricer, Visit

LOG = logging.getLogger(__name__)

INERTIA = 0.5
"""Share of the best prices so far in the next ones (Wentges, 1997)."""

ROUGHLY = 0.01
"""Relative distance to the bound from which on every exceeded row joins."""

CLOSE = 0.05
"""Relative distance to the program over plans from which on bounds are kept as cuts."""

THOROUGH = 8
"""Every so many rounds also lines that no kernel prices are priced."""

ROUGH_ROUNDS = 3
"""Rounds of joining rows while the bound is far."""


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
        first = self._visit(np.zeros(len(split.priced)), exact=True)
        self.prices = first.prices
        if pricer.impossible:
            return
        cuts.add(first)
        self.plans = Plans(split)
        self.plans.add(np.arange(split.lines), first.x)
        self.reach = pricer.reach(first.x)
        self.master = Master(split, self.plans, self.reach)

    def _visit(self, prices: NDArray[np.float64], *, exact: bool) -> Visit:
        visit = self.pricer.visit(prices, self.look, None if exact else self.stand_ins)
        if visit.exact and len(self.pricer.programmed):
            self.stand_ins.add(self.pricer.programmed, visit.x)
        return visit

    def climb(
        self,
        planned: NDArray[np.float64] | None,
        tolerance: float,
        passes: int,
        prices: NDArray[np.float64] | None = None,
        enough: Callable[[], bool] | None = None,
    ) -> float:
        """Raise the bound by better prices; returns it.

        Parameters
        ----------
        planned : ndarray or None
            Shared decisions to hold; None leaves them free, whole or not.
        tolerance : float
            Relative distance between the bound and the program over plans at which to end.
        passes : int
            Most rounds of prices.
        prices : ndarray, shape (P,), optional
            Prices to begin with.
        enough : callable, optional
            Says when there is no time for more.

        Raises
        ------
        Stop
            From `look`.
        """
        master = self.master
        master.hold(planned)
        best, proven, exact, inertia = -np.inf, -np.inf, False, INERTIA
        centre, near, settled, sure = prices, False, False, True
        for turn in range(passes):
            master.solve(self.look, ROUNDS if near else ROUGH_ROUNDS)
            if not master.feasible:
                break
            last = turn + 1 >= passes or (enough is not None and enough())
            size = tolerance * abs(master.value)
            near = master.value - max(best, proven) <= ROUGHLY * abs(master.value)
            if master.exceeded and (settled or near) and master.raise_reach():
                # Prices that low will not do; the bound found so far holds all the same.
                settled = False
                continue
            if (settled or master.value - proven <= size) and master.complete:
                break
            exact = exact or last or master.value - best <= size or turn % THOROUGH == THOROUGH - 1
            target = np.clip(master.prices, self.pricer.floor, self.pricer.ceiling)
            at = target if centre is None or not inertia else inertia * centre + (1 - inertia) * target
            if exact and (last or master.value - best <= size) and centre is not None:
                at = centre
            visit = self._visit(at, exact=exact)
            found = self._take(visit, target)
            level = self.cuts.lowest(visit, planned)
            if last or level >= master.value - CLOSE * abs(master.value):
                # Cuts from far away say little, and their large slopes are hard on HiGHS.
                self.cuts.add(visit)
            LOG.debug(
                "  pass %d value %.9g level %.9g best %.9g excess %.3g found %d exact %s",
                turn, master.value, level, best, master.excess, found, visit.exact,
            )  # fmt: skip
            if visit.exact:
                proven = max(proven, level)
            if last or level >= best or (visit.exact and not sure):
                # An estimate gives way to what is proven.
                best, centre, sure = level, at, visit.exact
            if last:
                break
            # What is left then is what HiGHS did not prove of single lines in its time.
            settled = visit.exact and not found and at is target
            exact = visit.exact and found < len(self.pricer.programmed)
            exact = exact or not (found or inertia)
            inertia = INERTIA if found else 0.0
        if centre is not None:
            self.prices = centre
        return proven

    def _take(self, visit: Visit, prices: NDArray[np.float64]) -> int:
        """Take the plans of a visit that the program over plans would use; returns how many."""
        part = self.pricer.split
        spent = part.by_line(self.pricer.reduced(prices)[:-1] * visit.x)
        lines = np.flatnonzero(spent < self.master.worth - 1e-7 * abs(self.master.value) / part.lines)
        if len(lines):
            self.master.take(self.plans.add(lines, visit.x))
        return len(lines)
