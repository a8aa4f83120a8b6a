"""HiGHS through highspy."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.backends.contract import (
    Answer,
    Availability,
    Capabilities,
    Options,
    Progress,
    Status,
    proven_status,
    refuse_unsound,
    relative_gap,
)
from prodmode.backends.highs_watch import Watch
from prodmode.errors import BackendError
from prodmode.formulation.scaling import Scaled, scaled
from prodmode.formulation.silent_highs import highs_with, highspy

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.formulation.mip import Mip

WRONG_VERSIONS = {"1.14.0": "it returns wrong optima on models with fixed charges"}
"""Versions that must not be used, and why."""

PROOF_GAP = 1e-7
"""Relative gap that HiGHS itself works towards; safely inside what counts as optimal."""

FEASIBILITY = 1e-7
"""How far a row or an integer may be off: HiGHS's own 1e-6 bends bounds beyond what counts as optimal."""

AGGREGATOR = 1 << 12
"""Bit of the presolve rule that calls feasible programs infeasible in HiGHS 1.16.0 (1.11 to 1.15 do not)."""

STOP_SECONDS = 3.0
"""How long a run that is asked to stop is waited for."""

POLISH_SECONDS = 5.0
"""Time for the continuous columns of the best point where the run has a limit, or a tenth of that."""

SPECIFICS = {
    "presolve": "'choose', 'on' or 'off'",
    "mip_heuristic_effort": "share of the time given to heuristics, 0 to 1",
    "mip_detect_symmetry": "true or false",
    "mip_pool_age_limit": "rounds a cut stays in the pool unused",
    "simplex_strategy": "0 choose, 1 dual, 4 primal",
}


def availability() -> Availability:
    """Return whether highspy is installed in a version that can be trusted."""
    if find_spec("highspy") is None:
        return Availability(available=False, reason="highspy is not installed; try 'pip install highspy'")
    try:
        installed = version("highspy")
    except PackageNotFoundError:
        return Availability(available=False, reason="highspy has no version; install it anew")
    if installed in WRONG_VERSIONS:
        reason = (
            f"highspy {installed} cannot be trusted: {WRONG_VERSIONS[installed]}; install another version"
        )
        return Availability(available=False, reason=reason, version=installed)
    return Availability(available=True, version=installed)


def capabilities() -> Capabilities:
    """Return what HiGHS can do here."""
    return Capabilities(
        time_limit=True, gap=True, threads=True, seed=True, warm_start=True, progress=True, interrupt=True,
        specifics=SPECIFICS,
    )  # fmt: skip


def solve(
    mip: Mip,
    options: Options,
    *,
    start: NDArray[np.float64] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
) -> Answer:
    """Minimise a program with HiGHS.

    Parameters
    ----------
    mip : Mip
        The program, in any units; it is scaled before HiGHS sees it.
    options : Options
        Limits and options.
    start : ndarray, shape (n,), optional
        A feasible point to start from; one that is not feasible is passed over and said in the message.
    on_progress : callable, optional
        Called from the solver's thread with a `Progress`; what it raises ends the run and is raised again.
    cancel : threading.Event, optional
        Stops the run once set; the incumbent is kept.

    Raises
    ------
    BackendError
        If HiGHS refuses the program or an option.
    """
    refuse_unsound(mip)
    if not len(mip.cost):
        return _without_columns(mip)
    answer = _attempt(mip, options, start, on_progress, cancel)
    if answer.status is not Status.INFEASIBLE or options.specifics.get("presolve") == "off":
        return answer
    return _confirmed(answer, mip, options, start, on_progress, cancel)


def _without_columns(mip: Mip) -> Answer:
    """Return the answer to a program without decisions, which HiGHS calls "Empty" whatever its rows say."""
    name = f"HiGHS {availability().version}"
    if (mip.row_lower > FEASIBILITY).any() or (mip.row_upper < -FEASIBILITY).any():
        return Answer(Status.INFEASIBLE, None, None, None, 0.0, name)
    return Answer(Status.OPTIMAL, np.zeros(0), mip.offset, None, 0.0, name)


