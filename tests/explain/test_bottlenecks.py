"""Prices against other programs, exact steps against solving on their own, and words that do not mislead."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.optimize import linprog

import prodmode as pm
from prodmode.errors import InputError
from prodmode.explain.bottlenecks.bottlenecks import Bottlenecks, bottlenecks
from prodmode.explain.bottlenecks.duals import Direction, Divisible, held, relaxed
from prodmode.explain.bottlenecks.scarce import Scarcity
from prodmode.explain.changes import apply_edits
from prodmode.explain.study import Study
from tests.explain.portfolios import INSTANCES, read, workshop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.explain.bottlenecks.scarce import Scarce
    from prodmode.formulation.mip import Mip


def wider(capacity: float = 140.0) -> pm.Instance:
    """The workshop with room for all stools and some benches, too little for benches to be pressed.

    Benches are pressed from 150 hours on: 25 of them at 60 then earn what 50 bought ones do at 30.
    """
    instance = workshop()
    return instance.replace(resources=instance.resources.assign(capacity=capacity))


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.of(wider())


@pytest.fixture(scope="module")
def answer(study: Study) -> Bottlenecks:
    return bottlenecks(study, ["press"])


def test_a_price_of_nothing_beside_an_exact_value_is_put_into_words(answer: Bottlenecks) -> None:
    """With 154 hours 27 benches are pressed for 1,620, not 50 bought for 1,500; kept plans gain nothing."""
    row = answer.row("press", "H1")
    assert row.plan_held.more == 0
    more = row.step("10 % more")
    assert more is not None
    assert more.change_of_value.middle == pytest.approx(120)
    assert more.per_unit == pytest.approx(120 / 14)
    text = read(answer)
    assert (
        "'press' in H1: with the plan's decisions kept one unit more earns nothing, and yet 10 % more is "
        "worth 120.00 EUR, because decisions change: 'bench' moves from 'bench-bought' to 'bench-pressed' "
        "in H1."
    ) in text
    for word in ("shadow", "dual", "binary", "integer"):
        assert word not in text.lower()


def test_use_and_slack(answer: Bottlenecks) -> None:
    scarce = answer.row("press", "H2").scarce
    assert (scarce.used, scarce.bound, scarce.slack) == pytest.approx((100, 140, 40))
    assert scarce.share == pytest.approx(100 / 140)
    assert not scarce.tight


def test_every_step_is_worth_what_solving_it_alone_gives(study: Study, answer: Bottlenecks) -> None:
    checked = 0
    for row in answer.rows:
        for step in row.steps:
            alone = pm.solve(apply_edits(study.instance, [step.change]), gap=1e-9).objective
            assert alone is not None
            assert step.change_of_value.middle == pytest.approx(alone - study.plan.npv, abs=0.02)
            checked += 1
    assert checked == 4


def test_one_more_copy_is_counted_with_its_cost(answer: Bottlenecks) -> None:
    """A second press lets benches be pressed, 1,500 more in each half year, and costs 5,000."""
    (investing,) = answer.investments
    assert (investing.bought, investing.most, investing.adds_to) == (0, 1, ("press",))
    (more,) = investing.steps
    assert more.change_of_value.middle == pytest.approx(3000 - 5000)
    assert "would lose 2,000 EUR" in read(answer)
    assert "It would pay if it came 2,000 EUR cheaper" in read(answer)


def relaxation(mip: Mip, upper: NDArray[np.float64], high: NDArray[np.float64]) -> float:
    """Return minus the least cost of a program without its integers, by another solver."""
    above, below = np.isfinite(upper), np.isfinite(mip.row_lower)
    matrix = np.asarray(mip.matrix.toarray(), dtype=np.float64)
    found = linprog(
        mip.cost,
        A_ub=np.vstack([matrix[above], -matrix[below]]),
        b_ub=np.concatenate([upper[above], -mip.row_lower[below]]),
        bounds=list(zip(mip.lower.tolist(), high.tolist(), strict=True)),
        method="highs-ipm",
    )
    assert found.status == 0
    assert found.fun is not None
    return -float(found.fun)


def difference(mip: Mip, way: Direction, amount: float) -> float:
    """Return what moving the sides by an amount gains for each unit."""
    upper, high = mip.row_upper.copy(), mip.upper.copy()
    upper[way.rows] += way.by_row * amount
    high[way.columns] += way.by_column * amount
    return (relaxation(mip, upper, high) - relaxation(mip, mip.row_upper, mip.upper)) / amount


@pytest.mark.parametrize("source", ["workshop", "starter.yaml"])
def test_the_price_if_divisible_is_a_difference_of_relaxations(source: str) -> None:
    instance = workshop() if source == "workshop" else pm.load(INSTANCES / source)
    study = Study.of(instance)
    program, scarcity = relaxed(study.formulation), Scarcity(study.formulation, study.plan)
    rows: list[Scarce] = [*scarcity.capacities(), *scarcity.budgets()]
    positive = 0
    for row in rows:
        way = scarcity.direction(row, program.x)
        if way is None:
            continue
        price, step = program.price(way), 1e-3 * max(1.0, row.bound)
        assert price.more == pytest.approx(difference(study.formulation.mip, way, step), abs=1e-3)
        assert price.less == pytest.approx(difference(study.formulation.mip, way, -step), abs=1e-3)
        positive += bool(price.more)
    assert positive


def test_a_kink_has_two_prices() -> None:
    """All stools and all benches just fit: one hour more earns nothing, one less costs half a bench."""
    study = Study.of(wider(200.0))
    program, scarcity = held(study.formulation, study.plan), Scarcity(study.formulation, study.plan)
    row = scarcity.capacities()[0]
    way = scarcity.direction(row, program.x)
    assert way is not None
    price = program.price(way)
    assert price.one_sided
    assert price.more == pytest.approx(0)
    assert price.less == pytest.approx(30)
    text = read(bottlenecks(study, exact="none"))
    assert "one unit more earns 0 EUR, but one less costs 30 EUR: there is no single price" in text


def test_the_program_with_decisions_kept_earns_what_the_plan_does() -> None:
    study = Study.of(pm.load(INSTANCES / "starter.yaml"))
    program = held(study.formulation, study.plan)
    assert -program.objective == pytest.approx(study.plan.npv)
    assert isinstance(relaxed(study.formulation), Divisible)
    assert -relaxed(study.formulation).objective >= study.plan.npv


def test_a_budget_is_used_up_to_each_period_and_a_share_is_that_of_the_plan() -> None:
    study = Study.of(pm.load(INSTANCES / "starter.yaml"))
    answer = bottlenecks(study, exact="none")
    assert answer.solves == 0
    first = answer.row("budget", "2027").scarce
    assert (first.used, first.bound) == (38000, 40000)
    assert answer.row("budget", "2028").scarce.bound == 55000
    limit = answer.row("outsourced-share")
    rows = study.plan.production.merge(study.plan.assignments[["option", "period", "mode"]])
    spend = rows["cost"] + rows["setup"] * rows["option"].map(
        study.instance.options.set_index("option")["setup_cost"]
    )
    assert limit.scarce.used == pytest.approx(spend[rows["mode"] == "outsourced"].sum() / spend.sum())
    assert limit.scarce.slack == pytest.approx(0.6 - limit.scarce.used)
    assert limit.plan_held.more == 0


def test_limits_are_lifted_and_floors_relaxed_downwards() -> None:
    """A floor of 60 benches bought in a year costs what pressing them would earn more."""
    instance = wider(300.0)
    limits = [
        {"limit": "loyal", "measure": "units", "mode": "outsourced", "min": 60},
        {"limit": "few", "measure": "lines", "mode": "mass", "max": 1},
    ]
    study = Study.of(instance.replace(limits=limits))
    answer = bottlenecks(study, ["loyal"], exact="tight")
    few = answer.row("few")
    lifted, more = few.step("lifted"), few.step("one more")
    assert lifted is not None
    assert more is not None
    alone = pm.solve(study.instance.replace(limits=limits[:1]), gap=1e-9).objective
    assert alone is not None
    assert lifted.change_of_value.middle == pytest.approx(alone - study.plan.npv)
    assert more.change_of_value.middle == lifted.change_of_value.middle
    floor = answer.row("loyal")
    assert floor.scarce.side == "min"
    less, tighter = floor.step("10 % less"), floor.step("10 % more")
    assert less is not None
    assert tighter is not None
    assert (less.change_of_value.lower or 0) >= 0
    assert (tighter.change_of_value.upper or 0) <= 0
    assert "Without 'few' (at most)," in read(answer)


def test_the_answer_is_data(answer: Bottlenecks) -> None:
    data = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert {row["kind"] for row in data["rows"]} == {"capacity"}
    assert {"price_if_divisible", "marginal_value_plan_held", "steps"} <= set(data["rows"][0])
    tables = answer.tables()
    assert len(tables["bottlenecks"]) == 2
    assert len(tables["steps"]) == answer.solves == 5
    with pytest.raises(KeyError):
        answer.row("lathe")


def test_an_unknown_name_is_refused(study: Study) -> None:
    with pytest.raises(InputError, match="Maybe you meant 'press'"):
        bottlenecks(study, ["pres"])


@pytest.mark.slow
def test_the_steps_of_the_furniture_maker_are_worth_what_solving_them_alone_gives() -> None:
    study = Study.of(pm.load(INSTANCES / "furniture"))
    answer = bottlenecks(study, exact="tight")
    for row in answer.rows:
        for step in row.steps[:1]:
            if step.status != "infeasible":
                alone = pm.solve(apply_edits(study.instance, [step.change]), gap=1e-8).objective
                assert alone is not None
                assert step.change_of_value.middle == pytest.approx(alone - study.plan.npv, abs=6)


def test_prices_of_the_furniture_maker_are_found_for_every_row() -> None:
    """One quick case with scenarios, overtime, carried budget, shares and limits of each period."""
    instance = pm.load(INSTANCES / "furniture")
    study = Study.of(instance, gap=1e-4)
    answer = bottlenecks(study, exact="none")
    assert len(answer.rows) == 4 * 4 + 4 + 4
    assert answer.row("machine-hours", "Q1").scarce.overtime > 0
    assert (answer.row("machine-hours", "Q1").plan_held.more or 0) > 0
    assert answer.row("emissions-cap").scarce.used <= 136000 * (1 + 1e-6)
    assert replace(answer, investments=()).to_dict()["investments"] == []
