"""A live display of a running solve, on a terminal only."""

from __future__ import annotations

import math
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.table import Table
    from rich.text import Text

    from prodmode.backends.contract import Progress

REFRESHES_PER_SECOND = 8
"""How often the display is drawn, however many events come in."""

_BAR_WIDTH = 24


@contextmanager
def live_progress(
    stream: TextIO, *, gap: float, time_limit: float | None = None
) -> Iterator[Callable[[Progress], None] | None]:
    """Show a live display while the block runs.

    Parameters
    ----------
    stream : text stream
        Where to draw, usually ``sys.stderr``. Nothing is drawn, and None given, unless it is a terminal.
    gap : float
        The gap at which the solve stops.
    time_limit : float, optional
        The seconds after which it stops.

    Yields
    ------
    callable or None
        To be given to `prodmode.solve` as ``on_progress``.
    """
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 (slow to import, and needed on a terminal only)
    from rich.live import Live  # noqa: PLC0415

    display = Display(gap=gap, time_limit=time_limit)
    live = Live(
        get_renderable=display.render,
        console=Console(file=stream),
        refresh_per_second=REFRESHES_PER_SECOND,
        transient=True,
    )
    with live:
        yield display.update


class Display:
    """What is known of a running solve, and how it is drawn.

    Parameters
    ----------
    gap : float
        The gap at which the solve stops.
    time_limit : float or None
        The seconds after which it stops.
    """

    def __init__(self, *, gap: float, time_limit: float | None = None) -> None:
        self._target = max(gap, 1e-6)
        self._time_limit = time_limit
        self._began = time.monotonic()
        self._latest: Progress | None = None
        self._first_gap: float | None = None
        self._done = 0.0

    def update(self, event: Progress) -> None:
        """Take note of an event; it is drawn at the next refresh."""
        self._latest = event
        if event.gap is not None and self._first_gap is None:
            self._first_gap = min(max(event.gap, self._target), 1.0)

    def fraction(self) -> float:
        """Return how much of the way is done: towards the gap or the time limit, whichever is nearer."""
        elapsed = time.monotonic() - self._began
        by_time = elapsed / self._time_limit if self._time_limit else 0.0
        self._done = max(self._done, min(1.0, max(by_time, self._by_gap())))
        return self._done

    def render(self) -> Table:
        """Return the display as a renderable of rich."""
        from rich.progress_bar import ProgressBar  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415

        # What does not fit on a narrow terminal is cut off at the right.
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True, overflow="ellipsis")
        bar = ProgressBar(total=1.0, completed=self.fraction(), width=_BAR_WIDTH)
        grid.add_row(bar, self._status(time.monotonic() - self._began))
        return grid

    def _status(self, seconds: float) -> Text:
        from rich.text import Text  # noqa: PLC0415

        event = self._latest
        status = Text(_clock(seconds))
        for word, figure in _figures(event):
            status.append(f"  {word} ", style="dim").append(figure)
        return status.append(f"  {event.phase if event else 'build'}", style="dim")

    def _by_gap(self) -> float:
        gap = self._latest.gap if self._latest else None
        if gap is None or self._first_gap is None:
            return 0.0
        if gap <= self._target:
            return 1.0
        # A gap falls by factors, so the bar follows its logarithm.
        way = math.log(self._first_gap / self._target)
        return 1 - math.log(gap / self._target) / way if way > 0 else 0.0


def _figures(event: Progress | None) -> list[tuple[str, str]]:
    if event is None:
        return []
    figures = [
        ("gap", None if event.gap is None else f"{100 * event.gap:.3g} %"),
        ("plan", None if event.incumbent is None else f"{event.incumbent:,.0f}"),
        ("bound", None if event.bound is None else f"{event.bound:,.0f}"),
        ("nodes", None if event.nodes is None else f"{event.nodes:,}"),
    ]
    return [(word, figure) for word, figure in figures if figure is not None]


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
