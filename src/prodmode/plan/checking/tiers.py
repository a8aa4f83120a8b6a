"""What units made cost, tier by tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.plan.checking.arrays import pairs, total

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.plan.checking.arrays import Columns

NEAR = 1e-6
"""Relative distance to a threshold within which the prices on both sides are right."""

ALL_UNITS = 1
"""Code of the tier kind ``all_units``."""


def production_costs(
    options: Columns, tiers: Columns, cells: Columns, factor: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the cost of what is made in each cell.

    At a threshold of an all-units discount either price is right: the one nearer to the stated cost counts.

    Parameters
    ----------
    options, tiers : Columns
        Of the instance.
    cells : Columns
        With option, made and stated_cost.
    factor : ndarray
        Scenario factor on costs of each cell.
    """
    option, made = cells["option"], cells["made"]
    cost = np.nan_to_num(options["unit_cost"])[option] * made * factor
    if not len(tiers["option"]):
        return cost
    end = np.append(tiers["from_units"][1:], np.inf)
    end[np.append(tiers["option"][1:] != tiers["option"][:-1], True)] = np.inf
    cell, tier = pairs(option, tiers["option"])
    start, end, price = tiers["from_units"][tier], end[tier], tiers["unit_cost"][tier] * factor[cell]
    cost[cell] = 0.0
    whole = options["tier_kind"][option[cell]] == ALL_UNITS
    units = np.clip(np.minimum(made[cell], end) - start, 0.0, None)
    cost += total(cell, np.where(whole, 0.0, units * price), len(cost))

    low, high = start - NEAR * np.maximum(1.0, start), end + NEAR * np.maximum(1.0, end)
    reached = whole & (made[cell] >= low) & (made[cell] <= high)
    cell, amount = cell[reached], made[cell[reached]] * price[reached]
    # The farthest from the stated cost is written first and overwritten by nearer ones.
    order = np.argsort(-np.abs(amount - cells["stated_cost"][cell]), kind="stable")
    cost[cell[order]] = amount[order]
    return cost
