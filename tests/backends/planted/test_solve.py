"""A solve by a planted backend ends with an error in words, in the process of the caller or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

import prodmode as pm
from prodmode.backends import isolation

from .conftest import running

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("crash", "crashed (SIGABRT)"),
        ("vanish", "ended with code 0"),
        ("nan", "NaN"),
        ("odd", "second line"),
        ("forget", "returned NoneType"),
        ("garble", "ended with code 1"),
    ],
)
def test_failure_is_a_status(workshop: pm.Instance, processes: Path, name: str, words: str) -> None:
    result = pm.solve(workshop, backend=name)
    assert (result.status, result.has_plan, result.verified) == (pm.Status.ERROR, False, False)
    assert (result.objective, result.bound, result.gap) == (None, None, None)
    assert words in result.message
    assert running(processes, name) == []


def test_plan_that_breaks_rules_is_an_error(workshop: pm.Instance, processes: Path) -> None:
    assert processes.is_dir()
    result = pm.solve(workshop, backend="breach")
    assert (result.status, result.has_plan, result.verified) == (pm.Status.ERROR, True, False)


@pytest.mark.parametrize("name", ["shout", "leave", "chatter"])
def test_bad_manners_cost_no_plan(
    workshop: pm.Instance, processes: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    events: list[pm.Progress] = []
    result = pm.solve(workshop, backend=name, on_progress=events.append)
    assert (result.status, result.verified) == (pm.Status.OPTIMAL, True)
    assert result.objective == pytest.approx(4000)
    assert capfd.readouterr() == ("", "")
    assert running(processes, name) == []


def test_hang_is_ended(workshop: pm.Instance, processes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = isolation.run_isolated.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "grace", 0.5)
    began = time.monotonic()
    result = pm.solve(workshop, backend="hang", time_limit=1)
    assert time.monotonic() - began < 20
    assert (result.status, result.has_plan) == (pm.Status.ERROR, False)
    assert "killed" in result.message
    assert running(processes, "hang") == []


def test_what_the_listener_raises_is_raised(workshop: pm.Instance, processes: Path) -> None:
    def listen(_event: pm.Progress) -> None:
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        pm.solve(workshop, backend="hang", on_progress=listen)
    assert running(processes, "hang") == []


def test_refusals_are_the_same(workshop: pm.Instance) -> None:
    for isolated in (False, True):
        with pytest.raises(pm.BackendError, match=r"presolve.*sometimes|sometimes"):
            pm.solve(workshop, backend="highs", options={"presolve": "sometimes"}, isolated=isolated)


def test_highs_answers_the_same_in_a_process_of_its_own(workshop: pm.Instance) -> None:
    here, there = (pm.solve(workshop, backend="highs", isolated=isolated) for isolated in (False, True))
    assert (here.status, here.objective, here.bound) == (there.status, there.objective, there.bound)
    assert there.backend_version == here.backend_version
    again = pm.solve(workshop, backend="highs", warm_start=here.plan, isolated=True)
    assert (again.objective, again.message) == (here.objective, "")


INTERRUPTED = """
import prodmode as pm
instance = pm.generate(lines=40, periods=4, seed=3, profile="tight")
start = pm.solve(instance, gap=1e3).plan
told = []
def listen(event):
    if event.incumbent is not None and not told:
        told.append(event)
        print("there is a plan", flush=True)
result = pm.solve(instance, backend="highs", gap=0.0, warm_start=start, on_progress=listen, isolated=True)
print(result.status.value, result.verified)
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="Ctrl-C is sent to a group of processes")
def test_ctrl_c_keeps_the_plan() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there is a plan\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.read() == "interrupted True\n"
        assert process.wait() == 0
