"""The numbers that rows are made of, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from prodmode.formulation.constants import Constants

from .portfolios import demand, line, option, portfolio


def most_made(*, needs: list[float], of_line: dict[str, Any] | None = None, **fields: Any) -> list[float]:
    """Return the bound on what the option of a one-line portfolio makes in each period."""
    tables = {name: fields.pop(name) for name in ("tiers", "resources", "usage", "investments", "expansions")
              if name in fields}  # fmt: skip
    chosen = option("mass", **fields)
    if "tiers" in tables:
        chosen["unit_cost"] = None
    instance = portfolio(
        "bounds",
        len(needs),
        lines=[line(**(of_line or {}))],
        demand=demand(needs),
        options=[chosen],
        **tables,
    )
    return [round(bound, 9) for bound in Constants(instance).most_made[0, 0].tolist()]


@pytest.mark.parametrize(
    ("fields", "bounds"),
    [
        ({}, [100, 0, 50]),
        ({"good": 0.8}, [125, 0, 62.5]),
        ({"demand_factor": 0.5}, [50, 0, 25]),
        ({"max_units": 70}, [70, 0, 50]),
        # A lot larger than the market can be worth its while, also where nothing is asked for: y = 0 is free.
        ({"min_lot": 60}, [100, 60, 60]),
        ({"min_lot": 60, "max_units": 70}, [70, 60, 60]),
        ({"first_period": "2"}, [0, 0, 50]),
        ({"last_period": "1"}, [100, 0, 0]),
    ],
)
def test_made_to_order(fields: dict[str, Any], bounds: list[float]) -> None:
    last = {"last_period": fields.get("last_period")} if "last_period" in fields else {}
    first = {"first_period": fields.get("first_period")} if "first_period" in fields else {}
    assert most_made(needs=[100, 0, 50], of_line={**first, **last}, **fields) == bounds


@pytest.mark.parametrize(
    ("fields", "bounds"),
    [
        ({}, [150, 50, 50]),  # what can still be sold, then or later
        ({"good": 0.8}, [187.5, 62.5, 62.5]),
        ({"max_units": 120}, [120, 50, 50]),
        ({"mode": "custom"}, [100, 0, 50]),  # made to order whatever the line says
    ],
)
def test_made_to_stock(fields: dict[str, Any], bounds: list[float]) -> None:
    assert most_made(needs=[100, 0, 50], of_line={"holding_cost": 1}, **fields) == bounds


def test_bounded_by_the_scarcest_resource_with_overtime_setups_and_investments() -> None:
    bounds = most_made(
        needs=[100, 100],
        resources=[
            {"resource": "press", "capacity": 20, "overtime_max": 5},
            {"resource": "hands", "capacity": 90},
            {"resource": "yard", "capacity": 0},
        ],
        usage=[
            {"option": "mass", "resource": "press", "per_unit": 0.5, "per_setup": 2, "per_period": 3},
            {"option": "mass", "resource": "hands", "per_unit": 1},
            {"option": "mass", "resource": "yard", "per_setup": 0},
        ],
        investments=[{"investment": "new-press", "capex": 1, "lead_time_periods": 1, "max_copies": 3}],
        expansions=[{"investment": "new-press", "resource": "press", "capacity_added": 8}],
    )
    assert bounds == [(20 + 5 - 5) / 0.5, min((20 + 5 - 5 + 3 * 8) / 0.5, 90)]


@pytest.mark.parametrize(
    ("tiers", "bound"),
    [
        ([(0, 30), (110, 20)], 110),  # 110 at 20 is cheaper than 100 at 30
        ([(0, 30), (160, 20)], 100),  # 160 at 20 is not
        ([(0, 30), (110, 20), (120, 15)], 120),  # 120 at 15 is cheaper still
        ([(0, 30), (90, 20), (120, 17)], 120),  # 120 at 17 is cheaper than 89 at 30
        ([(0, 30), (90, 20), (120, 25)], 100),  # 120 at 25 is dearer than either
        ([(0, 30), (40, 10)], 100),
    ],
)
def test_price_break_above_the_market(tiers: list[tuple[float, float]], bound: float) -> None:
    rows = [{"option": "mass", "from_units": start, "unit_cost": cost} for start, cost in tiers]
    assert most_made(needs=[100], tier_kind="all_units", tiers=rows) == [bound]
    assert most_made(needs=[100], tier_kind="incremental", tiers=rows) == [100]


def test_tier_ceilings() -> None:
    rows = [
        {"option": "mass", "from_units": start, "unit_cost": cost}
        for start, cost in ((0, 30), (40, 25), (70, 20))
    ]

    def ceilings(kind: str) -> list[float]:
        chosen = option("mass", unit_cost=None, tier_kind=kind, max_units=100)
        instance = portfolio("tiers", 1, lines=[line()], demand=demand([100]), options=[chosen], tiers=rows)
        return [float(value) for value in Constants(instance).tier_ceiling[0, :, 0]]

    assert ceilings("incremental") == [40, 30, 30]
    assert ceilings("all_units") == [40, 70, 100]


def test_what_has_setups() -> None:
    options = [
        option("plain"), option("cost", setup_cost=1), option("lot", min_lot=1), option("usage"),
        option("tiers", unit_cost=None, tier_kind="incremental"), option("unit-usage"),
        option("grant", setup_cost=-1),
    ]  # fmt: skip
    instance = portfolio(
        "setups", 1, lines=[line()], demand=demand([10]), options=options,
        resources=[{"resource": "press", "capacity": 60}],
        usage=[{"option": "usage", "resource": "press", "per_setup": 1},
               {"option": "unit-usage", "resource": "press", "per_unit": 1}],
        tiers=[{"option": "tiers", "from_units": 0, "unit_cost": 3}],
    )  # fmt: skip
    assert Constants(instance).has_setup.tolist() == [False, True, True, True, True, False, True]


def test_initial_stock_belongs_to_the_current_option() -> None:
    options = [option("a"), option("b"), option("c", mode="custom")]

    def initial(**fields: Any) -> list[float]:
        instance = portfolio(
            "stock", 1, lines=[line(initial_stock=9, **fields)], demand=demand([10]), options=options
        )
        return [float(value) for value in Constants(instance).initial_stock]

    assert initial(holding_cost=1, current_option="b") == [0, 9, 0]
    assert initial(holding_cost=1, current_option="a") == [9, 0, 0]
