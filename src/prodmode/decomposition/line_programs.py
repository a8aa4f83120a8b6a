"""A line's own program, solved by HiGHS: exact for every feature, where no kernel is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from prodmode.decomposition.pricing import NEVER
from prodmode.errors import BackendError
from prodmode.formulation.mip import Mip
from prodmode.formulation.scaling import scaled
from prodmode.formulation.silent_highs import highs_with, highspy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.split import Split

FINITE = 1e29

SETTINGS: dict[str, Any] = {
    "mip_rel_gap": 1e-6, "mip_abs_gap": 1e-9, "mip_feasibility_tolerance": 1e-7,
    "presolve_rule_off": 1 << 12,
}  # fmt: skip


def run(mip: Mip, settings: dict[str, Any]) -> Any:
    """Return HiGHS after it has run.

    Raises
    ------
    BackendError
        If it failed: its figures would be zeros that look like bounds.
    """
    engine = highs_with(mip, settings)
    module = highspy()
    kinds = module.HighsModelStatus
    ended = engine.run()
    known = (
        kinds.kOptimal, kinds.kInfeasible, kinds.kUnboundedOrInfeasible, kinds.kTimeLimit, kinds.kInterrupt,
    )  # fmt: skip
    status = engine.getModelStatus()
    if ended == module.HighsStatus.kError or status not in known:
        raise BackendError(f"HiGHS failed on a part of the program ({engine.modelStatusToString(status)})")
    return engine


def line_program(split: Split, line: int) -> tuple[Mip, NDArray[np.int64]]:
    """Return the rows of one line as a program without costs, and the columns it is made of."""
    mip = split.mip
    columns, starts = split.columns_of
    own = columns[starts[line] : starts[line + 1]]
    rows, begins = split.inner_rows_of
    inner = rows[begins[line] : begins[line + 1]]
    part = mip.matrix[inner]
    # Columns of a line are not neighbours, but they are sorted.
    matrix = csr_array(
        (part.data, np.searchsorted(own, part.indices), part.indptr), shape=(len(inner), len(own))
    )
    program = Mip(
        np.zeros(len(own)), 0.0, matrix, mip.row_lower[inner], mip.row_upper[inner],
        mip.lower[own], mip.upper[own], mip.integer[own],
    )  # fmt: skip
    return program, own


def cheapest(
    split: Split, line: int, cost: NDArray[np.float64], seconds: float | None = None
) -> tuple[float, NDArray[np.float64] | None, NDArray[np.int64]]:
    """Return a proven lower bound on what a line costs, the best point found, and its columns.

    Parameters
    ----------
    split : Split
        The program taken apart.
    line : int
        The line.
    cost : ndarray, shape (n + 1,)
        Reduced costs; columns from 1e30 on are closed.
    seconds : float, optional
        Time limit.

    Returns
    -------
    bound : float
        Infinite where the line can do nothing.
    """
    program, own = line_program(split, line)
    if not len(own) and not len(program.row_lower):
        return 0.0, np.zeros(0), own
    closed = cost[own] >= NEVER / 2
    program = replace(
        program, cost=np.where(closed, 0.0, cost[own]), upper=np.where(closed, 0.0, program.upper)
    )
    form = scaled(program)
    engine = run(form.mip, SETTINGS if seconds is None else {**SETTINGS, "time_limit": seconds})
    kinds, status, info = highspy().HighsModelStatus, engine.getModelStatus(), engine.getInfo()
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        return np.inf, None, own
    x = form.unscale(np.array(engine.getSolution().col_value)) if info.primal_solution_status == 2 else None
    if x is not None:
        x = np.where(program.integer, np.round(x), x)
    bound = info.mip_dual_bound if program.integer.any() else info.objective_function_value
    if not abs(bound) < FINITE:
        # Stopped before it had any bound: the relaxation has one.
        engine = run(replace(form.mip, integer=np.zeros_like(program.integer)), SETTINGS)
        bound = engine.getInfo().objective_function_value
    return bound / form.objective, x, own
