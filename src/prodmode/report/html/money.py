"""What the plan earns: cash flow by period, present value by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from prodmode.document.page import money
from prodmode.plan.tables import COSTS
from prodmode.plan.words import MONEY_WORDS
from prodmode.report.html.charts import stacked, waterfall
from prodmode.report.html.markup import Section, figure, table

if TYPE_CHECKING:
    from prodmode.report.html.amounts import Amounts

_GROUPS = {
    "revenue": ("revenue",),
    "unit cost": ("unit_cost",),
    "setups, fixed and switching": ("setup_cost", "fixed_cost", "startup_cost", "exit_cost"),
    "stock, lost sales, overtime": ("holding_cost", "lost_sale_penalty", "overtime_cost"),
    "carbon": ("carbon_cost",),
    "investments and upkeep": ("capex", "tooling_capex", "upkeep_cost"),
    "salvage": ("salvage",),
}
"""Kinds of money that the chart puts together; the table has each."""


def cash_flow(amounts: Amounts) -> Section:
    """Return the cash flow by period and the net present value by kind."""
    flow, currency = amounts.plan.cash_flow, amounts.currency
    signed = {kind: (-flow[kind] if kind in COSTS else flow[kind]) for kind in MONEY_WORDS}
    return Section(
        "money",
        "Cash flow and net present value",
        _by_period(amounts, signed) + _by_kind(flow, signed, currency),
    )


def _by_period(amounts: Amounts, signed: dict[str, pd.Series[float]]) -> str:
    flow, periods, currency = amounts.plan.cash_flow, amounts.plan.periods, amounts.currency
    series = {
        word: [float(value) for value in pd.DataFrame({kind: signed[kind] for kind in kinds}).sum(axis=1)]
        for word, kinds in _GROUPS.items()
        if any(float(signed[kind].abs().sum()) > 0 for kind in kinds)
    }
    net = flow["net"].tolist()
    drawn = stacked("cash", periods, series, currency, {"net": net})
    rows = [
        [MONEY_WORDS[kind], *(f"{value + 0.0:,.0f}" for value in values), f"{values.sum():,.0f}"]
        for kind, values in signed.items()
        if values.abs().sum() > 0
    ]
    rows.append(["net", *(f"{value + 0.0:,.0f}" for value in net), f"{sum(net):,.0f}"])
    rows.append(
        [
            "present value",
            *(f"{value + 0.0:,.0f}" for value in flow["present_value"]),
            f"{amounts.plan.npv:,.0f}",
        ]
    )
    figures = table(["kind", *periods, "in all"], rows, 1, f"Cash flow by kind, {currency}")
    best, worst = max(net), min(net)
    most = f"{money(best, currency)} in {periods[net.index(best)]}"
    least = f"{money(worst, currency)} in {periods[net.index(worst)]}"
    told = f"Cash flow by period. The net is {money(sum(net), currency)} in all, from {least} to {most}."
    return figure("Cash flow by period, undiscounted and expected over the scenarios", told, drawn, figures)


def _by_kind(flow: pd.DataFrame, signed: dict[str, pd.Series[float]], currency: str) -> str:
    today = {
        MONEY_WORDS[kind]: float((values * flow["discount_factor"]).sum())
        for kind, values in signed.items()
        if values.abs().sum() > 0
    }
    total = float(flow["present_value"].sum())
    drawn = waterfall("kinds", list(today), list(today.values()), "net present value", currency)
    rows = [[label, f"{value:,.0f}"] for label, value in (today | {"net present value": total}).items()]
    told = f"Net present value by kind: {money(total, currency)} in all."
    title = "Net present value by kind, in today's money"
    return figure(title, told, drawn, table(["kind", currency], rows, 1, title))
