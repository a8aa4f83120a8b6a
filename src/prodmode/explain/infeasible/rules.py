"""The named business rules of an instance: the figures that a planner states and could state otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from prodmode.document.page import count
from prodmode.explain.infeasible.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodmode.instance.instance import Instance

Kind = Literal[
    "capacity", "budget", "limit", "fill_rate", "required", "max_units", "min_lot", "max_switches",
    "max_options", "max_copies", "delivery", "lead_time", "quality", "first_period", "last_period",
    "purchase_from", "purchase_until",
]  # fmt: skip
"""What a rule is about."""

GROUPS: dict[Kind, str] = {
    "capacity": "capacities",
    "budget": "budgets",
    "limit": "limits",
    "fill_rate": "fill rates",
    "required": "lines that must be offered",
    "max_units": "most units of options",
    "min_lot": "minimum lots",
    "max_switches": "most switches of lines",
    "max_options": "most options of lines at once",
    "max_copies": "most copies of investments",
    "delivery": "lead times of investments",
    "lead_time": "longest lead times of lines",
    "quality": "least qualities of lines",
    "first_period": "first periods of options",
    "last_period": "last periods of options",
    "purchase_from": "first periods of purchases",
    "purchase_until": "last periods of purchases",
}
"""Every kind of rule with the word for all of them, those that planners change most easily first."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A figure of the input that restricts plans. Lifting it means stating it so that it restricts nothing.

    Everything else is taken as given: demand, yield, what options take of resources, which investment an
    option requires, when lines are on the market, price breaks, stock and switching themselves.

    Attributes
    ----------
    kind : str
        What it is about; a key of `GROUPS`.
    name : str
        The resource, line, option, investment or limit that it belongs to; the period of a budget.
    period : str or None
        Period of a capacity or budget.
    side : str or None
        Side of a limit: min, max, min_share or max_share.
    figure : float or None
        The figure itself, None where it is a period or a yes.
    """

    kind: Kind
    name: str
    period: str | None = None
    side: str | None = None
    figure: float | None = None

    def sentence(self, instance: Instance) -> str:
        """Return the rule in words, with its figure and unit."""
        words, name = Words(instance), f"'{self.name}'"
        line, number = words.line(self.name), words.number(self.figure)
        kept = ", with what earlier periods leave" if instance.settings.budget_carryover else ""
        told: dict[Kind, Callable[[], str]] = {
            "capacity": lambda: (
                f"capacity of {name} in {self.period}: {words.capacity(self.name, self.figure)}"
            ),
            "budget": lambda: f"budget of {self.period}: {words.money(self.figure)} of capex{kept}",
            "limit": lambda: words.limit(self.name, self.side or "", self.figure),
            "fill_rate": lambda: (
                f"fill rate of {line}: at least {words.percent(self.figure)} of demand is served"
            ),
            "required": lambda: f"{line} is required: it is offered in every period on the market",
            "max_units": lambda: f"most units of {name}: {words.units(self.figure)} a period",
            "min_lot": lambda: f"minimum lot of {name}: {words.units(self.figure)}",
            "max_switches": lambda: f"most switches of {line}: {number} over the horizon",
            "max_options": lambda: f"most options of {line} at once: {number}",
            "max_copies": lambda: f"most copies of {name}: {number}",
            "delivery": lambda: (
                f"lead time of {name}: it serves {count(int(self.figure or 0), 'period')} after its purchase"
            ),
            "lead_time": lambda: f"longest lead time of {line}: {words.days(self.figure)}",
            "quality": lambda: f"least quality of {line}: {number}",
            "first_period": lambda: f"{name} cannot be used before {self.period}",
            "last_period": lambda: f"{name} cannot be used after {self.period}",
            "purchase_from": lambda: f"{name} cannot be bought before {self.period}",
            "purchase_until": lambda: f"{name} cannot be bought after {self.period}",
        }
        return told[self.kind]()

    @property
    def thing(self) -> tuple[str, str]:
        """What a coarser look does not tell it apart from: a capacity in other periods, a limit's sides."""
        return (self.kind, "" if self.kind == "budget" else self.name)
