"""Small portfolios without a plan, each for another cause, with the kinds of rules that are to blame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

import prodmode as pm
from prodmode.explain.infeasible import Diagnosis, diagnose

if TYPE_CHECKING:
    from collections.abc import Callable

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Case:
    build: Callable[[], pm.Instance]
    kinds: tuple[str, ...]
    """Kinds of the rules of the conflict, sorted."""
    reason: str | None
    """Kind of a reason that arithmetic must find; None where none can."""


CASES: dict[str, Case] = {}


@cache
def diagnosed(name: str) -> Diagnosis:
    return diagnose(CASES[name].build())


QUICK = {
    "before_the_first_option", "too_few_hours_for_two_lines", "budgets_below_a_second_tooling",
    "share_that_cannot_be_kept", "no_switch_allowed", "whole_machines_only", "too_few_hours_in_a_boom",
    "two_limits_at_odds",
}  # fmt: skip
"""Cases that every run solves again in full; the others are for slow runs."""


def params() -> list[Any]:
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in CASES]


def case(
    *kinds: str, reason: str | None = None
) -> Callable[[Callable[[], pm.Instance]], Callable[[], pm.Instance]]:
    def note(build: Callable[[], pm.Instance]) -> Callable[[], pm.Instance]:
        CASES[build.__name__] = Case(build, tuple(sorted(kinds)), reason)
        return build

    return note


def portfolio(periods: int, settings: dict[str, Any] | None = None, **tables: Rows) -> pm.Instance:
    labels = [f"Q{number}" for number in range(1, periods + 1)]
    return pm.Instance.from_tables(
        {"name": "case", "periods": labels, "currency": "EUR", **(settings or {})}, tables
    )


def line(name: str = "chair", **fields: Any) -> dict[str, Any]:
    return {"line": name, "price": 50, **fields}


def demand(*units: float, of: str = "chair") -> Rows:
    return [{"line": of, "period": f"Q{t}", "units": amount} for t, amount in enumerate(units, 1)]


def option(name: str, of: str = "chair", **fields: Any) -> dict[str, Any]:
    return {"option": name, "line": of, "mode": "mass", "unit_cost": 20, **fields}


def takes(option: str, resource: str = "hours", per_unit: float = 1.0, **fields: Any) -> dict[str, Any]:
    return {"option": option, "resource": resource, "per_unit": per_unit, **fields}


def hours(capacity: float, name: str = "hours", **fields: Any) -> dict[str, Any]:
    return {"resource": name, "capacity": capacity, "unit": "hours", **fields}


@case("first_period", "required", reason="no_option")
def before_the_first_option() -> pm.Instance:
    return portfolio(2, lines=[line()], demand=demand(10, 10), options=[option("new", first_period="Q2")])


@case("first_period", "last_period", "required", reason="no_option")
def between_two_options() -> pm.Instance:
    return portfolio(
        4, lines=[line()], demand=demand(10, 10, 10, 10),
        options=[option("old", last_period="Q2"), option("new", first_period="Q4")],
    )  # fmt: skip


@case("delivery", "required", reason="no_option")
def investment_too_late() -> pm.Instance:
    return portfolio(
        2, lines=[line()], demand=demand(10, 10), options=[option("pressed", requires="press")],
        investments=[{"investment": "press", "capex": 100, "lead_time_periods": 1}],
    )  # fmt: skip


@case("purchase_from", "required", reason="no_option")
def investment_not_yet_for_sale() -> pm.Instance:
    return portfolio(
        3, lines=[line()], demand=demand(10, 10, 10), options=[option("pressed", requires="press")],
        investments=[{"investment": "press", "capex": 100, "first_period": "Q2"}],
    )  # fmt: skip


@case("fill_rate", "max_units", "required", reason="fill_rate")
def too_few_units() -> pm.Instance:
    return portfolio(
        1, lines=[line(min_fill_rate=0.9)], demand=demand(100), options=[option("bought", max_units=72)]
    )


@case("capacity", "fill_rate", "required", reason="fill_rate")
def too_few_hours_for_a_line() -> pm.Instance:
    return portfolio(
        2, lines=[line(min_fill_rate=0.8)], demand=demand(50, 100),
        options=[{**option("made"), "yield": 0.9}],
        resources=[hours(60, overtime_max=10)], usage=[takes("made", per_setup=5)],
    )  # fmt: skip


@case("capacity", "fill_rate", "fill_rate", "required", "required", reason="capacity")
def too_few_hours_for_two_lines() -> pm.Instance:
    return portfolio(
        2, lines=[line(min_fill_rate=1), line("stool", min_fill_rate=0.5), line("lamp", required=False)],
        demand=[*demand(60, 40), *demand(100, 20, of="stool"), *demand(30, 30, of="lamp")],
        options=[option("chair-made"), option("stool-made", "stool"), option("lamp-made", "lamp")],
        resources=[hours(100)], usage=[takes("chair-made"), takes("stool-made"), takes("lamp-made")],
    )  # fmt: skip


@case("capacity", "fill_rate", "min_lot", "required", reason="fill_rate")
def lot_above_what_can_be_made() -> pm.Instance:
    return portfolio(
        1, lines=[line(min_fill_rate=0.5)], demand=demand(100), options=[option("made", min_lot=150)],
        resources=[hours(120)], usage=[takes("made")],
    )  # fmt: skip


@case("budget", "required", reason="budget")
def budget_below_tooling() -> pm.Instance:
    return portfolio(
        2, lines=[line(), line("stool", current_option="stool-old")],
        demand=[*demand(10, 10), *demand(10, 10, of="stool")],
        options=[
            option("made", tooling_capex=500), option("bought", tooling_capex=300),
            option("stool-old", "stool", tooling_capex=900),
        ],
        budgets=[{"period": "Q1", "capex_limit": 250}, {"period": "Q2", "capex_limit": 400}],
    )  # fmt: skip


@case("budget", "budget", "last_period", "required", reason="budget")
def budgets_below_a_second_tooling() -> pm.Instance:
    return portfolio(
        2, lines=[line(current_option="old")], demand=demand(10, 10),
        options=[option("old", last_period="Q1"), option("new", tooling_capex=300)],
        budgets=[{"period": "Q1", "capex_limit": 120}, {"period": "Q2", "capex_limit": 130}],
    )  # fmt: skip


@case("budget", "required", reason="budget")
def budget_without_carryover() -> pm.Instance:
    return portfolio(
        2, {"budget_carryover": False}, lines=[line(first_period="Q2")], demand=demand(0, 10),
        options=[option("made", tooling_capex=300)],
        budgets=[{"period": "Q1", "capex_limit": 900}, {"period": "Q2", "capex_limit": 100}],
    )  # fmt: skip


@case("limit", "required", "required", reason="limit")
def more_outsourced_than_may_be() -> pm.Instance:
    return portfolio(
        1, lines=[line(), line("stool"), line("lamp", required=False)],
        demand=[*demand(10), *demand(10, of="stool"), *demand(10, of="lamp")],
        options=[
            option("chair-bought", mode="outsourced"), option("stool-bought", "stool", mode="outsourced"),
            option("lamp-bought", "lamp", mode="outsourced"),
        ],
        limits=[{"limit": "cap", "measure": "lines", "mode": "outsourced", "max": 1}],
    )  # fmt: skip


@case("limit", "max_units", reason="limit")
def minimum_out_of_reach() -> pm.Instance:
    return portfolio(
        1, lines=[line(required=False)], demand=demand(500), options=[option("made", max_units=100)],
        limits=[{"limit": "promised", "measure": "units", "min": 150}],
    )  # fmt: skip


@case("fill_rate", "limit", "max_units", "required", reason=None)
def share_that_cannot_be_kept() -> pm.Instance:
    return portfolio(
        1, lines=[line(min_fill_rate=0.9, max_options=2)], demand=demand(100),
        options=[option("own", max_units=40), option("bought", mode="outsourced")],
        limits=[{"limit": "own-work", "measure": "units", "mode": "outsourced", "max_share": 0.5}],
    )  # fmt: skip


@case("fill_rate", "limit", "required", reason="limit")
def emissions_above_the_cap() -> pm.Instance:
    return portfolio(
        2, lines=[line(min_fill_rate=0.8)], demand=demand(100, 50),
        options=[
            option("made", emissions_per_unit=5),
            option("bought", mode="outsourced", emissions_per_unit=4),
        ],
        limits=[{"limit": "cap", "measure": "emissions", "period": "each", "max": 300}],
    )  # fmt: skip


@case("first_period", "last_period", "max_switches", "required", reason="switches")
def no_switch_allowed() -> pm.Instance:
    return portfolio(
        3, lines=[line(max_switches=0)], demand=demand(10, 10, 10),
        options=[option("old", last_period="Q2"), option("new", first_period="Q2")],
    )  # fmt: skip


@case("fill_rate", "lead_time", "max_units", "required", reason="fill_rate")
def only_the_slow_supplier_is_large_enough() -> pm.Instance:
    return portfolio(
        1, lines=[line(min_fill_rate=1, max_lead_time_days=20)], demand=demand(100),
        options=[option("near", max_units=50, lead_time_days=10), option("far", lead_time_days=45)],
    )  # fmt: skip


@case("fill_rate", "max_units", "quality", "required", reason="fill_rate")
def only_the_poor_supplier_is_large_enough() -> pm.Instance:
    return portfolio(
        1, lines=[line(min_fill_rate=1, min_quality=8)], demand=demand(100),
        options=[option("good", max_units=50, quality=9), option("poor", quality=6)],
    )  # fmt: skip


@case("fill_rate", "max_options", "max_units", "max_units", "required", reason="fill_rate")
def one_supplier_at_a_time() -> pm.Instance:
    return portfolio(
        1, lines=[line(min_fill_rate=0.9)], demand=demand(100),
        options=[option("north", max_units=60), option("south", max_units=50)],
    )  # fmt: skip


@case(
    "capacity", "capacity", "fill_rate", "fill_rate", "fill_rate", "max_options", "max_options",
    "max_options", "required", "required", "required", reason=None,
)  # fmt: skip
def three_lines_on_two_machines() -> pm.Instance:
    """The linear relaxation splits the third line over both machines."""
    names = ("a", "b", "c")
    return portfolio(
        1, lines=[line(name, min_fill_rate=1) for name in names],
        demand=[row for name in names for row in demand(60, of=name)],
        options=[option(f"{name}{machine}", name) for name in names for machine in (1, 2)],
        resources=[hours(100, "m1"), hours(100, "m2")],
        usage=[takes(f"{name}{machine}", f"m{machine}") for name in names for machine in (1, 2)],
    )  # fmt: skip


@case("budget", "capacity", "fill_rate", "required", reason=None)
def whole_machines_only() -> pm.Instance:
    """The linear relaxation buys 1.2 machines."""
    return portfolio(
        1, lines=[line(min_fill_rate=1)], demand=demand(120), options=[option("made")],
        resources=[hours(0)], usage=[takes("made")],
        investments=[{"investment": "machine", "capex": 100, "max_copies": 4}],
        expansions=[{"investment": "machine", "resource": "hours", "capacity_added": 100}],
        budgets=[{"period": "Q1", "capex_limit": 150}],
    )  # fmt: skip


@case("capacity", "fill_rate", "max_copies", "required", reason="fill_rate")
def too_few_copies() -> pm.Instance:
    return portfolio(
        1, lines=[line(min_fill_rate=1)], demand=demand(120), options=[option("made")],
        resources=[hours(10)], usage=[takes("made")],
        investments=[{"investment": "machine", "capex": 100, "max_copies": 2}],
        expansions=[{"investment": "machine", "resource": "hours", "capacity_added": 50}],
    )  # fmt: skip


@case("capacity", "capacity", "fill_rate", "required", reason="capacity")
def not_enough_made_ahead() -> pm.Instance:
    return portfolio(
        2, lines=[line(min_fill_rate=1, holding_cost=1)], demand=demand(20, 200), options=[option("made")],
        resources=[hours(100)], usage=[takes("made")],
    )  # fmt: skip


@case("capacity", "fill_rate", "required", reason="fill_rate")
def too_few_hours_in_a_boom() -> pm.Instance:
    return portfolio(
        1, lines=[line(min_fill_rate=0.8)], demand=demand(100), options=[option("made")],
        resources=[hours(100)], usage=[takes("made")],
        scenarios=[{"scenario": "usual", "probability": 0.7}, {"scenario": "boom", "probability": 0.3}],
        changes=[
            {"scenario": "boom", "quantity": "demand", "factor": 1.5},
            {"scenario": "boom", "quantity": "capacity", "factor": 0.9},
        ],
    )  # fmt: skip


@case("limit", "limit", reason=None)
def two_limits_at_odds() -> pm.Instance:
    return portfolio(
        1, lines=[line(required=False), line("stool", required=False)],
        demand=[*demand(100), *demand(100, of="stool")],
        options=[
            option("chair-made", emissions_per_unit=2), option("stool-made", "stool", emissions_per_unit=3),
        ],
        limits=[
            {"limit": "cap", "measure": "emissions", "max": 200},
            {"limit": "promised", "measure": "units", "min": 120},
        ],
    )  # fmt: skip


@case("capacity", "fill_rate", "limit", "max_options", "required", reason=None)
def policy_against_capacity() -> pm.Instance:
    """The limit forbids to buy all, the capacity to make all, and one option at once to do both."""
    return portfolio(
        1, lines=[line(min_fill_rate=1)], demand=demand(100),
        options=[option("made"), option("bought", mode="outsourced")],
        resources=[hours(70)], usage=[takes("made")],
        limits=[{"limit": "cap", "measure": "spend", "mode": "outsourced", "max": 900}],
    )  # fmt: skip
