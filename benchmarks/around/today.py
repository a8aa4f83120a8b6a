"""A plan without a solver: what a portfolio would do if nothing changed, whatever its resources can bear."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.scenarios import effective
from prodmode.plan.decisions import Decisions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode import Instance

AHEAD = 0.1
"""Share of the next period's demand that is kept in stock where a line can be stocked."""


def today(instance: Instance) -> Decisions:
    """Return decisions that keep one option of every line in force and serve what its market asks for.

    Lines, demand, stock and lots are as they should be; capacities, budgets, limits and fill rates need not
    hold.

    Parameters
    ----------
    instance : Instance
        The portfolio.
    """
    figures = effective(instance)
    options, lines = instance.options, instance.lines
    periods = len(instance.periods)
    chosen = _chosen(instance)
    when = np.arange(periods)
    first = lines["first_period"].cat.codes.to_numpy()
    last = lines["last_period"].cat.codes.to_numpy()
    offered = (when >= first[:, None]) & (when <= np.where(last < 0, periods - 1, last)[:, None])
    in_force = np.zeros((len(options), periods), dtype=bool)
    in_force[chosen] = offered

    stockable = lines["holding_cost"].notna().to_numpy() & (options["mode"] != "custom").to_numpy()[chosen]
    has_setups = _has_setups(instance)[chosen]
    least = options["min_lot"].to_numpy()[chosen]
    most = options["max_units"].fillna(np.inf).to_numpy()[chosen]
    asked = figures.demand * options["demand_factor"].to_numpy()[chosen][:, None] * offered
    good = figures.yield_[:, chosen]
    kept = np.where(lines["current_option"].cat.codes.to_numpy() == chosen, lines["initial_stock"], 0.0)
    before = np.where(stockable, kept, 0.0)
    shape = (len(figures.probability), len(options), periods)
    made, sold, stock = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for period in when:
        ahead = asked[:, :, period + 1] if period + 1 < periods else 0.0
        wanted = offered[:, period] * (asked[:, :, period] + np.where(stockable, AHEAD * ahead, 0.0))
        units = np.maximum(wanted - before, 0.0) / good[:, :, period]
        units = np.minimum(np.where(units > 0, np.maximum(units, least), 0.0), most)
        there = before + units * good[:, :, period]
        made[:, chosen, period] = units
        sold[:, chosen, period] = np.minimum(asked[:, :, period], there)
        before = np.where(stockable, np.minimum(there, wanted) - sold[:, chosen, period], 0.0)
        stock[:, chosen, period] = before
    setup = np.zeros(shape, dtype=bool)
    setup[:, chosen] = (made[:, chosen] > 0) & has_setups[:, None]
    return Decisions(
        in_force=in_force,
        copies=np.zeros((len(instance.investments), periods), dtype=np.int64),
        made=made,
        setup=setup,
        sold=sold,
        stock=stock,
        overtime=np.zeros(figures.capacity.shape),
    )


def broken(decisions: Decisions) -> Decisions:
    """Return decisions that break a rule in every line and period: more is sold than made or asked for."""
    return dataclasses.replace(decisions, sold=3 * decisions.sold, stock=decisions.stock + decisions.sold)


def _chosen(instance: Instance) -> NDArray[np.intp]:
    """Return an option of each line: today's, or the first; eligible ones that need no investment before."""
    options, lines = instance.options, instance.lines
    line = options["line"].cat.codes.to_numpy()
    late = options["lead_time_days"].to_numpy() > lines["max_lead_time_days"].to_numpy()[line]
    poor = options["quality"].to_numpy() < lines["min_quality"].to_numpy()[line]
    rank = 4.0 * (late | poor) + 2.0 * options["requires"].notna().to_numpy() + 1.0
    current = lines["current_option"].cat.codes.to_numpy()
    rank[current[current >= 0]] -= 1.0
    order = np.lexsort((rank, line))
    at = np.searchsorted(line[order], np.arange(len(lines)))
    return np.asarray(order[at])


def _has_setups(instance: Instance) -> NDArray[np.bool_]:
    options, usage = instance.options, instance.usage
    has = ((options["setup_cost"] != 0) | (options["min_lot"] > 0)).to_numpy(copy=True)
    has[usage["option"].cat.codes.to_numpy()[usage["per_setup"].to_numpy() > 0]] = True
    has[instance.tiers["option"].cat.codes.to_numpy()] = True
    return np.asarray(has)
