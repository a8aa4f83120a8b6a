"""The cash flow and the objective (accounts, objective)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from prodmode.plan.checking.arrays import Array, total

if TYPE_CHECKING:
    from prodmode.plan.checking.blocks import Block
    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings
    from prodmode.plan.plan import Plan

INCOME = ("revenue", "salvage")

Money = dict[str, NDArray[np.float64]]
"""Amounts by kind, each of shape (T,); costs are positive."""


def check_money(facts: Facts, operations: Money, plan: Plan, findings: Findings) -> float:
    """Check the cash flow, line by line, and the objective; return the net present value.

    Parameters
    ----------
    facts : Facts
        Of the plan.
    operations : dict of str to ndarray
        What all blocks earn and pay, from `operations_of`.
    plan : Plan
        Its cash flow and objective are checked.
    findings : Findings
        Takes what is wrong.
    """
    flow = operations | standing(facts)
    gross = np.sum([np.abs(amount) for amount in flow.values()], axis=0)
    net = np.sum([amount if name in INCOME else -amount for name, amount in flow.items()], axis=0)
    flow |= {"discount_factor": facts.discount, "net": net, "present_value": facts.discount * net}

    stated = facts.tables["cash_flow"]
    period = stated["period"]
    for code in sorted(set(range(facts.periods)) - set(period.tolist())):
        label = facts.instance.periods[code]
        findings.add("accounts", f"table cash_flow has no row for period {label}", where={"period": label})
    for name, amount in flow.items():
        told, true = stated[name], amount[period]
        message = f"cash flow of period {{period}}: the plan states {name} as {{stated}}; it is {{true}}"
        # Sums of large amounts that cancel out keep the rounding of the amounts.
        terms = [told, true] + ([1e-6 * gross[period]] if name in {"net", "present_value"} else [])
        table = {"period": period, "stated": told, "true": true}
        findings.rows("accounts", table, np.abs(told - true), terms, message)

    npv = float(flow["present_value"].sum())
    allowed = findings.tolerance * max(1.0, abs(npv), 1e-6 * float(facts.discount @ gross))
    if not abs(plan.npv - npv) <= allowed:
        message = (
            f"the plan states a net present value of {plan.npv:,.2f} {findings.currency}; it is {npv:,.2f}"
        )
        findings.add("objective", message, abs(plan.npv - npv))
    return npv


def operations_of(block: Block) -> Money:
    """Return the expected money that the lines of a block earn and pay by period, undiscounted."""
    cells, options, lines, periods = block.cells, block.options, block.lines, block.periods
    weight, option = block.probability[cells["scenario"]], cells["option"]
    carbon = block.instance.settings.carbon_price / 1000 * options["emissions_per_unit"][option]
    holding = np.nan_to_num(lines["holding_cost"])[cells["line"]]
    markets = block.markets
    lost = markets["demand"] - markets["served"]

    def expected(amount: Array) -> NDArray[np.float64]:
        return total(cells["period"], weight * amount, periods)

    return {
        "revenue": expected(cells["revenue"]),
        "unit_cost": expected(cells["cost"]),
        "setup_cost": expected(options["setup_cost"][option] * cells["setup"]),
        "holding_cost": expected(holding * cells["stock"]),
        "lost_sale_penalty": total(
            markets["period"],
            block.probability[markets["scenario"]] * lines["lost_sale_penalty"][markets["line"]] * lost,
            periods,
        ),
        "carbon_cost": expected(carbon * cells["made"]),
    }


def standing(facts: Facts) -> Money:
    """Return the money by period for what is in force, bought and worked overtime, undiscounted."""
    options, periods, use = facts.options, facts.periods, facts.tables["resource_use"]

    def once(price: str, where: NDArray[np.bool_]) -> NDArray[np.float64]:
        option, period = np.nonzero(where)
        return total(period, options[price][option], periods)

    investments, copies = facts.data["investments"], facts.copies
    recovered = np.zeros(periods)
    recovered[-1] = (investments["salvage_share"] * investments["capex"] * copies.sum(axis=1)).sum()
    return {
        "fixed_cost": once("fixed_cost", facts.in_force),
        "startup_cost": once("startup_cost", facts.starts),
        "exit_cost": once("exit_cost", facts.exits),
        "overtime_cost": total(
            use["period"],
            facts.probability[use["scenario"]]
            * facts.data["resources"]["overtime_cost"][use["resource"]]
            * use["overtime"],
            periods,
        ),
        "capex": (investments["capex"][:, None] * copies).sum(axis=0),
        "tooling_capex": once("tooling_capex", facts.starts),
        "upkeep_cost": (investments["upkeep_cost"][:, None] * facts.service).sum(axis=0),
        "salvage": recovered,
    }
