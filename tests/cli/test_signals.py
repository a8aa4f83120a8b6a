"""Ctrl-C and readers that go away."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import Run, environment

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")


def interrupted(command: list[str], after: float) -> tuple[int, str, str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "prodmode", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_an_interrupted_solve_keeps_its_plan(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "portfolio"
    made = run("generate", "--lines", "400", "--periods", "6", "--seed", "3", "--profile", "tight", path)
    assert made.returncode == 0, made.stderr
    code, out, err = interrupted(["solve", str(path), "--gap", "0", "--json"], after=12)
    assert "Traceback" not in err
    answer = json.loads(out)
    assert answer["status"] == "interrupted"
    assert code == (0 if answer["has_plan"] else 130)
    assert answer["verified"] is answer["has_plan"]


def test_an_interrupt_before_the_solve_leaves_with_one_line(workshop: Path) -> None:
    # A pipe that nobody writes to holds the loader up for as long as it takes.
    fifo = workshop / "lines.csv"
    fifo.unlink()
    os.mkfifo(fifo)
    code, out, err = interrupted(["check", str(workshop)], after=3)
    assert (code, out) == (130, "")
    assert err.strip().splitlines() == ["prodmode: interrupted"]


@pytest.mark.parametrize(
    ("command", "code"), [("solve {0} --json", 0), ("check {0}", 0), ("backends", 0), ("--help", 1)]
)
def test_a_reader_that_goes_away_is_no_fault(workshop: Path, command: str, code: int) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "prodmode", *command.format(workshop).split()],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
            env=environment(),
        )
    finally:
        os.close(writing)
    assert done.stderr == ""
    assert done.returncode == code
