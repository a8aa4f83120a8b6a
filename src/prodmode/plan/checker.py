"""The referee: it recomputes every rule and the objective from the instance and the plan's own figures.

It shares no code with what builds and solves the model, nor with what makes plans from solutions, so that a
plan that both agree on is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.plan.checking.accounts import check_accounts
from prodmode.plan.checking.blocks import block, spans
from prodmode.plan.checking.capacity import check_capacity, usage_of
from prodmode.plan.checking.capital import check_capital
from prodmode.plan.checking.choices import check_choices, check_eligibility
from prodmode.plan.checking.facts import gather
from prodmode.plan.checking.limits import Measures, check_limits
from prodmode.plan.checking.money import check_money, operations_of
from prodmode.plan.checking.quantities import check_quantities
from prodmode.plan.checking.reading import read_tables
from prodmode.plan.checking.surplus import check_surplus
from prodmode.plan.checking.verdict import Findings, Verdict, Violation

if TYPE_CHECKING:
    from prodmode.instance.instance import Instance
    from prodmode.plan.checking.blocks import Block
    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.money import Money
    from prodmode.plan.plan import Plan

__all__ = ["Verdict", "Violation", "check"]


def check(instance: Instance, plan: Plan, *, tolerance: float = 1e-6) -> Verdict:
    """Check a plan against its instance.

    Parameters
    ----------
    instance : Instance
        What was planned.
    plan : Plan
        The plan, from anywhere.
    tolerance : float
        Difference that is let pass, relative to the size of what is compared (at least 1).

    Returns
    -------
    Verdict
        Whether the plan keeps every rule and states true figures, and each violation with its size and
        place.
    """
    findings = findings_on(instance, tolerance)
    _check_head(instance, plan, findings)
    with np.errstate(over="ignore", invalid="ignore"):
        tables = read_tables(instance, plan, findings)
        facts = gather(instance, tables)
        check_choices(facts, findings)
        used = np.zeros(len(facts.probability) * len(instance.resources) * facts.periods)
        measures = Measures(facts)
        operations: Money = {}
        for span in spans(facts):
            lines = _checked(facts, span, findings)
            used += usage_of(lines)
            measures.add(lines)
            for kind, amount in operations_of(lines).items():
                operations[kind] = operations.get(kind, np.zeros(facts.periods)) + amount
            del lines  # before the next are gathered
        check_capacity(facts, used, findings)
        check_capital(facts, findings)
        check_limits(facts, measures, findings)
        npv = check_money(facts, operations, plan, findings)
    return findings.verdict(npv)


def findings_on(instance: Instance, tolerance: float) -> Findings:
    """Return what gathers the findings on a plan of an instance."""
    scenarios = instance.scenarios
    names = {
        "line": instance.lines["line"].tolist(),
        "option": instance.options["option"].tolist(),
        "period": list(instance.periods),
        "scenario": scenarios["scenario"].tolist() if len(scenarios) else ["base"],
        "resource": instance.resources["resource"].tolist(),
        "investment": instance.investments["investment"].tolist(),
    }
    return Findings(tolerance, names, instance.currency)


def _checked(facts: Facts, span: range, findings: Findings) -> Block:
    """Check the lines in a span, and return their facts for what is checked of all lines together."""
    lines = block(facts, span)
    check_eligibility(lines, findings)
    check_quantities(lines, findings)
    check_surplus(lines, findings)
    check_accounts(lines, findings)
    return lines


def _check_head(instance: Instance, plan: Plan, findings: Findings) -> None:
    if tuple(plan.periods) != tuple(instance.periods):
        told, true = ", ".join(plan.periods), ", ".join(instance.periods)
        findings.add("domain", f"the plan is for the periods {told}; the instance has {true}")
    scenarios = instance.scenarios
    true_shares = dict(zip(scenarios["scenario"], scenarios["probability"], strict=True)) or {"base": 1.0}
    if set(plan.scenarios) != set(true_shares):
        told, true = ", ".join(plan.scenarios), ", ".join(true_shares)
        findings.add("domain", f"the plan is for the scenarios {told}; the instance has {true}")
    for name in sorted(set(plan.scenarios) & set(true_shares)):
        off = abs(plan.scenarios[name] - true_shares[name])
        if not off <= findings.tolerance:
            message = f"the plan gives scenario '{name}' a probability of {plan.scenarios[name]:g}; it is"
            findings.add("domain", f"{message} {true_shares[name]:g}", off, {"scenario": name})
    if plan.currency != instance.currency:
        findings.add("domain", f"the plan is in {plan.currency}; the instance is in {instance.currency}")
