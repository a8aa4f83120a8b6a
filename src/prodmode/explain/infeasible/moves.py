"""Changes of figures as edits, rounded outward to what reads well."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodmode.explain.changes import Edit
from prodmode.explain.infeasible.words import Words

if TYPE_CHECKING:
    from prodmode.explain.infeasible.rules import Rule
    from prodmode.instance.instance import Instance

PLACE = {
    "capacity": ("capacity", "resource", None, "+"),
    "budget": ("budgets", "period", "capex_limit", "+"),
    "limit": ("limits", "limit", None, "="),
    "fill_rate": ("lines", "line", "min_fill_rate", "="),
    "required": ("lines", "line", "required", "="),
    "lead_time": ("lines", "line", "max_lead_time_days", "="),
    "quality": ("lines", "line", "min_quality", "="),
    "max_switches": ("lines", "line", "max_switches", "+"),
    "max_options": ("lines", "line", "max_options", "+"),
    "max_units": ("options", "option", "max_units", "+"),
    "min_lot": ("options", "option", "min_lot", "="),
    "first_period": ("options", "option", "first_period", "="),
    "last_period": ("options", "option", "last_period", "="),
    "max_copies": ("investments", "investment", "max_copies", "+"),
}  # fmt: skip
"""What an edit of each kind of rule names: head, key, column and operation."""

FALLING = ("fill_rate", "min_lot", "quality")
"""Kinds of rules that are stretched by lowering their figure, besides the least sides of limits."""

WHOLE = ("max_switches", "max_options", "max_copies")
"""Kinds of rules with whole figures."""


@dataclass(frozen=True, slots=True)
class Move:
    """A change of one figure.

    Attributes
    ----------
    edit : Edit
        The change, as a what-if takes it.
    sentence : str
        The change in words.
    share : float
        By how much the figure changes, as a share of it (1 is all of it).
    money : float or None
        The same in money, where the figure is money.
    """

    edit: Edit
    sentence: str
    share: float
    money: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the change as data that JSON can hold."""
        return {
            "edit": str(self.edit),
            "sentence": self.sentence,
            "percent": 100 * self.share,
            "money": self.money,
        }


def as_move(instance: Instance, rule: Rule, moved: float, scale: float, digits: int) -> Move:
    """Return the change of a rule's figure by at least some amount, as an edit.

    Parameters
    ----------
    instance : Instance
        Gives names and units.
    rule : Rule
        One of a kind in `PLACE`.
    moved : float
        The least change, in the unit of the figure.
    scale : float
        The change that costs one.
    digits : int
        Significant digits of the change, which is rounded up.
    """
    words, (head, key, column, op) = Words(instance), PLACE[rule.kind]
    filters: tuple[tuple[str, str], ...] = ((key, rule.name),)
    if rule.kind in {"first_period", "last_period"}:
        return _window(instance, rule, Edit(head, filters, column, "=", None), moved, scale)
    if rule.kind == "required":
        sentence = f"{words.line(rule.name)} need not be offered any more"
        return Move(Edit(head, filters, column, "=", "false"), sentence, 1.0 / scale, None)
    before, change = rule.figure or 0.0, outward(moved, digits)
    if rule.kind in WHOLE:
        change = float(math.ceil(change))
    falls = rule.kind in FALLING or (rule.side or "").startswith("min")
    after = round(before - change if falls else before + change, 12)
    if rule.kind in {"fill_rate", "min_lot"} or rule.side == "min_share":
        after = max(0.0, after)
    elif rule.side == "max_share":
        after = min(1.0, after)
    if rule.kind == "capacity":
        filters = (*filters, ("period", rule.period or ""))
    elif rule.kind == "limit":
        column = rule.side
    edit = Edit(head, filters, column, "+" if op == "+" else "=", change if op == "+" else after)
    is_money = rule.kind == "budget" or (rule.kind == "limit" and words.is_money(rule.name, rule.side or ""))
    money = abs(after - before) if is_money else None
    return Move(edit, _sentence(words, rule, before, after), abs(after - before) / scale, money)


def outward(value: float, digits: int) -> float:
    """Return a value rounded up to some significant digits, but for rounding errors in it.

    Examples
    --------
    >>> outward(123.456, 3), outward(120.00000001, 3), outward(0.0196078, 3), outward(45678.0, 2)
    (124.0, 120.0, 0.0197, 46000.0)
    """
    if value <= 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(value)) - digits + 1)
    steps = math.ceil(value * (1 - 1e-7) / step)
    return float(f"{steps * step:.{digits}g}") if steps < 10**digits else float(f"{steps * step:.1g}")


def _window(instance: Instance, rule: Rule, edit: Edit, moved: float, scale: float) -> Move:
    labels, steps = instance.periods, math.ceil(moved - 1e-6)
    at = labels.index(rule.period or "") + (steps if rule.kind == "last_period" else -steps)
    end = labels[min(max(at, 0), len(labels) - 1)]
    how = "from" if rule.kind == "first_period" else "until"
    sentence = f"'{rule.name}' can be used {how} {end}, not {how} {rule.period}"
    return Move(Edit(edit.head, edit.filters, edit.column, "=", end), sentence, steps / scale, None)


def _sentence(words: Words, rule: Rule, before: float, after: float) -> str:
    to = f"from {{}} to {{}}, {'up' if after > before else 'down'} by {{}}"

    def moved(told: Any, by: Any = None) -> str:
        return to.format(told(before), told(after), (by or told)(abs(after - before)))

    name, line = f"'{rule.name}'", f"of {words.line(rule.name)}"
    if rule.kind == "limit":
        if (rule.side or "").endswith("share"):
            return f"limit {name} {moved(words.percent, words.points)}"
        return f"limit {name} {moved(lambda value: words.measured(rule.name, value))}"
    if rule.kind == "capacity":
        told = moved(lambda value: words.of_resource(rule.name, value))
        return f"capacity of {name} in {rule.period} {told}"
    what, number = {
        "budget": (f"budget of {rule.name}", words.money),
        "fill_rate": (f"fill rate {line}", words.percent),
        "max_units": (f"most units of {name} a period", words.units),
        "min_lot": (f"minimum lot of {name}", words.units),
        "lead_time": (f"longest lead time {line}", words.days),
        "max_copies": (f"most copies of {name}", words.number),
        "quality": (f"least quality {line}", words.number),
        "max_switches": (f"most switches {line}", words.number),
        "max_options": (f"most options at once {line}", words.number),
    }[rule.kind]
    return f"{what} {moved(number, words.points if rule.kind == 'fill_rate' else None)}"
