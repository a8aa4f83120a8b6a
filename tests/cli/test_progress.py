"""The live display of a running solve."""

from __future__ import annotations

import io
import os
import pty

import pytest
from rich.console import Console

from prodmode.backends.contract import Progress
from prodmode.report.progress import Display, live_progress


def drawn(display: Display, width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    with console.capture() as capture:
        console.print(display.render())
    return capture.get()


def test_nothing_is_drawn_where_nobody_watches() -> None:
    stream = io.StringIO()
    with live_progress(stream, gap=1e-4) as on_progress:
        assert on_progress is None
    assert stream.getvalue() == ""


def test_a_terminal_gets_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as stream, live_progress(stream, gap=1e-4, time_limit=60) as on_progress:
        assert on_progress is not None
        on_progress(Progress(seconds=0.1, incumbent=1_234_567.0, bound=1_300_000.0, gap=0.05, nodes=12))
    assert os.read(master, 65536)
    os.close(master)


def test_a_dumb_terminal_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as stream, live_progress(stream, gap=1e-4) as on_progress:
        assert on_progress is None
    os.close(master)


def test_the_display_shows_what_is_known_and_nothing_else() -> None:
    display = Display(gap=1e-4)
    assert "gap" not in drawn(display)
    display.update(Progress(seconds=0.5, bound=1_300_000.0))
    assert "1,300,000" in drawn(display)
    assert "plan" not in drawn(display)
    display.update(Progress(seconds=1.0, incumbent=1_234_567.0, bound=1_300_000.0, gap=0.053, nodes=1200))
    text = drawn(display)
    for figure in ("1,234,567", "1,300,000", "5.3 %", "1,200"):
        assert figure in text


def test_the_bar_follows_the_logarithm_of_the_gap_and_never_goes_back() -> None:
    display = Display(gap=1e-4)
    assert display.fraction() == 0
    display.update(Progress(seconds=0.1, gap=1.0))
    assert display.fraction() == pytest.approx(0)
    display.update(Progress(seconds=0.2, gap=1e-2))
    assert display.fraction() == pytest.approx(0.5)
    display.update(Progress(seconds=0.3, gap=None))
    assert display.fraction() == pytest.approx(0.5)
    display.update(Progress(seconds=0.4, gap=1e-5))
    assert display.fraction() == 1


def test_the_bar_is_full_at_the_time_limit() -> None:
    assert Display(gap=1e-4, time_limit=1e-9).fraction() == 1
