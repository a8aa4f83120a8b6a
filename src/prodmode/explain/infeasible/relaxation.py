"""A first guess at a conflict from the linear relaxation, whose infeasibility has a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, vstack

from prodmode.formulation.scaling import scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.explain.infeasible.loosened import Loosened

WEIGHT = 1e-9
"""Multiplier below which a row plays no part."""

STRETCH = 1e-7
"""Stretch, in scaled units, below which the relaxation counts as feasible."""


def suspects(loosened: Loosened, time_limit: float | None) -> NDArray[np.bool_] | None:
    """Return rules that cannot hold together even in the linear relaxation, None where there are none.

    The rows of rules are stretched as little as possible in sum; the multipliers of that optimum prove that
    the rows with a multiplier of their own cannot hold together (Farkas). They need not be a minimal set,
    and rounding makes them a guess, to be checked.

    Parameters
    ----------
    loosened : Loosened
        The program.
    time_limit : float or None
        Seconds; None is also what comes back when they are over.
    """
    items = loosened.items
    program = scaled(loosened.program(np.ones(len(items.row), dtype=bool), loosened.where(loosened.all))).mip
    matrix, lower, upper = program.matrix, program.row_lower, program.row_upper
    size, height = len(items.row), len(lower)
    stretch = csr_array(
        (np.where(np.isfinite(items.lower), 1.0, -1.0), (items.row, np.arange(size))), shape=(height, size)
    )
    whole = csr_array(hstack([matrix, stretch]))
    equal = lower == upper
    below, above = np.isfinite(upper) & ~equal, np.isfinite(lower) & ~equal
    columns = matrix.shape[1]
    found = linprog(  # type: ignore[call-overload]  # its stubs know no sparse matrices
        np.append(np.zeros(columns), np.ones(size)),
        A_ub=vstack([whole[below], -whole[above]]),
        b_ub=np.append(upper[below], -lower[above]),
        A_eq=whole[equal] if equal.any() else None,
        b_eq=upper[equal] if equal.any() else None,
        bounds=np.column_stack(
            [np.append(program.lower, np.zeros(size)), np.append(program.upper, np.full(size, np.inf))]
        ),
        method="highs",
        options={} if time_limit is None else {"time_limit": max(0.05, time_limit)},
    )
    if found.status != 0 or found.fun <= STRETCH:
        return None
    weight = np.zeros(height)
    sides = np.append(np.flatnonzero(below), np.flatnonzero(above))
    np.maximum.at(weight, sides, np.abs(found.ineqlin.marginals))
    if equal.any():
        weight[equal] = np.abs(found.eqlin.marginals)
    taking_part = weight[items.row] > WEIGHT
    rules = np.zeros(len(loosened.rules), dtype=bool)
    rules[items.need_rule[taking_part[items.need_item]]] = True
    return rules
