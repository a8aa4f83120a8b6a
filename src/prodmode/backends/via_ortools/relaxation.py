"""What the LP solvers of OR-Tools share: no integers, and an accuracy that is checked here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends.contract import Status, refuse_unsound
from prodmode.backends.via_ortools import mathopt
from prodmode.backends.via_ortools.answer import FEASIBLE, conclude, infeasible, tidied
from prodmode.backends.via_ortools.run import Run
from prodmode.errors import BackendError
from prodmode.formulation.scaling import scaled

if TYPE_CHECKING:
    import threading
    from typing import Any

    from numpy.typing import NDArray

    from prodmode.backends.contract import Answer, Options
    from prodmode.formulation.mip import Mip

NEGLIGIBLE = 1e-7
"""A reduced cost below this share of the largest cost counts as zero where its column has no bound."""


def refuse(mip: Mip, engine: str) -> None:
    """Refuse a program that is not sound or has integers.

    Raises
    ------
    BackendError
        For either.
    """
    refuse_unsound(mip)
    if mip.integer.any():
        raise BackendError(
            f"{engine} solves linear programs, and {int(mip.integer.sum())} columns of this one are integer; "
            "backends that take integers: highs, scip, cp-sat, cbc"
        )


def solve_lp(
    mip: Mip,
    options: Options,
    *,
    solver: str,
    parameters: Any,
    cancel: threading.Event | None,
    version: str,
) -> Answer:
    """Minimise a linear program.

    Whatever the solver says of its accuracy, the point counts if it holds to 1e-6, and the bound is worked
    out here from the duals.

    Parameters
    ----------
    mip : Mip
        A program without integers.
    options : Options
        Limits.
    solver : str
        MathOpt's name of the solver.
    parameters : proto
        Its parameters.
    cancel : threading.Event or None
        Stops the run once set.
    version : str
        Version of the solver.
    """
    sound = mip.uncrossed()
    if sound is None:
        return infeasible(version)
    mip = sound
    program = scaled(mip)
    run = Run(solver, mathopt.program(program.mip), parameters)
    outcome = run.watch(lambda _: None, time_limit=options.time_limit, cancel=cancel)
    notes: tuple[str, ...] = ()
    if outcome.reason == "infeasible" and outcome.ray is not None and not is_proof(program.mip, outcome.ray):
        outcome = replace(outcome, reason="no_solution_found")
        notes = ("its proof of infeasibility does not hold",)
    if outcome.reason == "infeasible_or_unbounded":
        outcome = replace(outcome, reason=_which(mip, options, solver, parameters, cancel, version))
    x, bound = None, None
    if outcome.point is not None:
        x = tidied(mip, program.unscale(outcome.point))
        violation = mip.violation(x)
        if violation > FEASIBLE:
            x, notes = None, (f"its point violates a row by {violation:.2g} and was dropped",)
    if outcome.duals is not None:
        bound = dual_bound(program.mip, outcome.duals)
        bound = None if bound is None else bound / program.objective
    return conclude(mip, options, outcome, x=x, bound=bound, version=version, notes=notes)


def dual_bound(mip: Mip, duals: NDArray[np.float64]) -> float | None:
    """Return the lower bound on a linear program that row duals prove, None where they prove none.

    Any duals prove one: each row and each reduced cost counts at the side that makes it least.

    Parameters
    ----------
    mip : Mip
        The program.
    duals : ndarray, shape (m,)
        Multipliers of the rows.
    """
    reduced = mip.cost - mip.matrix.T @ duals
    parts = [mip.offset]
    costs = float(np.abs(mip.cost).max(initial=1.0))
    for weights, low, high in ((duals, mip.row_lower, mip.row_upper), (reduced, mip.lower, mip.upper)):
        side = np.where(weights > 0, low, high)
        missing = np.isinf(side)
        if np.abs(weights[missing]).max(initial=0.0) > NEGLIGIBLE * costs:
            return None
        parts.append(float(weights[~missing] @ side[~missing]))
    return sum(parts)


def is_proof(mip: Mip, ray: NDArray[np.float64]) -> bool:
    """Return whether row multipliers prove that a program has no point."""
    size = np.abs(ray).max(initial=0.0)
    if not size > 0:
        return False
    proved = dual_bound(replace(mip, cost=np.zeros_like(mip.cost), offset=0.0), ray / size)
    return proved is not None and proved > NEGLIGIBLE


def _which(
    mip: Mip, options: Options, solver: str, parameters: Any, cancel: threading.Event | None, version: str
) -> str:
    """Return whether a program that is infeasible or unbounded is the one or the other."""
    costless = replace(mip, cost=np.zeros_like(mip.cost), offset=0.0)
    feasibility = solve_lp(
        costless, options, solver=solver, parameters=parameters, cancel=cancel, version=version
    )
    if feasibility.x is not None:
        return "unbounded"
    return "infeasible" if feasibility.status is Status.INFEASIBLE else "no_solution_found"
