"""Backends that do what no backend should."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.backends import highs
from prodmode.backends.contract import Answer, Availability, Capabilities, Options, Progress, Status
from prodmode.errors import BackendError

if TYPE_CHECKING:
    from prodmode.formulation.mip import Mip


Act = Callable[["Mip", Callable[[Progress], None], threading.Event], Answer]


@dataclass(frozen=True)
class Planted:
    """A backend that answers with what a function gives."""

    act: Act

    def availability(self) -> Availability:
        return Availability(available=True, version="1")

    def capabilities(self) -> Capabilities:
        return Capabilities()

    def solve(
        self, mip: Mip, _options: Options, *, on_progress: Any, cancel: threading.Event, **_others: Any
    ) -> Answer:
        return self.act(mip, on_progress, cancel)


def _answer(status: Status, x: Any = None, bound: float | None = None) -> Answer:
    return Answer(status, x, bound, None, 0.1, "planted 1")


def _lie(mip: Mip, tell: Callable[[Progress], None], _cancel: object) -> Answer:
    """Say optimal of the worst plan."""
    worst = highs.solve(replace(mip, cost=-mip.cost), Options()).x
    assert worst is not None
    value = mip.objective(worst)
    tell(Progress(0.05, value, -np.inf))
    return _answer(Status.OPTIMAL, worst, value)


def _nothing(mip: Mip, _tell: object, _cancel: object) -> Answer:
    return _answer(Status.OPTIMAL, np.full(len(mip.cost), np.nan), np.nan)


def _short(_mip: Mip, _tell: object, _cancel: object) -> Answer:
    return _answer(Status.OPTIMAL, np.zeros(1), 0.0)


def _deny(_mip: Mip, _tell: object, _cancel: object) -> Answer:
    return _answer(Status.INFEASIBLE)


def _crash(_mip: Mip, _tell: object, _cancel: object) -> Answer:
    os.abort()


def _raise(_mip: Mip, _tell: object, _cancel: object) -> Answer:
    raise ZeroDivisionError("planted")


def _refuse(_mip: Mip, _tell: object, _cancel: object) -> Answer:
    raise BackendError("backend 'refuse' cannot honour: anything")


def _hang(_mip: Mip, tell: Callable[[Progress], None], _cancel: object) -> Answer:
    tell(Progress(0.1))
    time.sleep(600)
    raise AssertionError


def _wait(_mip: Mip, _tell: object, cancel: threading.Event) -> Answer:
    """Leave a mark for the test and wait for the word to stop."""
    Path(os.environ["PRODMODE_TEST_MARK"]).touch()
    cancel.wait(60)
    return _answer(Status.INTERRUPTED)


def _fill(_mip: Mip, _tell: object, _cancel: object) -> Answer:
    raise MemoryError


lie, nothing, short, deny = map(Planted, (_lie, _nothing, _short, _deny))
crash, fail, refuse, hang, fill, wait = map(Planted, (_crash, _raise, _refuse, _hang, _fill, _wait))
NAMES = ("lie", "nothing", "short", "deny", "crash", "fail", "refuse", "hang", "fill", "wait")
