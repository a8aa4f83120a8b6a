"""Amounts that are orders of magnitude from those beside them: a wrong unit, or digits too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.oddities.facts import times

if TYPE_CHECKING:
    import numpy.typing as npt

    from prodmode.instance.oddities.facts import Facts

    Floats = npt.NDArray[np.float64]
    Codes = npt.NDArray[np.int64]

FAR = 50.0
"""How many times the middle of its siblings a unit cost, an emission or a usage is that is told."""

_DEAR = 200.0
"""How many times every cost a price is that is told."""


def check_slips(facts: Facts) -> None:
    """Report unit costs, emissions, usages and prices that look like a slip of the unit."""
    line = facts.line
    for column in ("unit_cost", "emissions_per_unit"):
        values = np.nan_to_num(facts.number("options", column))
        if column == "unit_cost":
            values = facts.unit_cost
        _report(facts, "options", column, values, line)
    if facts.size("usage"):
        option, resource = facts.draft.codes("usage", "option"), facts.draft.codes("usage", "resource")
        group = line[option] * (facts.size("resources") + 1) + resource
        _report(facts, "usage", "per_unit", facts.number("usage", "per_unit"), group)
    _check_price(facts)


def _report(facts: Facts, table: str, column: str, values: Floats, group: Codes) -> None:
    lower, upper = _middles_of_others(values, group)
    high, low = (values >= FAR * upper) & (upper > 0), (values > 0) & (values * FAR <= lower)
    hit, middle = high | low, np.where(high, upper, lower)
    # Of two, either may be the slip: the larger is told, once.
    pairs = np.bincount(_dense(group), weights=values > 0)[_dense(group)] == 2
    hit &= ~pairs | high
    if column == "unit_cost":
        hit &= ~facts.tiered
        facts.slipped[hit] = True

    def describe(row: int) -> tuple[str, str | None]:
        message = (
            f"{facts.who(table, row)}: {column} {values[row]:g} is {times(values[row] / middle[row])} that of"
            f" the other options of its line, {middle[row]:g}."
        )
        return message, "Maybe it is in another unit?"

    facts.warn(f"{column.replace('_', '-')}-far-off", (table, column), hit, describe)


def _dense(group: Codes) -> Codes:
    return np.unique(group, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _middles_of_others(values: Floats, group: Codes) -> tuple[Floats, Floats]:
    """Return the lower and upper median of the other positive values of each row's group, NaN without any.

    Both, since of an even number of values one alone may be the slip itself.
    """
    lower, upper = np.full(len(values), np.nan), np.full(len(values), np.nan)
    rows = np.flatnonzero(values > 0)
    if len(rows):
        rows = rows[np.lexsort((values[rows], group[rows]))]
        first = np.flatnonzero(np.append(True, np.diff(group[rows]) != 0))
        size = np.diff(np.append(first, len(rows)))
        start, number = np.repeat(first, size), np.repeat(size, size)
        place = np.arange(len(rows)) - start
        for middle, half in ((lower, (number - 2) // 2), (upper, (number - 1) // 2)):
            # The row itself is taken out of its sorted group.
            taken = start + np.clip(half + (place <= half), 0, number - 1)
            middle[rows] = np.where(number > 1, values[rows][taken], np.nan)
    return lower, upper


def _check_price(facts: Facts) -> None:
    """Report prices that are far above every cost of the line."""
    price, dearest = facts.best_price, facts.by_line(facts.good_cost, "max")
    hit = (dearest > 0) & np.isfinite(dearest) & (price >= _DEAR * dearest)

    def describe(row: int) -> tuple[str, str | None]:
        message = (
            f"{facts.who('lines', row)}: its price {price[row]:g} is {times(price[row] / dearest[row])} what"
            f" its dearest option costs a unit, {dearest[row]:g}."
        )
        return message, "Maybe the costs are in another unit, or per another quantity?"

    facts.warn("price-far-above-cost", ("lines", "price"), hit, describe)
