"""The objective: expected present value of profit, as costs to minimise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.constants import codes

if TYPE_CHECKING:
    from prodmode.formulation.context import Context


def add_objective(context: Context) -> None:
    """Put a cost on every column: minus the money it earns, discounted and weighted by probability."""
    _cost_of_first_stage(context)
    _cost_of_second_stage(context)
    _cost_of_lost_sales(context)


def _cost_of_first_stage(context: Context) -> None:
    builder, columns, constants = context.builder, context.columns, context.constants
    discount = constants.effective.discount
    start = constants.option("startup_cost") + constants.option("tooling_capex")
    exit_cost = constants.option("exit_cost")
    builder.add_cost(columns.in_force, constants.option("fixed_cost")[:, None] * discount)
    builder.add_cost(columns.start, start[:, None] * discount)
    builder.add_cost(columns.leave, exit_cost[:, None] * discount)
    investments = constants.tables["investments"]
    capex = investments["capex"].to_numpy()
    salvage = investments["salvage_share"].to_numpy() * capex * discount[-1]
    builder.add_cost(columns.bought, capex[:, None] * discount - salvage[:, None])
    builder.add_cost(columns.owned, investments["upkeep_cost"].to_numpy()[:, None] * discount)


def _cost_of_second_stage(context: Context) -> None:
    builder, columns, constants = context.builder, context.columns, context.constants
    effective = constants.effective
    weight = effective.probability[:, None, None] * effective.discount
    unit = np.nan_to_num(np.where(constants.tiered, 0.0, constants.option("unit_cost")))[:, None]
    builder.add_cost(
        columns.made, weight * (unit * effective.unit_cost_factor + constants.emission_cost[:, None])
    )
    tiers = constants.tables["tiers"]
    option = codes(tiers["option"])
    tier_cost = tiers["unit_cost"].to_numpy()[:, None] * effective.unit_cost_factor[:, option]
    builder.add_cost(columns.tier_made, weight * tier_cost)
    builder.add_cost(columns.setup, weight * constants.option("setup_cost")[:, None])
    builder.add_cost(columns.stock, weight * np.nan_to_num(constants.of_line("holding_cost"))[:, None])
    builder.add_cost(columns.sold, -weight * effective.price)
    builder.add_cost(
        columns.overtime, weight * constants.tables["resources"]["overtime_cost"].to_numpy()[:, None]
    )


def _cost_of_lost_sales(context: Context) -> None:
    """lost_sale_penalty * (demand * m - sum of s / g), with m a sum of x, a column or one."""
    builder, columns, constants = context.builder, context.columns, context.constants
    lines = constants.tables["lines"]
    penalty = lines["lost_sale_penalty"].to_numpy()
    if not penalty.any():
        return
    effective = constants.effective
    weight = effective.probability[:, None, None] * effective.discount
    saved = (penalty[constants.line] / constants.option("demand_factor"))[:, None]
    builder.add_cost(columns.sold, -weight * saved)
    expected = (weight * effective.demand).sum(axis=0) * penalty[:, None]
    builder.add_cost(columns.in_force, np.where(constants.single[:, None], expected[constants.line], 0.0))
    builder.add_cost(columns.offered, expected)
    always = (lines["max_options"].to_numpy() > 1) & lines["required"].to_numpy(dtype=bool)
    builder.offset += float((expected * constants.on_market)[always].sum())
