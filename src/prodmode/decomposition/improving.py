"""Better plans from a plan: a few lines at a time are decided anew, the others stand still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.decomposition.restricted import restricted

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.decomposition.pricer import Visit
    from prodmode.decomposition.restricted import Restricted
    from prodmode.decomposition.split import Split

FREE_LINES = 20
"""Lines that are decided anew at first; more where that is quick, fewer where it is slow."""

FEWEST, MOST = 6, 400
"""Fewest and most of them."""

QUICK, SLOW = 0.7, 2.5
"""Seconds below which a neighbourhood grows and above which it shrinks."""

DEARER = 1.2
"""Factor by which it becomes dearer to exceed rows after a round that does."""

EXCEEDED = 1e-7
"""Excess that counts as none."""

HELD, HELD_EXCEEDED = 0.85, 0.5
"""Chance that shared decisions stand still in a round, and while rows are exceeded."""


class Improving:
    """Rounds of restricted programs around one point.

    Parameters
    ----------
    split : Split
        The program taken apart.
    visit : Visit
        Lines at good prices for the shared decisions of the point.
    cost : ndarray, shape (n,)
        Reduced costs at these prices.
    reach : ndarray, shape (P,)
        Price of exceeding each row by one.
    x : ndarray, shape (n,)
        The point; its lines obey their own rules, rows that they share may be exceeded.
    seed : int
    held : bool
        Whether shared decisions stand still in most rounds.
    """

    def __init__(
        self,
        split: Split,
        visit: Visit,
        cost: NDArray[np.float64],
        reach: NDArray[np.float64],
        x: NDArray[np.float64],
        seed: int,
        *,
        held: bool = True,
    ) -> None:
        self.split, self.visit, self.cost, self.reach, self.x = split, visit, cost, reach.copy(), x
        self.rng, self.held = np.random.default_rng(seed), held
        self.size, self.stalled, self.excess = FREE_LINES, 0, np.inf

    def round(
        self, solve: Callable[[Restricted], NDArray[np.float64] | None], seconds: Callable[[], float]
    ) -> bool:
        """Decide some lines anew; returns whether the point became better.

        Parameters
        ----------
        solve : callable
            Solves a restricted program, from the point as it is.
        seconds : callable
            The clock.
        """
        part = self.split
        free = self._choose()
        share = (HELD if self.excess <= EXCEEDED else HELD_EXCEEDED) if self.held else 0.0
        held = self.x[part.planned] if self.rng.random() < share else None
        program = restricted(part, self.x, free, self.reach, held)
        began, before = seconds(), program.mip.objective(program.start)
        answer = solve(program)
        took = seconds() - began
        better = False
        if answer is not None:
            better = program.mip.objective(answer) < before - 1e-7 * abs(before)
            if better:
                self.x = program.put(self.x, answer)
            self.excess = program.excess(answer)
            if self.excess > EXCEEDED:
                self.reach *= DEARER
        if took < QUICK:
            self.size = min(MOST, int(self.size * 1.15) + 1)
        elif took > SLOW:
            self.size = max(FEWEST, int(self.size * 0.75))
        self.stalled = 0 if better else self.stalled + 1
        return better

    def _choose(self) -> NDArray[np.int64]:
        """Return lines that meet at a row where the plan loses most against its prices, and their likes."""
        part, prices, rng = self.split, self.visit.prices, self.rng
        regret = part.by_line(self.cost * self.x) - self.visit.values
        regret = np.maximum(regret, 0.0)
        activity = np.asarray(part.coupling @ self.x)
        low, high = part.sides
        tolerance = 1e-7 * np.maximum(1.0, np.abs(activity))
        over = np.flatnonzero((activity > high + tolerance) | (activity < low - tolerance))
        with np.errstate(invalid="ignore"):
            slack = np.where(
                prices > 0, prices * (high - activity), np.where(prices < 0, prices * (low - activity), 0.0)
            )
        slack = np.where(np.isfinite(slack), np.maximum(slack, 0.0), 0.0)
        score = rng.random(part.lines) * regret / max(float(regret.max(initial=0.0)), 1e-12)
        if len(over) and rng.random() < 0.7:
            row = int(rng.choice(over))
        else:
            weight = slack + 0.3 * (part.users @ regret) * (prices != 0)
            total = float(weight.sum())
            if total <= 0:
                return np.sort(np.argsort(-rng.random(part.lines))[: self.size])
            row = int(rng.choice(len(weight), p=weight / total))
        members = part.users.indices[part.users.indptr[row] : part.users.indptr[row + 1]]
        if len(members) > 3 * self.size:
            # All lines use a row such as a budget: those near a change matter.
            members = rng.permutation(members)[: self.size]
        score[members] += rng.uniform(0.3, 1.0, len(members))
        rows = np.unique(part.used[members].indices)
        rows = rows[prices[rows] != 0]
        common = np.asarray(part.users[rows].sum(axis=0)).ravel()
        score += 0.3 * np.minimum(common, 3.0) / 3.0 * rng.random(part.lines)
        return np.sort(np.argsort(-score)[: self.size])
