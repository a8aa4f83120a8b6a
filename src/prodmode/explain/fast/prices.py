"""Prices of what lines share, from the relaxation in which every decision may be a fraction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.silent_highs import highs_with, highspy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation import Formulation

NEGLIGIBLE = 1e-9
"""Prices below this share of the largest are rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """The best point of a program whose integers may be fractions.

    Attributes
    ----------
    value : float
        Its net present value, which no plan exceeds.
    x : ndarray, shape (n,)
    duals : ndarray, shape (m,)
        Change of the cost for one more on each row's side: negative where more capacity earns money.
    """

    value: float
    x: NDArray[np.float64]
    duals: NDArray[np.float64]


def relax(formulation: Formulation, *, time_limit: float | None = None) -> Relaxation | None:
    """Solve the relaxation of a program.

    Parameters
    ----------
    formulation : Formulation
        A program, possibly restricted.
    time_limit : float, optional
        Seconds.

    Returns
    -------
    Relaxation or None
        None where it is infeasible, unbounded or not solved in time.
    """
    mip = formulation.mip
    relaxed = replace(mip, integer=np.zeros_like(mip.integer))
    settings = {} if time_limit is None else {"time_limit": float(time_limit)}
    engine = highs_with(relaxed, settings)
    engine.run()
    if engine.getModelStatus() != highspy().HighsModelStatus.kOptimal:
        return None
    solution = engine.getSolution()
    duals = np.array(solution.row_dual)
    duals[np.abs(duals) <= NEGLIGIBLE * max(1.0, float(np.abs(duals).max(initial=0.0)))] = 0.0
    return Relaxation(-float(engine.getInfo().objective_function_value), np.array(solution.col_value), duals)


def capacity_prices(formulation: Formulation, relaxation: Relaxation) -> NDArray[np.float64]:
    """Return what one more unit of each resource is worth in the relaxation, shape (W, R, T).

    Present value, weighted by the probability of the scenario; zero where there is more than is used. The
    price of a whole decision, such as one more shift, can differ much from it: it is an estimate.

    Parameters
    ----------
    formulation : Formulation
        The program.
    relaxation : Relaxation
        Its best fractional point.
    """
    instance = formulation.instance
    scenarios = formulation.constants.effective.scenarios
    prices = np.zeros((len(scenarios), len(instance.resources), len(instance.periods)))
    for block in formulation.row_blocks:
        if block.family == "capacity":
            where = tuple(np.asarray(block.keys[kind]) for kind in ("scenario", "resource", "period"))
            prices[where] = np.maximum(-relaxation.duals[block.start : block.start + block.size], 0.0)
    return prices
