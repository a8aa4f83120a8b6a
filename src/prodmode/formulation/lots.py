"""Constraint family 5, lots: production needs the option in force, a setup and at least a minimum lot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.context import option_places

if TYPE_CHECKING:
    from prodmode.formulation.context import Context


def add_lots(context: Context) -> None:
    """min_lot * y <= q <= U * y and y <= x; q <= U * x where there is no setup."""
    constants, columns = context.constants, context.columns
    places = option_places(columns.made >= 0)
    setup = places.take(columns.setup)
    in_force = np.where(setup >= 0, -1, places.take(columns.in_force))
    most = -places.take(constants.most_made)
    context.builder.add_rows(
        "production",
        places,
        "'{option}' makes units in {period} only in force, and only after a setup if it has one, {scenario}",
        [(None, in_force, most), (None, places.take(columns.made), 1.0), (None, setup, most)],
        upper=0.0,
    )
    places = option_places(columns.setup >= 0)
    context.builder.add_rows(
        "setup_in_force",
        places,
        "'{option}' is set up in {period} only while it is in force, {scenario}",
        [
            (None, places.take(columns.in_force), -1.0),
            (None, places.take(columns.setup), 1.0),
        ],
        upper=0.0,
    )
    least = constants.option("min_lot")
    places = option_places((columns.setup >= 0) & (least > 0)[:, None])
    context.builder.add_rows(
        "min_lot",
        places,
        "units of '{option}' made in {period} reach the minimum lot, {scenario}",
        [
            (None, places.take(columns.made), 1.0),
            (None, places.take(columns.setup), -least[places["option"]]),
        ],
        lower=0.0,
    )
