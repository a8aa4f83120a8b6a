"""``prodmode solve``: the answer, the exit code and where each word goes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import WORKSHOP, Run, write_folder

if TYPE_CHECKING:
    from pathlib import Path

KEYS = {
    "status",
    "backend",
    "objective",
    "bound",
    "gap",
    "has_plan",
    "verified",
    "build_seconds",
    "solve_seconds",
    "assignments",
    "investments",
}


def strict(text: str) -> dict[str, object]:
    """Parse JSON and refuse NaN and infinity."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    parsed = json.loads(text, parse_constant=refuse)
    assert isinstance(parsed, dict)
    return parsed


@pytest.fixture
def infeasible(tmp_path: Path) -> Path:
    """Return a folder whose demand for stools cannot be served."""
    files = dict(WORKSHOP)
    files["resources.csv"] = files["resources.csv"].replace("hands,plant,hours,200", "hands,plant,hours,1")
    files["lines.csv"] = files["lines.csv"].replace("stool,40,0.5,30,1", "stool,40,1,10,1")
    return write_folder(tmp_path / "infeasible", files)


def test_json_holds_the_answer_and_stdout_nothing_else(run: Run, workshop: Path) -> None:
    done = run("solve", workshop, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    answer = strict(done.stdout)
    assert set(answer) >= KEYS
    assert answer["status"] == "optimal"
    assert answer["has_plan"] is True
    assert answer["verified"] is True
    assert isinstance(answer["assignments"], list)
    assert all(set(row) >= {"line", "period", "option", "mode", "site"} for row in answer["assignments"])
    assert len(answer["assignments"]) == 4
    assert isinstance(answer["investments"], list)
    assert all(set(row) >= {"investment", "period", "copies"} for row in answer["investments"])


def test_text_is_read_in_ten_seconds(run: Run, workshop: Path) -> None:
    done = run("solve", workshop)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].startswith("workshop: optimal plan, verified; it earns ")
    assert len(lines) < 40
    assert max(map(len, lines)) <= 110
    assert any(line.split()[:1] == ["NPV"] and line.endswith("EUR") for line in lines)
    assert any(line.startswith("stool ") for line in lines)
    assert any(line.startswith("hands ") for line in lines)
    assert "\x1b" not in done.stdout


def test_output_writes_the_plan_and_the_result(run: Run, workshop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    done = run("solve", workshop, "--output", folder, "--json")
    assert done.returncode == 0, done.stderr
    assert strict((folder / "result.json").read_text(encoding="utf-8")) == strict(done.stdout)
    plan = strict((folder / "plan.json").read_text(encoding="utf-8"))
    assert plan["instance"] == "workshop"
    assert (folder / "assignments.csv").read_text(encoding="utf-8").startswith("line,period,option,mode,site")
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_output_as_parquet_can_be_the_start_of_the_next_solve(
    run: Run, workshop: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    done = run("solve", workshop, "--output", folder, "--container", "parquet", "--json")
    assert done.returncode == 0, done.stderr
    assert (folder / "assignments.parquet").exists()
    assert not list(folder.glob("*.csv"))
    again = run("solve", workshop, "--warm-start", folder, "--json")
    assert again.returncode == 0, again.stderr
    assert strict(again.stdout)["assignments"] == strict(done.stdout)["assignments"]


def test_a_container_without_an_output_is_wrong_usage(run: Run, workshop: Path) -> None:
    done = run("solve", workshop, "--container", "parquet")
    assert done.returncode == 2
    assert "--output" in done.stderr


def test_a_plan_can_be_the_start_of_the_next_solve(run: Run, workshop: Path, tmp_path: Path) -> None:
    first = run("solve", workshop, "--output", tmp_path / "out", "--json")
    again = run("solve", workshop, "--warm-start", tmp_path / "out", "--json")
    assert again.returncode == 0, again.stderr
    assert strict(again.stdout)["objective"] == pytest.approx(strict(first.stdout)["objective"])


def test_a_warm_start_that_is_no_plan_is_rejected(run: Run, workshop: Path) -> None:
    done = run("solve", workshop, "--warm-start", workshop / "lines.csv")
    assert done.returncode == 3
    assert "lines.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_that_is_a_file_is_a_usage_error(run: Run, workshop: Path) -> None:
    done = run("solve", workshop, "--output", workshop / "lines.csv")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_infeasible_instance(run: Run, infeasible: Path) -> None:
    done = run("solve", infeasible, "--json")
    assert done.returncode == 4, done.stderr
    answer = strict(done.stdout)
    assert answer["status"] == "infeasible"
    assert answer["has_plan"] is False
    assert answer["objective"] is None
    assert answer["assignments"] == []
    text = run("solve", infeasible)
    assert text.returncode == 4
    assert "infeasible" in text.stdout


def test_a_missing_backend(run: Run, workshop: Path) -> None:
    done = run("solve", workshop, "--backend", "higs", "--json")
    assert done.returncode == 6
    answer = strict(done.stdout)
    assert answer["status"] == "error"
    assert set(answer) >= KEYS
    assert "'highs'" in done.stderr
    assert "Traceback" not in done.stderr


def test_limits_and_seed_are_accepted(run: Run, workshop: Path) -> None:
    done = run(
        "solve",
        workshop,
        "--backend",
        "highs",
        "--time-limit",
        "60",
        "--gap",
        "0.01",
        "--threads",
        "1",
        "--seed",
        "7",
    )
    assert done.returncode == 0, done.stderr


def test_a_time_limit_is_told_honestly(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "portfolio"
    made = run("generate", "--lines", "200", "--periods", "4", "--seed", "1", "--profile", "tight", path)
    assert made.returncode == 0, made.stderr
    done = run("solve", path, "--time-limit", "0.01", "--json")
    assert done.returncode in {0, 5}, done.stderr
    answer = strict(done.stdout)
    if answer["has_plan"]:
        assert done.returncode == 0
        assert answer["verified"] is True
    else:
        assert done.returncode == 5
        assert answer["objective"] is None
    assert answer["status"] == "time_limit"


def test_no_colour_and_no_progress_in_a_pipe(run: Run, workshop: Path) -> None:
    done = run("solve", workshop, TERM="xterm-256color", FORCE_COLOR="")
    assert "\x1b" not in done.stdout + done.stderr
