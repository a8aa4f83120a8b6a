"""CBC and HiGHS: the same optimum everywhere, and CBC's bound never on the wrong side of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import prodmode as pm
from prodmode.backends import cbc, highs
from prodmode.backends.contract import Options, Progress, Status
from prodmode.formulation import formulate

if TYPE_CHECKING:
    from prodmode.formulation.mip import Mip

INSTANCES = Path(__file__).parents[3] / "instances"
SHIPPED = [*sorted(path.name for path in INSTANCES.glob("*.yaml")), "furniture"]

pytestmark = pytest.mark.skipif(not cbc.availability(), reason=str(cbc.availability().reason))


@cache
def generated(seed: int) -> tuple[Mip, float]:
    """Return a small portfolio's program and its optimum."""
    instance = pm.generate(lines=3 + seed % 5, periods=1 + seed % 4, seed=seed, profile="tight")
    return with_optimum(instance)


def with_optimum(instance: pm.Instance) -> tuple[Mip, float]:
    mip = formulate(instance).mip
    answer = highs.solve(mip, Options(gap=0.0, time_limit=60))
    assert answer.status is Status.OPTIMAL
    assert answer.x is not None
    return mip, mip.objective(answer.x)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped(name: str) -> None:
    mip, optimum = with_optimum(pm.load(INSTANCES / name))
    answer = cbc.solve(mip, Options(gap=0.0, time_limit=60))
    assert answer.status is Status.OPTIMAL
    assert answer.x is not None
    assert mip.violation(answer.x) <= 1e-6
    assert mip.objective(answer.x) == pytest.approx(optimum, rel=1e-6)
    assert answer.bound == pytest.approx(optimum, rel=1e-6)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("options", [Options(gap=0.0), Options(gap=0.05), Options(gap=0.0, threads=2)])
def test_generated(seed: int, options: Options) -> None:
    mip, optimum = generated(seed)
    events: list[Progress] = []
    answer = cbc.solve(mip, options, on_progress=events.append)
    assert answer.status in (Status.OPTIMAL, Status.GAP_REACHED if options.gap else Status.OPTIMAL)
    assert answer.x is not None
    assert mip.violation(answer.x) <= 1e-6
    slack = 1e-6 * abs(optimum)
    assert answer.bound is not None
    assert answer.bound <= optimum + slack
    assert mip.objective(answer.x) >= optimum - slack
    assert mip.objective(answer.x) - answer.bound <= max(options.gap, 1e-6) * abs(mip.objective(answer.x))
    # What was said on the way holds too, as far as it was printed.
    for event in events:
        assert event.bound is None or event.bound <= optimum + slack
        assert event.incumbent is None or event.incumbent >= optimum - 10 * slack
