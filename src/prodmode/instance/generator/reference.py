"""The hidden plan that makes a generated portfolio feasible.

In it every line uses one option (`Options.base`) in all its periods on the market and makes exactly what is
asked for, buys no investment and keeps no stock. That option is eligible, requires nothing, has no max_units,
and a minimum lot of at most 0.4 of the least demand. Capacities, budgets and limits are then set to what the
plan takes plus the profile's slack, so that the plan satisfies them all, in every scenario.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.generator.options import FIRST_SUPPLIER
from prodmode.instance.generator.tiers import cost_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.generator.demand import Market
    from prodmode.instance.generator.layout import Layout
    from prodmode.instance.generator.options import Options


@dataclass(slots=True)
class Totals:
    """What the reference plan takes, summed over blocks of lines in their order."""

    use: NDArray[np.float64]
    potential: NDArray[np.float64]
    tooling: NDArray[np.float64]
    emissions: NDArray[np.float64]
    lines_at: NDArray[np.float64]
    spend: float = 0.0
    outsourced_spend: float = 0.0

    @classmethod
    def empty(cls, layout: Layout) -> Totals:
        """Return sums of nothing."""
        periods, resources = len(layout.periods), len(layout.resource_site)
        return cls(
            use=np.zeros((resources, periods)),
            potential=np.zeros(resources),
            tooling=np.zeros(periods),
            emissions=np.zeros(periods),
            lines_at=np.zeros((layout.suppliers, periods)),
        )

    def add(self, layout: Layout, market: Market, options: Options) -> None:
        """Add a block of lines."""
        rows, base = np.arange(market.lines), options.base
        resources, periods = self.use.shape
        good, asked = options.good[rows, base], market.units * options.demand_factor[rows, base][:, None]
        made = asked / good[:, None]
        on = market.on_market
        taken = (
            options.per_unit[rows, base][:, None] * made
            + options.per_setup[rows, base][:, None] * (made > 0)
            + options.per_period[rows, base][:, None] * on
        )
        resource = options.resource[rows, base]
        self.use += _grouped(resource, taken, resources)
        everything = np.where(options.present, options.per_unit * market.units.max(axis=1)[:, None], 0)
        self.potential += np.bincount(options.resource.ravel(), everything.ravel(), resources)

        starts = ~options.current
        first = np.argmax(on, axis=1)
        self.tooling += np.bincount(first, np.where(starts, options.tooling[rows, base], 0), periods)
        self.emissions += (options.emissions[rows, base][:, None] * made).sum(axis=0)

        breaks = options.breaks
        cost = cost_of(
            breaks.kind[rows, base],
            breaks.from_units[rows, base],
            breaks.unit_cost[rows, base],
            options.unit_cost[rows, base],
            made,
        )
        spend = (
            cost.sum(axis=1)
            + options.setup_cost[rows, base] * (made > 0).sum(axis=1)
            + options.fixed_cost[rows, base] * on.sum(axis=1)
        )
        bought = base >= FIRST_SUPPLIER
        self.spend += float(spend.sum())
        self.outsourced_spend += float(spend[bought].sum())
        supplier = options.site[rows, base][bought] - layout.plants - layout.workshops
        self.lines_at += _grouped(supplier, on[bought].astype(np.float64), layout.suppliers)


def _grouped(group: NDArray[np.int64], values: NDArray[np.float64], groups: int) -> NDArray[np.float64]:
    periods = values.shape[1]
    cell = group[:, None] * periods + np.arange(periods)
    summed: NDArray[np.float64] = np.bincount(cell.ravel(), values.ravel(), groups * periods).astype(
        np.float64
    )
    return summed.reshape(groups, periods)
