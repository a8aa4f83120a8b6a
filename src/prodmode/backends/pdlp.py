"""PDLP, the first-order solver of OR-Tools, for large linear programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.backends.contract import OPTIMAL_GAP, Answer, Availability, Capabilities, Options
from prodmode.backends.via_ortools import mathopt
from prodmode.backends.via_ortools.relaxation import refuse, solve_lp
from prodmode.errors import BackendError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from prodmode.backends.contract import Progress
    from prodmode.formulation.mip import Mip

SPECIFICS = {
    "eps_primal_relative": "relative accuracy of rows, 1e-9 unless told",
    "eps_primal_absolute": "absolute accuracy of rows in scaled units, 1e-9 unless told",
    "use_feasibility_polishing": "true to look for a point that holds first",
}

ACCURACY = 1e-9
"""Residuals that PDLP works towards: what counts, checked afterwards, is 1e-6 in any one row."""


def availability() -> Availability:
    """Return whether OR-Tools is installed."""
    return mathopt.availability()


def capabilities() -> Capabilities:
    """Return what PDLP can do here."""
    return Capabilities(
        time_limit=True, gap=True, threads=True, interrupt=True, integers=False, in_process=False,
        specifics=SPECIFICS,
    )  # fmt: skip


def solve(
    mip: Mip,
    options: Options,
    *,
    start: NDArray[np.float64] | None = None,
    on_progress: Callable[[Progress], None] | None = None,  # noqa: ARG001  # it tells nothing
    cancel: threading.Event | None = None,
) -> Answer:
    """Minimise a linear program with PDLP.

    It ends within an accuracy, not at a corner: a point that holds in the mean but not in each row to 1e-6 is
    dropped, and the run ends with an error.

    Parameters
    ----------
    mip : Mip
        A program without integers, in any units.
    options : Options
        Limits and options.
    start : ndarray, shape (n,), optional
        Refused: PDLP starts from no point.
    on_progress : callable, optional
        Never called.
    cancel : threading.Event, optional
        Stops the run once set.

    Raises
    ------
    BackendError
        If PDLP refuses the program or an option.
    """
    refuse(mip, "PDLP")
    if start is not None or options.seed is not None:
        raise BackendError(
            "PDLP has no randomness and starts from no plan: it takes neither 'seed' nor a start"
        )
    parameters = mathopt.common_parameters(options)
    criteria = parameters.pdlp.termination_criteria.detailed_optimality_criteria
    criteria.eps_optimal_primal_residual_absolute = ACCURACY
    criteria.eps_optimal_primal_residual_relative = ACCURACY
    criteria.eps_optimal_dual_residual_absolute = ACCURACY
    criteria.eps_optimal_dual_residual_relative = ACCURACY
    criteria.eps_optimal_objective_gap_absolute = ACCURACY
    criteria.eps_optimal_objective_gap_relative = max(options.gap / 4, OPTIMAL_GAP / 10)
    for name, value in options.specifics.items():
        if name not in SPECIFICS:
            raise BackendError(f"PDLP does not take {name}={value!r}")
        if name == "use_feasibility_polishing":
            mathopt.set_specific(parameters.pdlp, name, value, "PDLP")
        else:
            field = f"eps_optimal_primal_residual_{name.rpartition('_')[2]}"
            mathopt.set_specific(criteria, field, value, "PDLP")
    version = f"PDLP in OR-Tools {availability().version}"
    return solve_lp(mip, options, solver="PDLP", parameters=parameters, cancel=cancel, version=version)
