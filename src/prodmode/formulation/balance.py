"""Constraint family 3, balance: what is made is sold, kept or scrapped; stock stays with its option."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.context import option_rows
from prodmode.formulation.facility_location import add_facility_location, pairwise_options

if TYPE_CHECKING:
    from prodmode.formulation.context import Context


def add_balance(context: Context) -> None:
    """Stock before + yield * made >= sold + stock after, and no stock of an option that is not in force."""
    constants, columns = context.constants, context.columns
    exists = (columns.sold >= 0) | (columns.stock >= 0)
    where, keys, rows = option_rows(exists & ~pairwise_options(context)[:, None])
    scenario, option, period = where
    before = np.where(period > 0, columns.stock[scenario, option, period - 1], -1)
    at_start = np.where(period > 0, 0.0, constants.initial_stock[option])
    context.builder.add_rows(
        "balance",
        keys,
        "units of '{option}' sold or kept in {period} against those made or in stock, {scenario}",
        [
            (rows, columns.made[where], -constants.effective.yield_[where]),
            (rows, columns.sold[where], 1.0),
            (rows, before, -1.0),
            (rows, columns.stock[where], 1.0),
        ],
        upper=at_start,
    )
    add_facility_location(context)
    where, keys, rows = option_rows(columns.stock >= 0)
    context.builder.add_rows(
        "stock_in_force",
        keys,
        "stock of '{option}' after {period} only while it is in force, {scenario}",
        [
            (rows, columns.in_force[where[1:]], -constants.most_stock[where]),
            (rows, columns.stock[where], 1.0),
        ],
        upper=0.0,
    )
