"""The corridor, walked once: instance, formulation, backend, plan, referee."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from prodmode.backends import registry
from prodmode.backends.choice import choose, refused
from prodmode.backends.contract import DEFAULT_GAP, Options
from prodmode.backends.highs import minimise_with_fixed_integers
from prodmode.backends.interrupt import interruptible
from prodmode.backends.isolation import solve_isolated
from prodmode.backends.soundness import sound, sound_progress
from prodmode.errors import BackendError
from prodmode.formulation import formulate
from prodmode.judging import in_profit, judge
from prodmode.plan.solution import decisions_in, integers_of
from prodmode.result import Result

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from prodmode.backends.contract import Answer, Progress
    from prodmode.formulation import Formulation
    from prodmode.formulation.mip import Mip
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan


def solve(
    instance: Instance,
    *,
    backend: str = registry.AUTO,
    time_limit: float | None = None,
    gap: float = DEFAULT_GAP,
    threads: int | None = None,
    seed: int | None = None,
    warm_start: Plan | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
    options: Mapping[str, Any] | None = None,
    isolated: bool | None = None,
) -> Result:
    """Find the best plan for an instance and verify it.

    Parameters
    ----------
    instance : Instance
        The portfolio.
    backend : str, default "auto"
        Name of a backend; `prodmode.backends.registry.available` lists them. "auto" goes by the size and
        structure of the program and by what is installed, and the result says why (`Result.choice`).
    time_limit : float, optional
        Most seconds the solver may take.
    gap : float, default 1e-4
        Relative gap between plan and bound at which the solver may stop.
    threads, seed : int, optional
        Threads the solver may use and seed of its random choices.
    warm_start : Plan, optional
        A plan to start from; where it is not feasible any more it is passed over and the result says so.
    on_progress : callable, optional
        Called with a `Progress` now and then.
    cancel : threading.Event, optional
        Ends the run once set; the best plan so far is kept.
    options : mapping, optional
        The backend's own options.
    isolated : bool, optional
        Whether the backend runs in a process of its own, where a crash is the status "error" and not the end
        of this one; it takes half a second more. By default those do that say they may not run in the
        process of their caller (`Capabilities.in_process`).

    Returns
    -------
    Result
        Why it stopped, and the plan if there is one. Ctrl-C ends the run with status "interrupted".

    Raises
    ------
    BackendError
        If the backend is unknown, cannot run here, cannot honour an option, or fails.

    Examples
    --------
    >>> import prodmode as pm
    >>> instance = pm.Instance.from_records(
    ...     pm.Settings(name="workshop", periods=2),
    ...     [
    ...         pm.Line(line="stool", price=40),
    ...         pm.Demand(line="stool", period=1, units=100),
    ...         pm.Demand(line="stool", period=2, units=120),
    ...         pm.Option(option="stool-bought", line="stool", mode="outsourced", unit_cost=25),
    ...         pm.Option(option="stool-made", line="stool", mode="mass", unit_cost=15, tooling_capex=1500),
    ...     ],
    ... )
    >>> result = pm.solve(instance)
    >>> result.status, result.verified, round(result.objective, 2)
    (<Status.OPTIMAL: 'optimal'>, True, 4000.0)
    >>> result.plan.assignments[["line", "period", "mode", "made"]]
        line period  mode   made
    0  stool      1  mass  100.0
    1  stool      2  mass  120.0
    """
    asked = Options(time_limit, gap, threads, seed, dict(options or {}))
    if backend == registry.AUTO:
        registry.choose()  # where none can run, this is said before the work of building
    else:
        _refuse_unsupported(backend, asked, warm_start)
    began = time.perf_counter()
    formulation = formulate(instance)
    build_seconds = time.perf_counter() - began
    result = solve_formulation(
        formulation, asked, backend=backend, warm_start=warm_start, on_progress=on_progress, cancel=cancel,
        isolated=isolated,
    )  # fmt: skip
    return replace(result, build_seconds=result.build_seconds + build_seconds)


def solve_formulation(
    formulation: Formulation,
    asked: Options,
    *,
    backend: str = registry.AUTO,
    warm_start: Plan | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
    isolated: bool | None = None,
) -> Result:
    """Find the best plan for a program that stands already; see `solve`.

    Parameters
    ----------
    formulation : Formulation
        The program of an instance, or a restriction of it: its plans are plans for the instance.
    asked : Options
        Limits and options.
    backend, warm_start, on_progress, cancel, isolated
        As in `solve`.

    Returns
    -------
    Result
        Bound and status are those of the program as it stands.

    Raises
    ------
    BackendError
        As in `solve`.
    """
    began = time.perf_counter()
    choice = None
    if backend == registry.AUTO:
        choice = choose(formulation.mip, asked, warm_start=warm_start is not None)
    name = backend if choice is None else choice.backend
    _refuse_unsupported(name, asked, warm_start)
    notes = []
    start = None
    if warm_start is not None:
        start = _start(formulation, warm_start)
        if start is None:
            notes.append("the starting plan is not feasible here and was passed over")
    build_seconds = time.perf_counter() - began

    with interruptible(cancel) as stop:
        answer = _run(name, formulation.mip, asked, start, on_progress, stop, isolated=isolated)
    judged = judge(formulation, answer)
    return Result(
        instance=formulation.instance,
        status=judged.status,
        backend=name,
        backend_version=answer.version,
        objective=judged.objective,
        bound=judged.bound,
        gap=judged.gap,
        nodes=answer.nodes,
        build_seconds=build_seconds,
        solve_seconds=answer.seconds,
        verdict=judged.verdict,
        message="; ".join([*notes, *judged.notes]),
        choice=None if choice is None else choice.reason,
        _plan=judged.plan,
    )


def _refuse_unsupported(name: str, asked: Options, warm_start: Plan | None) -> None:
    found = refused(registry.backend(name).capabilities(), asked, warm_start=warm_start is not None)
    if found:
        raise BackendError(f"backend '{name}' cannot honour: {', '.join(found)}")


def _run(
    name: str,
    mip: Mip,
    asked: Options,
    start: NDArray[np.float64] | None,
    on_progress: Callable[[Progress], None] | None,
    cancel: threading.Event,
    *,
    isolated: bool | None,
) -> Answer:
    """Let the backend run, here or in a process of its own."""
    hear = None if on_progress is None else sound_progress(in_profit(on_progress))
    engine = registry.backend(name)
    if isolated is None:
        isolated = not engine.capabilities().in_process
    if isolated:
        return solve_isolated(name, mip, asked, start=start, on_progress=hear, cancel=cancel)
    began = time.perf_counter()
    answer = engine.solve(mip, asked, start=start, on_progress=hear, cancel=cancel)
    return sound(answer, mip, time.perf_counter() - began)


def _start(formulation: Formulation, plan: Plan) -> NDArray[np.float64] | None:
    integers = integers_of(formulation, decisions_in(plan, formulation))
    return minimise_with_fixed_integers(formulation.mip, integers)
