"""Whole plans from mixtures: lines are settled a few at a time, and the others find plans that fit.

Diving in column generation (Joncour et al., 2010): of the lines that follow mixtures those with the largest
share of one plan follow it alone, the program over plans is solved again, and lines that are still open are
priced at what is then scarce.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.decomposition.generation import Generation

WHOLE = 1e-6
"""Share that counts as none, or as all."""

AT_ONCE, SURE = 0.15, 0.9
"""Share of the mixed lines that are settled in a step, and share of a plan from which on its line is."""

PRICINGS = 3
"""Most pricings after a step."""

PATIENCE = 15
"""Most steps after which there are no fewer mixed lines than before."""


def dive(generation: Generation, planned: NDArray[np.float64], enough: Callable[[], bool]) -> bool:
    """Lead the program over plans to one plan a line; returns whether it came to that.

    The plans are then those with a share in the program. What was settled is open again afterwards.

    Parameters
    ----------
    generation : Generation
        Plans and prices, found at these decisions before.
    planned : ndarray
        The shared decisions.
    enough : callable
        Says when there is no time for more.
    """
    master, plans, pricer = generation.master, generation.plans, generation.pricer
    closed = pricer.split.gates.closed(planned)
    master.hold(planned, closed)
    settled = np.zeros(pricer.split.lines, dtype=bool)
    recent, stubborn = settled.copy(), settled.copy()
    fewest, since = len(settled) + 1, 0
    while since < PATIENCE:
        master.solve(generation.look)
        if not master.feasible:
            return False
        for _ in range(PRICINGS):
            mixed = np.zeros_like(settled)
            mixed[plans.line[_mixed(master.shares)]] = True
            mixed[pricer.split.users[master.exceeded_rows()].indices] = True
            if not generation.widen((mixed | recent) & ~settled, closed):
                break
            master.solve(generation.look)
        part = _mixed(master.shares)
        if enough():
            return not len(part)
        if master.exceeded:
            users = np.zeros_like(settled)
            users[pricer.split.users[master.exceeded_rows()].indices] = True
            users &= settled
            if users.any():
                # What was settled there does not go together.
                master.release(users)
                settled &= ~users
                stubborn |= users
            elif not master.raise_reach():
                return not len(part)
            since += 1
            continue
        count = int(np.count_nonzero(np.bincount(plans.line[part])))
        fewest, since = min(fewest, count), 0 if count < fewest else since + 1
        part = part[~stubborn[plans.line[part]]]
        if not len(part):
            return not len(_mixed(master.shares))
        shares = master.shares[part]
        order = part[np.argsort(-shares, kind="stable")]
        _, first = np.unique(plans.line[order], return_index=True)
        order = order[np.sort(first)]
        count = max(1, int(AT_ONCE * len(order)), int((master.shares[order] >= SURE).sum()))
        recent[plans.line[order]] = True
        settled[plans.line[order[:count]]] = True
        master.settle(order[:count])
    return False


def _mixed(shares: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.flatnonzero((shares > WHOLE) & (shares < 1.0 - WHOLE))
