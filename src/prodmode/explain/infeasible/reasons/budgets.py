"""Budgets below the tooling and purchases that cannot be avoided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.explain.infeasible.reasons.facts import Reason, misses
from prodmode.explain.infeasible.reasons.options import cheapest_path
from prodmode.explain.words import listed
from prodmode.formulation.constants import codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from prodmode.explain.infeasible.reasons.facts import Facts

MOST_TOLD = 3
"""Lines and investments that a sentence names."""


def budget_reasons(facts: Facts) -> Iterator[Reason]:
    """Yield the first period up to which more must be spent than may be.

    Not where a tooling or an investment earns money: then what others cost says nothing.
    """
    budgets = facts.instance.budgets
    tooling = facts.constants.option("tooling_capex")
    if not len(budgets) or earns(facts):
        return
    allowed = budgets["capex_limit"].to_numpy()
    paths = cheapest_path(facts, np.broadcast_to(tooling[:, None], facts.constants.available.shape))
    bought = unavoidable_purchases(facts)
    costs = facts.instance.investments["capex"].to_numpy()
    spent = paths.sum(axis=1) + np.array(
        [sum(costs[k] for k, due in bought.items() if due <= t) for t in range(len(allowed))]
    )
    over = misses(spent, allowed.cumsum())
    if over.any():
        period = int(over.argmax())
        due = {k: when for k, when in bought.items() if when <= period}
        yield _reason(facts, period, float(allowed[: period + 1].sum()), paths[period], due, until=True)
        return
    if facts.instance.settings.budget_carryover:
        return
    first = _first_tooling(facts, tooling)
    for at in np.flatnonzero(misses(first.sum(axis=0), allowed)):
        yield _reason(facts, int(at), float(allowed[at]), first[:, at], {}, until=False)


def earns(facts: Facts) -> bool:
    """Return whether some tooling or investment has a negative price."""
    capex = facts.instance.investments["capex"].to_numpy()
    return bool((facts.constants.option("tooling_capex") < 0).any() or (capex < 0).any())


def unavoidable_purchases(facts: Facts) -> dict[int, int]:
    """Return investments that all options of some line require at some time, with the last period to buy."""
    needs = codes(facts.instance.options["requires"])
    lead = facts.instance.investments["lead_time_periods"].to_numpy()
    available = facts.constants.available
    # All options need the same one where the smallest and the largest number agree.
    low = np.full(facts.served.shape, np.iinfo(np.int64).max)
    high = np.full(facts.served.shape, -1)
    numbers = np.broadcast_to(needs[:, None], available.shape)
    np.minimum.at(low, facts.constants.line, np.where(available, numbers, np.iinfo(np.int64).max))
    np.maximum.at(high, facts.constants.line, np.where(available, numbers, -1))
    found: dict[int, int] = {}
    for line, period in zip(*np.nonzero(facts.served & (low == high) & (high >= 0)), strict=True):
        investment = int(high[line, period])
        due = int(period) - int(lead[investment])
        found[investment] = min(due, found.get(investment, due))
    return found


def _first_tooling(facts: Facts, tooling: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the tooling that must be paid in the very period in which a line comes to the market, (L, T)."""
    market = facts.constants.on_market
    first = market & ~np.concatenate([np.zeros((len(market), 1), dtype=bool), market[:, :-1]], axis=1)
    first &= facts.served
    running = np.zeros(len(market), dtype=bool)
    running[facts.constants.line[facts.constants.current]] = True
    first[:, 0] &= ~running
    least = facts.least_of_line(np.broadcast_to(tooling[:, None], facts.constants.shape))[0]
    return np.where(first, least, 0.0)


def _reason(
    facts: Facts,
    period: int,
    allowed: float,
    tooling: NDArray[np.float64],
    bought: dict[int, int],
    *,
    until: bool,
) -> Reason:
    words, label = facts.words, facts.instance.periods[period]
    investments = facts.instance.investments
    costs = [
        (float(amount), f"tooling of {words.line(facts.lines[line])}") for line, amount in enumerate(tooling)
    ]
    costs += [(float(investments["capex"].iloc[k]), f"'{investments['investment'].iloc[k]}'") for k in bought]
    costs = sorted((cost for cost in costs if cost[0] > 0), reverse=True)
    needed = sum(amount for amount, _ in costs)
    told = listed([f"{what} {words.money(amount)}" for amount, what in costs[:MOST_TOLD]])
    when = f"up to {label}" if until and period else f"in {label}"
    sentence = (
        f"Tooling and purchases that cannot be avoided {when} come to {words.money(needed)}, but the budget "
        f"allows {words.money(allowed)}: {words.money(needed - allowed)} are missing. Most goes to {told}."
    )
    periods = list(range(period + 1)) if until else [period]
    return Reason("budget", sentence, None, facts.labels(periods), needed, allowed)
