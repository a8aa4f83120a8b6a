"""Explanations of lines against plans found without the explainer."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import prodmode as pm
from prodmode.errors import InputError
from prodmode.explain.lines.accounts import Accounts
from prodmode.explain.lines.why import PlanExplanation, explain_line, explain_lines
from prodmode.explain.restriction import Restriction
from prodmode.explain.selector import Selector
from prodmode.explain.study import Case, Study
from tests.explain.by_hand import close, value, with_option_alone
from tests.explain.portfolios import INSTANCES, workshop
from tests.oracle.tiny import tiny_instance

NAMES = ("starter.yaml", "pasta.yaml")
SEEDS = (64,)
MORE_SEEDS = (98, 61, 63, 70, 72, 80, 82, 85, 90, 95, 99, 103, 105, 107, 109)


@pytest.fixture(scope="module", params=[*NAMES, "workshop"])
def answer(request: pytest.FixtureRequest) -> tuple[Study, PlanExplanation]:
    instance = workshop() if request.param == "workshop" else pm.load(INSTANCES / request.param)
    study = Study.of(instance)
    return study, explain_lines(study, processes=1)


def check_against_by_hand(study: Study, told: PlanExplanation) -> int:
    """Compare every option that can be used in all periods with the best plan found by hand."""
    compared = 0
    lines = study.instance.lines.set_index("line")
    for line in told.lines:
        if isinstance(lines.at[line.line, "current_option"], str):
            continue  # leaving it is paid for, which an instance without it knows nothing of
        for row in line.alternatives:
            if row.option is None or row.standing == "not_allowed":
                continue
            alone = value(with_option_alone(study.instance, line.line, row.option))
            if alone is None:
                assert row.standing == "impossible" or row.since is not None, (line.line, row.option)
                compared += 1
            elif row.since is None and row.standing != "impossible":
                assert row.loss is not None
                assert row.loss.lower is not None
                assert row.loss.upper is not None
                lost = study.plan.npv - alone
                slack = close(study.plan.npv)
                assert row.loss.lower - slack <= lost <= row.loss.upper + slack, (line.line, row.option)
                compared += 1
            else:
                raise AssertionError(f"{row.option} is said to be {row.standing}, but there is a plan")
    return compared


def test_each_loss_holds_that_of_the_plan_found_by_hand(answer: tuple[Study, PlanExplanation]) -> None:
    study, told = answer
    assert check_against_by_hand(study, told) >= 4


@pytest.mark.parametrize(
    "seed", [*SEEDS, *(pytest.param(seed, marks=pytest.mark.slow) for seed in MORE_SEEDS)]
)
def test_losses_of_random_portfolios_hold_those_found_by_hand(seed: int) -> None:
    instance = tiny_instance(seed)
    options = instance.options.copy()
    if options["first_period"].notna().any() or options["last_period"].notna().any():
        instance = instance.replace(options=options.assign(first_period=None, last_period=None))
    if len(instance.investments):
        instance = instance.replace(
            investments=instance.investments.assign(lead_time_periods=0, first_period=None, last_period=None)
        )
    lines = instance.lines.assign(first_period=None, last_period=None, current_option=None)
    lines["initial_stock"] = 0.0
    study = Study.of(instance.replace(lines=lines))
    assert check_against_by_hand(study, explain_lines(study, processes=1)) >= 2


def test_ledgers_add_up_to_the_net_present_value(answer: tuple[Study, PlanExplanation]) -> None:
    study, told = answer
    plan = Accounts(study.instance, study.plan)
    common = sum(plan.overtime.values()) + sum(plan.investments.values())
    assert sum(line.ledger.earned for line in told.lines) + common == pytest.approx(study.plan.npv, abs=0.005)


def test_the_ledgers_of_the_furniture_maker_add_up_to_the_net_present_value() -> None:
    study = Study.of(pm.load(INSTANCES / "furniture"), gap=0.02)
    plan = Accounts(study.instance, study.plan)
    common = sum(plan.overtime.values()) + sum(plan.investments.values())
    earned = sum(plan.ledger(line).earned for line in study.instance.lines["line"])
    assert earned + common == pytest.approx(study.plan.npv, abs=0.005)
    assert common < -1000
    use = study.plan.resource_use
    weight = use["scenario"].map(dict(study.plan.scenarios)).astype("float64")
    takes = [take for line in study.instance.lines["line"] for take in plan.ledger(line).takes]
    for resource in study.instance.resources["resource"]:
        used = float((weight * use["used"])[use["resource"] == resource].sum())
        assert sum(take.units for take in takes if take.resource == resource) == pytest.approx(used, abs=1e-6)


def test_each_waterfall_adds_up_to_the_regret(answer: tuple[Study, PlanExplanation]) -> None:
    study, told = answer
    rows = [row for line in told.lines for row in line.alternatives if row.waterfall is not None]
    assert rows
    for row in rows:
        assert row.waterfall is not None
        assert row.plan is not None
        assert row.waterfall.total == pytest.approx(study.plan.npv - row.plan.npv, abs=0.005)


def test_what_the_plan_uses_throughout_loses_nothing(answer: tuple[Study, PlanExplanation]) -> None:
    study, told = answer
    used = study.plan.assignments.groupby("line")["option"].agg(set)
    for line in told.lines:
        for row in line.alternatives:
            if row.standing == "chosen" and row.option is not None:
                assert row.option in used[line.line]
                assert row.loss is not None
                assert row.loss.upper == 0
    chosen = [row for line in told.lines for row in line.alternatives if row.standing == "chosen"]
    assert len(chosen) >= sum(1 for options in used if len(options) == 1)


def test_a_tie_is_named() -> None:
    instance = workshop()
    options = instance.options
    twin = options[options["option"] == "bench-bought"].assign(option="bench-imported")
    both = instance.replace(options=[*options.to_dict("records"), *twin.to_dict("records")])
    study = Study.of(both)
    line = explain_line(study, "bench")
    assert line.next_best is not None
    assert line.next_best.standing == "tie"
    assert f"'{line.next_best.option}'" in line.headline
    assert "a tie" in line.headline


def test_an_option_that_is_not_allowed_says_why_and_what_the_rule_costs() -> None:
    instance = workshop()
    free = explain_line(Study.of(instance), "bench")
    lines = instance.lines.assign(max_lead_time_days=30.0)
    options = instance.options
    options.loc[options["option"] == "bench-bought", "lead_time_days"] = 90.0
    line = explain_line(Study.of(instance.replace(lines=lines, options=options)), "bench")
    row = next(row for row in line.alternatives if row.option == "bench-bought")
    assert row.standing == "not_allowed"
    assert "lead time of 90 days is above the 30 allowed" in row.reasons[0]
    assert "lead time of 90 days is above the 30 allowed" in str(line)
    # The best plan bought benches: the rule costs what the line's other option costs more.
    other = next(row for row in free.alternatives if row.option == "bench-pressed")
    assert row.loss is not None
    assert other.loss is not None
    assert row.loss.upper == pytest.approx(-(other.loss.upper or 0.0), abs=0.01)


def test_an_option_that_cannot_serve_its_line_says_how_far_it_goes() -> None:
    instance = workshop()
    lines = instance.lines
    lines.loc[lines["line"] == "stool", "min_fill_rate"] = 0.9
    options = instance.options
    options.loc[options["option"] == "stool-bought", "max_units"] = 40.0
    line = explain_line(Study.of(instance.replace(lines=lines, options=options)), "stool")
    row = next(row for row in line.alternatives if row.option == "stool-bought")
    assert row.standing == "impossible"
    assert row.loss is None
    assert "at most 40 of the 90 units" in " ".join(row.reasons)
    assert "would serve 80 of the 200 units" in " ".join(row.reasons)


def test_an_option_that_comes_later_says_from_when_and_why() -> None:
    instance = workshop()
    options = instance.options
    options.loc[options["option"] == "bench-pressed", "requires"] = "second-press"
    budgets = [{"period": "H1", "capex_limit": 2000}, {"period": "H2", "capex_limit": 4000}]
    line = explain_line(Study.of(instance.replace(options=options, budgets=budgets)), "bench")
    row = next(row for row in line.alternatives if row.option == "bench-pressed")
    assert row.since == "H2"
    assert "the budget allows that in H2" in row.reasons[0]
    assert row.loss is not None
    assert (row.loss.lower or 0) > 0


def test_what_stands_in_the_way_of_an_option_is_lifted_and_named() -> None:
    instance = workshop()
    limits = [{"limit": "bought-units", "measure": "units", "mode": "outsourced", "max": 120}]
    lines = instance.lines.assign(min_fill_rate=0.9)
    line = explain_line(Study.of(instance.replace(lines=lines, limits=limits)), "stool", processes=1)
    row = next(row for row in line.alternatives if row.option == "stool-bought")
    assert row.standing == "impossible" or row.since is not None
    assert "the policy 'bought-units' were lifted" in " ".join(row.reasons)


def test_a_plan_that_is_not_the_best_is_said_not_to_be() -> None:
    study = Study.of(workshop())
    bad = study.solve(Case("bought", Restriction(force=(Selector(option="stool-bought"),))))
    worse = Study(replace(bad, bound=study.result.bound))
    line = explain_line(worse, "stool")
    row = next(row for row in line.alternatives if row.option == "stool-pressed")
    assert row.standing == "better"
    assert "not the best" in line.headline


def test_what_is_not_solved_is_said_to_be_unknown() -> None:
    study = Study.of(workshop())
    stopped = threading.Event()
    stopped.set()
    line = explain_line(study, "stool", processes=1, cancel=stopped)
    row = next(row for row in line.alternatives if row.option == "stool-bought")
    assert row.standing == "unknown"
    assert row.loss is None
    assert "not settled" in str(line)


def test_side_by_side_tells_the_same_as_one_after_the_other() -> None:
    study = Study.of(workshop())
    told: list[tuple[int, int]] = []
    alone = explain_lines(study, processes=1, on_progress=lambda done, of, _case: told.append((done, of)))
    together = explain_lines(study, processes=2)
    assert json.dumps(alone.to_dict()) == json.dumps(together.to_dict())
    assert told
    assert told[-1][0] == told[-1][1]


def test_unknown_lines_are_refused_with_a_near_name() -> None:
    study = Study.of(workshop())
    with pytest.raises(InputError, match="Maybe you meant 'stool'"):
        explain_lines(study, ["stol"])


LINES = st.lists(
    st.text(alphabet="abcXYZ-éß0", min_size=1, max_size=8).filter(lambda name: name.strip("-0") != ""),
    min_size=2, max_size=2, unique=True,
)  # fmt: skip


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(LINES)
def test_renaming_lines_changes_nothing_but_names(names: list[str]) -> None:
    instance = workshop()
    new = dict(zip(("stool", "bench"), names, strict=True))
    renamed = instance.replace(
        **{
            name: table.assign(line=[new[line] for line in table["line"]])
            for name in ("lines", "demand", "options")
            for table in [instance.table(name)]
        }
    )
    before = explain_lines(Study.of(instance), processes=1).to_dict()
    after = explain_lines(Study.of(renamed), processes=1).to_dict()
    assert named(before, new) == after


def named(part: Any, new: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: named(value, new) for key, value in part.items()}
    if isinstance(part, list):
        return [named(value, new) for value in part]
    if isinstance(part, str):
        for old, name in new.items():
            part = name if part == old else part.replace(f"'{old}'", f"'\0{old}'")
        for old, name in new.items():
            part = part.replace(f"'\0{old}'", f"'{name}'")
    return part
