"""Policies over many lines that count nothing, can never bind or cannot be met."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.fields import EACH

if TYPE_CHECKING:
    import numpy.typing as npt

    from prodmode.instance.oddities.facts import Facts
    from prodmode.instance.sheet import Mask

_FILTERS = ("mode", "site", "family", "line")
_COUNTED = frozenset({"lines", "units", "revenue", "emissions", "setups"})
"""Measures that are never below 0, and whose most can be told from the tables."""


def check_limits(facts: Facts) -> None:
    """Report odd limits."""
    for row in range(facts.size("limits")):
        _check(facts, row)


def _check(facts: Facts, row: int) -> None:
    draft = facts.draft
    measure = draft.sheets["limits"].text(row, "measure")
    bounds = {
        name: float(facts.number("limits", name)[row]) for name in ("min", "max", "min_share", "max_share")
    }
    given = {name: value for name, value in bounds.items() if not np.isnan(value)}
    counted, narrowed = _counted(facts, row)
    if not counted.any() and measure != "capex":
        filters = ", ".join(
            f"{name} '{draft.sheets['limits'].text(row, name)}'"
            for name in _FILTERS
            if draft.sheets["limits"].text(row, name)
        )
        _add(facts, row, "limit-counts-nothing", None, f"counts nothing: no option has {filters}",
             "Check its mode, site, family and line.")  # fmt: skip
        return
    most = _most(facts, row, measure, counted) if measure in _COUNTED else None
    for name, value in given.items():
        found = _judged(name, value, most, narrowed=narrowed, measure=measure)
        if found is not None:
            code, words, hint = found
            _add(facts, row, code, name, f"{words}", hint)


_NEVER, _BEYOND = "limit-never-binds", "limit-out-of-reach"


def _judged(
    name: str, value: float, most: float | None, *, narrowed: bool, measure: str
) -> tuple[str, str, str] | None:
    if name.endswith("share"):
        return _judged_share(name, value, narrowed=narrowed or measure == "capex", measure=measure)
    if most is None:
        return None
    if name == "max":
        if value < most * (1 - 1e-9):
            return None
        words = f"max {value:g} never binds: there are {most:g} {measure} at most"
        return _NEVER, words, "Tighten it, or leave it out; maybe it is in another unit?"
    found = None
    if value <= 0:
        found = (
            _NEVER,
            f"min {value:g} never binds: {measure} are never below 0",
            "Raise it, or leave it out.",
        )
    elif value > most * (1 + 1e-9):
        found = _BEYOND, f"min {value:g} cannot be met: there are {most:g} {measure} at most", "Lower it."
    return found


def _judged_share(name: str, value: float, *, narrowed: bool, measure: str) -> tuple[str, str, str] | None:
    if not narrowed:
        out = name == "max_share" and value < 1
        words = f"{name} {value:g} {'cannot hold' if out else 'never binds'}: it counts all {measure}"
        return _BEYOND if out else _NEVER, words, "Give it a mode, site, family or line."
    if (name, value) in {("max_share", 1.0), ("min_share", 0.0)}:
        return _NEVER, f"{name} {value:g} never binds", "Tighten it, or leave it out."
    return None


def _add(facts: Facts, row: int, code: str, column: str | None, words: str, hint: str) -> None:
    sheet = facts.draft.sheets["limits"]
    place = sheet.place(row, column or "limit")
    message = f"{sheet.who(row)}: {words}." if column else f"{sheet.who(row)} {words}."
    facts.draft.faults.add(code, "limits", message, place, hint=hint, severity="warning")


def _counted(facts: Facts, row: int) -> tuple[Mask, bool]:
    """Return the options that a limit counts, and whether it leaves any out."""
    draft = facts.draft
    counted, narrowed = np.ones(facts.size("options"), dtype=bool), False
    for name in ("mode", "site", "line"):
        code = draft.codes("limits", name)[row]
        if code >= 0:
            counted &= draft.codes("options", name) == code
            narrowed = True
    family = draft.sheets["limits"].text(row, "family")
    if family:
        counted &= (draft.frames["lines"]["family"] == family).to_numpy(dtype=bool)[facts.line]
        narrowed = True
    return counted, narrowed


def _most(facts: Facts, row: int, measure: str, counted: Mask) -> float | None:
    """Return the most that a limit could measure in its periods, None where that cannot be told."""
    rows = np.flatnonzero(counted & facts.able)
    number = _number_of_periods(facts, row, measure)
    if measure == "lines":
        at_once = np.maximum(facts.number("lines", "max_options"), 1)
        return float(np.minimum(np.bincount(facts.line[rows], minlength=len(at_once)), at_once).sum())
    if measure == "setups":
        return float(len(rows) * number)
    emits = facts.number("options", "emissions_per_unit")[rows]
    if measure == "emissions" and not emits.any():
        return 0.0
    if (facts.number("options", "min_lot")[rows] > 0).any() or len(facts.draft.sheets["changes"]):
        return None  # a lot may be larger than what is asked for, and a scenario may ask for more
    asked = _asked(facts, row, facts.revenue if measure == "revenue" else facts.units)
    if asked is None:
        return None
    size = facts.number("options", "demand_factor")[rows]
    rate = size / facts.number("options", "yield")[rows]
    if measure == "revenue":
        rate = size * facts.number("options", "price_factor")[rows]
    elif measure == "emissions":
        rate = rate * emits
    largest = np.zeros(facts.size("lines"))
    np.maximum.at(largest, facts.line[rows], rate)
    return float(largest @ np.maximum(asked, 0.0))


def _number_of_periods(facts: Facts, row: int, measure: str) -> int:
    whole = not facts.draft.sheets["limits"].text(row, "period") and measure != "lines"
    return facts.periods if whole else 1


def _asked(facts: Facts, row: int, amount: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
    """Return what is asked of each line in the periods of a limit; None where stock moves it about."""
    period = facts.draft.sheets["limits"].text(row, "period")
    if not period:
        return np.asarray(amount.sum(axis=1))
    if facts.stocked.any():
        return None
    if period == EACH:
        return np.asarray(amount.max(axis=1, initial=0.0))
    return np.asarray(amount[:, facts.draft.periods.index(period)])
