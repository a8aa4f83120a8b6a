"""Plans and key figures against numbers worked out by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from prodmode.instance.instance import Instance
from prodmode.plan.assemble import assemble
from prodmode.plan.checker import check
from prodmode.plan.decisions import Decisions
from prodmode.plan.tables import COSTS

if TYPE_CHECKING:
    from prodmode.plan.plan import Plan


def stool() -> Instance:
    return Instance.from_tables(
        {"name": "stool", "periods": 2, "discount_rate": 0.25},
        {
            "lines": [{"line": "stool", "price": 10, "lost_sale_penalty": 1}],
            "demand": [
                {"line": "stool", "period": "1", "units": 100},
                {"line": "stool", "period": "2", "units": 50},
            ],
            "options": [
                {
                    "option": "made",
                    "line": "stool",
                    "mode": "mass",
                    "unit_cost": 4,
                    "fixed_cost": 20,
                    "startup_cost": 30,
                    "emissions_per_unit": 2,
                },
                {"option": "bought", "line": "stool", "mode": "outsourced", "unit_cost": 6},
            ],
            "resources": [{"resource": "hours", "capacity": 120}, {"resource": "none", "capacity": 0}],
            "usage": [{"option": "made", "resource": "hours", "per_unit": 1, "per_period": 6}],
        },
    )


def stool_plan() -> Plan:
    made = np.array([[[90.0, 50.0], [0.0, 0.0]]])
    decisions = Decisions(
        in_force=np.array([[True, True], [False, False]]),
        copies=np.zeros((0, 2), dtype=np.int64),
        made=made,
        setup=np.zeros(made.shape, dtype=bool),
        sold=made,
        stock=np.zeros(made.shape),
        overtime=np.zeros((1, 2, 2)),
    )
    return assemble(stool(), decisions)


def test_stool() -> None:
    # Period 1: 90 * (10 - 4) - 20 - 30 - 10 lost = 480; period 2: 50 * 6 - 20 = 280, worth 280 / 1.25.
    plan = stool_plan()
    assert plan.cash_flow["net"].tolist() == [480, 280]
    assert plan.npv == pytest.approx(704)
    verdict = check(stool(), plan)
    assert verdict.verified, str(verdict)
    assert verdict.npv == pytest.approx(704)


def test_kpis_of_the_stool() -> None:
    figures = stool_plan().kpis
    assert figures["npv"] == pytest.approx(704)
    assert figures["profit"] == 760
    assert figures["revenue"] == 1400
    assert figures["costs"] == dict.fromkeys(COSTS, 0.0) | {
        "unit_cost": 560,
        "fixed_cost": 40,
        "startup_cost": 30,
        "lost_sale_penalty": 10,
    }
    assert figures["units_made"] == figures["units_sold"] == 140
    assert figures["units_unserved"] == 10
    assert figures["fill_rate"] == pytest.approx(140 / 150)
    assert figures["emissions_kg"] == 280
    assert figures["mean_stock"] == 0
    assert figures["capex"] == 0
    assert figures["utilisation"] == {
        "hours": {"mean": pytest.approx((96 + 56) / 240), "peak": pytest.approx(0.8)},
        "none": {"mean": None, "peak": None},
    }
    everything = {"mass": 1.0, "custom": 0.0, "outsourced": 0.0}
    assert figures["mode_shares"] == {"lines": everything, "units": everything, "spend": everything}
    json.dumps(figures, allow_nan=False)


def test_figures_of_nothing_are_none() -> None:
    instance = Instance.from_tables(
        {"name": "idle", "periods": 1},
        {
            "lines": [{"line": "a", "required": False}],
            "demand": [{"line": "a", "period": "1", "units": 1}],
            "options": [{"option": "a1", "line": "a", "mode": "mass"}],
        },
    )
    nothing = np.zeros((1, 1, 1))
    decisions = Decisions(
        in_force=np.zeros((1, 1), dtype=bool),
        copies=np.zeros((0, 1), dtype=np.int64),
        made=nothing,
        setup=nothing.astype(bool),
        sold=nothing,
        stock=nothing,
        overtime=np.zeros((1, 0, 1)),
    )
    plan = assemble(instance, decisions)
    assert check(instance, plan).verified
    assert plan.kpis["fill_rate"] is None
    assert plan.kpis["mode_shares"]["spend"] == {"mass": None, "custom": None, "outsourced": None}
    assert plan.npv == 0


def test_portfolio_is_verified(instance: Instance, plan: Plan) -> None:
    verdict = check(instance, plan)
    assert verdict.verified, str(verdict)
    assert verdict.npv == pytest.approx(plan.npv, rel=1e-12)


def test_cash_flow_of_the_portfolio(plan: Plan) -> None:
    flow = plan.cash_flow.set_index("period")
    first = flow.loc["Q1"]
    # Expected over base (0.6) and boom (0.4): tables, chairs, lamps (half the market, dearer), desks.
    table = 0.6 * 100 * 100 + 0.4 * 120 * 100
    chair = 0.6 * 80 * 40 + 0.4 * 96 * 40
    assert first["revenue"] == pytest.approx(table + chair + 0.6 * 720 + 0.4 * 648 + 2000)
    # Tables made: 100 at 50 and the rest at 40; what is bought costs 10 % more in a boom.
    table = 0.6 * (5000 + 10 * 40) + 0.4 * (5000 + 20 * 40)
    bought = 0.6 * (80 * 22 + 1200) + 0.4 * 1.1 * (96 * 22 + 1200)
    assert first["unit_cost"] == pytest.approx(table + bought + 300)
    assert first["holding_cost"] == pytest.approx(2 * (0.6 * 20 + 0.4 * 10))
    assert first["overtime_cost"] == pytest.approx(3 * (0.6 * 7 + 0.4 * 17))
    assert first["carbon_cost"] == pytest.approx(80 / 1000 * 10 * (0.6 * 110 + 0.4 * 120))
    second = flow.loc["Q2"]
    # 50 tables reach the second price of the discount; a boom makes them 1.1 * 1.5 times dearer.
    bought = (0.6 + 0.4 * 1.65) * (50 * 55 + 1200)
    assert second["unit_cost"] == pytest.approx(bought + 60 * 50 + 0.6 * 800 + 0.4 * 960 + 300)
    assert second["lost_sale_penalty"] == pytest.approx(0.4 * 5 * 5)
    assert flow["startup_cost"].tolist() == [0, 50, 0, 0]
    assert flow["exit_cost"].tolist() == [0, 30, 0, 15]
    assert flow["capex"].tolist() == [1000, 0, 0, 0]
    assert flow["tooling_capex"].tolist() == [0, 200, 0, 0]
    assert flow["upkeep_cost"].tolist() == [0, 10, 10, 10]
    assert flow["salvage"].tolist() == [0, 0, 0, 300]
    assert flow["discount_factor"].tolist() == pytest.approx([1.1 ** (-t / 4) for t in range(4)])


def test_tables_of_the_portfolio(plan: Plan) -> None:
    force = plan.assignments.set_index(["option", "period"])
    assert len(force) == 16
    assert force.loc[("chair-mass", "Q2"), "started"]
    assert not force.loc[("chair-mass", "Q3"), "started"]
    assert not force.loc[("table-mass", "Q1"), "started"]
    assert force.loc[("chair-mass", "Q4"), "made"] == pytest.approx(0.6 * 80 + 0.4 * 96)
    use = plan.resource_use.set_index(["scenario", "resource", "period"])
    assert use.loc[("boom", "hours", "Q4"), "capacity"] == pytest.approx(0.8 * 250 + 50)
    assert use.loc[("boom", "hours", "Q4"), "used"] == pytest.approx(100 + 5 + 2 + 48)
    missed = plan.unserved.set_index(["scenario", "line", "period"])["unserved"]
    assert missed[missed != 0].to_dict() == {
        ("boom", "table", "Q2"): 5,
        ("boom", "table", "Q4"): 20,
        ("boom", "desk", "Q3"): 5,
    }
    assert plan.kpis["fill_rate"] == pytest.approx(1 - 12 / (0.6 * 820 - 0.6 * 0 + 0.4 * 964))
