"""What each line of a plan earns, what it takes from scarce resources, and what belongs to no line."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.instance.scenarios import discount_factors
from prodmode.plan.by_line import line_ledger

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

AMOUNTS = ("made", "sold", "unserved")
"""Amounts in a ledger, expected and not discounted."""

LINE_MONEY = (
    "revenue", "unit_cost", "setup_cost", "fixed_cost", "startup_cost", "exit_cost", "tooling_capex",
    "holding_cost", "lost_sale_penalty", "carbon_cost",
)  # fmt: skip
"""Kinds of money that belong to a line, in the order of a ledger."""

INVESTMENT_MONEY = ("capex", "upkeep_cost", "salvage")
"""Kinds of money that belong to an investment."""

GAINS = frozenset({"revenue", "salvage"})
"""Kinds of money that are earned; the others are spent."""


@dataclass(frozen=True, slots=True)
class Take:
    """What a line takes of a resource.

    Attributes
    ----------
    resource : str
    unit : str or None
        What it is measured in.
    units : float
        Over the horizon, expected over the scenarios.
    worth : float or None
        Present value at the price of the resource in the relaxation; an estimate, None without a price.
    """

    resource: str
    unit: str | None
    units: float
    worth: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {"resource": self.resource, "unit": self.unit, "units": self.units, "worth": self.worth}


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a line does and earns in a plan.

    Attributes
    ----------
    amounts : dict of str to float
        Units made, sold and unserved, expected over the scenarios.
    money : dict of str to float
        Expected present value by kind; costs are negative.
    takes : tuple of Take
        What it takes from resources.
    """

    amounts: dict[str, float]
    money: dict[str, float]
    takes: tuple[Take, ...] = ()

    @property
    def earned(self) -> float:
        """Expected present value of all that the line earns and costs itself."""
        return sum(self.money.values())

    @property
    def rent(self) -> float:
        """What the resources that it takes are worth, at the prices of the relaxation."""
        return sum(take.worth or 0.0 for take in self.takes)

    def to_dict(self) -> dict[str, Any]:
        """Return the ledger as data."""
        return {
            **self.amounts,
            "money": self.money,
            "earned": self.earned,
            "takes": [take.to_dict() for take in self.takes],
        }


@dataclass(frozen=True)
class Accounts:
    """The present values of a plan by line, resource and investment.

    Attributes
    ----------
    instance : Instance
    plan : Plan
    prices : ndarray, shape (W, R, T), or None
        Present value of a unit of each resource, to value what lines take.
    """

    instance: Instance
    plan: Plan
    prices: NDArray[np.float64] | None = field(default=None, repr=False)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The line ledger with its money as present values, costs negative."""
        table = line_ledger(self.instance, self.plan)
        periods = {label: number for number, label in enumerate(self.instance.periods)}
        factor = discount_factors(self.instance)[table["period"].map(periods).to_numpy(dtype=np.int64)]
        for name in (*LINE_MONEY, "overtime_cost", *INVESTMENT_MONEY):
            sign = 1.0 if name in GAINS else -1.0
            table[name] = sign * factor * table[name].to_numpy() + 0.0
        return table

    @cached_property
    def earned(self) -> dict[str, float]:
        """What each line earns."""
        found = dict.fromkeys(self.instance.lines["line"].tolist(), 0.0)
        return found | self._by("line")

    @cached_property
    def overtime(self) -> dict[str, float]:
        """What overtime costs, negative, by resource."""
        return self._by("resource")

    @cached_property
    def investments(self) -> dict[str, float]:
        """What investments cost, upkeep and what is left of them included, by investment."""
        return self._by("investment")

    def ledger(self, line: str) -> Ledger:
        """Return what a line does and earns."""
        mine = self.table[self.table["line"] == line]
        amounts = {name: float(mine[name].sum()) for name in AMOUNTS}
        money = {name: float(mine[name].sum()) + 0.0 for name in LINE_MONEY}
        return Ledger(amounts, money, self._takes(line))

    def sales(self, line: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the units that a line sells and their revenue (present value), each of shape (T,)."""
        mine = self.table[self.table["line"] == line].groupby("period", sort=False)[["sold", "revenue"]].sum()
        mine = mine.reindex(list(self.instance.periods), fill_value=0.0)
        return mine["sold"].to_numpy(dtype=np.float64), mine["revenue"].to_numpy(dtype=np.float64)

    def used(self, line: str) -> NDArray[np.float64]:
        """Return what a line takes of each resource, by scenario and period; shape (W, R, T)."""
        return self._used(self.instance.options["line"].astype("str").to_numpy() == line)

    def _by(self, column: str) -> dict[str, float]:
        sums = self.table.groupby(column, sort=False)["present_value"].sum()
        return {str(name): float(value) for name, value in sums.items()}

    def _takes(self, line: str) -> tuple[Take, ...]:
        used = self.used(line)
        share = self._probability
        found = []
        for number, row in enumerate(self.instance.resources[["resource", "unit"]].itertuples(index=False)):
            units = float(share @ used[:, number].sum(axis=1))
            if units:
                worth = None
                if self.prices is not None:
                    worth = float((self.prices[:, number] * used[:, number]).sum())
                unit = row.unit if isinstance(row.unit, str) else None
                found.append(Take(str(row.resource), unit, units, worth))
        return tuple(found)

    @cached_property
    def _probability(self) -> NDArray[np.float64]:
        return np.array(list(self.plan.scenarios.values()))

    @cached_property
    def _happens(self) -> dict[str, NDArray[np.float64]]:
        """What multiplies each kind of usage, by scenario, option and period."""
        instance, plan = self.instance, self.plan
        place = {
            "scenario": {name: number for number, name in enumerate(plan.scenarios)},
            "option": {name: number for number, name in enumerate(instance.options["option"])},
            "period": {name: number for number, name in enumerate(instance.periods)},
        }
        shape = tuple(len(names) for names in place.values())
        made, setup, in_force = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        rows = plan.production
        where = tuple(rows[kind].map(place[kind]).to_numpy(dtype=np.int64) for kind in place)
        made[where], setup[where] = rows["made"].to_numpy(), rows["setup"].to_numpy()
        rows = plan.assignments
        where = tuple(rows[kind].map(place[kind]).to_numpy(dtype=np.int64) for kind in ("option", "period"))
        in_force[:, where[0], where[1]] = 1.0
        return {"per_unit": made, "per_setup": setup, "per_period": in_force}

    def _used(self, options: NDArray[np.bool_]) -> NDArray[np.float64]:
        usage = self.instance.usage
        option, resource = (usage[name].cat.codes.to_numpy() for name in ("option", "resource"))
        rows = np.flatnonzero(options[option])
        used = np.zeros((len(self.plan.scenarios), len(self.instance.resources), len(self.instance.periods)))
        for row in rows:
            for name, happens in self._happens.items():
                used[:, resource[row]] += usage[name].to_numpy()[row] * happens[:, option[row]]
        return used
