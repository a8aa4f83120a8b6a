"""What is constant about every option once it is chosen: the numbers that rows and costs are made of.

Everything here is an array that can be looked at; no bound in the model is a literal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.scenarios import Effective, effective
from prodmode.instance.windows import available, on_market, purchasable, serviceable

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance


def codes(column: pd.Series[str]) -> NDArray[np.int64]:
    """Return the positions that a categorical column stands for; -1 for a blank."""
    return column.cat.codes.to_numpy().astype(np.int64)


INTERMEDIATE = ("most_by_capacity", "most_stock", "tier_ceiling")
"""Large arrays that little else than the making of a program asks for."""


@dataclass(frozen=True)
class Constants:
    """The instance as arrays over scenarios w, lines l, options o, resources r, investments k, periods t.

    Attributes
    ----------
    instance : Instance
        What the arrays are taken from.
    """

    instance: Instance
    _of_options: dict[str, NDArray[np.float64]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def effective(self) -> Effective:
        """Demand, price, cost factor, yield and capacity by scenario."""
        return effective(self.instance)

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The instance's tables by name."""
        names = (
            "lines",
            "options",
            "tiers",
            "resources",
            "usage",
            "investments",
            "expansions",
            "limits",
            "budgets",
        )
        return {name: self.instance.table(name) for name in names}

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of scenarios, options and periods."""
        return len(self.effective.scenarios), len(self.tables["options"]), len(self.instance.periods)

    @cached_property
    def line(self) -> NDArray[np.int64]:
        """Line of each option, shape (O,)."""
        return codes(self.tables["options"]["line"])

    def forget(self) -> None:
        """Give up the intermediate arrays; whoever asks for one has it worked out anew."""
        for name in INTERMEDIATE:
            self.__dict__.pop(name, None)

    def option(self, name: str) -> NDArray[np.float64]:
        """Return a numeric column of the options, shape (O,)."""
        if name not in self._of_options:
            self._of_options[name] = self.tables["options"][name].to_numpy(dtype=np.float64)
        return self._of_options[name]

    def of_line(self, name: str) -> NDArray[np.float64]:
        """Return a numeric column of the lines, by option, shape (O,)."""
        return self.tables["lines"][name].to_numpy(dtype=np.float64)[self.line]

    @cached_property
    def on_market(self) -> NDArray[np.bool_]:
        """Where each line is on the market, shape (L, T)."""
        return on_market(self.instance)

    @cached_property
    def available(self) -> NDArray[np.bool_]:
        """Where each option can be in force, shape (O, T)."""
        return available(self.instance)

    @cached_property
    def purchasable(self) -> NDArray[np.bool_]:
        """Where each investment can be bought, shape (K, T)."""
        return purchasable(self.instance)

    @cached_property
    def serviceable(self) -> NDArray[np.bool_]:
        """Where a copy of each investment can be in service, shape (K, T)."""
        return serviceable(self.instance)

    @cached_property
    def current(self) -> NDArray[np.bool_]:
        """Options in force before the first period, shape (O,)."""
        mask = np.zeros(len(self.tables["options"]), dtype=bool)
        named = codes(self.tables["lines"]["current_option"])
        mask[named[named >= 0]] = True
        return mask

    @cached_property
    def single(self) -> NDArray[np.bool_]:
        """Options of lines that may have one option in force at a time, shape (O,)."""
        return np.asarray(self.of_line("max_options") == 1)

    @cached_property
    def stockable(self) -> NDArray[np.bool_]:
        """Options whose output can be kept: a line with a holding cost, a mode but custom; shape (O,)."""
        custom = (self.tables["options"]["mode"] == "custom").to_numpy()
        return ~np.isnan(self.of_line("holding_cost")) & ~custom

    @cached_property
    def initial_stock(self) -> NDArray[np.float64]:
        """Stock that each option starts with, shape (O,)."""
        return np.where(self.current & self.stockable, self.of_line("initial_stock"), 0.0)

    @cached_property
    def tiered(self) -> NDArray[np.bool_]:
        """Options with tiers, shape (O,)."""
        mask = np.zeros(len(self.tables["options"]), dtype=bool)
        mask[codes(self.tables["tiers"]["option"])] = True
        return mask

    @cached_property
    def has_setup(self) -> NDArray[np.bool_]:
        """Options with a setup decision: setup cost or usage, a minimum lot or tiers; shape (O,)."""
        usage = self.tables["usage"]
        mask = np.asarray((self.option("setup_cost") != 0) | (self.option("min_lot") > 0) | self.tiered)
        mask[codes(usage["option"])[usage["per_setup"].to_numpy() > 0]] = True
        return mask

    @cached_property
    def emission_cost(self) -> NDArray[np.float64]:
        """Carbon cost of a unit made, shape (O,); kg at a price per tonne."""
        return self.option("emissions_per_unit") * self.instance.settings.carbon_price / 1000

    @cached_property
    def market(self) -> NDArray[np.float64]:
        """Most that an option can sell: its demand factor times demand, zero where unavailable; (W, O, T)."""
        return self.effective.demand[:, self.line] * self.option("demand_factor")[:, None] * self.available

    @property
    def later_market(self) -> NDArray[np.float64]:
        """Most that an option can still sell after each period, shape (W, O, T)."""
        ahead = np.cumsum(self.market[:, :, ::-1], axis=2)[:, :, ::-1]
        return ahead - self.market

    @cached_property
    def most_stock(self) -> NDArray[np.float64]:
        """Most stock at the end of a period: what can still be sold later, shape (W, O, T)."""
        return np.where(self.stockable[:, None], self.later_market, 0.0)

    @cached_property
    def capacity_ceiling(self) -> NDArray[np.float64]:
        """Capacity with every investment and all overtime, shape (W, R, T)."""
        overtime = self.tables["resources"]["overtime_max"].to_numpy(dtype=np.float64)
        most: NDArray[np.float64] = self.effective.capacity + overtime[:, None]
        expansions = self.tables["expansions"]
        if not len(expansions):
            return most
        investment, resource = codes(expansions["investment"]), codes(expansions["resource"])
        added = (
            expansions["capacity_added"].to_numpy()
            * self.tables["investments"]["max_copies"].to_numpy()[investment]
        )
        most = most.copy()
        np.add.at(most.swapaxes(0, 1), resource, (added[:, None] * self.serviceable[investment])[:, None])
        return most

    @cached_property
    def most_by_capacity(self) -> NDArray[np.float64]:
        """Most units that an option alone can make with the resources there could be, shape (W, O, T)."""
        usage = self.tables["usage"]
        most = np.full(self.shape, np.inf)
        takes = usage["per_unit"].to_numpy()
        rows = np.flatnonzero(takes > 0)
        if not len(rows):
            return most
        option, resource = codes(usage["option"])[rows], codes(usage["resource"])[rows]
        fixed = usage["per_period"].to_numpy()[rows] + usage["per_setup"].to_numpy()[rows]
        left = np.maximum(self.capacity_ceiling[:, resource] - fixed[:, None], 0.0) / takes[rows][:, None]
        # The usage table is sorted by option.
        first = np.flatnonzero(np.diff(option, prepend=-1))
        most[:, option[first]] = np.minimum.reduceat(left, first, axis=1)
        return most

    @cached_property
    def most_made(self) -> NDArray[np.float64]:
        """The tightest bound on units made that the data allow, shape (W, O, T).

        The least of max_units, what the resources allow, and what is worth making: what can still be sold
        over the yield, or a minimum lot or the threshold of an all-units tier where that is more.
        """
        good = self.effective.yield_
        sellable = np.divide(self.market + self.most_stock, good, out=np.zeros(self.shape), where=good > 0)
        worth = np.maximum(sellable, self.option("min_lot")[:, None])
        worth = np.maximum(worth, self._worth_reaching(worth))
        max_units = self.option("max_units")
        ceiling = np.minimum(np.where(np.isnan(max_units), np.inf, max_units)[:, None], self.most_by_capacity)
        return np.where(self.available, np.minimum(worth, ceiling), 0.0)

    @cached_property
    def tier_ceiling(self) -> NDArray[np.float64]:
        """Most units that a tier can hold, shape (W, N, T).

        With `incremental` its own width; with `all_units` everything that is made, up to the next threshold.
        """
        tiers = self.tables["tiers"]
        option, start = codes(tiers["option"]), tiers["from_units"].to_numpy()[:, None]
        incremental = (self.tables["options"]["tier_kind"] == "incremental").to_numpy()[option][:, None]
        most, width = self.most_made[:, option], tier_widths(tiers)
        room = np.where(incremental, np.minimum(width, most - start), np.minimum(start + width, most))
        return np.maximum(room, 0.0)

    @cached_property
    def can_make(self) -> NDArray[np.bool_]:
        """Where an option can make anything: its bound is above zero and no less than its lot; (W, O, T)."""
        return (self.most_made > 0) & (self.most_made >= self.option("min_lot")[:, None] * (1 - 1e-12))

    @cached_property
    def _overmaking_may_be_asked_for(self) -> bool:
        """Whether some limit has a least value or a share of what grows with the units made."""
        limits = self.tables["limits"]
        grows = limits["measure"].isin(["units", "spend", "emissions"])
        return bool(limits.loc[grows, ["min", "min_share", "max_share"]].notna().any(axis=None))

    def _worth_reaching(self, most: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the threshold of the highest all-units tier worth reaching above what sells, (W, O, T).

        A tier is worth reaching where its whole threshold costs less than some amount below `most` does. All
        are where a tier earns money, or where a limit can ask for more units than can be sold.
        """
        tiers = self.tables["tiers"]
        reached = np.zeros(most.shape)
        option = codes(tiers["option"])
        rows = np.flatnonzero((self.tables["options"]["tier_kind"] == "all_units").to_numpy()[option])
        if not len(rows):
            return reached
        option, start = option[rows], tiers["from_units"].to_numpy()[rows][:, None]
        unit_cost = tiers["unit_cost"].to_numpy()[rows][:, None]
        width = tier_widths(tiers)[rows]
        amount = np.minimum(most[:, option], start + width)
        dearest = np.full(most.shape, -np.inf)
        cost = np.where(amount > start, amount * unit_cost, -np.inf)
        np.maximum.at(dearest.swapaxes(0, 1), option, cost.swapaxes(0, 1))
        asked_for = self._overmaking_may_be_asked_for or bool((unit_cost < 0).any())
        worth = np.where(asked_for | (start * unit_cost < dearest[:, option]), start, 0.0)
        np.maximum.at(reached.swapaxes(0, 1), option, worth.swapaxes(0, 1))
        return reached


def tier_widths(tiers: pd.DataFrame) -> NDArray[np.float64]:
    """Return the units between each tier's threshold and the next, infinite for the last; shape (N, 1)."""
    option, start = codes(tiers["option"]), tiers["from_units"].to_numpy()
    last = np.append(option[1:] != option[:-1], [True] * bool(len(option)))
    following = np.append(start[1:], np.inf)[: len(start)]
    return np.where(last, np.inf, following - start)[:, None]
