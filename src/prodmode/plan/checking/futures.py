"""Scenario factors, by joining the changes to whatever they act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance

FILTERS = {
    "demand": ("line", "family", "period"),
    "price": ("line", "family", "mode", "site", "period"),
    "unit_cost": ("line", "family", "mode", "site", "period"),
    "yield": ("line", "family", "mode", "site", "period"),
    "capacity": ("resource", "site", "period"),
}
"""What can narrow down a change of each quantity."""


def family_codes(instance: Instance) -> tuple[NDArray[np.intp], pd.Index[str]]:
    """Return the code of each line's family (-1 where it has none), and the families."""
    codes, families = pd.factorize(instance.lines["family"])
    return np.asarray(codes, dtype=np.intp), pd.Index(families)


def factors(instance: Instance, quantity: str, places: pd.DataFrame) -> NDArray[np.float64]:
    """Return the product of the factors that act on each place.

    Parameters
    ----------
    instance : Instance
        The instance.
    quantity : str
        What changes: demand, price, unit_cost, yield or capacity.
    places : pandas.DataFrame
        A row per place: the code of its scenario and of everything that filters this quantity.
    """
    product = np.ones(len(places))
    changes = instance.changes
    changes = changes[(changes["quantity"] == quantity).to_numpy()]
    if not len(changes):
        return product
    _, families = family_codes(instance)
    coded = pd.DataFrame({"factor": changes["factor"].to_numpy()})
    for name in ("scenario", *FILTERS[quantity]):
        column = changes[name]
        coded[name] = (
            families.get_indexer(pd.Index(column)) if name == "family" else column.cat.codes.to_numpy()
        )
        if name == "family":
            coded.loc[column.notna().to_numpy() & (coded[name] < 0).to_numpy(), name] = len(families)
    given = [(coded[name] >= 0).to_numpy() for name in FILTERS[quantity]]
    for _, same in coded.groupby(given, sort=False):
        keys = ["scenario", *(name for name in FILTERS[quantity] if same[name].iloc[0] >= 0)]
        table = same.groupby(keys, as_index=False)["factor"].prod()
        joined = places[keys].merge(table, how="left", on=keys)["factor"]
        product *= joined.fillna(1.0).to_numpy()
    return product
