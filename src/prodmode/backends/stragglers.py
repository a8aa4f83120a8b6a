"""Processes that a backend left running after it moved them out of reach of its process group."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

MARK = "PRODMODE_RUN"
"""Environment variable that every process of a run inherits."""

_PROCESSES = Path("/proc")


def end_stragglers(mark: str) -> int:
    """Kill every process whose environment carries the mark of a run.

    Where the system has no ``/proc``, there is nothing to see and nothing is done.

    Parameters
    ----------
    mark : str
        The value that the run's `MARK` was given.

    Returns
    -------
    int
        How many there were.
    """
    if not _PROCESSES.is_dir():
        return 0
    word, ended = f"{MARK}={mark}".encode(), 0
    for folder in _PROCESSES.iterdir():
        if not folder.name.isdecimal() or int(folder.name) == os.getpid():
            continue
        # Processes of others cannot be read, and any may end meanwhile.
        with suppress(OSError):
            if word in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)
                ended += 1
    return ended
