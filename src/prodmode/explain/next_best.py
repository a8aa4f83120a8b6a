"""The next best plans: other options somewhere, in the order of what they lose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.document.blocks import Bullets, Document, Paragraph, Table
from prodmode.document.page import count, money
from prodmode.explain.answer import Answer
from prodmode.explain.moves import differences, in_words
from prodmode.explain.restriction import Restriction
from prodmode.explain.study import Case

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from prodmode.document.blocks import Block
    from prodmode.explain.interval import Interval
    from prodmode.explain.moves import Difference
    from prodmode.explain.study import Study
    from prodmode.plan.plan import Plan

TIE_SHARE = 1e-9
"""Loss, relative to the plan's value, below which nothing at all is lost."""


@dataclass(frozen=True, slots=True)
class Runner:
    """A plan that uses other options somewhere than all better ones.

    Attributes
    ----------
    name : str
        How it differs from the plan under study, in words.
    value : float
        Its net present value.
    loss : Interval
        What the best plan of this rank is proven to lose against the best plan.
    tie : bool
        Whether the difference is within what is proven: the two cannot be told apart.
    differences : tuple
        Decisions that differ from the plan under study.
    plan : Plan
    """

    name: str
    value: float
    loss: Interval
    tie: bool
    differences: tuple[Difference, ...]
    plan: Plan

    def to_dict(self) -> dict[str, Any]:
        """Return it as data; the plan itself is left out."""
        return {
            "name": self.name,
            "value": self.value,
            "loss": self.loss.to_dict(),
            "tie": self.tie,
            "differences": [difference.to_dict() for difference in self.differences],
        }


@dataclass(frozen=True, slots=True)
class NextBest(Answer):
    """The next best plans.

    Attributes
    ----------
    currency : str
    value : Interval
        The plan's net present value and its bound.
    runners : tuple of Runner
        Best first.
    asked : int
    ended : {"found", "no more", "stopped"}
        "no more": there is no other plan; "stopped": the time given ran out before the rest was found.
    """

    currency: str
    value: Interval
    runners: tuple[Runner, ...]
    asked: int
    ended: str

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as data that JSON can hold."""
        return {
            "currency": self.currency,
            "value": self.value.to_dict(),
            "asked": self.asked,
            "ended": self.ended,
            "next_best": [runner.to_dict() for runner in self.runners],
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the plans with their losses as a table."""
        rows = [
            (rank, runner.value, runner.loss.lower, runner.loss.upper, runner.tie, runner.name)
            for rank, runner in enumerate(self.runners, start=2)
        ]
        names = ["rank", "value", "loss_lower", "loss_upper", "tie", "differences"]
        return {"next_best": pd.DataFrame(rows, columns=names)}

    def document(self) -> Document:
        """Return the answer as a document."""
        return Document("The next best plans", tuple(_blocks(self)))


def next_best(
    study: Study,
    n: int = 3,
    *,
    on_progress: Callable[[int, int, Case], None] | None = None,
    cancel: threading.Event | None = None,
) -> NextBest:
    """Find the next best plans, each with other options in force somewhere than all before it.

    Each is the best plan once the modes of those before it are excluded; quantities and investments are best
    for its modes.

    Parameters
    ----------
    study : Study
        The plan under study.
    n : int
        How many, at least 1.
    on_progress : callable, optional
        Called with the number of plans found, the number asked for, and the case just solved.
    cancel : threading.Event, optional
        Ends it once set; what was found is kept.

    Raises
    ------
    ValueError
        If fewer than one is asked for.
    ProdmodeError
        If the study has no plan.
    """
    if n < 1:
        raise ValueError(f"at least one plan must be asked for, not {n}")
    before = [study.plan]
    runners: list[Runner] = []
    ended = "found"
    for rank in range(n):
        case = Case(f"plan number {rank + 2}", Restriction(exclude=tuple(before)))
        result = study.solve(case, cancel=cancel)
        if not result.verified:
            ended = "no more" if result.status.value == "infeasible" else "stopped"
            break
        runners.append(_runner(study, result.plan, study.loss(result)))
        before.append(result.plan)
        if on_progress is not None:
            on_progress(rank + 1, n, case)
        if cancel is not None and cancel.is_set():
            ended = "stopped" if rank + 1 < n else "found"
            break
    return NextBest(study.instance.currency, study.value, tuple(runners), n, ended)


def _runner(study: Study, plan: Plan, loss: Interval) -> Runner:
    found = differences(study.instance, study.plan, plan)
    tie = loss.lower is None or loss.lower <= TIE_SHARE * max(1.0, abs(study.plan.npv))
    return Runner(in_words(found), plan.npv, loss, tie, found, plan)


def _blocks(answer: NextBest) -> list[Block]:
    currency, value = answer.currency, answer.value.lower or 0.0
    if not answer.runners:
        told = (
            "No plan with other options is feasible: what is in use is the only way."
            if answer.ended == "no more"
            else "The time given ran out before another plan was found."
        )
        return [Paragraph(told)]
    ties = [runner for runner in answer.runners if runner.tie]
    first = answer.runners[0]
    opening = f"The plan earns {money(value, currency)}. "
    if ties:
        opening += (
            f"It is not the only best one: {count(len(ties), 'plan')} with other options cannot be told "
            "apart from it, the difference being within what is proven."
        )
    else:
        loss = first.loss.words(currency)
        opening += f"The next best plan with other options somewhere loses {loss}: {first.name}."
    blocks: list[Block] = [Paragraph(opening)]
    rows = tuple(
        (str(rank), money(runner.value, currency), _loss(runner, currency))
        for rank, runner in enumerate(answer.runners, start=2)
    )
    blocks.append(Table(("rank", "net present value", "loses"), rows, ("<", ">", ">")))
    blocks.append(Paragraph("Against the plan,"))
    blocks.append(
        Bullets(
            tuple(f"in number {rank} {runner.name}." for rank, runner in enumerate(answer.runners, start=2))
        )
    )
    if answer.ended == "no more":
        blocks.append(Paragraph("There are no others."))
    if answer.ended == "stopped":
        blocks.append(Paragraph(f"The time given ran out before all {answer.asked} were found."))
    return blocks


def _loss(runner: Runner, currency: str) -> str:
    if runner.tie:
        upper = runner.loss.upper
        return "a tie" if not upper else f"a tie within {money(upper, currency)}"
    return runner.loss.words(currency)


__all__ = ["NextBest", "Runner", "next_best"]
