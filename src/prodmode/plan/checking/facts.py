"""What the referee looks at: the plan's own figures beside those of the instance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.fields import MODES, TABLES
from prodmode.plan.checking.arrays import Columns, encode, look_up, total
from prodmode.plan.checking.futures import factors
from prodmode.plan.checking.tiers import production_costs

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
    data : dict of str to Columns
        The instance's tables in codes.
    tables : dict of str to Columns
        The plan's tables in codes.
    probability, discount : ndarray
        By scenario and by period.
    in_force, starts, exits : ndarray of bool, shape (O, T)
        What is in force, what starts and what is left.
    copies, service : ndarray, shape (K, T)
        Copies bought and copies in service.
    cells : Columns
        A row per scenario, option and period in which anything is: its decisions and figures.
    markets : Columns
        A row per scenario, line and period in which any option is in force: demand and what is served.
    """

    instance: Instance
    data: dict[str, Columns]
    tables: dict[str, Columns]
    probability: NDArray[np.float64]
    discount: NDArray[np.float64]
    in_force: NDArray[np.bool_]
    starts: NDArray[np.bool_]
    exits: NDArray[np.bool_]
    copies: NDArray[np.float64]
    service: NDArray[np.float64]
    cells: Columns
    markets: Columns

    @property
    def options(self) -> Columns:
        """Options of the instance."""
        return self.data["options"]

    @property
    def lines(self) -> Columns:
        """Lines of the instance."""
        return self.data["lines"]

    @property
    def periods(self) -> int:
        """Number of periods."""
        return len(self.discount)


def gather(instance: Instance, tables: dict[str, Columns]) -> Facts:
    """Return the facts of a plan whose tables have been read."""
    data = {name: encode(instance, name) for name in TABLES}
    settings, options, lines = instance.settings, data["options"], data["lines"]
    probability = data["scenarios"]["probability"]
    probability = probability if len(probability) else np.ones(1)
    periods = len(instance.periods)
    discount = (1 + settings.discount_rate) ** (-np.arange(periods) * settings.months_per_period / 12)

    force = tables["assignments"]
    in_force = np.zeros((len(options["line"]), periods), dtype=bool)
    in_force[force["option"], force["period"]] = True
    previous = np.zeros_like(in_force)
    previous[:, 1:] = in_force[:, :-1]
    current = lines["current_option"]
    previous[current[current >= 0], 0] = True

    bought = tables["purchases"]
    lead = data["investments"]["lead_time_periods"]
    copies = np.zeros((len(lead), periods))
    copies[bought["investment"], bought["period"]] = bought["copies"]
    service = np.zeros_like(copies)
    for period in range(periods):
        in_time = np.arange(periods) <= period - lead[:, None]
        service[:, period] = (copies * in_time).sum(axis=1)

    cells = _cells(data, tables, in_force, len(probability))
    return Facts(
        instance=instance,
        data=data,
        tables=tables,
        probability=probability,
        discount=discount,
        in_force=in_force,
        starts=in_force & ~previous,
        exits=previous & ~in_force,
        copies=copies,
        service=service,
        cells=cells,
        markets=_markets(data, cells, in_force, len(probability)),
    )


def _cells(
    data: dict[str, Columns], tables: dict[str, Columns], in_force: NDArray[np.bool_], scenarios: int
) -> Columns:
    options, lines = data["options"], data["lines"]
    periods, width = in_force.shape[1], in_force.size
    own = {
        name: (tables[name]["scenario"] * width + tables[name]["option"] * periods + tables[name]["period"])
        for name in ("production", "sales", "stock")
    }
    everywhere = np.flatnonzero(in_force.ravel())
    keys = np.sort(np.concatenate([*own.values(), *(w * width + everywhere for w in range(scenarios))]))
    keys = keys[np.append(keys[:1] == keys[:1], keys[1:] != keys[:-1])].astype(np.int64)
    scenario, rest = np.divmod(keys, max(width, 1))
    option, period = np.divmod(rest, periods)
    line = options["line"][option]
    cells: Columns = {"scenario": scenario, "option": option, "period": period, "line": line}
    cells |= {
        "family": lines["family"][line],
        "mode": options["mode"][option],
        "site": options["site"][option],
    }
    for column, table, name in (
        ("made", "production", "made"),
        ("setup", "production", "setup"),
        ("stated_cost", "production", "cost"),
        ("sold", "sales", "sold"),
        ("stated_revenue", "sales", "revenue"),
        ("stock", "stock", "stock"),
    ):
        cells[column] = np.zeros(len(keys))
        cells[column][np.searchsorted(keys, own[table])] = tables[table][name]
    cells["in_force"] = in_force[option, period]
    cells["stockable"] = ~np.isnan(lines["holding_cost"][line]) & (
        options["mode"][option] != MODES.index("custom")
    )
    # In stock before: at the end of the previous period, whose key is one less; or at the start.
    cells["before"] = look_up(keys, cells["stock"], np.where(period > 0, keys - 1, -1), 0.0)
    first = (period == 0) & (lines["current_option"][line] == option) & cells["stockable"]
    cells["before"][first] = lines["initial_stock"][line[first]]

    cells["demand"] = demand_at(data, cells, periods)
    price = _asked(data, "price", cells, periods, np.nan)
    price = np.where(np.isnan(price), lines["price"][line], price) * options["price_factor"][option]
    cells["price"] = price * factors(data["changes"], "price", cells)
    cells["yield"] = options["yield"][option] * factors(data["changes"], "yield", cells)
    cost_factor = factors(data["changes"], "unit_cost", cells)
    cells["cost"] = production_costs(options, data["tiers"], cells, cost_factor)
    cells["revenue"] = cells["price"] * cells["sold"]
    return cells


def _asked(
    data: dict[str, Columns], column: str, places: Columns, periods: int, default: float
) -> NDArray[np.float64]:
    demand = data["demand"]
    keys = demand["line"] * periods + demand["period"]
    return look_up(keys, demand[column], places["line"] * periods + places["period"], default)


def demand_at(data: dict[str, Columns], places: Columns, periods: int) -> NDArray[np.float64]:
    """Return the units asked for at places given by scenario, line, family and period."""
    return _asked(data, "units", places, periods, 0.0) * factors(data["changes"], "demand", places)


def _markets(
    data: dict[str, Columns], cells: Columns, in_force: NDArray[np.bool_], scenarios: int
) -> Columns:
    options, lines = data["options"], data["lines"]
    shape = (scenarios, len(lines["price"]), in_force.shape[1])
    option, period = np.nonzero(in_force)
    offered = np.zeros(shape[1:], dtype=bool)
    offered[options["line"][option], period] = True
    line, period = np.nonzero(offered)
    markets: Columns = {
        "scenario": np.repeat(np.arange(scenarios), len(line)),
        "line": np.tile(line, scenarios),
        "period": np.tile(period, scenarios),
    }
    markets["family"] = lines["family"][markets["line"]]
    markets["demand"] = demand_at(data, markets, shape[2])
    served = cells["sold"] / options["demand_factor"][cells["option"]]
    at = np.ravel_multi_index((cells["scenario"], cells["line"], cells["period"]), shape)
    by_market = total(at, served, int(np.prod(shape))).reshape(shape)
    markets["served"] = by_market[markets["scenario"], markets["line"], markets["period"]]
    return markets
