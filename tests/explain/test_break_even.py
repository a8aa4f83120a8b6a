"""Each break-even flips the decision just beyond it and not just before; figures worked out by hand."""

from __future__ import annotations

import json

import pytest

import prodmode as pm
from prodmode.errors import InputError
from prodmode.explain.break_even.break_even import BreakEven, break_even
from prodmode.explain.break_even.levers import PARAMETERS
from prodmode.explain.changes import apply_edits
from prodmode.explain.study import Study
from tests.explain.portfolios import INSTANCES, read, workshop


def stools(tooling: float = 3000, budget: float | None = None) -> pm.Instance:
    """Stools are bought: making them saves 10 on each of 220, but the tooling costs 3,000."""
    records: list[pm.Record] = [
        pm.Line(line="stool", price=40),
        pm.Demand(line="stool", period="1", units=100),
        pm.Demand(line="stool", period="2", units=120),
        pm.Option(option="bought", line="stool", mode="outsourced", unit_cost=25),
        pm.Option(option="made", line="stool", mode="mass", unit_cost=15, tooling_capex=tooling),
    ]
    if budget is not None:
        records += [pm.Budget(period=period, capex_limit=budget) for period in ("1", "2")]
    return pm.Instance.from_records(pm.Settings(name="stools", periods=("1", "2"), currency="EUR"), records)


@pytest.fixture(scope="module")
def answer() -> BreakEven:
    return break_even(Study.of(stools()), "stool", "made")


def options_used(instance: pm.Instance, line: str) -> set[str]:
    rows = pm.solve(instance, gap=1e-9).plan.assignments
    return set(rows["option"][rows["line"] == line])


BY_HAND = {
    "lump_sum": 800.0,
    "unit_cost": 15 - 800 / 220,
    "price": 1 + 800 / 8800,
    "tooling_capex": 2200.0,
    "unit_cost_now": 25 + 800 / 220,
    "demand": 3000 / 2200,
}


@pytest.mark.parametrize("parameter", BY_HAND)
def test_each_value_is_that_worked_out_by_hand_and_flips_the_plan(answer: BreakEven, parameter: str) -> None:
    flip = answer.flip(parameter)
    assert flip.kept is not None
    assert flip.flips is not None
    low, high = sorted((flip.kept, flip.flips))
    assert low <= BY_HAND[parameter] <= high
    assert high - low <= 2e-3 * BY_HAND[parameter]
    assert flip.single
    for text, option in ((flip.edit, "made"), (flip.edit_before, "bought")):
        assert options_used(apply_edits(stools(), [str(text)]), "stool") == {option}


def test_the_loss_is_the_lump_sum(answer: BreakEven) -> None:
    assert answer.state == "stays"
    assert answer.loss.lower == pytest.approx(800)
    assert answer.loss.upper == pytest.approx(800)
    assert answer.alone is not None
    assert answer.alone.multiple == pytest.approx(3000 / 2200)
    assert answer.alone.against == "bought"


def test_what_cannot_be_turned_is_said(answer: BreakEven) -> None:
    assert answer.flip("investment_capex").outcome == "skipped"
    assert "requires no investment" in answer.flip("investment_capex").note
    assert answer.flip("capacity").outcome == "skipped"
    with pytest.raises(KeyError):
        answer.flip("weather")


def test_the_answer_is_data_and_plain_words(answer: BreakEven) -> None:
    data = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert [row["kind"] for row in data["break_even"]] == list(PARAMETERS)
    assert answer.solves == data["solves"]
    text = read(answer)
    assert "'stool' is made by 'bought'. Using 'made' (mass)" in text
    assert "lower the net present value by 800.00 EUR" in text
    assert "tooling for 'made' cost 2,2" in text
    assert "instead of 3,000 EUR (-26.7 %)" in text
    assert "options.option=made tooling_capex =" in text
    assert len(answer.tables()["break_even"]) == len(answer.flips)
    assert answer.to_markdown().startswith("# What would make")
    assert not answer.diff(answer)


@pytest.mark.slow
def test_newton_finds_what_halving_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prodmode.explain.break_even.seek.FINE", 0.02)
    study = Study.of(stools())
    steps, halves = (
        break_even(study, "stool", "made", ["price"], newton=newton).flip("price") for newton in (True, False)
    )
    assert halves.kept is not None
    assert halves.flips is not None
    assert halves.kept < 1 + 800 / 8800 <= halves.flips <= halves.kept + 0.03
    assert steps.flips == pytest.approx(halves.flips, abs=0.03)
    assert steps.solves < halves.solves


