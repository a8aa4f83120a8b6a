"""The cash flow of decisions, period by period, expected over the scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.plan.rates import PAID_ON, rates
from prodmode.plan.tables import COLUMNS, COSTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.instance.scenarios import Effective
    from prodmode.plan.decisions import Decisions
    from prodmode.plan.rates import Amount


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


def investment_money(instance: Instance, copies: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return what each investment costs and brings back, by kind of money, each of shape (K, T)."""
    investments = instance.investments
    capex = investments["capex"].to_numpy()[:, None] * copies.astype(np.float64)
    salvage = np.zeros(capex.shape)
    salvage[:, -1] = investments["salvage_share"].to_numpy() * capex.sum(axis=1)
    in_service = copies_in_service(instance, copies).astype(np.float64)
    upkeep = investments["upkeep_cost"].to_numpy()[:, None] * in_service
    return {"capex": capex, "upkeep_cost": upkeep, "salvage": salvage}


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
    share, factor = figures.probability, figures.discount
    start, leave = starts_and_exits(instance, decisions.in_force)
    amounts: dict[Amount, NDArray[Any]] = {
        "in_force": decisions.in_force,
        "started": start,
        "left": leave,
        "made": decisions.made,
        "setup": decisions.setup,
        "stock": decisions.stock,
    }
    flow = {
        "period": np.asarray(instance.periods, dtype=object),
        "discount_factor": factor,
        "revenue": np.einsum("w,wot,wot->t", share, figures.price, decisions.sold),
        "unit_cost": share @ cost,
        "lost_sale_penalty": _expected(share, instance.lines["lost_sale_penalty"].to_numpy(), unserved),
        "overtime_cost": _expected(share, instance.resources["overtime_cost"].to_numpy(), decisions.overtime),
    }
    for kind, rate in rates(instance).items():
        amount = amounts[PAID_ON[kind]]
        flow[kind] = rate @ amount if amount.ndim == 2 else _expected(share, rate, amount)
    for kind, money in investment_money(instance, decisions.copies).items():
        flow[kind] = money.sum(axis=0)
    flow["net"] = flow["revenue"] + flow["salvage"] - np.sum([flow[name] for name in COSTS], axis=0)
    flow["present_value"] = factor * flow["net"]
    return pd.DataFrame(flow)[list(COLUMNS["cash_flow"])]


def _expected(
    share: NDArray[np.float64], price: NDArray[np.float64], amount: NDArray[np.float64] | NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the expected money by period of amounts of shape (W, n, T) at prices of shape (n,)."""
    return np.asarray(share @ np.stack([price @ scenario for scenario in amount]), dtype=np.float64)
