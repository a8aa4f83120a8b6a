"""The benchmark of what is around the solver: its plan is sound, and every step is measured and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from benchmarks.around.__main__ import page
from benchmarks.around.steps import walk
from benchmarks.around.today import broken, today

import prodmode as pm
from prodmode.plan.assemble import assemble
from prodmode.plan.checker import check

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("scenarios", [0, 3])
def test_the_plan_of_today_breaks_only_what_lines_share(scenarios: int) -> None:
    instance = pm.generate(lines=60, periods=6, seed=2, profile="enterprise", scenarios=scenarios)
    decisions = today(instance)
    plan = assemble(instance, decisions)
    assert plan.assignments["line"].nunique() == len(instance.lines)
    assert len(plan.stock)
    found = check(instance, plan).counts
    assert set(found) <= {"capacity", "budget", "limits", "demand"}
    worse = check(instance, assemble(instance, broken(decisions))).counts
    assert worse["balance"] > len(plan.sales) / 2


@pytest.mark.slow
def test_every_step_is_measured_and_told(tmp_path: Path) -> None:
    told = walk(20, 4, 0, (), tmp_path)
    steps = told["steps"]
    assert len(steps) == 13
    assert all(step["processor"] >= 0 and step["clock"] > 0 for step in steps)
    text = page([told], "--lines 20 --periods 4")
    assert "python -m benchmarks.around --lines 20 --periods 4" in text
    assert all(f"| {step['name']} | {step['rows']} |" in text for step in steps)
    left = [step["name"] for step in walk(20, 4, 0, ("formulate",), tmp_path / "again")["steps"]]
    assert "formulate" not in left
    assert len(left) == 12
