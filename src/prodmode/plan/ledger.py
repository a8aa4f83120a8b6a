"""The cash flow of decisions, period by period, expected over the scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from prodmode.plan.tables import COLUMNS, COSTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.instance.scenarios import Effective
    from prodmode.plan.decisions import Decisions


def starts_and_exits(
    instance: Instance, in_force: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where options start and where they are left, both shape (O, T)."""
    current = instance.lines["current_option"].cat.codes.to_numpy()
    before = np.zeros_like(in_force)
    before[:, 1:] = in_force[:, :-1]
    before[current[current >= 0], 0] = True
    return in_force & ~before, before & ~in_force


def copies_in_service(instance: Instance, copies: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the copies of each investment in service, shape (K, T)."""
    bought = np.cumsum(copies, axis=1)
    service = np.zeros_like(bought)
    for row, lead in enumerate(instance.investments["lead_time_periods"].to_numpy()):
        if lead < service.shape[1]:
            service[row, lead:] = bought[row, : service.shape[1] - lead]
    return service


def cash_flow(
    instance: Instance,
    figures: Effective,
    decisions: Decisions,
    cost: NDArray[np.float64],
    unserved: NDArray[np.float64],
) -> pd.DataFrame:
    """Return the cash flow table.

    Parameters
    ----------
    instance : Instance
        The instance.
    figures : Effective
        Its figures by scenario.
    decisions : Decisions
        What was decided.
    cost : ndarray, shape (W, T)
        Unit and tier cost of what is made.
    unserved : ndarray, shape (W, L, T)
        Units of demand left unserved.
    """
    options, lines, investments = instance.options, instance.lines, instance.investments
    share, factor = figures.probability, figures.discount
    start, leave = starts_and_exits(instance, decisions.in_force)
    bought = decisions.copies.astype(np.float64)
    in_service = copies_in_service(instance, decisions.copies)
    capex = investments["capex"].to_numpy()
    holding = lines["holding_cost"].fillna(0.0).to_numpy()[options["line"].cat.codes.to_numpy()]
    kilograms = _expected(share, options["emissions_per_unit"].to_numpy(), decisions.made)
    salvage = np.zeros(len(factor))
    salvage[-1] = (investments["salvage_share"].to_numpy() * capex) @ bought.sum(axis=1)

    flow = {
        "period": np.asarray(instance.periods, dtype=object),
        "discount_factor": factor,
        "revenue": np.einsum("w,wot,wot->t", share, figures.price, decisions.sold),
        "unit_cost": share @ cost,
        "setup_cost": _expected(share, options["setup_cost"].to_numpy(), decisions.setup),
        "fixed_cost": options["fixed_cost"].to_numpy() @ decisions.in_force,
        "startup_cost": options["startup_cost"].to_numpy() @ start,
        "exit_cost": options["exit_cost"].to_numpy() @ leave,
        "holding_cost": _expected(share, holding, decisions.stock),
        "lost_sale_penalty": _expected(share, lines["lost_sale_penalty"].to_numpy(), unserved),
        "overtime_cost": _expected(share, instance.resources["overtime_cost"].to_numpy(), decisions.overtime),
        "carbon_cost": instance.settings.carbon_price / 1000 * kilograms,
        "capex": capex @ bought,
        "tooling_capex": options["tooling_capex"].to_numpy() @ start,
        "upkeep_cost": investments["upkeep_cost"].to_numpy() @ in_service,
        "salvage": salvage,
    }
    flow["net"] = flow["revenue"] + salvage - np.sum([flow[name] for name in COSTS], axis=0)
    flow["present_value"] = factor * flow["net"]
    return pd.DataFrame(flow)[list(COLUMNS["cash_flow"])]


def _expected(
    share: NDArray[np.float64], price: NDArray[np.float64], amount: NDArray[np.float64] | NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the expected money by period of amounts of shape (W, n, T) at prices of shape (n,)."""
    return np.asarray(share @ np.stack([price @ scenario for scenario in amount]), dtype=np.float64)
