"""What the OR-Tools backends share: availability, programs and parameters as MathOpt's messages."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.backends.contract import Availability
from prodmode.errors import BackendError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.backends.contract import Options
    from prodmode.formulation.mip import Mip

EMPHASES = {"off": 1, "low": 2, "medium": 3, "high": 4, "very high": 5}
"""MathOpt's degrees of effort."""

OLDEST = (9, 15)
"""First version whose runs can be stopped from Python."""

NOT_FEASIBLE_START = "the starting plan is not feasible here and was passed over"


def availability() -> Availability:
    """Return whether OR-Tools is installed in a version that can be stopped, without importing it."""
    if find_spec("ortools") is None:
        return Availability(available=False, reason="OR-Tools is not installed; try 'pip install ortools'")
    try:
        installed = version("ortools")
    except PackageNotFoundError:
        return Availability(available=False, reason="OR-Tools has no version; install it anew")
    if tuple(int(part) for part in re.findall(r"\d+", installed)[:2]) < OLDEST:
        reason = f"OR-Tools {installed} cannot be interrupted; try 'pip install -U ortools'"
        return Availability(available=False, reason=reason, version=installed)
    return Availability(available=True, version=installed)


def protos(name: str) -> Any:
    """Return a module of MathOpt's messages, such as "result", loaded when first used.

    Raises
    ------
    BackendError
        If OR-Tools is not installed.
    """
    return module(f"ortools.math_opt.{name}_pb2")


def module(name: str) -> Any:
    """Return a module of OR-Tools, loaded when first used.

    Raises
    ------
    BackendError
        If OR-Tools is not installed.
    """
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
