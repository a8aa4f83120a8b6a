"""From decisions to a plan: the tables and the ledger."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from prodmode.instance.scenarios import effective
from prodmode.plan.kpis import kpis
from prodmode.plan.ledger import cash_flow, copies_in_service, starts_and_exits
from prodmode.plan.plan import Plan
from prodmode.plan.tables import frame
from prodmode.plan.tiers import production_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.instance.scenarios import Effective
    from prodmode.plan.decisions import Decisions

NOISE = 1e-9
"""Quantities below this share of an option's largest are what rounding in a solver leaves of zero."""


def assemble(instance: Instance, decisions: Decisions) -> Plan:
    """Turn decisions into a plan.

    Nothing is repaired: what breaks a rule in the decisions breaks it in the plan.

    Parameters
    ----------
    instance : Instance
        What was decided on.
    decisions : Decisions
        What was decided.

    Returns
    -------
    Plan
        With its key figures.
    """
    figures = effective(instance)
    decisions = _without_noise(instance, decisions)
    production, cost = _production(instance, figures, decisions)
    unserved_table, unserved = _unserved(instance, figures, decisions)
    flow = cash_flow(instance, figures, decisions, cost, unserved)
    plan = Plan(
        name=instance.name,
        currency=instance.currency,
        periods=instance.periods,
        scenarios=dict(zip(figures.scenarios, figures.probability.tolist(), strict=True)),
        assignments=_assignments(instance, figures, decisions),
        production=production,
        sales=_sales(instance, figures, decisions),
        stock=_stock(instance, figures, decisions),
        unserved=unserved_table,
        purchases=_purchases(instance, decisions),
        resource_use=_resource_use(instance, figures, decisions),
        cash_flow=frame("cash_flow", flow),
        npv=float(flow["present_value"].sum()),
    )
    return plan.replace(kpis=kpis(instance, plan))


def _without_noise(instance: Instance, decisions: Decisions) -> Decisions:
    # A solver's zero is something like 1e-12; left in, it would make rows of the tables. The scale is what
    # the option makes or its market asks for, so no quantity that means anything is near it.
    line = instance.options["line"].cat.codes.to_numpy()
    asked = np.zeros(len(instance.lines))
    np.maximum.at(asked, instance.demand["line"].cat.codes.to_numpy(), instance.demand["units"].to_numpy())
    largest = asked[line] * instance.options["demand_factor"].to_numpy()
    if len(line):
        largest = np.maximum(largest, _largest(decisions.made))
    floor = NOISE * np.maximum(1.0, largest)
    rest = NOISE * np.maximum(1.0, _largest(decisions.overtime))
    return dataclasses.replace(
        decisions,
        made=_above(decisions.made, floor),
        sold=_above(decisions.sold, floor),
        stock=_above(decisions.stock, floor),
        overtime=_above(decisions.overtime, rest),
    )


