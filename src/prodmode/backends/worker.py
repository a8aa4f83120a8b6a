"""The other end of `prodmode.backends.isolation`: ``python -m prodmode.backends.worker ADDRESS``."""

from __future__ import annotations

import ast
import os
import signal
import sys
import threading
from multiprocessing.connection import Client
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodmode.backends import registry
from prodmode.errors import ProdmodeError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from prodmode.backends.isolation import Job


def main() -> None:
    """Take a job from the process that started this one, and answer it."""
    key = bytes.fromhex(os.environ.pop("PRODMODE_WORKER_KEY"))
    with Client(ast.literal_eval(sys.argv[1]), authkey=key) as connection:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us as "cancel"
        job: Job = connection.recv()
        _limit_memory(job.memory_limit)
        cancel = threading.Event()
        threading.Thread(target=_listen, args=(connection, cancel), daemon=True).start()
        # Events and the answer come from different threads.
        lock = threading.Lock()

        def tell(kind: str, value: Any) -> None:
            with lock:
                connection.send((kind, value))

        try:
            backend = registry.backend(job.backend)
            answer = backend.solve(
                job.mip,
                job.options,
                start=job.start,
                on_progress=lambda event: tell("progress", event),
                cancel=cancel,
            )
        except ProdmodeError as error:
            tell("refused", str(error))
        except MemoryError:
            tell("memory", _peak_memory())
        else:
            tell("answer", (answer, _peak_memory()))


def _listen(connection: Connection[Any, Any], cancel: threading.Event) -> None:
    """Wait for the word to stop; where the other process has gone, end this one and its children."""
    try:
        while connection.recv() != "cancel":
            pass
        cancel.set()
        connection.recv()
    except (EOFError, OSError):
        if hasattr(os, "killpg"):
            os.killpg(os.getpgrp(), signal.SIGKILL)
        os._exit(1)


def _limit_memory(limit: int | None) -> None:
    if limit is None:
        return
    try:
        import resource  # noqa: PLC0415  # not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _peak_memory() -> int | None:
    """Return the largest resident size of this process and its children, in bytes."""
    try:
        import resource  # noqa: PLC0415  # not on every system
    except ImportError:
        return None
    scale = 1 if sys.platform == "darwin" else 1024
    own, children = (
        resource.getrusage(who).ru_maxrss * scale for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return (_own_peak() or own) + children


def _own_peak() -> int | None:
    """Return this process's peak as Linux keeps it: ru_maxrss there starts at that of the parent."""
    try:
        text = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("VmHWM")), None)


if __name__ == "__main__":
    main()
