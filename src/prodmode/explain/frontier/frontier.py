"""The frontier of a plan: the best net present value for each level of one limit, solved point by point."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from prodmode.explain.changes import apply_edits
from prodmode.explain.frontier.answer import Frontier, Point, Step
from prodmode.explain.frontier.ends import ends_of
from prodmode.explain.frontier.levers import lever_of
from prodmode.explain.interval import UNKNOWN, Interval, interval_of
from prodmode.explain.moves import differences
from prodmode.explain.study import GAP, Case, Study

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prodmode.explain.frontier.ends import Ends
    from prodmode.explain.frontier.levers import Lever
    from prodmode.instance.instance import Instance
    from prodmode.result import Result

    Progress = Callable[[int, int, Case], None]

POINTS = 9
"""Points of a frontier where none are asked for, its ends included."""


def frontier(
    subject: Study | Result,
    against: str,
    *,
    points: int = POINTS,
    levels: Sequence[float] | None = None,
    backend: str = "auto",
    time_limit: float | None = None,
    gap: float = GAP,
    threads: int | None = None,
    seed: int | None = None,
    processes: int | None = None,
    on_progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Frontier:
    """Find the best net present value for each level of one limit.

    Each point is the best whole plan with the limit at that level (the epsilon-constraint method of Haimes,
    Lasdon and Wismer 1971), solved on its own, refereed and with a proven bound; what is proven at one level
    is used at the others, since a looser limit can cost nothing. The levels run from the tightest at which
    there is a plan to where the limit no longer costs anything.

    Parameters
    ----------
    subject : Study or Result
        The plan in hand. A study brings its own solver settings.
    against : str
        "budget": money for investments and tooling over the horizon, all periods in proportion.
        "emissions": kg CO2e over the horizon, in every scenario. "outsourced": the outsourced share of spend,
        in every scenario. ``limit=NAME``: the figure of a limit of the instance.
    points : int
        How many levels, at least 2; the level in force comes on top where it lies between them.
    levels : sequence of float, optional
        The levels instead.
    backend, time_limit, gap, threads, seed
        As in `prodmode.solve`, for a Result.
    processes : int, optional
        How many solves run side by side.
    on_progress : callable, optional
        Called with the number of solves done, the number known so far and the case just done.
    cancel : threading.Event, optional
        Ends it once set; points that are not solved then are said to be unknown.

    Returns
    -------
    Frontier

    Raises
    ------
    InputError
        If there is no such limit, or nothing to limit.
    ProdmodeError
        If the subject has no plan.
    ValueError
        If there are fewer than 2 points, or a level is below 0 or no number.
    """
    study = subject if isinstance(subject, Study) else Study(subject, backend, time_limit, gap, threads, seed)
    if points < 2:
        raise ValueError(f"a frontier has at least 2 points, not {points}")
    if levels is not None and any(not (np.isfinite(level) and level >= 0) for level in levels):
        raise ValueError("levels are numbers, 0 or above")
    lever = lever_of(study.instance, against)
    plan = study.plan
    cancel = cancel or threading.Event()  # one word to stop for all rounds
    measuring = apply_edits(study.instance, lever.edits(lever.today or lever.tightest or 0.0))
    ends = ends_of(study, lever, measuring, tight=levels is None, on_progress=on_progress, cancel=cancel)
    chosen = sorted(set(map(float, levels))) if levels is not None else _levels(lever, ends, points)
    results = _solve(study, lever, chosen, ends, processes, on_progress, cancel)
    found = tuple(
        _point(lever, measuring, level, result) for level, result in zip(chosen, results, strict=True)
    )
    found = _tightened(lever, found, _known(study, lever, measuring, ends))
    return Frontier(
        instance=study.instance.name,
        currency=study.instance.currency,
        lever=lever,
        value=study.value,
        level=lever.level_of(measuring, plan),
        ends=ends,
        points=found,
        steps=_steps(study.instance, lever, found),
    )


def _levels(lever: Lever, ends: Ends, points: int) -> list[float]:
    """Return levels from the tightest that has a plan to the loosest that matters, round ones between."""
    tight, loose = ends.possible, ends.loose
    if tight is None or loose is None:
        return [] if lever.today is None else [lever.today]
    low, high = sorted((tight, loose))
    step = 10.0 ** np.floor(np.log10((high - low) / points)) / 10 if high > low else 1.0
    step = max(step, 1.0) if lever.whole else step
    inner = np.round(np.linspace(low, high, points) / step) * step
    decimals = max(0, int(-np.floor(np.log10(step))))
    near = (high - low) / points / 2  # a round level beside an end tells nothing new
    found = {round(float(level), decimals) for level in inner if low + near < level < high - near}
    found |= {low, high}
    if lever.today is not None and low < lever.today < high:
        found.add(lever.today)
    return sorted(found)


def _solve(
    study: Study,
    lever: Lever,
    levels: Sequence[float],
    ends: Ends,
    processes: int | None,
    on_progress: Progress | None,
    cancel: threading.Event,
) -> list[Result | None]:
    """Solve each level; those whose plan is known already are not solved again."""
    known: dict[float, Result] = {}
    if ends.enough is not None and ends.loosest is not None:
        known[ends.enough] = ends.loosest
    if lever.today is not None:
        known[lever.today] = study.result
    asked = [level for level in levels if level not in known]
    cases = [
        Case(f"{lever.word} {level:g}", instance=apply_edits(study.instance, lever.edits(level)))
        for level in asked
    ]
    solved = study.solve_all(cases, processes=processes, on_progress=on_progress, cancel=cancel)
    known_too = dict(zip(asked, solved, strict=True))
    return [known.get(level, known_too.get(level)) for level in levels]


def _point(lever: Lever, measuring: Instance, level: float, result: Result | None) -> Point:
    edits = tuple(str(edit) for edit in lever.edits(level))
    today = lever.today == level
    if result is None:
        return Point(level, UNKNOWN, "not begun", None, today, edits)
    value = UNKNOWN if result.status.value == "infeasible" else interval_of(result)
    reached = lever.level_of(measuring, result.plan) if value.lower is not None else None
    return Point(level, value, result.status.value, reached, today, edits, result)


def _known(study: Study, lever: Lever, measuring: Instance, ends: Ends) -> list[Point]:
    """Return what is proven besides the points: the plan in force, and the best one without the limit."""
    known = [] if lever.today is None else [_point(lever, measuring, lever.today, study.result)]
    if ends.loosest is not None:
        # Without the limit is as loose as can be; the plan keeps to a level nonetheless.
        level = ends.enough if ends.enough is not None else lever.sign * np.inf
        known.append(_point(lever, measuring, level, ends.loosest))
        known.append(replace(known[-1], level=lever.sign * np.inf))
    return known


def _tightened(lever: Lever, points: tuple[Point, ...], known: list[Point]) -> tuple[Point, ...]:
    """Return points with what others prove of them: a looser limit can only earn more.

    A plan at a tighter level is one at every looser level too, and a bound at a looser level holds at every
    tighter one.
    """
    everything = [*points, *known]
    found = []
    for point in points:
        if point.status == "infeasible":
            found.append(point)
            continue
        at = lever.sign * point.level
        tighter = [other for other in everything if other.has_plan and lever.sign * other.level <= at]
        bounds = [
            other.value.upper
            for other in everything
            if other.value.upper is not None and lever.sign * other.level >= at
        ]
        best = max(tighter, key=_earned, default=point)
        if _earned(best) <= _earned(point):
            best = point
        least, most = best.value.lower, min(bounds, default=None)
        if least is not None and most is not None:
            most = max(least, most)  # rounding in two solvers
        value = Interval(least, most)
        found.append(replace(point, value=value, reached=best.reached, result=best.result))
    return tuple(found)


def _earned(point: Point) -> float:
    return -np.inf if point.value.lower is None else point.value.lower


def _steps(instance: Instance, lever: Lever, points: tuple[Point, ...]) -> tuple[Step, ...]:
    planned = [point for point in points if point.result is not None and point.result.verified]
    ordered = planned if lever.sign > 0 else planned[::-1]
    return tuple(_step(instance, one, other) for one, other in pairwise(ordered))


def _step(instance: Instance, tight: Point, loose: Point) -> Step:
    if tight.result is None or loose.result is None:
        raise ValueError("a step is between points with plans")
    gain = (loose.value - tight.value).at_least(0.0).snapped(tight.value.lower or 0.0)
    width = abs(loose.level - tight.level)
    worth = Interval(*(None if side is None else side / width for side in (gain.lower, gain.upper)))
    moves = differences(instance, tight.result.plan, loose.result.plan)
    return Step(tight.level, loose.level, worth, moves)
