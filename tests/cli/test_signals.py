"""Ctrl-C and readers that go away."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import Run, environment

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")


def start(*args: str | Path, stderr: int = subprocess.PIPE, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "prodmode", *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env=environment(**variables),
    )


def read_until(terminal: int, word: bytes, seconds: float) -> bytes:
    seen, end = b"", time.monotonic() + seconds
    while word not in seen and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 65536)
    return seen


def read_to_end(terminal: int) -> None:
    # Linux reports the end of a terminal as an error.
    with contextlib.suppress(OSError):
        while os.read(terminal, 65536):
            pass
    os.close(terminal)


def test_an_interrupted_solve_keeps_its_plan(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "portfolio"
    made = run("generate", "--lines", "100", "--periods", "4", "--seed", "3", "--profile", "mid-size", path)
    assert made.returncode == 0, made.stderr
    # The live display on a terminal tells when there is a plan.
    terminal, end = pty.openpty()
    process = start("solve", path, "--gap", "0", "--json", stderr=end, TERM="xterm", COLUMNS="120")
    os.close(end)
    seen = read_until(terminal, b"plan ", seconds=90)
    assert b"plan " in seen
    process.send_signal(signal.SIGINT)
    # The terminal is read to its end, or the display would wait for room to write.
    reader = threading.Thread(target=read_to_end, args=(terminal,))
    reader.start()
    out, _ = process.communicate(timeout=60)
    reader.join()
    answer = json.loads(out)
    assert answer["has_plan"] is True
    assert answer["verified"] is True
    assert answer["status"] == "interrupted"
    assert process.returncode == 0


def test_an_interrupt_before_the_solve_leaves_with_one_line(workshop: Path) -> None:
    # A pipe that nobody writes to holds the loader up for as long as it takes.
    fifo = workshop / "lines.csv"
    fifo.unlink()
    os.mkfifo(fifo)
    process = start("check", workshop)
    with fifo.open("wb"):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines() == ["prodmode: interrupted"]


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
