"""The figures of every scenario: tables with their period overrides and scenario factors applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from prodmode.instance.instance import Instance

BASE = "base"
"""Name of the only scenario of an instance without a scenarios table."""


@dataclass(frozen=True, slots=True)
class Effective:
    """Figures by scenario w, line l, option o, resource r and period t; read-only arrays.

    Attributes
    ----------
    scenarios : tuple of str
        Names of the W scenarios.
    probability : ndarray, shape (W,)
    discount : ndarray, shape (T,)
        Factor that turns money of a period into present value.
    demand : ndarray, shape (W, L, T)
        Units asked for.
    price : ndarray, shape (W, O, T)
        Money per unit sold, the option's price factor included.
    unit_cost_factor : ndarray, shape (W, O, T)
        Multiplies unit and tier costs.
    yield_ : ndarray, shape (W, O, T)
        Good units per unit made.
    capacity : ndarray, shape (W, R, T)
        Resource units available, without investments and overtime.
    """

    scenarios: tuple[str, ...]
    probability: NDArray[np.float64]
    discount: NDArray[np.float64]
    demand: NDArray[np.float64]
    price: NDArray[np.float64]
    unit_cost_factor: NDArray[np.float64]
    yield_: NDArray[np.float64]
    capacity: NDArray[np.float64]


def discount_factors(instance: Instance) -> NDArray[np.float64]:
    """Return (1 + rate) ** (-t * months / 12) for t = 0, 1, ...; shape (T,)."""
    settings = instance.settings
    years = np.arange(len(instance.periods)) * settings.months_per_period / 12
    return np.asarray((1 + settings.discount_rate) ** -years, dtype=np.float64)


def effective(instance: Instance) -> Effective:
    """Apply period overrides and scenario factors to the tables of an instance.

    Parameters
    ----------
    instance : Instance
        The instance.

    Returns
    -------
    Effective
        One array per quantity. Arrays that no scenario changes are broadcast, not repeated.
    """
    lines, options, resources = instance.lines, instance.options, instance.resources
    line_of = options["line"].cat.codes.to_numpy()
    periods = len(instance.periods)

    demand_table = instance.demand
    line, period = (demand_table[name].cat.codes.to_numpy() for name in ("line", "period"))
    demand = np.zeros((len(lines), periods))
    demand[line, period] = demand_table["units"].to_numpy()
    price = np.repeat(lines["price"].to_numpy()[:, None], periods, axis=1)
    override = demand_table["price"].to_numpy()
    given = ~np.isnan(override)
    price[line[given], period[given]] = override[given]

    capacity = np.repeat(resources["capacity"].to_numpy()[:, None], periods, axis=1)
    table = instance.capacity
    capacity[table["resource"].cat.codes, table["period"].cat.codes] = table["capacity"].to_numpy()

    option_price = price[line_of] * options["price_factor"].to_numpy()[:, None]
    good = options["yield"].to_numpy()[:, None]
    scenarios = instance.scenarios
    return Effective(
        scenarios=tuple(scenarios["scenario"]) or (BASE,),
        probability=scenarios["probability"].to_numpy() if len(scenarios) else np.ones(1),
        discount=discount_factors(instance),
        demand=demand * _factors(instance, "demand"),
        price=option_price * _factors(instance, "price"),
        unit_cost_factor=_factors(instance, "unit_cost"),
        yield_=good * _factors(instance, "yield"),
        capacity=capacity * _factors(instance, "capacity"),
    )


def _factors(instance: Instance, quantity: str) -> NDArray[np.float64]:
    """Return the product of all matching factors, shape (W, lines | options | resources, T)."""
    lines, options, resources = instance.lines, instance.options, instance.resources
    size = {"demand": len(lines), "capacity": len(resources)}.get(quantity, len(options))
    shape = (max(1, len(instance.scenarios)), size, len(instance.periods))
    changes = instance.changes
    changes = changes[(changes["quantity"] == quantity).to_numpy()]
    if not len(changes):
        return np.broadcast_to(np.ones(1), shape)
    if quantity == "demand":
        labels: dict[str, ArrayLike] = {"line": lines["line"], "family": lines["family"]}
    elif quantity == "capacity":
        labels = {"resource": resources["resource"], "site": resources["site"]}
    else:
        family = lines["family"].to_numpy()[options["line"].cat.codes.to_numpy()]
        labels = {"line": options["line"], "mode": options["mode"], "site": options["site"], "family": family}
    known = {name: np.asarray(values, dtype=object) for name, values in labels.items()}
    factors = np.ones(shape)
    scenario, period = (changes[name].cat.codes.to_numpy() for name in ("scenario", "period"))
    filters = {
        name: changes[name].astype(object).where(changes[name].notna(), None).to_numpy() for name in known
    }
    for row, factor in enumerate(changes["factor"].to_numpy()):
        hit = np.ones(size, dtype=bool)
        for name, values in filters.items():
            if values[row] is not None:
                hit &= known[name] == values[row]
        when = slice(None) if period[row] < 0 else slice(period[row], period[row] + 1)
        factors[scenario[row], hit, when] *= factor
    return factors
