"""``prodmode explain`` as a process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_a_line_is_explained_in_words_and_as_markdown(run: Run, workshop: Path, tmp_path: Path) -> None:
    target = tmp_path / "answer.md"
    done = run("explain", workshop, "stool", "--markdown", str(target))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Why 'stool'" in done.stdout
    assert "Every way to serve it" in done.stdout
    assert "Why 'chair'" not in done.stdout
    assert target.read_text(encoding="utf-8").startswith("# Why ")


def test_json_holds_every_answer_that_was_asked_for(run: Run, workshop: Path) -> None:
    done = run("explain", workshop, "--story", "--subsidy", "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert (answer["status"], answer["verified"]) == ("optimal", True)
    assert list(answer["answers"]) == ["story", "subsidy"]
    assert answer["answers"]["story"]["npv"]["lower"] == pytest.approx(answer["objective"])


def test_fast_prices_need_no_plan(run: Run, workshop: Path) -> None:
    done = run("explain", workshop, "--fast")
    assert done.returncode == 0
    assert "an estimate" in done.stdout
    assert run("solve", workshop, "--output", str(workshop.parent / "plan")).returncode == 0
    beside = run("explain", workshop, "--fast", "--plan", str(workshop.parent / "plan"))
    assert beside.returncode == 0
    assert "'At least' is proven" in beside.stdout
    refused = run("explain", workshop, "--fast", "--story")
    assert refused.returncode == 2
    assert "--fast" in refused.stderr


def test_an_unknown_line_is_told_before_anything_is_solved(run: Run, workshop: Path) -> None:
    done = run("explain", workshop, "stol", "chiar")
    assert (done.returncode, done.stdout) == (3, "")
    assert "Maybe you meant 'stool'?" in done.stderr
    assert "Maybe you meant 'chair'?" in done.stderr
    assert "2 faults" in done.stderr


def test_an_infeasible_instance_is_diagnosed(run: Run, workshop: Path) -> None:
    (workshop / "limits.csv").write_text("limit,measure,max\nfew,units,1\n")
    solved = run("solve", workshop)
    assert solved.returncode == 4
    assert "prodmode explain" in solved.stderr.lower()
    done = run("explain", workshop, "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["status"]) == (4, "infeasible")
    found = answer["answers"]["infeasible"]
    assert found["feasible"] is False
    assert found["repair"]["moves"]
    assert "Traceback" not in done.stderr


def test_a_run_without_a_plan_says_so(run: Run, workshop: Path) -> None:
    done = run("explain", workshop, "--backend", "nobody")
    assert done.returncode == 6
    assert "nobody" in done.stderr
