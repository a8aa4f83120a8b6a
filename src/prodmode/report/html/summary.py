"""The top of the page: what to do, what it earns, how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.html import blocks_html, escaped
from prodmode.document.page import count, money, percent
from prodmode.instance.fields import MODES
from prodmode.report.html.markup import Section, paragraph

if TYPE_CHECKING:
    from prodmode.explain.answer import Answer
    from prodmode.report.html.amounts import Amounts
    from prodmode.result import Result


def cards(result: Result, amounts: Amounts) -> str:
    """Return the key figures as cards."""
    plan, currency = amounts.plan, amounts.currency
    kpis = plan.kpis
    shares = kpis["mode_shares"]
    ways = ", ".join(f"{mode} {percent(share)}" for mode, share in shares["lines"].items() if share)
    known: list[tuple[str, str, str]] = [
        ("Net present value", money(plan.npv, currency), "expected over the scenarios"),
        ("Proof", *_proof(result)),
        ("Lines", f"{len(amounts.instance.lines):,}", ways),
    ]
    if kpis["fill_rate"] is not None:
        known.append(("Fill rate", percent(kpis["fill_rate"]), f"{kpis['units_sold']:,.0f} units sold"))
    known.append(("Capital spent", money(kpis["capex"] + 0.0, currency), "investments and tooling"))
    if shares["spend"]["outsourced"] is not None:
        known.append(("Outsourced", percent(shares["spend"]["outsourced"]), "of spend on making and buying"))
    if kpis["emissions_kg"]:
        known.append(("Emissions", f"{kpis['emissions_kg'] / 1000:,.1f} t", "over the horizon"))
    peaks = {name: use["peak"] for name, use in kpis["utilisation"].items() if use["peak"] is not None}
    if peaks:
        busiest = max(peaks, key=lambda name: peaks[name])
        known.append(("Busiest resource", percent(peaks[busiest]), f"{busiest}, at its peak"))
    drawn = "".join(
        f"<div><dt>{escaped(word)}</dt><dd><strong>{escaped(figure)}</strong>"
        f"<span>{escaped(more)}</span></dd></div>"
        for word, figure, more in known
    )
    return f'<dl class="cards">{drawn}</dl>'


def summary(result: Result, amounts: Amounts, story: Answer | None) -> Section:
    """Return the executive summary: the story where it was asked for, or what the plan itself tells."""
    if story is not None:
        body = blocks_html(story.document().blocks, 2)
    else:
        body = "\n".join(paragraph(text) for text in _sentences(result, amounts))
    return Section("summary", "Executive summary", body)


def _sentences(result: Result, amounts: Amounts) -> list[str]:
    plan, instance, currency = amounts.plan, amounts.instance, amounts.currency
    horizon = plan.periods[0] if len(plan.periods) == 1 else f"{plan.periods[0]} to {plan.periods[-1]}"
    futures = f", on average over {len(plan.scenarios)} futures" if len(plan.scenarios) > 1 else ""
    told = [instance.settings.description] if instance.settings.description else []
    earns = (
        f"The plan is expected to earn {money(plan.npv, currency)} in today's money over {horizon}{futures}."
    )
    if result.bound is not None:
        room = max(0.0, result.bound - plan.npv)
        earns += f" No plan earns more than another {money(room, currency)}."
    told.append(earns)
    parts = []
    table = plan.assignments
    for at, period in enumerate(dict.fromkeys((plan.periods[0], plan.periods[-1]))):
        counts = table[table["period"] == period].drop_duplicates(["line", "mode"])["mode"].value_counts()
        words = [f"{int(counts[mode]):,} {mode}" for mode in MODES if mode in counts.index]
        parts.append(f"{'in' if not at else 'and in'} {period} {', '.join(words) or 'none'}")
    told.append(f"Of {count(len(instance.lines), 'line')}, {' '.join(parts)}.")
    copies = int(plan.purchases["copies"].sum())
    if len(instance.investments):
        spent = float(plan.cash_flow["capex"].sum())
        noun = "copy of an investment" if copies == 1 else "copies of investments"
        bought = f"buys {copies:,} {noun} for {money(spent, currency)}"
        told.append(f"It {bought if copies else 'invests in nothing'}.")
    return told


def _proof(result: Result) -> tuple[str, str]:
    if result.bound is None or result.gap is None:
        return "none", "no bound is known for this plan"
    verified = "verified by the referee" if result.verified else "rejected by the referee"
    return f"{percent(result.gap)} gap", verified
