"""Fill rates that no option of a line can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.explain.infeasible.reasons.facts import Reason, misses
from prodmode.formulation.constants import codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from prodmode.explain.infeasible.reasons.facts import Facts

MOST_TOLD = 4
"""Options that a sentence names."""


def supply_reasons(facts: Facts) -> Iterator[Reason]:
    """Yield required lines whose options cannot sell what the least fill rate asks for.

    Each option is given its resources alone, with all overtime and every copy of every investment.
    """
    short = misses(facts.sold, facts.supply) & facts.constants.available
    # An option is in force in all scenarios, so that falling short in one is enough.
    fails = short.any(axis=0) | ~facts.constants.available
    single = facts.served & ~facts.any_of_line(~fails) & ~facts.several[:, None]
    together = _together(facts)
    several = facts.served & facts.several[:, None] & misses(facts.least, together).any(axis=0)
    for line, period in zip(*np.nonzero(single | several), strict=True):
        scenario = _worst(facts, int(line), int(period))
        yield _reason(facts, int(line), int(period), scenario, together)


def _together(facts: Facts) -> NDArray[np.float64]:
    """Return the demand that as many options as a line may have can serve at most, shape (W, L, T)."""
    factor = facts.constants.option("demand_factor")[:, None]
    demand = facts.constants.effective.demand
    each = np.minimum(facts.supply / factor, demand[:, facts.constants.line])
    most = facts.instance.lines["max_options"].to_numpy()
    found = np.zeros(demand.shape)
    for line in np.flatnonzero(facts.several):
        ranked = -np.sort(-each[:, facts.members[line]], axis=1)
        found[:, line] = ranked[:, : most[line]].sum(axis=1)
    return found


def _worst(facts: Facts, line: int, period: int) -> int:
    """Return the scenario in which the options of a line together are the furthest from enough."""
    options = facts.members[line]
    gap = facts.sold[:, options, period] - facts.supply[:, options, period]
    return int(np.where(np.isfinite(gap), gap, 0.0).max(axis=1, initial=0.0).argmax())


def _reason(facts: Facts, line: int, period: int, scenario: int, together: NDArray[np.float64]) -> Reason:
    words, options = facts.words, facts.members[line]
    usable = options[facts.constants.available[options, period]]
    factor = facts.constants.option("demand_factor")
    # What an option must sell differs with its market; told is the demand that this serves.
    served = np.minimum(
        facts.supply[scenario, usable, period] / factor[usable],
        facts.constants.effective.demand[scenario, line, period],
    )
    order = usable[np.argsort(-served)]
    needed = float(facts.least[scenario, line, period])
    possible = (
        float(together[scenario, line, period]) if facts.several[line] else float(served.max(initial=0.0))
    )
    fill = words.percent(facts.instance.lines["min_fill_rate"].iloc[line])
    told = [_most(facts, int(option), period, scenario) for option in order[:MOST_TOLD]]
    if len(order) > MOST_TOLD:
        told.append(f"{len(order) - MOST_TOLD} more less still")
    can = "its options together cannot" if facts.several[line] else "no option of it can"
    sentence = (
        f"{words.line(facts.lines[line])} must serve {fill} of its demand in {facts.instance.periods[period]}"
        f"{facts.scenario(scenario)}, {words.units(needed)}, but {can}: {'; '.join(told)}."
    )
    return Reason("fill_rate", sentence, str(facts.lines[line]), facts.labels([period]), needed, possible)


def _most(facts: Facts, option: int, period: int, scenario: int) -> str:
    """Return what an option can sell at most in a period, and what holds it back."""
    constants, words = facts.constants, facts.words
    name, most = facts.options[option], float(facts.supply[scenario, option, period])
    factor = float(constants.option("demand_factor")[option])
    market = "" if factor == 1 else f" of a market of {words.percent(factor)} of the demand"
    limit, lot = float(constants.option("max_units")[option]), float(constants.option("min_lot")[option])
    by_capacity = float(constants.most_by_capacity[scenario, option, period])
    ceiling = by_capacity if np.isnan(limit) else min(limit, by_capacity)
    if not np.isfinite(ceiling):
        return f"'{name}' sells {words.units(most)} at most{market}"
    held = (
        f"at most {words.units(limit)} are made a period"
        if limit == ceiling
        else _resource(facts, option, period, scenario)
    )
    if ceiling < lot:
        held = f"its minimum lot of {words.units(lot)} is above what can be made: {held}"
    good = float(np.broadcast_to(constants.effective.yield_, constants.shape)[scenario, option, period])
    wasted = "" if good == 1 else f", with a yield of {words.percent(good)}"
    return f"'{name}' can sell {words.units(most)}{market} ({held}{wasted})"


def _resource(facts: Facts, option: int, period: int, scenario: int) -> str:
    """Return the resource that holds an option back, with all there could be of it."""
    usage = facts.instance.usage
    rows = np.flatnonzero((codes(usage["option"]) == option) & (usage["per_unit"].to_numpy() > 0))
    resource = codes(usage["resource"])[rows]
    there = facts.constants.capacity_ceiling[scenario, resource, period]
    fixed = (usage["per_setup"] + usage["per_period"]).to_numpy()[rows]
    least = int(np.argmin((there - fixed) / usage["per_unit"].to_numpy()[rows]))
    name = facts.instance.resources["resource"].iloc[resource[least]]
    amount = facts.words.of_resource(name, float(there[least]))
    return f"there are {amount} of '{name}', overtime and every investment included"
