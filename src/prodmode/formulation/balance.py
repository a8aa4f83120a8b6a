"""Constraint family 3, balance: what is made is sold, kept or scrapped; stock stays with its option."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.context import option_places
from prodmode.formulation.facility_location import add_facility_location, pairwise_options

if TYPE_CHECKING:
    from prodmode.formulation.context import Context


def add_balance(context: Context) -> None:
    """Stock before + yield * made >= sold + stock after, and no stock of an option that is not in force."""
    constants, columns = context.constants, context.columns
    exists = (columns.sold >= 0) | (columns.stock >= 0)
    places = option_places(exists & ~pairwise_options(context)[:, None])
    before, at_start = np.full_like(columns.stock, -1), np.zeros(columns.stock.shape)
    before[:, :, 1:] = columns.stock[:, :, :-1]
    at_start[:, :, 0] = constants.initial_stock
    context.builder.add_rows(
        "balance",
        places,
        "units of '{option}' sold or kept in {period} against those made or in stock, {scenario}",
        [
            (None, places.take(columns.made), -places.take(constants.effective.yield_)),
            (None, places.take(columns.sold), 1.0),
            (None, places.take(before), -1.0),
            (None, places.take(columns.stock), 1.0),
        ],
        upper=places.take(at_start),
    )
    add_facility_location(context)
    places = option_places(columns.stock >= 0)
    context.builder.add_rows(
        "stock_in_force",
        places,
        "stock of '{option}' after {period} only while it is in force, {scenario}",
        [
            (None, places.take(columns.in_force), -places.take(constants.most_stock)),
            (None, places.take(columns.stock), 1.0),
        ],
        upper=0.0,
    )
