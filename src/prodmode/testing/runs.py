"""What a backend must do while it runs: keep to limits, tell, stop, start from a plan, repeat itself."""

# ruff: noqa: D401  # these docstrings are the requirements

from __future__ import annotations

import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends.contract import Status, relative_gap
from prodmode.testing.finding import Unmet, requirement
from prodmode.testing.programs import assignment, knapsack, linear, split
from prodmode.testing.subject import slack, told

if TYPE_CHECKING:
    from prodmode.backends.contract import Answer, Progress
    from prodmode.testing.subject import Subject

LOOSE_GAP = 0.2

ASSIGNMENT_PLAN = 4518.0
"""Objective of a plan of `assignment()`, which is within 1 % of the best there is."""

SECONDS = 2.0
"""Time limit for what cannot be solved in time."""

LEEWAY_SECONDS = 5.0
"""How long past its time limit, or past the word to stop, a backend may take; start-up included."""


@requirement("run", "integers", "gap")
def gap_is_honoured(subject: Subject) -> None:
    """A run ends once the gap asked for is proved, and not before."""
    mip, options = assignment(), subject.options(gap=LOOSE_GAP)
    answer = subject.run(mip, options)
    subject.look_over(answer, mip, options, known=ASSIGNMENT_PLAN)
    if answer.status not in (Status.GAP_REACHED, Status.OPTIMAL):
        raise Unmet(
            f"it does not end at a gap of {LOOSE_GAP:.0%}: {answer.status}. {answer.message}".rstrip()
        )


@requirement("run", "integers", "time_limit")
def stopped_run_claims_nothing(subject: Subject) -> None:
    """A run stopped at its time limit ends in time, is called that, and its bound holds."""
    mip, options = assignment(), subject.options(time_limit=SECONDS)
    answer = subject.run(mip, options)
    _in_time(answer, SECONDS)
    subject.look_over(answer, mip, options, known=ASSIGNMENT_PLAN)
    _stopped(answer, Status.TIME_LIMIT)


@requirement("run", "integers", "time_limit")
def run_without_a_plan_claims_nothing(subject: Subject) -> None:
    """A run stopped before it has a plan calls the program neither infeasible nor solved."""
    mip, point = split()
    options = subject.options(time_limit=SECONDS)
    answer = subject.run(mip, options)
    _in_time(answer, SECONDS)
    subject.look_over(answer, mip, options, known=mip.objective(point))
    _stopped(answer, Status.TIME_LIMIT)


@requirement("run", "time_limit")
def hardly_any_time_is_no_error(subject: Subject) -> None:
    """With a millisecond, a run ends at the time limit or with the optimum."""
    mip = knapsack() if subject.can.integers else linear()
    options = subject.options(time_limit=0.001)
    answer = subject.run(mip, options)
    subject.look_over(answer, mip, options, known=-20.0 if subject.can.integers else 4.0)
    _stopped(answer, Status.TIME_LIMIT)


@requirement("run", "integers", "progress", "time_limit")
def progress_is_told_in_order(subject: Subject) -> None:
    """Incumbents fall and bounds rise, in the sense of the minimisation, up to those of the answer."""
    mip, options = assignment(), subject.options(time_limit=SECONDS)
    events: list[Progress] = []
    answer = subject.run(mip, options, on_progress=events.append)
    subject.look_over(answer, mip, options, known=ASSIGNMENT_PLAN)
    if not events:
        raise Unmet("it tells nothing")
    incumbents = [event.incumbent for event in events if event.incumbent is not None]
    bounds = [event.bound for event in events if event.bound is not None]
    if not incumbents and answer.x is not None:
        raise Unmet("it has a point, but told of no incumbent")
    seconds = [event.seconds for event in events]
    near = slack(mip, ASSIGNMENT_PLAN)
    for what, figures in (
        ("seconds", seconds),
        ("bounds", bounds),
        ("incumbents", [-one for one in incumbents]),
    ):
        if any(later < earlier - near for earlier, later in pairwise(figures)):
            raise Unmet(f"its {what} are not in order")
    if answer.x is not None and incumbents and incumbents[-1] < mip.objective(answer.x) - near:
        raise Unmet(
            f"it told of an incumbent of {incumbents[-1]:.9g} and answers {mip.objective(answer.x):.9g}"
        )
    if bounds and answer.bound is not None and bounds[-1] > answer.bound + near:
        raise Unmet(f"it told of the bound {bounds[-1]:.9g} and answers {answer.bound:.9g}")
    _gaps_are_right(events)


