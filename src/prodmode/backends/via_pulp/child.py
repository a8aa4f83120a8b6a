"""The other end of `prodmode.backends.via_pulp.route`: ``python child.py FOLDER``.

Runs as a script that imports nothing of prodmode. It reads the program from ``job.npz`` and what to do from
``job.json``, solves through PuLP, and writes ``answer.json`` and ``answer.npy``.
"""

from __future__ import annotations

import importlib
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray


def main(folder: Path) -> None:
    """Solve the program in a folder and leave the answer there."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    arrays = dict(np.load(folder / "job.npz"))
    pulp: Any = importlib.import_module("pulp")
    problem, variables = build(pulp, arrays)
    if "start" in arrays:
        for variable, value in zip(variables, arrays["start"].tolist(), strict=True):
            variable.setInitialValue(value, check=False)
    answer: dict[str, Any] = {"optimal": False, "infeasible": False, "unbounded": False, "error": ""}
    try:
        problem.solve(pulp.getSolver(job["solver"], **job["arguments"]))
    except KeyboardInterrupt:
        answer["error"] = "interrupted"
    except Exception as error:  # noqa: BLE001  # whatever the solver raises is its answer
        answer["error"] = f"{type(error).__name__}: {error}"
    else:
        answer["optimal"] = problem.sol_status == pulp.LpSolutionOptimal
        answer["infeasible"] = problem.status == pulp.LpStatusInfeasible
        answer["unbounded"] = problem.status == pulp.LpStatusUnbounded
    x = values(job["solver"], problem, variables, has_point=problem.sol_status in (1, 2))
    if x is not None:
        np.save(folder / "answer.npy", x)
    answer["bound"] = finite(BOUNDS.get(job["solver"]), problem)
    answer["nodes"] = finite(NODES.get(job["solver"]), problem)
    partial = folder / "answer.part"
    partial.write_text(json.dumps(answer), encoding="utf-8")
    partial.rename(folder / "answer.json")


def build(pulp: Any, arrays: Mapping[str, NDArray[Any]]) -> tuple[Any, list[Any]]:
    """Return the program as PuLP's objects; every row with two sides is two constraints."""
    problem = pulp.LpProblem("prodmode", pulp.LpMinimize)
    kinds = [pulp.LpInteger if whole else pulp.LpContinuous for whole in arrays["integer"].tolist()]
    lower, upper = (
        [value if np.isfinite(value) else None for value in arrays[name].tolist()]
        for name in ("lower", "upper")
    )
    variables = [
        pulp.LpVariable(f"x{column}", low, high, kind)
        for column, (low, high, kind) in enumerate(zip(lower, upper, kinds, strict=True))
    ]
    problem.addVariables(variables)
    expression = pulp.LpAffineExpression
    # With every column in it, at a cost of zero too: PuLP loses sight of columns that stand nowhere.
    problem.setObjective(expression(zip(variables, arrays["cost"].tolist(), strict=True)))
    starts, columns, data = (arrays[name].tolist() for name in ("indptr", "indices", "data"))
    sides = zip(arrays["row_lower"].tolist(), arrays["row_upper"].tolist(), strict=True)
    for row, (low, high) in enumerate(sides):
        span = slice(starts[row], starts[row + 1])
        terms = [(variables[column], value) for column, value in zip(columns[span], data[span], strict=True)]
        for name, sense, side in constraints(pulp, row, low, high):
            problem.addConstraint(pulp.LpConstraint(expression(terms), sense, name, side))
    if len(arrays["row_lower"]) == 0:
        # PuLP writes no file without a row; the last column is fixed.
        fixed = pulp.LpConstraint(expression([(variables[-1], 1.0)]), pulp.LpConstraintGE, "r", lower[-1])
        problem.addConstraint(fixed)
    return problem, variables


def constraints(pulp: Any, row: int, low: float, high: float) -> list[tuple[str, int, float]]:
    """Return name, sense and side of the constraints that a row becomes."""
    if low == high:
        return [(f"r{row}", pulp.LpConstraintEQ, low)]
    found = []
    if low > -np.inf:
        found.append((f"r{row}_low", pulp.LpConstraintGE, low))
    if high < np.inf:
        found.append((f"r{row}_high", pulp.LpConstraintLE, high))
    return found


def values(solver: str, problem: Any, variables: list[Any], *, has_point: bool) -> NDArray[np.float64] | None:
    """Return the best point, from the solver's own object where PuLP leaves it there."""
    if solver in POINTS:
        with suppress(Exception):
            point = POINTS[solver](problem.solverModel, variables)
            return None if point is None else np.array(point, dtype=float)
    if not has_point or any(variable.varValue is None for variable in variables):
        return None
    return np.array([variable.varValue for variable in variables], dtype=float)


def finite(ask: Callable[[Any], float] | None, problem: Any) -> float | None:
    """Return a number from the solver's object, None where it has none."""
    if ask is None:
        return None
    with suppress(Exception):
        value = float(ask(problem.solverModel))
        if abs(value) < 1e19:  # the least that any of them takes for infinity
            return value
    return None


def _gurobi(model: Any, variables: list[Any]) -> list[float] | None:
    return [variable.solverVar.X for variable in variables] if model.SolCount > 0 else None


def _copt(model: Any, variables: list[Any]) -> list[float] | None:
    found = model.hasmipsol if model.ismip else model.haslpsol
    return [variable.solverVar.x for variable in variables] if found else None


def _scip(model: Any, variables: list[Any]) -> list[float] | None:
    if model.getNSols() == 0:
        return None
    solution = model.getBestSol()
    return [solution[variable.solverVar] for variable in variables]


def _cplex(model: Any, variables: list[Any]) -> list[float] | None:
    if not model.solution.is_primal_feasible():
        return None
    found: list[float] = model.solution.get_values([variable.name for variable in variables])
    return found


def _xpress(model: Any, variables: list[Any]) -> list[float] | None:
    if model.attributes.mipents and model.attributes.mipsols == 0:
        return None
    found: list[float] = model.getSolution([variable._xprs[1] for variable in variables])  # noqa: SLF001
    return found


POINTS: dict[str, Callable[[Any, list[Any]], list[float] | None]] = {
    "GUROBI": _gurobi,
    "COPT": _copt,
    "SCIP_PY": _scip,
    "CPLEX_PY": _cplex,
    "XPRESS_PY": _xpress,
}
BOUNDS: dict[str, Callable[[Any], float]] = {
    "GUROBI": lambda model: model.ObjBound,
    "COPT": lambda model: model.bestbnd,
    "SCIP_PY": lambda model: model.getDualbound(),
    "CPLEX_PY": lambda model: model.solution.MIP.get_best_objective(),
    "XPRESS_PY": lambda model: model.attributes.bestbound,
}
NODES: dict[str, Callable[[Any], float]] = {
    "GUROBI": lambda model: model.NodeCount,
    "COPT": lambda model: model.nodecnt,
    "SCIP_PY": lambda model: model.getNTotalNodes(),
    "CPLEX_PY": lambda model: model.solution.progress.get_num_nodes_processed(),
    "XPRESS_PY": lambda model: model.attributes.nodes,
}

if __name__ == "__main__":
    main(Path(sys.argv[1]))
