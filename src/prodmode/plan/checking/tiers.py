"""What units made cost, tier by tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance

NEAR = 1e-6
"""Relative distance to a threshold within which the prices on both sides are right."""


def tier_costs(
    instance: Instance,
    option: NDArray[np.intp],
    made: NDArray[np.float64],
    factor: NDArray[np.float64],
    stated: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the cost of what is made in each cell.

    At a threshold of an all-units discount either price is right: the one nearer to the stated cost counts.

    Parameters
    ----------
    instance : Instance
        The instance.
    option, made, factor, stated : ndarray, shape (n,)
        Code of the option, units made, scenario factor on costs, and the cost that the plan states.
    """
    options, tiers = instance.options, instance.tiers
    cost = options["unit_cost"].fillna(0.0).to_numpy()[option] * made * factor
    table = pd.DataFrame(
        {
            "option": tiers["option"].cat.codes.to_numpy(),
            "start": tiers["from_units"].to_numpy(),
            "price": tiers["unit_cost"].to_numpy(),
        }
    )
    table["end"] = table.groupby("option")["start"].shift(-1).fillna(np.inf)
    cells = pd.DataFrame({"cell": np.arange(len(option)), "option": option, "made": made, "factor": factor})
    pairs = cells[np.isin(option, table["option"])].merge(table, on="option")
    if not len(pairs):
        return cost
    whole = (options["tier_kind"] == "all_units").to_numpy()[pairs["option"].to_numpy()]

    pieces = pairs[~whole]
    units = (np.minimum(pieces["made"], pieces["end"]) - pieces["start"]).clip(lower=0.0)
    amounts = (units * pieces["price"] * pieces["factor"]).groupby(pieces["cell"]).sum()
    cost[amounts.index.to_numpy()] = amounts.to_numpy()

    reached = pairs[whole].copy()
    low = reached["start"] - NEAR * np.maximum(1.0, reached["start"])
    high = reached["end"] + NEAR * np.maximum(1.0, reached["end"])
    below = (reached["start"] == 0) & (reached["made"] < 0)
    reached = reached[((reached["made"] >= low) & (reached["made"] <= high)) | below]
    reached["cost"] = reached["made"] * reached["price"] * reached["factor"]
    reached["off"] = (reached["cost"] - stated[reached["cell"].to_numpy()]).abs()
    nearest = reached.sort_values("off", kind="stable").drop_duplicates("cell")
    cost[nearest["cell"].to_numpy()] = nearest["cost"].to_numpy()
    return cost
