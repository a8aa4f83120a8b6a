"""Which change of input drives the difference between two plans."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.errors import InputError, Issue
from prodmode.explain.answer import Answer
from prodmode.explain.attribution.input_groups import GROUPS, InputChange, input_changes
from prodmode.explain.attribution.mixed import mixed
from prodmode.explain.attribution.words import attribution_document
from prodmode.explain.interval import UNKNOWN, Interval, interval_of
from prodmode.explain.study import Case

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

    from prodmode.document.blocks import Document
    from prodmode.explain.study import Study
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan
    from prodmode.result import Result

    Groups = frozenset[str]

MOST_GROUPS = 5
"""Groups up to which all their combinations are solved, for the average over all orders."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a group of changes does to the net present value.

    Attributes
    ----------
    figure : float or None
        By the plans found; None where a plan is missing.
    interval : Interval
        What is proven.
    """

    figure: float | None
    interval: Interval

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {"figure": self.figure, "interval": self.interval.to_dict()}


@dataclass(frozen=True, slots=True)
class Driver:
    """A group of changes of input and what it does.

    Attributes
    ----------
    group, label : str
    changes : tuple of InputChange
    first : Effect
        When it is the only change.
    last : Effect
        When all others are made already.
    average : Effect or None
        Over all orders in which the groups can change (Shapley); None where there are too many groups.
    """

    group: str
    label: str
    changes: tuple[InputChange, ...]
    first: Effect
    last: Effect
    average: Effect | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "name": self.group,
            "label": self.label,
            "changes": [change.to_dict() for change in self.changes],
            "first": self.first.to_dict(),
            "last": self.last.to_dict(),
            "average": self.average.to_dict() if self.average else None,
        }


@dataclass(frozen=True)
class Attribution(Answer):
    """Which change of input drives the difference between two plans.

    The figures of all drivers, the rest and `plans` add up to `difference`, for each way of looking at it.

    Attributes
    ----------
    currency : str
    npv_before, npv_after : float
        Of the two plans.
    best_before, best_after : Interval
        The best net present values of the two instances.
    drivers : tuple of Driver
        The one that moves most first.
    rest_first, rest_last : float or None
        What is left of the difference because changes act together.
    plans : float
        What is left because the plans are not the best that was found for their input.
    """

    currency: str
    npv_before: float
    npv_after: float
    best_before: Interval
    best_after: Interval
    drivers: tuple[Driver, ...]
    rest_first: float | None
    rest_last: float | None
    plans: float

    @property
    def difference(self) -> float:
        """Net present value of the plan after, less that of the plan before."""
        return self.npv_after - self.npv_before

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as data that JSON can hold."""
        return {
            "question": "attribution",
            "currency": self.currency,
            "npv": {"before": self.npv_before, "after": self.npv_after, "change": self.difference},
            "best": {"before": self.best_before.to_dict(), "after": self.best_after.to_dict()},
            "drivers": [driver.to_dict() for driver in self.drivers],
            "rest": {"first": self.rest_first, "last": self.rest_last},
            "plans": self.plans,
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row per driver, and a row per changed column."""
        drivers = [
            {
                "group": driver.group,
                "first": driver.first.figure,
                "last": driver.last.figure,
                "average": driver.average.figure if driver.average else None,
            }
            for driver in self.drivers
        ]
        changes = [change.to_dict() for driver in self.drivers for change in driver.changes]
        return {"drivers": pd.DataFrame(drivers), "changes": pd.DataFrame(changes)}

    def document(self) -> Document:
        """Return the answer as a document."""
        return attribution_document(self)


def attribution(
    before: Study,
    after: Study,
    *,
    plan_before: Plan | None = None,
    plan_after: Plan | None = None,
    most_groups: int = MOST_GROUPS,
    cancel: threading.Event | None = None,
    on_progress: Callable[[int, int, Case], None] | None = None,
) -> Attribution:
    """Find out which changes of input drive the difference in net present value between two plans.

    The two instances are compared table by table. Each group of changes is then made alone, and left out
    alone; with few groups every combination is solved, and each group's effect averaged over all orders
    (L. Shapley, A value for n-person games, 1953).

    Parameters
    ----------
    before, after : Study
        The two instances with their best plans; the settings of the first are used for all solves.
    plan_before, plan_after : Plan, optional
        The plans to explain; by default the best ones.
    most_groups : int
        Groups up to which all 2^n combinations are solved.
    cancel : threading.Event, optional
        Ends it once set; what is not done then is unknown.
    on_progress : callable, optional
        Called with the cases done, the number of all and the case just done.

    Raises
    ------
    InputError
        If the instances have other periods or currencies.
    """
    _refuse(before.instance, after.instance)
    changes = input_changes(before.instance, after.instance)
    groups = [group for group in GROUPS if any(change.group == group for change in changes)]
    found = _solved(before, after, groups, most_groups, cancel, on_progress)
    value = {subset: _figure(result) for subset, result in found.items()}
    proven = {subset: _proven(result) for subset, result in found.items()}
    none, whole = frozenset[str](), frozenset(groups)

    def effect(weights: Mapping[Groups, float]) -> Effect:
        parts = [
            (weight, value.get(subset), proven.get(subset, UNKNOWN)) for subset, weight in weights.items()
        ]
        figures = [None if figure is None else weight * figure for weight, figure, _ in parts]
        total = None if None in figures else float(sum(figure for figure in figures if figure is not None))
        return Effect(total, _weighted([(weight, interval) for weight, _, interval in parts]))

    drivers = [
        Driver(
            group=group,
            label=GROUPS[group],
            changes=tuple(change for change in changes if change.group == group),
            first=effect({frozenset({group}): 1.0, none: -1.0}),
            last=effect({whole: 1.0, whole - {group}: -1.0}),
            average=effect(_shapley(group, groups)) if len(groups) <= most_groups else None,
        )
        for group in groups
    ]
    drivers.sort(key=lambda driver: -abs((driver.average or driver.first).figure or 0.0))
    old, new = before.plan, after.plan
    between = new.npv - old.npv
    npv_before, npv_after = (plan_before or old).npv, (plan_after or new).npv
    return Attribution(
        currency=before.instance.currency,
        npv_before=npv_before,
        npv_after=npv_after,
        best_before=before.value,
        best_after=after.value,
        drivers=tuple(drivers),
        rest_first=_rest(between, [driver.first for driver in drivers]),
        rest_last=_rest(between, [driver.last for driver in drivers]),
        plans=(npv_after - npv_before) - between,
    )


def _refuse(before: Instance, after: Instance) -> None:
    issues = []
    for name, old, new in (
        ("periods", ", ".join(before.periods), ", ".join(after.periods)),
        ("currency", before.currency, after.currency),
    ):
        if old != new:
            message = f"the {name} of the two instances differ ({old}; {new}): no cause can be told apart."
            hint = "Compare the plans without their instances."
            issues.append(Issue(message, "settings", hint=hint, code="not-comparable"))
    if issues:
        raise InputError(issues)


def _solved(
    before: Study,
    after: Study,
    groups: list[str],
    most_groups: int,
    cancel: threading.Event | None,
    on_progress: Callable[[int, int, Case], None] | None,
) -> dict[Groups, Result | None]:
    """Return what solving came to for every combination of groups that is looked at."""
    whole = frozenset(groups)
    sizes = range(1, len(groups)) if len(groups) <= most_groups else {1, len(groups) - 1} - {0}
    subsets = [frozenset(part) for size in sorted(sizes) for part in combinations(groups, size)]
    found: dict[Groups, Result | None] = {frozenset(): before.result, whole: after.result}
    cases: list[tuple[Groups, Case]] = []
    for subset in subsets:
        if subset in found:
            continue
        try:
            instance = mixed(before.instance, after.instance, subset)
        except InputError:
            found[subset] = None  # the mixture makes no sense, so nothing can be said about it
        else:
            name = " and ".join(GROUPS[group] for group in groups if group in subset)
            cases.append((subset, Case(f"{name} as after", instance=instance)))
    results = before.solve_all([case for _, case in cases], cancel=cancel, on_progress=on_progress)
    return found | {subset: result for (subset, _), result in zip(cases, results, strict=True)}


def _figure(result: Result | None) -> float | None:
    return result.objective if result is not None and result.verified else None


def _proven(result: Result | None) -> Interval:
    if result is None or result.status.value == "infeasible":
        return UNKNOWN
    return interval_of(result)


def _shapley(group: str, groups: list[str]) -> dict[Groups, float]:
    """Return the weight of every combination in the effect of a group, averaged over all orders."""
    others = [other for other in groups if other != group]
    weights: dict[Groups, float] = {}
    for size in range(len(others) + 1):
        weight = 1.0 / (len(groups) * comb(len(others), size))
        for part in combinations(others, size):
            weights[frozenset(part) | {group}] = weight
            weights[frozenset(part)] = -weight
    return weights


def _weighted(parts: list[tuple[float, Interval]]) -> Interval:
    """Return the interval of a sum of figures with weights of either sign."""
    lower = [interval.lower if weight > 0 else interval.upper for weight, interval in parts]
    upper = [interval.upper if weight > 0 else interval.lower for weight, interval in parts]

    def total(sides: list[float | None]) -> float | None:
        if None in sides:
            return None
        pairs = zip(parts, sides, strict=True)
        return float(sum(weight * side for (weight, _), side in pairs if side is not None))

    scale = max((abs(side) for side in lower if side is not None), default=0.0)
    return Interval(total(lower), total(upper)).snapped(scale)


def _rest(between: float, effects: list[Effect]) -> float | None:
    figures = [effect.figure for effect in effects]
    return None if None in figures else between - sum(figure for figure in figures if figure is not None)
