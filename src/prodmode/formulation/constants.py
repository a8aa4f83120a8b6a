"""What is constant about every option once it is chosen: the numbers that rows and costs are made of.

Everything here is an array that can be looked at; no bound in the model is a literal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prodmode.errors import InputError, Issue, Place
from prodmode.instance.scenarios import Effective, effective
from prodmode.instance.windows import available, on_market, purchasable, serviceable

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance


def codes(column: pd.Series[str]) -> NDArray[np.int64]:
    """Return the positions that a categorical column stands for; -1 for a blank."""
    return column.cat.codes.to_numpy().astype(np.int64)


@dataclass(frozen=True)
class Constants:
    """The instance as arrays over scenarios w, lines l, options o, resources r, investments k, periods t.

    Attributes
    ----------
    instance : Instance
        What the arrays are taken from.
    """

    instance: Instance

    @cached_property
    def effective(self) -> Effective:
        """Demand, price, cost factor, yield and capacity by scenario."""
        return effective(self.instance)

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The instance's tables by name."""
        names = ("lines", "options", "tiers", "resources", "usage", "investments", "expansions", "limits", "budgets")
        return {name: self.instance.table(name) for name in names}

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of scenarios, options and periods."""
        return len(self.effective.scenarios), len(self.tables["options"]), len(self.instance.periods)

    @cached_property
    def line(self) -> NDArray[np.int64]:
        """Line of each option, shape (O,)."""
        return codes(self.tables["options"]["line"])

    def option(self, name: str) -> NDArray[np.float64]:
        """Return a numeric column of the options, shape (O,)."""
        return self.tables["options"][name].to_numpy(dtype=np.float64)

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
        return self.of_line("max_options") == 1

    @cached_property
    def stockable(self) -> NDArray[np.bool_]:
        """Options whose output can be kept: the line has a holding cost and the mode is not custom; shape (O,)."""
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
        mask = (self.option("setup_cost") != 0) | (self.option("min_lot") > 0) | self.tiered
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

    @cached_property
    def later_market(self) -> NDArray[np.float64]:
        """Most that an option can still sell after each period, shape (W, O, T)."""
        ahead = np.cumsum(self.market[:, :, ::-1], axis=2)[:, :, ::-1]
        return ahead - self.market

    @cached_property
    def most_stock(self) -> NDArray[np.float64]:
        """Most stock worth keeping at the end of a period, shape (W, O, T).

        What can still be sold; where a negative holding cost pays for keeping stock, all that can be there.
        """
        keeps = self.stockable[:, None] & self.available
        useful = np.where(keeps, self.later_market, 0.0)
        paid = self.stockable & (self.of_line("holding_cost") < 0)
        if paid.any():
            made = np.cumsum(self.most_made * self.effective.yield_, axis=2) + self.initial_stock[:, None]
            useful = np.where(paid[:, None] & keeps, made, useful)
        return useful

    @cached_property
    def capacity_ceiling(self) -> NDArray[np.float64]:
        """Capacity with every investment and all overtime, shape (W, R, T)."""
        most = self.effective.capacity + self.tables["resources"]["overtime_max"].to_numpy()[:, None]
        expansions = self.tables["expansions"]
        if not len(expansions):
            return most
        investment, resource = codes(expansions["investment"]), codes(expansions["resource"])
        added = expansions["capacity_added"].to_numpy() * self.tables["investments"]["max_copies"].to_numpy()[investment]
        most = most.copy()
        np.add.at(most, (slice(None), resource), added[:, None] * self.serviceable[investment])
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
        np.minimum.at(most, (slice(None), option), left)
        return most

    @cached_property
    def pays_to_overmake(self) -> NDArray[np.bool_]:
        """Options of which more than can be sold may be worth making, shape (O,).

        Where a unit earns money when made (a negative cost), or keeping it does.
        """
        factor = self.effective.unit_cost_factor
        cost = np.where(self.tiered, 0.0, self.option("unit_cost"))
        pays = ((cost[:, None] * factor + self.emission_cost[:, None]) < 0).any(axis=(0, 2))
        pays |= self.stockable & (self.of_line("holding_cost") < 0)
        tiers = self.tables["tiers"]
        option = codes(tiers["option"])
        below = tiers["unit_cost"].to_numpy() * factor[:, option].max(axis=(0, 2)) + self.emission_cost[option] < 0
        pays[option[below]] = True
        return np.asarray(pays)

    @cached_property
    def limit_excess(self) -> NDArray[np.float64]:
        """Units that an option may make beyond its market because a limit asks for them, shape (O,).

        A least (or a share) of units, spend or emissions can be met by making more than can be sold. What
        is asked for bounds how much more: see `_excess`.
        """
        return _excess(self)

    @cached_property
    def most_made(self) -> NDArray[np.float64]:
        """The tightest bound on units made that the data allow, shape (W, O, T).

        The least of max_units, what the resources allow, and what is worth making: what can still be
        sold over the yield, a minimum lot, a tier's threshold if that is higher, and what limits ask for.

        Raises
        ------
        InputError
            If making an option earns money and nothing bounds how much is made.
        """
        addressable = self.market + np.where(self.stockable[:, None], self.later_market, 0.0)
        useful = addressable / self.effective.yield_
        floor = np.maximum(self.option("min_lot"), self._highest_threshold)
        useful = np.maximum(useful, floor[:, None]) + self.limit_excess[:, None]
        useful = np.where(self.pays_to_overmake[:, None], np.inf, useful)
        max_units = self.option("max_units")
        ceiling = np.minimum(np.where(np.isnan(max_units), np.inf, max_units)[:, None], self.most_by_capacity)
        most = np.where(self.available, np.minimum(useful, ceiling), 0.0)
        unbounded = np.flatnonzero(np.isinf(most).any(axis=(0, 2)))
        if len(unbounded):
            raise InputError(_unbounded(self, int(row)) for row in unbounded)
        return most

    @cached_property
    def can_make(self) -> NDArray[np.bool_]:
        """Where an option can make anything at all: its bound is above zero and no less than its lot; (W, O, T)."""
        return (self.most_made > 0) & (self.most_made >= self.option("min_lot")[:, None] * (1 - 1e-12))

    @cached_property
    def _highest_threshold(self) -> NDArray[np.float64]:
        highest = np.zeros(len(self.tables["options"]))
        tiers = self.tables["tiers"]
        option = codes(tiers["option"])
        all_units = (self.tables["options"]["tier_kind"] == "all_units").to_numpy()
        np.maximum.at(highest, option, np.where(all_units[option], tiers["from_units"].to_numpy(), 0.0))
        return highest


def _unbounded(constants: Constants, row: int) -> Issue:
    name = constants.tables["options"]["option"].iloc[row]
    return Issue(
        message=f"making option '{name}' earns money and nothing bounds how many units are made",
        table="options",
        place=Place(key=f"options[{row}].max_units"),
        hint="Give it max_units, or usage of a resource.",
        code="unbounded-option",
    )


def _excess(constants: Constants) -> NDArray[np.float64]:
    """Bound the units worth making beyond the market because of limits.

    For a least amount, no single option needs to make more than the whole of it. For shares, the filtered
    part and the rest can each be asked to grow by at most their ratio to the other, whose size is bounded by
    markets and lots. Sums over options keep the bound valid when several options share the burden.
    """
    options = constants.tables["options"]
    excess = np.zeros(len(options))
    limits = constants.tables["limits"]
    shape = constants.shape
    for row in limits[limits["measure"].isin(["units", "spend", "emissions"])].to_dict("records"):
        per_unit = _measured_per_unit(constants, str(row["measure"]))
        counts = per_unit > 0
        least = row["min"]
        if least == least and least > 0:
            excess[counts] = np.maximum(excess[counts], (least / per_unit[counts]))
        shares = [share for share in (row["min_share"], row["max_share"]) if share == share and 0 < share < 1]
        if shares:
            addressable = constants.market.sum(axis=2).max(axis=0)
            lots = (constants.option("min_lot") + constants._highest_threshold) * shape[2]  # noqa: SLF001
            whole = float(((addressable / constants.effective.yield_.min(axis=(0, 2)) + lots) * per_unit).sum())
            fixed = constants.option("setup_cost").clip(min=0) + constants.option("fixed_cost").clip(min=0)
            whole += float(fixed.sum()) * shape[2] if row["measure"] == "spend" else 0.0
            ratio = max(max(share, 1 - share) / min(share, 1 - share) for share in shares)
            excess[counts] = np.maximum(excess[counts], whole * ratio / per_unit[counts])
    return excess


def _measured_per_unit(constants: Constants, measure: str) -> NDArray[np.float64]:
    """Return the least that a unit made adds to a measure, shape (O,)."""
    if measure == "units":
        return np.ones(len(constants.tables["options"]))
    if measure == "emissions":
        return constants.option("emissions_per_unit")
    cost = np.nan_to_num(constants.option("unit_cost"))
    tiers = constants.tables["tiers"]
    if len(tiers):
        lowest = np.full(len(cost), np.inf)
        np.minimum.at(lowest, codes(tiers["option"]), tiers["unit_cost"].to_numpy())
        cost = np.where(constants.tiered, lowest, cost)
    return np.asarray(cost * constants.effective.unit_cost_factor.min(axis=(0, 2)))
