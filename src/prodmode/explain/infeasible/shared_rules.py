"""The rows of rules over many lines: capacities, budgets, limits and investments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.explain.infeasible.imposed import keys_of
from prodmode.explain.infeasible.totals import most_copies, totals_of
from prodmode.formulation.limits import SIDES
from prodmode.instance.scenarios import effective
from prodmode.instance.windows import window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.explain.infeasible.imposed import Imposed
    from prodmode.instance.instance import Instance


def impose_capacity(imposed: Imposed) -> None:
    """Use of a resource in a period within its capacity, in every scenario."""
    stated, factor = capacity_figures(imposed.instance), capacity_factors(imposed.instance)
    names, labels = imposed.instance.resources["resource"].to_numpy(), imposed.instance.periods
    now = imposed.context.constants.effective.capacity
    for block in imposed.of_family("capacity"):
        scenario, resource, period = keys_of(block, "scenario", "resource", "period")
        rules = np.full(stated.shape, -1, dtype=np.int64)
        for r, t in sorted(set(zip(resource.tolist(), period.tolist(), strict=True))):
            rules[r, t] = imposed.collector.rule("capacity", names[r], period=labels[t], figure=stated[r, t])
        where = (scenario, resource, period)
        imposed.collector.add(
            imposed.rows_of(block), rules[resource, period],
            upper=now[where], period=period, slack=-factor[where],
        )  # fmt: skip


def capacity_figures(instance: Instance) -> NDArray[np.float64]:
    """Return the capacities as they are stated, before scenarios change them, shape (R, T)."""
    stated = np.repeat(instance.resources["capacity"].to_numpy()[:, None], len(instance.periods), axis=1)
    table = instance.capacity
    stated[table["resource"].cat.codes, table["period"].cat.codes] = table["capacity"].to_numpy()
    return stated


def capacity_factors(instance: Instance) -> NDArray[np.float64]:
    """Return by what scenarios multiply capacities, shape (W, R, T)."""
    resources = instance.resources
    if not len(resources):
        return effective(instance).capacity
    resources["capacity"] = 1.0
    return effective(instance.replace(resources=resources, capacity=instance.capacity.iloc[:0])).capacity


def impose_budget(imposed: Imposed) -> None:
    """Capex within the budget of each period, or up to each period within the budgets of all until then."""
    budgets = imposed.instance.budgets
    if not len(budgets):
        return
    figures, labels = budgets["capex_limit"].to_numpy(), imposed.instance.periods
    rules = np.array(
        [
            imposed.collector.rule("budget", label, period=label, figure=value)
            for label, value in zip(labels, figures, strict=True)
        ]
    )
    periods = np.arange(len(labels))
    for block in imposed.of_family("budget"):
        imposed.collector.add(imposed.rows_of(block), rules, upper=figures, period=periods, slack=-1.0)
    spent = imposed.context.columns.spent
    if not len(spent):
        return
    imposed.lower[spent], imposed.upper[spent] = -np.inf, np.inf
    rows = imposed.append(len(spent), (periods, spent, 1.0))
    items = imposed.collector.add(rows, rules, upper=figures.cumsum(), period=periods, slack=-1.0)
    later, earlier = np.tril_indices(len(periods), -1)
    imposed.collector.also_needs(items[later], rows[later], rules[earlier], slack=-1.0)


def impose_limits(imposed: Imposed) -> None:
    """Each side of each limit, over all its periods and scenarios."""
    limits = imposed.instance.limits
    if not len(limits):
        return
    totals = totals_of(imposed.context, imposed.upper)
    for block in imposed.of_family("limits"):
        limit, period, sides = keys_of(block, "limit", "period", "side")
        position, side = int(limit[0]), SIDES[int(sides[0])]
        figure, share = float(limits[side].iloc[position]), side.endswith("share")
        rule = imposed.collector.rule("limit", str(limits["limit"].iloc[position]), side=side, figure=figure)
        target, scale = (0.0, totals[position]) if share else (figure, 1.0)
        least = side.startswith("min")
        imposed.collector.add(
            imposed.rows_of(block), rule, period=period, slack=scale if least else -scale,
            lower=target if least else -np.inf, upper=np.inf if least else target,
        )  # fmt: skip


def impose_investments(imposed: Imposed) -> None:
    """Impose copies, lead times, and when investments can be bought.

    Copies in service are at most those bought so far, and at most those bought a lead time ago.
    """
    investments, columns = imposed.instance.investments, imposed.context.columns
    for family in ("service", "copies"):
        for block in imposed.of_family(family):
            imposed.freed += imposed.rows_of(block).tolist()
    if not len(investments):
        return
    names, periods = investments["investment"].to_numpy(), len(imposed.instance.periods)
    copies = investments["max_copies"].to_numpy(dtype=np.float64)
    most = np.maximum(copies, most_copies(imposed.context))
    for positions in (columns.bought, columns.owned):
        imposed.upper[positions] = most[:, None]
    _impose_service(imposed, names, investments["lead_time_periods"].to_numpy())
    owner = np.repeat(np.arange(len(names)), periods)
    rows = imposed.append(len(names), (owner, columns.bought.ravel(), 1.0))
    imposed.collector.add(rows, imposed.by_name("max_copies", names, copies), upper=copies, slack=-1.0)
    inside = window(investments, periods)
    first, last = (investments[name].astype(object).to_numpy() for name in ("first_period", "last_period"))
    for which, when in zip(*np.nonzero(~inside), strict=True):
        early = not inside[which, : when + 1].any()
        rule = (
            imposed.collector.rule("purchase_from", names[which], period=first[which]) if early
            else imposed.collector.rule("purchase_until", names[which], period=last[which])
        )  # fmt: skip
        row = imposed.append(1, (0, columns.bought[which, when], 1.0))
        imposed.collector.add(row, rule, upper=0.0, period=when)
        imposed.purchases.append(np.array([[rule, which, when]]))


def _impose_service(imposed: Imposed, names: NDArray[np.object_], lead: NDArray[np.int64]) -> None:
    columns, periods = imposed.context.columns, len(imposed.instance.periods)
    size = len(names) * periods
    triangle = np.broadcast_to(np.tri(periods, dtype=bool), (len(names), periods, periods))
    which, when, before = np.nonzero(triangle)
    number, bought = which * periods + when, columns.bought[which, before]
    owned = (np.arange(size), columns.owned.ravel(), 1.0)
    imposed.kept += imposed.append(size, owned, (number, bought, -1.0)).tolist()
    late = before <= when - lead[which]
    rows = imposed.append(size, owned, (number[late], bought[late], -1.0))
    delayed = np.repeat(lead > 0, periods)
    owner, period = np.divmod(np.arange(size), periods)
    imposed.collector.add(
        rows[delayed], imposed.by_name("delivery", names[owner[delayed]], lead[owner[delayed]]),
        upper=0.0, period=period[delayed],
    )  # fmt: skip
