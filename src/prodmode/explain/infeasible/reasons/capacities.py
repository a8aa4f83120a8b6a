"""Resources that the lines which must be offered need more of than there can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.explain.infeasible.reasons.facts import Reason, misses
from prodmode.explain.words import listed
from prodmode.formulation.constants import codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from prodmode.explain.infeasible.reasons.facts import Facts

MOST_TOLD = 3
"""Lines that a sentence names."""


def capacity_reasons(facts: Facts) -> Iterator[Reason]:
    """Yield resources whose least use is above capacity, overtime and all investments together.

    The least use of a line is that of its most sparing option, as if each line could have the best for
    itself. Lines with stock may make ahead, so that for them only sums up to a period count.
    """
    usage = facts.instance.usage
    resource = codes(usage["resource"])
    ceiling = facts.constants.capacity_ceiling
    for position in np.unique(resource):
        name = str(facts.instance.resources["resource"].iloc[position])
        rows = np.flatnonzero(resource == position)
        now, ahead = _least_use(facts, rows)
        found = _first(facts, name, now, ceiling[:, position], summed=False)
        if found is None:
            uptil = np.maximum(np.cumsum(now, axis=2), ahead)
            found = _first(facts, name, uptil, ceiling[:, position].cumsum(axis=1), summed=True)
        if found is not None:
            yield found


def _least_use(facts: Facts, rows: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least use of a resource by each line in a period, and up to it; shapes (W, L, T)."""
    constants, usage = facts.constants, facts.instance.usage
    options = codes(usage["option"])[rows]
    unit, standing, setup = (np.zeros(len(facts.options)) for _ in range(3))
    for into, name in ((unit, "per_unit"), (standing, "per_period"), (setup, "per_setup")):
        np.add.at(into, options, usage[name].to_numpy()[rows])
    made = facts.made
    by_units = unit[:, None] * made + np.where((made > 0) & constants.has_setup[:, None], setup[:, None], 0.0)
    fixed = np.broadcast_to(standing[:, None], made.shape)
    whole = facts.least_of_line(by_units + fixed)
    # Several options share the units, but each takes what it takes for being in force.
    apart = facts.least_of_line(unit[:, None] * made) + facts.least_of_line(fixed)
    now = np.where(facts.several[:, None], apart, whole) * facts.served
    return now, _use_until(facts, unit) + np.cumsum(facts.least_of_line(fixed) * facts.served, axis=2)


def _use_until(facts: Facts, unit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least use for what must be sold up to each period and is not in stock, shape (W, L, T)."""
    constants = facts.constants
    rate = unit[:, None] * units_per_demand(facts)
    until = np.minimum.accumulate(np.where(constants.available, rate, np.inf), axis=2)
    least = np.full(facts.least.shape, np.inf)
    np.minimum.at(least.swapaxes(0, 1), constants.line, until.swapaxes(0, 1))
    return np.where(np.isfinite(least), least, 0.0) * unserved(facts)


def units_per_demand(facts: Facts) -> NDArray[np.float64]:
    """Return the units that an option makes for a unit of demand, its best yield taken; shape (W, O, T)."""
    constants = facts.constants
    good = np.maximum.accumulate(np.broadcast_to(constants.effective.yield_, constants.shape), axis=2)
    factor = np.broadcast_to(constants.option("demand_factor")[:, None], constants.shape)
    return np.divide(factor, good, out=np.zeros(constants.shape), where=good > 0)


def unserved(facts: Facts) -> NDArray[np.float64]:
    """Return the demand that must be served up to each period and is not in stock, shape (W, L, T)."""
    constants = facts.constants
    stock = np.zeros(len(facts.lines))
    np.add.at(stock, constants.line, constants.initial_stock / constants.option("demand_factor"))
    needed = np.cumsum(np.where(facts.served, facts.least, 0.0), axis=2)
    return np.maximum(needed - stock[:, None], 0.0)


def _first(
    facts: Facts, name: str, use: NDArray[np.float64], ceiling: NDArray[np.float64], *, summed: bool
) -> Reason | None:
    """Return the reason of the period in which most of a resource is missing, None where enough is there."""
    total = use.sum(axis=1)
    over = misses(total, ceiling)
    if not over.any():
        return None
    words = facts.words
    if summed:
        period = int(np.flatnonzero(over.any(axis=0))[0])
        scenario = int(np.where(over[:, period], total[:, period] - ceiling[:, period], -np.inf).argmax())
    else:
        scenario, period = (
            int(at) for at in np.unravel_index(np.where(over, total - ceiling, -np.inf).argmax(), over.shape)
        )
    needed, there = float(total[scenario, period]), float(ceiling[scenario, period])
    takes = use[scenario, :, period]
    largest = [line for line in np.argsort(-takes)[:MOST_TOLD] if takes[line] > 0]
    told = listed(
        [f"{words.line(facts.lines[line])} {words.of_resource(name, takes[line])}" for line in largest]
    )
    when = f"up to {facts.instance.periods[period]}" if summed else f"in {facts.instance.periods[period]}"
    sentence = (
        f"The lines that must be offered take at least {words.of_resource(name, needed)} of '{name}' {when}"
        f"{facts.scenario(scenario)}, but with all overtime and every copy of every investment there are "
        f"{words.of_resource(name, there)}: {words.of_resource(name, needed - there)} are missing. "
        f"Most is taken by {told}."
    )
    periods = list(range(period + 1)) if summed else [period]
    return Reason("capacity", sentence, name, facts.labels(periods), needed, there)
