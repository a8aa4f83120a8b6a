"""A first plan for CP-SAT to better: a relaxation's fractions rounded one by one, an LP after each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.silent_highs import highs_with, highspy

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.backends.via_ortools.cp_sat_root import Relaxation

FRACTION = 1e-6
"""What is nearer than this to a whole number is whole."""

CERTAIN = 0.02
"""Fractions that are all rounded at once where they are nearer than this to a whole number."""

REPAIRS = 20
"""Roundings that leave no point, and are turned round, before a dive is given up."""

UP_FROM = (0.5, 0.2)
"""Fractions from which columns are rounded up, a dive for each: few are needed where a binary opens much."""


def dive(root: Relaxation, up_from: float, stop: Callable[[], bool]) -> NDArray[np.float64] | None:
    """Round the fractions of a relaxation until none are left.

    Parameters
    ----------
    root : Relaxation
    up_from : float
        Fraction from which columns are rounded up.
    stop : callable
        Whether to stop at once.

    Returns
    -------
    ndarray or None
        A point of the scaled program, None where the dive ends without one.
    """
    mip = root.mip
    engine = highs_with(replace(mip, integer=np.zeros_like(mip.integer)), {"solver": "simplex"})
    engine.cbSimplexInterrupt += lambda event: event.interrupt() if stop() else None
    optimal = highspy().HighsModelStatus.kOptimal
    x, lower, upper = root.x, mip.lower.copy(), mip.upper.copy()
    repairs = 0
    while not stop():
        part = x - np.floor(x + FRACTION)
        open_ = np.flatnonzero(mip.integer & (part > FRACTION))
        if not open_.size:
            return x
        goal = np.where(part >= up_from, np.ceil(x), np.floor(x))
        distance = np.abs(goal - x)[open_]
        chosen = open_[distance <= max(CERTAIN, distance.min())]
        if distance.min() > CERTAIN:
            chosen = chosen[:1]
        found = _solved(engine, chosen, goal[chosen], goal[chosen], optimal)
        if found is None:
            # Only the likeliest is decided, and the other way round.
            repairs += 1
            first = open_[np.argmin(distance)]
            _bound(engine, chosen, lower[chosen], upper[chosen])
            other = np.floor(x[first]) if goal[first] > x[first] else np.ceil(x[first])
            chosen, goal[first] = np.array([first]), other
            found = (
                None if repairs > REPAIRS else _solved(engine, chosen, goal[chosen], goal[chosen], optimal)
            )
            if found is None:
                return None
        lower[chosen] = upper[chosen] = goal[chosen]
        x = np.clip(found, lower, upper)
    return None


def _bound(
    engine: object, columns: NDArray[np.int64], lower: NDArray[np.float64], upper: NDArray[np.float64]
) -> None:
    engine.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)  # type: ignore[attr-defined]


def _solved(
    engine: object,
    columns: NDArray[np.int64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    optimal: object,
) -> NDArray[np.float64] | None:
    _bound(engine, columns, lower, upper)
    engine.run()  # type: ignore[attr-defined]
    if engine.getModelStatus() != optimal:  # type: ignore[attr-defined]
        return None
    return np.array(engine.getSolution().col_value)  # type: ignore[attr-defined]
