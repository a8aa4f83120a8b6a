"""Conflicts have no plan, and have one without any one of their rules; both are solved again."""

from __future__ import annotations

from itertools import combinations

import pytest

import prodmode as pm
from prodmode.explain.changes import apply_edits
from prodmode.explain.infeasible import Conflict, diagnose
from prodmode.explain.infeasible.loosened import loosen
from prodmode.instance.examples import examples
from tests.explain.infeasible.cases import CASES, diagnosed, params
from tests.explain.infeasible.lifting import has_plan, lifted


def conflict_of(instance: pm.Instance) -> Conflict:
    diagnosis = diagnose(instance, depth="conflict")
    assert diagnosis.feasible is False
    assert diagnosis.conflict is not None
    return diagnosis.conflict


def assert_minimal(instance: pm.Instance, conflict: Conflict, *, subsets: bool = False) -> None:
    rules = set(conflict.rules)
    others = [rule for rule in loosen(instance).rules if rule not in rules]
    alone = lifted(instance, others)
    assert not has_plan(alone)
    for rule in rules:
        assert has_plan(lifted(alone, [rule])), f"'{rule.sentence(instance)}' can be spared"
    if subsets:
        for size in range(2, len(rules)):
            for some in combinations(rules, size):
                assert has_plan(lifted(alone, some))


@pytest.mark.parametrize("name", params())
def test_conflict_is_minimal(name: str) -> None:
    instance, conflict = CASES[name].build(), diagnosed(name).conflict
    assert conflict is not None
    assert conflict.proved_minimal
    assert tuple(sorted(rule.kind for rule in conflict.rules)) == CASES[name].kinds
    assert_minimal(instance, conflict, subsets=len(conflict.rules) <= 3)


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param(["capacity.resource=joiner-hours *0.3"], id="capacity", marks=pytest.mark.slow),
        pytest.param(["limits.limit=emissions-cap max =60000"], id="emissions", marks=pytest.mark.slow),
        pytest.param(["limits.limit=lines-at-baltic min =6"], id="lines", marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_conflict_of_the_furniture_maker_is_minimal(edits: list[str]) -> None:
    instance = apply_edits(pm.load(examples()["furniture"]), edits)
    conflict = conflict_of(instance)
    assert conflict.proved_minimal
    assert_minimal(instance, conflict)


def test_periods_of_a_conflict_are_told() -> None:
    conflict = diagnosed("too_few_hours_for_two_lines").conflict
    assert conflict is not None
    periods = {(member.rule.kind, member.rule.name): member.periods for member in conflict.members}
    assert periods["fill_rate", "stool"] == ("Q1",)
    assert periods["required", "chair"] == ("Q1",)
    assert {rule.period for rule in conflict.rules if rule.kind == "capacity"} == {"Q1"}


@pytest.mark.parametrize("backend", ["cbc", "scip"])
def test_any_backend_finds_a_conflict_that_only_integers_show(backend: str) -> None:
    pytest.importorskip("ortools")
    case = CASES["whole_machines_only"]
    conflict = diagnose(case.build(), depth="conflict", backend=backend).conflict
    assert conflict is not None
    assert conflict.proved_minimal
    assert tuple(sorted(rule.kind for rule in conflict.rules)) == case.kinds
