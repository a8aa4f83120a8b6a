"""Standard questions, one word each: every one is nothing but changes of input."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from prodmode.errors import InputError, Issue, Place
from prodmode.explain.changes.edit import Edit
from prodmode.explain.suppliers.failure import failing, suppliers_of
from prodmode.explain.what_if.newcomer import newcomer, typical_line
from prodmode.instance.faults import listing, show, suggest
from prodmode.instance.fields import MODES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prodmode.explain.changes.edit import Op
    from prodmode.instance.instance import Instance

AmountKind = Literal["share", "factor", "price", "period"]
Target = tuple[str, str]
"""What a question is about: a kind of filter and a name; ("", "") for everything."""


@dataclass(frozen=True, slots=True)
class Question:
    """A standard question.

    Attributes
    ----------
    word : str
        What it is asked by.
    help : str
        What it asks, in a line.
    targets : tuple of str
        Kinds of names that may follow after "=", the first match counts; empty where none may.
    amount : {"share", "factor", "price", "period"} or None
        What may follow after ":".
    default : float or None
        The amount where none is given; for a period None stands for the first one.
    answer : callable
        Makes the changes from the instance, the target and the amount.
    needs_target : bool
        Whether it must be said what it is about.
    """

    word: str
    help: str
    targets: tuple[str, ...]
    amount: AmountKind | None
    default: float | None
    answer: Callable[[Instance, Target, float, str], Sequence[Edit]]
    needs_target: bool = False

    @property
    def form(self) -> str:
        """How it is written, such as ``demand-drop[=FAMILY|LINE][:SHARE]``."""
        names = "|".join(kind.upper() for kind in self.targets)
        target = "" if not names else f"={names}" if self.needs_target else f"[={names}]"
        return f"{self.word}{target}{f'[:{self.amount.upper()}]' if self.amount else ''}"


def standard_edits(instance: Instance, text: str) -> tuple[Edit, ...]:
    """Return the changes that a standard question stands for.

    Parameters
    ----------
    instance : Instance
        What the question is asked of.
    text : str
        ``WORD[=NAME][:AMOUNT]``, such as ``demand-drop=chairs:0.3``; see `QUESTIONS`.

    Raises
    ------
    InputError
        If there is no such question, name or amount.

    Examples
    --------
    >>> import prodmode as pm
    >>> from prodmode.instance.examples import examples
    >>> furniture = pm.load(examples()["furniture"])
    >>> [str(edit) for edit in standard_edits(furniture, "demand-drop=seating:0.3")]
    ['demand.family=seating *0.7']
    """
    question, target, amount, period = _read(instance, text)
    return tuple(question.answer(instance, target, amount, period))


def _fault(text: str, message: str, hint: str | None = None) -> InputError:
    return InputError([Issue(message, None, Place(key=show(text)), hint, code="invalid-question")])


def _read(instance: Instance, text: str) -> tuple[Question, Target, float, str]:
    text = text.strip()
    word = re.split("[=:]", text, maxsplit=1)[0]
    rest = text[len(word) :]
    question = QUESTIONS.get(word.strip())
    if question is None:
        hint = suggest(word, list(QUESTIONS)) or f"There are: {listing(list(QUESTIONS), 30)}."
        raise _fault(text, f"there is no question {show(word)}.", hint)
    labels = {label for _, label in _names(instance, question)}
    name, colon, tail = (rest[1:], "", "") if rest[1:] in labels else rest.rpartition(":")
    target = _target(instance, question, name.removeprefix("=").strip() if colon else rest[1:].strip(), text)
    if not colon:
        return question, target, question.default or 0.0, instance.periods[0]
    amount = _amount_of(question, instance, tail.strip())
    if amount is None:
        told = f"{show(tail)} is no {question.amount}." if question.amount else f"{show(tail)} does not fit."
        raise _fault(text, told, _amount_hint(question, instance))
    return question, target, *amount


def _names(instance: Instance, question: Question) -> list[Target]:
    found: list[Target] = []
    for kind in question.targets:
        if kind == "supplier":
            found += [(supplier.kind, supplier.name) for supplier in suppliers_of(instance)]
        elif kind == "family":
            found += [(kind, name) for name in instance.families]
        elif kind == "mode":
            found += [(kind, name) for name in MODES]
        else:
            found += [(kind, name) for name in instance.table(f"{kind}s")[kind]]
    return found


def _target(instance: Instance, question: Question, name: str, text: str) -> Target:
    names = _names(instance, question)
    labels = [label for _, label in names]
    if not name:
        if question.needs_target:
            if len(names) == 1:
                return names[0]
            raise _fault(text, f"'{question.word}' needs a name.", f"There are: {listing(labels, 12)}.")
        return "", ""
    for target in names:
        if target[1] == name:
            return target
    if not question.targets:
        raise _fault(
            text, f"'{question.word}' is about everything and takes no name.", f"Write {question.form}."
        )
    kinds = " or ".join(question.targets)
    hint = suggest(name, labels) or (f"There are: {listing(labels, 12)}." if labels else None)
    raise _fault(text, f"there is no {kinds} {show(name)}.", hint)


def _amount_of(question: Question, instance: Instance, text: str) -> tuple[float, str] | None:
    """Return an amount as a number, or as a period; None where it is none."""
    if question.amount == "period":
        return (0.0, text) if text in instance.periods else None
    percent = question.amount == "share" and text.endswith("%")
    try:
        number = float(text.removesuffix("%")) * 0.01 if percent else float(text)
    except ValueError:
        return None
    sound = math.isfinite(number) and 0 <= number <= (1 if question.amount == "share" else number)
    return (round(number, 12), instance.periods[0]) if question.amount and sound else None


def _amount_hint(question: Question, instance: Instance) -> str:
    if question.amount == "period":
        return f"The periods are {listing(instance.periods)}."
    if question.amount == "share":
        return "Write a share from 0 to 1, such as 0.3, or 30%."
    return "Write a number, not below 0." if question.amount else f"Write {question.form}."


def _edit(head: str, target: Target, op: Op, value: float, column: str | None = None) -> Edit:
    return Edit(head, (target,) if target[0] else (), column, op, round(value, 12))


def _less(head: str) -> Callable[[Instance, Target, float, str], Sequence[Edit]]:
    return lambda _instance, target, share, _period: [_edit(head, target, "*", 1 - share)]


def _more(head: str) -> Callable[[Instance, Target, float, str], Sequence[Edit]]:
    return lambda _instance, target, share, _period: [_edit(head, target, "*", 1 + share)]


def _supplier_fails(instance: Instance, target: Target, _amount: float, period: str) -> Sequence[Edit]:
    supplier = next(each for each in suppliers_of(instance) if (each.kind, each.name) == target)
    return failing(instance, supplier, period)


def _new_line(instance: Instance, target: Target, factor: float, _period: str) -> Sequence[Edit]:
    return newcomer(instance, target[1] or typical_line(instance), factor)


def _capex(instance: Instance, target: Target, share: float, _period: str) -> Sequence[Edit]:
    found = [_edit("investments", target, "*", 1 - share, "capex")] if len(instance.investments) else []
    if not target[0]:
        found.append(_edit("options", target, "*", 1 - share, "tooling_capex"))
    return found


def _budget(instance: Instance, _target: Target, share: float, _period: str) -> Sequence[Edit]:
    if not len(instance.budgets):
        raise _fault("budget-cut", "the instance has no budgets that could be cut.", "Add a table 'budgets'.")
    return [_edit("budgets", ("", ""), "*", 1 - share)]


def _carbon(_instance: Instance, _target: Target, price: float, _period: str) -> Sequence[Edit]:
    return [_edit("settings", ("", ""), "=", price, "carbon_price")]


def _no_investment(instance: Instance, target: Target, _amount: float, _period: str) -> Sequence[Edit]:
    if not len(instance.investments):
        raise _fault("no-investment", "the instance has no investments.", None)
    return [_edit("investments", target, "=", 0, "max_copies")]


_CATALOGUE = (
    Question("supplier-fails", "A supplier makes nothing from a period on; without a name, all are ranked.",
             ("supplier",), "period", None, _supplier_fails, needs_target=True),
    Question("demand-drop", "Demand of a family, a line or all falls (by 30 %).",
             ("family", "line"), "share", 0.3, _less("demand")),
    Question("demand-rise", "Demand of a family, a line or all grows (by 20 %).",
             ("family", "line"), "share", 0.2, _more("demand")),
    Question("new-line", "A new line enters: like a given line or the most typical one, its demand scaled.",
             ("line",), "factor", 1.0, _new_line),
    Question("capex-halved", "Investments and tooling cost less (half).",
             ("investment",), "share", 0.5, _capex),
    Question("costs-up", "Unit costs of a mode, a site, a family, an option or all rise (by 10 %).",
             ("mode", "site", "family", "option"), "share", 0.1, _more("unit_cost")),
    Question("price-war", "Sales prices of a family, a line or all fall (by 10 %).",
             ("family", "line"), "share", 0.1, _less("price")),
    Question("capacity-lost", "A resource or all of a site loses capacity (half).",
             ("resource", "site"), "share", 0.5, _less("capacity"), needs_target=True),
    Question("yield-loss", "A site, a mode, an option or all make fewer good units (5 % fewer).",
             ("site", "mode", "option"), "share", 0.05, _less("yield")),
    Question("budget-cut", "The capex budget is cut (by half).", (), "share", 0.5, _budget),
    Question("no-investment", "An investment, or any, cannot be bought.",
             ("investment",), None, None, _no_investment),
    Question("carbon-price", "Emissions cost something (100 per tonne).", (), "price", 100.0, _carbon),
)  # fmt: skip

QUESTIONS: dict[str, Question] = {question.word: question for question in _CATALOGUE}
"""The standard questions by their word."""
