"""What-if: the figures are those of solving anew, and nothing is told that is not proven."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

import prodmode as pm
from prodmode.explain.baseline import baseline
from prodmode.explain.changes import apply_edits
from prodmode.explain.study import Case, Study
from prodmode.explain.what_if.what_if import WhatIf, what_if
from prodmode.instance.examples import examples
from tests.explain.portfolios import workshop
from tests.oracle.tiny import tiny_instance


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.of(workshop())


def whole(answer: WhatIf) -> str:
    json.dumps(answer.to_dict(), allow_nan=False)
    return " ".join(str(answer).split())


@pytest.mark.parametrize(
    ("asked", "change", "told"),
    [
        ({"set": ["capacity +100"]}, 3000, "That is 3,000 EUR more."),
        ({"set": ["investments capex *0.2"]}, 2000, "1 copy of 'second-press' is bought in H1"),
        ({"forbid": ["line=bench mode=outsourced"]}, -1000, "'bench' moves from outsourced from 'mill'"),
        ({"force": ["line=stool mode=outsourced"]}, -1000, "That is 1,000 EUR less."),
        ({"force": ["investment=second-press"]}, -2000, "'second-press' is bought in H1"),
        ({"set": ["options +0"]}, 0, "That is the same."),
        ({"questions": ["demand-drop=bench"]}, -900, "What if: demand-drop=bench"),
        ({"questions": ["no-investment"], "set": ["capacity +100"], "forbid": ["option=bench-bought"]}, 3000,
         "What if: no-investment"),
    ],
)  # fmt: skip
def test_by_hand(study: Study, asked: dict[str, list[str]], change: float, told: str) -> None:
    answer = what_if(study, **asked)  # type: ignore[arg-type]
    assert answer.change.lower == pytest.approx(change, abs=0.05)
    assert answer.change.upper == pytest.approx(change, abs=0.05)
    assert told in whole(answer)
    assert answer.difference is not None
    assert answer.difference.npv_change == pytest.approx(change, abs=0.05)


@pytest.mark.parametrize("seed", [4])
def test_the_interval_holds_the_value_of_an_independent_solve(seed: int) -> None:
    instance = tiny_instance(seed)
    first = pm.solve(instance, gap=0)
    if not first.has_plan:
        pytest.skip("infeasible")
    rough = Study(pm.solve(instance, gap=0.2), gap=0.2)
    answer = what_if(rough, set=["demand *0.8", "unit_cost *1.1"])
    options, tiers = instance.options, instance.tiers
    changed = {
        "demand": instance.demand.assign(units=instance.demand["units"] * 0.8),
        "options": options.assign(unit_cost=options["unit_cost"] * 1.1),
        "tiers": tiers.assign(unit_cost=tiers["unit_cost"] * 1.1),
    }
    tables = {name: table for name, table in changed.items() if len(table)}
    second = pm.solve(instance.replace(**tables), gap=0)
    if not second.has_plan:
        assert answer.after.status.value == "infeasible"
        return
    tolerance = 1e-5 * max(1.0, abs(first.objective or 0.0))
    change = (second.objective or 0.0) - (first.objective or 0.0)
    assert (answer.change.lower or 0.0) - tolerance <= change <= (answer.change.upper or 0.0) + tolerance


@pytest.mark.parametrize("name", ["starter", pytest.param("furniture", marks=pytest.mark.slow)])
def test_examples_against_an_independent_solve(name: str) -> None:
    instance = pm.load(examples()[name])
    line = instance.lines["line"][0]
    study = Study.of(instance, gap=1e-4)
    answer = what_if(study, set=[f"demand.line={line} *0.5"])
    units = instance.demand["units"].mask(instance.demand["line"] == line, instance.demand["units"] / 2)
    again = pm.solve(instance.replace(demand=instance.demand.assign(units=units)), gap=1e-4)
    assert (answer.change.lower or 0) <= (again.bound or 0) - (study.value.lower or 0)
    assert (answer.change.upper or 0) >= (again.objective or 0) - (study.value.upper or 0)
    assert answer.change.sign == -1
    assert line in whole(answer)


def test_less_than_the_proven_gap_is_not_told_apart(study: Study) -> None:
    unsure = replace(study, result=replace(study.result, bound=12_500.0))
    answer = what_if(unsure, set=["capacity +100"])  # worth 3,000, of which 1,500 are proven
    assert answer.change.sign == 1
    assert "between 1,500 EUR and 3,000 EUR more" in whole(answer)
    answer = what_if(unsure, set=["investments capex *0.6"])  # buying is worth nothing then
    assert answer.change.sign == 0
    text = whole(answer)
    assert "The two cannot be told apart: the difference is between -1,500 EUR and 0.00 EUR" in text
    assert not answer.to_dict()["npv"]["told_apart"]


TIGHT = [
    "demand *2",
    "lines.line=bench min_fill_rate =1",
    "settings carbon_price =1",
    "investments max_copies =0",
]


def test_changes_without_a_plan_are_cut_down_to_those_that_exclude_each_other(study: Study) -> None:
    answer = what_if(study, set=TIGHT, forbid=["option=bench-bought", "option=stool-bought"])
    assert answer.after.status.value == "infeasible"
    assert answer.difference is None
    assert (answer.change.lower, answer.change.upper) == (None, None)
    assert set(answer.conflict) == {*TIGHT[:2], TIGHT[3], "--forbid 'option=bench-bought'"}
    edits = [text for text in answer.conflict if not text.startswith("--")]
    for kept in combinations(edits, len(edits) - 1):
        assert what_if(study, set=kept, forbid=["option=bench-bought"]).after.has_plan
    assert answer.reason is None  # without what is forbidden there would be a plan
    assert "These leave no plan together" in whole(answer)


def test_changed_input_without_a_plan_is_diagnosed_and_mended(study: Study) -> None:
    edits = ["demand *2", "lines min_fill_rate =1", "options.mode=outsourced max_units =10"]
    answer = what_if(study, set=edits)
    assert answer.reason is not None
    assert answer.reason.feasible is False
    assert answer.reason.repair is not None
    mended = what_if(study, set=[*edits, *map(str, answer.reason.repair.edits)])
    assert mended.after.verified
    text = whole(answer)
    assert "These leave no plan together" in text
    assert all(str(edit) in text for edit in answer.reason.repair.edits)


def test_a_search_that_is_cut_short_does_not_claim_that_all_are_needed(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve = Study.solve

    def slow(self: Study, case: Case, **more: Any) -> pm.Result:
        result = solve(self, case, **more)
        return (
            result if case.name == "what if" else replace(result, status=pm.Status.TIME_LIMIT, verdict=None)
        )

    monkeypatch.setattr(Study, "solve", slow)
    answer = what_if(study, set=TIGHT, forbid=["option=bench-bought"])
    assert answer.after.status.value == "infeasible"
    assert not answer.conflict_minimal
    assert len(answer.conflict) == 5
    assert "not found out in time whether fewer of them do" in whole(answer)


def test_one_change_alone_may_leave_no_plan(study: Study) -> None:
    answer = what_if(study, set=["demand *2"], forbid=["line=bench"])
    assert answer.conflict == ("--forbid 'line=bench'",)
    assert "This alone leaves no plan: --forbid 'line=bench'" in whole(answer)


def test_a_run_out_of_time_is_not_called_infeasible(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = replace(
        study.result, status=pm.Status.TIME_LIMIT, objective=None, bound=20_000.0, verdict=None, _plan=None
    )
    monkeypatch.setattr(Study, "solve", lambda *_args, **_kwargs: stopped)
    answer = what_if(study, set=["demand *2"])
    assert answer.change.lower is None
    assert answer.change.upper == pytest.approx(9000)
    assert "No plan was found within the limits; there may be one." in whole(answer)
    assert answer.conflict == ()


def test_faults_of_everything_asked_are_told_at_once(study: Study) -> None:
    with pytest.raises(pm.InputError) as refused:
        what_if(study, set=["demnd *2", "demand"], forbid=["line=stol"], force=["mode=x"], questions=["y"])
    assert len(refused.value.issues) == 5


def test_what_a_change_adds_can_be_forced(study: Study) -> None:
    added = "+options option=bench-cheap line=bench mode=outsourced site=mill unit_cost=59"
    answer = what_if(study, set=[added], force=["option=bench-cheap"])
    assert answer.change.lower == pytest.approx(100)
    with pytest.raises(pm.InputError) as refused:
        what_if(study, set=[added, "demnd *2"], force=["option=bench-cheap"])
    assert len(refused.value.issues) == 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "nothing is asked"),
        ({"set": ["settings currency =USD"]}, "the currency changes from EUR to USD"),
        ({"set": ["demand.line=stool -500"]}, "must be at least 0"),
    ],
)
def test_what_cannot_be_asked(study: Study, asked: dict[str, list[str]], told: str) -> None:
    with pytest.raises(pm.InputError, match=told):
        what_if(study, **asked)  # type: ignore[arg-type]


def test_a_result_will_do_if_it_has_a_plan() -> None:
    assert what_if(pm.solve(workshop()), set=["capacity +100"]).change.sign == 1
    nothing = pm.solve(
        apply_edits(workshop(), ["capacity =0", "lines min_fill_rate =1", "options max_units =0"])
    )
    with pytest.raises(pm.ProdmodeError, match="there is no plan"):
        what_if(nothing, set=["capacity +100"])


def test_answers_of_two_days_are_compared(study: Study) -> None:
    today, tomorrow = (what_if(study, set=[f"capacity +{more}"]) for more in (0, 100))
    changed = {change.path: (change.before, change.after) for change in today.diff(tomorrow)}
    assert changed["npv.change.lower"] == (0.0, pytest.approx(3000))
    assert "npv.before.lower" not in changed


def test_the_plan_that_a_planner_holds_is_compared_with_where_it_is_as_good(study: Study) -> None:
    held = study.plan.replace(kpis={"note": "mine"})
    found, behind = baseline(study, held)
    assert behind is None
    assert found.plan is held
    worse = pm.solve(study.instance.replace(resources=study.instance.resources.assign(capacity=50.0))).plan
    with pytest.raises(pm.InputError, match="is none for 'workshop'"):
        baseline(study, worse)
    poor = what_if(study, force=["line=stool mode=outsourced"]).after.plan
    found, behind = baseline(study, poor)
    assert found is study
    assert behind == pytest.approx(1000)
