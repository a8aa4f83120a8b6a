"""The conflict: rules that cannot hold together, none of which can be spared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.document.page import count
from prodmode.explain.infeasible.elastic import stretch
from prodmode.explain.infeasible.near import distances
from prodmode.explain.infeasible.quickxplain import minimal
from prodmode.explain.infeasible.relaxation import suspects
from prodmode.explain.infeasible.rules import GROUPS, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from prodmode.explain.infeasible.loosened import Loosened
    from prodmode.explain.infeasible.probe import Prober

FEW = 12
"""So few rules are looked at one by one at once, not by kind first."""

STRETCH_SHARE = 0.2
"""Share of the time left for the smallest stretch, where only that can say where to begin."""

OVER_PERIODS = (
    "fill_rate",
    "required",
    "max_units",
    "min_lot",
    "max_options",
    "limit",
    "lead_time",
    "quality",
)
"""Kinds of rules with one figure for many periods, of which a conflict may need only some."""


@dataclass(frozen=True, slots=True)
class Member:
    """A rule of a conflict.

    Attributes
    ----------
    rule : Rule
    sentence : str
        The rule in words, with its figure.
    needed : bool
        Whether it was proved that the others can hold without it.
    periods : tuple of str
        The periods in which it takes part; empty where it is for all, or that is not known.
    """

    rule: Rule
    sentence: str
    needed: bool
    periods: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the member as data that JSON can hold."""
        rule = self.rule
        return {
            "kind": rule.kind,
            "name": rule.name,
            "period": rule.period,
            "side": rule.side,
            "figure": rule.figure,
            "sentence": self.sentence,
            "needed": self.needed,
            "periods": list(self.periods),
        }


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rules that were proved unable to hold together.

    Attributes
    ----------
    members : tuple of Member
    proved_minimal : bool
        Whether every member was proved to be needed: without it the others can hold.
    checked : int
        Rules that the search started from.
    solves : int
        Programs solved on the way.
    """

    members: tuple[Member, ...]
    proved_minimal: bool
    checked: int
    solves: int

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules alone."""
        return tuple(member.rule for member in self.members)

    @property
    def how_far(self) -> str:
        """How far the search got, in words."""
        size = count(len(self.members), "rule")
        if self.proved_minimal:
            return f"{size} of {self.checked:,} cannot hold together; without any one of them the others can."
        needed = sum(member.needed for member in self.members)
        return (
            f"{size} of {self.checked:,} cannot hold together; of {needed:,} it is proved that the others "
            "can hold without it, of the rest it was not found out in time, so some of them may play no part."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the conflict as data that JSON can hold."""
        return {
            "proved_minimal": self.proved_minimal,
            "rules_checked": self.checked,
            "solves": self.solves,
            "rules": [member.to_dict() for member in self.members],
        }


def find_conflict(prober: Prober) -> Conflict:
    """Return a minimal set of rules that cannot hold together, as far as the time allows.

    Parameters
    ----------
    prober : Prober
        Must know already that all rules together cannot hold.
    """
    loosened, clock = prober.loosened, prober.clock
    chosen = _start(prober)
    clock.tell("conflict", f"{count(len(chosen), 'rule')} cannot hold together")
    for grouped in (lambda rule: rule.kind, lambda rule: rule.thing, _alone):
        if len(chosen) > FEW or grouped is _alone:
            chosen = _narrowed(prober, _parts(loosened, chosen, grouped))
            clock.tell("conflict", f"{count(len(chosen), 'rule')} cannot hold together")
    chosen, needed = _proved(prober, chosen)
    clock.tell("conflict", f"{count(len(needed), 'rule')} of {len(chosen):,} proved to be needed")
    periods = _periods(prober, chosen) if len(needed) == len(chosen) else {}
    members = tuple(
        Member(
            loosened.rules[at], loosened.rules[at].sentence(loosened.instance), at in needed,
            periods.get(at, ()),
        )
        for at in chosen
    )  # fmt: skip
    return Conflict(members, len(needed) == len(chosen), len(loosened.rules), prober.solves)


def _alone(rule: Rule) -> Rule:
    return rule


def _start(prober: Prober) -> list[int]:
    """Return rules that cannot hold together: few where those are found at once, the most telling first.

    Where the linear relaxation is infeasible, its certificate names them. Else the rules that the smallest
    stretch moves are taken (without all of them there is no conflict) with those near them.
    """
    loosened, clock = prober.loosened, prober.clock
    left = clock.left
    order = np.array([list(GROUPS).index(rule.kind) for rule in loosened.rules])
    guess = None if clock.over else suspects(loosened, None if left is None else left / 4)
    if guess is not None and prober.can_hold(guess) is False:
        chosen = np.flatnonzero(guess)
        return list(chosen[np.argsort(order[chosen], kind="stable")])
    found = stretch(loosened, prober.backend, clock.part(STRETCH_SHARE))
    far = distances(loosened, found.rules) if found else np.zeros_like(order)
    for reach in range(1, int(far.max(initial=0))):
        if prober.can_hold(far <= reach) is False:
            far = np.where(far <= reach, far, -1)
            break
    chosen = np.flatnonzero(far >= 0)
    return list(chosen[np.lexsort((order[chosen], far[chosen]))])


def _parts(loosened: Loosened, chosen: Sequence[int], grouped: Any) -> list[list[int]]:
    """Return the chosen rules in groups of one key each, in their order."""
    groups: dict[Any, list[int]] = {}
    for at in chosen:
        groups.setdefault(grouped(loosened.rules[at]), []).append(at)
    return list(groups.values())


def _narrowed(prober: Prober, parts: list[list[int]]) -> list[int]:
    """Return the rules of a minimal set of parts that cannot hold together."""
    if len(parts) < 2:
        return [at for part in parts for at in part]

    def can_hold(some: list[list[int]]) -> bool | None:
        return prober.can_hold(_set(prober.loosened, [at for part in some for at in part]))

    return [at for part in minimal(parts, can_hold) for at in part]


def _proved(prober: Prober, chosen: list[int]) -> tuple[list[int], set[int]]:
    """Return the rules without those that can be spared, and those proved to be needed."""
    needed: set[int] = set()
    for at in list(chosen):
        others = [other for other in chosen if other != at]
        found = prober.can_hold(_set(prober.loosened, others))
        if found is False:
            chosen = others
        elif found:
            needed.add(at)
    # What is needed within a set is needed within a part of it as well.
    return chosen, needed


def _periods(prober: Prober, chosen: list[int]) -> dict[int, tuple[str, ...]]:
    """Return in which periods the rules of a conflict are needed that have one figure for many."""
    loosened = prober.loosened
    items, labels = loosened.items, loosened.instance.periods
    rules = _set(loosened, chosen)
    on = items.imposed(rules)
    owner = np.full(len(items.row), -1)
    owner[items.need_item] = items.need_rule
    parts: list[tuple[int, int]] = []
    for at in chosen:
        if loosened.rules[at].kind in OVER_PERIODS:
            when = np.unique(items.period[on & (owner == at)])
            parts += [(at, int(period)) for period in when if period >= 0] if len(when) > 1 else []
    if not parts:
        return {}

    def can_hold(some: list[tuple[int, int]]) -> bool | None:
        kept = on.copy()
        for at, period in parts:
            if (at, period) not in some:
                kept &= ~((owner == at) & (items.period == period))
        return prober.items_can_hold(kept, rules)

    found = minimal(parts, can_hold)
    return {
        at: tuple(labels[period] for other, period in found if other == at)
        for at in dict.fromkeys(at for at, _ in parts)
    }


def _set(loosened: Loosened, chosen: Sequence[int]) -> NDArray[np.bool_]:
    rules = np.zeros(len(loosened.rules), dtype=bool)
    rules[list(chosen)] = True
    return rules
