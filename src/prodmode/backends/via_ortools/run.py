"""One run of an OR-Tools solver: watched, stopped, and told in plain values."""

from __future__ import annotations

import math
import queue
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodmode.backends.via_ortools.mathopt import dense, fill, module, protos
from prodmode.backends.via_ortools.stderr import without_noise
from prodmode.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

POLL_SECONDS = 0.05
"""How often a run looks whether it should stop."""

OVERRUN_SECONDS = 0.5
"""How far past its time limit a solver is told to stop."""


@dataclass(frozen=True, slots=True)
class News:
    """What a solver tells while it runs, in its own units.

    Attributes
    ----------
    point : ndarray or None
        A new feasible point.
    bound : float or None
    nodes : int or None
    """

    point: NDArray[np.float64] | None
    bound: float | None
    nodes: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, in the solver's own units.

    Attributes
    ----------
    reason, limit : str
        MathOpt's termination reason and limit, in lower case without prefixes ("optimal", "time").
    detail : str
        What else the solver says.
    point : ndarray or None
        Its best point.
    duals : ndarray or None
        Its row duals.
    ray : ndarray or None
        Row multipliers that are to prove infeasibility.
    bound : float or None
        Its bound.
    nodes : int or None
    seconds : float
    stopped : {"", "cancel", "time"}
        Whether we stopped it, and why.
    """

    reason: str
    limit: str = "unspecified"
    detail: str = ""
    point: NDArray[np.float64] | None = None
    duals: NDArray[np.float64] | None = None
    ray: NDArray[np.float64] | None = None
    bound: float | None = None
    nodes: int | None = None
    seconds: float = 0.0
    stopped: str = ""


class Run:
    """One run of a MathOpt solver in a thread of its own, watched from the thread that asked for it.

    Callbacks come from the solver's threads, sometimes many. They only put news into a queue: the caller's
    thread takes it out, so that listeners run where they were given, signals reach Python, and what a
    listener raises ends the run.

    Parameters
    ----------
    solver : str
        Such as "GSCIP".
    model, parameters : proto
    events : iterable of str
        Such as "MIP_SOLUTION".
    hint : ndarray, optional
        A point to start from.
    """

    def __init__(
        self,
        solver: str,
        model: Any,
        parameters: Any,
        *,
        events: Iterable[str] = (),
        hint: NDArray[np.float64] | None = None,
    ) -> None:
        self._native = module("ortools.math_opt.core.python.solver")
        self._interrupter = module("ortools.util.python.pybind_solve_interrupter").PySolveInterrupter()
        self._solver = protos("parameters").SolverTypeProto.Value(f"SOLVER_TYPE_{solver}")
        self._model, self._parameters = model, parameters
        self._columns, self._rows = len(model.variables.ids), len(model.linear_constraints.ids)
        self._extras = protos("model_parameters").ModelSolveParametersProto()
        if hint is not None:
            fill(self._extras.solution_hints.add().variable_values, hint, with_zeros=True)
        self._registration = _registration(events)
        self._news: queue.SimpleQueue[News | None] = queue.SimpleQueue()
        self._result: Any = None
        self._error: BaseException | None = None

    def watch(
        self,
        listen: Callable[[News], object],
        *,
        time_limit: float | None,
        cancel: threading.Event | None,
    ) -> Outcome:
        """Run to the end.

        Parameters
        ----------
        listen : callable
            Called in this thread with every `News`; what it raises ends the run and is raised again.
        time_limit : float or None
            Seconds after which the solver is told to stop should it overrun its own limit.
        cancel : threading.Event or None
            Stops the run once set.

        Raises
        ------
        BackendError
            If the solver fails.
        """
        thread = threading.Thread(target=self._run, name="prodmode-mathopt", daemon=True)
        stopped, began = "", time.perf_counter()
        with ExitStack() as stack:
            stack.enter_context(without_noise())
            stack.callback(thread.join)
            stack.callback(self._interrupter.interrupt)
            thread.start()
            while True:
                try:
                    news = self._news.get(timeout=POLL_SECONDS)
                except queue.Empty:
                    pass
                else:
                    if news is None:
                        break
                    listen(news)
                if not stopped:
                    stopped = self._why_stop(time.perf_counter() - began, time_limit, cancel)
                    if stopped:
                        self._interrupter.interrupt()
        seconds = time.perf_counter() - began
        if self._error is not None:
            # The error classes of ``mathopt`` stumble over the solver's own error; here it comes undisguised.
            raise BackendError(
                f"OR-Tools failed: {str(self._error) or type(self._error).__name__}"
            ) from self._error
        return self._outcome(seconds, stopped)

    @staticmethod
    def _why_stop(seconds: float, time_limit: float | None, cancel: threading.Event | None) -> str:
        if cancel is not None and cancel.is_set():
            return "cancel"
        overrun = time_limit is not None and seconds > time_limit + OVERRUN_SECONDS
        return "time" if overrun else ""

    def _run(self) -> None:
        try:
            listens = len(self._registration.request_registration) > 0
            self._result = self._native.solve(
                self._model,
                self._solver,
                protos("parameters").SolverInitializerProto(),
                self._parameters,
                self._extras,
                None,
                self._registration,
                self._hear if listens else None,
                self._interrupter,
            )
        except BaseException as error:  # noqa: BLE001  # whatever it is, the caller's thread raises it
            self._error = error
        finally:
            self._news.put(None)

    def _hear(self, data: Any) -> Any:
        # An exception that leaves a callback ends the process.
        result = protos("callback").CallbackResultProto()
        try:
            event = protos("callback").CALLBACK_EVENT_MIP_SOLUTION
            point = dense(data.primal_solution_vector, self._columns) if data.event == event else None
            statistics = data.mip_stats
            nodes = statistics.explored_nodes if statistics.HasField("explored_nodes") else None
            self._news.put(News(point, finite(statistics.dual_bound), nodes))
        except Exception as error:  # noqa: BLE001
            self._error = error
            result.terminate = True
        return result

    def _outcome(self, seconds: float, stopped: str) -> Outcome:
        result, messages = self._result, protos("result")
        ended = result.termination
        point, duals = None, None
        feasible = protos("solution").SOLUTION_STATUS_FEASIBLE
        for solution in result.solutions:
            primal = solution.primal_solution
            if point is None and primal.feasibility_status == feasible:
                point = dense(primal.variable_values, self._columns)
                if solution.HasField("dual_solution"):
                    duals = dense(solution.dual_solution.dual_values, self._rows)
        ray = dense(result.dual_rays[0].dual_values, self._rows) if result.dual_rays else None
        return Outcome(
            messages.TerminationReasonProto.Name(ended.reason).removeprefix("TERMINATION_REASON_").lower(),
            messages.LimitProto.Name(ended.limit).removeprefix("LIMIT_").lower(),
            ended.detail,
            point,
            duals,
            ray,
            finite(ended.objective_bounds.dual_bound),
            int(result.solve_stats.node_count),
            seconds,
            stopped,
        )


def finite(value: float) -> float | None:
    """Return a value, None where it stands for none: solvers use infinity and values near it."""
    return float(value) if math.isfinite(value) and abs(value) < 1e20 else None


def _registration(events: Iterable[str]) -> Any:
    callback = protos("callback")
    registration = callback.CallbackRegistrationProto()
    registration.request_registration.extend(
        sorted(callback.CallbackEventProto.Value(f"CALLBACK_EVENT_{event}") for event in events)
    )
    registration.mip_solution_filter.skip_zero_values = True
    # Points of a relaxation are of no use here.
    registration.mip_node_filter.filter_by_ids = True
    return registration
