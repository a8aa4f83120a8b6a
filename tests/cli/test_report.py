"""``prodmode report``: an instance or a plan as a page."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner

from prodmode.cli import report
from prodmode.cli.main import group
from prodmode.document.page import money, percent
from prodmode.report.html import charts
from tests.cli.conftest import WORKSHOP, write_folder
from tests.report.reading import tree

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from tests.cli.conftest import Run
    from tests.report.reading import Node


def call(*args: str | Path) -> Result:
    return CliRunner().invoke(group, [str(arg) for arg in args], prog_name="prodmode")


def read(file: Path) -> Node:
    return tree(file.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an instance and the plan of it."""
    folder = tmp_path_factory.mktemp("solved")
    write_folder(folder / "workshop", WORKSHOP)
    done = call("solve", folder / "workshop", "--backend", "highs", "--output", folder / "plan")
    assert done.exit_code == 0, done.output
    return folder


def test_a_plan_in_files_is_shown_with_the_proof_of_its_run(solved: Path, run: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    done = run("report", solved / "plan", "--instance", solved / "workshop", "--html", first, "--no-story")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert done.stderr == f"{first}: the plan as a page\n"
    root = read(first)
    stated = json.loads((solved / "plan" / "result.json").read_text(encoding="utf-8"))
    proof = root.one("section", id="proof").text
    assert money(stated["bound"], "EUR") in proof
    assert percent(stated["gap"]) in proof
    assert stated["backend_version"] in proof
    assert money(stated["objective"], "EUR") in root.one("header").text
    # Another process and the plan.json itself: the same page to the byte.
    again = call(
        "report",
        solved / "plan" / "plan.json",
        "--instance",
        solved / "workshop",
        "--html",
        second,
        "--no-story",
    )
    assert again.exit_code == 0, again.output
    assert second.read_bytes() == first.read_bytes()


@pytest.fixture
def without_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes longest where it is not the matter."""
    for module in (charts, report):
        monkeypatch.setattr(module, "available", lambda: False)


@pytest.mark.usefixtures("without_charts")
def test_a_bound_is_not_said_of_another_plan(solved: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    shutil.copytree(solved / "plan", plan)
    stated = json.loads((plan / "result.json").read_text(encoding="utf-8"))
    (plan / "result.json").write_text(json.dumps(stated | {"objective": stated["objective"] + 1}))
    file = tmp_path / "plan.html"
    done = call("report", plan, "--instance", solved / "workshop", "--html", file, "--no-story")
    assert done.exit_code == 0, done.output
    root = read(file)
    assert "none was proved for this plan" in root.one("section", id="proof").text
    assert "no bound is known" in root.one("header").text


@pytest.mark.usefixtures("without_charts")
def test_an_instance_is_solved_and_told(solved: Path, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "page.html"
    done = call("report", solved / "workshop", "--backend", "highs", "--html", file)
    assert done.exit_code == 0, done.output
    assert charts.MISSING in done.output
    root = read(file)
    assert "What to make how" in root.one("section", id="summary").text
    assert "prodmode report --explain" in root.one("section", id="why").text


def test_a_workbook(solved: Path, tmp_path: Path) -> None:
    file = tmp_path / "plan.xlsx"
    done = call("report", solved / "plan", "--instance", solved / "workshop", "--excel", file, "--no-story")
    assert done.exit_code == 0, done.output
    assert f"{file}: the plan as a workbook" in done.output
    assert "assignments" in openpyxl.load_workbook(file, read_only=True).sheetnames


@pytest.mark.usefixtures("without_charts")
def test_options_reach_the_page(solved: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(report, "report_result", lambda *_, **options: asked.update(options))
    options = ["--explain", "--no-story", "--processes", "1", "--time-limit", "7", "--gap", "0.01"]
    done = call(
        "report", solved / "plan", "--instance", solved / "workshop", "--html", tmp_path / "x.html", *options
    )
    assert done.exit_code == 0, done.output
    asked.pop("steps")
    wanted = {"explain": True, "story": False, "processes": 1, "time_limit": 7, "gap": 0.01}
    assert asked == wanted | {"backend": "auto"}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ([], "Say what to write: --html FILE, --excel FILE or both."),
        (["--excel", "{tmp}/plan.html"], "does not end in .xlsx."),
        (["--excel", "{tmp}/plan.xlsx", "--explain"], "give --html FILE too."),
        (["--html", "{tmp}"], "is a directory"),
    ],
)
def test_a_wrong_command_line(solved: Path, tmp_path: Path, args: list[str], told: str) -> None:
    done = call("report", solved / "workshop", *(arg.format(tmp=tmp_path) for arg in args))
    assert done.exit_code == 2
    assert told in done.output


def test_a_plan_needs_its_input(solved: Path, tmp_path: Path) -> None:
    done = call("report", solved / "plan", "--html", tmp_path / "page.html")
    assert done.exit_code == 2
    assert "is a plan: give its input too, with --instance PATH." in done.output


def test_a_plan_of_another_instance_is_refused(solved: Path, tmp_path: Path) -> None:
    dearer = WORKSHOP["options.csv"].replace("stool,mass,plant,12,", "stool,mass,plant,13,")
    other = write_folder(tmp_path / "other", WORKSHOP | {"options.csv": dearer})
    done = call("report", solved / "plan", "--instance", other, "--html", tmp_path / "page.html")
    assert done.exit_code == 3
    assert "the plan given is none for 'workshop'" in done.output
    assert not (tmp_path / "page.html").exists()


def test_without_a_plan_there_is_no_page(tmp_path: Path) -> None:
    tight = WORKSHOP["resources.csv"].replace("hands,plant,hours,200", "hands,plant,hours,0")
    needy = (
        WORKSHOP["lines.csv"]
        .replace("stool,40,0.9,30,1", "stool,40,0.9,5,1")
        .replace("stool,40,0.5,30,1", "stool,40,0.5,5,1")
    )
    files = WORKSHOP | {"resources.csv": tight, "lines.csv": needy}
    path = write_folder(tmp_path / "instance", files)
    done = call("report", path, "--backend", "highs", "--html", tmp_path / "page.html")
    assert done.exit_code == 4, done.output
    assert "There is no plan to show (status 'infeasible')." in done.output
    assert not (tmp_path / "page.html").exists()
