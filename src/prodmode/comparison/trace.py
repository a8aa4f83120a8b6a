"""What a backend told over time, and figures made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prodmode.backends.contract import Progress

GAPS = {"5_percent": 0.05, "1_percent": 0.01, "0_1_percent": 0.001, "0_01_percent": 0.0001}
"""Relative gaps whose first time is told, by name."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where a run stood from some time on; profit is maximised.

    Attributes
    ----------
    seconds : float
        Since the solver started.
    incumbent, bound : float or None
        Profit of the best plan so far, and the proven upper bound.
    """

    seconds: float
    incumbent: float | None
    bound: float | None


def trace(events: Sequence[Progress], last: Point | None) -> tuple[Point, ...]:
    """Return the points at which incumbent or bound changed.

    Parameters
    ----------
    events : sequence of Progress
        Events in profit, in the order told.
    last : Point or None
        The final answer.
    """
    told = [Point(event.seconds, event.incumbent, event.bound) for event in events]
    found: list[Point] = []
    for point in [*told, *([last] if last is not None else [])]:
        before = found[-1] if found else Point(0.0, None, None)
        if (point.incumbent, point.bound) != (before.incumbent, before.bound):
            found.append(Point(max(point.seconds, before.seconds), point.incumbent, point.bound))
    return tuple(found)


def first_plan_seconds(points: Sequence[Point]) -> float | None:
    """Return when the first plan was there, None where there was none."""
    return next((point.seconds for point in points if point.incumbent is not None), None)


def gap_seconds(points: Sequence[Point], gap: float) -> float | None:
    """Return when a relative gap was first proved, None where it never was."""
    return next(
        (point.seconds for point in points if difference(point.incumbent, point.bound) <= gap),
        None,
    )


def difference(one: float | None, other: float | None) -> float:
    """Return Berthold's gap of two values: 0 to 1, and 1 where one is missing or the signs differ.

    Berthold, T. (2013): Measuring the impact of primal heuristics. Operations Research Letters 41.

    Examples
    --------
    >>> difference(90.0, 100.0), difference(-1.0, 1.0), difference(None, 1.0), difference(0.0, 0.0)
    (0.1, 1.0, 1.0, 0.0)
    """
    if one is None or other is None or one * other < 0:
        return 1.0
    size = max(abs(one), abs(other))
    return abs(one - other) / size if size > 0 else 0.0


def primal_integral(points: Sequence[Point], best: float | None, horizon: float) -> float | None:
    """Return the integral over time of the difference between incumbent and best known value, in seconds.

    Parameters
    ----------
    points : sequence of Point
        A trace.
    best : float or None
        Best known profit; without one there is no integral.
    horizon : float
        Seconds to integrate over.
    """
    if best is None:
        return None
    total = 0.0
    for point, width in _steps(points, horizon):
        incumbent = None if point is None else point.incumbent
        # A claim above the best verified plan is not worth more than that plan.
        total += width * difference(None if incumbent is None else min(incumbent, best), best)
    return total


def primal_dual_integral(points: Sequence[Point], horizon: float) -> float:
    """Return the integral over time of the difference between incumbent and bound, in seconds."""
    return sum(
        width * (1.0 if point is None else difference(point.incumbent, point.bound))
        for point, width in _steps(points, horizon)
    )


def _steps(points: Sequence[Point], horizon: float) -> Iterator[tuple[Point | None, float]]:
    """Yield each state with how long it held within the horizon; None before the first."""
    state: Point | None = None
    since = 0.0
    for point in points:
        until = min(point.seconds, horizon)
        yield state, max(0.0, until - since)
        state, since = point, max(since, until)
    yield state, max(0.0, horizon - since)
