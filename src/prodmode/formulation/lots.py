"""Constraint family 5, lots: production needs the option in force, a setup and at least a minimum lot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.context import option_rows

if TYPE_CHECKING:
    from prodmode.formulation.context import Context


def add_lots(context: Context) -> None:
    """min_lot * y <= q <= U * y and y <= x; q <= U * x where there is no setup."""
    constants, columns = context.constants, context.columns
    where, keys, rows = option_rows(columns.made >= 0)
    setup, most = columns.setup[where], -constants.most_made[where]
    in_force = np.where(setup >= 0, -1, columns.in_force[where[1:]])
    context.builder.add_rows(
        "production",
        keys,
        "'{option}' makes units in {period} only in force, and only after a setup if it has one, {scenario}",
        [(rows, in_force, most), (rows, columns.made[where], 1.0), (rows, setup, most)],
        upper=0.0,
    )
    where, keys, rows = option_rows(columns.setup >= 0)
    context.builder.add_rows(
        "setup_in_force",
        keys,
        "'{option}' is set up in {period} only while it is in force, {scenario}",
        [(rows, columns.in_force[where[1:]], -1.0), (rows, columns.setup[where], 1.0)],
        upper=0.0,
    )
    least = constants.option("min_lot")
    where, keys, rows = option_rows((columns.setup >= 0) & (least > 0)[:, None])
    context.builder.add_rows(
        "min_lot",
        keys,
        "units of '{option}' made in {period} reach the minimum lot, {scenario}",
        [(rows, columns.made[where], 1.0), (rows, columns.setup[where], -least[where[1]])],
        lower=0.0,
    )
