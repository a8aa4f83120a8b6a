"""The five quantities: the effective figure is changed wherever it is stated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.explain.changes.heads import filters_of
from prodmode.explain.changes.work import new_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.explain.changes.edit import Edit
    from prodmode.explain.changes.work import Mask, Work

    Floats = NDArray[np.float64]

_OPTION_FILTERS = ("option", "mode", "site", "region", "kind")


def change_quantity(work: Work, edit: Edit) -> None:
    """Apply a change of demand, price, unit_cost, capacity or yield."""
    unknown = [name for name, _ in edit.filters if name not in filters_of(edit.head)]
    for name in unknown:
        if name == "period":
            message = f"'{edit.head}' is the same in every period."
            work.fail(edit, message, "Leave the period out, or state it as a scenario's change.")
        else:
            work.unknown(edit, f"'{edit.head}' has no filter", name, filters_of(edit.head))
    if unknown:
        return
    if not isinstance(edit.value, float | int):
        work.fail(edit, f"'{edit.head}' can only be set to a number.")
        return
    {
        "demand": _demand,
        "price": _price,
        "unit_cost": _unit_cost,
        "capacity": _capacity,
        "yield": _yield,
    }[edit.head](work, edit)


def operated(edit: Edit, before: Floats) -> Floats:
    """Return figures after the operation of a change."""
    value = float(edit.value if edit.value is not None else np.nan)
    if edit.op == "*":
        return before * value
    if edit.op == "=":
        return np.full(len(before), value)
    return before + value if edit.op == "+" else before - value


def scale(work: Work, edit: Edit, table: str, column: str, mask: Mask) -> bool:
    """Change the figures of a column in the rows of a mask; blanks stay blank. Whether there were any."""
    before = work.frame(table)[column].to_numpy(dtype=np.float64, na_value=np.nan)
    mask = mask & ~np.isnan(before)
    if mask.any():
        work.assign(table, column, mask, operated(edit, before[mask]))
    return bool(mask.any())


def _nothing(work: Work, edit: Edit) -> None:
    told = " and ".join(f"{name} '{value}'" for name, value in edit.filters)
    work.fail(edit, f"no {edit.head} is stated for {told}." if told else f"no {edit.head} is stated.")


def _split(edit: Edit, name: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the filters without those of one name, and the values of those."""
    return [pair for pair in edit.filters if pair[0] != name], [v for k, v in edit.filters if k == name]


def _period(work: Work, edit: Edit) -> tuple[list[tuple[str, str]], str | None, bool]:
    """Return the other filters, the period asked for, and whether it exists."""
    others, periods = _split(edit, "period")
    sound = True
    for period in periods:
        if period not in work.instance.periods:
            work.unknown(edit, "there is no period", period, work.instance.periods)
            sound = False
    return others, periods[-1] if periods else None, sound


def _demand(work: Work, edit: Edit) -> None:
    mask = work.rows(edit, "demand", edit.filters)
    if mask is None:
        return
    done = scale(work, edit, "demand", "units", mask)
    others, period, _ = _period(work, edit)
    if (
        period is not None
        and edit.op in {"+", "="}
        and all(name in filters_of("lines") for name, _ in others)
    ):
        # a line without a row has demand 0 in the period, which can be raised
        lines = work.rows(edit, "lines", others)
        if lines is not None:
            stated = work.frame("demand")
            there = stated["line"][(stated["period"].astype(object) == period).to_numpy()].astype(object)
            missing = [name for name in work.frame("lines")["line"][lines] if name not in set(there)]
            if missing:
                cells: dict[str, Any] = {
                    "line": missing,
                    "period": [period] * len(missing),
                    "units": operated(edit, np.zeros(len(missing))),
                }
                work.put("demand", new_rows(stated, "demand", cells))
                done = True
    if not done:
        _nothing(work, edit)


def _price(work: Work, edit: Edit) -> None:
    if any(name in _OPTION_FILTERS for name, _ in edit.filters):
        _price_of_options(work, edit)
        return
    others, period, sound = _period(work, edit)
    lines = work.rows(edit, "lines", others)
    if lines is None or not sound:
        return
    names = work.frame("lines")["line"][lines].astype(object)
    demand = work.frame("demand")
    rows = np.asarray(demand["line"].astype(object).isin(names))
    if period is None:
        done = scale(work, edit, "lines", "price", lines)
        scale(work, edit, "demand", "price", rows)
    else:
        rows = rows & (demand["period"].astype(object) == period).to_numpy()
        prices = work.frame("lines").set_index(work.frame("lines")["line"].astype(object))["price"]
        stated = demand["price"].to_numpy(dtype=np.float64, na_value=np.nan)
        of_line = demand["line"].astype(object).map(prices).to_numpy(dtype=np.float64, na_value=np.nan)
        before = np.where(np.isnan(stated), of_line, stated)
        done = bool(rows.any())
        if done:
            work.assign("demand", "price", rows, operated(edit, before[rows]))
    if not done:
        _nothing(work, edit)


def _price_of_options(work: Work, edit: Edit) -> None:
    if edit.op != "*" or any(name == "period" for name, _ in edit.filters):
        message = "the price of one option can only be multiplied, and for all periods: it is a factor."
        work.fail(edit, message, "Leave the option, mode and site out, or write for example *1.05.")
        return
    mask = work.rows(edit, "options", edit.filters)
    if mask is not None and not scale(work, edit, "options", "price_factor", mask):
        _nothing(work, edit)


def _unit_cost(work: Work, edit: Edit) -> None:
    mask = work.rows(edit, "options", edit.filters)
    if mask is None:
        return
    names = work.frame("options")["option"][mask].astype(object)
    tiers = np.asarray(work.frame("tiers")["option"].astype(object).isin(names))
    done = scale(work, edit, "options", "unit_cost", mask)
    if tiers.any():
        done |= scale(work, edit, "tiers", "unit_cost", tiers)
    if not done:
        _nothing(work, edit)


def _capacity(work: Work, edit: Edit) -> None:
    others, period, sound = _period(work, edit)
    resources = work.rows(edit, "resources", others)
    if resources is None or not sound:
        return
    names = work.frame("resources")["resource"][resources].astype(object)
    stated = work.frame("capacity")
    rows = np.asarray(stated["resource"].astype(object).isin(names))
    if not resources.any():
        _nothing(work, edit)
    elif period is None:
        scale(work, edit, "resources", "capacity", resources)
        if rows.any():
            scale(work, edit, "capacity", "capacity", rows)
    else:
        rows = rows & np.asarray(stated["period"].astype(object) == period)
        there = set(stated["resource"][rows].astype(object))
        if rows.any():
            scale(work, edit, "capacity", "capacity", rows)
        missing = resources & ~work.frame("resources")["resource"].astype(object).isin(there).to_numpy()
        if missing.any():
            before = work.frame("resources")["capacity"].to_numpy(dtype=np.float64)[missing]
            cells: dict[str, Any] = {
                "resource": work.frame("resources")["resource"][missing].astype(object).to_numpy(),
                "period": [period] * int(missing.sum()),
                "capacity": operated(edit, before),
            }
            work.put("capacity", new_rows(work.frame("capacity"), "capacity", cells))


def _yield(work: Work, edit: Edit) -> None:
    mask = work.rows(edit, "options", edit.filters)
    if mask is not None and not scale(work, edit, "options", "yield", mask):
        _nothing(work, edit)
