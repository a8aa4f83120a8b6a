"""Times and integrals of traces, each worked out by hand after Berthold's definitions."""

from __future__ import annotations

import pytest

from prodmode.backends.contract import Progress
from prodmode.comparison.trace import (
    GAPS,
    Point,
    difference,
    first_plan_seconds,
    gap_seconds,
    primal_dual_integral,
    primal_integral,
    trace,
)

# No plan until 2 s; 80 of at most 100 until 5 s; 95 of at most 100 until 8 s; then 99.99 of 100.
POINTS = (
    Point(1.0, None, 120.0),
    Point(2.0, 80.0, 100.0),
    Point(5.0, 95.0, 100.0),
    Point(8.0, 99.99, 100.0),
)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (80.0, 100.0, 0.2),
        (100.0, 80.0, 0.2),
        (-100.0, -80.0, 0.2),
        (0.0, 0.0, 0.0),
        (0.0, 5.0, 1.0),
        (-1.0, 1.0, 1.0),
        (None, 1.0, 1.0),
        (1.0, None, 1.0),
        (None, None, 1.0),
    ],
)
def test_the_gap_of_two_values_lies_between_0_and_1(
    one: float | None, other: float | None, expected: float
) -> None:
    assert difference(one, other) == pytest.approx(expected)


def test_times_to_the_first_plan_and_to_each_gap() -> None:
    assert first_plan_seconds(POINTS) == 2.0
    assert {name: gap_seconds(POINTS, gap) for name, gap in GAPS.items()} == {
        "5_percent": 5.0,
        "1_percent": 8.0,
        "0_1_percent": 8.0,
        "0_01_percent": None,
    }
    assert gap_seconds((*POINTS, Point(9.0, 100.0, 100.0)), 0.0001) == 9.0


def test_the_primal_integral() -> None:
    # 2 s of 1, 3 s of 0.2, 3 s of 0.05, 2 s of 0.0001.
    assert primal_integral(POINTS, 100.0, 10.0) == pytest.approx(2 + 0.6 + 0.15 + 0.0002)


def test_the_primal_dual_integral() -> None:
    assert primal_dual_integral(POINTS, 10.0) == pytest.approx(2 + 0.6 + 0.15 + 0.0002)
    # A bound of 200 over a plan of 100 is a gap of a half.
    assert primal_dual_integral((Point(1.0, 100.0, 200.0),), 3.0) == pytest.approx(1 + 2 * 0.5)


def test_an_integral_ends_at_the_horizon() -> None:
    assert primal_integral(POINTS, 100.0, 3.0) == pytest.approx(2 + 0.2)
    assert primal_dual_integral(POINTS, 1.5) == pytest.approx(1.5)


def test_a_run_without_a_plan_counts_in_full() -> None:
    assert primal_integral((), 100.0, 10.0) == pytest.approx(10.0)
    assert primal_dual_integral((), 10.0) == pytest.approx(10.0)
    assert primal_integral(POINTS, None, 10.0) is None


def test_a_claim_above_the_best_verified_plan_is_worth_that_plan() -> None:
    assert primal_integral((Point(0.0, 150.0, 150.0),), 100.0, 10.0) == 0.0


def test_losses_have_integrals_too() -> None:
    points = (Point(1.0, -200.0, -100.0), Point(3.0, -100.0, -100.0))
    assert primal_integral(points, -100.0, 4.0) == pytest.approx(1 + 2 * 0.5)


def test_a_trace_keeps_changes_only_and_never_goes_back_in_time() -> None:
    events = [
        Progress(0.5),
        Progress(1.0, None, 120.0),
        Progress(2.0, 80.0, 100.0),
        Progress(3.0, 80.0, 100.0),
    ]
    assert trace(events, Point(2.5, 95.0, 100.0)) == (
        Point(1.0, None, 120.0),
        Point(2.0, 80.0, 100.0),
        Point(2.5, 95.0, 100.0),
    )
    assert trace(events[:3], Point(1.5, 95.0, 100.0))[-1] == Point(2.0, 95.0, 100.0)
    assert trace([], None) == ()
