"""What drives the difference between two plans: every figure by solving, and all of them add up."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from itertools import permutations

import pytest

import prodmode as pm
from prodmode.explain.attribution.attribution import Attribution, attribution
from prodmode.explain.attribution.input_groups import GROUPS, input_changes
from prodmode.explain.attribution.mixed import mixed
from prodmode.explain.changes import apply_edits
from prodmode.explain.study import Study
from prodmode.explain.what_if.what_if import what_if
from prodmode.instance.examples import examples
from tests.explain.portfolios import workshop
from tests.oracle.tiny import tiny_instance

CHANGED = {
    "demand": ["demand.line=stool *1.5"],
    "prices": ["price.line=stool -5"],
    "capacity": ["capacity +50"],
}


def whole(answer: Attribution) -> str:
    json.dumps(answer.to_dict(), allow_nan=False)
    assert len(answer.tables()["drivers"]) == len(answer.drivers)
    return " ".join(str(answer).split())


def after(groups: tuple[str, ...] = tuple(CHANGED)) -> pm.Instance:
    return apply_edits(workshop(), [edit for group in groups for edit in CHANGED[group]])


@cache
def value(groups: frozenset[str]) -> float:
    """Return the best net present value with some groups changed, by solving on its own."""
    return pm.solve(after(tuple(groups)), gap=0).objective or 0.0


@pytest.fixture(scope="module")
def before() -> Study:
    return Study.of(workshop())


@pytest.fixture(scope="module")
def later() -> Study:
    return Study.of(after())


def test_every_figure_is_that_of_solving_and_all_add_up(before: Study, later: Study) -> None:
    answer = attribution(before, later)
    assert {driver.group for driver in answer.drivers} == set(CHANGED)
    none, everything = frozenset[str](), frozenset(CHANGED)
    for driver in answer.drivers:
        own = frozenset({driver.group})
        assert driver.first.figure == pytest.approx(value(own) - value(none), abs=0.01)
        assert driver.last.figure == pytest.approx(value(everything) - value(everything - own), abs=0.01)
        steps = []
        for order in permutations(CHANGED):
            earlier = frozenset(order[: order.index(driver.group)])
            steps.append(value(earlier | own) - value(earlier))
        assert driver.average is not None
        assert driver.average.figure == pytest.approx(sum(steps) / len(steps), abs=0.01)
    adds_up(answer)
    assert answer.rest_first == pytest.approx(value(everything) - value(none) - sum(
        value(frozenset({group})) - value(none) for group in CHANGED
    ), abs=0.01)  # fmt: skip
    # more stools and more press are worth more together than alone
    assert answer.rest_first == pytest.approx(2500)
    assert "The largest effect is that of" in whole(answer)


def adds_up(answer: Attribution) -> None:
    for rest, effects in (
        (answer.rest_first, [driver.first for driver in answer.drivers]),
        (answer.rest_last, [driver.last for driver in answer.drivers]),
        (0.0, [driver.average for driver in answer.drivers]),
    ):
        figures = [effect.figure for effect in effects if effect is not None]
        if rest is None or None in figures or (len(figures) < len(answer.drivers)):
            continue
        total = sum(figure or 0.0 for figure in figures) + rest + answer.plans
        assert total == pytest.approx(answer.difference, abs=1e-6 * max(1.0, abs(answer.npv_before)))
        for effect in effects:
            if effect is not None and effect.figure is not None:
                assert (effect.interval.lower or 0.0) - 0.01 <= effect.figure
                assert effect.figure <= (effect.interval.upper or 0.0) + 0.01


def test_many_groups_are_looked_at_one_by_one(before: Study, later: Study) -> None:
    answer = attribution(before, later, most_groups=2)
    assert all(driver.average is None for driver in answer.drivers)
    adds_up(answer)
    assert "on average" not in whole(answer)


def test_a_mixture_without_a_plan_leaves_figures_unknown() -> None:
    strict = apply_edits(workshop(), ["lines min_fill_rate =1", "-options.mode=outsourced", "capacity =200"])
    more = apply_edits(strict, ["demand *1.5", "capacity *1.5", "investments max_copies =0"])
    less = apply_edits(strict, ["investments max_copies =0"])
    answer = attribution(Study.of(less), Study.of(more))
    figures = {driver.group: driver.first.figure for driver in answer.drivers}
    assert figures["demand"] is None
    assert figures["capacity"] == pytest.approx(0)
    assert answer.rest_first is None
    text = whole(answer)
    assert "unknown" in text
    assert "allows no plan" in text


def test_plans_that_are_not_the_best_are_told_apart_from_the_input(before: Study) -> None:
    later = Study.of(after(("prices",)))
    poor = what_if(before, force=["line=stool mode=outsourced"]).after.plan
    answer = attribution(before, later, plan_before=poor)
    assert answer.plans == pytest.approx(1000)
    adds_up(answer)
    assert "the plans themselves" in whole(answer)
    same = attribution(before, before, plan_before=poor)
    assert "+1,000 EUR is the difference of two plans for the same input" in whole(same)
    assert "are worth the same" in whole(attribution(before, before))


@pytest.mark.parametrize(("name", "value"), [("currency", "USD"), ("periods", ("H1", "H2", "H3"))])
def test_only_instances_of_the_same_periods_and_money_are_compared(
    before: Study, name: str, value: object
) -> None:
    other = workshop().replace(**{name: value})
    with pytest.raises(pm.InputError, match=f"the {name} of the two instances differ"):
        attribution(before, Study(replace(before.result, instance=other)))


@pytest.mark.parametrize("seed", [2])
def test_mixtures_lie_between(seed: int) -> None:
    one, other = tiny_instance(seed), tiny_instance(seed + 1)
    if one.periods != other.periods or one.currency != other.currency:
        other = one.replace(
            demand=one.demand.assign(units=one.demand["units"] + 1), limits=one.limits.iloc[:0]
        )
    assert input_changes(one, mixed(one, other, set())) == ()
    assert input_changes(other, mixed(one, other, set(GROUPS))) == ()
    for group in ("options", "demand", "costs", "rules"):
        try:
            between = mixed(one, other, {group})
        except pm.InputError:
            continue
        assert {change.group for change in input_changes(one, between)} <= {group}


def test_changes_are_found_whatever_the_order_of_rows() -> None:
    furniture = pm.load(examples()["furniture"])
    turned = furniture.replace(
        **{
            name: furniture.table(name).iloc[::-1]
            for name in ("lines", "demand", "usage", "changes", "options")
        }
    )
    assert input_changes(furniture, turned) == ()
    edits = ["-lines.line=garden-bench", "limits.limit=emissions-cap max *2", "settings discount_rate =0.1"]
    found = input_changes(furniture, apply_edits(turned, edits))
    assert [(change.group, change.table, change.column, change.count) for change in found] == [
        ("options", "lines", "rows", 1),
        ("options", "options", "rows", 2),
        ("rules", "limits", "max", 1),
        ("discounting", "settings", "discount_rate", 1),
    ]
    assert found[2].example == "limit 'emissions-cap': 136000 to 272000"