def _attempt(
    mip: Mip,
    options: Options,
    start: NDArray[np.float64] | None,
    on_progress: Callable[[Progress], None] | None,
    cancel: threading.Event | None,
) -> Answer:
    program = scaled(mip)
    engine = _engine(program.mip, options)
    message = _give_start(engine, program, mip, start) if start is not None else ""
    watch = Watch(program, options, on_progress, cancel, has_integers=bool(mip.integer.any()))
    watch.attach(engine)
    began = time.perf_counter()
    ended = _run_until(engine, cancel)
    seconds = time.perf_counter() - began
    if not ended:
        note = "HiGHS did not stop at once and was left behind; it had no plan yet"
        return Answer(Status.INTERRUPTED, None, None, None, seconds, f"HiGHS {engine.version()}", note)
    if watch.error is not None:
        raise watch.error
    answer = _answer(engine, program, mip, options, watch, seconds)
    return replace(answer, message="; ".join(filter(None, [message, answer.message])))


def _confirmed(
    answer: Answer,
    mip: Mip,
    options: Options,
    start: NDArray[np.float64] | None,
    on_progress: Callable[[Progress], None] | None,
    cancel: threading.Event | None,
) -> Answer:
    """Confirm that a program is infeasible without presolve, whose errors have made feasible ones seem so."""
    plain = replace(options, specifics={**options.specifics, "presolve": "off"})
    if options.time_limit is not None:
        plain = replace(plain, time_limit=max(0.1, options.time_limit - answer.seconds))
    relaxed = replace(mip, integer=np.zeros_like(mip.integer))
    if _attempt(relaxed, plain, None, None, cancel).status is Status.INFEASIBLE:
        return answer
    again = _attempt(mip, plain, start, on_progress, cancel)
    seconds = answer.seconds + again.seconds
    if again.status is Status.INFEASIBLE:
        return replace(again, seconds=seconds)
    note = "HiGHS called it infeasible with presolve, but could not without"
    return replace(again, seconds=seconds, message="; ".join(filter(None, [note, again.message])))


def minimise_with_fixed_integers(
    mip: Mip, x: NDArray[np.float64], *, time_limit: float | None = None
) -> NDArray[np.float64] | None:
    """Round the integer columns of a point, fix them, and solve for the others.

    Parameters
    ----------
    mip : Mip
        The program.
    x : ndarray, shape (n,)
        A point; only its integer columns matter.
    time_limit : float, optional
        Seconds.

    Returns
    -------
    ndarray or None
        The best point with these integers, None where there is none or none is found in time.
    """
    fixed = np.clip(np.round(x), mip.lower, mip.upper)
    held = replace(
        mip,
        lower=np.where(mip.integer, fixed, mip.lower),
        upper=np.where(mip.integer, fixed, mip.upper),
        integer=np.zeros_like(mip.integer),
    )
    program = scaled(held)
    engine = _engine(program.mip, Options(time_limit, gap=0.0, threads=_Threads.last))
    _run(engine)
    if engine.getModelStatus() != highspy().HighsModelStatus.kOptimal:
        return None
    point = program.unscale(np.array(engine.getSolution().col_value))
    return np.where(mip.integer, fixed, np.clip(point, mip.lower, mip.upper))


class _Threads:
    """The thread count that HiGHS's scheduler, one per process, was last started with."""

    last: int | None = None


def _engine(mip: Mip, options: Options) -> Any:
    if options.threads != _Threads.last:
        highspy().Highs.resetGlobalScheduler(True)
        _Threads.last = options.threads
    settings: dict[str, Any] = {
        "mip_rel_gap": min(options.gap, PROOF_GAP),
        "mip_abs_gap": 1e-9,
        "mip_feasibility_tolerance": FEASIBILITY,
        "threads": options.threads or 0,
        "random_seed": options.seed or 0,
        "presolve_rule_off": AGGREGATOR,
        **options.specifics,
    }
    if options.time_limit is not None:
        settings["time_limit"] = float(options.time_limit)
    return highs_with(mip, settings)


