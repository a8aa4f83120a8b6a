"""Every planted failure is a row that says what happened, and harms no other."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

import prodmode as pm

from .backends import MEGABYTE, PLANTED
from .conftest import running

if TYPE_CHECKING:
    from pathlib import Path

    from prodmode.backends.contract import Progress

    Made = tuple[pm.Comparison, list[tuple[str, Progress]], float]

TIME_LIMIT = 2.0
THERE = "but shout has a verified plan of 4,000.00 EUR"

ROWS = {
    "crash": ("crashed", "error", "crashed: its process crashed (SIGABRT) and gave no answer"),
    "vanish": ("crashed", "error", "crashed: its process ended with code 0 and gave no answer"),
    "hang": ("killed", "error", "killed: it was given 2 s and killed 10 s later"),
    "lie": ("answered", "optimal", f"false: it says -5,500.00 optimal, {THERE}"),
    "nan": ("answered", "error", "failed: its point holds NaN or infinity"),
    "breach": ("answered", "optimal", "its plan breaks rules: "),
    "deny": ("answered", "infeasible", f"false: it says infeasible, {THERE}"),
    "devour": ("out of memory", "error", "out of memory: it ran out of memory"),
    "drown": ("out of memory", "error", "out of memory: its process crashed (SIGABRT) and gave no answer: "),
    "odd": ("crashed", "error", "crashed: its process ended with code 1 and gave no answer: second line"),
    "shout": ("answered", "optimal", "proved"),
    "leave": ("answered", "optimal", "proved"),
    "forget": ("answered", "error", "failed: it returned NoneType, not an Answer"),
    "garble": ("crashed", "error", "crashed: its process ended with code 1 and gave no answer"),
    "chatter": ("answered", "optimal", "proved"),
    "highs": ("answered", "optimal", "proved"),
}


@pytest.fixture(scope="module")
def comparison(workshop: pm.Instance, processes: Path) -> Made:
    """Compare all planted backends and, last, HiGHS."""
    assert set(ROWS) == {*PLANTED, "highs"}
    assert processes.is_dir()
    events: list[tuple[str, Progress]] = []
    began = time.monotonic()
    made = pm.compare(
        workshop,
        backends=[*PLANTED, "highs"],
        time_limit=TIME_LIMIT,
        memory_limit=3000 * MEGABYTE,
        on_progress=lambda name, event: events.append((name, event)),
    )
    return made, events, time.monotonic() - began


@pytest.fixture(scope="module")
def rows(comparison: Made) -> dict[str, dict[str, Any]]:
    return {row["backend"]: row for row in comparison[0].to_dict()["backends"]}


@pytest.mark.parametrize("name", ROWS)
def test_row(rows: dict[str, dict[str, Any]], name: str) -> None:
    ending, status, verdict = ROWS[name]
    row = rows[name]
    assert row["verdict"].startswith(verdict), row["verdict"]
    assert (row["ending"], row["status"]) == (ending, status)
    assert row["verified"] == (verdict == "proved" or name == "lie")
    json.dumps(row, allow_nan=False)


@pytest.mark.parametrize("name", PLANTED)
def test_no_process_is_left(rows: dict[str, dict[str, Any]], processes: Path, name: str) -> None:
    assert name in rows
    assert running(processes, name) == []


def test_it_ends_in_time(comparison: Made) -> None:
    assert comparison[2] < TIME_LIMIT + 10 + 5 * len(ROWS)


def test_the_plan_is_that_of_those_who_are_right(comparison: Made) -> None:
    made = comparison[0]
    assert made.plan is not None
    assert made.plan.npv == pytest.approx(4000)
    assert [sentence.split()[0] for sentence in made.disagreements] == ["lie", "deny"]


def test_only_what_is_sound_is_told(comparison: Made) -> None:
    told = [(name, event.incumbent, event.bound, event.gap) for name, event in comparison[1]]
    assert [event for event in told if event[0] in ("nan", "chatter")] == [
        ("nan", None, None, None),
        ("chatter", None, None, None),
        ("chatter", 0.0, None, None),
    ]
