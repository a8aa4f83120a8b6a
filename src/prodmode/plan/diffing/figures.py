"""Which figures differ between two plans: money, use of resources, units."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.errors import InputError, Issue
from prodmode.instance.fields import MODES
from prodmode.plan.by_line import CENT, MONEY
from prodmode.plan.diffing.amounts import ALIKE, MoneyChange, ServedChange, UnitsChange, UseChange
from prodmode.plan.diffing.decisions import common_periods, merged
from prodmode.plan.tables import COLUMNS, COSTS

if TYPE_CHECKING:
    import pandas as pd

    from prodmode.plan.plan import Plan

_LOOKED_AT = ("assignments", "unserved", "resource_use", "cash_flow")


def check(plan: Plan) -> None:
    """Refuse a plan whose figures cannot be compared.

    Parameters
    ----------
    plan : Plan
        A plan from anywhere.

    Raises
    ------
    InputError
        If a figure is missing, a scenario has no probability, or the cash flow does not make up the net
        present value.
    """
    for name in _LOOKED_AT:
        table = getattr(plan, name)
        for column, kind in COLUMNS[name].items():
            if kind == "number" and column != "utilisation" and not np.isfinite(table[column]).all():
                raise _refused(plan, f"has a cell that is no number in column {column} of table {name}")
        if "scenario" in table and not table["scenario"].isin(list(plan.scenarios)).all():
            raise _refused(plan, f"has a scenario without a probability in table {name}")
    flow = plan.cash_flow
    value = math.fsum((flow["discount_factor"] * _signed(plan, kind)).sum() for kind in MONEY)
    gross = math.fsum(flow[kind].abs().sum() for kind in MONEY)
    if not abs(value - plan.npv) <= CENT + 1e-9 * gross:
        told, true = f"{plan.npv:,.2f} {plan.currency}", f"{value:,.2f}"
        raise _refused(plan, f"states a net present value of {told}, but its cash flow comes to {true}")


def money_changes(before: Plan, after: Plan) -> tuple[MoneyChange, ...]:
    """Return the money of every kind, that with the largest change of present value first."""
    found = []
    for kind in MONEY:
        money = [(plan.cash_flow["discount_factor"], _signed(plan, kind)) for plan in (before, after)]
        present = [float((factor * amount).sum()) for factor, amount in money]
        found.append(MoneyChange(kind, *present, *(float(amount.sum()) for _, amount in money)))
    return tuple(sorted(found, key=lambda part: -abs(part.change)))


def use_changes(before: Plan, after: Plan) -> tuple[UseChange, ...]:
    """Return the use of every resource in the periods that both plans have, in the instance's order."""
    old, new = _use(before), _use(after)
    resources = merged((name for name, _ in old), (name for name, _ in new))
    nothing = (None, None)
    found = []
    for resource in resources:
        for period in common_periods(before, after):
            own = [side.get((resource, period), nothing) for side in (old, new)]
            found.append(UseChange(resource, period, own[0][0], own[1][0], own[0][1], own[1][1]))
    return tuple(found)


def units_changes(before: Plan, after: Plan) -> tuple[UnitsChange, ...]:
    """Return the units made and sold in each mode."""
    sums = [
        plan.assignments.groupby("mode")[["made", "sold"]].sum().reindex([*MODES], fill_value=0.0)
        for plan in (before, after)
    ]
    return tuple(
        UnitsChange(mode, *(float(side.loc[mode, name]) for name in ("made", "sold") for side in sums))  # type: ignore[arg-type]
        for mode in MODES
    )


def served_changes(before: Plan, after: Plan) -> tuple[ServedChange, ...]:
    """Return the lines of which other quantities are served, in the instance's order."""
    sides = [_served(plan) for plan in (before, after)]
    lines = merged(*(side.index for side in sides))
    old, new = (side.reindex(lines, fill_value=0.0) for side in sides)
    same = np.isclose(old["served"], new["served"], rtol=ALIKE, atol=ALIKE)
    columns = (side[name].tolist() for name in ("served", "demand") for side in (old, new))
    return tuple(
        ServedChange(line, before, after, _share(before, asked_before), _share(after, asked_after))
        for line, before, after, asked_before, asked_after, equal in zip(
            lines, *columns, same.tolist(), strict=True
        )
        if not equal
    )


def fill_rate(plan: Plan) -> float | None:
    """Return the expected units served over those asked for of the lines offered, None without any."""
    table = _served(plan)
    return _share(float(table["served"].sum()), float(table["demand"].sum()))


def _signed(plan: Plan, kind: str) -> pd.Series[float]:
    return -plan.cash_flow[kind] if kind in COSTS else plan.cash_flow[kind]


def _weights(plan: Plan, table: pd.DataFrame) -> Any:
    return table["scenario"].map(dict(plan.scenarios)).astype(np.float64)


def _use(plan: Plan) -> dict[tuple[str, str], tuple[float | None, float | None]]:
    """Return the expected utilisation and units by resource and period."""
    table = plan.resource_use
    weight = _weights(plan, table)
    defined = table["utilisation"].notna()
    table = table.assign(
        used=weight * table["used"],
        share=weight.where(defined, 0.0),
        weighted=(weight * table["utilisation"]).where(defined, 0.0),
    )
    sums = table.groupby(["resource", "period"], sort=False)[["used", "share", "weighted"]].sum()
    return {
        (str(resource), str(period)): (_share(weighted, share), float(used))
        for (resource, period), used, share, weighted in sums.itertuples(name=None)
    }


def _served(plan: Plan) -> pd.DataFrame:
    table = plan.unserved
    weight = _weights(plan, table)
    table = table.assign(served=weight * table["served"], demand=weight * table["demand"])
    return table.groupby("line", sort=False)[["served", "demand"]].sum()


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _refused(plan: Plan, message: str) -> InputError:
    hint = "Maybe it was changed after it was written?"
    return InputError([Issue(f"the plan of '{plan.name}' {message}.", hint=hint, code="unsound-plan")])
