"""What rules cost: proven by solving without them, and never below nothing."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import prodmode as pm
from prodmode.explain.changes import apply_edits
from prodmode.explain.rules.rule_costs import RuleCosts, rule_costs
from prodmode.explain.rules.rules_list import rules_of
from prodmode.explain.study import Study
from tests.explain.portfolios import workshop
from tests.oracle.tiny import tiny_instance


def whole(answer: RuleCosts) -> str:
    json.dumps(answer.to_dict(), allow_nan=False)
    assert set(answer.tables()) == {"rules", "kinds"}
    return " ".join(str(answer).split())


def costs(answer: RuleCosts) -> dict[tuple[str, str], float | None]:
    return {(rule.kind, rule.name): rule.cost.middle for rule in answer.rules if rule.cost.sign}


def strict() -> pm.Instance:
    """The workshop with a rule of every kind; most of them cost something."""
    return apply_edits(
        workshop(),
        [
            "investments capex =1000",
            "+budgets period=H1 capex_limit=0",
            "+budgets period=H2 capex_limit=400",
            "+limits limit=local measure=units site=mill max=60",
            "lines.line=bench max_lead_time_days =20",
            "+options option=import line=bench mode=outsourced site=mill unit_cost=20 lead_time_days=60",
            "lines.line=stool min_quality =5",
            "options.line=stool quality =5",
            "+options option=stool-cheap line=stool mode=mass site=shop unit_cost=5 quality=4",
            "+lines line=gift price=1 min_fill_rate=0.5",
            "+demand line=gift period=H1 units=100",
            "+options option=gift-made line=gift mode=custom site=shop unit_cost=3",
        ],
    )


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.of(strict(), gap=0)


@pytest.fixture(scope="module")
def answer(study: Study) -> RuleCosts:
    return rule_costs(study)


def test_every_kind_of_rule_by_hand(answer: RuleCosts) -> None:
    assert costs(answer) == {
        ("quality", "stool"): pytest.approx(5200),  # stools 5 cheaper, and 20 % less of the press is needed
        ("budget", "budgets"): pytest.approx(3200),  # a second press for 1,000
        ("lead-time", "bench"): pytest.approx(2400),  # 60 benches bought for 20 instead of 60
        ("limit", "local"): pytest.approx(1200),  # 40 more benches that earn 30
        ("fill-rate", "gift"): pytest.approx(100),  # 50 gifts are made for 3 and sold for 1
        ("required", "gift"): pytest.approx(100),
    }
    names = [(rule.kind, rule.name) for rule in answer.rules if rule.cost.sign]
    assert names[:4] == [
        ("quality", "stool"),
        ("budget", "budgets"),
        ("lead-time", "bench"),
        ("limit", "local"),
    ]
    text = whole(answer)
    assert "At least 50 % of the demand of 'gift' is served: line 'gift' in period H1, serves 0" in text
    assert "1,000 EUR of capex are spent up to period H1, 1,000 more than the 0 allowed" in text
    assert "come to 100 units, 40 above the most allowed of 60" in text
    assert "These cost nothing, even given up all together: one option at a time (2)" in text
    assert "'base'" not in text


def relaxed(instance: pm.Instance, kind: str, name: str) -> pm.Instance:
    """Return an instance without a rule, changed by hand."""
    lines = instance.lines
    columns = {
        "fill-rate": ("min_fill_rate", 0.0),
        "exclusivity": ("max_options", 99),
        "required": ("required", False),
        "switches": ("max_switches", 99),
        "lead-time": ("max_lead_time_days", np.nan),
        "quality": ("min_quality", np.nan),
    }
    if kind == "limit":
        return instance.replace(limits=instance.limits[instance.limits["limit"] != name])
    if kind == "budget":
        return instance.replace(budgets=instance.budgets.iloc[:0])
    column, value = columns[kind]
    hit = (lines["line"] == name) | (name == "")
    return instance.replace(lines=lines.assign(**{column: lines[column].mask(hit, value)}))


def test_costs_are_those_of_independent_solves(study: Study, answer: RuleCosts) -> None:
    check_costs(study, answer)


@pytest.mark.parametrize("seed", [4])
def test_costs_in_random_portfolios_are_those_of_independent_solves(seed: int) -> None:
    study = Study.of(tiny_instance(seed), gap=0)
    check_costs(study, rule_costs(study))


def check_costs(study: Study, answer: RuleCosts) -> None:
    instance, best = study.instance, study.result
    tolerance = 1e-5 * max(1.0, abs(best.objective or 0.0))
    for rule in answer.rules:
        without = pm.solve(relaxed(instance, rule.kind, rule.name), gap=0)
        gain = (without.objective or 0.0) - (best.objective or 0.0)
        assert gain >= -tolerance
        assert (rule.cost.lower or 0.0) - tolerance <= gain <= (rule.cost.upper or 0.0) + tolerance
        assert (rule.cost.lower or 0.0) >= 0
        if rule.cost.sign > 0:
            assert rule.beyond is not None


def test_rules_not_solved_for_are_bounded_by_their_kind(study: Study, answer: RuleCosts) -> None:
    nothing = rule_costs(study, most=0)
    exact = {(rule.kind, rule.name): rule.cost for rule in answer.rules}
    for rule in nothing.rules:
        cost = exact[rule.kind, rule.name]
        assert (rule.cost.lower or 0.0) <= (cost.lower or 0.0) + 0.01
        assert (rule.cost.upper or 0.0) >= (cost.upper or 0.0) - 0.01
    bounded = [rule for rule in nothing.rules if rule.kind == "required"]
    assert [(rule.status, rule.cost.lower) for rule in bounded] == [("together", 0)] * 3
    assert [rule.cost.upper for rule in bounded] == [pytest.approx(100)] * 3
    assert "cannot be told apart from nothing" in whole(nothing)


def test_what_is_within_the_gap_is_no_cost() -> None:
    study = Study.of(workshop())
    unsure = replace(study, result=replace(study.result, bound=12_000.0))
    answer = rule_costs(unsure)
    assert not costs(answer)
    assert "none is proven to cost anything" in whole(answer) or "none costs anything" in whole(answer)


def test_rules_that_ask_nothing_are_no_rules() -> None:
    kinds = [(rule.kind, rule.name) for rule in rules_of(workshop())]
    assert kinds == [
        ("exclusivity", "stool"),
        ("exclusivity", "bench"),
        ("required", "stool"),
        ("required", "bench"),
        ("switches", "stool"),
        ("switches", "bench"),
    ]
    free = apply_edits(workshop(), ["lines required =false", "lines max_switches =9", "lines max_options =2"])
    assert "no rule that could be given up" in whole(rule_costs(Study.of(free)))


def test_an_optional_line_with_one_option_may_want_to_come_and_go() -> None:
    seasonal = apply_edits(
        workshop(),
        [
            'settings periods ="H1,H2,H3"',
            "+lines line=gift price=10 required=false max_switches=0",
            "+demand line=gift period=H1 units=100",
            "+demand line=gift period=H3 units=100",
            "+options option=gift-made line=gift mode=custom site=shop unit_cost=3 fixed_cost=300",
        ],
    )
    answer = rule_costs(Study.of(seasonal))
    # offered throughout it earns 500, with a rest in H2 800
    assert costs(answer) == {("switches", "gift"): pytest.approx(300)}
