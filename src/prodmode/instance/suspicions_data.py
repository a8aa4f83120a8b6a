"""Rows that nothing refers to, and amounts that are too far apart for a solver's arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.fields import TABLES, columns

if TYPE_CHECKING:
    from prodmode.instance.draft import Draft
    from prodmode.instance.sheet import Mask

WIDEST = 1e9
"""How many times the smallest amount the largest may be before it is suspicious."""


def check_data(draft: Draft) -> None:
    """Report rows without use and coefficients over nine orders of magnitude apart."""
    _check_unused(draft)
    _check_overtime(draft)
    for table in TABLES:
        _check_range(draft, table)


def _referred(draft: Draft, target: str, *referrers: tuple[str, str]) -> Mask:
    used = np.zeros(len(draft.sheets[target]) + 1, dtype=bool)
    for table, column in referrers:
        used[draft.codes(table, column)] = True
    return used[:-1]


def _check_unused(draft: Draft) -> None:
    used = _referred(draft, "sites", ("options", "site"), ("resources", "site"), ("investments", "site"))
    _warn_unused(draft, "unused-site", "sites", used, "is the site of no option, resource or investment")
    used = _referred(draft, "investments", ("expansions", "investment"), ("options", "requires"))
    _warn_unused(
        draft, "unused-investment", "investments", used, "adds no capacity and is required by no option"
    )
    taken = sum(draft.numbers("usage", name) for name in ("per_unit", "per_setup", "per_period"))
    used = np.zeros(len(draft.sheets["resources"]), dtype=bool)
    used[draft.codes("usage", "resource")[taken > 0]] = True
    _warn_unused(draft, "unused-resource", "resources", used, "is used by no option")


def _warn_unused(draft: Draft, code: str, table: str, used: Mask, says: str) -> None:
    sheet = draft.sheets[table]
    key = columns(table)[0].name
    draft.report(code, table, key, ~used, lambda row: (f"{sheet.who(row)} {says}.", None), severity="warning")


def _check_overtime(draft: Draft) -> None:
    sheet = draft.sheets["resources"]
    idle = (draft.numbers("resources", "overtime_cost") != 0) & (
        draft.numbers("resources", "overtime_max") == 0
    )

    def describe(row: int) -> tuple[str, str | None]:
        return (
            f"{sheet.who(row)} has an overtime_cost but no overtime.",
            "Give overtime_max, or take the cost out.",
        )

    draft.report("idle-overtime", "resources", "overtime_cost", idle, describe, severity="warning")


def _check_range(draft: Draft, table: str) -> None:
    """Compare the amounts of a table that have the same unit: money, and usage of resources."""
    groups: dict[str, list[str]] = {}
    for field in columns(table):
        if field.unit and (field.unit.startswith("currency") or table == "usage"):
            groups.setdefault(field.unit, []).append(field.name)
    sheet = draft.sheets[table]
    for unit, names in groups.items():
        extremes = [(*_extremes(np.abs(draft.numbers(table, name))), name) for name in names]
        found = [extreme for extreme in extremes if extreme[0] > 0]
        if not found:
            continue
        least, _, at_least, _, small = min(found)
        _, most, _, at_most, large = max(found, key=lambda extreme: extreme[1])
        if most > WIDEST * least:
            message = (
                f"amounts in {unit} are over nine orders of magnitude apart: {small} {least:g} of"
                f" {sheet.who(at_least) or 'a row'}, {large} {most:g} of {sheet.who(at_most) or 'a row'}."
            )
            hint = "Maybe one of the two has the wrong unit?"
            place = sheet.place(at_least, small)
            draft.faults.add("wide-range", table, message, place, hint=hint, severity="warning")


def _extremes(amounts: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float, int, int]:
    """Return the smallest amount above 0, the largest, and their rows; zeros where there is none."""
    positive = amounts > 0
    if not positive.any():
        return 0.0, 0.0, 0, 0
    at_least = int(np.where(positive, amounts, np.inf).argmin())
    at_most = int(np.where(positive, amounts, 0.0).argmax())
    return float(amounts[at_least]), float(amounts[at_most]), at_least, at_most
