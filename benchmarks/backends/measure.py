"""Measure one case and print what came out as JSON: ``python -m benchmarks.backends.measure JSON``.

Every case has a process of its own, so that none inherits the memory or the loaded libraries of another.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import redirect_stdout
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.backends.cases import LP_BACKENDS, PERIODS, SEED, Case, Row
from benchmarks.backends.core import core
from benchmarks.machine import peak_memory
from benchmarks.published.problems import problems
from benchmarks.published.run import TOLERANCE
from prodmode.backends import registry
from prodmode.backends.contract import DEFAULT_GAP, Options
from prodmode.backends.isolation import run_isolated
from prodmode.comparison.compare import compare, takers_of_integers
from prodmode.formulation import formulate
from prodmode.formulation.silent_highs import highs_with
from prodmode.instance.generator import generate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from benchmarks.published.problems import Problem
    from prodmode import Instance
    from prodmode.formulation.mip import Mip

TIGHT_GAP = 1e-9
"""Gap asked for where a value is compared with a known optimum."""

NEEDED = {"prodmode": (), "pulp": ("pulp",), "linopy": ("linopy", "xarray")}
"""Modules that each writer needs beyond those of prodmode."""


def measure(case: Case, left_out: Collection[str] = ()) -> Row:
    """Return what a case came to.

    Parameters
    ----------
    case : Case
        What to measure.
    left_out : collection of str
        Backends not to run.
    """
    if case.part == "portfolios":
        return _compared(_portfolio(case), case.time_limit, DEFAULT_GAP, left_out)
    if case.part == "relaxations":
        return _relaxed(formulate(_portfolio(case)).mip, case.time_limit, left_out)
    if case.part == "published":
        return _published(case, left_out)
    absent = [name for name in NEEDED[case.name] if find_spec(name) is None]
    if absent:
        return {"skipped": f"not installed: {', '.join(absent)}"}
    instance = core(lines=case.lines, periods=PERIODS, seed=SEED)
    if case.part == "agreement":
        return _agreement(case, instance)
    return _building(case.name, instance)


def _portfolio(case: Case) -> Instance:
    return generate(lines=case.lines, periods=PERIODS, seed=SEED, profile=case.name)


def _size(mip: Mip) -> Row:
    rows, columns = mip.shape
    return {
        "rows": rows, "columns": columns, "integers": int(mip.integer.sum()), "nonzeros": int(mip.matrix.nnz)
    }  # fmt: skip


def _compared(instance: Instance, time_limit: float, gap: float, left_out: Collection[str]) -> Row:
    names = [name for name in takers_of_integers() if name not in left_out]
    began = time.perf_counter()
    size = _size(formulate(instance).mip)
    row = {
        "size": size, "build_seconds": time.perf_counter() - began, "currency": instance.currency, "runs": []
    }  # fmt: skip
    if not names:
        return row
    told = compare(instance, backends=names, time_limit=time_limit, gap=gap).to_dict()
    return row | {"build_seconds": told["build_seconds"], "runs": told["backends"]}


def _relaxed(mip: Mip, time_limit: float, left_out: Collection[str]) -> Row:
    linear = replace(mip, integer=np.zeros_like(mip.integer))
    runs = []
    for name in LP_BACKENDS:
        if name in left_out or not registry.info(name).available:
            continue
        run = run_isolated(name, linear, Options(time_limit, DEFAULT_GAP / 100))
        answer = run.answer
        x = None if answer is None else answer.x
        runs.append(
            {
                "backend": name,
                "version": "" if answer is None else answer.version,
                "status": run.ending if answer is None else answer.status.value,
                "objective": None if x is None else -linear.objective(x),
                "bound": None if answer is None or answer.bound is None else -answer.bound,
                "solve_seconds": None if answer is None else answer.seconds,
                "peak_memory": run.peak_memory,
                "message": run.message if answer is None else answer.message,
            }
        )
    return {"size": _size(linear), "runs": runs}


def _published(case: Case, left_out: Collection[str]) -> Row:
    group, _, name = case.name.partition(" ")
    problem = next((problem for problem in problems(group) if problem.name == name), None)
    if problem is None:
        return {"skipped": "its raw file is not here"}
    row = _compared(problem.make(), case.time_limit, TIGHT_GAP, left_out)
    for run in row["runs"]:
        run["beside"] = beside(problem, run)
        for figure in ("objective", "bound"):
            run[figure] = None if run[figure] is None else problem.sense * run[figure]
    return row | {"optimum": problem.optimum, "best": problem.best, "known_bound": problem.bound}


def beside(problem: Problem, run: Row) -> str:
    """Return how a plan stands beside the published value.

    Parameters
    ----------
    problem : Problem
        With its published value.
    run : row
        Of a backend; profit is maximised.
    """
    best = problem.optimum if problem.optimum is not None else problem.best
    if run["objective"] is None:
        return "no plan"
    if best is None:
        return "no published value"
    short = problem.sense * best - run["objective"]
    slack = TOLERANCE * max(1.0, abs(best))
    if abs(short) <= slack:
        return "equal" if problem.optimum is not None else "equal to the best known"
    return f"{short / abs(best):.2%} short" if short > 0 else f"{-short / abs(best):.2%} better"


def _agreement(case: Case, instance: Instance) -> Row:
    """Solve the core model to a tight gap, with the solver that each script uses."""
    began = time.perf_counter()
    if case.name == "pulp":
        pulp: Any = import_module("pulp")
        problem = import_module("benchmarks.backends.by_pulp").build(instance)
        problem.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=TIGHT_GAP, timeLimit=case.time_limit))
        # PuLP calls a plan at the time limit optimal too; sol_status tells them apart.
        optimal = problem.sol_status == pulp.LpSolutionOptimal
        objective = pulp.value(problem.objective)
    elif case.name == "linopy":
        model = import_module("benchmarks.backends.by_linopy").build(instance)
        _, status = model.solve(
            "highs", io_api="direct", mip_rel_gap=TIGHT_GAP, time_limit=case.time_limit, progress=False,
            output_flag=False,
        )  # fmt: skip
        optimal, objective = status == "optimal", model.objective.value
    else:
        comparison = compare(instance, backends=["highs"], time_limit=case.time_limit, gap=TIGHT_GAP)
        entry = comparison.entries[0]
        optimal, objective = entry.status.value == "optimal" and entry.verified, entry.objective
    status = "optimal" if optimal else "not proved"
    return {"objective": objective, "status": status, "seconds": time.perf_counter() - began}


def _building(writer: str, instance: Instance) -> Row:
    """Build the core model and hand it to its solver, without solving."""
    for table in ("lines", "demand", "options", "usage"):
        instance.table(table)
    build, hand_over, size = BUILDERS[writer]
    import_module({"pulp": "pulp", "linopy": "linopy"}.get(writer, "highspy"))
    before = peak_memory()
    began = time.perf_counter(), time.process_time()
    model = build(instance)
    built = time.perf_counter(), time.process_time()
    after = peak_memory()
    hand_over(model)
    handed = time.process_time()
    return {
        "rows": size(model)[0], "columns": size(model)[1],
        "wall_seconds": built[0] - began[0], "build_seconds": built[1] - began[1],
        "hand_over_seconds": handed - built[1],
        "memory_before": before, "memory_built": after, "memory_handed_over": peak_memory(),
    }  # fmt: skip


def _with_pulp(instance: Instance) -> Any:
    return import_module("benchmarks.backends.by_pulp").build(instance)


def _with_linopy(instance: Instance) -> Any:
    return import_module("benchmarks.backends.by_linopy").build(instance)


def _write_for_cbc(problem: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        problem.writeMPS(str(Path(folder) / "program.mps"))


BUILDERS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], Callable[[Any], tuple[int, int]]]] = {
    "prodmode": (
        lambda instance: formulate(instance).mip,
        lambda mip: highs_with(mip, {}),
        lambda mip: mip.shape,
    ),
    "pulp": (
        _with_pulp,
        _write_for_cbc,
        lambda problem: (problem.numConstraints(), problem.numVariables()),
    ),
    "linopy": (
        _with_linopy,
        lambda model: model.to_highspy(),
        lambda model: (int(model.ncons), int(model.nvars)),
    ),
}
"""How each writer builds, hands over to its solver, and counts rows and columns."""


def main() -> None:
    """Measure the case that the argument tells of; solvers may print what they like before the last line."""
    asked = json.loads(sys.argv[1])
    with redirect_stdout(sys.stderr):
        row = measure(Case(**asked["case"]), asked["left_out"])
    print(json.dumps(row))


if __name__ == "__main__":
    main()
