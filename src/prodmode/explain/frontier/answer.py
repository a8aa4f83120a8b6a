"""A frontier as data: points, the steps between them, and where it begins and ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.explain.answer import Answer

if TYPE_CHECKING:
    from prodmode.document.blocks import Document
    from prodmode.explain.frontier.ends import Ends
    from prodmode.explain.frontier.levers import Lever
    from prodmode.explain.interval import Interval
    from prodmode.explain.moves import Difference
    from prodmode.result import Result


@dataclass(frozen=True, slots=True)
class Point:
    """The best plan at one level.

    Attributes
    ----------
    level : float
        The level of the limit.
    value : Interval
        The best net present value at that level; unknown on both sides where there is no plan.
    status : str
        Why the run stopped; "infeasible" where no plan keeps to the level, "not begun" where it was
        cancelled before.
    reached : float or None
        The tightest level that the plan keeps to; None without one.
    today : bool
        Whether this is the level in force in the instance.
    edits : tuple of str
        The changes of input that set the level, as `prodmode what-if --set` takes them.
    result : Result or None
        What solving came to; where that earns less than the plan of a tighter level, the latter.
    """

    level: float
    value: Interval
    status: str
    reached: float | None
    today: bool
    edits: tuple[str, ...]
    result: Result | None = field(default=None, repr=False, compare=False)

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan that the referee verified."""
        return self.value.lower is not None

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "level": self.level,
            "npv": self.value.to_dict(),
            "status": self.status,
            "reached": self.reached,
            "today": self.today,
            "edits": list(self.edits),
        }


@dataclass(frozen=True, slots=True)
class Step:
    """From one point of a frontier to the next that has a plan.

    Attributes
    ----------
    start, end : float
        Levels, the tighter first.
    worth : Interval
        Net present value gained by a unit of the level, on average over the step.
    moves : tuple of Difference
        Decisions that differ between the two plans.
    """

    start: float
    end: float
    worth: Interval
    moves: tuple[Difference, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "start": self.start,
            "end": self.end,
            "worth": self.worth.to_dict(),
            "moves": [move.to_dict() for move in self.moves],
        }


@dataclass(frozen=True)
class Frontier(Answer):
    """The best net present value for each level of one limit; all else as the instance has it.

    Attributes
    ----------
    instance : str
        Name of the instance.
    currency : str
    lever : Lever
        What is limited.
    value : Interval
        The best net present value of the instance as it is.
    level : float or None
        The tightest level that the plan of the instance keeps to; None where no level of this kind does.
    ends : Ends
        Where plans begin to exist, and where the limit no longer costs anything.
    points : tuple of Point
        In the order of levels, the lowest first.
    steps : tuple of Step
        Between the points that have a plan, from the tightest on.
    """

    instance: str
    currency: str
    lever: Lever
    value: Interval
    level: float | None
    ends: Ends
    points: tuple[Point, ...]
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as data that JSON can hold."""
        return {
            "question": "frontier",
            "against": self.lever.word,
            "title": self.lever.title,
            "bound": self.lever.bound,
            "unit": self.lever.unit or "share",
            "currency": self.currency,
            "npv": self.value.to_dict(),
            "today": self.lever.today,
            "level": self.level,
            "ends": self.ends.to_dict(),
            "points": [point.to_dict() for point in self.points],
            "steps": [step.to_dict() for step in self.steps],
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row per point, and a row per step."""
        points = [
            (point.level, point.value.lower, point.value.upper, point.status, point.reached, point.today)
            for point in self.points
        ]
        steps = [
            (step.start, step.end, step.worth.lower, step.worth.upper, len(step.moves)) for step in self.steps
        ]
        names = ["level", "npv_lower", "npv_upper", "status", "reached", "today"]
        return {
            "frontier": pd.DataFrame(points, columns=names),
            "steps": pd.DataFrame(steps, columns=["start", "end", "worth_lower", "worth_upper", "moves"]),
        }

    def document(self) -> Document:
        """Return the answer as a document."""
        from prodmode.explain.frontier.words import document  # noqa: PLC0415 (text is a view of the data)

        return document(self)
