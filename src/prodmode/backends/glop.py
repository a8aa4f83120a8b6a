"""GLOP, the simplex solver of OR-Tools, for linear programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.backends.contract import Answer, Availability, Capabilities, Options
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
    "presolve": "effort: 'off', 'low', 'medium', 'high' or 'very high'",
    "use_dual_simplex": "true or false",
    "use_scaling": "true or false",
}


def availability() -> Availability:
    """Return whether OR-Tools is installed."""
    return mathopt.availability()


def capabilities() -> Capabilities:
    """Return what GLOP can do here."""
    return Capabilities(
        time_limit=True, seed=True, interrupt=True, integers=False, in_process=False, specifics=SPECIFICS
    )


def solve(
    mip: Mip,
    options: Options,
    *,
    start: NDArray[np.float64] | None = None,
    on_progress: Callable[[Progress], None] | None = None,  # noqa: ARG001  # it tells nothing
    cancel: threading.Event | None = None,
) -> Answer:
    """Minimise a linear program with GLOP.

    Parameters
    ----------
    mip : Mip
        A program without integers, in any units.
    options : Options
        Limits and options; whatever the gap, it goes on to the optimum.
    start : ndarray, shape (n,), optional
        Refused: GLOP starts from no point.
    on_progress : callable, optional
        Never called.
    cancel : threading.Event, optional
        Stops the run once set.

    Raises
    ------
    BackendError
        If GLOP refuses the program or an option.
    """
    refuse(mip, "GLOP")
    if start is not None or options.threads is not None:
        raise BackendError(
            "GLOP has one thread and starts from no plan: it takes neither 'threads' nor a start"
        )
    parameters = mathopt.common_parameters(options)
    for name, value in options.specifics.items():
        if name not in SPECIFICS:
            raise BackendError(f"GLOP does not take {name}={value!r}")
        if name == "presolve":
            parameters.presolve = mathopt.emphasis(name, value)
        else:
            mathopt.set_specific(parameters.glop, name, value, "GLOP")
    version = f"GLOP in OR-Tools {availability().version}"
    return solve_lp(mip, options, solver="GLOP", parameters=parameters, cancel=cancel, version=version)
