"""Comparisons of real processes."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import prodmode as pm
from prodmode.backends import isolation
from prodmode.backends.contract import Status
from tests.comparison.made import stools

if TYPE_CHECKING:
    from prodmode.comparison.entry import Entry

FURNITURE = Path(__file__).parents[2] / "instances" / "furniture"
THERE = "but highs has a verified plan of 4,000.00 EUR"


def test_highs_on_the_furniture_maker() -> None:
    events: list[tuple[str, float]] = []
    entries: list[Entry] = []
    made = pm.compare(
        pm.load(FURNITURE),
        backends=["highs"],
        gap=0.01,
        time_limit=60,
        on_progress=lambda name, event: events.append((name, event.seconds)),
        on_entry=entries.append,
    )
    assert list(made.entries) == entries
    (row,) = made.to_dict()["backends"]
    assert row["verdict"] == "proved"
    assert row["verified"] is True
    assert row["objective"] <= row["bound"] <= row["objective"] * 1.01
    assert 0 < row["seconds_to_first_plan"] <= row["seconds_to_1_percent"] <= row["solve_seconds"]
    assert 0 < row["primal_integral"] <= row["primal_dual_integral"] <= row["solve_seconds"]
    assert row["peak_memory"] is None or row["peak_memory"] > 10_000_000
    assert {name for name, _ in events} == {"highs"}
    assert made.plan is not None
    assert made.plan.npv == pytest.approx(made.known.best)
    assert made.disagreements == ()
    json.dumps(made.to_dict(), allow_nan=False)


@pytest.mark.usefixtures("planted_backends")
@pytest.mark.slow  # tests/backends/planted has more of them
def test_each_planted_failure_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = isolation.run_isolated.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "grace", 0.2)
    names = ["lie", "nothing", "short", "deny", "crash", "fail", "refuse", "fill", "hang", "highs"]
    made = pm.compare(stools(), backends=names, time_limit=3)
    words = dict(zip(made.table["backend"], made.table["verdict"], strict=True))
    assert words == {
        "lie": f"false: it says -5,500.00 optimal, {THERE}",
        "nothing": "failed: its point holds NaN or infinity; its bound is nan, not a finite number or None",
        "short": f"failed: its point is of shape (1,), not an array of shape ({columns()},)",
        "deny": f"false: it says infeasible, {THERE}",
        "crash": "crashed: its process crashed (SIGABRT) and gave no answer",
        "fail": "crashed: its process ended with code 1 and gave no answer: ZeroDivisionError: planted",
        "refuse": "refused: backend 'refuse' cannot honour: anything",
        "fill": "out of memory: it ran out of memory",
        "hang": "killed: it was given 3 s and killed 0.2 s later",
        "highs": "proved",
    }
    assert made.disagreements == (
        f"lie says -5,500.00 optimal, {THERE}.",
        f"deny says infeasible, {THERE}.",
    )
    assert made.plan is not None
    assert made.plan.npv == pytest.approx(4000)
    json.dumps(made.to_dict(), allow_nan=False)


def columns() -> int:
    return len(pm.formulate(stools()).mip.cost)


def test_what_is_cancelled_is_left_out() -> None:
    cancel = threading.Event()
    made = pm.compare(
        stools(), backends=["highs"], repeat=3, cancel=cancel, on_entry=lambda _entry: cancel.set()
    )
    assert [entry.status for entry in made.entries] == [Status.OPTIMAL]
    assert pm.compare(stools(), backends=["highs"], cancel=cancel).entries == ()


def test_repeats_count_from_one_and_names_count_once() -> None:
    made = pm.compare(stools(), backends=["highs", "highs"], repeat=2, seed=5)
    assert [(entry.backend, entry.repeat) for entry in made.entries] == [("highs", 1), ("highs", 2)]


def test_an_unknown_backend_is_an_error_before_anything_runs() -> None:
    with pytest.raises(pm.BackendError, match="'highs'"):
        pm.compare(stools(), backends=["highs", "higs"])


@pytest.mark.usefixtures("planted_backends")
def test_an_option_that_a_backend_cannot_honour_is_refused() -> None:
    made = pm.compare(stools(), backends=["deny"], threads=1, seed=3)
    assert made.entries[0].ending == "refused"
    assert made.entries[0].message == "backend 'deny' cannot honour: threads, seed"


def test_a_backend_that_cannot_run_here_is_a_row() -> None:
    made = pm.compare(stools(), backends=["pulp:NO_SUCH_SOLVER"])
    assert made.entries[0].ending == "refused"
