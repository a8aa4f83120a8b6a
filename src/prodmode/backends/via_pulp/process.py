"""A solver in a process of its own: its log line by line as it is written, and its end for certain.

On POSIX systems the solver writes to a pseudo-terminal, for two reasons. A program that writes to a pipe
keeps its lines back until some kilobytes are full, and CBC's come at its end then. And the pseudo-terminal is
the process's controlling terminal, so that the system hangs it up when this process goes away, however it
goes: CBC would run on to its limit otherwise.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

POSIX = os.name == "posix"

OVERRUN_SECONDS = 1.0
"""How long past its time limit a solver is left alone before it is asked to stop."""

GRACE_SECONDS = 3.0
"""How long a solver that was asked to stop has to hand over what it has before it is killed."""

POLL_SECONDS = 0.05

# Takes the terminal as its own and becomes the solver. Signals that were ignored here would stay ignored.
_LAUNCH = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(1, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


class SolverProcess:
    """A running solver; leaving its ``with`` block ends it and every process it started.

    Parameters
    ----------
    command : sequence of str
        Path of the program and its arguments.
    folder : Path
        Its working directory, and where it keeps temporary files.
    """

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._all_read = False
        if POSIX:
            source, sink = os.openpty()
            launch = [sys.executable, "-I", "-S", "-c", _LAUNCH, *command]
            try:
                self.process = _start(launch, folder, sink)
            except BaseException:
                os.close(source)
                raise
            finally:
                os.close(sink)
        else:
            source, sink = os.pipe()
            try:
                self.process = _start(list(command), folder, sink)
            except BaseException:
                os.close(source)
                raise
            finally:
                os.close(sink)
        self._reader = threading.Thread(target=self._read, args=(source,), daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _read(self, source: int) -> None:
        rest = b""
        with suppress(OSError):  # how a pseudo-terminal says that the other end is closed
            while chunk := os.read(source, 65536):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._lines.put(line.decode(errors="replace").rstrip())
        if rest:
            self._lines.put(rest.decode(errors="replace").rstrip())
        self._lines.put(None)
        os.close(source)

    def lines(self, wait: float) -> list[str] | None:
        """Return the lines since the last call after at most `wait` seconds, None when there are no more."""
        if self._all_read:
            return None
        found: list[str] = []
        with suppress(queue.Empty):
            line = self._lines.get(timeout=wait)
            while line is not None:
                found.append(line)
                line = self._lines.get_nowait()
            self._all_read = True
            return found or None
        return found

    def interrupt(self) -> None:
        """Ask it to stop and hand over what it has, as Ctrl-C does; where that cannot be asked, end it."""
        if POSIX:
            self._signal(signal.SIGINT)
        else:
            self.process.terminate()

    def kill(self) -> None:
        """End it and every process it started."""
        if POSIX:
            self._signal(signal.SIGKILL)
        elif self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def _signal(self, number: int) -> None:
        # Its process group, which bears its number, may outlive it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


def _start(command: list[str], folder: Path, sink: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        command,
        cwd=folder,
        # PuLP leaves files behind where it keeps temporary ones.
        env={**os.environ, **dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(folder))},
        stdin=subprocess.DEVNULL,
        stdout=sink,
        stderr=sink,
        start_new_session=POSIX,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


@dataclass(slots=True)
class Run:
    """How a solver's run ended.

    Attributes
    ----------
    code : int or None
        What the process returned; None where it was killed for not stopping.
    seconds : float
        How long it took.
    cancelled : bool
        Whether it was asked to stop by the caller.
    overran : bool
        Whether it was asked to stop for running past its time limit.
    killed : bool
        Whether it did not stop when asked.
    last : list of str
        The last lines it wrote.
    """

    code: int | None = None
    seconds: float = 0.0
    cancelled: bool = False
    overran: bool = False
    killed: bool = False
    last: list[str] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        """Whether it was stopped from here."""
        return self.cancelled or self.overran


def follow(
    command: Sequence[str],
    folder: Path,
    on_lines: Callable[[list[str], float], None],
    *,
    time_limit: float | None,
    cancel: threading.Event | None,
    worth_waiting_for: Callable[[], bool] = lambda: True,
    grace: float = GRACE_SECONDS,
    overrun: float = OVERRUN_SECONDS,
) -> Run:
    """Run a solver to its end.

    Parameters
    ----------
    command : sequence of str
        Path of the program and its arguments.
    folder : Path
        Its working directory.
    on_lines : callable
        Called some times a second with the lines written since the last call, perhaps none, and the seconds
        since the start; what it raises ends the run.
    time_limit : float, optional
        Seconds; the solver knows them too, and is stopped from here where it does not mind them.
    cancel : threading.Event, optional
        Once set, the solver is asked to stop.
    worth_waiting_for : callable
        Whether a solver asked to stop may have something to hand over; it is killed at once where not.
    grace, overrun : float
        Seconds that a solver asked to stop, and one past its time limit, is given.
    """
    run, began = Run(), time.perf_counter()
    stop_by: float | None = None
    with SolverProcess(command, folder) as solver:
        while (lines := solver.lines(POLL_SECONDS)) is not None:
            run.seconds = time.perf_counter() - began
            run.last = (run.last + [line for line in lines if line])[-5:]
            on_lines(lines, run.seconds)
            if stop_by is not None:
                if run.seconds > stop_by and not run.killed:
                    run.killed = True
                    solver.kill()
                continue
            run.cancelled = cancel is not None and cancel.is_set()
            run.overran = time_limit is not None and run.seconds > time_limit + overrun
            if run.cancelled or run.overran:
                solver.interrupt()
                stop_by = run.seconds + (grace if worth_waiting_for() else 0.0)
        code = solver.process.wait()
    run.seconds = time.perf_counter() - began
    run.code = None if run.killed else code
    return run
