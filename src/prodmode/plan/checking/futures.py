"""Scenario factors, by joining the changes to whatever they act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from prodmode.instance.fields import QUANTITIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.plan.checking.arrays import Columns

FILTERS = {
    "demand": ("line", "family", "period"),
    "price": ("line", "family", "mode", "site", "period"),
    "unit_cost": ("line", "family", "mode", "site", "period"),
    "yield": ("line", "family", "mode", "site", "period"),
    "capacity": ("resource", "site", "period"),
}
"""What can narrow down a change of each quantity."""


def factors(changes: Columns, quantity: str, places: Columns) -> NDArray[np.float64]:
    """Return the product of the factors that act on each place.

    Parameters
    ----------
    changes : Columns
        The changes of all scenarios.
    quantity : str
        What changes: demand, price, unit_cost, yield or capacity.
    places : Columns
        A row per place: the code of its scenario and of everything that filters this quantity.
    """
    product = np.ones(len(places["scenario"]))
    mine = changes["quantity"] == QUANTITIES.index(quantity)
    if not mine.any():
        return product
    filters = FILTERS[quantity]
    coded = pd.DataFrame({name: changes[name][mine] for name in ("factor", "scenario", *filters)})
    given = [(coded[name] >= 0).to_numpy() for name in filters]
    for _, same in coded.groupby(given, sort=False):
        keys = ["scenario", *(name for name in filters if same[name].iloc[0] >= 0)]
        table = same.groupby(keys, as_index=False)["factor"].prod()
        frame = pd.DataFrame({name: places[name] for name in keys})
        product *= frame.merge(table, how="left", on=keys)["factor"].fillna(1.0).to_numpy()
    return product
