"""Price and cost breaks: the incremental and the multiple-choice form, both locally ideal.

Croxton, Gendron and Magnanti (2003) compare the forms; both describe the lower convex envelope.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.constants import codes, tier_widths
from prodmode.formulation.context import option_places
from prodmode.formulation.places import Places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.context import Context


def add_tiers(context: Context) -> None:
    """Split what is made over tiers and switch each tier."""
    constants, columns = context.constants, context.columns
    option = codes(constants.tables["tiers"]["option"])
    if not len(option):
        return
    places = option_places((columns.made >= 0) & constants.tiered[:, None])
    in_tiers = _tier_places(columns.tier_made >= 0)
    row = in_tiers.take(places.numbered()[:, option])
    kept = row >= 0
    context.builder.add_rows(
        "tier_total",
        places,
        "units of '{option}' made in {period} by tier, {scenario}",
        [
            (None, places.take(columns.made), -1.0),
            (row[kept], in_tiers.take(columns.tier_made)[kept], 1.0),
        ],
        lower=0.0,
        upper=0.0,
    )
    _add_switches(context)
    _add_one_tier(context)


def _tier_places(mask: NDArray[np.bool_]) -> Places:
    """Return where a mask of shape (W, N, T) is true."""
    return Places.where(("scenario", "tier", "period"), mask)


def _add_switches(context: Context) -> None:
    """Bound the units of a tier by its switch.

    incremental: width * b[n+1] <= q[n] <= width * b[n], so that a tier opens only when the one below is full.
    all_units: from[n] * b[n] <= q[n] <= from[n+1] * b[n].
    """
    constants, columns = context.constants, context.columns
    tiers = constants.tables["tiers"]
    option, start = codes(tiers["option"]), tiers["from_units"].to_numpy()
    incremental = (constants.tables["options"]["tier_kind"] == "incremental").to_numpy()[option]
    places = _tier_places(columns.tier_made >= 0)
    context.builder.add_rows(
        "tier_ceiling",
        places,
        "units made in the tier {tier} in {period} fit into it, {scenario}",
        [
            (None, places.take(columns.tier_chosen), -places.take(constants.tier_ceiling)),
            (None, places.take(columns.tier_made), 1.0),
        ],
        upper=0.0,
    )
    last = np.append(option[1:] != option[:-1], [True])
    following = np.where(last[:, None], -1, np.roll(columns.tier_chosen, -1, axis=1))
    switch = np.where(incremental[:, None], following, columns.tier_chosen)
    floor = np.where(incremental, tier_widths(tiers)[:, 0], start)
    places = _tier_places((columns.tier_made >= 0) & (switch >= 0) & (floor > 0)[:, None])
    context.builder.add_rows(
        "tier_floor",
        places,
        "units made in the tier {tier} in {period} fill it before the next, or reach it, {scenario}",
        [
            (None, places.take(switch), -floor[places["tier"]]),
            (None, places.take(columns.tier_made), 1.0),
        ],
        lower=0.0,
    )


def _add_one_tier(context: Context) -> None:
    """all_units: exactly one tier is chosen with a setup, where anything can be made at all."""
    constants, columns = context.constants, context.columns
    option = codes(constants.tables["tiers"]["option"])
    all_units = (constants.tables["options"]["tier_kind"] == "all_units").to_numpy()
    with_tiers = (constants.tiered & all_units)[:, None]
    places = option_places((columns.setup >= 0) & (columns.made >= 0) & with_tiers)
    tiers = _tier_places((columns.tier_chosen >= 0) & all_units[option][:, None])
    context.builder.add_rows(
        "one_tier",
        places,
        "one tier of '{option}' applies in {period} with a setup, {scenario}",
        [
            (None, places.take(columns.setup), -1.0),
            (tiers.take(places.numbered()[:, option]), tiers.take(columns.tier_chosen), 1.0),
        ],
        lower=0.0,
        upper=0.0,
    )
