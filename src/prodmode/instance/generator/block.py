"""Blocks of lines as Arrow tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prodmode.instance.fields import MODES
from prodmode.instance.generator.demand import Market, draw_market
from prodmode.instance.generator.layout import LINES_STREAM, MONTHS, Layout
from prodmode.instance.generator.names import chosen, joined, numbered, numbers
from prodmode.instance.generator.options import (
    CUSTOM,
    INSTALLED,
    MODE_OF_SLOT,
    SUFFIXES,
    Options,
    draw_options,
)
from prodmode.instance.generator.tiers import KINDS

if TYPE_CHECKING:
    from prodmode.instance.generator.reference import Totals

BLOCK = 4096
"""Lines drawn from one random stream. Changing it changes what a seed gives."""

LINE_TABLES = ("lines", "demand", "options", "tiers", "usage")
"""Tables that grow with the number of lines."""


def draw_block(layout: Layout, block: int, totals: Totals) -> dict[str, pa.Table]:
    """Draw a block of lines, add its reference plan to the totals and return its rows by table."""
    start = block * BLOCK
    rng = layout.stream(LINES_STREAM, block)
    market = draw_market(layout, rng, start, min(BLOCK, layout.lines - start))
    options = draw_options(layout, rng, market)
    totals.add(layout, market, options)
    names = numbered("line-", start + 1 + np.arange(market.lines), layout.lines)
    row, slot = np.nonzero(options.present)
    option_names = joined(names.take(pa.array(row)), chosen(SUFFIXES, slot).cast(pa.string()))
    return {
        "lines": _lines(layout, rng, market, options, names),
        "demand": pa.table(
            {"line": names, **{period: market.units[:, t] for t, period in enumerate(layout.periods)}}
        ),
        "options": _options(layout, options, names, option_names, (row, slot)),
        "tiers": _tiers(options, option_names, (row, slot)),
        "usage": pa.table(
            {
                "option": option_names,
                "resource": chosen(layout.resources, options.resource[row, slot]),
                "per_unit": options.per_unit[row, slot],
                "per_setup": options.per_setup[row, slot],
                "per_period": options.per_period[row, slot],
            }
        ),
    }


def _lines(
    layout: Layout, rng: np.random.Generator, market: Market, options: Options, names: pa.Array
) -> pa.Table:
    n, periods = market.lines, len(layout.periods)
    rows, base = np.arange(n), options.base
    draw = rng.random((n, 12))
    fill = np.array([0.8, 0.85, 0.9, 0.95])[rng.integers(0, 4, n)]
    stocked = options.present[:, :CUSTOM].any(axis=1) & (draw[:, 0] < 0.4)
    holding = np.round(market.mass_cost * (0.15 + 0.15 * draw[:, 1]) * MONTHS / 12, 4)
    opening = stocked & options.current & (base == INSTALLED) & (draw[:, 2] < 0.5)
    patience = options.lead_time[rows, base] + np.round(40 * draw[:, 3])
    standard = np.floor(10 * (options.quality[rows, base] - 1.2 * draw[:, 4])) / 10
    current = joined(names, chosen(SUFFIXES, base).cast(pa.string()))
    return pa.table(
        {
            "line": names,
            "family": numbered("family-", market.family + 1, layout.families),
            "price": market.price,
            "current_option": pc.if_else(pa.array(options.current), current, pa.scalar(None, pa.string())),
            "required": draw[:, 5] < 0.9,
            "min_fill_rate": np.where(draw[:, 6] < layout.profile.min_fill_share, fill, 0.0),
            "lost_sale_penalty": np.where(
                draw[:, 7] < 0.6, np.round(market.price * 0.15 * draw[:, 8], 2), 0.0
            ),
            "max_lead_time_days": numbers(patience, draw[:, 9] >= 0.4),
            "min_quality": numbers(standard, draw[:, 10] >= 0.25),
            "holding_cost": numbers(holding, ~stocked),
            "initial_stock": np.where(opening, np.round(0.1 * market.units[:, 0]), 0.0),
            "max_options": np.where(draw[:, 11] < 0.05, 2, 1),
            "max_switches": np.where(draw[:, 11] > 0.8, 2, 1),
            "first_period": chosen(layout.periods, market.first),
            "last_period": chosen(layout.periods, np.where(market.last == periods - 1, -1, market.last)),
        }
    )


def _options(
    layout: Layout,
    options: Options,
    names: pa.Array,
    option_names: pa.Array,
    at: tuple[np.ndarray, np.ndarray],
) -> pa.Table:
    row, slot = at
    kind = options.breaks.kind[at]
    projects = numbered("cell-", np.arange(1, layout.projects + 1), layout.projects)
    return pa.table(
        {
            "option": option_names,
            "line": names.take(pa.array(row)),
            "mode": chosen(MODES, MODE_OF_SLOT[slot]),
            "site": chosen(layout.sites, options.site[at]),
            "unit_cost": numbers(options.unit_cost[at], kind >= 0),
            "fixed_cost": options.fixed_cost[at],
            "startup_cost": options.startup_cost[at],
            "tooling_capex": options.tooling[at],
            "exit_cost": options.exit_cost[at],
            "setup_cost": options.setup_cost[at],
            "min_lot": options.min_lot[at],
            "max_units": numbers(options.max_units[at], np.isnan(options.max_units[at])),
            "yield": options.good[at],
            "lead_time_days": options.lead_time[at],
            "quality": options.quality[at],
            "price_factor": options.price_factor[at],
            "demand_factor": options.demand_factor[at],
            "emissions_per_unit": options.emissions[at],
            "requires": chosen(projects, options.project[at]),
            "tier_kind": chosen(KINDS, kind),
        }
    )


def _tiers(options: Options, option_names: pa.Array, at: tuple[np.ndarray, np.ndarray]) -> pa.Table:
    breaks = options.breaks
    from_units, unit_cost = breaks.from_units[at], breaks.unit_cost[at]
    has = (breaks.kind[at] >= 0)[:, None] & np.isfinite(from_units)
    row, tier = np.nonzero(has)
    return pa.table(
        {
            "option": option_names.take(pa.array(row)),
            "from_units": from_units[row, tier],
            "unit_cost": unit_cost[row, tier],
        }
    )
