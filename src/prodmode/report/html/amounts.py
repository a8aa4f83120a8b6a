"""What the page adds up from the tables of a plan, expected over the scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.plan.by_line import line_ledger
from prodmode.plan.tables import places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

NO_SITE = "no site stated"


@dataclass(frozen=True)
class Amounts:
    """A plan of an instance, with what is added up from it.

    Attributes
    ----------
    instance : Instance
    plan : Plan
    """

    instance: Instance
    plan: Plan

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.plan.currency

    @cached_property
    def options(self) -> pd.DataFrame:
        """The options with labels as text."""
        table = self.instance.options
        words = {name: table[name].astype("str") for name in ("option", "line", "mode")}
        site = table["site"].astype("str").where(table["site"].notna(), None)
        return table.assign(**words, site=site)

    @cached_property
    def sites(self) -> dict[str, str]:
        """The name to read of each site."""
        table = self.instance.sites
        keys = table["site"].astype("str")
        return dict(zip(keys, table["name"].fillna(table["site"].astype("str")).astype("str"), strict=True))

    def weight(self, table: str) -> NDArray[np.float64]:
        """Return the probability of the scenario of each row of a table of the plan."""
        shares = pd.Series(dict(self.plan.scenarios), dtype=np.float64)
        return np.asarray(shares)[places(self.plan.tables()[table]["scenario"], shares.index)]

    @cached_property
    def spend(self) -> pd.DataFrame:
        """Unit or tier cost, setups and fixed cost: columns option, mode, site, period, amount."""
        production, held = self.plan.production, self.plan.assignments
        setup = self._of("setup_cost", production["option"]) * production["setup"].to_numpy()
        variable = self.weight("production") * (production["cost"].to_numpy() + setup)
        rows = pd.DataFrame(
            {
                "option": pd.concat([production["option"], held["option"]], ignore_index=True),
                "period": pd.concat([production["period"], held["period"]], ignore_index=True),
                "amount": np.concatenate([variable, self._of("fixed_cost", held["option"])]),
            }
        )
        return self._placed(rows)

    @cached_property
    def emissions(self) -> pd.DataFrame:
        """Kilograms: columns option, mode, site, period, amount."""
        production = self.plan.production
        made = self.weight("production") * production["made"].to_numpy()
        kilograms = made * self._of("emissions_per_unit", production["option"])
        return self._placed(production[["option", "period"]].assign(amount=kilograms))

    @cached_property
    def service(self) -> pd.DataFrame:
        """Expected demand, units served and unserved of each line."""
        weight = self.weight("unserved")
        table = self.plan.unserved
        rows = {name: weight * table[name].to_numpy() for name in ("demand", "served", "unserved")}
        return pd.DataFrame({"line": table["line"], **rows}).groupby("line").sum()

    @cached_property
    def by_line(self) -> pd.DataFrame:
        """Units made and sold, revenue and contribution of each line.

        The contribution is revenue less the line's own costs, in today's money.
        """
        ledger = line_ledger(self.instance, self.plan)
        names = ["made", "sold", "revenue", "present_value"]
        return ledger.dropna(subset="line").groupby("line")[names].sum()

    def by_period(self, rows: pd.DataFrame, by: str) -> dict[str, list[float]]:
        """Return a figure a period for each value of a column, the largest first."""
        totals = rows.groupby([by, "period"])["amount"].sum()
        order = rows.groupby(by)["amount"].sum().sort_values(ascending=False, kind="stable").index
        return {
            str(value): [float(totals.get((value, period), 0.0)) for period in self.plan.periods]
            for value in order
        }

    def resource(self) -> pd.DataFrame:
        """Return use by resource and period: expected use and overtime, capacity, and the largest use."""
        use = self.plan.resource_use
        weight = self.weight("resource_use")
        rows = use.assign(
            expected=weight * use["used"].to_numpy(),
            extra=weight * use["overtime"].to_numpy(),
            room=weight * use["capacity"].to_numpy(),
        )
        by = rows.groupby(["resource", "period"], sort=False)
        return by.agg(
            used=("expected", "sum"),
            overtime=("extra", "sum"),
            capacity=("room", "sum"),
            most=("used", "max"),
            peak=("utilisation", "max"),
        ).reset_index()

    def _of(self, column: str, options: pd.Series[Any]) -> NDArray[np.float64]:
        table = self.options
        values = table[column].fillna(0.0).to_numpy(dtype=np.float64)
        return values[places(options, pd.Index(table["option"]))]

    def _placed(self, rows: pd.DataFrame) -> pd.DataFrame:
        table = self.options
        at = places(rows["option"], pd.Index(table["option"]))
        site = table["site"].to_numpy(dtype=object)[at]
        return rows.assign(
            mode=table["mode"].to_numpy(dtype=object)[at],
            site=[self.sites.get(key, key) if isinstance(key, str) else NO_SITE for key in site],
        )
