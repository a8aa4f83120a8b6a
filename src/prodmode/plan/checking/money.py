"""The cash flow and the objective (accounts, objective)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings
    from prodmode.plan.plan import Plan

INCOME = ("revenue", "salvage")


def check_money(facts: Facts, plan: Plan, findings: Findings) -> float:
    """Check the cash flow, line by line, and the objective; return the net present value."""
    flow = cash_flow(facts)
    gross = flow.abs().sum(axis=1).to_numpy()
    net = sum((flow[name] if name in INCOME else -flow[name] for name in flow), pd.Series(0.0, flow.index))
    flow["discount_factor"] = facts.discount
    flow["net"] = net
    flow["present_value"] = facts.discount * net
    stated = facts.tables["cash_flow"].set_index("period")
    for period in sorted(set(range(facts.periods)) - set(stated.index)):
        label = facts.instance.periods[period]
        findings.add("accounts", f"table cash_flow has no row for period {label}", where={"period": label})
    table = pd.DataFrame({"period": stated.index.to_numpy()})
    scale = gross[stated.index.to_numpy()]
    for name in flow.columns:
        told, true = stated[name].to_numpy(), flow[name].to_numpy()[stated.index.to_numpy()]
        message = f"cash flow of period {{period}}: the plan states {name} as {{stated}}; it is {{true}}"
        # Sums of large amounts that cancel out keep the rounding of the amounts.
        terms = [told, true] + ([1e-6 * scale] if name in {"net", "present_value"} else [])
        findings.rows("accounts", table.assign(stated=told, true=true), np.abs(told - true), terms, message)

    npv = float(flow["present_value"].sum())
    allowed = findings.tolerance * max(1.0, abs(npv), 1e-6 * float(facts.discount @ gross))
    if not abs(plan.npv - npv) <= allowed:
        message = (
            f"the plan states a net present value of {plan.npv:,.2f} {findings.currency}; it is {npv:,.2f}"
        )
        findings.add("objective", message, abs(plan.npv - npv))
    return npv


def cash_flow(facts: Facts) -> pd.DataFrame:
    """Return the expected money by period (rows) and kind (columns), undiscounted, costs positive."""
    instance, cells, options, lines = facts.instance, facts.cells, facts.options, facts.lines
    weight = facts.probability[cells["scenario"].to_numpy()]
    option, line = cells["option"].to_numpy(), cells["line"].to_numpy()
    carbon = instance.settings.carbon_price / 1000
    holding = lines["holding_cost"].fillna(0.0).to_numpy()[line]
    amounts = pd.DataFrame(
        {
            "period": cells["period"],
            "revenue": weight * cells["revenue"],
            "unit_cost": weight * cells["cost"],
            "setup_cost": weight * options["setup_cost"].to_numpy()[option] * cells["setup"],
            "holding_cost": weight * holding * cells["stock"],
            "carbon_cost": weight * carbon * options["emissions_per_unit"].to_numpy()[option] * cells["made"],
        }
    )
    flow = amounts.groupby("period").sum().reindex(range(facts.periods), fill_value=0.0)
    for name, column, where in (
        ("fixed_cost", "fixed_cost", facts.in_force),
        ("startup_cost", "startup_cost", facts.starts),
        ("tooling_capex", "tooling_capex", facts.starts),
        ("exit_cost", "exit_cost", facts.exits),
    ):
        flow[name] = (options[column].to_numpy()[:, None] * where).sum(axis=0)

    markets = facts.markets
    penalty = lines["lost_sale_penalty"].to_numpy()[markets["line"].to_numpy()]
    lost = (
        facts.probability[markets["scenario"].to_numpy()] * penalty * (markets["demand"] - markets["served"])
    )
    flow["lost_sale_penalty"] = _by_period(facts, markets["period"], lost.to_numpy())
    use = facts.tables["resource_use"]
    price = instance.resources["overtime_cost"].to_numpy()[use["resource"].to_numpy()]
    overtime = facts.probability[use["scenario"].to_numpy()] * price * use["overtime"].to_numpy()
    flow["overtime_cost"] = _by_period(facts, use["period"], overtime)

    investments, copies = instance.investments, facts.copies()
    capex = investments["capex"].to_numpy()
    flow["capex"] = (capex[:, None] * copies).sum(axis=0)
    flow["upkeep_cost"] = (investments["upkeep_cost"].to_numpy()[:, None] * facts.service).sum(axis=0)
    salvage = np.zeros(facts.periods)
    salvage[-1] = (investments["salvage_share"].to_numpy() * capex * copies.sum(axis=1)).sum()
    flow["salvage"] = salvage
    return flow


def _by_period(facts: Facts, period: pd.Series[int], amount: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.bincount(period.to_numpy().astype(np.intp), amount, minlength=facts.periods).astype(np.float64)
