"""What the referee looks at: the plan's own figures beside those of the instance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.plan.checking.futures import factors, family_codes
from prodmode.plan.checking.tiers import tier_costs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """A plan in codes (positions in the instance's tables), with what the instance says of every place.

    Attributes
    ----------
    instance : Instance
        The instance.
    tables : dict of str to DataFrame
        The plan's tables in codes.
    options, lines : DataFrame
        The instance's, with codes for line, family, mode, site, requires, first_period and last_period.
    probability, discount : ndarray
        By scenario and by period.
    in_force, starts, exits : ndarray of bool, shape (O, T)
        What is in force, what starts and what is left.
    service : ndarray, shape (K, T)
        Copies in service.
    cells : DataFrame
        A row per scenario, option and period in which anything is: its decisions and figures.
    markets : DataFrame
        A row per scenario, line and period in which any of its options is in force, with demand and service.
    """

    instance: Instance
    tables: dict[str, pd.DataFrame]
    options: pd.DataFrame
    lines: pd.DataFrame
    probability: NDArray[np.float64]
    discount: NDArray[np.float64]
    in_force: NDArray[np.bool_]
    starts: NDArray[np.bool_]
    exits: NDArray[np.bool_]
    service: NDArray[np.float64]
    cells: pd.DataFrame
    markets: pd.DataFrame

    @property
    def periods(self) -> int:
        """Number of periods."""
        return len(self.discount)

    def copies(self) -> NDArray[np.float64]:
        """Return the copies bought, shape (K, T)."""
        return _copies(self.instance, self.tables["purchases"])


def coded_options(instance: Instance) -> pd.DataFrame:
    """Return the options with codes for references, and mode and site also as text in mode_, site_."""
    options = instance.options
    coded = options.copy()
    for name in ("line", "mode", "site", "requires", "first_period", "last_period"):
        coded[name] = options[name].cat.codes.to_numpy().astype(np.intp)
    families, _ = family_codes(instance)
    coded["family"] = families[coded["line"].to_numpy()]
    return coded


def coded_lines(instance: Instance) -> pd.DataFrame:
    """Return the lines with codes for references."""
    lines = instance.lines
    coded = lines.copy()
    for name in ("current_option", "first_period", "last_period"):
        coded[name] = lines[name].cat.codes.to_numpy().astype(np.intp)
    coded["family"] = family_codes(instance)[0]
    return coded


def gather(instance: Instance, tables: dict[str, pd.DataFrame]) -> Facts:
    """Return the facts of a plan whose tables have been read."""
    settings = instance.settings
    options, lines = coded_options(instance), coded_lines(instance)
    scenarios = instance.scenarios
    probability = scenarios["probability"].to_numpy() if len(scenarios) else np.ones(1)
    periods = len(instance.periods)
    discount = (1 + settings.discount_rate) ** (-np.arange(periods) * settings.months_per_period / 12)

    force = tables["assignments"]
    in_force = np.zeros((len(options), periods), dtype=bool)
    in_force[force["option"].to_numpy(), force["period"].to_numpy()] = True
    previous = np.zeros_like(in_force)
    previous[:, 1:] = in_force[:, :-1]
    current = lines["current_option"].to_numpy()
    previous[current[current >= 0], 0] = True

    copies = _copies(instance, tables["purchases"])
    service = np.zeros_like(copies)
    lead = instance.investments["lead_time_periods"].to_numpy()
    for row in range(len(copies)):
        for period in range(int(lead[row]), periods):
            service[row, period] = copies[row, : period - int(lead[row]) + 1].sum()

    cells = _cells(instance, tables, options, lines, in_force)
    return Facts(
        instance=instance,
        tables=tables,
        options=options,
        lines=lines,
        probability=probability,
        discount=discount,
        in_force=in_force,
        starts=in_force & ~previous,
        exits=previous & ~in_force,
        service=service,
        cells=cells,
        markets=_markets(instance, cells, options, in_force, len(probability)),
    )


def _copies(instance: Instance, purchases: pd.DataFrame) -> NDArray[np.float64]:
    copies = np.zeros((len(instance.investments), len(instance.periods)))
    copies[purchases["investment"].to_numpy(), purchases["period"].to_numpy()] = purchases["copies"]
    return copies


def _cells(
    instance: Instance,
    tables: dict[str, pd.DataFrame],
    options: pd.DataFrame,
    lines: pd.DataFrame,
    in_force: NDArray[np.bool_],
) -> pd.DataFrame:
    scenarios = max(1, len(instance.scenarios))
    periods, width = in_force.shape[1], in_force.size

    def key(table: pd.DataFrame) -> NDArray[np.int64]:
        codes = [table[name].to_numpy().astype(np.int64) for name in ("scenario", "option", "period")]
        return np.asarray(codes[0] * width + codes[1] * periods + codes[2])

    everywhere = np.flatnonzero(in_force.ravel())
    known = [key(tables[name]) for name in ("production", "sales", "stock")]
    known += [scenario * width + everywhere for scenario in range(scenarios)]
    keys = np.unique(np.concatenate(known))
    scenario, rest = np.divmod(keys, max(width, 1))
    option, period = np.divmod(rest, periods)
    cells = pd.DataFrame({"scenario": scenario, "option": option, "period": period})
    for name in ("line", "family", "mode", "site"):
        cells[name] = options[name].to_numpy()[option]
    for table, column in (
        ("production", "made"),
        ("production", "setup"),
        ("production", "cost"),
        ("sales", "sold"),
        ("sales", "revenue"),
        ("stock", "stock"),
    ):
        values = np.zeros(len(keys))
        values[np.searchsorted(keys, key(tables[table]))] = tables[table][column].to_numpy(dtype=np.float64)
        cells[f"stated_{column}" if column in {"cost", "revenue"} else column] = values
    cells["in_force"] = in_force[option, period]

    owner = cells["line"].to_numpy()
    cells["stockable"] = lines["holding_cost"].notna().to_numpy()[owner] & (
        instance.options["mode"].astype("str").to_numpy()[option] != "custom"
    )
    # Stock at the end of the period before: the cell one key earlier, unless that is another option's.
    before = np.zeros(len(keys))
    at = np.searchsorted(keys, keys - 1)
    held = (period > 0) & (keys[np.minimum(at, len(keys) - 1)] == keys - 1) if len(keys) else period > 0
    before[held] = cells["stock"].to_numpy()[at[held]]
    first = (
        (period == 0) & (lines["current_option"].to_numpy()[owner] == option) & cells["stockable"].to_numpy()
    )
    before[first] = lines["initial_stock"].to_numpy()[owner[first]]
    cells["before"] = before

    cells["demand"] = _demand(instance, cells)
    cells["price"] = _price(instance, cells, options)
    cells["yield"] = options["yield"].to_numpy()[option] * factors(instance, "yield", cells)
    stated = cells["stated_cost"].to_numpy()
    cost_factor = factors(instance, "unit_cost", cells)
    cells["cost"] = tier_costs(instance, option, cells["made"].to_numpy(), cost_factor, stated)
    cells["revenue"] = cells["price"] * cells["sold"]
    return cells


def _asked(instance: Instance, column: str, places: pd.DataFrame) -> pd.Series[Any]:
    demand = instance.demand
    table = pd.DataFrame(
        {
            "line": demand["line"].cat.codes.to_numpy(),
            "period": demand["period"].cat.codes.to_numpy(),
            "value": demand[column].to_numpy(),
        }
    )
    return places[["line", "period"]].merge(table, how="left", on=["line", "period"])["value"]


def _demand(instance: Instance, places: pd.DataFrame) -> NDArray[np.float64]:
    units = _asked(instance, "units", places).fillna(0.0).to_numpy()
    return np.asarray(units * factors(instance, "demand", places))


def _price(instance: Instance, cells: pd.DataFrame, options: pd.DataFrame) -> NDArray[np.float64]:
    general = instance.lines["price"].to_numpy()[cells["line"].to_numpy()]
    own = _asked(instance, "price", cells).to_numpy()
    price = np.where(np.isnan(own), general, own)
    price = price * options["price_factor"].to_numpy()[cells["option"].to_numpy()]
    return np.asarray(price * factors(instance, "price", cells))


def _markets(
    instance: Instance,
    cells: pd.DataFrame,
    options: pd.DataFrame,
    in_force: NDArray[np.bool_],
    scenarios: int,
) -> pd.DataFrame:
    option, period = np.nonzero(in_force)
    offered = pd.DataFrame({"line": options["line"].to_numpy()[option], "period": period}).drop_duplicates()
    places = offered.merge(pd.DataFrame({"scenario": np.arange(scenarios)}), how="cross")
    places["family"] = family_codes(instance)[0][places["line"].to_numpy()]
    places["demand"] = _demand(instance, places)
    served = cells["sold"] / options["demand_factor"].to_numpy()[cells["option"].to_numpy()]
    keys = ["scenario", "line", "period"]
    total = cells[keys].assign(served=served).groupby(keys, as_index=False)["served"].sum()
    markets = places.merge(total, how="left", on=keys)
    return markets.fillna({"served": 0.0}).sort_values(keys, ignore_index=True)
