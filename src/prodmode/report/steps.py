"""A live display of many solves, on a terminal only."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress


class Steps:
    """What is being done; draws nothing.

    `step` takes the words for a question; `case` is told of each of its solves that is done.
    """

    def step(self, words: str) -> None:
        """Begin with a question."""

    def case(self, done: int, total: int, case: object) -> None:
        """Take note of a solve that is done."""


@contextmanager
def live_steps(stream: TextIO) -> Iterator[Steps]:
    """Show which question is worked on and how many of its solves are done.

    Parameters
    ----------
    stream : text stream
        Where to draw, usually ``sys.stderr``; nothing is drawn unless it is a terminal.

    Yields
    ------
    Steps
        To be told.
    """
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield Steps()
        return
    from rich import progress  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415 (slow to import, and needed on a terminal only)

    columns = (
        progress.BarColumn(24),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("{task.description}", markup=False),
    )
    with progress.Progress(*columns, console=Console(file=stream), transient=True) as bar:
        yield _Drawn(bar)


class _Drawn(Steps):
    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=None)
        self._words = ""

    def step(self, words: str) -> None:
        self._words = words
        self._bar.reset(self._task, total=None, description=words)

    def case(self, done: int, total: int, case: object) -> None:
        words = f"{self._words}: {getattr(case, 'name', case)}"
        self._bar.update(self._task, completed=done, total=total, description=words)
