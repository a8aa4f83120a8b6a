"""Investments: what may be bought, what they unlock and what may be spent (domain, unlocking, budget)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings


def check_capital(facts: Facts, findings: Findings) -> None:
    """Check purchases, unlocking and budgets."""
    _purchases(facts, findings)
    _unlocking(facts, findings)
    _budget(facts, findings)


def _purchases(facts: Facts, findings: Findings) -> None:
    investments = facts.instance.investments
    bought = facts.tables["purchases"]
    row, period = bought["investment"].to_numpy(), bought["period"].to_numpy()
    first = investments["first_period"].cat.codes.to_numpy()[row]
    last = investments["last_period"].cat.codes.to_numpy()[row]
    outside = (period < first) | ((last >= 0) & (period > last))
    hits = np.flatnonzero(outside & (bought["copies"].to_numpy() > 0))
    size = bought["copies"].to_numpy(dtype=np.float64)
    message = "{copies} copies of investment '{investment}' are bought in period {period}, when it cannot be"
    findings.marked("domain", bought, hits, size, message)

    total = facts.copies().sum(axis=1)
    most = investments["max_copies"].to_numpy(dtype=np.float64)
    table = pd.DataFrame({"investment": np.arange(len(total)), "total": total, "most": most})
    message = "{total} copies of investment '{investment}' are bought; at most {most} can be"
    findings.rows("domain", table, total - most, [], message)


def _unlocking(facts: Facts, findings: Findings) -> None:
    force = facts.tables["assignments"][["option", "period"]].copy()
    option, period = force["option"].to_numpy(), force["period"].to_numpy()
    needs = facts.options["requires"].to_numpy()[option]
    force.insert(0, "line", facts.options["line"].to_numpy()[option])
    force["investment"] = needs
    force = force[needs >= 0]
    lacking = 1.0 - facts.service[needs[needs >= 0], period[needs >= 0]]
    message = (
        "option '{option}' of line '{line}' is in force in period {period}, when investment '{investment}' "
        "is not in service"
    )
    findings.rows("unlocking", force, lacking, [], message)


def _budget(facts: Facts, findings: Findings) -> None:
    budgets = facts.instance.budgets
    if not len(budgets):
        return
    limit = np.full(facts.periods, np.inf)
    limit[budgets["period"].cat.codes.to_numpy()] = budgets["capex_limit"].to_numpy()
    spent = facts.instance.investments["capex"].to_numpy() @ facts.copies()
    spent = spent + facts.options["tooling_capex"].to_numpy() @ facts.starts
    words = "in period {period}"
    if facts.instance.settings.budget_carryover:
        spent, limit = np.cumsum(spent), np.cumsum(limit)
        words = "up to period {period}"
    table = pd.DataFrame({"period": np.arange(facts.periods), "spent": spent, "limit": limit})
    message = f"{{spent}} {{currency}} of capex are spent {words}, {{size}} more than the {{limit}} allowed"
    finite = np.where(np.isfinite(limit), limit, 0.0)
    findings.rows("budget", table, spent - limit, [spent, finite], message)
