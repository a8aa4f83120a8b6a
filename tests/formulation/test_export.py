"""MPS and LP files: what other readers make of them, and names that would trip them."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import prodmode as pm
from prodmode.backends import highs
from prodmode.backends.contract import Options
from prodmode.errors import ProdmodeError
from prodmode.formulation import Formulation, export, formulate
from prodmode.formulation.export import FORMATS, ascii_names, write
from prodmode.formulation.silent_highs import highs_with, highspy

from .portfolios import CASES, demand, line, option, portfolio

if TYPE_CHECKING:
    from collections.abc import Callable

INSTANCES = Path(__file__).parents[2] / "instances"
NAMES = ("furniture", "pasta.yaml", "sunoil.yaml")
MOST_SECONDS = 20.0


@pytest.fixture(scope="module", params=NAMES)
def shipped(request: pytest.FixtureRequest) -> Formulation:
    return formulate(pm.load(INSTANCES / request.param))


@pytest.fixture(scope="module")
def optimum(shipped: Formulation) -> float:
    """The optimum of the minimisation, its constant included."""
    mip = shipped.mip
    answer = highs.solve(mip, Options(gap=2e-5, time_limit=MOST_SECONDS))
    assert answer.x is not None
    return mip.objective(answer.x)


def names_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_name(path.name + ".names.json").read_text("utf-8"))
    return found


def with_highs(path: Path) -> float:
    engine = highs_with(EMPTY, {"mip_rel_gap": 2e-5, "time_limit": MOST_SECONDS})
    assert engine.readModel(str(path)) == highspy().HighsStatus.kOk
    engine.run()
    return float(engine.getInfo().objective_function_value)


def with_scip(path: Path) -> float:
    module = pytest.importorskip("pyscipopt")
    model = module.Model()
    model.hideOutput()
    model.readProblem(str(path))
    model.setParam("limits/gap", 2e-5)
    model.setParam("limits/time", MOST_SECONDS)
    model.optimize()
    return float(model.getObjVal())


def with_ortools(path: Path) -> float:
    if path.suffix == ".lp":
        pytest.skip("OR-Tools reads LP files of its own kind only")
    builder = pytest.importorskip("ortools.linear_solver.python.model_builder")
    model = builder.Model()
    assert model.import_from_mps_file(str(path))
    solver = builder.Solver("scip")
    solver.set_time_limit_in_seconds(MOST_SECONDS)
    solver.solve(model)
    return float(solver.objective_value)


def with_cbc(path: Path) -> float:
    module = pytest.importorskip("pulp")
    found = path.with_name("solution.txt")
    words = ["-ratioGap", "2e-5", "-seconds", str(MOST_SECONDS), "-solve", "-solution", str(found), "-quit"]
    subprocess.run([module.PULP_CBC_CMD().path, str(path), *words], capture_output=True, check=True)
    return float(found.read_text().splitlines()[0].split()[-1])


EMPTY = formulate(portfolio("empty", 1, lines=[line()], demand=demand([1]), options=[option("a")])).mip


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("read", [with_highs, with_cbc, with_ortools, with_scip])
def test_readers_find_the_same_optimum(
    shipped: Formulation, optimum: float, read: Callable[[Path], float], format_: str, tmp_path: Path
) -> None:
    path = tmp_path / f"model.{format_}"
    write(shipped, path, format=format_)
    found = read(path) + names_of(path)["offset"]
    assert found == pytest.approx(optimum, rel=5e-5)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", CASES)
def test_highs_reads_back_the_very_program(name: str, format_: str, tmp_path: Path) -> None:
    formulation = formulate(CASES[name]())
    path = tmp_path / f"{name}.{format_}"
    write(formulation, path, format=format_)
    engine = highs_with(EMPTY, {})
    assert engine.readModel(str(path)) == highspy().HighsStatus.kOk
    found = engine.getLp()
    mip, origin, _ = export._one_sided(formulation.mip)
    assert found.offset_ == 0
    # Readers of LP files number the columns as they meet them.
    place = {column: position for position, column in enumerate(found.col_names_)}
    order = [place[column] for column in names_of(path)["columns"]]
    assert len(order) == len(mip.cost) == found.num_col_
    assert np.array(found.col_cost_)[order].tolist() == mip.cost.tolist()
    assert np.array(found.col_lower_)[order].tolist() == mip.lower.tolist()
    assert np.array(found.col_upper_)[order].tolist() == mip.upper.tolist()
    whole = np.array([int(kind) for kind in found.integrality_] or [0] * found.num_col_)[order]
    assert (whole == 1).tolist() == mip.integer.tolist()
    assert list(found.row_names_) == list(names_of(path)["rows"])
    assert found.row_lower_ == mip.row_lower.tolist()
    assert found.row_upper_ == mip.row_upper.tolist()
    assert len(origin) == found.num_row_
    assert dense(found)[:, order].tolist() == mip.matrix.toarray().tolist()


def dense(program: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    matrix = program.a_matrix_
    by_row = matrix.format_ == highspy().MatrixFormat.kRowwise
    major, minor = (program.num_row_, program.num_col_) if by_row else (program.num_col_, program.num_row_)
    values = np.zeros((major, minor))
    for outer in range(major):
        span = slice(matrix.start_[outer], matrix.start_[outer + 1])
        values[outer, matrix.index_[span]] = matrix.value_[span]
    return values if by_row else values.T


HOSTILE = (
    "größe", "a b", "a-b", "a_b", "a[b]", 'quo"te', "it's", "x" * 180 + "1", "x" * 180 + "2", "st", "free",
    "1e5", "-inf", "<=", "線", ",", "a{b}", "End",
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile() -> Formulation:
    names = [name[:120] if name.startswith("x") else name for name in HOSTILE]
    names[7], names[8] = "x" * 119 + "1", "x" * 119 + "2"
    lines = [line(name) for name in names]
    options = [option(name, name, min_lot=3) for name in names]
    needs = [row for name in names for row in demand([7], name)]
    return formulate(portfolio("Möbel & 'Söhne'", 1, lines=lines, demand=needs, options=options))


@pytest.mark.parametrize("format_", FORMATS)
def test_hostile_names_survive_in_the_map(hostile: Formulation, format_: str, tmp_path: Path) -> None:
    path = tmp_path / f"model.{format_}"
    write(hostile, path, format=format_)
    names = names_of(path)
    assert names["instance"] == "Möbel & 'Söhne'"
    assert all(
        re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]{0,199}", name) for name in (*names["columns"], *names["rows"])
    )
    made = {about["option"] for about in names["columns"].values() if about["family"] == "made"}
    assert made == set(hostile.instance.options["option"])
    assert set(names["columns"]) <= set(re.findall(r"[A-Za-z0-9_.]+", path.read_text("ascii")))
    found = with_highs(path) + names["offset"]
    assert found == pytest.approx(-30 * 7 * len(HOSTILE))


def test_names_are_unique_whatever_is_made_of_them() -> None:
    names = ["a b", "a-b", "a_b", "a_b_2", "a_b", "z" * 300, "z" * 300, "z" * 300 + "y", "a b"]
    found = ascii_names(names)
    assert len(set(found)) == len(names)
    assert max(map(len, found)) <= 200
    assert found == ascii_names(names)


def test_rows_with_two_sides_become_two(tmp_path: Path) -> None:
    formulation = formulate(CASES["demand_of_a_line"]())
    write(formulation, tmp_path / "model.mps")
    text = (tmp_path / "model.mps").read_text("ascii")
    assert "RANGES" not in text
    rows = names_of(tmp_path / "model.mps")["rows"]
    about = {"family": "assignment", "line": "chair", "period": "1"}
    assert rows["assignment.chair.1"] == rows["assignment.chair.1.least"] == about
    mip = formulation.mip
    low, high = np.isfinite(mip.row_lower), np.isfinite(mip.row_upper)
    assert len(rows) == len(low) + int((low & high & (mip.row_lower != mip.row_upper)).sum())


@pytest.mark.parametrize("format_", FORMATS)
def test_same_bytes_twice(hostile: Formulation, format_: str, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write(hostile, tmp_path / folder / f"model.{format_}", format=format_)
    for name in (f"model.{format_}", f"model.{format_}.names.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("format_", FORMATS)
def test_failure_leaves_the_old_file(
    hostile: Formulation, format_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"model.{format_}"
    path.write_text("what was there before")

    def fail(*_: Any) -> None:
        raise ProdmodeError("the disk is full")

    monkeypatch.setattr(export, "_write_mps", fail)
    monkeypatch.setattr(export, "lp_lines", fail)
    with pytest.raises(ProdmodeError, match="the disk is full"):
        write(hostile, path, format=format_)
    assert path.read_text() == "what was there before"
    assert os.listdir(tmp_path) == [path.name]  # noqa: PTH208


def test_unknown_format(hostile: Formulation, tmp_path: Path) -> None:
    with pytest.raises(ProdmodeError, match=r"no export format 'xls'.*mps, lp"):
        write(hostile, tmp_path / "model.xls", format="xls")
    assert not list(tmp_path.iterdir())
