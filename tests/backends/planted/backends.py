"""Backends that fail in every way that real ones have; each is registered as a third party would."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.backends import highs
from prodmode.backends.contract import Answer, Availability, Capabilities, Options, Progress, Status

if TYPE_CHECKING:
    from prodmode.formulation.mip import Mip

FOLDER = "PRODMODE_PLANTED_FOLDER"
"""Environment variable with the folder in which the planted leave the numbers of their processes."""

MEGABYTE = 1 << 20

Act = Callable[["Mip", Options, Callable[[Progress], None]], Any]


@dataclass(frozen=True)
class Planted:
    """A backend that does what a function does."""

    act: Act

    def availability(self) -> Availability:
        return Availability(available=True, version="1")

    def capabilities(self) -> Capabilities:
        return Capabilities(time_limit=True, gap=True, in_process=False)

    def solve(self, mip: Mip, options: Options, *, on_progress: Any = None, **_others: Any) -> Any:
        name = next(name for name, planted in PLANTED.items() if planted is self)
        note(name, os.getpid())
        return self.act(mip, options, on_progress or (lambda _event: None))


class OddError(BaseException):
    """An exception that ``except Exception`` lets through."""


def note(name: str, process: int) -> None:
    """Write down a process, so that the test can see whether it is gone."""
    with (Path(os.environ[FOLDER]) / name).open("a", encoding="utf-8") as file:
        file.write(f"{process}\n")


def answer(status: Status, x: Any, bound: float | None) -> Answer:
    return Answer(status, x, bound, None, 0.1, "planted 1")


def crash(_mip: Mip, _options: Options, _tell: object) -> None:
    os.abort()


def vanish(_mip: Mip, _options: Options, _tell: object) -> None:
    os._exit(0)


def hang(_mip: Mip, _options: Options, tell: Callable[[Progress], None]) -> None:
    tell(Progress(0.1))
    while True:
        time.sleep(3600)


def lie(mip: Mip, _options: Options, _tell: object) -> Answer:
    """Call the worst plan optimal, with a bound to match."""
    worst = highs.solve(replace(mip, cost=-mip.cost), Options()).x
    assert worst is not None
    return answer(Status.OPTIMAL, worst, mip.objective(worst))


def nan(mip: Mip, _options: Options, tell: Callable[[Progress], None]) -> Answer:
    tell(Progress(0.1, np.nan, -np.inf, np.nan))
    return answer(Status.OPTIMAL, np.full(len(mip.cost), np.nan), -np.inf)


def breach(mip: Mip, options: Options, _tell: object) -> Answer:
    """Return a plan that sells more than there is."""
    x = highs.solve(mip, options).x
    assert x is not None
    return answer(Status.OPTIMAL, np.where(mip.integer, x, 2 * x), mip.objective(2 * x))


def deny(_mip: Mip, _options: Options, _tell: object) -> Answer:
    return answer(Status.INFEASIBLE, None, None)


def devour(_mip: Mip, _options: Options, _tell: object) -> None:
    """Take memory until there is none; untouched, it costs the machine nothing."""
    held = [np.empty(16 * MEGABYTE) for _ in range(100)]
    raise AssertionError(f"{len(held)} blocks were to be had")


def drown(_mip: Mip, _options: Options, _tell: object) -> None:
    """End as a C++ library does that is refused memory."""
    os.write(
        2, b"terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n"
    )
    os.abort()


def odd(_mip: Mip, _options: Options, _tell: object) -> None:
    raise OddError("first line\nsecond line \N{SKULL}")


def shout(mip: Mip, options: Options, _tell: object) -> Answer:
    """Print megabytes, some of them no text, and answer as asked."""
    for stream in (1, 2):
        for _ in range(8):
            rest = b"\xff\x00 loud \n" * (MEGABYTE // 8)
            while rest:
                rest = rest[os.write(stream, rest) :]
    return highs.solve(mip, options)


def leave(mip: Mip, options: Options, _tell: object) -> Answer:
    """Leave two children: one in the group of its parent, one that moved out of reach."""
    for apart in (False, True):
        child = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=apart, close_fds=True
        )
        note("leave", child.pid)
    return highs.solve(mip, options)


def forget(_mip: Mip, _options: Options, _tell: object) -> None:
    """Return nothing at all."""


def garble(mip: Mip, options: Options, _tell: object) -> Any:
    """Return what cannot be sent."""
    return replace(highs.solve(mip, options), message=lambda: "secret")  # type: ignore[arg-type]


def chatter(mip: Mip, options: Options, tell: Callable[[Any], None]) -> Answer:
    """Tell of all sorts, and answer as asked."""
    for event in (None, "half way", Progress(np.nan, 1.0, 1.0), Progress(0.1, np.inf, -np.inf, np.nan)):
        tell(event)
    tell(Progress(0.2, 0.0, None))
    return highs.solve(mip, options)


PLANTED = {
    act.__name__: Planted(act)
    for act in (
        crash, vanish, hang, lie, nan, breach, deny, devour, drown, odd, shout, leave, forget, garble,
        chatter,
    )
}  # fmt: skip


def __getattr__(name: str) -> Planted:
    """Return a backend for its entry point."""
    kind, _, act = name.partition("_")
    if kind != "backend" or act not in PLANTED:
        raise AttributeError(name)
    return PLANTED[act]
