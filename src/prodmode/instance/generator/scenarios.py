"""Scenarios of a generated portfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from prodmode.instance.generator.layout import LAYOUT_STREAM
from prodmode.instance.generator.names import numbered

if TYPE_CHECKING:
    from prodmode.instance.generator.layout import Layout

LEAST_DEMAND, MOST_DEMAND = 0.8, 1.15
LEAST_CAPACITY = 0.9
MOST_PRICE = 1.1
"""Bounds of the factors, for which capacities and limits leave room."""

_SCENARIOS = 6


def scenario_tables(layout: Layout) -> dict[str, pa.Table]:
    """Return scenarios of equal probability that change demand, prices and what suppliers ask and can do."""
    rng = layout.stream(LAYOUT_STREAM, _SCENARIOS)
    count = layout.scenarios
    names = numbered("future-", np.arange(1, count + 1), count)
    factors = np.column_stack(
        [
            rng.uniform(LEAST_DEMAND, MOST_DEMAND, count),
            rng.uniform(0.92, 1.06, count),
            rng.uniform(0.97, MOST_PRICE, count),
            rng.uniform(LEAST_CAPACITY, 1.0, count),
        ]
    )
    chosen_site = layout.sites.take(
        pa.array(layout.plants + layout.workshops + rng.integers(0, layout.suppliers, count))
    ).to_pylist()
    probability = np.full(count, 1 / count)
    probability[-1] = 1 - probability[:-1].sum()
    quantity, mode, site = [], [], []
    for scenario in range(count):
        quantity += ["demand", "price", "unit_cost", "capacity"]
        mode += [None, None, "outsourced", None]
        site += [None, None, None, chosen_site[scenario]]
    return {
        "scenarios": pa.table({"scenario": names, "probability": probability}),
        "changes": pa.table(
            {
                "scenario": names.take(pa.array(np.repeat(np.arange(count), 4))),
                "quantity": pa.array(quantity),
                "mode": pa.array(mode, pa.string()),
                "site": pa.array(site, pa.string()),
                "factor": np.round(factors.ravel(), 3),
            }
        ),
    }
