"""Harmless lines that native code writes to file descriptor 2, taken out while a solver runs."""

from __future__ import annotations

import os
import re
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NOISE = re.compile(
    rb"\[scip_event\.c:\d+\] ERROR: SCIPcatchEvent does not support"
    rb"|\[gscip_event_handler\.cc:\d+\] ERROR: Error <-9> in function call"
    rb"|WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR"
    rb"|[IW]\d{4} \d\d:\d\d:\d+\.\d+ +\d+ "
)
"""Lines that say nothing to a user: SCIP on MathOpt's event handler, Google's log below "error"."""

END = b"\0end of what the solver said\0"
"""Tells the reader that all is read."""


@contextmanager
def without_noise() -> Iterator[None]:
    """Filter stderr of the whole process; runs side by side share one filter."""
    _FILTER.enter()
    try:
        yield
    finally:
        _FILTER.leave()


class _Filter:
    """A pipe in the place of stderr, whose reader passes on what is not noise."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._stderr = -1
        self._pipe = -1
        self._reader: threading.Thread | None = None

    def enter(self) -> None:
        with self._lock:
            self._users += 1
            if self._users > 1:
                return
            try:
                self._stderr = os.dup(2)
            except OSError:  # there is no stderr
                return
            source, self._pipe = os.pipe()
            os.dup2(self._pipe, 2)
            self._reader = threading.Thread(
                target=_pass_on, args=(source, self._stderr), name="prodmode-stderr", daemon=True
            )
            self._reader.start()

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users or self._reader is None:
                return
            os.dup2(self._stderr, 2)
            # A child process may hold the pipe open, so its closing does not say that all is read.
            _write(self._pipe, END)
            self._reader.join()
            self._reader = None
            os.close(self._pipe)
            os.close(self._stderr)


def _pass_on(source: int, target: int) -> None:
    rest, ended = b"", False
    while not ended:
        chunk = os.read(source, 65536)
        rest += chunk
        ended = not chunk or rest.endswith(END)
        *lines, rest = rest.removesuffix(END).split(b"\n")
        _write(target, b"".join(line + b"\n" for line in lines if not NOISE.match(line)))
    if not NOISE.match(rest):
        _write(target, rest)
    os.close(source)


def _write(target: int, text: bytes) -> None:
    with suppress(OSError):
        while text:
            text = text[os.write(target, text) :]


_FILTER = _Filter()
