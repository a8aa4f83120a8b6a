"""Programs and checks that the tests of several solvers share."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends.contract import Options, relative_gap
from prodmode.formulation import formulate
from prodmode.io import load
from tests.backends.programs import program

if TYPE_CHECKING:
    from prodmode.backends.contract import Answer
    from prodmode.formulation.mip import Mip

    from .child import Reply

EXACT = Options(gap=0.0, time_limit=60)

INSTANCES = Path(__file__).parents[3] / "instances"

SMALL = tuple(sorted(path.name for path in INSTANCES.glob("*.yaml")))

SHIPPED = (*SMALL, "furniture")


@cache
def shipped(name: str) -> Mip:
    """Return the program of a shipped instance."""
    return formulate(load(INSTANCES / name)).mip


def random_program(seed: int, *, integers: bool = True, continuous: bool = True) -> Mip:
    """Return a small program with rows of every kind; some have no point."""
    random = np.random.default_rng(seed)
    columns, rows = 10, 7
    integer = random.random(columns) < 0.6 if continuous else np.ones(columns, dtype=bool)
    matrix = random.integers(-9, 10, (rows, columns)) * (random.random((rows, columns)) < 0.5)
    inside = random.integers(0, 4, columns)
    activity = matrix @ inside + random.integers(-2, 4, rows)
    kind = random.integers(0, 4, rows)
    return program(
        random.integers(-20, 21, columns) / 4,
        matrix,
        row_lower=np.where(kind == 0, -np.inf, np.where(kind == 3, activity - 6, activity)),
        row_upper=np.where(kind == 1, np.inf, np.where(kind == 3, activity + 6.5, activity + (kind == 2))),
        lower=-random.integers(0, 3, columns).astype(float),
        upper=random.integers(3, 8, columns).astype(float),
        integer=integer if integers else False,
        offset=float(random.integers(-50, 50)),
    )


def objective(answer: Answer, mip: Mip) -> float:
    """Return the objective of an answer's point, which must hold."""
    assert answer.x is not None
    assert mip.violation(answer.x) <= 1e-6
    assert (answer.x[mip.integer] == np.round(answer.x[mip.integer])).all()
    return mip.objective(answer.x)


def assert_events_get_better(reply: Reply, mip: Mip) -> None:
    """Incumbents fall, bounds rise, neither passes the answer's."""
    events, answer = reply.events, reply.answer
    incumbents = [event.incumbent for event in events if event.incumbent is not None]
    bounds = [event.bound for event in events if event.bound is not None]
    assert incumbents == sorted(incumbents, reverse=True)
    assert bounds == sorted(bounds)
    assert incumbents[-1] >= objective(answer, mip) - 1e-6
    assert not bounds or answer.bound is None or bounds[-1] <= answer.bound + 1e-6
    seconds = [event.seconds for event in events]
    assert seconds == sorted(seconds)
    for event in events:
        assert event.gap == relative_gap(event.incumbent, event.bound)
        for value in (event.incumbent, event.bound, event.gap):
            assert value is None or np.isfinite(value)
        assert event.nodes is None or event.nodes >= 0
