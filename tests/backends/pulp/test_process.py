"""A solver's process: its lines as they come, its end for certain."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from prodmode.backends.via_pulp.process import SolverProcess, follow

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="process groups")


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_lines_code_and_the_rest_without_an_end(tmp_path: Path) -> None:
    lines: list[str] = []
    ended = follow(
        script("import sys; print('one'); print('two', file=sys.stderr); print(3, end=''); sys.exit(3)"),
        tmp_path, lambda new, _: lines.extend(new), time_limit=None, cancel=None,
    )  # fmt: skip
    assert sorted(lines) == ["3", "one", "two"]
    assert (ended.code, ended.cancelled, ended.overran, ended.killed) == (3, False, False, False)


@posix
def test_lines_come_as_they_are_written(tmp_path: Path) -> None:
    # C programs hold back what they write to a pipe; Python without -u does the same.
    times: list[float] = []
    follow(
        script("import time\nfor _ in range(3):\n    print('line')\n    time.sleep(0.5)"),
        tmp_path, lambda new, seconds: times.extend([seconds] * len(new)), time_limit=None, cancel=None,
    )  # fmt: skip
    assert len(times) == 3
    assert times[2] - times[0] > 0.7


STUBBORN = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


@posix
def test_what_does_not_stop_is_killed(tmp_path: Path) -> None:
    cancel = threading.Event()

    def listen(lines: list[str], _: float) -> None:
        if "ready" in lines:
            cancel.set()

    began = time.perf_counter()
    ended = follow(script(STUBBORN), tmp_path, listen, time_limit=None, cancel=cancel, grace=0.5)
    assert (ended.cancelled, ended.killed, ended.code) == (True, True, None)
    assert time.perf_counter() - began < 20


@posix
def test_what_overruns_is_stopped(tmp_path: Path) -> None:
    ended = follow(
        script("import time; time.sleep(60)"), tmp_path, lambda *_: None,
        time_limit=0.5, cancel=None, overrun=0.2, grace=5,
    )  # fmt: skip
    assert (ended.overran, ended.killed) == (True, False)
    assert ended.seconds < 20


@posix
def test_grandchildren_end_too(tmp_path: Path) -> None:
    psutil = pytest.importorskip("psutil")
    text = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with SolverProcess(script(text), tmp_path) as solver:
        found: list[str] = []
        while not found:
            found = solver.lines(0.1) or []
        assert psutil.pid_exists(int(found[0]))
        grandchild = psutil.Process(int(found[0]))
    assert not psutil.wait_procs([grandchild], timeout=10)[1]


@posix
def test_a_program_that_cannot_run(tmp_path: Path) -> None:
    lines: list[str] = []
    ended = follow(
        [str(tmp_path / "nothing")], tmp_path, lambda new, _: lines.extend(new), time_limit=None, cancel=None
    )
    assert ended.code
    assert any("FileNotFoundError" in line for line in lines)


def test_temporary_files_stay_in_the_folder(tmp_path: Path) -> None:
    lines: list[str] = []
    follow(
        script("import tempfile; print(tempfile.gettempdir())"), tmp_path, lambda new, _: lines.extend(new),
        time_limit=None, cancel=None,
    )  # fmt: skip
    assert lines == [str(tmp_path)]
