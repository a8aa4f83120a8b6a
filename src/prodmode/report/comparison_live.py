"""A live display of a running comparison, on a terminal only: a row per backend."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from prodmode.comparison.cells import UNKNOWN, share, short
from prodmode.comparison.verdicts import Known, verdict
from prodmode.document.page import plain
from prodmode.report.progress import REFRESHES_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.table import Table

    from prodmode.backends.contract import Progress
    from prodmode.comparison.entry import Entry


@contextmanager
def live_board(
    stream: TextIO, backends: Sequence[str], *, currency: str, repeat: int = 1
) -> Iterator[Board | None]:
    """Show a live table while the block runs.

    Parameters
    ----------
    stream : text stream
        Where to draw, usually ``sys.stderr``. Nothing is drawn, and None given, unless it is a terminal.
    backends : sequence of str
        Names, in the order they run in.
    currency : str
        Currency of the amounts.
    repeat : int, default 1
        Runs of each.

    Yields
    ------
    Board or None
        Its methods are to be given to `prodmode.compare`.
    """
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 (slow to import, and needed on a terminal only)
    from rich.live import Live  # noqa: PLC0415

    board = Board(backends, currency=currency, repeat=repeat)
    live = Live(
        get_renderable=board.render,
        console=Console(file=stream),
        refresh_per_second=REFRESHES_PER_SECOND,
        transient=True,
    )
    with live:
        yield board


class Board:
    """What is known of a running comparison, and how it is drawn.

    Parameters
    ----------
    backends : sequence of str
        Names, in the order they run in.
    currency : str
        Currency of the amounts.
    repeat : int, default 1
        Runs of each.
    """

    def __init__(self, backends: Sequence[str], *, currency: str, repeat: int = 1) -> None:
        self._backends = list(backends)
        self._currency = currency
        self._repeat = repeat
        self._latest: dict[str, Progress] = {}
        self._done: dict[str, list[Entry]] = {name: [] for name in backends}
        self._began = time.monotonic()

    def update(self, backend: str, event: Progress) -> None:
        """Take note of an event; it is drawn at the next refresh."""
        self._latest[backend] = event

    def finish(self, entry: Entry) -> None:
        """Take note of an answer; the next run begins."""
        self._done[entry.backend].append(entry)
        self._latest.pop(entry.backend, None)
        self._began = time.monotonic()

    def rows(self) -> list[list[str]]:
        """Return name, state, seconds, incumbent, bound and gap of each backend."""
        running = next((name for name in self._backends if len(self._done[name]) < self._repeat), None)
        return [self._row(name, running=name == running) for name in self._backends]

    def render(self) -> Table:
        """Return the display as a renderable of rich."""
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for heading in ("backend", "state"):
            table.add_column(heading, no_wrap=True, overflow="ellipsis")
        for heading in ("time", f"incumbent ({self._currency})", f"bound ({self._currency})", "gap"):
            table.add_column(Text(heading), no_wrap=True, justify="right")
        for row in self.rows():
            # As Text, so that no name is taken for markup.
            table.add_row(*(Text(plain(cell)) for cell in row))
        return table

    def _row(self, name: str, *, running: bool) -> list[str]:
        done = self._done[name]
        if running:
            event = self._latest.get(name)
            state = event.phase if event is not None else "start"
            if self._repeat > 1:
                state += f", run {len(done) + 1} of {self._repeat}"
            figures = (event.incumbent, event.bound, event.gap) if event is not None else (None, None, None)
            return [name, state, f"{time.monotonic() - self._began:.0f} s", *_figures(*figures)]
        if done:
            last = done[-1]
            state = short(verdict(last, Known(None, None), self._currency))
            return [
                name,
                state,
                f"{last.solve_seconds:.1f} s",
                *_figures(last.objective, last.bound, last.gap),
            ]
        return [name, "waiting", "", "", "", ""]


def _figures(incumbent: float | None, bound: float | None, gap: float | None) -> list[str]:
    return [
        UNKNOWN if incumbent is None else f"{incumbent:,.0f}",
        UNKNOWN if bound is None else f"{bound:,.0f}",
        UNKNOWN if gap is None else share(gap),
    ]
