"""What a person reads on a terminal about the outcome of a solve, in ten seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.page import Page, count, money, percent
from prodmode.plan.tables import COSTS
from prodmode.plan.words import MONEY_WORDS
from prodmode.report.edges import edges_text
from prodmode.report.modes import modes_text, purchases_text

if TYPE_CHECKING:
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
_MOST_KINDS = 8
_MOST_VIOLATIONS = 20


def result_text(result: Result, page: Page) -> str:
    """Return the outcome: what to do, what it earns, what limits it, and how sure that is.

    Parameters
    ----------
    result : Result
        What `prodmode.solve` returned.
    page : Page
        What to set the text on.
    """
    parts = [_headline(result, page)]
    if result.has_plan:
        instance, plan = result.instance, result.plan
        parts += [
            modes_text(instance, plan, page),
            purchases_text(instance, plan, page),
            _money(plan, page),
            edges_text(instance, plan, page),
        ]
    parts.append(f"{page.style('how sure', 'dim')}\n{page.facts(_proof(result))}")
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
    good = result.has_plan and result.verified
    earns = f"; it earns {money(result.plan.npv, result.instance.currency)}" if good else ""
    name, *rest = page.wrapped(page.sayable(f"{result.instance.name}: {status}{earns}"), 2).split("\n")
    # Styles are put on when the text is broken, so that they do not count as columns.
    before, colon, after = name.partition(f": {status.split()[0]}")
    if not colon:
        return page.style("\n".join([name, *rest]), "bold", "green" if good else "red")
    colour = "green" if good else "red"
    tail = "\n".join([f"{colon[2:]}{after}", *rest])
    return f"{page.style(before, 'bold')}: {page.style(tail, 'bold', colour)}"


def _money(plan: Plan, page: Page) -> str:
    """Return the kinds of money that add up to the net present value."""
    flow, factor = plan.cash_flow, plan.cash_flow["discount_factor"]
    today = {
        kind: (-1.0 if kind in COSTS else 1.0) * float((flow[kind] * factor).sum()) for kind in MONEY_WORDS
    }
    least = 0.0005 * max(map(abs, today.values()))
    kinds = [kind for kind in sorted(today, key=lambda kind: -abs(today[kind])) if abs(today[kind]) > least]
    shown = kinds[: _MOST_KINDS - 1] if len(kinds) > _MOST_KINDS else kinds
    told = [(MONEY_WORDS[kind], today[kind]) for kind in MONEY_WORDS if kind in shown]
    rest = sum(1 for value in today.values() if value) - len(told)
    if rest:
        told.append((count(rest, "other kind"), plan.npv - sum(value for _, value in told)))
    told.append(("NPV", plan.npv))
    digits = 0 if max(abs(value) for _, value in told) >= 1000 else 2
    amounts = [f"{value + 0.0:,.{digits}f}" for _, value in told]
    words, wide = max(len(word) for word, _ in told), max(map(len, amounts))
    lines = [f"  {word:<{words}}  {amount:>{wide}}" for (word, _), amount in zip(told, amounts, strict=True)]
    lines[-1] = page.style(f"{lines[-1]} {plan.currency}", "bold")
    futures = f", expected over {len(plan.scenarios):,} scenarios" if len(plan.scenarios) > 1 else ""
    title = page.wrapped(f"what it earns, in today's money{futures}")
    return "\n".join(part for part in (page.style(title, "dim"), *lines, _service(plan, page)) if part)


def _service(plan: Plan, page: Page) -> str:
    rate = plan.kpis.get("fill_rate")
    return "" if rate is None else page.wrapped(f"  serves {percent(float(rate))} of the demand", 2)


def _proof(result: Result) -> list[tuple[str, str]]:
    currency = result.instance.currency
    facts = []
    if result.bound is not None:
        facts.append(("bound", f"no plan can earn more than {money(result.bound, currency)}"))
    elif result.has_plan:
        facts.append(("bound", "none is known: a plan may earn more, by an unknown amount"))
    if result.gap is not None and result.bound is not None and result.objective is not None:
        room = money(max(0.0, result.bound - result.objective), currency)
        more = f"another plan could earn {room} more at most" if result.gap > 1e-9 else "the best there is"
        facts.append(("gap", f"{percent(result.gap)}: {more}"))
    if result.has_plan:
        verified = "verified: every rule and all money recomputed" if result.verified else "rejected the plan"
        facts.append(("referee", verified))
    if len(result.instance.ineligible):
        number = count(len(result.instance.ineligible), "option")
        facts.append(("left out", f"{number} that cannot be chosen; 'prodmode check' tells why"))
    version = f" ({result.backend_version})" if result.backend_version else ""
    facts.append(("backend", f"{result.backend}{version}"))
    if result.choice:
        facts.append(("chosen", f"it {result.choice}"))
    if not result.has_plan and result.status.value == "time_limit":
        facts.append(("next", "give it more time with --time-limit"))
    facts.append(("time", f"{result.build_seconds:.2f} s to build, {result.solve_seconds:.2f} s to solve"))
    return facts