@requirement("run", "integers", "interrupt")
def word_to_stop_keeps_the_incumbent(subject: Subject) -> None:
    """Asked to stop, a run ends soon, is called interrupted, and keeps the plan it told of."""
    mip, options, cancel = assignment(), subject.options(), threading.Event()
    seen: list[float] = []

    def stop_at_a_plan(event: Progress) -> None:
        if event.incumbent is not None and not seen:
            seen.append(time.monotonic())
            cancel.set()

    timer = threading.Timer(LEEWAY_SECONDS, cancel.set)
    timer.start()
    try:
        answer = subject.run(mip, options, on_progress=stop_at_a_plan, cancel=cancel)
    finally:
        timer.cancel()
    if seen and time.monotonic() - seen[0] > 2 * LEEWAY_SECONDS:
        raise Unmet("it takes too long to stop")
    subject.look_over(answer, mip, options, known=ASSIGNMENT_PLAN)
    _stopped(answer, Status.INTERRUPTED)
    if seen and answer.x is None:
        raise Unmet("it told of an incumbent and does not return it")


@requirement("run", "integers", "interrupt")
def word_to_stop_may_come_first(subject: Subject) -> None:
    """Asked to stop before it has a plan, a run ends soon and calls nothing infeasible."""
    mip, point = split()
    options, cancel = subject.options(), threading.Event()
    cancel.set()
    answer = subject.run(mip, options, cancel=cancel)
    subject.look_over(answer, mip, options, known=mip.objective(point))
    _stopped(answer, Status.INTERRUPTED)


@requirement("run", "integers", "warm_start", "time_limit")
def start_is_used(subject: Subject) -> None:
    """A run starts from the plan it is given: it ends with one no worse, where it would find none in time."""
    mip, point = split()
    options = subject.options(time_limit=SECONDS)
    answer = subject.run(mip, options, start=point)
    subject.look_over(answer, mip, options, known=mip.objective(point))
    if answer.x is None:
        raise Unmet(f"it was given a plan and has none: {told(answer)}")
    if mip.objective(answer.x) > mip.objective(point) + slack(mip, mip.objective(point)):
        raise Unmet("its plan is worse than the one it was given")


@requirement("run", "integers", "warm_start")
def start_that_does_not_hold_is_passed_over(subject: Subject) -> None:
    """A start that breaks a row is passed over, and the message says so."""
    mip, options = knapsack(), subject.options()
    answer = subject.run(mip, options, start=np.ones(3))
    subject.look_over(answer, mip, options, known=-20.0)
    if answer.status is not Status.OPTIMAL:
        raise Unmet(f"it says {answer.status}")
    if not answer.message:
        raise Unmet("it does not say that it passed over the start")


@requirement("run", "seed")
def seed_makes_runs_repeat(subject: Subject) -> None:
    """Two runs with one seed, and one thread where that can be asked for, end at the same point."""
    mip = assignment(agents=5, jobs=15) if subject.can.integers else linear()
    asked: dict[str, int] = {"seed": 7, **({"threads": 1} if subject.can.threads else {})}
    options = subject.options(**asked)
    one, other = subject.run(mip, options), subject.run(mip, options)
    for answer in (one, other):
        subject.look_over(answer, mip, options)
    if one.x is None or other.x is None:
        raise Unmet(f"it has no point: {told(one)}; {told(other)}")
    if not np.array_equal(one.x, other.x):
        raise Unmet("two runs with one seed end at different points")


@requirement("run", "threads")
def threads_change_no_optimum(subject: Subject) -> None:
    """One thread or two, the optimum is the same."""
    mip, optimum = (knapsack(), -20.0) if subject.can.integers else (linear(), 4.0)
    for threads in (1, 2):
        options = subject.options(threads=threads)
        answer = subject.run(mip, options)
        subject.look_over(answer, mip, options, known=optimum)
        if answer.x is None or abs(mip.objective(answer.x) - optimum) > slack(mip, optimum):
            raise Unmet(
                f"with {threads} threads it misses the optimum: {answer.status}. {answer.message}".rstrip()
            )


def _in_time(answer: Answer, limit: float) -> None:
    if answer.seconds > limit + LEEWAY_SECONDS:
        raise Unmet(f"it was given {limit:g} s and took {answer.seconds:.1f} s")


def _stopped(answer: Answer, status: Status) -> None:
    """Check that a run has the status of one that was stopped, or one that its gap earns."""
    # `look_over` has seen to it that a proof is one.
    if answer.status not in (status, Status.OPTIMAL, Status.GAP_REACHED):
        raise Unmet(f"it says {told(answer)}; not {status}")


def _gaps_are_right(events: list[Progress]) -> None:
    for event in events:
        gap = relative_gap(event.incumbent, event.bound)
        if event.gap is not None and (gap is None or abs(event.gap - gap) > 1e-6 + 0.01 * gap):
            raise Unmet(f"it tells of a gap of {event.gap:.6g} where incumbent and bound are {gap} apart")
        if event.nodes is not None and event.nodes < 0:
            raise Unmet(f"it tells of {event.nodes} nodes")


REQUIREMENTS = (
    gap_is_honoured,
    stopped_run_claims_nothing,
    run_without_a_plan_claims_nothing,
    hardly_any_time_is_no_error,
    progress_is_told_in_order,
    word_to_stop_keeps_the_incumbent,
    word_to_stop_may_come_first,
    start_is_used,
    start_that_does_not_hold_is_passed_over,
    seed_makes_runs_repeat,
    threads_change_no_optimum,
)
