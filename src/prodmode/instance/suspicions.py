"""What is legal but suspicious: looked for where nothing is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.eligibility import ineligible_options
from prodmode.instance.fields import MODES, QUANTITIES
from prodmode.instance.rules_lines import ineligible, report_no_option
from prodmode.instance.suspicions_data import check_data

if TYPE_CHECKING:
    import numpy.typing as npt

    from prodmode.instance.draft import Draft
    from prodmode.instance.faults import Describe
    from prodmode.instance.sheet import Mask

_YIELD = QUANTITIES.index("yield")
_CUSTOM = MODES.index("custom")
_MOST_CHANGES = 200


def check_suspicions(draft: Draft) -> None:
    """Report what is probably not meant so; the draft must be free of errors."""
    check_data(draft)
    _check_demand(draft)
    _check_eligibility(draft)
    _check_lots(draft)
    _check_late_investments(draft)
    _check_gaps(draft)
    _check_changes(draft)


def _warn(draft: Draft, code: str, cell: tuple[str, str], mask: Mask, describe: Describe) -> None:
    draft.report(code, *cell, mask, describe, severity="warning")


def _window(draft: Draft, table: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the first and last period of the rows of a table, the whole horizon where blank."""
    first, last = draft.codes(table, "first_period"), draft.codes(table, "last_period")
    return np.maximum(first, 0), np.where(last < 0, len(draft.periods) - 1, last)


def _check_demand(draft: Draft) -> None:
    lines, demand = draft.sheets["lines"], draft.sheets["demand"]
    line, period, units = (
        draft.codes("demand", "line"),
        draft.codes("demand", "period"),
        draft.numbers("demand", "units"),
    )
    first, last = _window(draft, "lines")
    off = (units > 0) & ((period < first[line]) | (period > last[line]))

    def describe(row: int) -> tuple[str, str | None]:
        return f"{demand.who(row)} has demand {units[row]:g}, but the line is off the market then.", None

    _warn(draft, "demand-off-market", ("demand", "units"), off, describe)
    none = np.bincount(line, weights=units, minlength=len(lines)) == 0
    _warn(
        draft,
        "no-demand",
        ("lines", "line"),
        none,
        lambda row: (f"{lines.who(row)} has no demand at all.", None),
    )


def _check_eligibility(draft: Draft) -> None:
    report_no_option(draft, ~draft.frames["lines"]["required"].to_numpy())
    lines, options = draft.sheets["lines"], draft.sheets["options"]
    out = ineligible(draft)

    def describe(row: int) -> tuple[str, str | None]:
        reason = ineligible_options(draft.frames["lines"], draft.frames["options"].iloc[[row]])[
            "reason"
        ].iloc[0]
        return f"{options.who(row)} of line '{options.text(row, 'line')}' cannot be chosen: {reason}.", None

    _warn(draft, "ineligible-option", ("options", "option"), out, describe)
    current = draft.codes("lines", "current_option")
    stuck = (draft.numbers("lines", "initial_stock") > 0) & (current >= 0) & np.append(out, False)[current]

    def describe_stock(row: int) -> tuple[str, str | None]:
        option = lines.text(row, "current_option")
        return f"{lines.who(row)} has initial_stock, which is lost: option '{option}' cannot be chosen.", None

    _warn(draft, "stock-lost", ("lines", "initial_stock"), stuck, describe_stock)


def _check_lots(draft: Draft) -> None:
    options, line = draft.sheets["options"], draft.codes("options", "line")
    owner, units = draft.codes("demand", "line"), draft.numbers("demand", "units")
    largest = np.zeros(len(draft.sheets["lines"]))
    np.maximum.at(largest, owner, units)
    total = np.bincount(owner, weights=units, minlength=len(largest))
    # what can be stocked may serve several periods
    stocked = ~np.isnan(draft.numbers("lines", "holding_cost"))[line] & (
        draft.codes("options", "mode") != _CUSTOM
    )
    need = np.where(stocked, total[line], largest[line]) * draft.numbers("options", "demand_factor")
    lot = draft.numbers("options", "min_lot")

    def describe(row: int) -> tuple[str, str | None]:
        name = options.text(row, "line")
        what = "demand over the horizon" if stocked[row] else "largest demand in a period"
        return (
            f"{options.who(row)}: min_lot {lot[row]:g} is above the {what} of line '{name}', {need[row]:g}.",
            None,
        )

    mask = (need > 0) & (lot * draft.numbers("options", "yield") > need)
    _warn(draft, "lot-above-demand", ("options", "min_lot"), mask, describe)


