"""What must happen to the optimum when a portfolio changes in a way whose effect is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

import prodmode as pm
from tests.oracle import transformations as change
from tests.oracle.optimum import GAP, optimum, same
from tests.oracle.seeds import TELLING, optimum_of
from tests.oracle.seeds import portfolio as portfolio_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracle.tiny import Tiny

SEEDS = tuple(range(20))
FEASIBLE_AT_LEAST = 10


def _changed(seed: int, how: Callable[[Tiny], object]) -> Tiny:
    changed = portfolio_of(seed).copy()
    how(changed)
    return changed


def _value(profit: float | None) -> float:
    return -math.inf if profit is None else profit


def _no_worse(profit: float | None, than: float | None) -> bool:
    return _value(profit) >= _value(than) or same(profit, than)


def test_there_is_something_to_compare() -> None:
    feasible = [seed for seed in SEEDS if optimum_of(seed) is not None]
    assert len(feasible) >= FEASIBLE_AT_LEAST
    assert len({optimum_of(seed) for seed in feasible}) > FEASIBLE_AT_LEAST // 2


@pytest.mark.parametrize("seed", SEEDS)
def test_names_do_not_matter(seed: int) -> None:
    renamed = _changed(seed, lambda portfolio: change.rename(portfolio, "the {} of Łódź"))
    assert same(optimum(renamed.instance()), optimum_of(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_order_does_not_matter(seed: int) -> None:
    assert same(optimum(_changed(seed, change.shuffle).instance()), optimum_of(seed))


def _more_capacity(portfolio: Tiny) -> None:
    change.add(portfolio, "resources", "capacity", 6)
    change.add(portfolio, "capacity", "capacity", 6)


def _wider_windows(portfolio: Tiny) -> None:
    change.blank(portfolio, "options", "first_period", "last_period")
    change.blank(portfolio, "investments", "first_period", "last_period")


RELAXATIONS: dict[str, Callable[[Tiny], object]] = {
    "more capacity": _more_capacity,
    "more overtime": lambda portfolio: change.add(portfolio, "resources", "overtime_max", 4),
    "more budget": lambda portfolio: change.add(portfolio, "budgets", "capex_limit", 25),
    "money carried over": lambda portfolio: portfolio.settings.pop("budget_carryover", None),
    "one limit fewer": lambda portfolio: portfolio.rows("limits") and portfolio.rows("limits").pop(),
    "no limits": lambda portfolio: portfolio.rows("limits").clear(),
    "lower fill rates": lambda portfolio: change.blank(portfolio, "lines", "min_fill_rate"),
    "lines may be dropped": lambda portfolio: change.fill(portfolio, "lines", "required", False),
    "more switches": lambda portfolio: change.add(portfolio, "lines", "max_switches", 1, 1),
    "more options at once": lambda portfolio: change.add(portfolio, "lines", "max_options", 1, 1),
    "every option eligible": lambda portfolio: change.blank(
        portfolio, "lines", "max_lead_time_days", "min_quality"
    ),
    "more units": lambda portfolio: change.blank(portfolio, "options", "max_units"),
    "another option": change.add_option,
    "more copies": lambda portfolio: change.add(portfolio, "investments", "max_copies", 1, 1),
    "wider windows": _wider_windows,
}


@pytest.mark.parametrize("relaxation", RELAXATIONS)
def test_relaxing_never_costs(relaxation: str) -> None:
    gained = 0
    for seed in (*TELLING, *SEEDS):
        relaxed, before = _changed(seed, RELAXATIONS[relaxation]), portfolio_of(seed)
        if relaxed.filled() == before.filled() and relaxed.settings == before.settings:
            continue
        profit = optimum(relaxed.instance())
        assert _no_worse(profit, optimum_of(seed)), seed
        gained += not same(profit, optimum_of(seed))
    assert gained > 0, "this relaxation changed nothing anywhere"


@pytest.mark.parametrize("seed", SEEDS)
def test_removing_an_option_never_gains(seed: int) -> None:
    for option in change.removable(portfolio_of(seed))[:2]:
        fewer = _changed(seed, lambda portfolio, option=option: change.remove_option(portfolio, option))  # type: ignore[misc]
        assert _no_worse(optimum_of(seed), optimum(fewer.instance())), option


@pytest.mark.parametrize("seed", SEEDS)
def test_money_scales(seed: int) -> None:
    def in_quarters(portfolio: Tiny) -> None:
        change.scale(portfolio, change.MONEY, 4)
        change.scale_limits(portfolio, {"spend", "revenue", "capex"}, 4)
        if "carbon_price" in portfolio.settings:
            portfolio.settings["carbon_price"] *= 4

    profit, before = optimum(_changed(seed, in_quarters).instance()), optimum_of(seed)
    assert same(profit, None if before is None else 4 * before)


@pytest.mark.parametrize("seed", SEEDS)
def test_units_scale(seed: int) -> None:
    def in_eighths(portfolio: Tiny) -> None:
        change.scale(portfolio, change.QUANTITIES, 8)
        change.scale(portfolio, change.MONEY_OF_A_UNIT, 1 / 8)
        change.scale_limits(portfolio, {"units"}, 8)

    assert same(optimum(_changed(seed, in_eighths).instance()), optimum_of(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_scenario_twice_at_half_the_probability_is_the_scenario(seed: int) -> None:
    assert same(optimum(_changed(seed, change.split_scenarios).instance()), optimum_of(seed))


def test_separate_portfolios_add_up() -> None:
    def alone(portfolio: Tiny) -> None:
        for table in ("limits", "budgets", "scenarios", "changes"):
            portfolio.rows(table).clear()
        portfolio.settings.pop("budget_carryover", None)

    compared = 0
    for seed in SEEDS:
        one = _changed(seed, alone)
        other = one.copy()
        change.rename(other, "other {}")
        for rows in other.tables.values():
            for row in rows:
                for column in {"period", "first_period", "last_period"} & set(row):
                    row[column] = row[column].removeprefix("other ")
        profit = optimum(one.instance())
        both = optimum(change.join(one, other).instance())
        assert same(both, None if profit is None else 2 * profit), seed
        compared += profit is not None
    assert compared >= FEASIBLE_AT_LEAST


def _indifferent_to_twins(portfolio: Tiny) -> bool:
    """Whether a twin of an option could bring nothing: neither grants, nor counts, nor a second market."""
    granted = any(
        row.get(column, 0) < 0
        for row in portfolio.rows("options")
        for column in ("startup_cost", "tooling_capex", "exit_cost")
    )
    counted = any(row["measure"] in {"lines", "capex"} for row in portfolio.rows("limits"))
    several = any(row.get("max_options", 1) > 1 for row in portfolio.rows("lines"))
    return not (granted or counted or several)


def test_a_twin_of_an_option_brings_nothing() -> None:
    seeds = [seed for seed in range(4 * len(SEEDS)) if _indifferent_to_twins(portfolio_of(seed))]
    assert len(seeds) >= FEASIBLE_AT_LEAST
    for seed in seeds:
        profit = optimum(_changed(seed, change.duplicate_options).instance())
        assert same(profit, optimum_of(seed)), seed


@pytest.mark.parametrize("seed", [seed for seed in SEEDS if seed % 3 == 0])
def test_the_plan_as_a_start_gives_the_sameoptimum_of(seed: int) -> None:
    instance = portfolio_of(seed).instance()
    first = pm.solve(instance, gap=GAP)
    if not first.has_plan:
        pytest.skip("infeasible")
    again = pm.solve(instance, gap=GAP, warm_start=first.plan)
    assert "passed over" not in again.message
    assert same(again.objective, first.objective)
    assert again.verified
