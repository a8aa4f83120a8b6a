"""What PuLP's solvers take and tell, as data."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

TINY = 1e-9
"""Least gap passed on: PuLP drops a gap of zero, and the solver's own default would hold."""

LARGEST_SEED = 2**31 - 2

Words = Callable[[int], Mapping[str, Any]]
"""Makes keyword arguments of PuLP's class from a number; lists are joined where several give "options"."""


@dataclass(frozen=True, slots=True)
class PulpSolver:
    """How PuLP's class for a solver is spoken to.

    Attributes
    ----------
    module, distribution : str or None
        Python package it needs, and what to install for it.
    time_limit, gap : callable or None
        Make PuLP's arguments of seconds and of a relative gap; None where it takes none.
    threads, seed : callable or None
        Likewise of a count and a number.
    warm_start : bool
    bound : re.Pattern or None
        Finds the bound, the last one counts, in the log where the solver's object does not have it.
    proof : re.Pattern or None
        Says in the log that the search was finished: the bound is the objective then.
    tells_bound : bool
        Whether a bound can be had at all.
    """

    module: str | None = None
    distribution: str | None = None
    time_limit: Callable[[float], Mapping[str, Any]] | None = field(
        default=lambda seconds: {"timeLimit": seconds}
    )
    gap: Callable[[float], Mapping[str, Any]] | None = field(default=lambda gap: {"gapRel": gap})
    threads: Words | None = None
    seed: Words | None = None
    warm_start: bool = False
    bound: re.Pattern[str] | None = None
    proof: re.Pattern[str] | None = None
    tells_bound: bool = True


_NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.replace("NUMBER", _NUMBER))


def _threads(count: int) -> Mapping[str, Any]:
    return {"threads": count}


_GUROBI_LOG = _pattern(r"best bound NUMBER, gap")
_SCIP_LOG = _pattern(r"^\s*(?:Final )?Dual Bound\s*:\s*NUMBER")

SOLVERS: dict[str, PulpSolver] = {
    "GUROBI": PulpSolver(
        "gurobipy", "gurobipy",
        threads=lambda count: {"Threads": count}, seed=lambda seed: {"Seed": seed}, warm_start=True,
    ),
    "CPLEX_PY": PulpSolver(
        "cplex", "cplex", threads=_threads, seed=lambda seed: {"randomseed": seed}, warm_start=True
    ),
    "XPRESS_PY": PulpSolver(
        "xpress", "xpress",
        time_limit=lambda seconds: {"options": [f"TIMELIMIT={float(seconds)!r}"]},
        # Its cutoffs drop plans that are better by less than a millionth.
        gap=lambda gap: {"gapRel": gap, "options": ["MIPRELCUTOFF=0.0", "MIPADDCUTOFF=0.0"]},
        threads=lambda count: {"options": [f"THREADS={count}"]},
        seed=lambda seed: {"options": [f"RANDOMSEED={seed}"]},
        warm_start=True,
    ),
    "COPT": PulpSolver("coptpy", "coptpy", threads=lambda count: {"Threads": count}, warm_start=True),
    "SCIP_PY": PulpSolver(
        "pyscipopt", "pyscipopt",
        seed=lambda seed: {"options": ["randomization/randomseedshift", seed]}, warm_start=True,
    ),
    "GLPK_CMD": PulpSolver(
        time_limit=lambda seconds: {"timeLimit": math.ceil(seconds)},
        gap=lambda gap: {"options": ["--mipgap", repr(gap)]},
        seed=lambda seed: {"options": ["--seed", str(seed)]},
        bound=_pattern(r"mip =\s+(?:not found yet|[-+\d.eE]+)\s+>=\s+NUMBER"),
        proof=re.compile("INTEGER OPTIMAL SOLUTION FOUND"),
    ),
    "GUROBI_CMD": PulpSolver(
        threads=_threads, seed=lambda seed: {"options": [["Seed", seed]]}, warm_start=True, bound=_GUROBI_LOG
    ),
    "CPLEX_CMD": PulpSolver(
        threads=_threads, warm_start=True, bound=_pattern(r"^Current MIP best bound\s*=\s*NUMBER")
    ),
    "XPRESS": PulpSolver(warm_start=True, bound=_pattern(r"(?i)best bound\s*[:=]?\s*NUMBER")),
    "SCIP_CMD": PulpSolver(bound=_SCIP_LOG),
    "FSCIP_CMD": PulpSolver(threads=_threads, bound=_SCIP_LOG),
    "MOSEK": PulpSolver("mosek", "mosek", gap=None, tells_bound=False),
}  # fmt: skip
"""The solvers whose arguments and bounds are known."""

OTHER = PulpSolver(gap=None, tells_bound=False)
"""Any other solver that PuLP finds."""

ELSEWHERE = {
    "HiGHS": "highs",
    "HiGHS_CMD": "highs",
    "PULP_CBC_CMD": "cbc",
    "COIN_CMD": "cbc",
    "COINMP_DLL": "cbc",
    "CYLP": "cbc",
    "CyLP": "cbc",
}
"""Solvers that have a backend of their own, which does more."""


def known(name: str) -> PulpSolver:
    """Return what is known of one of PuLP's solvers."""
    return SOLVERS.get(name, OTHER)


def arguments(
    solver: PulpSolver,
    *,
    time_limit: float | None,
    gap: float,
    threads: int | None,
    seed: int | None,
    warm_start: bool,
) -> dict[str, Any]:
    """Return the arguments of PuLP's class; what the solver does not take is left out."""
    given: list[Mapping[str, Any]] = [{"msg": True}]
    if time_limit is not None and solver.time_limit is not None:
        given.append(solver.time_limit(max(time_limit, 0.01)))
    if solver.gap is not None:
        given.append(solver.gap(max(gap, TINY)))
    if threads is not None and solver.threads is not None:
        given.append(solver.threads(threads))
    if seed is not None and solver.seed is not None:
        given.append(solver.seed(seed % LARGEST_SEED))
    if warm_start and solver.warm_start:
        given.append({"warmStart": True})
    merged: dict[str, Any] = {}
    for words in given:
        for name, value in words.items():
            merged[name] = [*merged.get(name, []), *value] if name == "options" else value
    return merged
