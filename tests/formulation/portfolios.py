"""The smallest portfolios that show each constraint family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import prodmode as pm

if TYPE_CHECKING:
    from collections.abc import Callable

Rows = list[dict[str, Any]]

CASES: dict[str, Callable[[], pm.Instance]] = {}
"""Portfolios by the name of their golden file."""


def case(build: Callable[[], pm.Instance]) -> Callable[[], pm.Instance]:
    CASES[build.__name__] = build
    return build


def portfolio(name: str, periods: int, settings: dict[str, Any] | None = None, **tables: Rows) -> pm.Instance:
    return pm.Instance.from_tables({"name": name, "periods": periods, **(settings or {})}, tables)


def line(name: str = "chair", **fields: Any) -> dict[str, Any]:
    return {"line": name, "price": 50, **fields}


def demand(units: list[float], name: str = "chair") -> Rows:
    return [{"line": name, "period": str(t), "units": amount} for t, amount in enumerate(units, 1)]


def option(name: str, of: str = "chair", *, good: float = 1, **fields: Any) -> dict[str, Any]:
    return {"option": name, "line": of, "mode": "mass", "unit_cost": 20, "yield": good, **fields}


@case
def assignment() -> pm.Instance:
    """A required line, one that may be dropped, and one that comes to the market later."""
    return portfolio(
        "assignment", 2,
        lines=[line(), line("lamp", required=False), line("stool", first_period="2")],
        demand=[*demand([100, 120]), *demand([30, 30], "lamp"), *demand([0, 60], "stool")],
        options=[
            option("chair-mass"), option("chair-bought", mode="outsourced", unit_cost=31),
            option("lamp-custom", "lamp", mode="custom"), option("stool-mass", "stool"),
        ],
    )  # fmt: skip


@case
def offered() -> pm.Instance:
    """A line that may be dropped and may have two options at once: m, with a penalty for lost sales."""
    return portfolio(
        "offered", 1,
        lines=[line(required=False, max_options=2, lost_sale_penalty=3)],
        demand=demand([100]),
        options=[option("mass"), option("bought", mode="outsourced", unit_cost=31, demand_factor=0.8)],
    )  # fmt: skip


@case
def switching() -> pm.Instance:
    """Starts and exits that cost, a current option, and at most one switch."""
    return portfolio(
        "switching", 3,
        lines=[line(current_option="old", max_switches=1)],
        demand=demand([100, 100, 100]),
        options=[
            option("old", exit_cost=70, unit_cost=35),
            option("new", startup_cost=90, tooling_capex=400, first_period="2"),
        ],
    )  # fmt: skip


@case
def switching_with_a_grant() -> pm.Instance:
    """A start that earns money: neither starts nor exits may be made up."""
    return portfolio(
        "switching with a grant", 2,
        lines=[line(current_option="old", max_switches=5)],
        demand=demand([100, 100]),
        options=[option("old"), option("new", startup_cost=-500)],
    )  # fmt: skip


@case
def balance() -> pm.Instance:
    """Stock of the option in force, an initial stock, a yield below one; custom is made to order."""
    return portfolio(
        "balance", 2,
        lines=[line(current_option="mass", holding_cost=2, initial_stock=15)],
        demand=demand([100, 120]),
        options=[option("mass", good=0.8), option("custom", mode="custom", unit_cost=30)],
    )  # fmt: skip


@case
def facility_location() -> pm.Instance:
    """A setup per period and stock: who serves whom, pair by pair."""
    return portfolio(
        "facility location", 2,
        lines=[line(current_option="mass", holding_cost=2, initial_stock=15)],
        demand=demand([100, 120]),
        options=[option("mass", setup_cost=300, good=0.8)],
    )  # fmt: skip


@case
def demand_of_an_option() -> pm.Instance:
    """Fill rates of a half and of one, a market smaller and dearer than the line's, lost sales."""
    return portfolio(
        "demand of an option", 1,
        lines=[
            line(min_fill_rate=0.5, lost_sale_penalty=4),
            line("lamp", price=80, min_fill_rate=1),
        ],
        demand=[*demand([100]), *demand([40], "lamp")],
        options=[
            option("chair-custom", mode="custom", price_factor=1.2, demand_factor=0.6),
            option("lamp-mass", "lamp"),
        ],
    )  # fmt: skip


