"""The money of a plan line by line, and what each line takes of each resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.errors import InputError, Issue
from prodmode.instance.scenarios import discount_factors
from prodmode.plan.cells import cells
from prodmode.plan.ledger import investment_money
from prodmode.plan.rates import PAID_ON, rates
from prodmode.plan.tables import COLUMNS, COSTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.plan.cells import Cells
    from prodmode.plan.plan import Plan

LABELS: tuple[str, ...] = ("line", "option", "mode", "site", "resource", "investment", "period")
"""Columns of the line ledger that tell what a row is about; what it is not about is blank."""

AMOUNTS: tuple[str, ...] = (
    "in_force",
    "started",
    "left",
    "made",
    "setups",
    "sold",
    "stock",
    "unserved",
)
"""Columns of the line ledger that tell what happens: three flags, then units and setups, expected."""

MONEY: tuple[str, ...] = tuple(
    name for name in COLUMNS["cash_flow"] if name not in {"period", "discount_factor", "net", "present_value"}
)
"""Kinds of money, in the order of the cash flow."""

CENT = 0.005
"""Money below which two totals are the same."""


def line_ledger(instance: Instance, plan: Plan) -> pd.DataFrame:
    """Return the money of a plan line by line, expected over the scenarios.

    Parameters
    ----------
    instance : Instance
        What was planned.
    plan : Plan
        A plan of it, made here or read from files.

    Returns
    -------
    DataFrame
        First a row per line, option and period in which the option is in force, starts, is left, makes,
        sells or keeps anything, in the order of lines, periods and options. Where several options of a line
        are in force at once, what they leave unserved together is a row of the line without an option. Then
        what belongs to no line: a row per resource and period with overtime, and one per investment and
        period with money. Columns: `LABELS`, `AMOUNTS` (blank where there is no line), `MONEY` (undiscounted,
        costs positive), ``net`` (revenue + salvage - costs) and ``present_value``. Each kind of money adds
        up to ``plan.cash_flow`` in every period, and the present values to ``plan.npv``.

    Raises
    ------
    InputError
        If the plan is none of this instance: names, periods or scenarios differ, or its money does.
    """
    found = cells(instance, plan)
    parts = [
        _lines(instance, found),
        _overtime(instance, found),
        _investments(instance, found),
    ]
    size = [len(part["period"]) for part in parts]
    ledger: dict[str, Any] = {}
    for name in (*LABELS, *AMOUNTS, *MONEY):
        blank = -1 if name in LABELS else np.nan if name in AMOUNTS[3:] else 0.0
        columns = [part.get(name, np.full(rows, blank)) for part, rows in zip(parts, size, strict=True)]
        ledger[name] = np.concatenate(columns)
    period = ledger["period"].astype(np.int64)
    ledger["net"] = ledger["revenue"] + ledger["salvage"] - np.sum([ledger[name] for name in COSTS], axis=0)
    ledger["present_value"] = discount_factors(instance)[period] * ledger["net"]
    _check(ledger, plan)

    option = ledger["option"].astype(np.int64)
    for name in ("mode", "site"):
        labels = instance.options[name].astype("str")
        ledger[name] = _labels(labels, np.where(option >= 0, option, -1))
    ledger["line"] = _labels(instance.lines["line"], ledger["line"])
    ledger["option"] = _labels(instance.options["option"], option)
    ledger["resource"] = _labels(instance.resources["resource"], ledger["resource"])
    ledger["investment"] = _labels(instance.investments["investment"], ledger["investment"])
    ledger["period"] = _labels(instance.periods, period)
    for name in AMOUNTS[:3]:
        ledger[name] = ledger[name].astype(bool)
    return pd.DataFrame(ledger, columns=[*LABELS, *AMOUNTS, *MONEY, "net", "present_value"])


def resource_ledger(instance: Instance, plan: Plan) -> pd.DataFrame:
    """Return what each option takes of each resource in each period, expected over the scenarios.

    Parameters
    ----------
    instance : Instance
        What was planned.
    plan : Plan
        A plan of it, made here or read from files.

    Returns
    -------
    DataFrame
        A row per resource, line, period and option that takes any of it: resource, line, option, mode,
        site, period, then units of the resource taken ``per_unit`` made, ``per_setup`` and ``per_period`` in
        force, and ``used``, their sum. ``used`` adds up to that of ``plan.resource_use``, expected.

    Raises
    ------
    InputError
        If the plan names what the instance does not have, or has other periods or scenarios.
    """
    found, usage = cells(instance, plan), instance.usage
    using = usage["option"].cat.codes.to_numpy().astype(np.int64)
    by_option = np.argsort(using, kind="stable")
    number = np.bincount(using, minlength=len(instance.options) + 1)
    first = np.append(0, np.cumsum(number))
    # Position -1 of a line's own cell is the last, which uses nothing.
    times = number[found.option]
    cell = np.repeat(np.arange(len(found.option)), times)
    within = np.arange(len(cell)) - np.repeat(np.cumsum(times) - times, times)
    row = by_option[first[found.option[cell]] + within]
    taken = {
        "per_unit": usage["per_unit"].to_numpy()[row] * found.made[cell],
        "per_setup": usage["per_setup"].to_numpy()[row] * found.setup[cell],
        "per_period": usage["per_period"].to_numpy()[row] * found.in_force[cell],
    }
    any_taken = np.logical_or.reduce([amount != 0 for amount in taken.values()])
    resource = usage["resource"].cat.codes.to_numpy().astype(np.int64)[row]
    order = np.argsort(resource, kind="stable")
    order = order[any_taken[order]]
    cell, option = cell[order], found.option[cell[order]]
    table: dict[str, Any] = {
        "resource": _labels(instance.resources["resource"], resource[order]),
        "line": _labels(instance.lines["line"], found.line[cell]),
        "option": _labels(instance.options["option"], option),
        "mode": _labels(instance.options["mode"].astype("str"), option),
        "site": _labels(instance.options["site"].astype("str"), option),
        "period": _labels(instance.periods, found.period[cell]),
    }
    table |= {name: amount[order] for name, amount in taken.items()}
    table["used"] = table["per_unit"] + table["per_setup"] + table["per_period"]
    return pd.DataFrame(table)


def _lines(instance: Instance, found: Cells) -> dict[str, NDArray[Any]]:
    amounts = {
        "in_force": found.in_force,
        "started": found.started,
        "left": found.left,
        "made": found.made,
        "setups": found.setup,
        "sold": found.sold,
        "stock": found.stock,
        "unserved": found.unserved,
    }
    penalty = instance.lines["lost_sale_penalty"].to_numpy()
    money = {
        "revenue": found.revenue,
        "unit_cost": found.unit_cost,
        "lost_sale_penalty": penalty[found.line] * found.unserved,
    }
    for kind, rate in rates(instance).items():
        # A line's own cell has no option: whatever rate it looks up, its amounts are zero.
        money[kind] = np.append(rate, 0.0)[found.option] * getattr(found, PAID_ON[kind])
    labels = {"line": found.line, "option": found.option, "period": found.period}
    return labels | amounts | money


def _overtime(instance: Instance, found: Cells) -> dict[str, NDArray[Any]]:
    resource, period = np.nonzero(found.overtime)
    cost = instance.resources["overtime_cost"].to_numpy()[resource] * found.overtime[resource, period]
    return {"resource": resource, "period": period, "overtime_cost": cost}


def _investments(instance: Instance, found: Cells) -> dict[str, NDArray[Any]]:
    money = investment_money(instance, found.copies)
    bought = found.copies != 0
    investment, period = np.nonzero(np.logical_or.reduce([bought, *(part != 0 for part in money.values())]))
    labels: dict[str, NDArray[Any]] = {"investment": investment, "period": period}
    return labels | {kind: part[investment, period] for kind, part in money.items()}


def _check(ledger: Mapping[str, NDArray[Any]], plan: Plan) -> None:
    """Refuse money that is not what the plan states."""
    value = float(ledger["present_value"].sum())
    gross = float(np.sum([np.abs(ledger[name]).sum() for name in MONEY]))
    if not abs(value - plan.npv) <= CENT + 1e-9 * gross:
        message = (
            f"the plan states a net present value of {plan.npv:,.2f} {plan.currency}, but under this "
            f"instance it comes to {value:,.2f}: it is the plan of another instance, or was changed"
        )
        raise InputError([Issue(message, code="foreign-plan")])


def _labels(names: Any, codes: NDArray[Any]) -> Any:
    """Return the names at positions, blank where a position is negative."""
    known = pd.Series(names, dtype="str").array
    return known.take(codes.astype(np.int64), allow_fill=True, fill_value=None)
