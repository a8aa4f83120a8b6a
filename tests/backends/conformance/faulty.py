"""Backends with one fault each, made of the template, for the kit to find."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.backends import template
from prodmode.backends.contract import Answer, Availability, Capabilities, Options, Progress, Status

if TYPE_CHECKING:
    from prodmode.formulation.mip import Mip

Change = Callable[[Answer, "Mip"], Any]

READY = Availability(available=True, version="1")

EVERYTHING = Capabilities(
    time_limit=True, gap=True, threads=True, seed=True, warm_start=True, progress=True, interrupt=True
)


@dataclass(frozen=True)
class Faulty:
    """The template with another answer, other words about itself, or other events."""

    change: Change = lambda answer, _mip: answer
    can: Any = EVERYTHING
    state: Any = READY
    ask: Callable[[Options], Options] = lambda options: options
    events: tuple[Progress, ...] = ()

    def availability(self) -> Any:
        return self.state

    def capabilities(self) -> Any:
        return self.can

    def solve(self, mip: Mip, options: Options, *, on_progress: Any = None, **_others: Any) -> Any:
        for event in self.events if on_progress else ():
            on_progress(event)
        asked = replace(self.ask(options), threads=None, seed=None)
        return self.change(template.solve(mip, asked), mip)


class Careless(Faulty):
    """It looks at neither program nor options."""

    def solve(self, *_arguments: Any, **_others: Any) -> Any:
        return Answer(Status.ERROR, None, None, None, 0.0, "1", "it failed")


class Loud(Faulty):
    """It prints."""

    def solve(self, mip: Mip, options: Options, **_others: Any) -> Any:
        sys.stdout.write("solving\n")
        return super().solve(mip, options)


class Untidy(Faulty):
    """It leaves a file where it runs."""

    def solve(self, mip: Mip, options: Options, **_others: Any) -> Any:
        Path("left.txt").touch()
        return super().solve(mip, options)


class Loader(Faulty):
    """It imports a solver to find out whether it can run."""

    def availability(self) -> Any:
        import highspy  # noqa: F401, PLC0415

        return self.state


def worst(answer: Answer, mip: Mip) -> Answer:
    """Return the worst point there is, with a bound to match."""
    if answer.x is None:
        return answer
    x = template.solve(replace(mip, cost=-mip.cost), Options()).x
    return answer if x is None else replace(answer, x=x, bound=mip.objective(x))


def deny(answer: Answer, _mip: Mip) -> Answer:
    return replace(answer, status=Status.INFEASIBLE, x=None, bound=None)


def claim(answer: Answer, _mip: Mip) -> Answer:
    """Call whatever there is optimal."""
    return replace(answer, status=Status.OPTIMAL)


def bend(answer: Answer, mip: Mip) -> Answer:
    """Return integers that are nearly whole."""
    return answer if answer.x is None else replace(answer, x=answer.x + np.where(mip.integer, 1e-9, 0.0))


silent = Faulty(state=Availability(available=False))
versionless = Faulty(state=Availability(available=True))
vague = Faulty(can=Capabilities(gap="yes"))  # type: ignore[arg-type]
denial = Faulty(deny)
false_bound = Faulty(worst)
nearly_whole = Faulty(bend)
premature = Faulty(claim, ask=lambda options: replace(options, gap=0.5))
mute = Faulty()
backwards = Faulty(events=(Progress(0.1, 9e9, 0.0), Progress(0.2, 1e10, -1.0)))
maximiser = Faulty(events=(Progress(0.1, -9000.0, -4000.0), Progress(0.2, -9001.0, -4000.0)))
careless, loud, loader, untidy = Careless(), Loud(), Loader(), Untidy()
