"""Constraint family 6, capacity: what options take of a resource, with investments and overtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.constants import codes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from prodmode.formulation.blocks import Entries
    from prodmode.formulation.context import Context


def add_capacity(context: Context) -> None:
    """Usage per unit, setup and period <= capacity + what investments add + overtime."""
    constants, columns = context.constants, context.columns
    usage, expansions = constants.tables["usage"], constants.tables["expansions"]
    option, resource = codes(usage["option"]), codes(usage["resource"])
    capacity = constants.effective.capacity
    used = np.zeros(capacity.shape, dtype=bool)
    np.logical_or.at(used.swapaxes(0, 1), resource, constants.available[option][:, None])
    where = np.nonzero(used)
    scenario, of, period = where
    row_of = np.full(capacity.shape, -1)
    row_of[where] = np.arange(len(of))
    rows = row_of[:, resource]
    added = codes(expansions["resource"])
    owned = np.broadcast_to(
        columns.owned[codes(expansions["investment"])], (rows.shape[0], len(added), rows.shape[2])
    )
    entries: list[Entries] = [
        (
            rows,
            np.broadcast_to(columns.in_force[option], rows.shape),
            usage["per_period"].to_numpy()[:, None],
        ),
        (row_of[:, added], owned, -expansions["capacity_added"].to_numpy()[:, None]),
        (rows, columns.made[:, option], usage["per_unit"].to_numpy()[:, None]),
        (rows, columns.setup[:, option], usage["per_setup"].to_numpy()[:, None]),
        (np.arange(len(of)), columns.overtime[where], -1.0),
    ]
    context.builder.add_rows(
        "capacity",
        {"scenario": scenario, "resource": of, "period": period},
        "use of '{resource}' in {period} within its capacity, {scenario}",
        [_kept(*entry) for entry in entries],
        upper=capacity[where],
    )


def _kept(rows: ArrayLike, columns: ArrayLike, values: ArrayLike) -> Entries:
    """Drop entries without a row or a column before they are gathered: most options use few resources."""
    values = np.broadcast_to(values, np.shape(columns))
    keep = (np.asarray(rows) >= 0) & (np.asarray(columns) >= 0) & (values != 0)
    return np.asarray(rows)[keep], np.asarray(columns)[keep], values[keep]
