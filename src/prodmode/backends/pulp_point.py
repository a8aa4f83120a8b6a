"""Points that solvers outside this process return, made exact or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends.highs import minimise_with_fixed_integers

if TYPE_CHECKING:
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
    better = minimise_with_fixed_integers(mip, x)
    candidates = [point for point in (better, x) if point is not None and mip.violation(point) <= FEASIBLE]
    return candidates[0] if candidates else None


def usable_start(mip: Mip, start: NDArray[np.float64] | None) -> tuple[NDArray[np.float64] | None, str]:
    """Return the start if it is feasible, and otherwise None and what to say of it."""
    if start is None:
        return None, ""
    if len(start) != len(mip.cost) or mip.violation(start) > FEASIBLE:
        return None, "the starting plan is not feasible here and was passed over"
    return start, ""


def better_of(
    mip: Mip, x: NDArray[np.float64] | None, start: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    """Return the point of lower objective: a solver that was stopped early may have lost its start."""
    if x is None or start is None:
        return start if x is None else x
    return x if mip.objective(x) <= mip.objective(start) else start
