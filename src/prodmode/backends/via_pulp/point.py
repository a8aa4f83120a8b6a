"""Points and verdicts of solvers outside this process, made exact or dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, hstack

from prodmode.backends.contract import Answer, Status
from prodmode.backends.highs import minimise_with_fixed_integers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.formulation.mip import Mip

FEASIBLE = 1e-6
"""Largest violation of a point that counts as feasible."""

WHOLE = 1e-4
"""How far from whole an integer column may be before the point is taken for garbage."""


def polished(mip: Mip, x: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the best point with the integers of `x`, None where `x` is no solution.

    Parameters
    ----------
    mip : Mip
        The program, in the user's units.
    x : ndarray, shape (n,)
        What the solver returned.
    """
    if len(x) != len(mip.cost) or not np.isfinite(x).all():
        return None
    whole = x[mip.integer]
    if whole.size and np.abs(whole - np.round(whole)).max() > WHOLE:
        return None
    for point in (minimise_with_fixed_integers(mip, x), x):
        if point is not None and mip.violation(point) <= FEASIBLE:
            return point
    return None


def usable_start(mip: Mip, start: NDArray[np.float64] | None) -> tuple[NDArray[np.float64] | None, str]:
    """Return the start if it is feasible, and otherwise None and what to say of it."""
    if start is None:
        return None, ""
    if len(start) != len(mip.cost) or not mip.violation(start) <= FEASIBLE:
        return None, "the starting plan is not feasible here and was passed over"
    return start, ""


def better_of(
    mip: Mip, x: NDArray[np.float64] | None, start: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    """Return the point of lower objective: a solver that was stopped early may have lost its start."""
    if x is None or start is None:
        return start if x is None else x
    return x if mip.objective(x) <= mip.objective(start) else start


def infeasible_or_unbounded(mip: Mip, ended: Answer, solve_without_cost: Callable[[Mip], Answer]) -> Answer:
    """Tell apart what solvers mix up.

    Parameters
    ----------
    mip : Mip
        A program for which the solver found that it is infeasible or unbounded.
    ended : Answer
        The answer so far; returned with the status that is proved.
    solve_without_cost : callable
        Solves a program with the same solver: what is feasible without a cost is not infeasible.
    """
    if not mip.cost.any():
        return replace(ended, status=Status.INFEASIBLE, x=None, bound=None)
    feasibility = solve_without_cost(replace(mip, cost=np.zeros_like(mip.cost), offset=0.0))
    if feasibility.x is None:
        message = "; ".join(filter(None, [ended.message, feasibility.message]))
        return replace(ended, status=feasibility.status, x=None, bound=None, message=message)
    relaxed = replace(mip, integer=np.zeros_like(mip.integer))
    if minimise_with_fixed_integers(relaxed, feasibility.x) is None:
        return replace(ended, status=Status.UNBOUNDED, x=None, bound=None)
    message = "the solver found no optimum where there is one"
    return replace(ended, status=Status.ERROR, x=None, bound=None, message=message)


def with_constant_as_column(mip: Mip) -> Mip:
    """Return the program with its constant as the cost of a last column fixed at one.

    Files and PuLP carry constants badly; so the solver's objectives, bounds and gaps include it.
    """
    rows = mip.shape[0]
    return replace(
        mip,
        cost=np.append(mip.cost, mip.offset),
        offset=0.0,
        matrix=csr_array(hstack([mip.matrix, csr_array((rows, 1))], format="csr")),
        lower=np.append(mip.lower, 1.0),
        upper=np.append(mip.upper, 1.0),
        integer=np.append(mip.integer, False),
    )
