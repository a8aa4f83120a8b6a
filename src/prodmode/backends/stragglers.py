"""Processes that a backend left running after it moved them out of reach of its process group."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

MARK = "PRODMODE_RUN"
"""Environment variable that every process of a run inherits."""

_PROCESSES = Path("/proc")


def stragglers(mark: str) -> list[int]:
    """Return the processes whose environment carries the mark of a run.

    Parameters
    ----------
    mark : str
        The value that the run's `MARK` was given.

    Returns
    -------
    list of int
        Their numbers; none where the system has no ``/proc`` to look into.
    """
    if not _PROCESSES.is_dir():
        return []
    word, found = f"{MARK}={mark}".encode(), []
    for folder in _PROCESSES.iterdir():
        if not folder.name.isdecimal() or int(folder.name) == os.getpid():
            continue
        # Processes of others cannot be read, and any may end meanwhile.
        with suppress(OSError):
            if word in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def end_stragglers(mark: str) -> None:
    """Kill every process that `stragglers` finds."""
    for process in stragglers(mark):
        with suppress(OSError):
            os.kill(process, signal.SIGKILL)
