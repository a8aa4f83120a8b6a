"""Bounds from prices against losses found by solving the whole plan anew."""

from __future__ import annotations

import json
from typing import Any

import pytest

import prodmode as pm
from prodmode.errors import InputError, ProdmodeError
from prodmode.explain.fast.fast import FastPrices, fast_prices
from prodmode.explain.fast.priced_lines import BlockSolver, PricedLines
from prodmode.explain.fast.prices import relax
from prodmode.explain.lines.why import explain_lines
from prodmode.explain.study import Study
from prodmode.formulation import formulate
from tests.explain.by_hand import close
from tests.explain.portfolios import INSTANCES, workshop
from tests.oracle.tiny import tiny_instance


def check(study: Study, *told: FastPrices) -> None:
    """Compare with the exact losses: what is proven never exceeds them."""
    slack = close(study.plan.npv)
    exact = {
        row.option: row
        for line in explain_lines(study, processes=1).lines
        for row in line.alternatives
        if row.option is not None
    }
    for prices in told:
        assert prices.priced_bound >= study.plan.npv - slack
        for price in prices.options:
            row = exact[price.option]
            assert price.in_plan == (row.standing == "chosen" and row.since is None)
            if not price.possible:
                assert row.standing in {"not_allowed", "impossible"} or row.since is not None
            elif row.loss is not None and row.since is None and row.loss.upper is not None:
                assert price.at_least is not None
                assert price.at_least <= row.loss.upper + slack, price.option


@pytest.mark.parametrize("name", ["starter.yaml", "pasta.yaml"])
def test_what_is_proven_never_exceeds_the_exact_loss(name: str) -> None:
    study = Study.of(pm.load(INSTANCES / name))
    check(study, fast_prices(study, whole=True), fast_prices(study, whole=False))


@pytest.mark.parametrize("seed", [62, 105])
def test_what_is_proven_of_random_portfolios_never_exceeds_the_exact_loss(seed: int) -> None:
    study = Study.of(tiny_instance(seed))
    check(study, fast_prices(study, whole=True), fast_prices(study, whole=False))


def test_bounds_say_something_where_prices_fit() -> None:
    study = Study.of(pm.load(INSTANCES / "starter.yaml"))
    told = {row.option: row for row in fast_prices(study).options}
    assert (told["train-by-hand"].at_least or 0) > 10_000
    assert (told["train-by-hand"].estimate or 0) >= (told["train-by-hand"].at_least or 0)
    assert told["train-series"].in_plan
    assert told["train-series"].estimate == 0


def test_lines_in_whole_numbers_bound_no_worse_than_the_relaxation() -> None:
    instance = pm.load(INSTANCES / "mid-size")
    relaxation = relax(formulate(instance))
    assert relaxation is not None
    prices = fast_prices(instance, ["line-01"])
    assert prices.priced_bound <= relaxation.value
    assert prices.priced_bound < relaxation.value - 1000
    assert prices.priced_bound >= 10_326_730  # the optimum, see the README of the instances
    assert {row.line for row in prices.options} == {"line-01"}


def test_any_prices_of_the_right_sign_bound_every_plan() -> None:
    study = Study.of(workshop())
    relaxation = relax(study.formulation)
    assert relaxation is not None
    for factor in (0.0, 0.5, 2.0):
        priced = PricedLines.of(study.formulation, relaxation.duals * factor)
        blocks = len(study.instance.lines) + 1
        nothing = priced.owner[:0]
        costs = [BlockSolver(priced.block(number)).least_cost(nothing, nothing) for number in range(blocks)]
        assert None not in costs
        assert -(priced.constant + sum(cost or 0.0 for cost in costs)) >= study.plan.npv - 0.01


def test_without_a_plan_there_are_estimates_alone() -> None:
    told = fast_prices(workshop())
    assert all(row.at_least is None and row.estimate is not None for row in told.options)
    assert told.value.lower is None
    assert "nothing is proven about" in str(told)
    assert "behind by about" in str(told)
    json.dumps(told.to_dict(), allow_nan=False)


def test_prices_are_those_of_the_press() -> None:
    # The press makes all stools, which gain 20 an hour there; an hour more would gain 15 on benches.
    told = fast_prices(Study.of(workshop()))
    assert told.resources["price"].tolist() == pytest.approx([15.0, 15.0])
    assert "15.00 EUR per" in str(told)


def test_what_has_no_prices_is_refused() -> None:
    instance = workshop()
    lines, options = instance.lines.assign(min_fill_rate=1.0), instance.options.assign(max_units=1.0)
    with pytest.raises(ProdmodeError, match="no prices"):
        fast_prices(instance.replace(lines=lines, options=options))
    with pytest.raises(InputError, match="Maybe you meant 'bench'"):
        fast_prices(instance, ["benc"])


def test_what_prices_overstate_is_taken_off_what_is_proven() -> None:
    # The press runs one of two long jobs and has room for a short one; where jobs could be split, an hour
    # would be worth 50/60, and the short job would seem to lose 26. It loses 1.
    lines = {"long-1": (0, 50, 60), "long-2": (0, 50, 60), "short": (51, 50, 30)}
    records: list[Any] = [pm.Resource(resource="press", unit="h", capacity=100)]
    for line, (pressed, bought, hours) in lines.items():
        records += [
            pm.Line(line=line, price=100),
            pm.Demand(line=line, period="1", units=1),
            pm.Option(option=f"{line}-pressed", line=line, mode="mass", unit_cost=pressed),
            pm.Option(option=f"{line}-bought", line=line, mode="outsourced", unit_cost=bought),
            pm.Usage(option=f"{line}-pressed", resource="press", per_period=hours),
        ]
    study = Study.of(
        pm.Instance.from_records(pm.Settings(name="jobs", periods=("1",), currency="EUR"), records)
    )
    prices = fast_prices(study)
    check(study, prices)
    short = next(row for row in prices.options if row.option == "short-pressed")
    assert short.estimate == pytest.approx(26.0, abs=0.01)
    assert short.at_least is not None
    assert short.at_least <= 1.0
    assert prices.priced_bound > study.plan.npv + 20
