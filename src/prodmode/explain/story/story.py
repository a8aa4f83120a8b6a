"""The story: a page for the board, in plain words, made of the same data as every other answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.explain.answer import Answer
from prodmode.explain.story.parts import (
    Flip,
    LineStory,
    Purchase,
    Scarce,
    flips_of,
    line_stories,
    purchases_of,
    scarce_of,
)
from prodmode.explain.story.today import Today, today
from prodmode.explain.story.words import story_document
from prodmode.plan.tables import COSTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodmode.document.blocks import Document
    from prodmode.explain.bottlenecks.bottlenecks import Bottlenecks
    from prodmode.explain.interval import Interval
    from prodmode.explain.lines.explanation import PlanExplanation
    from prodmode.explain.next_best import NextBest
    from prodmode.explain.study import Study


@dataclass(frozen=True)
class Story(Answer):
    """What to make how, what to invest in and when, what it earns, what limits it, what could flip it.

    Attributes
    ----------
    name, description : str
        Of the instance; the description may be empty.
    currency : str
    periods : tuple of str
    scenarios : int
        Number of futures that the plan is made for.
    npv : Interval
        Net present value of the plan, and the proven bound.
    money : dict of str to float
        Present value of each kind of money, costs positive.
    lines : tuple of LineStory
        In the order of the instance.
    purchases : tuple of Purchase
    today : Today
        What keeping today's options is worth.
    scarce : tuple of Scarce
        What limits the plan, the most valuable first.
    flips : tuple of Flip
        The closest decisions, the closest first.
    next_best : NextBest or None
        The next best plan with other options somewhere.
    """

    name: str
    description: str
    currency: str
    periods: tuple[str, ...]
    scenarios: int
    npv: Interval
    money: dict[str, float]
    lines: tuple[LineStory, ...]
    purchases: tuple[Purchase, ...]
    today: Today
    scarce: tuple[Scarce, ...]
    flips: tuple[Flip, ...]
    next_best: NextBest | None

    def to_dict(self) -> dict[str, Any]:
        """Return the story as data that JSON can hold."""
        return {
            "instance": self.name,
            "currency": self.currency,
            "periods": list(self.periods),
            "scenarios": self.scenarios,
            "npv": self.npv.to_dict(),
            "money": dict(self.money),
            "lines": [line.to_dict() for line in self.lines],
            "investments": [purchase.to_dict() for purchase in self.purchases],
            "today": self.today.to_dict(),
            "limits": [scarce.to_dict() for scarce in self.scarce],
            "closest_decisions": [flip.to_dict() for flip in self.flips],
            "next_best": None if self.next_best is None else self.next_best.to_dict(),
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return lines, investments, limits and the closest decisions as tables."""
        rows = [
            {
                "line": line.line,
                "current_option": line.current_option,
                "plan": line.words,
                "revenue": line.revenue,
                "contribution": line.contribution,
            }
            for line in self.lines
        ]
        return {
            "lines": pd.DataFrame(
                rows, columns=["line", "current_option", "plan", "revenue", "contribution"]
            ),
            "investments": pd.DataFrame([purchase.to_dict() for purchase in self.purchases]),
            "limits": pd.json_normalize([scarce.to_dict() for scarce in self.scarce]),
            "closest_decisions": pd.json_normalize([flip.to_dict() for flip in self.flips]),
        }

    def document(self) -> Document:
        """Return the story as a page to read."""
        return story_document(self)


def story(
    study: Study,
    *,
    bottlenecks: Bottlenecks | None = None,
    explanation: PlanExplanation | None = None,
    runner_up: NextBest | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> Story:
    """Tell what a plan does and why it matters.

    Parameters
    ----------
    study : Study
        The plan under study.
    bottlenecks : Bottlenecks, optional
        What limits the plan; without it the page does not say.
    explanation : PlanExplanation, optional
        Losses of the options not chosen; without it the page does not tell the closest decisions.
    runner_up : NextBest, optional
        The next best plans; without them the page does not tell.
    on_progress : callable, optional
        Told what is being worked out.

    Returns
    -------
    Story
        Today's plan costs one solve; all else is read off the plan and the answers given.
    """
    instance, plan = study.instance, study.plan
    if on_progress is not None:
        on_progress("today's options")
    flow, factor = plan.cash_flow, plan.cash_flow["discount_factor"]
    kinds = ("revenue", "salvage", *COSTS)
    return Story(
        name=instance.name,
        description=instance.settings.description or "",
        currency=instance.currency,
        periods=instance.periods,
        scenarios=len(plan.scenarios),
        npv=study.value,
        money={kind: float((flow[kind] * factor).sum()) for kind in kinds},
        lines=line_stories(instance, plan),
        purchases=purchases_of(instance, plan),
        today=today(study),
        scarce=scarce_of(bottlenecks) if bottlenecks is not None else (),
        flips=flips_of(explanation) if explanation is not None else (),
        next_best=runner_up,
    )
