"""Investments over time, suppliers' shares, and emissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.page import count, money, percent
from prodmode.explain.story.parts import purchases_of
from prodmode.instance.fields import MODES
from prodmode.report.html.charts import stacked, timeline
from prodmode.report.html.markup import Section, figure, paragraph, table

if TYPE_CHECKING:
    from prodmode.report.html.amounts import Amounts

MOST_SERIES = 6
"""Layers of a chart; what is smaller is put together."""

MOST_PURCHASES = 30
"""Purchases drawn, the first by period; the table has all."""


def investments(amounts: Amounts) -> Section | None:
    """Return what is bought and when, None where there is nothing to buy."""
    known = amounts.instance.investments
    if known.empty:
        return None
    bought = purchases_of(amounts.instance, amounts.plan)
    if not bought:
        told = f"The plan buys none of the {count(len(known), 'investment')} on offer."
        return Section("investments", "Investments", paragraph(told))
    order = {period: at for at, period in enumerate(amounts.plan.periods)}
    waits = dict(zip(known["investment"], known["lead_time_periods"], strict=True))
    drawn, rows = [], []
    for purchase in bought:
        at = order[purchase.period]
        ready = at + int(waits[purchase.investment])
        label = purchase.name if purchase.copies == 1 else f"{purchase.copies} x {purchase.name}"
        drawn.append((label, at, ready))
        since = amounts.plan.periods[ready] if ready < len(order) else "after the last period"
        rows.append(
            [
                purchase.investment, purchase.name, purchase.period, since, f"{purchase.copies:,}",
                f"{purchase.capex:,.0f}",
            ]
        )  # fmt: skip
    total = sum(purchase.capex for purchase in bought)
    header = ["investment", "name", "bought in", "in service from", "copies", f"capex, {amounts.currency}"]
    title = "Investments over time"
    number, spent = count(len(bought), "purchase"), money(total, amounts.currency)
    told = f"{number} for {spent}, the first in {bought[0].period}."
    rest = f", the first {MOST_PURCHASES} of {len(drawn)}" if len(drawn) > MOST_PURCHASES else ""
    picture = timeline("invest", amounts.plan.periods, drawn[:MOST_PURCHASES])
    body = figure(title + rest, f"{title}: {told}", picture, table(header, rows, 4, title))
    return Section("investments", "Investments", paragraph(told) + body)


def suppliers(amounts: Amounts) -> Section:
    """Return what is spent with each supplier, over time and in all."""
    spend = amounts.spend
    bought = spend[spend["mode"] == "outsourced"]
    total, outside = float(spend["amount"].sum()), float(bought["amount"].sum())
    if bought.empty or outside <= 0:
        return Section("suppliers", "Outsourced share", paragraph("Nothing is outsourced."))
    currency = amounts.currency
    series = amounts.by_period(bought, "site")
    share = outside / total
    told = (
        f"{percent(share)} of what is spent on making and buying goes to {count(len(series), 'supplier')}: "
        f"{money(outside, currency)} of {money(total, currency)}."
    )
    rows = [
        [site, f"{sum(values):,.0f}", percent(sum(values) / outside), percent(sum(values) / total)]
        for site, values in series.items()
    ]
    rows.append(["in all", f"{outside:,.0f}", "100 %", percent(share)])
    header = ["supplier", currency, "of outsourced spend", "of all spend"]
    title = "Outsourced spend by supplier and period"
    drawn = stacked("suppliers", amounts.plan.periods, _largest(series), currency)
    counted = "Spend is unit or tier cost, setups and fixed cost, undiscounted, expected over the scenarios."
    body = (
        paragraph(told)
        + figure(title, told, drawn, table(header, rows, 1, title))
        + paragraph(counted, quiet=True)
    )
    return Section("suppliers", "Outsourced share", body)


def emissions(amounts: Amounts) -> Section | None:
    """Return emissions by mode and period, None where no option states any."""
    rows = amounts.emissions
    total = float(rows["amount"].sum())
    if total <= 0:
        return None
    found = amounts.by_period(rows, "mode")
    series = {mode: found[mode] for mode in MODES if mode in found}
    told = f"{total:,.0f} kg over the horizon, expected over the scenarios."
    price = amounts.instance.settings.carbon_price
    if price:
        cost = float(amounts.plan.cash_flow["carbon_cost"].sum())
        told += f" At {money(price, amounts.currency)} a tonne they cost {money(cost, amounts.currency)}."
    lines = [
        [mode, *(f"{value:,.0f}" for value in values), f"{sum(values):,.0f}"]
        for mode, values in series.items()
    ]
    sums = [sum(values) for values in zip(*series.values(), strict=True)]
    lines.append(["in all", *(f"{value:,.0f}" for value in sums), f"{total:,.0f}"])
    title = "Emissions by mode and period"
    drawn = stacked("emissions", amounts.plan.periods, series, "kg")
    body = paragraph(told) + figure(
        title,
        f"{title}: {told}",
        drawn,
        table(["mode", *amounts.plan.periods, "in all"], lines, 1, f"{title}, kg"),
    )
    return Section("emissions", "Emissions", body)


def _largest(series: dict[str, list[float]]) -> dict[str, list[float]]:
    if len(series) <= MOST_SERIES:
        return series
    names = list(series)
    shown = {name: series[name] for name in names[: MOST_SERIES - 1]}
    rest = [series[name] for name in names[MOST_SERIES - 1 :]]
    return shown | {f"{len(rest)} others": [sum(values) for values in zip(*rest, strict=True)]}
