"""Rules stretched by as little as makes a plan possible."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from prodmode.backends.contract import Status, relative_gap
from prodmode.explain.infeasible.probe import TOLERANCE, run
from prodmode.explain.infeasible.totals import totals_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from prodmode.explain.infeasible.loosened import Loosened
    from prodmode.explain.infeasible.probe import Clock
    from prodmode.explain.infeasible.rules import Rule
    from prodmode.formulation.mip import Mip

WHOLE = ("required", "max_switches", "max_options", "max_copies")
"""Kinds of rules that move in whole steps."""

NOTHING = 1e-7
"""Stretch, as a share of a figure, that is rounding alone."""

NEAR_SHARE = 0.5
"""Share of the time that moves of the rules of a conflict alone may take."""

SMALLEST = 1e-4
"""Relative distance to the proven least within which a stretch counts as the smallest."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """How far rules are moved, and a proof of how little would not do.

    Attributes
    ----------
    rules : tuple of int
        Positions of the rules.
    moves : tuple of float
        By how much each figure is moved, in its own unit.
    cost : float
        Sum of the moves, each as a share of its figure; see `scales`.
    least : float or None
        No choice of moves costs less; None where nothing is proven.
    """

    rules: tuple[int, ...]
    moves: tuple[float, ...]
    cost: float
    least: float | None

    @property
    def smallest(self) -> bool:
        """Whether the cost was proved to be the least."""
        gap = relative_gap(self.cost, self.least)
        return gap is not None and (gap <= SMALLEST or self.cost <= NOTHING)


def scales(loosened: Loosened) -> NDArray[np.float64]:
    """Return the move of each rule that costs one, shape (number of rules,).

    That is its figure. Where it is zero, the largest figure of its kind, or what it could come to. For the
    periods in which an option can be used it is the length of the horizon; a line that need no longer be
    offered costs one.
    """
    instance = loosened.instance
    largest: dict[str, float] = {}
    for rule in loosened.rules:
        largest[rule.kind] = max(largest.get(rule.kind, 0.0), abs(rule.figure or 0.0))
    if len(instance.budgets):
        spent = (*instance.options["tooling_capex"], *instance.investments["capex"])
        largest["budget"] = max(largest["budget"], *(float(abs(value)) for value in spent))
    periods = float(len(instance.periods))
    return np.array([_scale(loosened, rule, largest[rule.kind], periods) for rule in loosened.rules])


def _scale(loosened: Loosened, rule: Rule, largest: float, periods: float) -> float:
    if rule.kind in {"first_period", "last_period"}:
        return periods
    if rule.figure:
        return abs(rule.figure)
    if rule.kind != "limit":
        return largest or 1.0
    if (rule.side or "").endswith("share"):
        return 1.0
    limits = loosened.instance.limits["limit"]
    position = int(np.flatnonzero((limits == rule.name).to_numpy())[0])
    most = totals_at(loosened.context, position, loosened.mip.upper, most=True).max(initial=0.0)
    return float(most) or 1.0


def stretch(
    loosened: Loosened,
    backend: str,
    clock: Clock,
    *,
    without: frozenset[str] = frozenset(),
    near: Sequence[int] = (),
) -> Stretch | None:
    """Return the cheapest moves of figures that make a plan possible, None where none were found in time.

    Where rules of a conflict are named, moves of these alone come first: they are found much sooner, and then
    only cheaper ones are looked for. The slack of a share is measured against the most that its total can be,
    which bounds the cost from below; what the share must really become is read off the plan, and a second run
    with the totals of the first may find less.

    Parameters
    ----------
    loosened : Loosened
        Knows the rules.
    backend : str
        Name of a backend, or "auto".
    clock : Clock
        Time left.
    without : frozenset of str
        Kinds of rules that may not be moved.
    near : sequence of int
        Rules to move first.
    """
    scale = scales(loosened)
    can = np.zeros(len(loosened.rules), dtype=bool)
    can[loosened.items.slack_rule] = True
    can &= np.array([rule.kind not in without for rule in loosened.rules])
    best = None
    named = np.zeros_like(can)
    named[list(near)] = True
    if (can & named).any():
        best = _settled(loosened, backend, clock.part(NEAR_SHARE), scale, can & named)
    first = _once(loosened, backend, clock, Search(scale, can, {}, None if best is None else best.cost))
    least = first.least
    if first.found is not None and (best is None or first.found.cost < best.cost):
        best = first.found
        if _shares(loosened, best):
            again = _once(loosened, backend, clock, Search(scale, can, first.totals, best.cost)).found
            best = best if again is None or again.cost >= best.cost else again
    return None if best is None else replace(best, least=least)


def _settled(
    loosened: Loosened, backend: str, clock: Clock, scale: NDArray[np.float64], can: NDArray[np.bool_]
) -> Stretch | None:
    """Return the cheapest moves of some rules; what shares become is looked at twice."""
    first = _once(loosened, backend, clock, Search(scale, can, {}, None))
    if first.found is None or not _shares(loosened, first.found):
        return first.found
    second = _once(loosened, backend, clock, Search(scale, can, first.totals, first.found.cost)).found
    return first.found if second is None or second.cost >= first.found.cost else second


def _shares(loosened: Loosened, found: Stretch) -> bool:
    return any((loosened.rules[at].side or "").endswith("share") for at in found.rules)


@dataclass(frozen=True)
class Search:
    """What a run looks for.

    Attributes
    ----------
    scale : ndarray, shape (number of rules,)
        The move of each rule that costs one.
    can : ndarray of bool, shape (number of rules,)
        The rules that may be moved.
    totals : dict of int to float
        Totals that the shares of some rules are measured against, instead of the most that they can be.
    below : float or None
        Only moves that cost less are looked for.
    """

    scale: NDArray[np.float64]
    can: NDArray[np.bool_]
    totals: dict[int, float]
    below: float | None


@dataclass(frozen=True)
class Outcome:
    """What came of a run: moves, the totals of shares at them, and what no moves cost less than."""

    found: Stretch | None
    totals: dict[int, float]
    least: float | None


def _once(loosened: Loosened, backend: str, clock: Clock, search: Search) -> Outcome:
    movable, program = _program(loosened, search)
    answer = run(backend, program, clock)
    if answer is None:
        return Outcome(None, {}, None)
    if answer.status is Status.INFEASIBLE:
        return Outcome(None, {}, search.below)
    least = None if answer.bound is None else max(0.0, answer.bound)
    if least is not None and search.below is not None:
        least = min(least, search.below)
    if answer.x is None or program.violation(answer.x) > TOLERANCE:
        return Outcome(None, {}, least)
    width, scale = loosened.mip.shape[1], search.scale
    x, moved = answer.x[:width], answer.x[width:] * _units(loosened, movable, scale)
    moves, totals = {}, {}
    for at, move in zip(movable.tolist(), moved.tolist(), strict=True):
        rule, by = loosened.rules[at], float(move)
        if (rule.side or "").endswith("share"):
            totals[at], by = _share(loosened, at, x)
        if rule.kind in WHOLE:
            by = float(round(by))
        if by > NOTHING * scale[at]:
            moves[at] = by
    cost = float(sum(move / scale[at] for at, move in moves.items()))
    return Outcome(Stretch(tuple(moves), tuple(moves.values()), cost, least), totals, least)


def _share(loosened: Loosened, at: int, x: NDArray[np.float64]) -> tuple[float, float]:
    """Return the least total of a limit's share at a point, and by how much the share must move for it."""
    rule, limits = loosened.rules[at], loosened.instance.limits
    position = int(np.flatnonzero((limits["limit"] == rule.name).to_numpy())[0])
    rows = loosened.items.row[loosened.items.imposed_by(at)]
    over: NDArray[np.float64] = np.asarray(loosened.mip.matrix[rows] @ x)
    totals = totals_at(loosened.context, position, x)
    # The rows of a limit run over scenarios, or one stands for all, and within them over its periods.
    total = totals.ravel() if len(rows) == totals.size else totals[0]
    some = total > NOTHING
    if not some.any():
        return 1.0, 0.0
    missing = (over if rule.side == "max_share" else -over)[some] / total[some]
    return float(total[some].min()), max(0.0, float(missing.max()))


