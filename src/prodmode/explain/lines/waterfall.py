"""From what one plan earns to what another does, step by step, seen from one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.document.page import money
from prodmode.explain.words import STEPS, listed

if TYPE_CHECKING:
    from prodmode.explain.lines.accounts import Accounts

SHARE_TOLD = 0.8
"""Share of all losses, or gains, that the steps named in a sentence make up."""

MOST_TOLD = 3
"""Losses, or gains, that a sentence names at most."""


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the difference of two plans.

    Attributes
    ----------
    kind : str
        A key of `prodmode.explain.words.STEPS`.
    amount : float
        Present value that the plan under study earns more; negative where it earns less.
    """

    kind: str
    amount: float

    @property
    def label(self) -> str:
        """What the step is called in a table."""
        return STEPS[self.kind][0]

    def words(self, currency: str) -> str:
        """Return what the other plan loses or gains by it, in words."""
        _, loss, gain = STEPS[self.kind]
        return (loss if self.amount > 0 else gain).format(money(abs(self.amount), currency))

    def to_dict(self) -> dict[str, Any]:
        """Return the step as data."""
        return {"kind": self.kind, "amount": self.amount}


@dataclass(frozen=True, slots=True)
class Waterfall:
    """What a plan earns more than another, from the first step to the last.

    Attributes
    ----------
    steps : tuple of Step
        They add up to the difference of the two net present values.
    """

    steps: tuple[Step, ...]

    @property
    def total(self) -> float:
        """What the plan under study earns more."""
        return sum(step.amount for step in self.steps)

    def sentence(self, currency: str, other_line: str | None = None) -> str:
        """Return what makes up most of the loss, and what stands against it; empty without any.

        Parameters
        ----------
        currency : str
        other_line : str, optional
            The line on which most of what other lines lose or gain is lost or gained.
        """
        losses, gains = (
            _largest([step for step in self.steps if sign * step.amount > 0.005]) for sign in (1, -1)
        )
        above_all = {"other_lines": f" (above all '{other_line}')"} if other_line else {}
        told = [
            listed([step.words(currency) + above_all.get(step.kind, "") for step in side])
            for side in (losses, gains)
        ]
        if all(told):
            return f"{told[0]}; on the other side {told[1]}"
        return told[0] or told[1]

    def to_dict(self) -> dict[str, Any]:
        """Return the waterfall as data."""
        return {"steps": [step.to_dict() for step in self.steps], "total": self.total}


def waterfall(line: str, chosen: Accounts, other: Accounts) -> Waterfall:
    """Return why a plan earns more than another that serves a line in another way.

    Parameters
    ----------
    line : str
        The line that the other plan was asked to serve otherwise.
    chosen, other : Accounts
        The plan under study, and the other plan, of instances that differ at most in what is allowed.

    Returns
    -------
    Waterfall
        First the line's own steps, then overtime, investments and what other lines earn.
    """
    here, there = chosen.ledger(line).money, other.ledger(line).money
    own = {kind: here[kind] - there[kind] for kind in here}
    price = _price_effect(line, chosen, other)
    amounts = {
        "price": price,
        "volume": own["revenue"] - price,
        **{kind: own[kind] for kind in ("unit_cost", "setup_cost", "fixed_cost")},
        "launch": own["startup_cost"] + own["exit_cost"],
        **{kind: own[kind] for kind in ("tooling_capex", "holding_cost", "lost_sale_penalty", "carbon_cost")},
        "overtime_cost": sum(chosen.overtime.values()) - sum(other.overtime.values()),
        "investments": sum(chosen.investments.values()) - sum(other.investments.values()),
        "other_lines": sum(
            earned - other.earned[name] for name, earned in chosen.earned.items() if name != line
        ),
    }
    return Waterfall(tuple(Step(kind, amounts[kind] + 0.0) for kind in STEPS))


def _price_effect(line: str, chosen: Accounts, other: Accounts) -> float:
    """Return the difference of the average prices, period by period, on what the other plan sells."""
    (sold, revenue), (other_sold, other_revenue) = chosen.sales(line), other.sales(line)
    both = (sold > 0) & (other_sold > 0)
    price = np.divide(revenue, sold, out=np.zeros_like(revenue), where=both)
    other_price = np.divide(other_revenue, other_sold, out=np.zeros_like(revenue), where=both)
    return float(((price - other_price) * np.where(both, other_sold, 0.0)).sum())


def _largest(steps: list[Step]) -> list[Step]:
    """Return the largest steps in their order of size, as many as make up most of all."""
    ordered = sorted(steps, key=lambda step: -abs(step.amount))
    whole, told, found = sum(abs(step.amount) for step in steps), 0.0, []
    for step in ordered[:MOST_TOLD]:
        if told >= SHARE_TOLD * whole:
            break
        found.append(step)
        told += abs(step.amount)
    return found
