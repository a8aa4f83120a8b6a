"""The optimum of an instance by the formulation and HiGHS alone, for tests that solve often."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from prodmode.backends import registry
from prodmode.backends.contract import Options, Status
from prodmode.formulation import formulate

if TYPE_CHECKING:
    import prodmode as pm

GAP = 1e-9


def optimum(instance: pm.Instance) -> float | None:
    """Return the largest net present value, None where no plan is feasible."""
    mip = formulate(instance).mip
    answer = registry.backend("highs").solve(
        mip, Options(None, GAP, None, None, {}), start=None, on_progress=None, cancel=threading.Event()
    )
    if answer.status is Status.INFEASIBLE:
        return None
    assert answer.status is Status.OPTIMAL, answer.message
    assert answer.x is not None
    return -float(mip.objective(answer.x))


def same(one: float | None, other: float | None, tolerance: float = 1e-6) -> bool:
    """Whether two optima agree, or both are of infeasible instances."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= tolerance * max(1.0, abs(one), abs(other))