def _program(loosened: Loosened, search: Search) -> tuple[NDArray[np.int64], Mip]:
    """Return the rules that can be moved, and the program that moves them as little as it can.

    Each has a column for its move as a share of its figure, or in whole steps; the cost is the sum.
    """
    items, rules, scale, can = loosened.items, loosened.rules, search.scale, search.can
    movable = np.flatnonzero(can)
    column = np.full(len(rules), -1)
    column[movable] = np.arange(len(movable))
    whole = np.array([rules[at].kind in WHOLE for at in movable], dtype=bool)
    unit = _units(loosened, movable, scale)
    keep = can[items.slack_rule]
    rule, value = items.slack_rule[keep], items.slack_value[keep].copy()
    for at, total in search.totals.items():
        value[rule == at] = np.sign(value[rule == at]) * total
    entries = (value * unit[column[rule]], (items.slack_row[keep], column[rule]))
    base = loosened.program(np.ones(len(items.row), dtype=bool))
    height, width = base.shape
    matrix = csr_array(hstack([base.matrix, csr_array(entries, shape=(height, len(movable)))]))
    matrix.sort_indices()
    most = np.array([_most(rules[at]) for at in movable]) / unit
    cost = np.append(np.zeros(width), unit / scale[movable])
    if search.below is not None:
        matrix = csr_array(vstack([matrix, csr_array(cost[None, :])]))
        below = search.below * (1 - SMALLEST)
        base = replace(
            base, row_lower=np.append(base.row_lower, -np.inf), row_upper=np.append(base.row_upper, below)
        )
    return movable, replace(
        base,
        cost=cost,
        matrix=matrix,
        lower=np.append(base.lower, np.zeros(len(movable))),
        upper=np.append(base.upper, most),
        integer=np.append(base.integer, whole),
    )


def _units(loosened: Loosened, movable: NDArray[np.int64], scale: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a unit of a rule's column moves its figure by: one where it is whole, else its scale."""
    whole = np.array([loosened.rules[at].kind in WHOLE for at in movable], dtype=bool)
    return np.where(whole, 1.0, scale[movable])


def _most(rule: Rule) -> float:
    """Return the furthest that a figure can be moved."""
    figure = rule.figure or 0.0
    if rule.kind in {"fill_rate", "min_lot", "required"} or rule.side == "min_share":
        return figure
    if rule.side == "max_share":
        return 1.0 - figure
    return np.inf
