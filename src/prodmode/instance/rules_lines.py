"""Rules of lines: something can make them, and what is in force and in stock at the start makes sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.eligibility import ineligible_options
from prodmode.instance.faults import near
from prodmode.instance.fields import MODES

if TYPE_CHECKING:
    import numpy.typing as npt

    from prodmode.errors import Severity
    from prodmode.instance.draft import Draft
    from prodmode.instance.sheet import Mask

_CUSTOM = MODES.index("custom")


def check_lines(draft: Draft) -> None:
    """Report required lines that nothing can make, and starts that make no sense."""
    required = draft.frames["lines"]["required"].to_numpy() & draft.sheets["lines"].sound("required")
    report_no_option(draft, required)
    _check_current(draft)
    _check_stock(draft)


def ineligible(draft: Draft) -> Mask:
    """Return which options are too slow or too poor for their line."""
    line = draft.codes("options", "line")
    if not len(draft.sheets["lines"]):
        return np.zeros(len(line), dtype=bool)
    longest, least = (
        draft.numbers("lines", "max_lead_time_days")[line],
        draft.numbers("lines", "min_quality")[line],
    )
    late = draft.numbers("options", "lead_time_days") > longest
    mask: Mask = (line >= 0) & (late | (draft.numbers("options", "quality") < least))
    return mask


def report_no_option(draft: Draft, among: Mask) -> None:
    """Report those lines that have no option, or none that is eligible; an error for required lines."""
    sheet, line = draft.sheets["lines"], draft.codes("options", "line")
    known = len(sheet)
    options = np.bincount(line[line >= 0], minlength=known)
    eligible = np.bincount(line[(line >= 0) & ~ineligible(draft)], minlength=known)
    lines = np.flatnonzero(among & (eligible == 0) & ~_excused(draft))
    if not len(lines):
        return
    severity: Severity = "error" if draft.frames["lines"]["required"].to_numpy()[lines[0]] else "warning"

    def without(row: int) -> tuple[str, str | None]:
        hint = (
            "Add an option for it."
            if severity == "warning"
            else "Add an option for it, or set required to false."
        )
        return f"{sheet.who(row)} has no option.", hint

    def all_out(row: int) -> tuple[str, str | None]:
        return _no_eligible(draft, row, np.flatnonzero(line == row))

    barren = options[lines] == 0
    if len(draft.sheets["options"]):
        draft.faults.add_rows("no-eligible-option", sheet, "line", lines[barren], without, severity=severity)
    draft.faults.add_rows("no-eligible-option", sheet, "line", lines[~barren], all_out, severity=severity)


def _excused(draft: Draft) -> Mask:
    """Return the lines whose options may be among those that were reported for another fault."""
    names = draft.frames["lines"]["line"]
    orphans = draft.orphans
    if orphans is None:
        return np.ones(len(names), dtype=bool)
    known = names.tolist() if orphans else []
    likely = {near(orphan, known) for orphan in orphans[:50]} | set(orphans)
    return names.isin([name for name in likely if name is not None]).to_numpy()


def _no_eligible(draft: Draft, row: int, options: npt.NDArray[np.int64]) -> tuple[str, str | None]:
    lines, sheet = draft.frames["lines"], draft.sheets["lines"]
    frame = draft.frames["options"].iloc[options]
    found = ineligible_options(lines, frame)
    reasons = [
        f"option '{name}': {reason}" for name, reason in zip(found["option"], found["reason"], strict=True)
    ]
    more = f"; and {len(reasons) - 3:,} more" if len(reasons) > 3 else ""
    limits = lines.iloc[row]
    slow = (frame["lead_time_days"] > limits["max_lead_time_days"]).to_numpy()
    poor = (frame["quality"] < limits["min_quality"]).to_numpy()
    hints = []
    if (slow & ~poor).any():
        days = frame["lead_time_days"].to_numpy()[slow & ~poor].min()
        hints.append(f"max_lead_time_days {days:g} would do")
    if (poor & ~slow).any():
        quality = frame["quality"].to_numpy()[poor & ~slow].max()
        hints.append(f"min_quality {quality:g} would do")
    if not hints:
        days, quality = frame["lead_time_days"].iloc[0], frame["quality"].iloc[0]
        hints.append(f"max_lead_time_days {days:g} with min_quality {quality:g} would do")
    message = f"{sheet.who(row)} has no eligible option: {'; '.join(reasons[:3])}{more}."
    return message, f"Maybe {' or '.join(hints)}?"


def _check_current(draft: Draft) -> None:
    sheet, options = draft.sheets["lines"], draft.sheets["options"]
    current, line = draft.codes("lines", "current_option"), np.append(draft.codes("options", "line"), -1)
    other = (current >= 0) & (line[current] >= 0) & (line[current] != np.arange(len(current)))

    def describe(row: int) -> tuple[str, str | None]:
        option, owner = sheet.text(row, "current_option"), options.text(int(current[row]), "line")
        message = f"current_option '{option}' of {sheet.who(row)} makes line '{owner}'."
        return message, "Name an option of the line itself, or leave it blank."

    draft.report("current-option", "lines", "current_option", other, describe)


def _check_stock(draft: Draft) -> None:
    sheet = draft.sheets["lines"]
    stock, holding = draft.numbers("lines", "initial_stock"), draft.numbers("lines", "holding_cost")
    current = draft.codes("lines", "current_option")
    mode = np.append(draft.codes("options", "mode"), -1)[current]
    stocked = stock > 0
    cases = (
        (
            np.isnan(holding) & sheet.sound("holding_cost"),
            "no holding_cost",
            "Give a holding_cost (0 is allowed).",
        ),
        (
            (current < 0) & sheet.sound("current_option"),
            "no current_option",
            "Name the option that it belongs to.",
        ),
        (mode == _CUSTOM, "a custom current_option, which makes to order", "Set initial_stock to 0."),
    )
    for mask, lack, hint in cases:

        def describe(row: int, lack: str = lack, hint: str = hint) -> tuple[str, str | None]:
            return f"{sheet.who(row)} has initial_stock {stock[row]:g} but {lack}.", hint

        draft.report("initial-stock", "lines", "initial_stock", stocked & mask, describe)
