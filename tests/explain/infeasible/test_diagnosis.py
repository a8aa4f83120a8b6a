"""What a diagnosis says, and what it says where it was stopped."""

from __future__ import annotations

import json
import threading
import time

import pytest

import prodmode as pm
from prodmode.explain.changes import apply_edits
from prodmode.explain.infeasible import Step, diagnose
from prodmode.explain.infeasible.quickxplain import minimal
from prodmode.instance.examples import examples
from tests.explain.infeasible.cases import CASES, diagnosed


def test_a_feasible_instance_says_so() -> None:
    diagnosis = diagnose(pm.load(examples()["starter"]))
    assert diagnosis.feasible is True
    assert diagnosis.complete
    assert diagnosis.conflict is None
    assert "has a plan" in str(diagnosis)


def test_text_reads_well() -> None:
    text = " ".join(str(diagnosed("too_few_hours_for_two_lines")).split())
    assert "Why 'case' has no plan" in text
    assert "Capacity of 'hours' in Q1: 100 hours." in text
    assert "Fill rate of 'stool': at least 50 % of demand is served (it matters in Q1)." in text
    assert "As an edit: capacity.resource=hours period=Q1 +10" in text
    for word in ("in_force", "row", "column", "slack", "binary", "infeasible"):
        assert word not in text


def test_data_are_json_and_tables() -> None:
    diagnosis = diagnosed("budgets_below_a_second_tooling")
    data = json.loads(json.dumps(diagnosis.to_dict(), allow_nan=False))
    assert data["feasible"] is False
    assert data["repair"]["money"] == 50
    assert [rule["kind"] for rule in data["conflict"]["rules"]].count("budget") == 2
    tables = diagnosis.tables()
    assert set(tables) == {"reasons", "conflict", "repairs"}
    assert len(tables["conflict"]) == 4
    assert list(tables["repairs"]["repair"]) == sorted(tables["repairs"]["repair"])
    assert diagnosis.to_markdown().startswith("#")
    assert diagnosis.diff(diagnosis) == ()


def test_progress_is_told() -> None:
    steps: list[Step] = []
    diagnose(CASES["too_few_units"].build(), on_progress=steps.append)
    assert steps[0].stage == "reasons"
    assert {step.stage for step in steps} == {"reasons", "feasibility", "conflict", "repair"}
    assert [step.seconds for step in steps] == sorted(step.seconds for step in steps)


def test_time_limit_is_kept_and_told() -> None:
    instance = apply_edits(pm.load(examples()["furniture"]), ["lines min_fill_rate =1"])
    began = time.perf_counter()
    diagnosis = diagnose(instance, time_limit=1.5)
    # Building and the last run's own end come on top; the machine may be busy.
    assert time.perf_counter() - began < 20
    assert not diagnosis.complete
    if diagnosis.conflict is not None:
        assert not diagnosis.conflict.proved_minimal
        assert "not found out in time" in str(diagnosis)


def test_no_time_at_all_claims_nothing() -> None:
    diagnosis = diagnose(CASES["two_limits_at_odds"].build(), time_limit=0)
    assert diagnosis.feasible is None
    assert not diagnosis.complete
    diagnosis = diagnose(CASES["too_few_units"].build(), time_limit=0)
    assert diagnosis.feasible is False
    assert diagnosis.conflict is None
    assert not diagnosis.complete


def test_cancelled_ends_at_once() -> None:
    cancel = threading.Event()
    cancel.set()
    assert diagnose(CASES["two_limits_at_odds"].build(), cancel=cancel).feasible is None


def test_wrong_arguments_are_refused() -> None:
    instance = CASES["too_few_units"].build()
    with pytest.raises(ValueError, match="depth is 'deep'"):
        diagnose(instance, depth="deep")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="time_limit"):
        diagnose(instance, time_limit=-1)
    with pytest.raises(pm.BackendError, match="there is no backend 'hihgs'"):
        diagnose(instance, backend="hihgs")


@pytest.mark.parametrize("core", [{0}, {3, 7}, {1, 2, 9}, set(range(10))])
def test_halving_finds_the_core(core: set[int]) -> None:
    asked = []

    def can_hold(chosen: list[int]) -> bool:
        asked.append(chosen)
        return not core <= set(chosen)

    assert set(minimal(range(10), can_hold)) == core
    assert len(asked) < 40
