"""One measurement in a process of its own: ``python -m benchmarks.scale.case '{"lines": ...}'``."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import prodmode as pm
from benchmarks.machine import peak_memory
from prodmode.instance.generator import generate


def measure(case: dict[str, Any]) -> dict[str, Any]:
    """Generate a portfolio, solve it and return what came of it.

    Parameters
    ----------
    case : dict
        ``profile``, ``lines``, ``periods``, ``seed``, ``backend``, ``time_limit`` and ``gap``.
    """
    began = time.perf_counter()
    instance = generate(
        lines=case["lines"], periods=case["periods"], profile=case["profile"], seed=case["seed"]
    )
    generated = time.perf_counter()
    reached: list[tuple[float, float]] = []
    result = pm.solve(
        instance, backend=case["backend"], time_limit=case["time_limit"], gap=case["gap"],
        on_progress=lambda event: reached.append((event.seconds, event.gap)) if event.gap else None,
    )  # fmt: skip
    ended = time.perf_counter()
    return {
        **case,
        "status": result.status.value,
        "verified": result.verified,
        "objective": result.objective,
        "bound": result.bound,
        "gap_reached": result.gap,
        "first_plan_seconds": reached[0][0] if reached else None,
        "generate_seconds": generated - began,
        "build_seconds": result.build_seconds,
        "solve_seconds": result.solve_seconds,
        "around_seconds": ended - generated - result.build_seconds - result.solve_seconds,
        "peak_memory": peak_memory(),
        "message": result.message,
    }


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(sys.argv[1]))))
