"""SCIP through OR-Tools."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends.contract import (
    OPTIMAL_GAP,
    Answer,
    Availability,
    Capabilities,
    Options,
    Status,
    refuse_unsound,
)
from prodmode.backends.via_ortools import mathopt
from prodmode.backends.via_ortools.answer import Teller, better, conclude, infeasible, is_start, polished
from prodmode.backends.via_ortools.run import Outcome, Run
from prodmode.errors import BackendError
from prodmode.formulation.scaling import scaled

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    from prodmode.backends.contract import Progress
    from prodmode.backends.via_ortools.run import News
    from prodmode.formulation.mip import Mip

SPECIFICS = {
    "presolve": "effort: 'off', 'low', 'medium', 'high' or 'very high'",
    "cuts": "effort, likewise",
    "heuristics": "effort, likewise",
    "emphasis": "what the search is tuned for: 'optimality', 'feasibility', 'easycip' or 'hardlp'",
}

EMPHASES = {"optimality": 6, "feasibility": 4, "easycip": 3, "hardlp": 5}
"""GSCIP's emphases."""

FEASIBILITY = 1e-9
"""Tolerance of rows and integers in scaled units."""

INFINITE_OBJECTIVE = "invalid PrimalSolutionProto.objective_value"
"""What MathOpt fails with where SCIP returns a point at infinity."""


def availability() -> Availability:
    """Return whether OR-Tools, which brings SCIP along, is installed."""
    return mathopt.availability()


def capabilities() -> Capabilities:
    """Return what SCIP can do here."""
    return Capabilities(
        time_limit=True, gap=True, threads=True, seed=True, warm_start=True, progress=True, interrupt=True,
        in_process=False, specifics=SPECIFICS,
    )  # fmt: skip


def solve(
    mip: Mip,
    options: Options,
    *,
    start: NDArray[np.float64] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
) -> Answer:
    """Minimise a program with SCIP.

    Parameters
    ----------
    mip : Mip
        The program, in any units; it is scaled before SCIP sees it.
    options : Options
        Limits and options. However many threads it may use, SCIP works in one.
    start : ndarray, shape (n,), optional
        A feasible point to start from; one that is not feasible is passed over and said in the message.
    on_progress : callable, optional
        Called from the calling thread with a `Progress`; what it raises ends the run and is raised again.
    cancel : threading.Event, optional
        Stops the run once set; the incumbent is kept.

    Raises
    ------
    BackendError
        If SCIP refuses the program or an option.
    """
    refuse_unsound(mip)
    parameters = _parameters(options)
    notes: tuple[str, ...] = ()
    if start is not None and not is_start(mip, start):
        start, notes = None, (mathopt.NOT_FEASIBLE_START,)
    sound = mip.uncrossed()
    if sound is None:
        return infeasible(_version())
    mip, program = sound, scaled(sound)
    run = Run(
        "GSCIP",
        mathopt.program(program.mip),
        parameters,
        events=("MIP_SOLUTION", "MIP_NODE") if on_progress is not None else (),
        hint=None if start is None else program.scale(start),
    )
    teller = Teller(on_progress)

    def listen(news: News) -> None:
        incumbent = None if news.point is None else mip.objective(program.unscale(news.point))
        bound = None if news.bound is None else news.bound / program.objective
        teller.tell(incumbent, bound, news.nodes)

    try:
        outcome = run.watch(listen, time_limit=options.time_limit, cancel=cancel)
    except BackendError as error:
        if INFINITE_OBJECTIVE not in str(error):
            raise
        outcome = Outcome("infeasible_or_unbounded")
    x = None if outcome.point is None else polished(mip, program.unscale(outcome.point))
    bound = None if outcome.bound is None else outcome.bound / program.objective
    if outcome.point is not None and x is None:
        notes += ("its point does not hold in the units of the program",)
    x = better(mip, start, x)
    if x is None and outcome.reason == "infeasible_or_unbounded":
        outcome = replace(outcome, reason=_which(mip, options))
    return conclude(mip, options, outcome, x=x, bound=bound, version=_version(), notes=notes)


def _version() -> str:
    return f"SCIP in OR-Tools {availability().version}"


def _parameters(options: Options) -> Any:
    if options.threads is not None and options.threads < 1:
        raise BackendError(f"SCIP does not take threads={options.threads}")
    # More threads mean a race of whole solvers that tells nothing until it ends, and is no faster.
    parameters = mathopt.common_parameters(replace(options, threads=1))
    parameters.relative_gap_tolerance = max(options.gap, OPTIMAL_GAP / 10)
    parameters.absolute_gap_tolerance = 1e-9
    # At SCIP's own tolerance of 1e-6 its optimum may lie further from that of whole numbers than is asked.
    parameters.gscip.real_params["numerics/feastol"] = FEASIBILITY
    # SCIP would take Ctrl-C for itself.
    parameters.gscip.bool_params["misc/catchctrlc"] = False
    for name, value in options.specifics.items():
        if name == "emphasis":
            if value not in EMPHASES:
                raise BackendError(f"emphasis={value!r} is not one of {', '.join(EMPHASES)}")
            parameters.gscip.emphasis = EMPHASES[value]
        elif name in SPECIFICS:
            setattr(parameters, name, mathopt.emphasis(name, value))
        else:
            raise BackendError(f"SCIP does not take {name}={value!r}")
    return parameters


def _which(mip: Mip, options: Options) -> str:
    """Return whether a program that is infeasible or unbounded is the one or the other."""
    feasibility = solve(replace(mip, cost=np.zeros_like(mip.cost), offset=0.0), replace(options, gap=0.0))
    if feasibility.x is not None:
        return "unbounded"
    return "infeasible" if feasibility.status is Status.INFEASIBLE else "no_solution_found"
