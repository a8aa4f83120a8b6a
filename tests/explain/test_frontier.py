"""Each point of a frontier against solving the instance with that limit on its own."""

from __future__ import annotations

import json
import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import prodmode as pm
from prodmode.cli.main import group
from prodmode.errors import InputError
from prodmode.explain.frontier.frontier import frontier
from prodmode.explain.study import Study
from tests.explain.portfolios import INSTANCES, read, workshop

if TYPE_CHECKING:
    from prodmode.explain.frontier.answer import Frontier


@pytest.fixture(scope="module")
def starter() -> Study:
    return Study.of(pm.load(INSTANCES / "starter.yaml"), backend="highs")


@pytest.fixture(scope="module")
def budget(starter: Study) -> Frontier:
    return frontier(starter, "budget", points=5, processes=1)


def test_each_point_is_what_solving_with_that_limit_gives(starter: Study, budget: Frontier) -> None:
    total = starter.instance.budgets["capex_limit"].sum()
    assert len(budget.points) == 6, "five, and the level in force"
    for point in budget.points:
        limits = starter.instance.budgets
        limits["capex_limit"] *= point.level / total
        alone = pm.solve(starter.instance.replace(budgets=limits), backend="highs", gap=1e-7)
        assert alone.objective == pytest.approx(point.value.middle, abs=0.5)
        again = pm.apply_edits(starter.instance, point.edits)
        assert again.budgets["capex_limit"].tolist() == pytest.approx(limits["capex_limit"].tolist())


def test_a_looser_limit_never_earns_less(budget: Frontier) -> None:
    for tight, loose in pairwise(budget.points):
        assert tight.level < loose.level
        assert tight.value.lower is not None
        assert loose.value.lower is not None
        assert tight.value.lower <= loose.value.lower
    for point in budget.points:
        assert point.reached is not None
        assert point.reached <= point.level * (1 + 1e-9)
        assert point.result is not None
        assert point.result.verified


def test_the_ends_are_nothing_and_no_limit(starter: Study, budget: Frontier) -> None:
    nothing, free = budget.points[0], budget.points[-1]
    assert nothing.level == 0
    assert nothing.result is not None
    assert nothing.result.plan.kpis["capex"] == pytest.approx(0)
    unlimited = pm.solve(starter.instance.replace(budgets=[]), backend="highs", gap=1e-7)
    assert free.value.middle == pytest.approx(unlimited.objective, abs=0.5)
    assert budget.ends.enough == free.level
    (today,) = [point for point in budget.points if point.today]
    assert today.level == 55_000
    assert today.value.lower == pytest.approx(starter.plan.npv)


def test_what_changes_on_the_way_and_what_it_earns(budget: Frontier) -> None:
    assert sum((step.worth.middle or 0) * (step.end - step.start) for step in budget.steps) == pytest.approx(
        (budget.points[-1].value.middle or 0) - (budget.points[0].value.middle or 0), abs=1
    )
    told = read(budget)
    assert "'router' is bought in" in told
    assert "The plan earns 155,962 EUR with at most 55,000 EUR" in told
    assert "today" in told


def test_a_limit_that_the_instance_has_is_moved_itself(starter: Study) -> None:
    answer = frontier(starter, "outsourced", levels=[0.0, 0.1, 0.6], processes=1)
    assert answer.lever.limit == "outsourced-share"
    assert [point.today for point in answer.points] == [False, False, True]
    for point in answer.points[:2]:
        limits = starter.instance.limits
        limits["max_share"] = point.level
        alone = pm.solve(starter.instance.replace(limits=limits), backend="highs", gap=1e-7)
        assert alone.objective == pytest.approx(point.value.middle, abs=0.5)
    assert answer.ends.enough == pytest.approx(answer.level)
    assert "the limit costs nothing" in read(answer).lower()


def emitting(**limit: object) -> pm.Instance:
    """Stools pressed at 2 kg or bought at 1 kg, 100 a half: by hand, 5 EUR are given up for each kg saved."""
    instance = pm.Instance.from_records(
        pm.Settings(name="stools", periods=("H1", "H2"), currency="EUR"),
        [
            pm.Line(line="stool", price=50, min_fill_rate=1, max_options=2),
            *(pm.Demand(line="stool", period=half, units=100) for half in ("H1", "H2")),
            pm.Option(option="pressed", line="stool", mode="mass", unit_cost=10, emissions_per_unit=2),
            pm.Option(option="bought", line="stool", mode="outsourced", unit_cost=15, emissions_per_unit=1),
        ],
    )
    return instance.replace(limits=[limit]) if limit else instance


