"""Ctrl-C as a word to stop, instead of an exception that tears the run down."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def interruptible(cancel: threading.Event | None) -> Iterator[threading.Event]:
    """Let Ctrl-C set an event while the block runs.

    Parameters
    ----------
    cancel : threading.Event or None
        The event to set; a new one is made where there is none.

    Yields
    ------
    threading.Event
        Outside the main thread, which alone hears of Ctrl-C, nothing but the caller sets it.
    """
    event = cancel if cancel is not None else threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield event
        return

    def stop(_number: int, _frame: object) -> None:
        event.set()

    previous = signal.signal(signal.SIGINT, stop)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, previous)
