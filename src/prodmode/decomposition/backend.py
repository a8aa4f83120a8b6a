"""The backend `decomposition`: prices, lines on their own, and plans of restricted programs."""

from __future__ import annotations

import time
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends import highs
from prodmode.backends.contract import (
    Answer,
    Availability,
    Capabilities,
    Options,
    Progress,
    Status,
    proven_status,
    refuse_unsound,
    relative_gap,
)
from prodmode.errors import BackendError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.decomposition.search import Search
    from prodmode.formulation.mip import Mip

SPECIFICS = {
    "checkpoint": "file that keeps prices and the best plan, so that a run that was ended goes on from there",
}


def availability() -> Availability:
    """Return whether it can run here: it needs HiGHS for the small programs; numba makes it faster."""
    found = highs.availability()
    if not found:
        return replace(found, reason=f"it needs HiGHS, and {found.reason}")
    return Availability(available=True, version=_version())


def capabilities() -> Capabilities:
    """Return what it can do."""
    return Capabilities(
        time_limit=True, gap=True, threads=True, seed=True, warm_start=True, progress=True, interrupt=True,
        specifics=SPECIFICS,
    )  # fmt: skip


def solve(
    mip: Mip,
    options: Options,
    *,
    start: NDArray[np.float64] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
) -> Answer:
    """Minimise a program line by line.

    Parameters
    ----------
    mip : Mip
        The program. Where nothing is known of its structure, or it has no more than two lines, HiGHS
        solves it as a whole and the answer says so.
    options : Options
        Limits and options.
    start : ndarray, shape (n,), optional
        A feasible point to start from; one that is not feasible is passed over and said in the message.
    on_progress : callable, optional
        Called with a `Progress`; what it raises ends the run.
    cancel : threading.Event, optional
        Stops the run once set; the best plan so far is kept.

    Raises
    ------
    BackendError
        If the program is not sound or HiGHS refuses a part of it.
    """
    refuse_unsound(mip)
    unknown = sorted(set(options.specifics) - set(SPECIFICS))
    if unknown:
        raise BackendError(f"decomposition has no option '{unknown[0]}'; it has: {', '.join(SPECIFICS)}")
    began = time.perf_counter()
    sides = mip.uncrossed()
    if sides is None:
        return Answer(
            Status.INFEASIBLE, None, None, None, 0.0, _label(), "a lower side is above the upper one"
        )
    from prodmode.decomposition.split import split  # noqa: PLC0415  # the registry asks without solving

    parts = split(sides)
    if parts is None or parts.lines <= 2:
        answer = highs.solve(
            mip, replace(options, specifics={}), start=start, on_progress=on_progress, cancel=cancel
        )
        note = "there is nothing to take apart; HiGHS solved it as a whole"
        return replace(answer, version=_label(), message="; ".join(filter(None, [answer.message, note])))
    from prodmode.decomposition.jit import limit_threads  # noqa: PLC0415
    from prodmode.decomposition.search import Search  # noqa: PLC0415

    limit_threads(options.threads)
    search = Search(parts, options, on_progress, cancel)
    note = ""
    if start is not None and (len(start) != len(mip.cost) or mip.violation(start) > highs_tolerance()):
        start, note = None, "the starting plan is not feasible here and was passed over"
    status = search.run(start)
    return _answer(search, options, status, time.perf_counter() - began, note)


def highs_tolerance() -> float:
    """Return the violation from which a starting point is passed over, as with HiGHS."""
    return 1e-6


def _answer(search: Search, options: Options, stopped: Status | None, seconds: float, note: str) -> Answer:
    x = search.x
    bound = search.bound if np.isfinite(search.bound) else None
    if x is not None and bound is not None:
        # Rounding may leave the objective a hair below the bound.
        bound = min(bound, search.objective)
    if search.infeasible and x is None:
        return Answer(Status.INFEASIBLE, None, None, search.nodes, seconds, _label(), note)
    proven = proven_status(relative_gap(search.objective if x is not None else None, bound), options.gap)
    status = proven or stopped
    if status is None:
        status, note = Status.ERROR, "; ".join(filter(None, [note, "nothing was left to try"]))
    return Answer(status, x, bound, search.nodes, seconds, _label(), note)


def _version() -> str:
    try:
        own = version("prodmode")
    except PackageNotFoundError:
        own = "unknown"
    return own


def _label() -> str:
    kernel = "compiled by numba" if find_spec("numba") is not None else "not compiled"
    return f"prodmode {_version()}, kernels {kernel}, HiGHS {highs.availability().version}"
