"""Solve a published problem and judge the answer."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from prodmode import solve

if TYPE_CHECKING:
    from prodmode import Result

    from .problems import Problem

TOLERANCE = 1e-6
"""Relative difference from a published value that rounding explains."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    Attributes
    ----------
    group, name : str
        Set and problem.
    published : str
        Published optimum, or best known value and bound.
    objective, bound : float or None
        Ours, in the sense of the published value.
    gap : float or None
        Relative.
    seconds : float
        Reading, building, solving and refereeing.
    status : str
    verified : bool
    verdict : str
        "equal", how far short and not proved, "no plan", or a bug: MISSED, BEATEN, UNVERIFIED.
    """

    group: str
    name: str
    published: str
    objective: float | None
    bound: float | None
    gap: float | None
    seconds: float
    status: str
    verified: bool
    verdict: str

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON-ready values."""
        return asdict(self)


def run(problem: Problem, time_limit: float) -> Row:
    """Solve a problem to proven optimality, as far as the time goes.

    Parameters
    ----------
    problem : Problem
        The problem.
    time_limit : float
        Seconds for the solver.
    """
    began = time.perf_counter()
    result = solve(problem.make(), gap=1e-9, time_limit=time_limit)
    seconds = time.perf_counter() - began
    return Row(
        group=problem.group,
        name=problem.name,
        published=f"{problem.optimum:g}" if problem.optimum is not None else _best(problem),
        objective=None if result.objective is None else problem.sense * result.objective,
        bound=None if result.bound is None else problem.sense * result.bound,
        gap=result.gap,
        seconds=seconds,
        status=result.status.value,
        verified=result.verified,
        verdict=verdict(problem, result),
    )


def verdict(problem: Problem, result: Result) -> str:
    """Return what our plan and bound say beside the published value.

    Parameters
    ----------
    problem : Problem
        With its published value.
    result : Result
        With our plan and bound.
    """
    objective, bound = result.objective, result.bound
    if objective is None or not result.verified:
        return "no plan" if objective is None else "UNVERIFIED"
    proven = problem.optimum is not None
    best = problem.optimum if proven else problem.best
    ceiling = problem.optimum if proven else problem.bound
    if ceiling is not None and objective > problem.sense * ceiling + TOLERANCE * max(1.0, abs(ceiling)):
        return "BEATEN"
    if best is None:
        return "no published value"
    slack = TOLERANCE * max(1.0, abs(best))
    short = problem.sense * best - objective
    if short <= slack:
        return "equal" if proven else "equal to the best known"
    missed = bound is not None and problem.sense * best > bound + slack
    return "MISSED" if missed else f"{short / abs(best):.2%} short, not proved"


def _best(problem: Problem) -> str:
    parts = []
    if problem.best is not None:
        parts.append(f"best known {problem.best:g}")
    if problem.bound is not None:
        parts.append(f"LP bound {problem.bound:g}")
    return ", ".join(parts)
