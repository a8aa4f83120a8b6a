"""Constraint family 6, capacity: what options take of a resource, with investments and overtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.constants import codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.compressed import Entries
    from prodmode.formulation.context import Context


def add_capacity(context: Context) -> None:
    """Usage per unit, setup and period <= capacity + what investments add + overtime."""
    constants, columns = context.constants, context.columns
    usage, expansions = constants.tables["usage"], constants.tables["expansions"]
    option, resource = codes(usage["option"]), codes(usage["resource"])
    capacity = constants.effective.capacity
    used = np.zeros(capacity.shape, dtype=bool)
    for when, can in enumerate(constants.available[option].T):
        used[:, resource[can], when] = True
    where = np.nonzero(used)
    scenario, of, period = where
    row_of = np.full(capacity.shape, -1, dtype=np.int32)
    row_of[where] = np.arange(len(of))
    scenarios, _, periods = capacity.shape

    def taken(positions: NDArray[np.int32], name: str) -> Entries:
        amounts = usage[name].to_numpy()
        users = np.flatnonzero(amounts)
        wanted = np.broadcast_to(positions[..., option[users], :], (scenarios, len(users), periods))
        return _kept(row_of[:, resource[users]], wanted, amounts[users][:, None])

    added = codes(expansions["resource"])
    owned = np.broadcast_to(columns.owned[codes(expansions["investment"])], (scenarios, len(added), periods))
    entries: list[Entries] = [
        taken(columns.in_force, "per_period"),
        _kept(row_of[:, added], owned, -expansions["capacity_added"].to_numpy()[:, None]),
        taken(columns.made, "per_unit"),
        taken(columns.setup, "per_setup"),
        (None, columns.overtime[where], -1.0),
    ]
    context.builder.add_rows(
        "capacity",
        {"scenario": scenario, "resource": of, "period": period},
        "use of '{resource}' in {period} within its capacity, {scenario}",
        entries,
        upper=capacity[where],
    )


def _kept(rows: NDArray[np.int32], columns: NDArray[np.int32], values: NDArray[np.float64]) -> Entries:
    """Drop entries without a row or a column: rows are for what is used, columns for what is possible."""
    keep = (rows >= 0) & (columns >= 0)
    values = np.broadcast_to(values, keep.shape)
    return (rows, columns, values) if keep.all() else (rows[keep], columns[keep], values[keep])
