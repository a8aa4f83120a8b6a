"""Solves in a process of its own: OR-Tools shares none with PuLP."""

from __future__ import annotations

import importlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from prodmode.backends.contract import Answer, Options, Progress
    from prodmode.formulation.mip import Mip


@dataclass
class Job:
    """A solve that is asked for.

    Attributes
    ----------
    cancel_after : float or None
        Seconds after which it is cancelled; 0 before it begins.
    cancel_at_plan : bool
        Whether it is cancelled once there is a plan.
    raise_at : int or None
        Event at which the listener raises ValueError.
    """

    backend: str
    mip: Mip
    options: Options
    start: NDArray[np.float64] | None = None
    cancel_after: float | None = None
    cancel_at_plan: bool = False
    raise_at: int | None = None


@dataclass
class Reply:
    answer: Answer
    events: list[Progress] = field(default_factory=list)


def run(job: Job) -> Reply:
    backend = importlib.import_module(f"prodmode.backends.{job.backend}")
    cancel, events = threading.Event(), []

    def listen(event: Progress) -> None:
        events.append(event)
        if job.cancel_at_plan and event.incumbent is not None:
            cancel.set()
        if job.raise_at is not None and len(events) >= job.raise_at:
            raise ValueError("no more")

    timer = None
    if job.cancel_after == 0:
        cancel.set()
    elif job.cancel_after is not None:
        timer = threading.Timer(job.cancel_after, cancel.set)
        timer.start()
    try:
        answer = backend.solve(job.mip, job.options, start=job.start, on_progress=listen, cancel=cancel)
    finally:
        if timer is not None:
            timer.cancel()
    return Reply(answer, events)
