"""Each row of a sensitivity analysis against solving the changed instance on its own."""

from __future__ import annotations

import json

import pytest

import prodmode as pm
from prodmode.errors import InputError
from prodmode.explain.changes import apply_edits
from prodmode.explain.sensitivity.sensitivity import Sensitivity, sensitivity
from prodmode.explain.study import Study
from tests.explain.portfolios import INSTANCES, read, workshop


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.of(workshop().replace(carbon_price=0.0, discount_rate=0.1))


@pytest.fixture(scope="module")
def answer(study: Study) -> Sensitivity:
    return sensitivity(study, swing=0.4)


def test_every_row_is_what_solving_the_changed_instance_gives(study: Study, answer: Sensitivity) -> None:
    for swing in answer.swings[::4]:
        for side in (swing.low, swing.high):
            change = pm.solve(apply_edits(study.instance, [side.edit]), gap=1e-9).objective
            assert change is not None
            assert side.change.middle == pytest.approx(change - study.plan.npv, abs=0.02)


def test_the_inputs_are_those_with_figures(answer: Sensitivity) -> None:
    assert {swing.name for swing in answer.swings} == {
        "demand for 'stool'",
        "demand for 'bench'",
        "price of 'stool'",
        "price of 'bench'",
        "unit cost in mode 'mass'",
        "unit cost in mode 'outsourced'",
        "quotation for 'stool-bought'",
        "quotation for 'bench-bought'",
        "capacity of 'press'",
        "capex of 'second-press'",
        "discount rate",
    }
    spreads = [swing.spread for swing in answer.swings]
    assert spreads == sorted(spreads, reverse=True)


def test_what_flips_is_named_and_keeping_decisions_costs_what_it_does(answer: Sensitivity) -> None:
    """With benches at 84 from the mill they are pressed: 60 a unit against 6, and stools are bought."""
    side = answer.swing_of("quotation for 'bench-bought'").high
    assert [(move.to_dict()["line"]) for move in side.flips] == ["stool", "bench"]
    # Kept: 100 stools pressed at 40, 50 benches bought at 6. Anew: stools bought (20), benches pressed (60).
    assert side.regret.middle == pytest.approx((2000 + 3000 - 4000 - 300) * (1 + 1 / 1.1), rel=1e-6)
    assert side.holds
    first = answer.to_verify[0]
    assert first.regret == max(swing.regret for swing in answer.swings)
    assert answer.swing_of("price of 'stool'").regret == 0 or answer.swing_of("price of 'stool'").flips


def test_decisions_that_are_not_feasible_any_more_are_said_to_be() -> None:
    study = Study.of(pm.load(INSTANCES / "starter.yaml"))
    answer = sensitivity(study, {"investments.investment=router capex": (0.9, 1.1)})
    (swing,) = answer.swings
    assert swing.high.holds is False
    assert swing.high.regret.upper is None
    assert swing.low.holds
    assert "would not even be feasible with: investments.investment=router capex +10 %" in read(answer)


def test_the_answer_is_data_and_plain_words(answer: Sensitivity) -> None:
    data = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert data["inputs"][0]["name"] == answer.swings[0].name
    assert len(answer.tables()["sensitivity"]) == 2 * len(answer.swings)
    text = read(answer)
    assert f"What matters most is {answer.swings[0].name}" in text
    assert "verify quotation for" in text or "verify first" in text


def test_large_portfolios_are_moved_by_group() -> None:
    instance = pm.Instance.from_records(
        pm.Settings(name="many", periods=("1",), currency="EUR"),
        [
            *(pm.Line(line=f"line-{number}", family="all", price=10) for number in range(13)),
            *(pm.Demand(line=f"line-{number}", period="1", units=10) for number in range(13)),
            *(
                pm.Option(option=f"bought-{number}", line=f"line-{number}", mode="outsourced", unit_cost=5)
                for number in range(13)
            ),
        ],
    )
    answer = sensitivity(Study.of(instance))
    assert answer.grouped
    names = {swing.name for swing in answer.swings}
    assert names == {"demand for 'all'", "price of 'all'", "unit cost in mode 'outsourced'"}
    assert "single lines and quotations" in read(answer)


def test_no_plan_is_left_is_no_figure() -> None:
    instance = pm.Instance.from_records(
        pm.Settings(name="tight", periods=("1",), currency="EUR"),
        [
            pm.Line(line="stool", price=40, min_fill_rate=1),
            pm.Demand(line="stool", period="1", units=100),
            pm.Resource(resource="press", capacity=100),
            pm.Option(option="pressed", line="stool", mode="mass", unit_cost=10),
            pm.Usage(option="pressed", resource="press", per_unit=1),
        ],
    )
    answer = sensitivity(Study.of(instance), ["demand.line=stool"])
    assert answer.swings[0].high.status == "infeasible"
    assert answer.swings[0].high.change.upper is None
    assert "no plan is left" in read(answer)


def test_faulty_questions(study: Study) -> None:
    with pytest.raises(ValueError, match="above 0"):
        sensitivity(study, swing=1.0)
    with pytest.raises(InputError, match="stol"):
        sensitivity(study, ["demand.line=stol"])
