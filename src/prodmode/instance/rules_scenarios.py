"""Rules of scenarios: probabilities sum to 1, and a change is filtered by what it acts on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.faults import listing
from prodmode.instance.fields import QUANTITIES

if TYPE_CHECKING:
    from prodmode.instance.draft import Draft

TOLERANCE = 1e-6
"""How far from 1 the probabilities may sum, for decimals that were cut."""

_OF_OPTIONS = frozenset({"line", "family", "mode", "site", "period"})
CHANGE_FILTERS: dict[str, frozenset[str]] = {
    "demand": frozenset({"line", "family", "period"}),
    "price": _OF_OPTIONS,
    "unit_cost": _OF_OPTIONS,
    "yield": _OF_OPTIONS,
    "capacity": frozenset({"resource", "site", "period"}),
}
"""The filters that a change of each quantity may have."""

_FILTERS = ("line", "family", "mode", "site", "resource", "period")


def check_scenarios(draft: Draft) -> None:
    """Report probabilities that do not sum to 1, and filters that do not fit the quantity."""
    _check_probabilities(draft)
    quantity = draft.codes("changes", "quantity")
    for name in _FILTERS:
        fits = np.array([name in CHANGE_FILTERS[choice] for choice in QUANTITIES] + [True])
        filled = draft.frames["changes"][name].notna().to_numpy()
        _report_filters(draft, name, filled & ~fits[quantity])


def _check_probabilities(draft: Draft) -> None:
    sheet = draft.sheets["scenarios"]
    if not len(sheet) or not draft.whole("scenarios", "probability"):
        return
    total = float(draft.numbers("scenarios", "probability").sum())
    if abs(total - 1) > TOLERANCE * (1 + 1e-6):
        message = f"the probabilities of the {len(sheet)} scenarios sum to {total:.9g}, not to 1."
        hint = "Maybe a scenario is missing, or a probability is in percent?"
        draft.faults.add("probabilities", "scenarios", message, sheet.place(None, "probability"), hint=hint)


def _report_filters(draft: Draft, name: str, mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
    sheet = draft.sheets["changes"]

    def describe(row: int) -> tuple[str, str | None]:
        quantity = sheet.text(row, "quantity")
        allowed = [choice for choice in _FILTERS if choice in CHANGE_FILTERS[quantity]]
        message = f"a change of {quantity} cannot be filtered by {name} '{sheet.text(row, name)}'."
        return message, f"Leave {name} blank: {quantity} is filtered by {listing(allowed)}."

    draft.report("change-filter", "changes", name, mask, describe)
