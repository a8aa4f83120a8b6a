"""``prodmode diff``: two plans in files, told apart as text, JSON and Markdown."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import WORKSHOP, environment, write_folder
from tests.cli.test_solve import strict

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

CENT = 0.005


def solve(folder: Path, files: dict[str, str]) -> Path:
    """Solve a portfolio in a process of its own and return the folder of its plan."""
    path = write_folder(folder / "instance", files)
    command = [sys.executable, "-m", "prodmode", "solve", str(path), "--output", str(folder / "plan")]
    subprocess.run(command, check=False, capture_output=True, timeout=120, env=environment())
    return folder / "plan"


def changed(file: str, old: str, new: str) -> dict[str, str]:
    assert WORKSHOP[file].count(old) == 1
    return WORKSHOP | {file: WORKSHOP[file].replace(old, new)}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solve(tmp_path_factory.mktemp("before"), WORKSHOP)


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # With few hands, chairs are bought for one season at least.
    files = changed("resources.csv", "hands,plant,hours,200", "hands,plant,hours,20")
    return solve(tmp_path_factory.mktemp("after"), files)


def test_text_and_markdown(run: Run, before: Path, after: Path, tmp_path: Path) -> None:
    file = tmp_path / "new" / "difference.md"
    done = run("diff", before, after, "--markdown", file)
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"{file}: the difference as Markdown\n"
    title, _, first = done.stdout.splitlines()[:3]
    assert title == "What differs between two plans of 'workshop'"
    assert first.startswith("The net present value falls by ")
    assert first.count("EUR") == 3
    moves = "  - 'chair' moves from custom at 'plant' to outsourced from 'far-east' in spring to autumn."
    assert moves in done.stdout.splitlines()
    for heading in ("Decisions", "Money", "Units", "Resources"):
        assert heading in done.stdout.splitlines()
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# What differs between two plans of 'workshop'\n")
    assert "## Decisions\n\n- " in text
    assert text.endswith("|\n")


def test_json_adds_up(run: Run, before: Path, after: Path) -> None:
    done = run("diff", before, after / "plan.json", "--json")
    assert done.returncode == 0, done.stderr
    answer: Any = strict(done.stdout)
    plans = [json.loads((folder / "plan.json").read_text(encoding="utf-8")) for folder in (before, after)]
    assert answer["npv"]["before"] == plans[0]["npv"]
    assert answer["npv"]["change"] == pytest.approx(plans[1]["npv"] - plans[0]["npv"], abs=CENT)
    assert sum(row["change"] for row in answer["money"]) == pytest.approx(answer["npv"]["change"], abs=CENT)
    assert answer["is_empty"] is False
    (chair,) = (row for row in answer["decisions"] if row["line"] == "chair")
    assert (chair["first_period"], chair["last_period"]) == ("spring", "autumn")
    assert chair["after"] == [{"option": "chair-bought", "mode": "outsourced", "site": "far-east"}]


def test_a_plan_and_itself(run: Run, before: Path) -> None:
    done = run("diff", before, before / "plan.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing differs" in done.stdout


def test_missing_plans_are_all_named_with_the_way_out(
    run: Run, before: Path, workshop: Path, tmp_path: Path
) -> None:
    shutil.copytree(before, tmp_path / "january")
    done = run("diff", tmp_path / "janury", workshop)
    assert done.returncode == 3
    assert done.stdout == ""
    assert f"Maybe you meant '{tmp_path / 'january'}'?" in done.stderr
    assert "there is no plan.json in this folder" in done.stderr
    assert "prodmode solve --output" in done.stderr
    assert "2 faults" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["result.json", "lines.csv"])
def test_a_foreign_file_is_rejected(run: Run, before: Path, workshop: Path, name: str) -> None:
    foreign = workshop / name if (workshop / name).exists() else before / name
    done = run("diff", before, foreign, "--json")
    assert done.returncode == 3
    answer: Any = strict(done.stdout)
    assert answer["npv"] is None
    assert answer["decisions"] == []
    (error,) = answer["errors"]
    assert error["file"] == str(foreign)
    assert "plan.json" in error["hint"]
    assert "Traceback" not in done.stderr


def test_the_folder_of_a_run_without_a_plan_says_so(run: Run, before: Path, tmp_path: Path) -> None:
    limits = "limit,measure,line,min\nimpossible,units,chair,100000\n"
    folder = solve(tmp_path, WORKSHOP | {"limits.csv": limits})
    assert {file.name for file in folder.iterdir()} == {"result.json"}
    done = run("diff", folder, before)
    assert done.returncode == 3
    assert "found no plan: it ended with status 'infeasible'" in done.stderr


def test_other_currencies_are_rejected(run: Run, before: Path, tmp_path: Path) -> None:
    data = json.loads((before / "plan.json").read_text(encoding="utf-8"))
    (tmp_path / "plan.json").write_text(json.dumps(data | {"currency": "USD"}), encoding="utf-8")
    done = run("diff", before, tmp_path / "plan.json")
    assert done.returncode == 3
    assert "'workshop' is in EUR, 'workshop' in USD" in done.stderr


def test_a_wrong_command_line_is_a_usage_error(run: Run) -> None:
    done = run("diff", "one")
    assert done.returncode == 2
    assert "Missing argument 'PLAN_B'" in done.stderr
