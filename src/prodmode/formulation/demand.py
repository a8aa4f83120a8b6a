"""Constraint family 4, demand: an option sells in its own market, and enough of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.context import option_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.context import Context


def add_demand(context: Context) -> None:
    """min_fill_rate * market <= sold <= market, per option, or per line where several may be in force."""
    _add_market(context)
    _add_fill_rate(context)
    _add_line_demand(context)


def _add_market(context: Context) -> None:
    """Add s <= market * x; where nothing can come from stock, s <= market * y, which is tighter (y <= x)."""
    constants, columns = context.constants, context.columns
    places = option_places((columns.sold >= 0) & ~_wholly_served(context))
    setup = places.take(columns.setup)
    fresh = (setup >= 0) & ~constants.stockable[places["option"]]
    switch = np.where(fresh, setup, places.take(columns.in_force))
    context.builder.add_rows(
        "market",
        places,
        "units of '{option}' sold in {period} within its market, {scenario}",
        [
            (None, switch, -places.take(constants.market)),
            (None, places.take(columns.sold), 1.0),
        ],
        upper=0.0,
    )


def _wholly_served(context: Context) -> NDArray[np.bool_]:
    """Return where a fill rate of one fixes what is sold, so that no other row is needed; (W, O, T)."""
    constants = context.constants
    whole = constants.single & (constants.of_line("min_fill_rate") >= 1)
    return np.broadcast_to(whole[:, None], constants.shape)


def _add_fill_rate(context: Context) -> None:
    """min_fill_rate * market * x <= s where one option at a time is in force; equal at a rate of one."""
    constants, columns = context.constants, context.columns
    fill = constants.of_line("min_fill_rate")
    places = option_places((columns.sold >= 0) & (constants.single & (fill > 0))[:, None])
    share = fill[places["option"]]
    context.builder.add_rows(
        "fill_rate",
        places,
        "units of '{option}' sold in {period} reach the least fill rate, {scenario}",
        [
            (None, places.take(columns.in_force), -share * places.take(constants.market)),
            (None, places.take(columns.sold), 1.0),
        ],
        lower=0.0,
        upper=np.where(share >= 1, 0.0, np.inf),
    )


def _add_line_demand(context: Context) -> None:
    """min_fill_rate * demand * m <= sum of s / g <= demand * m for lines that may have several options."""
    constants = context.constants
    lines = constants.tables["lines"]
    several, fill = (lines[name].to_numpy()[:, None] for name in ("max_options", "min_fill_rate"))
    demand = np.where(constants.on_market & (several > 1), constants.effective.demand, 0.0)
    _add_line_rows(
        context, "line_demand", demand, "demand for '{line}' in {period} that its options serve together",
        upper=True,
    )  # fmt: skip
    _add_line_rows(
        context, "line_fill_rate", fill * demand,
        "demand for '{line}' in {period} that its options serve together, at the least fill rate",
        upper=False,
    )  # fmt: skip


def _add_line_rows(
    context: Context, family: str, demand: NDArray[np.float64], sentence: str, *, upper: bool
) -> None:
    """Add sum of s / g <= demand * m, or >=, where there is a demand; m is one where it has no column."""
    constants, columns = context.constants, context.columns
    where = np.nonzero(demand)
    scenario, line, period = where
    rows = np.arange(len(line))
    row_of = np.full(demand.shape, -1)
    row_of[where] = rows
    sold_in, option, sold_when = np.nonzero((columns.sold >= 0) & ~constants.single[:, None])
    row = row_of[sold_in, constants.line[option], sold_when]
    served = row >= 0
    offered = columns.offered[line, period]
    always = np.where(offered < 0, demand[where], 0.0)
    context.builder.add_rows(
        family,
        {"scenario": scenario, "line": line, "period": period},
        sentence + ", {scenario}",
        [
            (rows, offered, -demand[where]),
            (
                row[served],
                columns.sold[sold_in, option, sold_when][served],
                1 / constants.option("demand_factor")[option[served]],
            ),
        ],
        lower=-np.inf if upper else always,
        upper=always if upper else np.inf,
    )
