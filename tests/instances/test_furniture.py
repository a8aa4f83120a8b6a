"""Every feature of the furniture maker is at work in its optimum, as the README of the instances tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import prodmode as pm

if TYPE_CHECKING:
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

FURNITURE = Path(__file__).parents[2] / "instances" / "furniture"


@pytest.fixture(scope="module")
def instance() -> Instance:
    return pm.load(FURNITURE)


@pytest.fixture(scope="module")
def plan(instance: Instance) -> Plan:
    return pm.solve(instance, gap=1e-9).plan


def in_force(plan: Plan, option: str) -> list[str]:
    rows = plan.assignments
    return rows.loc[rows["option"] == option, "period"].tolist()


def test_all_modes_and_sites_are_used(instance: Instance, plan: Plan) -> None:
    assert set(plan.assignments["mode"]) == {"mass", "custom", "outsourced"}
    assert set(plan.assignments["site"]) == set(instance.sites["site"])


@pytest.mark.parametrize(
    ("option", "periods"),
    [
        ("oak-table-series", ["Q1", "Q2", "Q3", "Q4"]),
        ("walnut-desk-atelier", ["Q1", "Q2", "Q3", "Q4"]),
        ("kitchen-chair-series", ["Q1", "Q2", "Q3", "Q4"]),
        ("kitchen-chair-baltic", ["Q1", "Q2"]),
        ("bookcase-baltic", ["Q1", "Q2", "Q3", "Q4"]),
        ("bed-frame-baltic", ["Q1", "Q2"]),
        ("bed-frame-cnc", ["Q3", "Q4"]),
        ("wardrobe-cnc", ["Q3", "Q4"]),
        ("garden-bench-saigon", ["Q2"]),
    ],
)
def test_what_is_in_force(plan: Plan, option: str, periods: list[str]) -> None:
    assert in_force(plan, option) == periods


def test_the_budget_delays_the_cell(instance: Instance, plan: Plan) -> None:
    bought = plan.purchases.set_index("investment")["period"].to_dict()
    assert bought == {"cnc-cell": "Q2", "workbench": "Q3"}
    no_budget = pm.solve(instance.replace(budgets=instance.budgets.iloc[:0]), gap=1e-6).plan
    assert no_budget.purchases.set_index("investment")["period"].to_dict()["cnc-cell"] == "Q1"


def test_both_kinds_of_tiers_are_reached(instance: Instance, plan: Plan) -> None:
    kinds = instance.options.set_index("option")["tier_kind"].dropna()
    assert set(kinds) == {"incremental", "all_units"}
    tiers = instance.tiers[instance.tiers["from_units"] > 0]
    for option in kinds.index:
        first = tiers.loc[tiers["option"] == option, "from_units"].min()
        assert plan.production.loc[plan.production["option"] == option, "made"].max() >= first
    made = plan.production.query("option == 'bookcase-baltic' and scenario == 'expected' and period == 'Q2'")
    sold = plan.sales.query("option == 'bookcase-baltic' and scenario == 'expected' and period == 'Q2'")
    assert made["made"].item() == pytest.approx(1200)
    assert sold["sold"].item() == pytest.approx(1150)


def test_stock_overtime_and_lost_sales_occur(plan: Plan) -> None:
    assert set(plan.stock["option"]) == {"oak-table-series", "kitchen-chair-series", "bed-frame-cnc"}
    assert (plan.resource_use["overtime"] > 0).any()
    assert (plan.unserved["unserved"] > 1).any()


def test_every_kind_of_money_flows(plan: Plan) -> None:
    money = plan.cash_flow.drop(columns=["period", "discount_factor", "net", "present_value"]).sum()
    assert (money > 0).all()


@pytest.mark.parametrize("limit", ["outsourced-share", "emissions-cap", "lines-at-saigon"])
def test_a_limit_binds(instance: Instance, plan: Plan, limit: str) -> None:
    others = instance.limits[instance.limits["limit"] != limit]
    freed = pm.solve(instance.replace(limits=others), gap=1e-6)
    assert freed.objective is not None
    assert freed.objective > plan.npv + 1