@case
def demand_of_a_line() -> pm.Instance:
    """Two options at once share the demand of a required line."""
    return portfolio(
        "demand of a line", 1,
        lines=[line(max_options=2, min_fill_rate=0.5, lost_sale_penalty=4)],
        demand=demand([100]),
        options=[option("mass"), option("custom", mode="custom", price_factor=1.2, demand_factor=0.5)],
    )  # fmt: skip


@case
def lots() -> pm.Instance:
    """Setups, a minimum lot above what can be sold, and a ceiling below it."""
    return portfolio(
        "lots", 2,
        lines=[line()],
        demand=demand([100, 20]),
        options=[
            option("mass", setup_cost=150, max_units=80),
            option("bought", mode="outsourced", unit_cost=31, min_lot=25),
        ],
    )  # fmt: skip


@case
def tiers_incremental() -> pm.Instance:
    """Units between two thresholds cost their tier's price."""
    return portfolio(
        "tiers, incremental", 1,
        lines=[line()],
        demand=demand([100]),
        options=[option("mass", unit_cost=None, tier_kind="incremental")],
        tiers=[
            {"option": "mass", "from_units": start, "unit_cost": cost}
            for start, cost in ((0, 30), (40, 24), (70, 27), (500, 10))
        ],
    )  # fmt: skip


@case
def tiers_all_units() -> pm.Instance:
    """All units cost the price of the tier reached; one threshold lies above demand and still pays."""
    return portfolio(
        "tiers, all units", 1,
        lines=[line()],
        demand=demand([100]),
        options=[option("bought", mode="outsourced", unit_cost=None, tier_kind="all_units")],
        tiers=[
            {"option": "bought", "from_units": start, "unit_cost": cost}
            for start, cost in ((0, 30), (40, 24), (110, 20), (500, 19))
        ],
    )  # fmt: skip


@case
def capacity() -> pm.Instance:
    """Use per unit, setup and period against capacity, overtime and what an investment adds."""
    return portfolio(
        "capacity", 2,
        lines=[line()],
        demand=demand([100, 120]),
        options=[option("mass"), option("custom", mode="custom")],
        resources=[
            {"resource": "press", "capacity": 60, "overtime_max": 10, "overtime_cost": 6},
            {"resource": "hands", "capacity": 90},
        ],
        capacity=[{"resource": "press", "period": "2", "capacity": 65}],
        usage=[
            {"option": "mass", "resource": "press", "per_unit": 0.5, "per_setup": 4, "per_period": 1},
            {"option": "custom", "resource": "hands", "per_unit": 1.5},
        ],
        investments=[{"investment": "second-press", "capex": 900, "max_copies": 2}],
        expansions=[{"investment": "second-press", "resource": "press", "capacity_added": 30}],
    )  # fmt: skip


@case
def unlocking() -> pm.Instance:
    """An option that needs an investment with a lead time, upkeep and salvage."""
    return portfolio(
        "unlocking", 3,
        lines=[line()],
        demand=demand([100, 100, 100]),
        options=[option("bought", mode="outsourced", unit_cost=31), option("mass", requires="hall")],
        investments=[
            {
                "investment": "hall", "capex": 1000, "upkeep_cost": 50, "lead_time_periods": 1,
                "max_copies": 2, "salvage_share": 0.25, "last_period": "2",
            }
        ],
    )  # fmt: skip


def _capital(name: str, *, carryover: bool) -> pm.Instance:
    return portfolio(
        name, 2, {"budget_carryover": carryover},
        lines=[line(max_switches=2)],
        demand=demand([100, 100]),
        options=[option("mass", tooling_capex=400), option("bought", mode="outsourced", unit_cost=31)],
        resources=[{"resource": "press", "capacity": 60}],
        usage=[{"option": "mass", "resource": "press", "per_unit": 1}],
        investments=[{"investment": "second-press", "capex": 900}],
        expansions=[{"investment": "second-press", "resource": "press", "capacity_added": 30}],
        budgets=[{"period": "1", "capex_limit": 500}, {"period": "2", "capex_limit": 800}],
    )  # fmt: skip


@case
def budget() -> pm.Instance:
    """Each period's capex on its own."""
    return _capital("budget", carryover=False)