def _earliest(draft: Draft) -> npt.NDArray[np.float64]:
    """Return the first period in which each option could be in force, counting what it requires."""
    first, _ = _window(draft, "investments")
    never = len(draft.periods) + 1.0
    lead = draft.numbers("investments", "lead_time_periods")
    ready = np.where(draft.numbers("investments", "max_copies") > 0, first + lead, never)
    ready = np.append(ready, 0.0)[draft.codes("options", "requires")]
    earliest: npt.NDArray[np.float64] = np.maximum(ready, _window(draft, "options")[0])
    return earliest


def _check_late_investments(draft: Draft) -> None:
    options = draft.sheets["options"]
    requires, line = draft.codes("options", "requires"), draft.codes("options", "line")
    last = np.minimum(_window(draft, "options")[1], _window(draft, "lines")[1][line])
    late = (requires >= 0) & (_earliest(draft) > last)

    def describe(row: int) -> tuple[str, str | None]:
        name = options.text(row, "requires")
        message = f"{options.who(row)} can never be in force: investment '{name}' comes too late."
        return message, "Check the first_period, lead_time_periods and max_copies of the investment."

    _warn(draft, "late-investment", ("options", "requires"), late, describe)


def _check_gaps(draft: Draft) -> None:
    """Report required lines that nothing can make in some period on the market."""
    lines, line = draft.sheets["lines"], draft.codes("options", "line")
    start, end = _window(draft, "lines")
    first, last = _earliest(draft), _window(draft, "options")[1]
    able = ~ineligible(draft)
    throughout = able & (first <= start[line]) & (last >= end[line])
    unsure = draft.frames["lines"]["required"].to_numpy() & (
        np.bincount(line[throughout], minlength=len(lines)) == 0
    )
    chosen = np.flatnonzero(unsure)
    position = np.cumsum(unsure) - 1
    # options that come into question, counted in and out along the horizon
    counts = np.zeros((len(chosen), len(draft.periods) + 2), dtype=np.int32)
    rows = np.flatnonzero(able & unsure[line] & (first <= last))
    np.add.at(counts, (position[line[rows]], first[rows].astype(np.int64)), 1)
    np.add.at(counts, (position[line[rows]], last[rows] + 1), -1)
    periods = np.arange(len(draft.periods))
    bare = np.cumsum(counts, axis=1)[:, : len(periods)] == 0
    bare &= (periods >= start[chosen, None]) & (periods <= end[chosen, None])
    gap = np.full(len(lines), -1)
    gap[chosen] = np.where(bare.any(axis=1), bare.argmax(axis=1), -1)

    def describe(row: int) -> tuple[str, str | None]:
        period = draft.periods[gap[row]]
        message = f"{lines.who(row)} is required, but no option can be in force in period '{period}'."
        return message, "Check the periods of its options and of the investments that they require."

    _warn(draft, "no-option-in-period", ("lines", "line"), gap >= 0, describe)


def _check_changes(draft: Draft) -> None:
    changes, frame, options = draft.sheets["changes"], draft.frames["changes"], draft.frames["options"]
    factor = draft.numbers("changes", "factor")

    def idle(row: int) -> tuple[str, str | None]:
        return f"a change of {changes.text(row, 'quantity')} by factor 1 changes nothing.", None

    _warn(draft, "idle-change", ("changes", "factor"), factor == 1, idle)
    yields = options["yield"].to_numpy()
    above = (draft.codes("changes", "quantity") == _YIELD) & (factor * yields.max(initial=0) > 1)
    family = draft.frames["lines"]["family"].to_numpy(dtype="object")[draft.codes("options", "line")]
    for row in np.flatnonzero(above)[:_MOST_CHANGES].tolist():
        match = np.ones(len(options), dtype=bool)
        for name in ("line", "mode", "site"):
            code = frame[name].cat.codes.iloc[row]
            if code >= 0:
                match &= options[name].cat.codes.to_numpy() == code
        if isinstance(frame["family"].iloc[row], str):
            match &= family == frame["family"].iloc[row]
        above[row] = bool((yields[match] * factor[row] > 1).any())

    def too_good(row: int) -> tuple[str, str | None]:
        message = f"a change of yield by factor {factor[row]:g} makes more good units than units made."
        return message, "A yield times its factor should be at most 1."

    _warn(draft, "yield-above-one", ("changes", "factor"), above, too_good)
