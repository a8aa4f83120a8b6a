"""A supplier that makes nothing any more from some period on, as changes of input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.errors import ProdmodeError
from prodmode.explain.changes.edit import Edit, number_text
from prodmode.formulation.constants import Constants
from prodmode.instance.scenarios import effective

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who can fail: a site, or an outsourced option that names no site.

    Attributes
    ----------
    kind : {"site", "option"}
    name : str
    title : str
        What people call it.
    """

    kind: str
    name: str
    title: str

    def options(self, instance: Instance) -> NDArray[np.bool_]:
        """Return which options it makes, shape (O,)."""
        return (instance.options[self.kind] == self.name).to_numpy(dtype=bool)


def suppliers_of(instance: Instance) -> tuple[Supplier, ...]:
    """Return every supplier that makes an option, in the order of the tables.

    These are the sites of kind supplier or with an outsourced option, and the outsourced options that name
    no site, each on its own.
    """
    options, sites = instance.options, instance.sites
    outsourced = (options["mode"] == "outsourced").to_numpy()
    used = set(options["site"].dropna())
    buys = set(options["site"][outsourced].dropna())
    found = [
        Supplier("site", str(row.site), str(row.name) if isinstance(row.name, str) else str(row.site))
        for row in sites.itertuples(index=False)
        if row.site in used and (row.kind == "supplier" or row.site in buys)
    ]
    lone = options["option"][outsourced & options["site"].isna().to_numpy()]
    return (*found, *(Supplier("option", name, name) for name in lone))


def failing(instance: Instance, supplier: Supplier, period: str) -> tuple[Edit, ...]:
    """Return the changes by which a supplier makes nothing from a period on.

    Everything it makes draws on a resource of its own, which is ample before that period and empty after.

    Parameters
    ----------
    instance : Instance
    supplier : Supplier
    period : str
        The first period without it.
    """
    options = instance.options["option"][supplier.options(instance)]
    resource = _new_name(f"{supplier.name}-supply", set(instance.resources["resource"]))
    first = instance.periods.index(period)
    ample = _ample(instance, supplier.options(instance), first) if first else 0.0
    closed = instance.periods[first:] if first else ()
    return (
        _row("resources", resource=resource, unit="units", capacity=number_text(ample)),
        *(_row("capacity", resource=resource, period=later, capacity="0") for later in closed),
        *(_row("usage", option=option, resource=resource, per_unit="1") for option in options),
    )


def without_fill_rates(instance: Instance, supplier: Supplier) -> tuple[Edit, ...]:
    """Return the changes by which the lines that a supplier can make need no least fill rate."""
    lines = instance.lines
    made = instance.options["line"][supplier.options(instance)].astype(object).unique()
    asked = lines["line"][lines["line"].isin(made) & (lines["min_fill_rate"] > 0)]
    return tuple(Edit("lines", (("line", line),), "min_fill_rate", "=", 0.0) for line in asked)


def _row(table: str, **cells: str) -> Edit:
    return Edit(table, tuple(cells.items()), None, "add", None)


def _ample(instance: Instance, options: NDArray[np.bool_], first: int) -> float:
    """Return capacity that no plan can use up before a period, whatever the scenarios make of it."""
    most = Constants(instance).most_made[:, options, :first].sum(axis=1).max()
    changes = instance.changes
    wide = (changes["quantity"] == "capacity") & changes[["site", "resource"]].isna().all(axis=1)
    if not wide.any():
        return float(np.ceil(most))
    # a scenario that scales every resource scales this one too
    base = instance.replace(
        changes=changes[wide], resources=[{"resource": "any", "capacity": 1.0}], usage=[], capacity=[],
        expansions=[], scenarios=instance.scenarios,
    )  # fmt: skip
    least = float(effective(base).capacity[..., :first].min())
    if least <= 0:
        raise ProdmodeError("a scenario takes all capacity away, so that a supplier cannot fail besides")
    return float(np.ceil(most / least))


def _new_name(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found
