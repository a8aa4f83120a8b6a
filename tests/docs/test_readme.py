"""What the README shows besides blocks: a plan, an explanation, and the command that runs the tests."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import prodmode as pm
from prodmode.explain.lines.explanation import LineExplanation

if TYPE_CHECKING:
    from prodmode import Result

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def furniture() -> Result:
    return pm.solve(pm.load(ROOT / "instances" / "furniture"), gap=1e-6)


def test_the_plan_shown_is_the_plan_found(furniture: Result) -> None:
    rows = re.findall(r"^\| ([a-z-]+) \| (.+) \|$", README, flags=re.MULTILINE)
    shown = {line: modes.split(" | ") for line, modes in rows if line != "line"}
    plan = furniture.plan.assignments
    modes = plan.groupby(["line", "period"])["mode"].agg(lambda modes: " + ".join(sorted(modes)))
    periods = furniture.instance.periods
    found = {
        line: [modes.get((line, period), "not offered") for period in periods]
        for line in furniture.instance.lines["line"]
    }
    assert shown == found
    assert furniture.verified


def test_the_explanation_shown_is_the_explanation_given(furniture: Result) -> None:
    shown = " ".join(re.findall(r"^> (.+)$", README, flags=re.MULTILINE))
    explanation = furniture.explain("bookcase")
    assert isinstance(explanation, LineExplanation)
    assert shown == explanation.headline


def test_ci_runs_the_readme_s_test_command() -> None:
    commands = re.findall(r"```sh\n(python3 -m venv.*?)\n```", README, flags=re.DOTALL)
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
