"""Key figures of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.instance.fields import MODES
from prodmode.plan.tables import COSTS

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
    flow = plan.cash_flow.drop(columns="period").sum()
    made = _weight(plan, plan.production) * plan.production["made"].to_numpy()
    demand = _weight(plan, plan.unserved)
    costs = {name: float(flow[name]) for name in COSTS}
    emissions = dict(zip(instance.options["option"], instance.options["emissions_per_unit"], strict=True))
    kilograms = np.asarray(plan.production["option"].map(emissions), dtype=np.float64)
    stock = float((_weight(plan, plan.stock) * plan.stock["stock"].to_numpy()).sum())
    return {
        "npv": plan.npv,
        "profit": float(flow["net"]),
        "revenue": float(flow["revenue"]),
        "salvage": float(flow["salvage"]),
        "costs": costs,
        "capex": costs["capex"] + costs["tooling_capex"],
        "units_made": float(made.sum()),
        "units_sold": float((_weight(plan, plan.sales) * plan.sales["sold"].to_numpy()).sum()),
        "units_unserved": float((demand * plan.unserved["unserved"].to_numpy()).sum()),
        "mean_stock": stock / len(plan.periods),
        "fill_rate": _share(
            float((demand * plan.unserved["served"].to_numpy()).sum()),
            float((demand * plan.unserved["demand"].to_numpy()).sum()),
        ),
        "emissions_kg": float((made * kilograms).sum()),
        "utilisation": _utilisation(plan),
        "mode_shares": _mode_shares(instance, plan),
    }


def _weight(plan: Plan, table: pd.DataFrame) -> NDArray[np.float64]:
    return np.asarray(table["scenario"].map(dict(plan.scenarios)), dtype=np.float64)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _utilisation(plan: Plan) -> dict[str, dict[str, float | None]]:
    use = plan.resource_use
    use = use.assign(weight=_weight(plan, use)).dropna(subset="utilisation")
    use["weighted"] = use["weight"] * use["utilisation"]
    by = use.groupby("resource", sort=False)
    mean = (by["weighted"].sum() / by["weight"].sum()).to_dict()
    peak = by["utilisation"].max().to_dict()
    names = plan.resource_use["resource"].drop_duplicates()
    return {name: {"mean": _number(mean.get(name)), "peak": _number(peak.get(name))} for name in names}


def _number(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)


def _mode_shares(instance: Instance, plan: Plan) -> dict[str, dict[str, float | None]]:
    options = instance.options.assign(option=instance.options["option"].astype("str")).set_index("option")
    modes = options["mode"].astype("str")
    force, production = plan.assignments["option"], plan.production
    weight = _weight(plan, production)
    made = weight * production["made"].to_numpy()
    setup = np.asarray(production["option"].map(options["setup_cost"]), dtype=np.float64)
    spend = weight * (production["cost"].to_numpy() + setup * production["setup"].to_numpy())
    by_mode: dict[str, pd.Series[Any]] = {
        "lines": force.map(modes).value_counts(),
        "units": _sum(production["option"].map(modes), made),
        "spend": _sum(production["option"].map(modes), spend).add(
            _sum(force.map(modes), np.asarray(force.map(options["fixed_cost"]), dtype=np.float64)),
            fill_value=0.0,
        ),
    }
    return {
        name: {mode: _share(float(amounts.get(mode, 0.0)), float(amounts.sum())) for mode in MODES}
        for name, amounts in by_mode.items()
    }


def _sum(mode: pd.Series[Any], amount: NDArray[np.float64]) -> pd.Series[float]:
    return pd.Series(amount, index=mode.index).groupby(mode).sum()
