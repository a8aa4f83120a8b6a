"""The kit finds what is wrong with a backend, says it in words, and skips what is not claimed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from prodmode.backends import highs, registry
from prodmode.backends.contract import Options, Status
from prodmode.instance.examples import examples
from prodmode.testing import REQUIREMENTS, BackendConformance, check_backend
from prodmode.testing.cases import Case, cases
from prodmode.testing.portfolios import OPTIMA
from prodmode.testing.programs import assignment, split
from prodmode.testing.runs import ASSIGNMENT_PLAN
from prodmode.testing.subject import Subject, slack

ROOT = Path(__file__).parents[3]
BY_NAME = {requirement.name: requirement for requirement in REQUIREMENTS}


@pytest.fixture(autouse=True)
def _path_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))


def faulty(name: str) -> Subject:
    return Subject(f"{registry.MODULE}tests.backends.conformance.faulty:{name}")


@pytest.mark.parametrize(
    ("backend", "requirement", "words"),
    [
        ("silent", "availability_says_yes_or_why_not", "does not say why"),
        ("versionless", "availability_says_yes_or_why_not", "does not say the version"),
        ("vague", "capabilities_are_data", "neither True nor False, or without a meaning: gap"),
        pytest.param("loader", "asking_loads_no_solver", "asking it loads highspy", marks=pytest.mark.slow),
        pytest.param("loud", "solving_leaves_nothing_behind", "it prints: solving", marks=pytest.mark.slow),
        ("untidy", "solving_leaves_nothing_behind", "it leaves files: left.txt"),
        ("careless", "integer_program", "it has no point, but the optimum is -20: error (it failed)"),
        pytest.param(
            "careless",
            "unsound_programs_are_refused",
            "must raise BackendError, but it answers error",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "careless",
            "unknown_options_are_refused",
            "must raise BackendError, but it answers error",
            marks=pytest.mark.slow,
        ),
        ("false_bound", "integer_program", "its bound 0 is above the known objective -20"),
        ("denial", "mixed_program", "it has no point, but the optimum is -2: infeasible"),
        ("denial", "unbounded_linear_program", "it is unbounded, but it says infeasible"),
        pytest.param(
            "denial",
            "run_without_a_plan_claims_nothing",
            "it says infeasible; not time_limit",
            marks=pytest.mark.slow,
        ),
        ("nearly_whole", "integer_program", "its integer columns are not exactly whole"),
        ("premature", "stopped_run_claims_nothing", "it says optimal, but its gap"),
        ("mute", "progress_is_told_in_order", "it tells nothing"),
        ("mute", "start_is_used", "it was given a plan and has none: time_limit"),
        pytest.param(
            "mute",
            "start_that_does_not_hold_is_passed_over",
            "does not say that it passed over the start",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "backwards", "progress_is_told_in_order", "its bounds are not in order", marks=pytest.mark.slow
        ),
        ("maximiser", "progress_is_told_in_order", "it told of an incumbent of -9001 and answers"),
    ],
)
def test_fault_is_found(backend: str, requirement: str, words: str) -> None:
    finding = BY_NAME[requirement].examine(faulty(backend))
    assert finding.outcome == "unmet", finding
    assert words in finding.message
    assert str(finding).startswith(requirement.replace("_", " "))


def test_every_requirement_has_a_name_and_a_text() -> None:
    assert len(BY_NAME) == len(REQUIREMENTS)
    assert all(requirement.text.endswith(".") for requirement in REQUIREMENTS)
    tests = {name for name in dir(BackendConformance) if name.startswith("test_")}
    assert tests == {f"test_{name}" for name in BY_NAME}


def test_what_cannot_run_is_skipped() -> None:
    findings = check_backend(faulty("silent").name)
    assert {finding.outcome for finding in findings[3:]} == {"skipped"}
    assert findings[-1].message == "it cannot run here: None"


def test_what_is_not_there_is_said() -> None:
    finding = BY_NAME["availability_says_yes_or_why_not"].examine(Subject("hihgs"))
    assert finding.outcome == "unmet"
    assert "there is no backend 'hihgs'" in finding.message


def test_what_is_not_claimed_is_skipped() -> None:
    finding = BY_NAME["start_is_used"].examine(Subject(f"{registry.MODULE}prodmode.backends.template"))
    assert (finding.outcome, finding.message) == ("skipped", "it does not say it can: warm_start")


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_cases_are_right(case: Case) -> None:
    answer = highs.solve(case.mip, Options(gap=0.0))
    assert answer.status is case.status
    if case.optimum is not None:
        assert answer.x is not None
        assert abs(case.mip.objective(answer.x) - case.optimum) <= slack(case.mip, case.optimum)


def test_hard_programs_are_what_they_say() -> None:
    mip, point = split()
    assert mip.violation(point) == 0
    answer = highs.solve(assignment(), Options(gap=0.01, time_limit=60))
    assert answer.bound is not None
    assert 0.99 * ASSIGNMENT_PLAN <= answer.bound <= ASSIGNMENT_PLAN
    assert answer.status is Status.GAP_REACHED


def test_every_example_has_its_optimum() -> None:
    assert set(OPTIMA) == set(examples())
    text = (ROOT / "instances" / "README.md").read_text(encoding="utf-8")
    for optimum in OPTIMA.values():
        assert f"{optimum:,.2f}".removesuffix(".00") in text


def test_a_third_party_needs_three_lines(tmp_path: Path) -> None:
    code = (
        "from prodmode.testing import BackendConformance\n"
        "class TestMine(BackendConformance):\n"
        "    backend = 'module:tests.backends.conformance.faulty:denial'\n"
    )
    (tmp_path / "test_mine.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
         "-k", "data or equation or start_is_used", "--rootdir", str(tmp_path), str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert "denial: it has no point, but the optimum is 14: infeasible" in done.stdout
    assert "Required: Of the integer program with an equation: the optimum is 5." in done.stdout
    assert "3 failed, 1 passed" in done.stdout