def _run_until(engine: Any, cancel: threading.Event | None) -> bool:
    """Run HiGHS and return True, or False where it was asked to stop and did not.

    HiGHS does not look up from the first relaxation, which can take minutes. A run that is left behind ends
    on its own once it does.
    """
    if cancel is None:
        _run(engine)
        return True
    failed: list[BackendError] = []

    def run() -> None:
        try:
            _run(engine)
        except BackendError as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.05)
        if cancel.is_set():
            thread.join(STOP_SECONDS)
            if thread.is_alive():
                return False
    if failed:
        raise failed[0]
    return True


def _run(engine: Any) -> None:
    if engine.run() == highspy().HighsStatus.kError:
        status = engine.modelStatusToString(engine.getModelStatus())
        raise BackendError(f"HiGHS failed ({status})")


def _give_start(engine: Any, program: Scaled, mip: Mip, start: NDArray[np.float64]) -> str:
    """Hand over a starting point, unless it is infeasible: HiGHS would drop it without a word."""
    if len(start) != len(mip.cost) or mip.violation(start) > 1e-6:
        return "the starting plan is not feasible here and was passed over"
    solution = highspy().HighsSolution()
    solution.col_value = program.scale(start)
    engine.setSolution(solution)
    return ""


def _answer(engine: Any, program: Scaled, mip: Mip, options: Options, watch: Watch, seconds: float) -> Answer:
    kinds, info = highspy().HighsModelStatus, engine.getInfo()
    ended = engine.getModelStatus()
    no_optimum = ended in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible, kinds.kUnbounded)
    # The point that comes with an unbounded ray is no plan.
    has_point = (
        not no_optimum and info.primal_solution_status == highspy().SolutionStatus.kSolutionStatusFeasible
    )
    x = _point(engine, program, mip, options) if has_point else None
    objective = mip.objective(x) if x is not None else None
    bound: float | None = None
    if watch.has_integers:
        bound = info.mip_dual_bound / program.objective if abs(info.mip_dual_bound) < 1e30 else None
    elif ended == kinds.kOptimal:
        bound = objective
    nodes = int(info.mip_node_count) if info.mip_node_count >= 0 else None
    if objective is not None and bound is not None:
        # Rounding after scaling may leave the objective a hair below the bound.
        bound = min(bound, objective)
    proven = proven_status(relative_gap(objective, bound), options.gap)
    message = ""
    if no_optimum:
        status = _without_a_point(ended, mip, options)
    elif proven is not None:
        status = proven
    elif watch.cancelled or ended == kinds.kInterrupt:
        status = Status.INTERRUPTED
    elif ended == kinds.kTimeLimit:
        status = Status.TIME_LIMIT
    else:
        status, message = Status.ERROR, f"HiGHS ended with '{engine.modelStatusToString(ended)}'"
    return Answer(status, x, bound, nodes, seconds, f"HiGHS {engine.version()}", message)


def _point(engine: Any, program: Scaled, mip: Mip, options: Options) -> NDArray[np.float64]:
    """Return the incumbent with whole integers and the best continuous columns for them.

    HiGHS's own point may hold binaries such as 1e-7, behind which real units hide.
    """
    raw = program.unscale(np.array(engine.getSolution().col_value))
    polish = None if options.time_limit is None else max(POLISH_SECONDS, options.time_limit / 10)
    polished = minimise_with_fixed_integers(mip, raw, time_limit=polish)
    return raw if polished is None else polished


def _without_a_point(ended: Any, mip: Mip, options: Options) -> Status:
    kinds = highspy().HighsModelStatus
    if ended == kinds.kInfeasible:
        return Status.INFEASIBLE
    if ended == kinds.kUnbounded:
        return Status.UNBOUNDED
    # "Unbounded or infeasible": feasible without a cost means unbounded with it.
    feasibility = solve(replace(mip, cost=np.zeros_like(mip.cost), offset=0.0), options)
    if feasibility.x is not None:
        return Status.UNBOUNDED
    return feasibility.status
