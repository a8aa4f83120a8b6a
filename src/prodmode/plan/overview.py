"""A plan at a glance, as a document: what a notebook shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.document.blocks import Document, Facts, Table
from prodmode.document.page import count, money, percent

if TYPE_CHECKING:
    import pandas as pd

    from prodmode.document.blocks import Block
    from prodmode.document.page import Align
    from prodmode.plan.plan import Plan

MOST_LINES = 24
"""Lines up to which the mode of each is shown; of more, lines are counted by mode."""

MOST_PERIODS = 24
"""Periods shown side by side."""

MOST_ROWS = 12
"""Purchases and resources that are shown."""


def overview(plan: Plan) -> Document:
    """Return a plan at a glance: what it earns, how lines are made, what is bought, what runs out.

    Parameters
    ----------
    plan : Plan
    """
    return Document(f"{plan.name}: the plan", (Facts(tuple(key_figures(plan))), *decisions(plan)))


def key_figures(plan: Plan) -> list[tuple[str, str]]:
    """Return what a plan earns and spends, as words and figures."""
    flow = plan.cash_flow
    facts = [("net present value", f"{plan.npv:,.2f} {plan.currency}")]
    if len(plan.scenarios) > 1:
        facts.append(("expected over", count(len(plan.scenarios), "scenario")))
    facts.append(("revenue", money(float(flow["revenue"].sum()), plan.currency)))
    capex = float(flow["capex"].sum() + flow["tooling_capex"].sum())
    if capex:
        facts.append(("capex", f"{money(capex, plan.currency)}, tooling included"))
    rate = plan.kpis.get("fill_rate")
    if rate is not None:
        facts.append(("fill rate", percent(float(rate))))
    return facts


def decisions(plan: Plan) -> tuple[Block, ...]:
    """Return how lines are made, what is invested in, and the busiest resources."""
    lines = plan.assignments["line"].drop_duplicates()
    modes = _by_line(plan, lines) if len(lines) <= MOST_LINES else _by_mode(plan, len(lines))
    return tuple(table for table in (modes, _purchases(plan), _busiest(plan)) if table.rows)


def _by_line(plan: Plan, lines: pd.Series[Any]) -> Table:
    """Return the modes of each line in each period."""
    found: dict[tuple[str, str], list[str]] = {}
    for line, period, mode in plan.assignments[["line", "period", "mode"]].itertuples(index=False):
        cell = found.setdefault((line, period), [])
        if mode not in cell:
            cell.append(mode)
    periods = plan.periods[:MOST_PERIODS]
    rows = tuple(
        (line, *(" + ".join(found.get((line, period), ())) or "not offered" for period in periods))
        for line in lines
    )
    return Table(("line", *periods), rows, caption=f"how each line is made{_cut(plan)}")


def _by_mode(plan: Plan, lines: int) -> Table:
    """Return how many lines use each mode in each period; a line of two modes counts for both."""
    periods = list(plan.periods[:MOST_PERIODS])
    pairs = plan.assignments[["line", "period", "mode"]].drop_duplicates()
    number = pairs.groupby(["mode", "period"]).size().unstack("period", fill_value=0)  # noqa: PD010
    number = number.reindex(columns=periods, fill_value=0)
    rows = tuple(
        (str(mode), *(f"{int(cell):,}" for cell in row))
        for mode, row in zip(number.index, number.to_numpy(), strict=True)
    )
    sides: list[Align] = [">"] * len(periods)
    return Table(
        ("mode", *periods), rows, ("<", *sides), f"how many of {count(lines, 'line')} use it{_cut(plan)}"
    )


def _cut(plan: Plan) -> str:
    more = len(plan.periods) - MOST_PERIODS
    return f", the first {MOST_PERIODS} of {len(plan.periods):,} periods" if more > 0 else ""


def _purchases(plan: Plan) -> Table:
    bought = plan.purchases[plan.purchases["copies"] > 0]
    rows = tuple(
        (str(row.investment), str(row.period), f"{row.copies:,}")
        for row in bought.head(MOST_ROWS).itertuples()
    )
    more = len(bought) - len(rows)
    caption = f"investments{f', {more:,} more' if more > 0 else ''}"
    return Table(("investment", "bought in", "copies"), rows, ("<", "<", ">"), caption)


def _busiest(plan: Plan) -> Table:
    """Return the resources with the highest use of their capacity in any period and scenario."""
    use = plan.resource_use
    share = use["utilisation"].to_numpy()
    known = use[np.isfinite(share)]
    peaks = known.loc[known.groupby("resource", sort=False)["utilisation"].idxmax()]
    peaks = peaks.sort_values("utilisation", ascending=False, kind="stable").head(MOST_ROWS)
    several = len(plan.scenarios) > 1
    rows = tuple(
        (
            str(row["resource"]),
            percent(float(row["utilisation"])),
            f"{row['period']}, {row['scenario']}" if several else str(row["period"]),
        )
        for row in peaks.to_dict("records")
    )
    return Table(("busiest resources", "peak use", "in"), rows, ("<", ">", "<"))