def _largest(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest absolute amount of each option or resource, given amounts of shape (W, n, T)."""
    high, low = amounts.max(axis=(0, 2), initial=0.0), amounts.min(axis=(0, 2), initial=0.0)
    return np.asarray(np.maximum(high, -low))


def _above(amounts: NDArray[np.float64], floor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the amounts with 0 in place of those below the floor; the array itself where there are none."""
    where = np.nonzero(amounts)
    small = np.abs(amounts[where]) < floor[where[1]]
    if not small.any():
        return amounts
    kept = amounts.copy()
    kept[tuple(axis[small] for axis in where)] = 0.0
    return kept


def _take(labels: Any, codes: NDArray[np.intp]) -> pd.Series[Any]:
    return pd.Series(pd.Series(labels).astype("str").array.take(codes))


class _Labels:
    """Label columns of rows given by scenario, option and period."""

    def __init__(self, instance: Instance, figures: Effective) -> None:
        self.scenario = list(figures.scenarios)
        self.period = list(instance.periods)
        self.option = instance.options["option"]
        self.line = instance.options["line"].astype("str")

    def columns(self, where: tuple[NDArray[np.intp], ...]) -> dict[str, Any]:
        scenario, option, period = where
        return {
            "scenario": _take(self.scenario, scenario),
            "line": _take(self.line, option),
            "option": _take(self.option, option),
            "period": _take(self.period, period),
        }


def _assignments(instance: Instance, figures: Effective, decisions: Decisions) -> pd.DataFrame:
    options = instance.options
    started, _ = starts_and_exits(instance, decisions.in_force)
    line = options["line"].cat.codes.to_numpy()
    option, period = np.nonzero(decisions.in_force)
    order = np.lexsort((option, period, line[option]))
    option, period = option[order], period[order]
    share = figures.probability
    return frame(
        "assignments",
        {
            "line": _take(options["line"], option),
            "period": _take(list(instance.periods), period),
            "option": _take(options["option"], option),
            "mode": _take(options["mode"], option),
            "site": _take(options["site"], option),
            "started": started[option, period],
            "made": share @ decisions.made[:, option, period] + 0.0,
            "sold": share @ decisions.sold[:, option, period] + 0.0,
        },
    )


def _production(
    instance: Instance, figures: Effective, decisions: Decisions
) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    where = np.nonzero((decisions.made != 0) | decisions.setup)
    scenario, option, period = where
    made = decisions.made[where] + 0.0  # a solver may say -0.0
    cost = production_cost(instance, option, made) * figures.unit_cost_factor[where]
    if decisions.tier_cost is not None:
        chosen = decisions.tier_cost[where]
        cost = np.where(np.isnan(chosen), cost, chosen)
    table = _Labels(instance, figures).columns(where)
    table |= {"made": made, "setup": decisions.setup[where].astype(np.int64), "cost": cost}
    shape = (len(figures.probability), len(instance.periods))
    total = np.zeros(shape)
    np.add.at(total, (scenario, period), cost)
    return frame("production", table), total


def _sales(instance: Instance, figures: Effective, decisions: Decisions) -> pd.DataFrame:
    where = np.nonzero(decisions.sold)
    sold, price = decisions.sold[where], figures.price[where]
    table = _Labels(instance, figures).columns(where)
    return frame("sales", table | {"sold": sold, "price": price, "revenue": price * sold})


def _stock(instance: Instance, figures: Effective, decisions: Decisions) -> pd.DataFrame:
    where = np.nonzero(decisions.stock)
    return frame("stock", _Labels(instance, figures).columns(where) | {"stock": decisions.stock[where]})


def _unserved(
    instance: Instance, figures: Effective, decisions: Decisions
) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    options, lines = instance.options, instance.lines
    line = options["line"].cat.codes.to_numpy()
    of_line = csr_array((np.ones(len(line)), (line, np.arange(len(line)))), shape=(len(lines), len(line)))
    offered = of_line @ decisions.in_force.astype(np.float64) > 0
    own = of_line / options["demand_factor"].to_numpy()
    served = np.stack([csr_array(own) @ sold for sold in decisions.sold])
    demand = figures.demand
    unserved = np.where(offered, demand - served, 0.0)
    unserved[np.abs(unserved) < NOISE * np.maximum(1.0, demand)] = 0.0
    where = np.nonzero(offered & (demand > 0))
    table = {
        "scenario": _take(list(figures.scenarios), where[0]),
        "line": _take(lines["line"], where[1]),
        "period": _take(list(instance.periods), where[2]),
        "demand": demand[where],
        "served": served[where],
        "unserved": unserved[where],
    }
    return frame("unserved", table), unserved


def _purchases(instance: Instance, decisions: Decisions) -> pd.DataFrame:
    investment, period = np.nonzero(decisions.copies)
    return frame(
        "purchases",
        {
            "investment": _take(instance.investments["investment"], investment),
            "period": _take(list(instance.periods), period),
            "copies": decisions.copies[investment, period],
        },
    )


def _resource_use(instance: Instance, figures: Effective, decisions: Decisions) -> pd.DataFrame:
    usage, expansions = instance.usage, instance.expansions
    scenarios, resources, periods = figures.capacity.shape
    shape = (resources, len(instance.options))
    place = (usage["resource"].cat.codes.to_numpy(), usage["option"].cat.codes.to_numpy())
    unit, setup, period = (
        csr_array((usage[name].to_numpy(), place), shape=shape)
        for name in ("per_unit", "per_setup", "per_period")
    )
    standing = period @ decisions.in_force.astype(np.float64)
    used = np.stack(
        [
            unit @ decisions.made[w] + setup @ decisions.setup[w].astype(np.float64) + standing
            for w in range(scenarios)
        ]
    )
    added = csr_array(
        (
            expansions["capacity_added"].to_numpy(),
            (expansions["resource"].cat.codes.to_numpy(), expansions["investment"].cat.codes.to_numpy()),
        ),
        shape=(resources, len(instance.investments)),
    )
    capacity = figures.capacity + added @ copies_in_service(instance, decisions.copies).astype(np.float64)
    w, r, t = (axis.ravel() for axis in np.indices((scenarios, resources, periods)))
    used, capacity = used.ravel(), capacity.ravel()
    return frame(
        "resource_use",
        {
            "scenario": _take(list(figures.scenarios), w),
            "resource": _take(instance.resources["resource"], r),
            "period": _take(list(instance.periods), t),
            "used": used,
            "capacity": capacity,
            "overtime": decisions.overtime.ravel() + 0.0,
            "utilisation": np.divide(used, capacity, out=np.full(used.shape, np.nan), where=capacity > 0),
        },
    )
