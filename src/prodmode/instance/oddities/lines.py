"""Lines that earn nothing, that nothing can make when they are asked for, or with figures that are slips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.oddities.facts import times
from prodmode.instance.rules_lines import ineligible

if TYPE_CHECKING:
    from prodmode.instance.oddities.facts import Facts

_FAR = 7.0
"""How many times all other periods a demand is that looks like a digit too many or too few."""

_STEADY = 4.0
"""Spread of a steady demand: the largest over the smallest of the other periods."""


def check_lines(facts: Facts) -> None:
    """Report odd lines and demands."""
    _check_uncovered(facts)
    _check_earning(facts)
    _check_demand(facts)
    _check_price(facts)
    _check_stock(facts)
    _check_current(facts)
    _check_fill(facts)


def _check_uncovered(facts: Facts) -> None:
    """Report demand of an optional line in a period in which no option can be in force."""
    first, last = facts.window("options")
    rows = np.flatnonzero(facts.able)
    shape = (facts.size("lines"), facts.periods + 1)
    cell = facts.line[rows] * shape[1]
    size = shape[0] * shape[1]
    steps = np.bincount(cell + first[rows], minlength=size) - np.bincount(
        cell + last[rows] + 1, minlength=size
    )
    covered = np.cumsum(steps.reshape(shape), axis=1)[:, :-1] > 0
    bare = (facts.units > 0) & ~covered
    # Required lines, and lines that nothing can make, are told elsewhere.
    optional = ~facts.draft.frames["lines"]["required"].to_numpy(dtype=bool)
    bare &= (optional & covered.any(axis=1))[:, None]

    def describe(row: int) -> tuple[str, str | None]:
        period = facts.draft.periods[int(bare[row].argmax())]
        message = f"{facts.who('lines', row)} has demand in period '{period}', but no option then."
        return message, "Check the first_period and last_period of its options."

    facts.warn("demand-without-option", ("lines", "line"), np.asarray(bare.any(axis=1)), describe)


def _check_earning(facts: Facts) -> None:
    """Report lines of which each unit loses money, or that have no reason to be sold."""
    asked = facts.units.sum(axis=1) > 0
    cheapest = facts.by_line(facts.good_cost, "min")
    worth = facts.by_line(facts.worth, "max")
    price, fill = facts.best_price, facts.number("lines", "min_fill_rate")
    penalty = facts.number("lines", "lost_sale_penalty")
    loses = asked & (price > 0) & np.isfinite(cheapest) & (worth < cheapest * facts.cheaper)

    def at_a_loss(row: int) -> tuple[str, str | None]:
        message = (
            f"{facts.who('lines', row)} earns at most {worth[row]:g} a unit, but its cheapest option costs"
            f" {cheapest[row]:g}: every unit loses money."
        )
        return message, "Maybe the price and the costs have different units?"

    facts.warn("price-below-cost", ("lines", "price"), loses, at_a_loss)
    idle = asked & (price == 0) & (fill == 0) & (penalty <= 0) & (cheapest > 0) & np.isfinite(cheapest)

    def for_nothing(row: int) -> tuple[str, str | None]:
        message = f"{facts.who('lines', row)} has neither a price nor a min_fill_rate: nothing of it is sold."
        return message, "Give a price, a min_fill_rate or a lost_sale_penalty."

    facts.warn("nothing-to-earn", ("lines", "price"), idle, for_nothing)


def _check_demand(facts: Facts) -> None:
    """Report a demand that is far off that of all other periods of a steady line."""
    units = np.where(facts.units > 0, facts.units, np.nan)
    enough = (facts.units > 0).sum(axis=1) >= 4
    if not enough.any():
        return
    rows = np.flatnonzero(enough)
    ordered = np.sort(units[rows], axis=1)  # blanks last
    count = (~np.isnan(ordered)).sum(axis=1)
    at = np.arange(len(rows))
    top, second = ordered[at, count - 1], ordered[at, count - 2]
    low, next_low = ordered[:, 0], ordered[:, 1]
    high = (top >= _FAR * second) & (second <= _STEADY * low)
    small = (low * _FAR <= next_low) & (top <= _STEADY * next_low)
    line, period = facts.draft.codes("demand", "line"), facts.draft.codes("demand", "period")
    odd = np.full(facts.size("lines"), np.nan)
    usual = np.full(facts.size("lines"), np.nan)
    odd[rows], usual[rows] = (
        np.where(high, top, np.where(small, low, np.nan)),
        np.where(high, second, next_low),
    )
    given = facts.number("demand", "units")
    hit = (given == odd[line]) & facts.market[line, period]

    def describe(row: int) -> tuple[str, str | None]:
        near, value = usual[line[row]], given[row]
        other = "the largest" if value > near else "the smallest"
        message = (
            f"{facts.who('demand', row)}: demand {value:g} is {times(value / near)} {other} of the other"
            f" periods, {near:g}."
        )
        return message, "Maybe a digit too many?" if value > near else "Maybe a digit is missing?"

    facts.warn("demand-far-off", ("demand", "units"), hit, describe)


def _check_price(facts: Facts) -> None:
    """Report a price of a period that is far off the line's."""
    price = facts.number("demand", "price")
    own = facts.number("lines", "price")[facts.draft.codes("demand", "line")]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = price / own
    hit = (own > 0) & (price > 0) & ((ratio >= 10) | (ratio <= 0.1))

    def describe(row: int) -> tuple[str, str | None]:
        far = times(ratio[row])
        message = f"{facts.who('demand', row)}: price {price[row]:g} is {far} the line's, {own[row]:g}."
        return message, "Maybe one of the two is a slip?"

    facts.warn("price-far-off", ("demand", "price"), hit, describe)


