"""Plans near the relaxation, then near the best plan: CP-SAT on the decisions that are left open."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends.via_ortools.cp_sat_dive import UP_FROM, dive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.backends.via_ortools.cp_sat_benders import Benders
    from prodmode.backends.via_ortools.cp_sat_root import Relaxation
    from prodmode.backends.via_ortools.cp_sat_search import Search
    from prodmode.formulation.mip import Mip

SECONDS = 5.0
"""Most seconds for a neighbourhood."""

STALE = 8
"""Neighbourhoods without a better plan, one after the other, after which no more are searched."""

FREE, LEAST_FREE = 0.1, 0.01
"""Share of the decisions that plan and relaxation agree on that is left open at first, and at least."""

GROWTH = 1.5
"""Factor of this share, up where CP-SAT comes to an end and down where it does not."""


def first_plan(search: Search, root: Relaxation) -> None:
    """Dive for a plan where there is none."""
    for up_from in UP_FROM:
        x = None if search.best is not None else dive(root, up_from, search.stopped)
        if x is not None:
            search.take(x)


def search_near(search: Search, root: Relaxation, benders: Benders, share: float) -> None:
    """Search near the relaxation's optimum, then near the best plan, until no better plans are found.

    First what is whole in the relaxation is held; then what plan and relaxation agree on, but for some
    decisions: in turn drawn at random, and such as hang together by rows.

    Parameters
    ----------
    search : Search
    root : Relaxation
    benders : Benders
        Of this relaxation.
    share : float
        Most of the time left that is used.
    """
    left = search.left()
    until = None if left is None else time.perf_counter() + share * left
    random = np.random.default_rng(search.options.seed or 0)
    whole = root.is_whole()
    held, values, free, stale, turn = whole, np.round(root.x), FREE, 0, 0
    while stale < STALE and not search.stopped() and not search.reached():
        seconds = SECONDS if until is None else min(SECONDS, until - time.perf_counter())
        if seconds <= 0:
            break
        before = search.cutoff()
        ended = benders.search(held, values, seconds)
        if search.best is None:
            # What the relaxation suggests goes nowhere: less of it.
            held = held & (random.random(len(held)) >= 1 / (STALE - stale))
            stale += 1
            continue
        stale = stale + 1 if search.cutoff() == before else 0
        free = free * GROWTH if ended else max(LEAST_FREE, free / GROWTH)
        if free > 1:
            break
        turn += 1
        values = np.where(root.mip.integer, np.round(search.program.scale(search.best)), 0.0)
        drawn = random.random(len(held)) < free if turn % 2 else _linked(root.mip, random, free)
        held = whole & (values == np.round(root.x)) & ~drawn


def _linked(mip: Mip, random: np.random.Generator, share: float) -> NDArray[np.bool_]:
    """Return a share of the columns that hang together by rows."""
    columns = len(mip.cost)
    wanted = max(1, round(share * columns))
    chosen = np.zeros(columns, dtype=bool)
    chosen[random.integers(columns)] = True
    pattern = abs(mip.matrix)
    short = np.diff(mip.matrix.indptr) <= max(10, columns // 50)
    while True:
        touched = (pattern @ chosen.astype(float) > 0) & short
        new = np.flatnonzero((pattern.T @ touched.astype(float) > 0) & ~chosen)
        if not new.size:
            new = random.integers(columns, size=1)
        short_of = wanted - int(chosen.sum())
        chosen[new if len(new) <= short_of else random.permutation(new)[:short_of]] = True
        if chosen.sum() >= wanted:
            return chosen
