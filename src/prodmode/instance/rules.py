"""Rules that span the columns of a row or several tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.faults import listing
from prodmode.instance.rules_lines import check_lines
from prodmode.instance.rules_scenarios import check_scenarios
from prodmode.instance.rules_tiers import check_tiers

if TYPE_CHECKING:
    from prodmode.instance.draft import Draft

_BOUNDS = ("min", "max", "min_share", "max_share")


def check_rules(draft: Draft) -> None:
    """Report every row that breaks a rule; cells already reported are left in peace."""
    for table in ("lines", "options", "investments"):
        _check_window(draft, table)
    for table, low, high in (
        ("options", "min_lot", "max_units"),
        ("limits", "min", "max"),
        ("limits", "min_share", "max_share"),
    ):
        _check_pair(draft, table, low, high)
    check_lines(draft)
    check_tiers(draft)
    _check_limits(draft)
    _check_budgets(draft)
    check_scenarios(draft)


def _check_window(draft: Draft, table: str) -> None:
    first, last = draft.codes(table, "first_period"), draft.codes(table, "last_period")
    sheet = draft.sheets[table]

    def describe(row: int) -> tuple[str, str | None]:
        start, end = draft.periods[first[row]], draft.periods[last[row]]
        message = f"{sheet.who(row)}: first_period '{start}' is after last_period '{end}'."
        return message, "Maybe the two are swapped?"

    draft.report("period-order", table, "first_period", (last >= 0) & (first > last), describe)


def _check_pair(draft: Draft, table: str, low: str, high: str) -> None:
    least, most = draft.numbers(table, low), draft.numbers(table, high)
    sheet = draft.sheets[table]

    def describe(row: int) -> tuple[str, str | None]:
        return (
            f"{sheet.who(row)}: {low} {least[row]:g} is above {high} {most[row]:g}.",
            "Maybe the two are swapped?",
        )

    draft.report("min-above-max", table, low, least > most, describe)


def _check_limits(draft: Draft) -> None:
    sheet = draft.sheets["limits"]
    unbounded = sheet.sound(*_BOUNDS)
    for name in _BOUNDS:
        unbounded &= np.isnan(draft.numbers("limits", name))

    def describe(row: int) -> tuple[str, str | None]:
        return f"{sheet.who(row)} bounds nothing.", "Give at least one of min, max, min_share and max_share."

    draft.report("no-bound", "limits", None, unbounded, describe)


def _check_budgets(draft: Draft) -> None:
    sheet = draft.sheets["budgets"]
    if not len(sheet) or not draft.periods or not draft.whole("budgets"):
        return
    listed = set(draft.codes("budgets", "period").tolist())
    absent = [period for code, period in enumerate(draft.periods) if code not in listed]
    if absent:
        verb = "is" if len(absent) == 1 else "are"
        message = f"table 'budgets' does not list every period: {listing(absent)} {verb} missing."
        hint = "Give every period a capex_limit (0 forbids purchases), or leave the table out."
        draft.faults.add("budgets", "budgets", message, sheet.place(), hint=hint)
