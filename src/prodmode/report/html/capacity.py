"""What the plan uses: capacity of resources, and the capital budget; where it runs out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.document.page import count, money, percent
from prodmode.report.html.charts import panels, stacked
from prodmode.report.html.markup import Section, figure, paragraph, table

if TYPE_CHECKING:
    import pandas as pd

    from prodmode.report.html.amounts import Amounts

MOST_DRAWN = 9
"""Resources drawn, the busiest first; the table has all."""

_ROOM = "No resource is full in any period or scenario."

FULL = 1.0 - 1e-6
"""Use over capacity from which a resource is full."""


def capacity_and_budget(amounts: Amounts) -> Section | None:
    """Return the use of capacity and budget over time, None where the instance has neither."""
    parts = [_resources(amounts), _budget(amounts)]
    body = "\n".join(part for part in parts if part)
    return Section("capacity", "Capacity and budget", body) if body else None


def bottlenecks(amounts: Amounts) -> Section | None:
    """Return where the plan runs out of capacity, None where there is no resource."""
    use = amounts.plan.resource_use
    if use.empty:
        return None
    full = use[use["utilisation"] >= FULL]
    if full.empty:
        return Section("bottlenecks", "Bottlenecks", paragraph(_ROOM))
    rows = []
    places = len(amounts.plan.periods) * len(amounts.plan.scenarios)
    for resource, members in full.groupby("resource", sort=False):
        used_up = set(members["period"])
        periods = [period for period in amounts.plan.periods if period in used_up]
        shown = ", ".join(periods[:8]) + (f" and {len(periods) - 8} more" if len(periods) > 8 else "")
        peak, overtime = float(members["utilisation"].max()), float(members["overtime"].max())
        rows.append(
            (
                len(members),
                [str(resource), shown, f"{len(members):,} of {places:,}", percent(peak), f"{overtime:,.0f}"],
            )
        )
    rows.sort(key=lambda row: -row[0])
    told = "A resource is full where its use reaches its capacity; use above it is overtime."
    header = ["resource", "full in", "periods and scenarios", "peak use", "most overtime"]
    return Section(
        "bottlenecks",
        "Bottlenecks",
        paragraph(told) + table(header, [row for _, row in rows], 2, "Resources that are full"),
    )


def _resources(amounts: Amounts) -> str:
    if amounts.plan.resource_use.empty:
        return ""
    use = amounts.resource()
    periods = amounts.plan.periods
    units = amounts.instance.resources.set_index("resource")["unit"].to_dict()
    peaks = use.groupby("resource", sort=False)["peak"].max().sort_values(ascending=False, kind="stable")
    shown = {}
    for resource in peaks.index[:MOST_DRAWN]:
        part = use[use["resource"] == resource].set_index("period").reindex(periods)
        unit = units.get(resource)
        shown[str(resource)] = (
            part["used"].tolist(), part["capacity"].tolist(), part["most"].tolist(),
            unit if isinstance(unit, str) else "units",
        )  # fmt: skip
    rest = f", the busiest {MOST_DRAWN} of {len(peaks)}" if len(peaks) > MOST_DRAWN else ""
    busiest = peaks.dropna()
    told = f"Use of {count(len(peaks), 'resource')} by period."
    if len(busiest):
        told += f" The busiest is {busiest.index[0]} with a peak of {percent(float(busiest.iloc[0]))}."
    return figure(f"Use of capacity by period{rest}", told, panels("use", periods, shown), _use_table(use))


def _use_table(use: pd.DataFrame) -> str:
    rows = [
        [
            str(row["resource"]), str(row["period"]), f"{row['used']:,.1f}", f"{row['capacity']:,.1f}",
            f"{row['overtime']:,.1f}", percent(row["peak"]) if np.isfinite(row["peak"]) else "-",
        ]
        for row in use.to_dict("records")
    ]  # fmt: skip
    header = ["resource", "period", "used", "capacity", "overtime", "peak use"]
    return table(
        header, rows, 2, "Use of capacity, expected over the scenarios; the peak is that of the busiest"
    )


def _budget(amounts: Amounts) -> str:
    budgets, periods = amounts.instance.budgets, amounts.plan.periods
    if budgets.empty:
        return ""
    flow = amounts.plan.cash_flow
    limits = dict(zip(budgets["period"].astype("str"), budgets["capex_limit"], strict=True))
    limit = np.array([limits.get(period, 0.0) for period in periods])
    parts = {"investments": flow["capex"].to_numpy(), "tooling": flow["tooling_capex"].to_numpy()}
    carried = amounts.instance.settings.budget_carryover
    if carried:
        limit = np.cumsum(limit)
        parts = {word: np.cumsum(values) for word, values in parts.items()}
    spent = np.sum(list(parts.values()), axis=0)
    currency = amounts.currency
    title = f"Capital spent and budget{', summed up since the first period' if carried else ' by period'}"
    drawn = stacked(
        "budget", periods, {word: values.tolist() for word, values in parts.items()}, currency,
        {"budget": limit.tolist()},
    )  # fmt: skip
    columns = [*parts.values(), spent, limit, limit - spent + 0.0]
    rows = [[period, *(f"{values[at]:,.0f}" for values in columns)] for at, period in enumerate(periods)]
    told = f"{title}: {money(spent[-1], currency)} of {money(limit[-1], currency)} in {periods[-1]}."
    header = ["period", *parts, "spent", "budget", "left"]
    return figure(title, told, drawn, table(header, rows, 1, f"{title}, {currency}"))
