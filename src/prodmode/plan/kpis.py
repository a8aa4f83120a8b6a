"""Key figures of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.instance.fields import MODES
from prodmode.plan.tables import COSTS, places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan


def kpis(instance: Instance, plan: Plan) -> dict[str, Any]:
    """Return the key figures of a plan, expected over the scenarios and over the whole horizon.

    Parameters
    ----------
    instance : Instance
        What was planned.
    plan : Plan
        The plan.

    Returns
    -------
    dict
        ``npv``; ``profit`` (undiscounted), ``revenue``, ``salvage``, ``costs`` (by kind), ``capex``
        (purchases and tooling); ``units_made``, ``units_sold``, ``units_unserved``, ``mean_stock`` (units
        in stock at the end of a period), ``fill_rate`` (units served over units asked for of the lines
        offered), ``emissions_kg``; ``utilisation`` (by resource: ``mean`` over the periods and ``peak``
        over periods and scenarios); ``mode_shares`` (``lines``, ``units`` and ``spend``, each by mode:
        shares of the options in force by period, of the units made, and of unit, setup and fixed costs).
        What is undefined is None.
    """
    options = pd.Index(instance.options["option"])
    making = places(plan.production["option"], options)
    flow = plan.cash_flow.drop(columns="period").sum()
    made = _weight(plan, "production") * plan.production["made"].to_numpy()
    demand = _weight(plan, "unserved")
    costs = {name: float(flow[name]) for name in COSTS}
    kilograms = instance.options["emissions_per_unit"].to_numpy()[making]
    stock = float(_weight(plan, "stock") @ plan.stock["stock"].to_numpy())
    return {
        "npv": plan.npv,
        "profit": float(flow["net"]),
        "revenue": float(flow["revenue"]),
        "salvage": float(flow["salvage"]),
        "costs": costs,
        "capex": costs["capex"] + costs["tooling_capex"],
        "units_made": float(made.sum()),
        "units_sold": float(_weight(plan, "sales") @ plan.sales["sold"].to_numpy()),
        "units_unserved": float(demand @ plan.unserved["unserved"].to_numpy()),
        "mean_stock": stock / len(plan.periods),
        "fill_rate": _share(
            float(demand @ plan.unserved["served"].to_numpy()),
            float(demand @ plan.unserved["demand"].to_numpy()),
        ),
        "emissions_kg": float(made @ kilograms),
        "utilisation": _utilisation(plan),
        "mode_shares": _mode_shares(instance, plan, making, places(plan.assignments["option"], options)),
    }


def _weight(plan: Plan, table: str) -> NDArray[np.float64]:
    """Return the probability of the scenario of each row."""
    shares = pd.Series(plan.scenarios, dtype=np.float64)
    return np.asarray(shares)[places(plan.tables()[table]["scenario"], shares.index)]


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _utilisation(plan: Plan) -> dict[str, dict[str, float | None]]:
    use = plan.resource_use
    use = use.assign(weight=_weight(plan, "resource_use")).dropna(subset="utilisation")
    use["weighted"] = use["weight"] * use["utilisation"]
    by = use.groupby("resource", sort=False)
    mean = (by["weighted"].sum() / by["weight"].sum()).to_dict()
    peak = by["utilisation"].max().to_dict()
    names = plan.resource_use["resource"].drop_duplicates()
    return {name: {"mean": _number(mean.get(name)), "peak": _number(peak.get(name))} for name in names}


def _number(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)


def _mode_shares(
    instance: Instance, plan: Plan, making: NDArray[np.intp], holding: NDArray[np.intp]
) -> dict[str, dict[str, float | None]]:
    """Return the shares of the modes; the option of each row of production and of assignments is given."""
    production, options = plan.production, instance.options
    mode = options["mode"].cat.codes.to_numpy()
    held, used = mode[holding], mode[making]
    weight = _weight(plan, "production")
    setup = options["setup_cost"].to_numpy()[making] * production["setup"].to_numpy()

    def by_mode(mode: NDArray[Any], amount: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(mode, amount, minlength=len(MODES)).astype(np.float64)

    spend = by_mode(used, weight * (production["cost"].to_numpy() + setup))
    amounts = {
        "lines": by_mode(held, np.ones(len(held))),
        "units": by_mode(used, weight * production["made"].to_numpy()),
        "spend": spend + by_mode(held, options["fixed_cost"].to_numpy()[holding]),
    }
    return {
        name: {
            mode: _share(float(part), float(amount.sum())) for mode, part in zip(MODES, amount, strict=True)
        }
        for name, amount in amounts.items()
    }