def _check_stock(facts: Facts) -> None:
    stock, total = facts.number("lines", "initial_stock"), facts.units.sum(axis=1)

    def too_much(row: int) -> tuple[str, str | None]:
        message = (
            f"{facts.who('lines', row)}: initial_stock {stock[row]:g} is above all demand, {total[row]:g}."
        )
        return message, "Maybe the stock or the demand has another unit?"

    facts.warn("stock-above-demand", ("lines", "initial_stock"), (total > 0) & (stock > total), too_much)
    holding, price = facts.number("lines", "holding_cost"), facts.best_price
    cheapest = facts.by_line(facts.good_cost, "min")
    dear = (holding > np.where(price > 0, price, np.inf)) & (holding > cheapest)

    def too_dear(row: int) -> tuple[str, str | None]:
        message = (
            f"{facts.who('lines', row)}: holding_cost {holding[row]:g} a period is above the price of the"
            f" unit, {price[row]:g}."
        )
        return message, "It is paid per unit and period; leave it blank for what cannot be stocked."

    facts.warn("holding-above-price", ("lines", "holding_cost"), dear, too_dear)


def _check_current(facts: Facts) -> None:
    current = facts.draft.codes("lines", "current_option")
    out = (current >= 0) & np.append(ineligible(facts.draft), False)[current]

    def describe(row: int) -> tuple[str, str | None]:
        option = facts.draft.sheets["lines"].text(row, "current_option")
        message = f"{facts.who('lines', row)} uses option '{option}' today, which may not be chosen."
        return message, "Check max_lead_time_days and min_quality of the line."

    facts.warn("current-ineligible", ("lines", "current_option"), out, describe)


def _check_fill(facts: Facts) -> None:
    """Report a least fill rate that even the largest options together could not reach in some period."""
    made = np.nan_to_num(facts.number("options", "max_units"), nan=np.inf)
    share = made * facts.number("options", "yield") / facts.number("options", "demand_factor")
    fill, at_once = facts.number("lines", "min_fill_rate"), facts.number("lines", "max_options")
    most = facts.by_line(share, "max") * np.maximum(at_once, 1)
    asked = fill * facts.units.max(axis=1, initial=0.0)
    required = facts.draft.frames["lines"]["required"].to_numpy(dtype=bool)
    short = required & ~facts.stocked & (asked > most * (1 + 1e-9)) & (most >= 0)

    def describe(row: int) -> tuple[str, str | None]:
        message = (
            f"{facts.who('lines', row)}: min_fill_rate {fill[row]:g} asks for {asked[row]:g} units in a"
            f" period, but its options make {most[row]:g} at most."
        )
        return message, "Check the max_units of its options."

    facts.warn("fill-rate-out-of-reach", ("lines", "min_fill_rate"), short, describe)
