"""Price and cost breaks: the incremental and the multiple-choice form, both locally ideal.

Croxton, Gendron and Magnanti (2003) compare the forms; both describe the lower convex envelope.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.constants import codes, tier_widths
from prodmode.formulation.context import option_rows

if TYPE_CHECKING:
    from prodmode.formulation.context import Context


def add_tiers(context: Context) -> None:
    """Split what is made over tiers and switch each tier."""
    constants, columns = context.constants, context.columns
    option = codes(constants.tables["tiers"]["option"])
    if not len(option):
        return
    exists = np.nonzero(columns.tier_made >= 0)
    scenario, tier, period = exists
    where, keys, rows = option_rows((columns.made >= 0) & constants.tiered[:, None])
    row_of = np.full(constants.shape, -1)
    row_of[where] = rows
    row = row_of[scenario, option[tier], period]
    context.builder.add_rows(
        "tier_total",
        keys,
        "units of '{option}' made in {period} by tier, {scenario}",
        [(rows, columns.made[where], -1.0), (row[row >= 0], columns.tier_made[exists][row >= 0], 1.0)],
        lower=0.0,
        upper=0.0,
    )
    _add_switches(context)
    _add_one_tier(context)


def _add_switches(context: Context) -> None:
    """Bound the units of a tier by its switch.

    incremental: width * b[n+1] <= q[n] <= width * b[n], so that a tier opens only when the one below is full.
    all_units: from[n] * b[n] <= q[n] <= from[n+1] * b[n].
    """
    constants, columns = context.constants, context.columns
    tiers = constants.tables["tiers"]
    option, start = codes(tiers["option"]), tiers["from_units"].to_numpy()
    incremental = (constants.tables["options"]["tier_kind"] == "incremental").to_numpy()[option]
    where = np.nonzero(columns.tier_made >= 0)
    scenario, tier, period = where
    keys = {"scenario": scenario, "tier": tier, "period": period}
    rows = np.arange(len(tier))
    width = tier_widths(tiers)[tier, 0]
    context.builder.add_rows(
        "tier_ceiling",
        keys,
        "units made in the tier {tier} in {period} fit into it, {scenario}",
        [
            (rows, columns.tier_chosen[where], -constants.tier_ceiling[where]),
            (rows, columns.tier_made[where], 1.0),
        ],
        upper=0.0,
    )
    above = np.minimum(tier + 1, len(option) - 1)
    following = np.where(
        (above > tier) & (option[above] == option[tier]), columns.tier_chosen[scenario, above, period], -1
    )
    switch = np.where(incremental[tier], following, columns.tier_chosen[where])
    floor = np.where(incremental[tier], width, start[tier])
    kept = (switch >= 0) & (floor > 0)
    rows = np.arange(int(kept.sum()))
    context.builder.add_rows(
        "tier_floor",
        {kind: positions[kept] for kind, positions in keys.items()},
        "units made in the tier {tier} in {period} fill it before the next, or reach it, {scenario}",
        [(rows, switch[kept], -floor[kept]), (rows, columns.tier_made[where][kept], 1.0)],
        lower=0.0,
    )


def _add_one_tier(context: Context) -> None:
    """all_units: exactly one tier is chosen with a setup."""
    constants, columns = context.constants, context.columns
    option = codes(constants.tables["tiers"]["option"])
    all_units = (constants.tables["options"]["tier_kind"] == "all_units").to_numpy()
    where, keys, rows = option_rows((columns.setup >= 0) & (constants.tiered & all_units)[:, None])
    row_of = np.full(constants.shape, -1)
    row_of[where] = rows
    scenario, tier, period = np.nonzero((columns.tier_chosen >= 0) & all_units[option][:, None])
    row = row_of[scenario, option[tier], period]
    context.builder.add_rows(
        "one_tier",
        keys,
        "one tier of '{option}' applies in {period} with a setup, {scenario}",
        [(rows, columns.setup[where], -1.0), (row, columns.tier_chosen[scenario, tier, period], 1.0)],
        lower=0.0,
        upper=0.0,
    )
