"""Steps that give a plan more or less of something: stated, solved anew, and valued exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodmode.explain.changes import Edit, apply_edits
from prodmode.explain.interval import UNKNOWN, Interval, interval_of
from prodmode.explain.moves import differences
from prodmode.explain.restriction import Restriction, as_text
from prodmode.explain.selector import Copies
from prodmode.explain.study import Case

if TYPE_CHECKING:
    from prodmode.explain.bottlenecks.scarce import Scarce
    from prodmode.explain.moves import Difference
    from prodmode.explain.study import Study
    from prodmode.result import Result

PART = 0.1
"""Share of a figure by which it is moved."""

SMALL = 100.0
"""Figures up to which one unit is a step worth solving for: it is a percent of them at least."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step that can be solved.

    Attributes
    ----------
    label : str
        "10 % less", "10 % more", "one more", "one less", "lifted", "one more copy" or "one copy fewer".
    change : str
        The change of input, or what is forced and forbidden, as it is written on the command line.
    gives : int
        1 where a plan cannot lose by it, -1 where it cannot gain, 0 where either is possible.
    amount : float or None
        How many units more, less where negative; None where it is no number of units.
    case : Case
    """

    label: str
    change: str
    gives: int
    amount: float | None
    case: Case


@dataclass(frozen=True, slots=True)
class Value:
    """What a step is worth.

    Attributes
    ----------
    label, change : str
        As in `Step`.
    amount : float or None
    status : str
        Why the run stopped; "infeasible" where no plan is left.
    change_of_value : Interval
        Of the best net present value.
    per_unit : float or None
        The same for each unit of the step.
    differences : tuple
        Decisions that differ from the plan under study.
    """

    label: str
    change: str
    amount: float | None
    status: str
    change_of_value: Interval
    per_unit: float | None
    differences: tuple[Difference, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "name": self.label,
            "change": self.change,
            "amount": self.amount,
            "status": self.status,
            "value": self.change_of_value.to_dict(),
            "per_unit": self.per_unit,
            "differences": [difference.to_dict() for difference in self.differences],
        }


def steps_of(study: Study, scarce: Scarce) -> list[Step]:
    """Return the steps down and up from what is stated of something scarce."""
    base, head, filters, column = scarce.stated, *_figure(scarce)
    sign = -1 if scarce.side.startswith("min") else 1
    whole = scarce.kind == "limit" and scarce.unit in {"options in force", "setups"}
    share = scarce.unit == "share"
    found = []
    if base > 0 and not whole:
        for factor, label in ((1 - PART, "10 % less"), (1 + PART, "10 % more")):
            if not (share and base * factor > 1):
                edit = Edit(head, filters, column, "*", round(factor, 12))
                amount = base * (factor - 1)
                found.append(_edited(study, label, edit, sign if factor > 1 else -sign, amount))
    if whole or (scarce.kind == "capacity" and 0 < base <= SMALL):
        found.append(_edited(study, "one more", Edit(head, filters, column, "+", 1.0), sign, 1.0))
        if whole and base >= 1:
            found.append(_edited(study, "one less", Edit(head, filters, column, "-", 1.0), -sign, -1.0))
    return found


def lifted(study: Study, scarce: Scarce) -> Step:
    """Return the step that does without a side of a limit, or without any budget."""
    if scarce.kind == "budget":
        return _edited(study, "lifted", Edit("budgets", (), None, "remove", None), 1, None)
    filters = (("limit", scarce.name),)
    if (study.instance.limits.set_index("limit").loc[scarce.name, list(SIDES)].notna()).sum() > 1:
        return _edited(study, "lifted", Edit("limits", filters, scarce.side, "=", None), 1, None)
    return _edited(study, "lifted", Edit("limits", filters, None, "remove", None), 1, None)


SIDES = ("min", "max", "min_share", "max_share")


def copies_steps(study: Study, investment: str, bought: int, most: int) -> list[Step]:
    """Return the steps of one more copy of an investment and of one fewer, cost and upkeep included."""
    found = []
    if bought < most:
        found.append(_restricted("one more copy", Copies(investment, at_least=bought + 1), -1, 1.0))
    else:
        edit = Edit("investments", (("investment", investment),), "max_copies", "+", 1.0)
        found.append(_edited(study, "one more copy", edit, 1, 1.0))
    if bought > 0:
        found.append(_restricted("one copy fewer", Copies(investment, at_most=bought - 1), -1, -1.0))
    return found


def valued(study: Study, step: Step, result: Result | None) -> Value:
    """Return what a step is worth from what solving it came to."""
    if result is None or result.status.value == "infeasible":
        status = "not begun" if result is None else "infeasible"
        return Value(step.label, step.change, step.amount, status, UNKNOWN, None, ())
    change = interval_of(result) - study.value
    if step.gives > 0:
        change = change.at_least(0.0)
    elif step.gives < 0:
        change = -(-change).at_least(0.0)
    change = change.snapped(study.value.lower or 0.0)
    found = differences(study.instance, study.plan, result.plan) if result.has_plan else ()
    middle = change.middle
    each = None if middle is None or not step.amount else middle / step.amount
    return Value(step.label, step.change, step.amount, result.status.value, change, each, found)


def _figure(scarce: Scarce) -> tuple[str, tuple[tuple[str, str], ...], str | None]:
    if scarce.kind == "capacity":
        return "capacity", (("resource", scarce.name), ("period", scarce.period or "")), None
    if scarce.kind == "budget":
        return "budgets", (("period", scarce.period or ""),), None
    return "limits", (("limit", scarce.name),), scarce.side


def _edited(study: Study, label: str, edit: Edit, gives: int, amount: float | None) -> Step:
    text = str(edit)
    return Step(label, text, gives, amount, Case(text, instance=apply_edits(study.instance, [edit])))


def _restricted(label: str, copies: Copies, gives: int, amount: float) -> Step:
    restriction = Restriction(copies=(copies,))
    number = copies.at_most if copies.at_least is None else copies.at_least
    word = "at most" if copies.at_least is None else "at least"
    name = f"{word} {number} of '{copies.investment}'"
    simple = copies.at_least == 1 or copies.at_most == 0
    return Step(label, as_text(restriction)[0] if simple else name, gives, amount, Case(name, restriction))
