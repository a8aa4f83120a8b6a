"""The questions that can be asked of a plan, one word each."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from prodmode.explain.answer import Answer, Answers
from prodmode.explain.bottlenecks.bottlenecks import Bottlenecks, bottlenecks
from prodmode.explain.break_even.break_even import break_even
from prodmode.explain.lines.explanation import PlanExplanation
from prodmode.explain.lines.why import explain_lines
from prodmode.explain.next_best import next_best
from prodmode.explain.rules.rule_costs import rule_costs
from prodmode.explain.sensitivity.sensitivity import sensitivity
from prodmode.explain.story.story import story
from prodmode.explain.subsidy import subsidy
from prodmode.explain.suppliers.suppliers import suppliers
from prodmode.explain.timing import timing
from prodmode.instance.windows import available

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prodmode.explain.study import Study


class Steps(Protocol):
    """Who is told how far the work is."""

    def step(self, words: str) -> None:
        """Begin with a question."""
        ...

    def case(self, done: int, total: int, case: object) -> None:
        """Take note of a solve that is done."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is asked of.

    Attributes
    ----------
    study : Study
    lines : sequence of str or None
        None for all lines.
    processes : int or None
    steps : Steps
    cancel : threading.Event
    answers : dict of str to Answer
        Those given so far; later ones may draw on them.
    """

    study: Study
    lines: Sequence[str] | None
    processes: int | None
    steps: Steps
    cancel: threading.Event
    answers: Answers

    @property
    def watched(self) -> dict[str, Any]:
        """How each solve is watched and ended, as arguments of a question's function."""
        return {"on_progress": self.steps.case, "cancel": self.cancel}

    @property
    def side_by_side(self) -> dict[str, Any]:
        """The same with how many solves run at once."""
        return {"processes": self.processes, **self.watched}


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a plan.

    Attributes
    ----------
    help : str
        What it asks, in a line.
    answer : callable
        Answers it, as one or more answers by name.
    """

    help: str
    answer: Callable[[Asked], dict[str, Answer]]


def ask(
    study: Study,
    words: Sequence[str],
    *,
    lines: Sequence[str] | None = None,
    processes: int | None = None,
    steps: Steps | None = None,
    cancel: threading.Event | None = None,
) -> Answers:
    """Ask questions of a plan.

    Parameters
    ----------
    study : Study
        The plan under study.
    words : sequence of str
        Of `QUESTIONS`; they are answered in that order.
    lines : sequence of str, optional
        Lines that questions about lines are asked of; all by default.
    processes : int, optional
        How many solves run side by side.
    steps : Steps, optional
        Who is told how far the work is.
    cancel : threading.Event, optional
        Ends the solves once set, as Ctrl-C does; answers then tell what is known.

    Returns
    -------
    Answers
        A dict of answers by the word of the question, break-evens by the word and the line; it prints, and
        shows in notebooks, as one document.

    Raises
    ------
    KeyError
        If a word is unknown.
    InputError
        If a line is.
    """
    asked = Asked(study, lines, processes, steps or _Silent(), cancel or threading.Event(), Answers())
    for word in sorted(words, key=list(QUESTIONS).index):
        asked.steps.step(word)
        asked.answers.update(QUESTIONS[word].answer(asked))
    return asked.answers


class _Silent:
    def step(self, words: str) -> None:
        """Tell nobody."""

    def case(self, done: int, total: int, case: object) -> None:
        """Tell nobody."""


def _story(asked: Asked) -> dict[str, Answer]:
    """Tell the story, from the answers to other questions, asked where they were not yet."""
    scarce, lines = asked.answers.get("bottlenecks"), asked.answers.get("lines")
    if not isinstance(scarce, Bottlenecks):
        scarce = bottlenecks(asked.study, **asked.side_by_side)
    if not isinstance(lines, PlanExplanation) or asked.lines is not None:
        lines = explain_lines(asked.study, **asked.side_by_side)
    runner_up = next_best(asked.study, 1, **asked.watched)
    return {"story": story(asked.study, bottlenecks=scarce, explanation=lines, runner_up=runner_up)}


def _break_even(asked: Asked) -> dict[str, Answer]:
    options = asked.study.instance.options
    usable = options[available(asked.study.instance).any(axis=1)]
    several = usable["line"].value_counts()
    wanted = asked.study.instance.lines["line"].tolist() if asked.lines is None else list(asked.lines)
    found: dict[str, Answer] = {}
    for line in wanted:
        if asked.lines is None and several.get(line, 0) < 2:
            continue
        asked.steps.step(f"break-even of {line}")
        found[f"break-even {line}"] = break_even(asked.study, line, **asked.side_by_side)
    return found


QUESTIONS: dict[str, Question] = {
    "lines": Question(
        "Why every line is made as it is, and what each other option would lose.",
        lambda asked: {"lines": explain_lines(asked.study, asked.lines, **asked.side_by_side)},
    ),
    "bottlenecks": Question(
        "What the plan runs out of, and what more of it is worth.",
        lambda asked: {"bottlenecks": bottlenecks(asked.study, **asked.side_by_side)},
    ),
    "story": Question("The plan on a page, in plain words.", _story),
    "break-even": Question("At which cost, price, demand or capacity each line would move.", _break_even),
    "sensitivity": Question(
        "Which inputs move the result or flip decisions most.",
        lambda asked: {"sensitivity": sensitivity(asked.study, **asked.side_by_side)},
    ),
    "next-best": Question(
        "The next best plans, and whether there is a tie.",
        lambda asked: {"next-best": next_best(asked.study, **asked.watched)},
    ),
    "rules": Question(
        "What each rule costs: budgets, limits, fill rates and others.",
        lambda asked: {"rules": rule_costs(asked.study, **asked.watched)},
    ),
    "suppliers": Question(
        "What the failure of each supplier would cost.",
        lambda asked: {"suppliers": suppliers(asked.study, **asked.watched)},
    ),
    "timing": Question(
        "What switching or investing a period earlier or later would cost.",
        lambda asked: {"timing": timing(asked.study, asked.lines, **asked.side_by_side)},
    ),
    "subsidy": Question(
        "What the plan would lose without each line.",
        lambda asked: {"subsidy": subsidy(asked.study, asked.lines, **asked.side_by_side)},
    ),
}
"""The questions by their word, in the order in which they are answered."""
