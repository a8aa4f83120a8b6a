"""``prodmode what-if`` as a process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import prodmode as pm
from prodmode.cli.main import group
from prodmode.explain.changes import apply_edits

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from tests.cli.conftest import Run


def test_a_change_is_answered_in_words_and_as_markdown(run: Run, workshop: Path, tmp_path: Path) -> None:
    target = tmp_path / "answer.md"
    done = run("what-if", workshop, "--set", "demand.line=stool *1.5", "--markdown", str(target))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("What if: demand.line=stool *1.5\n")
    assert " EUR more." in done.stdout
    assert target.read_text(encoding="utf-8").startswith("# What if: demand.line=stool \\*1.5\n")


def inside(*args: str | Path) -> Result:
    """Run the command line within this process."""
    return CliRunner().invoke(group, [*map(str, args)], prog_name="prodmode")


def test_json_holds_the_figures_and_the_difference(workshop: Path, tmp_path: Path) -> None:
    pm.solve(pm.load(workshop)).plan.write(tmp_path / "plan")
    done = inside("what-if", workshop, "--plan", str(tmp_path / "plan"), "--forbid", "line=chair site=plant",
               "--question", "demand-drop=stool:0.5", "--json")  # fmt: skip
    answer = json.loads(done.stdout)
    assert done.exit_code == 0
    assert answer["edits"] == ["demand.line=stool *0.5"]
    assert answer["restrictions"] == ["--forbid 'line=chair site=plant'"]
    assert answer["verified"]
    change = answer["npv"]["change"]
    assert change["upper"] < 0
    assert answer["diff"]["npv"]["change"] == pytest.approx(change["lower"], abs=1)
    assert {row["line"] for row in answer["diff"]["decisions"]} >= {"chair"}


def test_every_fault_is_told_before_anything_is_solved(run: Run, workshop: Path) -> None:
    done = run("what-if", workshop, "--set", "demnd *2", "--set", "lines price", "--forbid", "line=stol",
               "--question", "price-waar")  # fmt: skip
    assert done.returncode == 3
    assert done.stdout == ""
    for near in ("Maybe you meant 'demand'?", "Maybe you meant 'stool'?", "Maybe you meant 'price-war'?"):
        assert near in done.stderr
    assert "4 faults" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_plan_to_compare_with_it_is_said(workshop: Path) -> None:
    options = workshop / "options.csv"
    options.write_text(options.read_text().replace("stool-bought,stool,outsourced,far-east,25",
                                                   "stool-late,stool,outsourced,far-east,25"))  # fmt: skip
    (workshop / "budgets.csv").write_text("period,capex_limit\nspring,0\nautumn,0\n")
    limits = "limit,measure,site,max\nlocal,units,far-east,1\n"
    (workshop / "limits.csv").write_text(limits)
    done = inside("what-if", workshop, "--set", "demand *2", "--json")
    answer = json.loads(done.stdout)
    assert done.exit_code == 4
    assert (answer["status"], answer["has_plan"], answer["diff"]) == ("infeasible", False, None)
    assert "The instance as it is has no plan to compare with" in done.stderr


def test_changes_that_leave_no_plan_end_with_code_4_and_the_reason(run: Run, workshop: Path) -> None:
    done = run("what-if", workshop, "--set", "options.line=stool max_units =50",
               "--set", "demand.line=chair *1.1", "--time-limit", "20")  # fmt: skip
    assert done.returncode == 4
    assert "Then no plan keeps all rules." in done.stdout
    assert "This alone leaves no plan: options.line=stool max_units =50" in done.stdout
    assert "The cheapest repair" in done.stdout


def test_the_question_of_suppliers_ranks_them(workshop: Path) -> None:
    done = inside("what-if", workshop, "--question", "supplier-fails:autumn", "--json")
    answer = json.loads(done.stdout)
    assert done.exit_code == 0
    assert [failure["name"] for failure in answer["failures"]] == ["far-east"]
    assert answer["period"] == "autumn"


def test_the_catalogue_and_wrong_usage(workshop: Path) -> None:
    done = inside("what-if", "--list")
    assert done.exit_code == 0
    assert "demand-drop[=FAMILY|LINE][:SHARE]" in done.stdout
    usages: tuple[list[str | Path], ...] = (
        [],
        [workshop, "--question", "supplier-fails", "--set", "demand *2"],
    )
    for args in usages:
        wrong = inside("what-if", *args)
        assert wrong.exit_code == 2
        assert wrong.stdout == ""


def test_causes_of_a_difference_are_told_with_the_input_of_both_plans(workshop: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    before = pm.load(workshop)
    after = apply_edits(before, ["price.line=stool +5", "demand.line=chair *0.5"])
    pm.save(after, other)
    for name, instance in (("a", before), ("b", after)):
        pm.solve(instance, gap=1e-6).plan.write(tmp_path / name)
    plans = [str(tmp_path / name) for name in ("a", "b")]
    done = inside("diff", *plans, "--instance-a", workshop, "--instance-b", str(other))
    assert (done.exit_code, done.stderr) == (0, "")
    assert "What drives the difference" in done.stdout
    assert "prices: lines price (1 change, such as line 'stool': 40 to 45)" in " ".join(done.stdout.split())
    swapped = inside("diff", *plans, "--instance-a", str(other), "--instance-b", workshop, "--json")
    assert swapped.exit_code == 3
    assert len(json.loads(swapped.stdout)["errors"]) == 2
    assert inside("diff", *plans, "--instance-a", str(other)).exit_code == 2
