"""Plain words for what a plan states."""

from __future__ import annotations

MONEY_WORDS: dict[str, str] = {
    "revenue": "revenue",
    "unit_cost": "unit cost",
    "setup_cost": "setups",
    "fixed_cost": "fixed cost",
    "startup_cost": "start-up cost",
    "exit_cost": "exit cost",
    "holding_cost": "stock",
    "lost_sale_penalty": "lost sales",
    "overtime_cost": "overtime",
    "carbon_cost": "carbon",
    "capex": "investments",
    "tooling_capex": "tooling",
    "upkeep_cost": "upkeep",
    "salvage": "salvage",
}
"""Each kind of money of the cash flow in words."""
