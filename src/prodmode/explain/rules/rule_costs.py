"""What each rule costs: the best plan without it, beside the best plan with it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.explain.answer import Answer
from prodmode.explain.changes import apply_edits
from prodmode.explain.interval import EXACT, UNKNOWN, Interval
from prodmode.explain.rules.rules_list import KINDS, all_of, rules_of
from prodmode.explain.rules.words import rule_costs_document
from prodmode.explain.study import Case
from prodmode.instance.scenarios import BASE
from prodmode.plan.checker import check

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prodmode.document.blocks import Document
    from prodmode.explain.changes import Edit
    from prodmode.explain.rules.rules_list import GivenUp
    from prodmode.explain.study import Study
    from prodmode.result import Result

    Progress = Callable[[int, int, Case], None]

MOST_RULES = 60
"""Rules given up one by one; more are bounded by what all of their kind cost together."""

_RULES = {"limits", "budget", "demand", "assignment", "switching", "eligibility", "domain"}


@dataclass(frozen=True, slots=True)
class RuleCost:
    """What one rule costs.

    Attributes
    ----------
    kind, name, sentence : str
        The rule; see `GivenUp`.
    figure : float or None
    unit : str
    edits : tuple of str
        The changes of input without it.
    cost : Interval
        What the best plan earns more without it.
    status : str
        Why the run without it stopped; "together" where it follows from what all rules of its kind cost.
    beyond : str or None
        How the plan without it goes beyond it, where that earns anything.
    """

    kind: str
    name: str
    sentence: str
    figure: float | None
    unit: str
    edits: tuple[str, ...]
    cost: Interval
    status: str
    beyond: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "kind": self.kind,
            "name": self.name,
            "sentence": self.sentence,
            "figure": self.figure,
            "unit": self.unit,
            "cost": self.cost.to_dict(),
            "status": self.status,
            "beyond": self.beyond,
            "edits": list(self.edits),
        }


@dataclass(frozen=True, slots=True)
class KindCost:
    """What all rules of a kind cost together.

    Attributes
    ----------
    kind : str
    rules : int
    cost : Interval
    """

    kind: str
    rules: int
    cost: Interval

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {"kind": self.kind, "rules": self.rules, "cost": self.cost.to_dict()}


@dataclass(frozen=True)
class RuleCosts(Answer):
    """What each rule costs, the dearest first.

    Attributes
    ----------
    currency : str
    npv : Interval
        The best net present value with all rules.
    rules : tuple of RuleCost
    kinds : tuple of KindCost
        In the order of `KINDS`.
    """

    currency: str
    npv: Interval
    rules: tuple[RuleCost, ...]
    kinds: tuple[KindCost, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as data that JSON can hold."""
        return {
            "question": "rules",
            "currency": self.currency,
            "npv": self.npv.to_dict(),
            "rules": [rule.to_dict() for rule in self.rules],
            "kinds": [kind.to_dict() for kind in self.kinds],
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row per rule and a row per kind."""
        return {
            "rules": pd.DataFrame([_row(rule) for rule in self.rules]),
            "kinds": pd.DataFrame([_row(kind) for kind in self.kinds]),
        }

    def document(self) -> Document:
        """Return the answer as a document."""
        return rule_costs_document(self)


def rule_costs(
    study: Study,
    *,
    most: int = MOST_RULES,
    cancel: threading.Event | None = None,
    on_progress: Progress | None = None,
) -> RuleCosts:
    """Find out what each limit, budget, fill rate and other rule costs.

    First all rules of a kind are given up together: a kind that costs nothing holds no rule that does. The
    rules of the other kinds are then given up one by one.

    Parameters
    ----------
    study : Study
        A plan and its instance.
    most : int
        Rules given up one by one.
    cancel : threading.Event, optional
        Ends it once set; what is not done then is bounded by what is.
    on_progress : callable, optional
        Called with the cases done, the number of all and the case just done.
    """
    rules = rules_of(study.instance)
    cancel = cancel or threading.Event()  # one word to stop for both rounds
    kinds = {kind: [rule for rule in rules if rule.kind == kind] for kind in KINDS}
    kinds = {kind: members for kind, members in kinds.items() if members}
    together = [_case(study, f"without {KINDS[kind]}", all_of(members)) for kind, members in kinds.items()]
    results = dict(zip(kinds, study.solve_all(together, cancel=cancel, on_progress=on_progress), strict=True))
    cost_of_kind = {kind: _cost(study, result) for kind, result in results.items()}
    tiny = 10 * EXACT * max(1.0, abs(study.value.lower or 0.0))
    open_ = [
        rule
        for kind, members in kinds.items()
        for rule in members
        if len(members) > 1 and not _at_most(cost_of_kind[kind], tiny)
    ][:most]
    cases = [_case(study, f"without: {rule.sentence}", rule.edits) for rule in open_]
    alone = dict(zip(open_, study.solve_all(cases, cancel=cancel, on_progress=on_progress), strict=True))
    found = []
    for rule in rules:
        single = results[rule.kind] if len(kinds[rule.kind]) == 1 else alone.get(rule)
        found.append(_told(study, rule, single, cost_of_kind[rule.kind]))
    return RuleCosts(
        study.instance.currency,
        study.value,
        tuple(sorted(found, key=lambda rule: (-(rule.cost.lower or 0.0), -(rule.cost.upper or 0.0)))),
        tuple(KindCost(kind, len(members), cost_of_kind[kind]) for kind, members in kinds.items()),
    )


def _case(study: Study, name: str, edits: Sequence[Edit]) -> Case:
    return Case(name, instance=apply_edits(study.instance, edits))


def _cost(study: Study, result: Result | None) -> Interval:
    """Return what giving up rules earns; it can lose nothing."""
    if result is None:
        return UNKNOWN.at_least(0.0)
    return (-study.loss(result, restricted=False)).at_least(0.0).snapped(study.value.lower or 0.0)


def _at_most(cost: Interval, most: float) -> bool:
    return cost.upper is not None and cost.upper <= most


def _told(study: Study, rule: GivenUp, result: Result | None, of_kind: Interval) -> RuleCost:
    cost = _cost(study, result)
    if of_kind.upper is not None and (cost.upper is None or cost.upper > of_kind.upper):
        # what all of a kind cost together bounds what one of them costs
        cost = Interval(cost.lower, max(of_kind.upper, cost.lower or 0.0))
    beyond = None
    if result is not None and result.verified and cost.sign > 0:
        broken = [item for item in check(study.instance, result.plan).violations if item.rule in _RULES]
        beyond = max(broken, key=lambda item: item.size).message if broken else None
        if beyond is not None and not len(study.instance.scenarios):
            beyond = beyond.replace(f", scenario '{BASE}'", "")  # a name that no planner gave
    return RuleCost(
        kind=rule.kind,
        name=rule.name,
        sentence=rule.sentence,
        figure=None if rule.figure is None else float(rule.figure),
        unit=rule.unit,
        edits=tuple(str(edit) for edit in rule.edits),
        cost=cost,
        status="together" if result is None else result.status.value,
        beyond=beyond,
    )


def _row(part: RuleCost | KindCost) -> dict[str, Any]:
    cells = {name: value for name, value in part.to_dict().items() if name not in {"cost", "edits"}}
    return cells | {"cost_lower": part.cost.lower, "cost_upper": part.cost.upper}