def test_emissions_by_hand() -> None:
    """From 200 kg, all bought, to 400 kg, all pressed, profit rises by 5 EUR a kg; below there is no plan."""
    answer = frontier(Study.of(emitting(), backend="highs"), "emissions", points=5)
    assert answer.level == pytest.approx(400)
    assert answer.ends.possible == pytest.approx(200, abs=400 / 64)
    assert answer.ends.impossible is not None
    assert answer.ends.impossible <= 200
    for point in answer.points:
        assert point.value.middle == pytest.approx(8000 - 5 * (400 - point.level), abs=0.05)
    for step in answer.steps:
        assert step.worth.middle == pytest.approx(5, abs=0.01)
    assert "one tonne CO2e more earns" in read(answer)
    assert answer.points[0].edits[0].startswith("+limits limit=frontier measure=emissions max=")


def test_a_least_is_tightened_upwards() -> None:
    """At least so many units outsourced costs 5 EUR a unit, up to the 200 that there are."""
    instance = emitting(limit="at-least", measure="units", mode="outsourced", min=50)
    answer = frontier(Study.of(instance, backend="highs"), "limit=at-least", levels=[0, 50, 100, 150])
    assert [point.level for point in answer.points] == [0, 50, 100, 150]
    assert [point.value.middle for point in answer.points] == pytest.approx(
        [8000 - 5 * point.level for point in answer.points], abs=0.05
    )
    assert answer.lever.sign < 0
    assert answer.steps[0].start == answer.points[-1].level


def test_levels_without_a_plan_say_so() -> None:
    answer = frontier(Study.of(emitting(), backend="highs"), "emissions", levels=[100, 300])
    assert [point.status for point in answer.points] == ["infeasible", "optimal"]
    assert answer.points[0].value.lower is None
    assert answer.points[0].value.upper is None
    assert "no plan" in read(answer)
    json.dumps(answer.to_dict(), allow_nan=False)
    table = answer.tables()["frontier"]
    assert table["level"].tolist() == [100, 300]
    assert table["npv_lower"].isna().tolist() == [True, False]


def test_a_budget_that_the_instance_does_not_have_is_a_limit_on_capex() -> None:
    """A second press for 3,000 EUR earns 20 EUR in each of 200 hours, and half of it cannot be bought."""
    instance = workshop()
    instance = instance.replace(
        lines=instance.lines.assign(max_options=2),
        demand=instance.demand.assign(units=400),
        investments=instance.investments.assign(capex=3000),
    )
    study = Study.of(instance, backend="highs")
    answer = frontier(study, "budget", points=3)
    assert [point.level for point in answer.points] == [0, 1500, 3000]
    values = [point.value.middle or 0 for point in answer.points]
    assert values[0] == pytest.approx(values[1])
    assert values[2] - values[0] == pytest.approx(20 * 200 - 3000)
    assert answer.points[1].reached == 0


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("budgt", "Maybe you meant 'budget'"),
        ("emissions", "emissions_per_unit"),
        ("limit=outsourced-shar", "Maybe you meant 'outsourced-share'"),
    ],
)
def test_what_cannot_be_limited_is_told_before_the_work(starter: Study, asked: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        frontier(starter, asked)


def test_the_command_line_asks_for_frontiers_too() -> None:
    path = str(INSTANCES / "starter.yaml")
    done = CliRunner().invoke(group, ["explain", path, "--frontier", "outsourced", "--json"])
    assert done.exit_code == 0, done.output
    answers = json.loads(done.stdout)["answers"]
    assert list(answers) == ["frontier outsourced"], "lines are explained only where asked for"
    points = answers["frontier outsourced"]["points"]
    assert [points[0]["level"], points[-1]["npv"]["lower"]] == pytest.approx([0, 155_962.22], abs=0.01)
    missing = CliRunner().invoke(group, ["explain", path, "--frontier", "limit=none"])
    assert missing.exit_code == 3
    fast = CliRunner().invoke(group, ["explain", path, "--frontier", "budget", "--fast"])
    assert fast.exit_code == 2


def test_faulty_levels(starter: Study) -> None:
    with pytest.raises(ValueError, match="at least 2"):
        frontier(starter, "budget", points=1)
    with pytest.raises(ValueError, match="0 or above"):
        frontier(starter, "budget", levels=[-1.0])


def test_runs_that_stop_early_claim_nothing(starter: Study) -> None:
    """With no solve but that of the plan there is the plan at its level, and a bound for less money only."""
    cancel = threading.Event()
    cancel.set()
    answer = frontier(starter, "budget", levels=[0, 55_000, 80_000], cancel=cancel)
    nothing, today, more = answer.points
    assert nothing.status == more.status == "not begun"
    assert nothing.value.lower is None
    assert nothing.value.upper == pytest.approx(starter.result.bound), "less money cannot earn more"
    assert today.value.lower == starter.plan.npv
    assert more.value.lower == starter.plan.npv, "the plan in hand fits a larger budget"
    assert more.value.upper is None
    assert "bound proven" not in read(answer)
    assert answer.steps[0].worth.upper is None
