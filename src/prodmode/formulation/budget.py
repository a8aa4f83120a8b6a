"""Constraint family 8, budget: purchases and tooling within what may be spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from prodmode.formulation.context import Context


def add_budget(context: Context) -> None:
    """Capex of purchases and tooling per period, or up to each period where unspent money is carried over."""
    constants, columns = context.constants, context.columns
    budgets = constants.tables["budgets"]
    if not len(budgets):
        return
    investment, bought = np.nonzero(columns.bought >= 0)
    option, started = np.nonzero(columns.start >= 0)
    sign = -1.0 if len(columns.spent) else 1.0
    entries = [
        (started, columns.start[option, started], sign * constants.option("tooling_capex")[option]),
        (
            bought,
            columns.bought[investment, bought],
            sign * constants.tables["investments"]["capex"].to_numpy()[investment],
        ),
    ]
    periods = np.arange(len(budgets))
    if len(columns.spent):
        before = np.append(-1, columns.spent[:-1])
        context.builder.add_rows(
            "budget_carryover",
            {"period": periods},
            "capex spent up to {period}: what was spent before, purchases and tooling",
            [*entries, (periods, before, -1.0), (periods, columns.spent, 1.0)],
            lower=0.0,
            upper=0.0,
        )
    else:
        context.builder.add_rows(
            "budget",
            {"period": periods},
            "capex spent in {period} on purchases and tooling",
            entries,
            upper=budgets["capex_limit"].to_numpy(),
        )
