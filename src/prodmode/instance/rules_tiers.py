"""Rules of tiers: they start at 0, they increase, and their option says how they act."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from prodmode.instance.draft import Draft


def check_tiers(draft: Draft) -> None:
    """Report tiers that do not fit together, or do not fit their option."""
    _check_options(draft)
    _check_thresholds(draft)


def _check_options(draft: Draft) -> None:
    options = draft.sheets["options"]
    has_tiers = np.zeros(len(options), dtype=bool)
    owners = draft.codes("tiers", "option")
    has_tiers[owners[owners >= 0]] = True
    kind = draft.codes("options", "tier_kind")
    sound = options.sound("tier_kind")
    cost = draft.numbers("options", "unit_cost")

    def without_kind(row: int) -> tuple[str, str | None]:
        return f"{options.who(row)} has tiers but no tier_kind.", "Set tier_kind to incremental or all_units."

    def without_tiers(row: int) -> tuple[str, str | None]:
        message = f"{options.who(row)} has tier_kind '{options.text(row, 'tier_kind')}' but no tiers."
        return message, "Give its tiers in table tiers, or leave tier_kind blank."

    def with_cost(row: int) -> tuple[str, str | None]:
        message = f"{options.who(row)} has tiers, and unit_cost {cost[row]:g} besides."
        return message, "Leave unit_cost blank: the tiers give it."

    draft.report("tiers", "options", "tier_kind", has_tiers & (kind < 0) & sound, without_kind)
    if draft.whole("tiers"):
        draft.report("tiers", "options", "tier_kind", ~has_tiers & (kind >= 0), without_tiers)
    draft.report("tiers", "options", "unit_cost", (kind >= 0) & ~np.isnan(cost), with_cost)


def _check_thresholds(draft: Draft) -> None:
    tiers = draft.sheets["tiers"]
    if not len(tiers):
        return
    option, start = draft.codes("tiers", "option"), draft.numbers("tiers", "from_units")
    same = option[1:] == option[:-1]
    first = np.append(True, ~same)
    # the rows are sorted by threshold: a step back in the file is a threshold below the one before
    back = np.append(same & (np.diff(tiers.rows) < 0), False)

    def late(row: int) -> tuple[str, str | None]:
        name = tiers.text(row, "option")
        message = f"the tiers of option '{name}' start at from_units {start[row]:g}, not at 0."
        return message, f"Give option '{name}' a tier from 0 units."

    def falling(row: int) -> tuple[str, str | None]:
        name = tiers.text(row, "option")
        steps = f"from_units {start[row]:g} comes after {start[row + 1]:g}"
        message = f"the tiers of option '{name}' do not increase: {steps}."
        return message, "List them from the smallest threshold to the largest."

    if draft.whole("tiers"):
        draft.report("tiers", "tiers", "from_units", first & (start != 0), late)
    draft.report("tiers", "tiers", "from_units", back, falling)
