"""A backend in a process of its own: a crash, a hang or a leak ends that process and nothing else."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import AuthenticationError
from multiprocessing.connection import Listener
from typing import IO, TYPE_CHECKING, Any, Literal

from prodmode.backends.contract import Answer, Status
from prodmode.backends.soundness import sound, sound_progress
from prodmode.backends.stragglers import MARK, end_stragglers
from prodmode.errors import BackendError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    import numpy as np
    from numpy.typing import NDArray

    from prodmode.backends.contract import Options, Progress
    from prodmode.formulation.mip import Mip

GRACE_SECONDS = 10.0
"""How long past its time limit, or past the word to stop, a backend is waited for before it is killed."""

START_SECONDS = 60.0
"""How long a process may take to start."""

POLL_SECONDS = 0.05

LAST_WORDS = 4096
"""Bytes at the end of what a process said on stderr that are looked at."""

MEMORY_WORDS = (
    "bad_alloc", "MemoryError", "annot allocate memory", "out of memory", "Out of memory",
    "can't start new thread",
)  # fmt: skip
"""What libraries say last where memory ran out."""

Ending = Literal["answered", "refused", "crashed", "killed", "out of memory"]


@dataclass(frozen=True, slots=True)
class IsolatedRun:
    """How a backend's process ended, and its answer if it gave one.

    Attributes
    ----------
    ending : str
        "answered"; "refused" (the backend raised an error); "crashed"; "killed" (it did not stop in time); or
        "out of memory".
    answer : Answer or None
        What the backend returned.
    message : str
        What happened, in words, where there is no answer.
    peak_memory : int or None
        Largest resident size of the process and its children, in bytes; None where the system does not say.
    """

    ending: Ending
    answer: Answer | None
    message: str
    peak_memory: int | None


@dataclass(frozen=True, slots=True)
class Job:
    """What the process is asked to do."""

    backend: str
    mip: Mip
    options: Options
    start: NDArray[np.float64] | None
    memory_limit: int | None


def run_isolated(
    backend: str,
    mip: Mip,
    options: Options,
    *,
    start: NDArray[np.float64] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
    memory_limit: int | None = None,
    grace: float = GRACE_SECONDS,
) -> IsolatedRun:
    """Run a backend in its own process.

    Parameters
    ----------
    backend : str
        Name of a registered backend.
    mip : Mip
        The program.
    options : Options
        What is asked. Where it has a time limit, the process is killed `grace` seconds after it.
    start : ndarray, optional
        Point to start from.
    on_progress : callable, optional
        Called in this process with the backend's events.
    cancel : threading.Event, optional
        Once set, the backend is asked to stop, and killed `grace` seconds later.
    memory_limit : int, optional
        Most bytes of address space the process may use, where the system can hold it to that.
    grace : float
        Seconds.

    Returns
    -------
    IsolatedRun
        Never raises for what happens in the process.
    """
    key = secrets.token_bytes(16)
    # A file takes what the process says on stderr: a pipe that nobody reads would block it.
    with Listener(authkey=key) as listener, tempfile.TemporaryFile() as words:
        mark = secrets.token_hex(8)
        worker = _Worker(_launch(listener.address, key, mark, words), words, mark, memory_limit is not None)
        try:
            connection = _accept(listener, worker.process)
            if connection is None:
                worker.kill()
                return worker.ended("it did not start")
            with connection:
                try:
                    connection.send(Job(backend, mip, options, start, memory_limit))
                except OSError:
                    return worker.ended()
                began = time.perf_counter()
                run = _follow(worker, connection, options, on_progress, cancel, grace)
                if run.ending != "answered":
                    return run
                return replace(run, answer=sound(run.answer, mip, time.perf_counter() - began))
        finally:
            worker.kill()


def solve_isolated(
    backend: str,
    mip: Mip,
    options: Options,
    *,
    start: NDArray[np.float64] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
    memory_limit: int | None = None,
) -> Answer:
    """Run a backend in its own process and return its answer, an error answer where it gave none.

    Parameters are those of `run_isolated`.

    Raises
    ------
    BackendError
        If the backend refused the program or an option.
    """
    began = time.perf_counter()
    run = run_isolated(
        backend, mip, options, start=start, on_progress=on_progress, cancel=cancel, memory_limit=memory_limit
    )
    if run.answer is not None:
        return run.answer
    if run.ending == "refused":
        raise BackendError(run.message)
    return Answer(Status.ERROR, None, None, None, time.perf_counter() - began, "", run.message)


def _launch(address: Any, key: bytes, mark: str, words: IO[bytes]) -> subprocess.Popen[bytes]:
    # The key travels through the environment: arguments can be read by other users.
    environment = {**os.environ, "PRODMODE_WORKER_KEY": key.hex(), MARK: mark}
    command = [sys.executable, "-m", "prodmode.backends.worker", repr(address)]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(  # noqa: S603
        command, env=environment, stdin=quiet, stdout=quiet, stderr=words, start_new_session=True
    )


def _accept(listener: Listener, process: subprocess.Popen[bytes]) -> Connection[Any, Any] | None:
    """Wait for the process to connect; None where it ends, or takes too long."""
    # A listener has no time limit of its own; its socket has.
    socket: Any = listener._listener  # type: ignore[attr-defined]  # noqa: SLF001
    if hasattr(socket, "_socket"):
        socket._socket.settimeout(0.25)  # noqa: SLF001
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return listener.accept()
        except TimeoutError:
            continue
        except AuthenticationError:  # somebody else knocked
            continue
        except OSError:
            return None
    return None


@dataclass(slots=True)
class _Worker:
    """The process and what it says on stderr."""

    process: subprocess.Popen[bytes]
    words: IO[bytes]
    mark: str
    memory_is_limited: bool

    def kill(self) -> None:
        """End the process and everything it started."""
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()
        self.process.wait()
        end_stragglers(self.mark)

    def ended(self, message: str = "", ending: Ending = "crashed") -> IsolatedRun:
        """Describe the end of a process that gave no answer."""
        try:
            code: int | None = self.process.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        if not message:
            crashed = code is not None and code < 0
            how = f"crashed ({signal.Signals(-code).name})" if crashed and code else f"ended with code {code}"
            message = f"its process {how} and gave no answer"
            last = self._last_words()
            if self.memory_is_limited and any(word in last for word in MEMORY_WORDS):
                ending = "out of memory"
            message = f"{message}: {last}" if last else message
        return IsolatedRun(ending, None, message, None)

    def garbled(self, error: Exception) -> IsolatedRun:
        """Describe an answer that cannot be read."""
        return IsolatedRun(
            "crashed", None, f"what it sent cannot be read: {type(error).__name__}: {error}", None
        )

    def _last_words(self) -> str:
        self.words.seek(max(0, self.words.seek(0, os.SEEK_END) - LAST_WORDS))
        lines = self.words.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else ""


def _follow(
    worker: _Worker,
    connection: Connection[Any, Any],
    options: Options,
    on_progress: Callable[[Progress], None] | None,
    cancel: threading.Event | None,
    grace: float,
) -> IsolatedRun:
    deadline = None if options.time_limit is None else time.monotonic() + options.time_limit + grace
    asked_to_stop = False
    hear = None if on_progress is None else sound_progress(on_progress)
    while True:
        if cancel is not None and cancel.is_set() and not asked_to_stop:
            asked_to_stop = True
            stop_by = time.monotonic() + grace
            deadline = stop_by if deadline is None else min(deadline, stop_by)
            with suppress(OSError):  # it may have ended; the next read says so
                connection.send("cancel")
        if deadline is not None and time.monotonic() > deadline:
            worker.kill()
            why = "asked to stop" if asked_to_stop else f"given {options.time_limit:g} s"
            return worker.ended(f"it was {why} and killed {grace:g} s later", "killed")
        try:
            if not connection.poll(POLL_SECONDS):
                continue
            kind, value = connection.recv()
        except (EOFError, OSError):
            return worker.ended()
        except Exception as error:  # noqa: BLE001  # what it sent may be of a class unknown here
            return worker.garbled(error)
        if kind == "progress":
            if hear is not None:
                hear(value)
            continue
        return _told(kind, value)


def _told(kind: str, value: Any) -> IsolatedRun:
    if kind == "answer":
        answer, peak = value
        return IsolatedRun("answered", answer, "", peak)
    if kind == "memory":
        return IsolatedRun("out of memory", None, "it ran out of memory", value)
    return IsolatedRun("refused", None, str(value), None)
