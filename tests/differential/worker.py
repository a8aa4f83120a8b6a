"""Solve data sections of the GMPL model, in a process of its own: GLPK aborts where its API is misused.

Reads ``{"model": path, "jobs": [[key, data file], ...], "folder": path}`` as JSON on standard input and adds
one JSON line per job to ``answers.jsonl`` in the folder as soon as it is done.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

# Neither package tells its types.
glp: Any = import_module("swiglpk")
highspy: Any = import_module("highspy")

SMALL = 150
"""Integer columns up to which GLPK proves the optimum itself."""
PATIENCE = 500
"""Milliseconds after which GLPK leaves an instance to HiGHS."""
SECONDS = 120
GAP = 1e-9


def translate(model: str, data: str, mps: str) -> None:
    """Write model and data as a free MPS file with plain names."""
    workspace = glp.glp_mpl_alloc_wksp()
    problem = glp.glp_create_prob()
    try:
        # 1: leave out a data section of the model file
        if glp.glp_mpl_read_model(workspace, model, 1):
            raise RuntimeError(f"GLPK cannot read the model {model}")
        if glp.glp_mpl_read_data(workspace, data):
            raise RuntimeError(f"GLPK cannot read the data {data}")
        if glp.glp_mpl_generate(workspace, None):
            raise RuntimeError(f"GLPK cannot generate the model with {data}")
        glp.glp_mpl_build_prob(workspace, problem)
        glp.glp_create_index(problem)
        for row in range(1, glp.glp_get_num_rows(problem) + 1):
            glp.glp_set_row_name(problem, row, f"r{row}")
        for column in range(1, glp.glp_get_num_cols(problem) + 1):
            glp.glp_set_col_name(problem, column, f"c{column}")
        if glp.glp_get_obj_dir(problem) != glp.GLP_MAX:
            raise RuntimeError("the model does not maximise")
        if glp.glp_write_mps(problem, glp.GLP_MPS_FILE, None, mps):
            raise RuntimeError(f"GLPK cannot write {mps}")
    finally:
        glp.glp_delete_prob(problem)
        glp.glp_mpl_free_wksp(workspace)


def solve(mps: str) -> dict[str, Any]:
    """Return solver, status ("optimal" or "infeasible") and objective of a file that maximises."""
    problem = glp.glp_create_prob()
    try:
        if glp.glp_read_mps(problem, glp.GLP_MPS_FILE, None, mps):
            raise RuntimeError(f"GLPK cannot read {mps}")
        integers = glp.glp_get_num_int(problem)
        if integers <= SMALL:
            found = with_glpk(problem)
            if found is not None:
                return found
    finally:
        glp.glp_delete_prob(problem)
    return with_highs(mps)


def with_glpk(problem: Any) -> dict[str, Any] | None:
    """Return the answer of GLPK's branch and cut, None where it does not finish in time."""
    glp.glp_set_obj_dir(problem, glp.GLP_MAX)
    options = glp.glp_iocp()
    glp.glp_init_iocp(options)
    options.presolve = glp.GLP_ON
    options.msg_lev = glp.GLP_MSG_OFF
    options.tm_lim = PATIENCE
    options.tol_int = 1e-8
    code = glp.glp_intopt(problem, options)
    if code == glp.GLP_ENOPFS:
        return {"solver": "glpk", "status": "infeasible"}
    if code == 0 and glp.glp_mip_status(problem) == glp.GLP_OPT:
        return {"solver": "glpk", "status": "optimal", "objective": glp.glp_mip_obj_val(problem)}
    if code == 0 and glp.glp_mip_status(problem) == glp.GLP_NOFEAS:
        return {"solver": "glpk", "status": "infeasible"}
    return None


def with_highs(mps: str) -> dict[str, Any]:
    """Return the answer of HiGHS."""
    highs = highspy.Highs()
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("time_limit", float(SECONDS)),
        # A tighter mip_feasibility_tolerance (1e-9) has given wrong optima; the default has not.
        ("mip_rel_gap", GAP),
        ("mip_abs_gap", GAP),
    ):
        expect(highs.setOptionValue(option, value), f"set {option}")
    expect(highs.readModel(mps), f"read {mps}")
    expect(highs.changeObjectiveSense(highspy.ObjSense.kMaximize), "maximise")
    expect(highs.run(), "run")
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return {"solver": "highs", "status": "optimal", "objective": highs.getInfo().objective_function_value}
    if status == highspy.HighsModelStatus.kInfeasible:
        return {"solver": "highs", "status": "infeasible"}
    raise RuntimeError(f"HiGHS stopped: {highs.modelStatusToString(status)}")


def expect(status: Any, action: str) -> None:
    if status == highspy.HighsStatus.kError:
        raise RuntimeError(f"HiGHS failed to {action}")


def main() -> None:
    order = json.load(sys.stdin)
    answers = Path(order["folder"]) / "answers.jsonl"
    glp.glp_term_out(glp.GLP_OFF)
    for key, data in order["jobs"]:
        mps = str(Path(order["folder"]) / f"{key}.mps")
        try:
            translate(order["model"], data, mps)
            answer = solve(mps)
        except RuntimeError as error:
            answer = {"status": "error", "message": str(error)}
        with answers.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"key": key, **answer}) + "\n")


if __name__ == "__main__":
    main()
