"""What a backend returns is made sound before anybody builds on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from prodmode.backends.contract import Answer, Progress, Status
from prodmode.backends.soundness import faults, sound, sound_progress
from prodmode.testing.programs import knapsack

GOOD = Answer(Status.OPTIMAL, np.array([0.0, 1.0, 1.0]), -20.0, 3, 0.5, "1")


def test_a_sound_answer_is_left_alone() -> None:
    assert faults(GOOD, knapsack()) == []
    assert sound(GOOD, knapsack(), 9.0) is GOOD


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"x": np.array([0.0, np.nan, 1.0])}, "its point holds NaN or infinity"),
        ({"x": np.zeros(2)}, "its point is of shape (2,), not an array of shape (3,)"),
        ({"x": [0.0, 1.0, 1.0]}, "its point is a list, not an array of shape (3,)"),
        ({"x": np.array([0, 1, 1])}, "its point holds int64, not floats"),
        ({"bound": np.inf}, "its bound is inf, not a finite number or None"),
        ({"bound": "-20"}, "its bound is '-20', not a finite number or None"),
        ({"status": "optimal"}, "its status is 'optimal', not a Status"),
    ],
)
def test_grave_faults_make_an_error(changed: dict[str, Any], words: str) -> None:
    answer = replace(GOOD, message="so far so good", **changed)
    assert words in faults(answer, knapsack())
    made = sound(answer, knapsack(), 9.0)
    assert made.status is Status.ERROR
    assert made.message == f"so far so good; {words}"
    assert faults(made, knapsack()) == []
    # A good point survives a bad bound, not the other way round.
    assert (made.x is None) == ("x" in changed)
    assert (made.bound is None) == ("status" not in changed)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"seconds": np.nan}, "its seconds are nan"),
        ({"seconds": -1.0}, "its seconds are -1.0"),
        ({"nodes": -1}, "its nodes are -1, not a count or None"),
        ({"version": None}, "its version and message are not both text"),
    ],
)
def test_small_faults_are_mended(changed: dict[str, Any], words: str) -> None:
    answer = replace(GOOD, **changed)
    assert faults(answer, knapsack()) == [words]
    made = sound(answer, knapsack(), 9.0)
    assert (made.status, made.bound, made.message) == (Status.OPTIMAL, -20.0, "")
    assert made.seconds == (9.0 if "seconds" in changed else 0.5)
    assert faults(made, knapsack()) == []


@pytest.mark.parametrize("nothing", [None, "optimal", (Status.OPTIMAL, None)])
def test_what_is_no_answer(nothing: Any) -> None:
    made = sound(nothing, knapsack(), 9.0)
    assert (made.status, made.x, made.bound, made.seconds) == (Status.ERROR, None, None, 9.0)
    assert made.message == f"it returned {type(nothing).__name__}, not an Answer"


def test_progress() -> None:
    heard: list[Progress] = []
    tell: Any = sound_progress(heard.append)
    good = Progress(0.1, -5.0, -9.0, 0.8, 4)
    for event in (
        good,
        None,
        Progress(np.inf),
        Progress(0.2, np.nan, -9.0, np.nan),
        Progress(0.3, -7.0, -np.inf),
    ):
        tell(event)
    assert heard == [good, Progress(0.2, None, -9.0, None), Progress(0.3, -7.0, None, None)]
