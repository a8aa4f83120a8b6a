"""What the search for oddities looks at, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.fields import QUANTITIES
from prodmode.instance.rules_lines import ineligible

if TYPE_CHECKING:
    import numpy.typing as npt

    from prodmode.errors import Place
    from prodmode.instance.draft import Draft
    from prodmode.instance.faults import Describe
    from prodmode.instance.raw import Origin
    from prodmode.instance.sheet import Mask

    Floats = npt.NDArray[np.float64]
    Codes = npt.NDArray[np.int64]


TINY_YIELD = 0.2
"""Share of good units below which a yield looks like the share of scrap."""


@dataclass(frozen=True)
class Facts:
    """A sound draft, with what is worked out from it: of L lines, O options, R resources, T periods."""

    draft: Draft
    settings: Origin

    def setting_place(self, name: str) -> Place:
        """Return the place of a setting."""
        return self.settings.place(column=name)

    def warn(self, code: str, cell: tuple[str, str], mask: Mask, describe: Describe) -> None:
        """Report the rows of a table that a mask marks."""
        if mask.any():
            self.draft.report(code, *cell, mask, describe, severity="warning")

    def number(self, table: str, column: str) -> Floats:
        """Return a column as numbers."""
        return self.draft.numbers(table, column)

    def who(self, table: str, row: int) -> str:
        """Return what a row is about."""
        return self.draft.sheets[table].who(row)

    def size(self, table: str) -> int:
        """Return the number of rows of a table."""
        return len(self.draft.sheets[table])

    @cached_property
    def periods(self) -> int:
        """T."""
        return len(self.draft.periods)

    @cached_property
    def line(self) -> Codes:
        """The line of each option."""
        return self.draft.codes("options", "line")

    def window(self, table: str) -> tuple[Codes, Codes]:
        """Return the first and last period of each row, the whole horizon where blank."""
        first, last = self.draft.codes(table, "first_period"), self.draft.codes(table, "last_period")
        return np.maximum(first, 0), np.where(last < 0, self.periods - 1, last)

    @cached_property
    def market(self) -> Mask:
        """Whether each line is on the market; shape (L, T)."""
        first, last = self.window("lines")
        at = np.arange(self.periods)
        inside: Mask = (at >= first[:, None]) & (at <= last[:, None])
        return inside

    @cached_property
    def units(self) -> Floats:
        """Demand on the market; shape (L, T)."""
        draft = self.draft
        units = np.zeros((self.size("lines"), self.periods))
        units[draft.codes("demand", "line"), draft.codes("demand", "period")] = self.number("demand", "units")
        return units * self.market

    @cached_property
    def price(self) -> Floats:
        """Price; shape (L, T)."""
        draft, override = self.draft, self.number("demand", "price")
        price = np.repeat(self.number("lines", "price")[:, None], self.periods, axis=1)
        given = ~np.isnan(override)
        where = draft.codes("demand", "line")[given], draft.codes("demand", "period")[given]
        price[where] = override[given]
        return price

    @cached_property
    def best_price(self) -> Floats:
        """The highest price at which anything is asked for, 0 where nothing is; shape (L,)."""
        best: Floats = np.where(self.units > 0, self.price, -np.inf).max(axis=1, initial=-np.inf)
        return np.where(np.isfinite(best), best, 0.0)

    @cached_property
    def revenue(self) -> Floats:
        """What serving all demand would bring; shape (L, T)."""
        return self.units * self.price

    @cached_property
    def priced(self) -> bool:
        """Whether the portfolio sells at prices at all, and does not only serve demand at least cost."""
        return bool((self.price[self.units > 0] > 0).any())

    @cached_property
    def tiered(self) -> Mask:
        """Whether each option has tiers."""
        tiered = np.zeros(self.size("options"), dtype=bool)
        tiered[self.draft.codes("tiers", "option")] = True
        return tiered

    @cached_property
    def unit_cost(self) -> Floats:
        """The least cost of a unit made, that of the cheapest tier where there are tiers; shape (O,)."""
        least = np.full(self.size("options"), np.inf)
        np.minimum.at(least, self.draft.codes("tiers", "option"), self.number("tiers", "unit_cost"))
        return np.where(self.tiered, least, np.nan_to_num(self.number("options", "unit_cost")))

    @cached_property
    def good_cost(self) -> Floats:
        """The least cost of a good unit; shape (O,)."""
        return self.unit_cost / self.number("options", "yield")

    @cached_property
    def worth(self) -> Floats:
        """The most that a unit sold is worth, with the penalty that it saves; shape (O,)."""
        penalty = self.number("lines", "lost_sale_penalty")
        price = self.best_price[self.line] * self.number("options", "price_factor")
        return np.asarray(price + np.maximum(penalty, 0.0)[self.line])

    def _scenario_factor(self, quantity: str, *, up: bool) -> float:
        """Return the most, or the least, that the changes of a scenario could multiply a quantity by."""
        changes = self.draft.codes("changes", "quantity") == QUANTITIES.index(quantity)
        if not changes.any():
            return 1.0
        factor = self.number("changes", "factor")[changes]
        factor = np.maximum(factor, 1.0) if up else np.minimum(factor, 1.0)
        found = np.ones(self.size("scenarios"))
        np.multiply.at(found, self.draft.codes("changes", "scenario")[changes], factor)
        return float(found.max() if up else found.min())

    @cached_property
    def cheaper(self) -> float:
        """The least share of today's cost, by which costs could fall short of prices in some scenario."""
        better = self._scenario_factor("price", up=True) * self._scenario_factor("yield", up=True)
        return self._scenario_factor("unit_cost", up=False) / better

    @cached_property
    def slipped(self) -> Mask:
        """Options whose cost or yield was told already: what follows from it is not told as well."""
        return np.asarray(self.number("options", "yield") < TINY_YIELD)

    @cached_property
    def able(self) -> Mask:
        """Which options may be chosen, and can be in force on the market of their line; shape (O,)."""
        first, last = self.window("options")
        start, end = self.window("lines")
        meet = np.maximum(first, start[self.line]) <= np.minimum(last, end[self.line])
        return np.asarray(~ineligible(self.draft) & meet)

    @cached_property
    def stocked(self) -> Mask:
        """Which lines can be stocked; shape (L,)."""
        return ~np.isnan(self.number("lines", "holding_cost"))

    @cached_property
    def need(self) -> Floats:
        """Most units that each option could be asked to make in a period; shape (O,)."""
        peak, total = self.units.max(axis=1, initial=0.0), self.units.sum(axis=1)
        most = np.where(self.stocked, total, peak)[self.line] * self._scenario_factor("demand", up=True)
        return np.asarray(most * self.number("options", "demand_factor") / self.number("options", "yield"))

    def by_line(self, values: Floats, kind: str) -> Floats:
        """Return the least or largest of the able options' values for each line, infinite without one."""
        start = np.inf if kind == "min" else -np.inf
        found = np.full(self.size("lines"), start)
        reduce = np.minimum if kind == "min" else np.maximum
        reduce.at(found, self.line[self.able], values[self.able])
        return found


def times(ratio: float) -> str:
    """Return a ratio in words.

    Examples
    --------
    >>> times(1000.4), times(0.01), times(62.5)
    ('1,000 times', '1/100', '62 times')
    """
    return f"{ratio:,.0f} times" if ratio >= 1 else f"1/{1 / ratio:,.0f}"
