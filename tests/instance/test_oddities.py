"""What is odd is told, once, with its place and a way out; and nothing else is."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import prodmode as pm
from prodmode.instance.conform import conform
from prodmode.instance.instance import Instance
from prodmode.instance.raw import RawInstance, RawTable, ScriptOrigin

if TYPE_CHECKING:
    from prodmode.errors import Issue

PERIODS = ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4", "2028-Q1"]
SETTINGS: dict[str, Any] = {
    "name": "workshop", "periods": PERIODS, "months_per_period": 3, "discount_rate": 0.08, "carbon_price": 80,
}  # fmt: skip

Tables = dict[str, list[dict[str, Any]]]
Change = Callable[[Tables], object]


def tables() -> Tables:
    """Return a portfolio in which nothing is odd."""
    units = {"oak": [100, 120, 90, 110, 100], "ash": [40, 30, 50, 40, 60]}
    return {
        "lines": [
            {"line": "oak", "family": "tables", "price": 50, "current_option": "oak-mass",
             "holding_cost": 1, "initial_stock": 20, "max_lead_time_days": 60},
            {"line": "ash", "family": "chairs", "price": 90, "required": False},
        ],
        "demand": [
            {"line": line, "period": period, "units": number}
            for line, numbers in units.items()
            for period, number in zip(PERIODS, numbers, strict=True)
        ],
        "sites": [
            {"site": "plant", "kind": "plant", "region": "North"},
            {"site": "mill", "kind": "supplier", "region": "South"},
        ],
        "options": [
            {"option": "oak-mass", "line": "oak", "mode": "mass", "site": "plant", "unit_cost": 20,
             "fixed_cost": 50, "emissions_per_unit": 3, "exit_cost": 10},
            {"option": "oak-custom", "line": "oak", "mode": "custom", "site": "plant", "unit_cost": 35,
             "emissions_per_unit": 2},
            {"option": "oak-mill", "line": "oak", "mode": "outsourced", "site": "mill", "unit_cost": 30,
             "min_lot": 50, "emissions_per_unit": 4, "lead_time_days": 20},
            {"option": "ash-custom", "line": "ash", "mode": "custom", "site": "plant", "unit_cost": 60,
             "tooling_capex": 200, "emissions_per_unit": 5},
            {"option": "ash-mill", "line": "ash", "mode": "outsourced", "site": "mill",
             "tier_kind": "all_units", "emissions_per_unit": 5, "requires": "jig"},
        ],
        "tiers": [
            {"option": "ash-mill", "from_units": 0, "unit_cost": 50},
            {"option": "ash-mill", "from_units": 40, "unit_cost": 45},
        ],
        "resources": [
            {"resource": "hands", "site": "plant", "unit": "hours", "capacity": 200},
            {"resource": "slots", "site": "mill", "unit": "units", "capacity": 100},
        ],
        "usage": [
            {"option": "oak-mass", "resource": "hands", "per_unit": 0.5},
            {"option": "oak-custom", "resource": "hands", "per_unit": 2},
            {"option": "ash-custom", "resource": "hands", "per_unit": 3},
            {"option": "oak-mill", "resource": "slots", "per_unit": 1},
        ],
        "investments": [
            {"investment": "saw", "site": "plant", "capex": 3000, "lead_time_periods": 1},
            {"investment": "jig", "site": "plant", "capex": 500},
        ],
        "expansions": [{"investment": "saw", "resource": "hands", "capacity_added": 100}],
        "budgets": [{"period": period, "capex_limit": 2000} for period in PERIODS],
        "limits": [
            {"limit": "bought", "measure": "spend", "mode": "outsourced", "max_share": 0.6},
            {"limit": "carbon", "measure": "emissions", "period": "each", "max": 400},
            {"limit": "at-mill", "measure": "lines", "site": "mill", "min": 1, "max": 1},
        ],
        "scenarios": [
            {"scenario": "usual", "probability": 0.6},
            {"scenario": "boom", "probability": 0.4},
        ],
        "changes": [{"scenario": "boom", "quantity": "demand", "family": "tables", "factor": 1.2}],
    }  # fmt: skip


def oddities(given: Tables, **settings: Any) -> list[Issue]:
    frames = {
        name: RawTable(pd.DataFrame(rows, dtype=object), ScriptOrigin(name))
        for name, rows in given.items()
        if rows
    }
    raw = RawInstance(SETTINGS | settings, frames)
    instance = Instance(raw, thorough=True)
    return list(instance.warnings)


def where(table: str, row: int, **cells: Any) -> Change:
    """Return what changes the cells of a row."""
    return lambda given: given[table][row].update(cells)


def more(table: str, *rows: dict[str, Any]) -> Change:
    return lambda given: given[table].extend(rows)


def both(*changes: Change) -> Change:
    def change(given: Tables) -> None:
        for one in changes:
            one(given)

    return change


def dropped(table: str, row: int, *columns: str) -> Change:
    def change(given: Tables) -> None:
        for column in columns:
            del given[table][row][column]

    return change


OAK = {"line": "oak", "mode": "mass", "site": "plant"}

# What is planted, the code it must have, its place, and words of the message or the way out.
PLANTED: list[tuple[str, Change, str, str, str]] = [
    (
        "demand-without-option",
        both(where("options", 3, first_period="2027-Q2"), where("options", 4, first_period="2027-Q2")),
        "lines",
        "lines[1].line",
        "'2027-Q1'",
    ),
    ("price-below-cost", where("lines", 0, price=15), "lines", "lines[0].price", "cheapest option costs 20"),
    ("nothing-to-earn", where("lines", 1, price=0), "lines", "lines[1].price", "min_fill_rate"),
    ("demand-far-off", where("demand", 2, units=900), "demand", "demand[2].units", "digit too many"),
    ("demand-far-off", where("demand", 2, units=9), "demand", "demand[2].units", "digit is missing"),
    ("price-far-off", where("demand", 6, price=900), "demand", "demand[6].price", "10 times the line's"),
    ("stock-above-demand", where("lines", 0, initial_stock=2000), "lines", "lines[0].initial_stock", "520"),
    (
        "holding-above-price",
        where("lines", 0, holding_cost=60),
        "lines",
        "lines[0].holding_cost",
        "per unit and period",
    ),
    (
        "fill-rate-out-of-reach",
        both(
            where("lines", 1, required=True, min_fill_rate=0.9),
            where("options", 3, max_units=20),
            where("options", 4, max_units=30),
        ),
        "lines",
        "lines[1].min_fill_rate",
        "make 30 at most",
    ),
    (
        "option-off-market",
        both(
            where("lines", 1, first_period="2027-Q3"),
            where("options", 3, last_period="2027-Q2"),
            lambda given: given.update(
                demand=[row for at, row in enumerate(given["demand"]) if at not in {5, 6}]
            ),
        ),
        "options",
        "options[3].option",
        "'ash'",
    ),
    (
        "option-never-sells",
        where("options", 1, unit_cost=70),
        "options",
        "options[1].unit_cost",
        "worth 50 at most",
    ),
    (
        "startup-cost-above-revenue",
        where("options", 1, startup_cost=1e5),
        "options",
        "options[1].startup_cost",
        "26000",
    ),
    (
        "exit-cost-above-revenue",
        where("options", 0, exit_cost=1e5),
        "options",
        "options[0].exit_cost",
        "never left",
    ),
    (
        "fixed-cost-above-revenue",
        where("options", 1, fixed_cost=7000),
        "options",
        "options[1].fixed_cost",
        "6000",
    ),
    ("tiny-yield", where("options", 4, **{"yield": 0.05}), "options", "options[4].yield", "0.95"),
    ("makes-nothing", where("options", 1, max_units=0), "options", "options[1].max_units", "no bound"),
    ("factor-in-percent", where("options", 1, price_factor=110), "options", "options[1].price_factor", "1.1"),
    (
        "lead-time-beyond-horizon",
        where("options", 3, lead_time_days=500),
        "options",
        "options[3].lead_time_days",
        "457",
    ),
    ("mode-against-site", where("options", 1, site="mill"), "options", "options[1].site", "supplier"),
    (
        "mode-against-site",
        both(where("options", 2, site="plant"), where("limits", 2, max=None)),
        "options",
        "options[2].site",
        "outsourced at",
    ),
    ("tier-out-of-reach", where("tiers", 1, from_units=700), "tiers", "tiers[1].from_units", "700"),
    ("tier-rising", where("tiers", 1, unit_cost=55), "tiers", "tiers[1].unit_cost", "falls"),
    (
        "unit-cost-far-off",
        where("options", 1, unit_cost=35_000),
        "options",
        "options[1].unit_cost",
        "1,167 times",
    ),
    (
        "unit-cost-far-off",
        where("options", 1, unit_cost=0.035),
        "options",
        "options[1].unit_cost",
        "another unit",
    ),
    (
        "emissions-per-unit-far-off",
        where("options", 1, emissions_per_unit=2000),
        "options",
        "options[1].emissions_per_unit",
        "500 times",
    ),
    ("per-unit-far-off", where("usage", 1, per_unit=30), "usage", "usage[1].per_unit", "60 times"),
    ("price-far-above-cost", where("lines", 1, price=20_000), "lines", "lines[1].price", "dearest"),
    (
        "dominated-option",
        both(
            more(
                "options",
                OAK
                | {
                    "option": "oak-new",
                    "unit_cost": 22,
                    "fixed_cost": 50,
                    "emissions_per_unit": 3,
                    "exit_cost": 10,
                },
            ),
            more("usage", {"option": "oak-new", "resource": "hands", "per_unit": 0.5}),
        ),
        "options",
        "options[5].option",
        "'oak-mass'",
    ),
    (
        "same-option",
        both(
            more(
                "options",
                {
                    "option": "oak-copy",
                    "line": "oak",
                    "mode": "outsourced",
                    "site": "mill",
                    "unit_cost": 30,
                    "min_lot": 50,
                    "emissions_per_unit": 4,
                    "lead_time_days": 20,
                },
            ),
            more("usage", {"option": "oak-copy", "resource": "slots", "per_unit": 1}),
        ),
        "options",
        "options[5].option",
        "'oak-mill'",
    ),
    (
        "no-capacity",
        both(where("resources", 1, capacity=0)),
        "resources",
        "resources[1].capacity",
        "makes nothing",
    ),
    ("usage-above-capacity", where("usage", 3, per_unit=3), "usage", "usage[3].resource", "150"),
    (
        "capacity-beyond-use",
        where("resources", 0, capacity=1e6),
        "resources",
        "resources[0].capacity",
        "different units",
    ),
    (
        "investment-too-late",
        where("investments", 0, lead_time_periods=5),
        "investments",
        "investments[0].lead_time_periods",
        "'saw'",
    ),
    (
        "adds-nothing",
        where("expansions", 0, capacity_added=0),
        "expansions",
        "expansions[0].capacity_added",
        "adds nothing",
    ),
    ("over-budget", where("investments", 0, capex=11_000), "investments", "investments[0].capex", "10000"),
    (
        "over-budget",
        where("options", 3, tooling_capex=11_000),
        "options",
        "options[3].tooling_capex",
        "10000",
    ),
    (
        "limit-counts-nothing",
        where("limits", 0, family="chairs", site="plant"),
        "limits",
        "limits[0].limit",
        "family 'chairs'",
    ),
    ("limit-never-binds", where("limits", 2, max=2), "limits", "limits[2].max", "2 lines at most"),
    ("limit-never-binds", where("limits", 0, max_share=1), "limits", "limits[0].max_share", "Tighten"),
    ("limit-never-binds", where("limits", 2, min=0), "limits", "limits[2].min", "never below 0"),
    ("limit-out-of-reach", where("limits", 2, min=3, max=None), "limits", "limits[2].min", "cannot be met"),
    ("limit-out-of-reach", dropped("limits", 0, "mode"), "limits", "limits[0].max_share", "counts all spend"),
    (
        "probability-zero",
        both(where("scenarios", 0, probability=1), where("scenarios", 1, probability=0)),
        "scenarios",
        "scenarios[1].probability",
        "Leave it out",
    ),
    (
        "scenario-without-changes",
        both(
            where("scenarios", 0, probability=0.5),
            more("scenarios", {"scenario": "mild", "probability": 0.1}),
        ),
        "scenarios",
        "scenarios[2].scenario",
        "'usual'",
    ),
    ("factor-in-percent", where("changes", 0, factor=120), "changes", "changes[0].factor", "1.2"),
    (
        "spelled-alike",
        both(
            where("lines", 0, family="Side tables"),
            where("lines", 1, family="side-tables"),
            where("changes", 0, family="Side tables"),
        ),
        "lines",
        "lines[1].family",
        "'Side tables'",
    ),
    ("spelled-alike", where("resources", 1, unit="hrs"), "resources", "resources[1].unit", "'hours'"),
    (
        "current-ineligible",
        where("options", 0, lead_time_days=90),
        "lines",
        "lines[0].current_option",
        "'oak-mass'",
    ),
]

ALSO = {
    "current-ineligible": {"ineligible-option", "stock-lost"},
    "lead-time-beyond-horizon": set(),
}
"""Suspicions that are rightly told besides."""


def test_nothing_is_odd_in_a_sound_portfolio() -> None:
    assert [str(issue) for issue in oddities(tables())] == []


@pytest.mark.parametrize(
    ("code", "change", "table", "key", "words"), PLANTED, ids=[f"{row[0]}-{row[3]}" for row in PLANTED]
)
def test_each_oddity_is_told_with_its_place_and_a_way_out(
    code: str, change: Change, table: str, key: str, words: str
) -> None:
    given = tables()
    change(given)
    found = [issue for issue in oddities(given) if issue.code not in ALSO.get(code, set())]
    assert [(issue.code, issue.table, issue.place.key) for issue in found] == [(code, table, key)]
    assert words in f"{found[0].message} {found[0].hint}"
    assert found[0].hint
    assert found[0].severity == "warning"


@pytest.mark.parametrize(
    ("settings", "code", "key", "words"),
    [
        ({"discount_rate": 8}, "rate-in-percent", "settings.discount_rate", "0.08"),
        ({"months_per_period": 12}, "period-length", "settings.months_per_period", "quarters"),
        ({"carbon_price": 0.08}, "carbon-price-per-kg", "settings.carbon_price", "80"),
    ],
)
def test_odd_settings(settings: dict[str, Any], code: str, key: str, words: str) -> None:
    found = oddities(tables(), **settings)
    assert [(issue.code, issue.place.key) for issue in found] == [(code, key)]
    assert words in str(found[0])


def test_a_carbon_price_and_a_budget_that_act_on_nothing() -> None:
    given = tables()
    for row in given["options"]:
        row.pop("emissions_per_unit")
    given["limits"] = given["limits"][:1]
    assert [issue.code for issue in oddities(given)] == ["idle-carbon-price"]
    given = tables()
    given["investments"] = given["expansions"] = []
    for name in ("tooling_capex", "requires"):
        for row in given["options"]:
            row.pop(name, None)
    assert [issue.code for issue in oddities(given)] == ["idle-budget"]


LEGAL: list[tuple[str, Change, dict[str, Any]]] = [
    (
        "served at least cost, without prices",
        lambda given: [row.update(price=0, min_fill_rate=1) for row in given["lines"]],
        {},
    ),
    ("seasonal demand", lambda given: [row.update(units=0) for row in given["demand"][5:8]], {}),
    ("a freeze of the budget", lambda given: [row.update(capex_limit=0) for row in given["budgets"]], {}),
    ("no discounting, whatever the labels", dict, {"discount_rate": 0, "months_per_period": 12}),
    (
        "dearer, but with spare capacity elsewhere",
        more("options", OAK | {"option": "oak-free", "unit_cost": 45}),
        {},
    ),
    ("dearer, but the one in force today", where("options", 0, unit_cost=36, fixed_cost=60), {}),
    (
        "better in a boom",
        both(
            where("options", 1, unit_cost=55),
            more("changes", {"scenario": "boom", "quantity": "price", "factor": 1.2}),
        ),
        {},
    ),
    ("a policy that is tight in one period", where("limits", 1, max=300), {}),
]


@pytest.mark.parametrize(("change", "settings"), [row[1:] for row in LEGAL], ids=[row[0] for row in LEGAL])
def test_what_a_planner_means_is_not_odd(change: Change, settings: dict[str, Any]) -> None:
    given = tables()
    change(given)
    assert [str(issue) for issue in oddities(given, **settings)] == []


SHIPPED = sorted(path for path in Path("instances").iterdir() if path.name not in {"README.md", "mid-size"})


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_instances_are_not_odd(path: Path) -> None:
    assert {issue.code for issue in pm.load(path, thorough=True).warnings} <= {"ineligible-option"}


def test_what_is_common_in_a_large_portfolio_is_told_by_example_and_soon() -> None:
    instance = pm.generate(lines=1000, periods=4, seed=1, profile="mid-size")
    options = instance.options
    options["price_factor"] = np.where(np.arange(len(options)) % 2, 120.0, 1.0)
    settings = instance.settings.model_dump()
    kept = ("lines", "demand", "sites", "resources", "usage", "tiers", "investments", "expansions", "budgets")
    frames = {name: instance.table(name) for name in kept} | {"options": options}
    raw = RawInstance(settings, {name: RawTable(table, ScriptOrigin(name)) for name, table in frames.items()})
    began = time.process_time()
    plain = conform(raw)
    between = time.process_time()
    thorough = conform(raw, thorough=True)
    assert (time.process_time() - between) < 2 * (between - began) + 1
    assert len(thorough.issues) > len(plain.issues)
    told = [issue for issue in thorough.issues if issue.code == "factor-in-percent"]
    assert len(told) == 4
    assert f"{(options['price_factor'] > 1).sum() - 3:,} more of this kind" in told[-1].message
    assert len(thorough.issues) < 80
