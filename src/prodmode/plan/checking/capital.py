"""Investments: what may be bought, what they unlock and what may be spent (domain, unlocking, budget)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.plan.checking.arrays import total

if TYPE_CHECKING:
    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings


def check_capital(facts: Facts, findings: Findings) -> None:
    """Check purchases, unlocking and budgets."""
    _purchases(facts, findings)
    _unlocking(facts, findings)
    _budget(facts, findings)


def _purchases(facts: Facts, findings: Findings) -> None:
    investments, bought = facts.data["investments"], facts.tables["purchases"]
    row, period, copies = bought["investment"], bought["period"], bought["copies"]
    first, last = investments["first_period"][row], investments["last_period"][row]
    outside = (period < first) | ((last >= 0) & (period > last))
    message = "{copies} copies of investment '{investment}' are bought in period {period}, when it cannot be"
    findings.marked("domain", bought, np.flatnonzero(outside & (copies > 0)), copies, message)

    count, most = facts.copies.sum(axis=1), investments["max_copies"]
    table = {"investment": np.arange(len(count)), "count": count, "most": most}
    message = "{count} copies of investment '{investment}' are bought; at most {most} can be"
    findings.rows("domain", table, count - most, [], message)


def _unlocking(facts: Facts, findings: Findings) -> None:
    option, period = np.nonzero(facts.in_force & (facts.options["requires"] >= 0)[:, None])
    needed = facts.options["requires"][option]
    table = {"line": facts.options["line"][option], "option": option, "period": period, "investment": needed}
    message = (
        "option '{option}' of line '{line}' is in force in period {period}, when investment '{investment}' "
        "is not in service"
    )
    findings.rows("unlocking", table, 1.0 - facts.service[needed, period], [], message)


def _budget(facts: Facts, findings: Findings) -> None:
    budgets = facts.data["budgets"]
    if not len(budgets["period"]):
        return
    limit = np.full(facts.periods, np.inf)
    limit[budgets["period"]] = budgets["capex_limit"]
    spent = facts.data["investments"]["capex"] @ facts.copies
    option, period = np.nonzero(facts.starts)
    spent = spent + total(period, facts.options["tooling_capex"][option], facts.periods)
    words = "in period {period}"
    if facts.instance.settings.budget_carryover:
        spent, limit = np.cumsum(spent), np.cumsum(limit)
        words = "up to period {period}"
    table = {"period": np.arange(facts.periods), "spent": spent, "limit": limit}
    message = f"{{spent}} {{currency}} of capex are spent {words}, {{size}} more than the {{limit}} allowed"
    finite = np.where(np.isfinite(limit), limit, 0.0)
    findings.rows("budget", table, spent - limit, [spent, finite], message)
