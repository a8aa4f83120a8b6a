"""``prodmode compare``: the table, the files and the exit code."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from prodmode.backends.contract import Status
from prodmode.cli.codes import ExitCode
from prodmode.cli.compare import exit_code
from tests.cli.conftest import environment
from tests.cli.test_solve import infeasible, strict
from tests.comparison.conftest import install
from tests.comparison.made import ERROR, OPTIMAL, TIME_LIMIT, comparison, entry, failed

if TYPE_CHECKING:
    from pathlib import Path

    import prodmode as pm
    from tests.cli.conftest import Run

__all__ = ["infeasible"]

KEYS = {"instance", "currency", "best", "best_by", "build_seconds", "disagreements", "backends"}
ROW_KEYS = {
    "backend",
    "version",
    "repeat",
    "ending",
    "status",
    "objective",
    "bound",
    "gap",
    "verified",
    "build_seconds",
    "solve_seconds",
    "wall_seconds",
    "seconds_to_first_plan",
    "seconds_to_5_percent",
    "seconds_to_1_percent",
    "seconds_to_0_1_percent",
    "seconds_to_0_01_percent",
    "primal_integral",
    "primal_dual_integral",
    "nodes",
    "peak_memory",
    "verdict",
    "message",
}


def test_json_holds_the_answer_and_stdout_nothing_else(run: Run, workshop: Path) -> None:
    done = run("compare", workshop, "--backends", "highs", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = strict(done.stdout)
    assert set(answer) == KEYS
    rows = answer["backends"]
    assert isinstance(rows, list)
    assert [set(row) for row in rows] == [ROW_KEYS]
    assert rows[0]["verdict"] == "proved"
    assert answer["best"] == pytest.approx(rows[0]["objective"])
    assert answer["best_by"] == "highs"


def test_piped_text_is_plain_and_keeps_to_its_width(run: Run, workshop: Path) -> None:
    done = run("compare", workshop, "--backends", "highs", "--repeat", "2")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "workshop: 1 backend compared in 2 runs, 2 verified plans"
    assert max(map(len, lines)) <= 110
    assert "\x1b" not in done.stdout
    assert any(line.startswith("highs (2)  optimal ") for line in lines)


def test_output_writes_data_traces_chart_and_plan(run: Run, workshop: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    folder = tmp_path / "deep" / "out"
    done = run("compare", workshop, "--backends", "highs,highs", "--output", folder, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert strict((folder / "comparison.json").read_text(encoding="utf-8")) == strict(done.stdout)
    with (folder / "comparison.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["backend"] for row in rows] == ["highs"]
    assert set(rows[0]) == ROW_KEYS
    with (folder / "traces.csv").open(encoding="utf-8", newline="") as file:
        points = list(csv.DictReader(file))
    assert set(points[0]) == {"backend", "repeat", "seconds", "incumbent", "bound"}
    assert float(points[-1]["incumbent"]) == pytest.approx(float(rows[0]["objective"]))
    svg = ET.parse(folder / "chart.svg")  # noqa: S314
    groups = {group.get("id") for group in svg.iter("{http://www.w3.org/2000/svg}g")}
    assert groups >= {"highs-1-incumbent", "highs-1-bound"}
    assert (folder / "chart.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((folder / "plan" / "plan.json").read_text(encoding="utf-8"))["instance"] == "workshop"
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_without_matplotlib_all_but_the_chart_is_written(run: Run, workshop: Path, tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    (absent / "matplotlib").mkdir(parents=True)
    (absent / "matplotlib" / "__init__.py").write_text("raise ImportError('absent')", encoding="utf-8")
    folder = tmp_path / "out"
    done = run("compare", workshop, "--backends", "highs", "--output", folder, PYTHONPATH=str(absent))
    assert done.returncode == 0
    assert "pip install matplotlib" in done.stderr
    written = sorted(path.name for path in folder.iterdir())
    assert written == ["comparison.csv", "comparison.json", "plan", "traces.csv"]


def test_false_claims_are_told_in_words(run: Run, workshop: Path, tmp_path: Path) -> None:
    found = install(tmp_path / "planted")
    done = run(
        "compare", workshop, "--backends", "deny", "--backends", "refuse, highs", "--time-limit", "30",
        PYTHONPATH=found,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "\ndisagreements\n  deny says infeasible, but highs has a verified plan of " in done.stdout
    assert "\nnotes\n  refuse: refused: backend 'refuse' cannot honour: anything" in done.stdout


def test_where_every_backend_fails(run: Run, workshop: Path, tmp_path: Path) -> None:
    found = install(tmp_path / "planted")
    done = run("compare", workshop, "--backends", "refuse,crash", "--json", PYTHONPATH=found)
    assert done.returncode == 6
    assert strict(done.stdout)["best"] is None


def test_an_infeasible_instance(run: Run, infeasible: Path) -> None:
    done = run("compare", infeasible, "--backends", "highs")
    assert done.returncode == 4
    assert "says infeasible" in done.stdout


def test_an_unknown_backend(run: Run, workshop: Path) -> None:
    done = run("compare", workshop, "--backends", "highs,higs", "--json")
    assert done.returncode == 6
    answer = strict(done.stdout)
    assert set(answer) == KEYS | {"errors"}
    assert "'highs'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_rejected_input(run: Run, workshop: Path) -> None:
    (workshop / "lines.csv").write_text("line,price\nstool,cheap\n", encoding="utf-8")
    done = run("compare", workshop, "--json")
    assert done.returncode == 3
    errors = strict(done.stdout)["errors"]
    assert isinstance(errors, list)
    assert errors[0]["file"]


@pytest.mark.parametrize(
    "args",
    [["--backends", "highs,"], ["--repeat", "0"], ["--time-limit", "nan"], ["--memory-limit", "0"]],
    ids=" ".join,
)
def test_a_wrong_option_is_a_usage_error(run: Run, workshop: Path, args: list[str]) -> None:
    done = run("compare", workshop, *args, "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Error: " in done.stderr


PROVED = entry("scip", OPTIMAL, 100.0, 100.0)
NO_PLAN = entry("cbc", TIME_LIMIT, None, 120.0)
INFEASIBLE = entry("cbc", Status.INFEASIBLE)
CRASHED = failed("odd", "crashed", "gone")
REJECTED = entry("odd", OPTIMAL, 100.0, 100.0, verified=False)


@pytest.mark.parametrize(
    ("made", "interrupted", "code"),
    [
        (comparison(PROVED, CRASHED, NO_PLAN, INFEASIBLE), False, ExitCode.OK),
        (comparison(PROVED), True, ExitCode.OK),
        (comparison(INFEASIBLE, CRASHED), False, ExitCode.INFEASIBLE),
        (comparison(INFEASIBLE, NO_PLAN), False, ExitCode.NO_PLAN),
        (comparison(NO_PLAN, CRASHED), False, ExitCode.NO_PLAN),
        (comparison(CRASHED, entry("odd", ERROR)), False, ExitCode.FAILED),
        (comparison(REJECTED), False, ExitCode.FAILED),
        (comparison(NO_PLAN), True, ExitCode.INTERRUPTED),
        (comparison(), True, ExitCode.INTERRUPTED),
    ],
)
def test_exit_codes(made: pm.Comparison, interrupted: bool, code: ExitCode) -> None:
    assert exit_code(made, interrupted=interrupted) is code


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize(("backends", "code"), [("wait,highs", 130), ("highs,wait", 0)])
def test_an_interrupt_shows_what_has_been_answered(
    workshop: Path, tmp_path: Path, backends: str, code: int
) -> None:
    variables = environment(
        PYTHONPATH=install(tmp_path / "planted"), PRODMODE_TEST_MARK=str(tmp_path / "mark")
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "prodmode", "compare", str(workshop), "--backends", backends],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables,
    )  # fmt: skip
    end = time.monotonic() + 60
    while not (tmp_path / "mark").exists() and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert "interrupted" in next(line for line in out.splitlines() if line.startswith("wait "))
    if code:
        assert err.splitlines() == ["interrupted: not run: highs"]
    else:
        assert "best plan" in out
