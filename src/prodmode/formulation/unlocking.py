"""Constraint family 7, unlocking: options that need an investment, and the copies of it in service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.constants import codes

if TYPE_CHECKING:
    from prodmode.formulation.context import Context


def add_unlocking(context: Context) -> None:
    """Add x <= Z per option, Z[t] = Z[t-1] + z[t - lead time], and no more copies than max_copies."""
    constants, columns = context.constants, context.columns
    needs = codes(constants.tables["options"]["requires"])
    option, period = np.nonzero((columns.in_force >= 0) & (needs >= 0)[:, None])
    context.builder.add_rows(
        "unlocking",
        {"option": option, "period": period},
        "'{option}' is in force in {period} only with its investment in service",
        [
            (None, columns.in_force[option, period], 1.0),
            (None, columns.owned[needs[option], period], -1.0),
        ],
        upper=0.0,
    )
    _add_service(context)
    _add_copies(context)


def _add_service(context: Context) -> None:
    constants, columns = context.constants, context.columns
    lead = constants.tables["investments"]["lead_time_periods"].to_numpy()
    investment, period = np.nonzero(columns.owned >= 0)
    before = np.where(period > 0, columns.owned[investment, period - 1], -1)
    ordered = period - lead[investment]
    bought = np.where(ordered >= 0, columns.bought[investment, ordered], -1)
    context.builder.add_rows(
        "service",
        {"investment": investment, "period": period},
        "copies of '{investment}' in service in {period}: those before and those delivered",
        [(None, bought, -1.0), (None, before, -1.0), (None, columns.owned[investment, period], 1.0)],
        lower=0.0,
        upper=0.0,
    )


def _add_copies(context: Context) -> None:
    constants, columns = context.constants, context.columns
    investment = np.flatnonzero((columns.bought >= 0).sum(axis=1) > 1)
    row_of = np.full(len(columns.bought), -1)
    row_of[investment] = np.arange(len(investment))
    which, period = np.nonzero((columns.bought >= 0) & (row_of >= 0)[:, None])
    context.builder.add_rows(
        "copies",
        {"investment": investment},
        "copies of '{investment}' bought over the horizon",
        [(row_of[which], columns.bought[which, period], 1.0)],
        upper=constants.tables["investments"]["max_copies"].to_numpy(dtype=np.float64)[investment],
    )
