"""Many solves at once, each in one of a few processes that keep the study at hand."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from prodmode.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.synchronize import Event as EventType

    from prodmode.explain.study import Case, Study
    from prodmode.result import Result

POLL_SECONDS = 0.2
"""How long a word to stop may go unheard."""


def side_by_side(
    study: Study,
    cases: Sequence[Case],
    processes: int,
    *,
    on_progress: Callable[[int, int, Case], None] | None,
    stop: threading.Event,
) -> list[Result | None]:
    """Solve cases in processes of their own.

    Parameters
    ----------
    study : Study
        Solves each case.
    cases : sequence of Case
    processes : int
        How many at once.
    on_progress : callable or None
        Called with the number of cases done, the number of all, and the case just done.
    stop : threading.Event
        Ends it once set: cases not begun are left, those under way keep the best plan so far.

    Returns
    -------
    list of Result or None
        In the order of the cases; None for those that were not begun.

    Raises
    ------
    BackendError
        If a process dies.
    """
    results: list[Result | None] = [None] * len(cases)
    context = get_context("spawn")
    stopped = context.Event()
    pool = ProcessPoolExecutor(processes, context, _begin, (study, stopped))
    try:
        with main_left_alone():
            waiting: dict[Future[Result], int] = {
                pool.submit(_solve, case): number for number, case in enumerate(cases)
            }
        done = 0
        while waiting:
            finished, _ = wait(waiting, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in finished:
                number = waiting.pop(future)
                if future.cancelled():
                    continue
                results[number] = future.result()
                done += 1
                if on_progress is not None:
                    on_progress(done, len(cases), cases[number])
            if stop.is_set():
                stopped.set()
                for future in waiting:
                    future.cancel()
    except BrokenProcessPool:
        advice = "a solver crashed, or memory ran out. Try processes=1, a time limit or another backend"
        raise BackendError(f"a process that solved a case died: {advice}") from None
    else:
        return results
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def main_left_alone() -> Iterator[None]:
    """Keep new processes from running the caller's script once more, which a script need not be made for."""
    main = sys.modules["__main__"]
    known: dict[str, Any] = {}
    known |= {name: vars(main)[name] for name in ("__file__", "__spec__") if name in vars(main)}
    try:
        vars(main).update(dict.fromkeys(known))
        yield
    finally:
        vars(main).update(known)


class _Worker:
    """What a process of the pool works on."""

    study: Study | None = None
    stop = threading.Event()


def _begin(study: Study, stopped: EventType) -> None:
    _Worker.study = study

    def listen() -> None:
        stopped.wait()
        _Worker.stop.set()

    threading.Thread(target=listen, daemon=True).start()


def _solve(case: Case) -> Result:
    if _Worker.study is None:
        raise RuntimeError("the process has no study")
    return _Worker.study.solve(case, cancel=_Worker.stop)
