"""What the OR-Tools backends share: programs as MathOpt protos, runs that can be watched and stopped."""

from __future__ import annotations

import math
import queue
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.backends.contract import Availability
from prodmode.backends.mathopt_stderr import without_noise
from prodmode.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from prodmode.backends.contract import Options
    from prodmode.formulation.mip import Mip

POLL_SECONDS = 0.05
"""How often a run looks whether it should stop."""

EMPHASES = {"off": 1, "low": 2, "medium": 3, "high": 4, "very high": 5}
"""MathOpt's degrees of effort."""

CROSSING = 1e-9
"""How far sides may cross, relatively, before the program is infeasible."""

NOT_FEASIBLE_START = "the starting plan is not feasible here and was passed over"


def availability() -> Availability:
    """Return whether OR-Tools is installed, without importing it."""
    if find_spec("ortools") is None:
        return Availability(available=False, reason="OR-Tools is not installed; try 'pip install ortools'")
    try:
        return Availability(available=True, version=version("ortools"))
    except PackageNotFoundError:
        return Availability(available=False, reason="OR-Tools has no version; install it anew")


def protos(name: str) -> Any:
    """Return a module of MathOpt's messages, such as "result", loaded when first used.

    Raises
    ------
    BackendError
        If OR-Tools is not installed.
    """
    return _module(f"ortools.math_opt.{name}_pb2")


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise BackendError(f"OR-Tools cannot be loaded ({error}); try 'pip install ortools'") from error


def program(mip: Mip) -> Any:
    """Return a program as a ``ModelProto``.

    Straight from the arrays: 1 million nonzeros take 0.2 s, the classes of ``mathopt`` 2 to 10 times that.
    """
    rows, columns = mip.shape
    matrix = mip.matrix.copy()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    proto = protos("model").ModelProto()
    proto.objective.offset = mip.offset
    fill(proto.objective.linear_coefficients, mip.cost)
    proto.variables.ids.extend(range(columns))
    proto.variables.lower_bounds.extend(mip.lower.tolist())
    proto.variables.upper_bounds.extend(mip.upper.tolist())
    proto.variables.integers.extend(mip.integer.tolist())
    proto.linear_constraints.ids.extend(range(rows))
    proto.linear_constraints.lower_bounds.extend(mip.row_lower.tolist())
    proto.linear_constraints.upper_bounds.extend(mip.row_upper.tolist())
    entries = proto.linear_constraint_matrix
    entries.row_ids.extend(np.repeat(np.arange(rows), np.diff(matrix.indptr)).tolist())
    entries.column_ids.extend(matrix.indices.tolist())
    entries.coefficients.extend(matrix.data.tolist())
    return proto


def uncrossed(mip: Mip) -> Mip | None:
    """Return a program whose lower bounds are nowhere above the upper ones, None where that cannot be.

    Sides that cross by rounding alone are brought together.
    """
    sides: list[NDArray[np.float64]] = []
    for low, high in ((mip.row_lower, mip.row_upper), (mip.lower, mip.upper)):
        over = low > high
        if not over.any():
            sides += [low, high]
            continue
        if not np.allclose(low[over], high[over], rtol=CROSSING, atol=CROSSING):
            return None
        sides += [np.where(over, high, low), high]
    return replace(mip, row_lower=sides[0], row_upper=sides[1], lower=sides[2], upper=sides[3])


def fill(vector: Any, values: NDArray[np.float64], *, with_zeros: bool = False) -> None:
    """Put an array into a ``SparseDoubleVectorProto``."""
    where = np.arange(len(values)) if with_zeros else np.flatnonzero(values)
    vector.ids.extend(where.tolist())
    vector.values.extend(values[where].tolist())


def dense(vector: Any, size: int) -> NDArray[np.float64]:
    """Return a ``SparseDoubleVectorProto`` as an array."""
    values = np.zeros(size)
    values[np.asarray(vector.ids, dtype=np.int64)] = np.asarray(vector.values, dtype=float)
    return values


def common_parameters(options: Options) -> Any:
    """Return ``SolveParametersProto`` with limits, threads and seed."""
    parameters = protos("parameters").SolveParametersProto()
    if options.time_limit is not None:
        parameters.time_limit.FromMicroseconds(round(options.time_limit * 1e6))
    if options.threads is not None:
        parameters.threads = options.threads
    if options.seed is not None:
        parameters.random_seed = options.seed
    return parameters


def emphasis(name: str, value: object) -> int:
    """Return the number of a degree of effort.

    Raises
    ------
    BackendError
        If there is no such degree.
    """
    if value not in EMPHASES:
        raise BackendError(f"{name}={value!r} is not one of {', '.join(EMPHASES)}")
    return EMPHASES[str(value)]


def set_specific(message: Any, name: str, value: object, engine: str) -> None:
    """Set a field of a parameter message.

    Raises
    ------
    BackendError
        If there is no such field, or it does not take the value.
    """
    try:
        setattr(message, name, value)
    except (AttributeError, TypeError, ValueError) as error:
        raise BackendError(f"{engine} does not take {name}={value!r}: {error}") from error


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
        self._native = _module("ortools.math_opt.core.python.solver")
        self._interrupter = _module("ortools.util.python.pybind_solve_interrupter").PySolveInterrupter()
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
        overrun = time_limit is not None and seconds > time_limit + 0.5
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
