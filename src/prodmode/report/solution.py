"""What a person reads on a terminal about the outcome of a solve, in ten seconds."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from prodmode.document.page import Page, count, money, percent, plain
from prodmode.report.terminal import MOST_ROWS, facts_text

if TYPE_CHECKING:
    from prodmode.document.page import Align
    from prodmode.plan.checker import Verdict
    from prodmode.plan.plan import Plan
    from prodmode.result import Result

_STATUS = {
    "optimal": "optimal plan",
    "gap_reached": "plan within the gap",
    "time_limit": "stopped at the time limit",
    "interrupted": "interrupted",
    "infeasible": "infeasible: no plan can meet every requirement",
    "unbounded": "unbounded: the profit grows without end",
    "error": "the backend failed",
}
_MOST_RESOURCES = 5
_MOST_PURCHASES = 10
_MOST_VIOLATIONS = 20


def result_text(result: Result, page: Page) -> str:
    """Return the outcome: status, value, proof, plan, investments and bottlenecks.

    Parameters
    ----------
    result : Result
        What `prodmode.solve` returned.
    page : Page
        What to set the text on.
    """
    parts = [_headline(result, page), facts_text(_facts(result))]
    if result.has_plan:
        parts += [_modes(result, page), _purchases(result.plan, page), _bottlenecks(result.plan, page)]
    return "\n\n".join(part for part in parts if part)


def violations_text(verdict: Verdict) -> str:
    """Return what the referee found wrong with a plan."""
    found, total = verdict.violations, sum(verdict.counts.values())
    lines = [f"  {violation.rule}: {violation.message}" for violation in found[:_MOST_VIOLATIONS]]
    if total > len(lines):
        lines.append(f"  and {total - len(lines):,} more")
    head = f"the referee rejected the plan: {count(total, 'violation')}"
    return "\n".join([head, *lines])


def _headline(result: Result, page: Page) -> str:
    status = _STATUS.get(result.status.value, result.status.value)
    if result.has_plan and not result.verified:
        status = "the referee rejected the plan"
    elif result.has_plan:
        status += ", verified"
    elif result.status.value in {"time_limit", "interrupted"}:
        status += ", no plan found"
    colour = "green" if result.has_plan and result.verified else "red"
    return f"{page.style(plain(result.instance.name), 'bold')}: {page.style(status, 'bold', colour)}"


def _facts(result: Result) -> list[tuple[str, str]]:
    currency = result.instance.currency
    facts = []
    if result.objective is not None:
        facts.append(("NPV", money(result.objective, currency)))
    if result.bound is not None:
        facts.append(("bound", f"{money(result.bound, currency)} (no plan can be better)"))
    if result.gap is not None:
        facts.append(("gap", percent(result.gap)))
    if result.has_plan:
        facts += _key_figures(result.plan)
    if len(result.instance.ineligible):
        number = count(len(result.instance.ineligible), "option")
        facts.append(("left out", f"{number} that cannot be chosen; 'prodmode check' tells why"))
    version = f" ({result.backend_version})" if result.backend_version else ""
    facts.append(("backend", f"{result.backend}{version}"))
    if result.choice:
        facts.append(("chosen", f"it {result.choice}"))
    facts.append(("time", f"{result.build_seconds:.2f} s to build, {result.solve_seconds:.2f} s to solve"))
    return facts


def _key_figures(plan: Plan) -> list[tuple[str, str]]:
    facts = []
    fill_rate = plan.kpis.get("fill_rate")
    if fill_rate is not None:
        facts.append(("fill rate", percent(float(fill_rate))))
    capex = plan.cash_flow["capex"].sum() + plan.cash_flow["tooling_capex"].sum()
    if capex:
        facts.append(("capex", f"{money(float(capex), plan.currency)}, tooling included"))
    return facts


def _modes(result: Result, page: Page) -> str:
    plan = result.plan
    if len(result.instance.lines) > MOST_ROWS:
        return _mode_counts(plan, len(result.instance.lines), page)
    ways: dict[str, dict[str, list[str]]] = {}
    for row in plan.assignments.itertuples():
        site = f" @ {row.site}" if isinstance(row.site, str) else ""
        ways.setdefault(str(row.line), {}).setdefault(str(row.period), []).append(f"{row.mode}{site}")
    lines = [str(line) for line in result.instance.lines["line"]]
    cells = [
        [" + ".join(ways.get(line, {}).get(period, ["not offered"])) for period in plan.periods]
        for line in lines
    ]
    header = ["line", *plan.periods]
    grid = [[line, *row] for line, row in zip(lines, cells, strict=True)]
    if page.fits(header, grid):
        return page.table(header, grid)
    spans = [_runs(row, plan.periods) for row in cells]
    return page.glossary(("line", "modes by period"), list(zip(lines, spans, strict=True)))


def _runs(row: list[str], periods: tuple[str, ...]) -> str:
    parts = []
    for cell, run in groupby(zip(row, periods, strict=True), key=lambda pair: pair[0]):
        labels = [period for _, period in run]
        span = labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"
        parts.append(f"{cell} ({span})")
    return ", ".join(parts)


def _mode_counts(plan: Plan, lines: int, page: Page) -> str:
    table = plan.assignments.groupby(["mode", "period"]).size()
    modes = sorted({str(mode) for mode, _ in table.index})
    rows = [[mode, *(f"{int(table.get((mode, period), 0)):,}" for period in plan.periods)] for mode in modes]
    header = ["lines by mode", *plan.periods]
    remark = f"{count(lines, 'line')} in all; --output DIR or --json lists each."
    figures: Align = ">"
    sides: list[Align] = ["<", *(figures for _ in plan.periods)]
    return f"{page.table(header, rows, sides)}\n{remark}"


def _purchases(plan: Plan, page: Page) -> str:
    rows = list(plan.purchases.itertuples())
    if not rows:
        return ""
    shown = [f"  {row.copies:,} x {row.investment} in {row.period}" for row in rows[:_MOST_PURCHASES]]
    if len(rows) > len(shown):
        shown.append(f"  and {len(rows) - len(shown):,} more")
    return "\n".join([page.style("investments", "bold"), *shown])


def _bottlenecks(plan: Plan, page: Page) -> str:
    use = plan.resource_use.dropna(subset=["utilisation"]).sort_values(
        "utilisation", ascending=False, kind="stable"
    )
    peaks = use.drop_duplicates("resource").head(_MOST_RESOURCES)
    if peaks.empty:
        return ""
    many = len(plan.scenarios) > 1
    rows = [
        [
            str(row["resource"]),
            percent(row["utilisation"]),
            f"{row['used']:,.0f}",
            f"{row['capacity']:,.0f}",
            f"{row['period']}, {row['scenario']}" if many else str(row["period"]),
        ]
        for row in peaks.to_dict("records")
    ]
    header = ["busiest resources", "peak use", "used", "capacity", "in"]
    return page.table(header, rows, ["<", ">", ">", ">", "<"])