@pytest.mark.slow
def test_a_grant_that_is_taken_and_left_is_said_to_be() -> None:
    """A grant at the start draws the option in for one year; nothing makes it stay."""
    instance = pm.load(INSTANCES / "starter.yaml")
    flip = break_even(Study.of(instance), "puzzle", "puzzle-by-hand", ["lump_sum"]).flip("lump_sum")
    assert flip.outcome == "none"
    assert flip.part_used is not None
    assert flip.part_kept is not None
    assert flip.part_used - flip.part_kept < 10
    before = apply_edits(instance, [f"options.option=puzzle-by-hand startup_cost -{flip.part_kept}"])
    assert "puzzle-by-hand" not in options_used(before, "puzzle")
    beyond = options_used(apply_edits(instance, [str(flip.part_edit)]), "puzzle")
    assert "puzzle-by-hand" in beyond
    assert len(beyond) == 2


@pytest.mark.slow
def test_capacity_flips_where_it_serves_the_better_line_first() -> None:
    """Benches are pressed once 100 hours of stools and half of the benches' own hours fit."""
    instance = workshop().replace(
        resources=workshop().resources.assign(capacity=90.0), investments=[], expansions=[]
    )
    found = break_even(Study.of(instance), "bench", "bench-pressed", ["capacity"]).flip("capacity", "press")
    assert found.kept is not None
    assert found.flips is not None
    assert found.kept < 150 / 90 <= found.flips <= found.kept + 2e-3
    assert found.single
    assert options_used(apply_edits(instance, [str(found.edit)]), "bench") == {"bench-pressed"}
    assert options_used(apply_edits(instance, [str(found.edit_before)]), "bench") == {"bench-bought"}


def test_tooling_beyond_the_budget_comes_within_it() -> None:
    """No plan with the option is feasible today: it flips at the budget, not where it would pay."""
    instance = stools(tooling=3000, budget=1500)
    instance = instance.replace(
        budgets=[{"period": "1", "capex_limit": 1500}, {"period": "2", "capex_limit": 0}]
    )
    answer = break_even(Study.of(instance), "stool", "made", ["tooling_capex", "unit_cost"])
    assert answer.state == "infeasible"
    flip = answer.flip("tooling_capex")
    assert flip.flips is not None
    assert flip.kept is not None
    assert flip.flips <= 1500 < flip.kept <= flip.flips + 3
    assert answer.flip("unit_cost").outcome == "skipped"
    assert "No plan can use" in read(answer)


def test_the_option_in_use_and_a_tie() -> None:
    study = Study.of(stools())
    used = break_even(study, "stool", "bought")
    assert used.state == "used"
    assert "throughout already" in read(used)
    tie = break_even(Study.of(stools(tooling=2200)), "stool")
    assert tie.state == "flips"
    assert "cannot be told apart" in read(tie)


def test_the_nearest_option_is_taken_where_none_is_named() -> None:
    study = Study.of(pm.load(INSTANCES / "starter.yaml"))
    answer = break_even(study, "puzzle", parameters=["investment_capex"])
    assert answer.option == "puzzle-by-hand"
    assert answer.flips[0].outcome == "skipped"


@pytest.mark.parametrize(
    ("line", "option", "parameters", "said"),
    [
        ("stol", None, PARAMETERS, "Maybe you meant 'stool'"),
        ("stool", "mad", PARAMETERS, "Maybe you meant 'made'"),
        ("stool", "made", ["unit_cots"], "Maybe you meant 'unit_cost'"),
    ],
)
def test_names_that_are_unknown(line: str, option: str | None, parameters: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        break_even(Study.of(stools()), line, option, parameters)


@pytest.mark.slow
def test_every_break_even_of_the_furniture_maker_flips_its_plan() -> None:
    instance = pm.load(INSTANCES / "furniture")
    study = Study.of(instance)
    for line in ("oak-table", "bed-frame", "bookcase"):
        answer = break_even(study, line)
        for flip in answer.flips:
            if flip.outcome == "flips":
                beyond = Study.of(apply_edits(instance, [str(flip.edit)]))
                again = break_even(beyond, line, answer.option, [])
                assert again.state in {"used", "flips"}
                before = Study.of(apply_edits(instance, [str(flip.edit_before)]))
                assert break_even(before, line, answer.option, []).state in {"stays", "infeasible"}
