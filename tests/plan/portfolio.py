"""A small portfolio in which every feature occurs, and decisions for it made by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from prodmode.instance.instance import Instance
from prodmode.plan.decisions import Decisions

SETTINGS = {
    "name": "furniture",
    "currency": "EUR",
    "periods": ["Q1", "Q2", "Q3", "Q4"],
    "months_per_period": 3,
    "discount_rate": 0.1,
    "carbon_price": 80,
}

TABLES: dict[str, list[dict[str, Any]]] = {
    "lines": [
        {
            "line": "table",
            "family": "furniture",
            "price": 100,
            "current_option": "table-mass",
            "min_fill_rate": 0.5,
            "lost_sale_penalty": 5,
            "holding_cost": 2,
            "initial_stock": 10,
            "max_options": 2,
        },
        {"line": "chair", "family": "furniture", "price": 40},
        {
            "line": "lamp",
            "family": "light",
            "price": 60,
            "current_option": "lamp-custom",
            "holding_cost": 1,
            "last_period": "Q3",
        },
        {"line": "desk", "price": 200, "min_quality": 5, "max_lead_time_days": 30},
        {"line": "bench", "price": 30, "required": False},
    ],
    "demand": [
        *({"line": "table", "period": f"Q{q}", "units": 100} for q in (1, 2, 3, 4)),
        *({"line": "chair", "period": f"Q{q}", "units": 80} for q in (1, 2, 3, 4)),
        *({"line": "lamp", "period": f"Q{q}", "units": 20} for q in (1, 2, 3)),
        *({"line": "desk", "period": f"Q{q}", "units": 10} for q in (1, 2, 3)),
        {"line": "desk", "period": "Q4", "units": 10, "price": 210},
        {"line": "bench", "period": "Q2", "units": 5},
    ],
    "sites": [
        {"site": "plant", "kind": "plant"},
        {"site": "workshop", "kind": "workshop"},
        {"site": "supplier", "kind": "supplier"},
    ],
    "options": [
        {
            "option": "table-mass",
            "line": "table",
            "mode": "mass",
            "site": "plant",
            "fixed_cost": 100,
            "setup_cost": 20,
            "exit_cost": 300,
            "emissions_per_unit": 10,
            "tier_kind": "incremental",
        },
        {
            "option": "table-out",
            "line": "table",
            "mode": "outsourced",
            "site": "supplier",
            "min_lot": 20,
            "yield": 0.9,
            "price_factor": 0.95,
            "tier_kind": "all_units",
        },
        {
            "option": "chair-mass",
            "line": "chair",
            "mode": "mass",
            "site": "plant",
            "unit_cost": 10,
            "startup_cost": 50,
            "tooling_capex": 200,
            "max_units": 96,
            "emissions_per_unit": 1,
            "requires": "press",
        },
        {
            "option": "chair-out",
            "line": "chair",
            "mode": "outsourced",
            "site": "supplier",
            "unit_cost": 22,
            "exit_cost": 30,
        },
        {
            "option": "lamp-custom",
            "line": "lamp",
            "mode": "custom",
            "site": "workshop",
            "unit_cost": 30,
            "exit_cost": 15,
            "price_factor": 1.2,
            "demand_factor": 0.5,
        },
        {"option": "lamp-out", "line": "lamp", "mode": "outsourced", "site": "supplier", "unit_cost": 25},
        {
            "option": "desk-out",
            "line": "desk",
            "mode": "outsourced",
            "site": "supplier",
            "unit_cost": 120,
            "quality": 7,
            "lead_time_days": 30,
        },
        {"option": "desk-poor", "line": "desk", "mode": "outsourced", "unit_cost": 80, "quality": 3},
        {"option": "desk-slow", "line": "desk", "mode": "outsourced", "unit_cost": 90, "lead_time_days": 60},
        {"option": "desk-later", "line": "desk", "mode": "custom", "unit_cost": 110, "first_period": "Q3"},
        {"option": "bench-out", "line": "bench", "mode": "outsourced", "site": "supplier", "unit_cost": 20},
    ],
    "tiers": [
        {"option": "table-mass", "from_units": 0, "unit_cost": 50},
        {"option": "table-mass", "from_units": 100, "unit_cost": 40},
        {"option": "table-out", "from_units": 0, "unit_cost": 60},
        {"option": "table-out", "from_units": 50, "unit_cost": 55},
    ],
    "resources": [
        {
            "resource": "hours",
            "site": "plant",
            "unit": "h",
            "capacity": 250,
            "overtime_max": 20,
            "overtime_cost": 3,
        },
        {"resource": "skill", "site": "workshop", "unit": "h", "capacity": 40},
    ],
    "capacity": [{"resource": "hours", "period": "Q1", "capacity": 110}],
    "usage": [
        {"option": "table-mass", "resource": "hours", "per_unit": 1, "per_setup": 5, "per_period": 2},
        {"option": "chair-mass", "resource": "hours", "per_unit": 0.5},
        {"option": "lamp-custom", "resource": "skill", "per_unit": 2},
    ],
    "investments": [
        {
            "investment": "press",
            "site": "plant",
            "capex": 1000,
            "upkeep_cost": 10,
            "lead_time_periods": 1,
            "max_copies": 2,
            "last_period": "Q3",
            "salvage_share": 0.3,
        }
    ],
    "expansions": [{"investment": "press", "resource": "hours", "capacity_added": 50}],
    "budgets": [
        {"period": "Q1", "capex_limit": 1100},
        {"period": "Q2", "capex_limit": 150},
        {"period": "Q3", "capex_limit": 0},
        {"period": "Q4", "capex_limit": 0},
    ],
    "limits": [
        {"limit": "outsourcing", "measure": "spend", "mode": "outsourced", "max_share": 0.6},
        {"limit": "supplier", "measure": "lines", "site": "supplier", "max": 2},
        {"limit": "carbon", "measure": "emissions", "period": "each", "max": 1400},
        {"limit": "chairs", "measure": "units", "line": "chair", "min": 300},
        {"limit": "sales", "measure": "revenue", "family": "furniture", "min_share": 0.5},
        {"limit": "changeovers", "measure": "setups", "max": 5},
        {"limit": "plant", "measure": "capex", "site": "plant", "max": 2300},
        {"limit": "desks", "measure": "units", "line": "desk", "period": "Q2", "min": 10, "max": 10},
    ],
    "scenarios": [{"scenario": "base", "probability": 0.6}, {"scenario": "boom", "probability": 0.4}],
    "changes": [
        {"scenario": "boom", "quantity": "demand", "family": "furniture", "factor": 1.2},
        {"scenario": "boom", "quantity": "price", "line": "lamp", "factor": 0.9},
        {"scenario": "boom", "quantity": "unit_cost", "mode": "outsourced", "factor": 1.1},
        {"scenario": "boom", "quantity": "unit_cost", "site": "supplier", "period": "Q2", "factor": 1.5},
        {"scenario": "boom", "quantity": "yield", "site": "supplier", "period": "Q3", "factor": 0.5},
        {"scenario": "boom", "quantity": "capacity", "resource": "hours", "period": "Q4", "factor": 0.8},
    ],
}

OPTION = {row["option"]: number for number, row in enumerate(TABLES["options"])}
BASE, BOOM = 0, 1
Q1, Q2, Q3, Q4 = range(4)


def portfolio() -> Instance:
    return Instance.from_tables(SETTINGS, TABLES)


def decide() -> Decisions:
    """Decisions that keep every rule."""
    options, periods = len(OPTION), 4
    in_force = np.zeros((options, periods), dtype=bool)
    made, sold, stock = (np.zeros((2, options, periods)) for _ in range(3))
    setup = np.zeros((2, options, periods), dtype=bool)
    overtime = np.zeros((2, 2, periods))
    table, bought = OPTION["table-mass"], OPTION["table-out"]

    in_force[table] = True
    setup[:, table] = True
    made[:, table] = [[110, 60, 100, 80], [120, 60, 120, 100]]
    sold[:, table] = [[100, 60, 100, 100], [120, 70, 120, 100]]
    stock[:, table] = [[20, 20, 20, 0], [10, 0, 0, 0]]
    overtime[:, 0, Q1] = [7, 17]
    in_force[bought, Q2] = True
    setup[:, bought, Q2] = True
    made[:, bought, Q2] = 50
    sold[:, bought, Q2] = [40, 45]

    in_force[OPTION["chair-out"], Q1] = True
    in_force[OPTION["chair-mass"], Q2:] = True
    for name in ("chair-out", "chair-mass"):
        made[:, OPTION[name]] = sold[:, OPTION[name]] = np.outer([80, 96], in_force[OPTION[name]])
    in_force[OPTION["lamp-custom"], :Q4] = True
    made[:, OPTION["lamp-custom"], :Q4] = sold[:, OPTION["lamp-custom"], :Q4] = 10
    in_force[OPTION["desk-out"]] = True
    made[:, OPTION["desk-out"]] = 10
    sold[:, OPTION["desk-out"]] = 10
    sold[BOOM, OPTION["desk-out"], Q3] = 5
    copies = np.array([[1, 0, 0, 0]])
    return Decisions(
        in_force=in_force,
        copies=copies,
        made=made,
        setup=setup,
        sold=sold,
        stock=stock,
        overtime=overtime,
    )


def copy(decisions: Decisions) -> Decisions:
    parts = {part.name: getattr(decisions, part.name).copy() for part in dataclasses.fields(decisions)}
    return Decisions(**parts)
