"""The facility-location form of lines with setups and stock.

Which period's production serves which period's sales is decided pair by pair, so that a setup bounds each
pair on its own: serves[t, u] <= market[u] * y[t]. Without capacities this describes the convex hull of the
lot-sizing problem (Krarup and Bilde 1977); the aggregated form q <= U * y is far weaker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.context import option_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.context import Context


def pairwise_options(context: Context) -> NDArray[np.bool_]:
    """Return the options that are in this form, shape (O,)."""
    mask = np.zeros(context.constants.shape[1], dtype=bool)
    mask[context.columns.serve_option] = True
    return mask


def add_facility_location(context: Context) -> None:
    """Add the rows that replace the balance of the options in this form."""
    constants, columns = context.constants, context.columns
    mask = pairwise_options(context)
    if not mask.any():
        return
    scenarios, options, periods = constants.shape
    scenario = np.repeat(np.arange(scenarios), len(columns.serve_option))
    option, made, sold = (
        np.tile(part, scenarios) for part in (columns.serve_option, columns.serve_from, columns.serve_to)
    )
    serves = columns.serves.ravel()
    add = context.builder.add_rows

    places = option_places((columns.sold >= 0) & mask[:, None])
    row = places.numbered()[scenario, option, sold]
    kept = row >= 0
    add(
        "served", places, "units of '{option}' sold in {period} by period of making, {scenario}",
        [(None, places.take(columns.sold), 1.0), (row[kept], serves[kept], -1.0)],
        lower=0.0, upper=0.0,
    )  # fmt: skip

    source = np.broadcast_to(constants.available & mask[:, None], (scenarios, options, periods))
    places = option_places(source)
    own = made >= 0
    add(
        "made_for", places, "units of '{option}' made in {period} for sale then or later, {scenario}",
        [(None, places.take(columns.made), -places.take(constants.effective.yield_)),
         (places.numbered()[scenario[own], option[own], made[own]], serves[own], 1.0)],
        upper=0.0,
    )  # fmt: skip
    _add_initial(context, scenario, option, made, serves)

    places = option_places((columns.stock >= 0) & mask[:, None])
    # A pair is in stock at the end of every period from the one it is made in to the one before its sale.
    kept_for = sold - np.maximum(made, 0)
    pair_of = np.repeat(np.arange(len(serves)), kept_for)
    since = np.arange(len(pair_of)) - np.repeat(np.cumsum(kept_for) - kept_for, kept_for)
    row = places.numbered()[scenario[pair_of], option[pair_of], np.maximum(made, 0)[pair_of] + since]
    crossing = row >= 0
    add(
        "stock_served", places, "stock of '{option}' after {period} by period of sale, {scenario}",
        [(None, places.take(columns.stock), 1.0), (row[crossing], serves[pair_of[crossing]], -1.0)],
        lower=0.0, upper=0.0,
    )  # fmt: skip

    pair = (scenario[own], option[own])
    add(
        "serves_setup",
        {"scenario": pair[0], "option": pair[1], "made_in": made[own], "period": sold[own]},
        "'{option}' made in {made_in} for sale in {period} needs a setup, {scenario}",
        [(None, columns.setup[(*pair, made[own])], -constants.market[(*pair, sold[own])]),
         (None, serves[own], 1.0)],
        upper=0.0,
    )  # fmt: skip


def _add_initial(
    context: Context,
    scenario: NDArray[np.int64],
    option: NDArray[np.int64],
    made: NDArray[np.int64],
    serves: NDArray[np.int32],
) -> None:
    constants = context.constants
    scenarios, options, _ = constants.shape
    have = np.zeros(options, dtype=bool)
    have[option[made < 0]] = True
    where = np.nonzero(np.broadcast_to(have, (scenarios, options)))
    row_of = np.full((scenarios, options), -1)
    row_of[where] = np.arange(len(where[0]))
    initial = made < 0
    context.builder.add_rows(
        "initial_stock",
        {"scenario": where[0], "option": where[1]},
        "units sold from the initial stock of '{option}', {scenario}",
        [(row_of[scenario[initial], option[initial]], serves[initial], 1.0)],
        upper=constants.initial_stock[where[1]],
    )