@case
def budget_carryover() -> pm.Instance:
    """Unspent money is carried over."""
    return _capital("budget with carry-over", carryover=True)


@case
def limits() -> pm.Instance:
    """Every measure, every side, every kind of period and filter."""
    return portfolio(
        "limits", 2,
        lines=[line(family="seats"), line("lamp", family="lights")],
        demand=[*demand([100, 120]), *demand([30, 30], "lamp")],
        options=[
            option("chair-mass", site="plant", setup_cost=150, tooling_capex=400, emissions_per_unit=3),
            option("chair-bought", site="asia", mode="outsourced", unit_cost=31, fixed_cost=25,
                   emissions_per_unit=7),
            option("lamp-bought", "lamp", site="asia", mode="outsourced", unit_cost=None,
                   tier_kind="incremental"),
        ],
        sites=[{"site": "plant", "kind": "plant"}, {"site": "asia", "kind": "supplier"}],
        tiers=[{"option": "lamp-bought", "from_units": 0, "unit_cost": 20},
               {"option": "lamp-bought", "from_units": 10, "unit_cost": 15}],
        resources=[{"resource": "press", "capacity": 60}],
        usage=[{"option": "chair-mass", "resource": "press", "per_unit": 0.5}],
        investments=[{"investment": "second-press", "site": "plant", "capex": 900}],
        expansions=[{"investment": "second-press", "resource": "press", "capacity_added": 30}],
        limits=[
            {"limit": "lines-at-asia", "measure": "lines", "site": "asia", "max": 1},
            {"limit": "units-made-here", "measure": "units", "mode": "mass", "min": 40},
            {"limit": "spend-outside", "measure": "spend", "mode": "outsourced", "period": "each",
             "max_share": 0.75},
            {"limit": "revenue-of-seats", "measure": "revenue", "family": "seats", "min_share": 0.5},
            {"limit": "carbon", "measure": "emissions", "max": 900},
            {"limit": "setups-of-chairs", "measure": "setups", "line": "chair", "period": "2", "max": 1},
            {"limit": "capex-at-plant", "measure": "capex", "site": "plant", "min": 100, "max": 1000},
            {"limit": "tooling-of-seats", "measure": "capex", "family": "seats", "max_share": 0.5},
        ],
    )  # fmt: skip


@case
def scenarios() -> pm.Instance:
    """One first stage, two futures: demand, price, cost, yield and capacity differ."""
    return portfolio(
        "scenarios", 1,
        lines=[line(lost_sale_penalty=2)],
        demand=demand([100]),
        options=[option("mass", fixed_cost=80, good=0.8)],
        resources=[{"resource": "press", "capacity": 60}],
        usage=[{"option": "mass", "resource": "press", "per_unit": 0.5}],
        limits=[
            {"limit": "few-units", "measure": "units", "max": 200},
            {"limit": "few-lines", "measure": "lines", "max": 1},
        ],
        scenarios=[{"scenario": "calm", "probability": 0.75}, {"scenario": "storm", "probability": 0.25}],
        changes=[
            {"scenario": "storm", "quantity": "demand", "factor": 0.5},
            {"scenario": "storm", "quantity": "price", "factor": 0.9},
            {"scenario": "storm", "quantity": "unit_cost", "factor": 2},
            {"scenario": "storm", "quantity": "yield", "factor": 0.5},
            {"scenario": "storm", "quantity": "capacity", "factor": 0.25},
        ],
    )  # fmt: skip


@case
def discounting() -> pm.Instance:
    """Money of the second half-year counts less; carbon has a price."""
    return portfolio(
        "discounting", 2, {"discount_rate": 0.21, "months_per_period": 6, "carbon_price": 100},
        lines=[line(holding_cost=1)],
        demand=demand([100, 121]),
        options=[option("mass", fixed_cost=55, emissions_per_unit=20)],
        investments=[{"investment": "press", "capex": 1210, "salvage_share": 0.5, "upkeep_cost": 11}],
        resources=[{"resource": "press", "capacity": 60}],
        usage=[{"option": "mass", "resource": "press", "per_unit": 0.5}],
        expansions=[{"investment": "press", "resource": "press", "capacity_added": 30}],
    )  # fmt: skip
