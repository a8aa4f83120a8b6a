"""Wrong usage of every command: a message with the place and the way out, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from prodmode.cli.main import group
from tests.cli.conftest import WORKSHOP, environment, write_folder

STARTER = Path("instances/starter.yaml").resolve()


def call(*args: str | Path) -> Result:
    return CliRunner().invoke(group, [str(arg) for arg in args], prog_name="prodmode")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what a planner's desk may hold."""
    folder = tmp_path_factory.mktemp("desk")
    write_folder(folder / "shop", WORKSHOP)
    (folder / "empty").mkdir()
    for name, content in {
        "report.pdf": "%PDF-1.4", "notes.txt": "call the mill", "none.yaml": "", "cut.yaml": "lines: [",
        "cut.json": '{"name":', "demand.csv": "line,units\nstool,2\n",
    }.items():  # fmt: skip
        (folder / name).write_text(content, encoding="utf-8")
    assert call("solve", folder / "shop", "--output", folder / "plan", "--json").exit_code == 0
    assert call("solve", "instances/pasta.yaml", "--output", folder / "other-plan", "--json").exit_code == 0
    return folder


# The command line, @ standing for the folder; the exit code; words of the message.
WRONG: list[tuple[str, int, str]] = [
    ("solve @/nothing", 3, "prodmode new"),
    ("solve @/shp", 3, "Maybe you meant"),
    ("solve @/empty", 3, "Put lines.csv, demand.csv and options.csv"),
    ("solve @/report.pdf", 3, "a PDF document is no instance. Give a folder"),
    ("check @/notes.txt", 3, "Write 'name: ...'"),
    ("check @/none.yaml", 3, "the file is empty. Give a folder"),
    ("check @/cut.yaml", 3, "Look for a bracket"),
    ("check @/cut.json", 3, "Look for a comma"),
    ("check @/demand.csv", 3, "Give the folder that holds it"),
    ("check @/plan", 3, "It holds a plan"),
    ("check", 2, "Missing argument 'PATH'"),
    ("check @/shop @/shop", 2, "unexpected extra argument"),
    ("@/shop", 2, "Did you mean 'prodmode solve "),
    ("slove @/shop", 2, "Did you mean 'solve'?"),
    ("solve @/shop --tme-limit 3", 2, "Did you mean '--time-limit'?"),
    ("solve @/shop --time-limit 1h", 2, "'1h' is not a valid number"),
    ("solve @/shop --threads two", 2, "'two' is not a valid whole number"),
    ("solve @/shop --backend higs", 6, "Maybe you meant 'highs'?"),
    ("solve @/shop --warm-start @/nothing", 3, "Give a folder that 'prodmode solve --output' wrote"),
    ("solve @/shop --warm-start @/notes.txt", 3, "the file is no JSON. Give a folder"),
    ("solve @/shop --output @/notes.txt", 2, "is a file"),
    ("explain @/shop stol", 3, "there is no line 'stol'. Maybe you meant 'stool'?"),
    ("explain @/shop --plan @/empty", 3, "Give a folder that 'prodmode solve --output' wrote"),
    ("explain @/shop --frontier profit", 3, "Ask for budget, emissions"),
    ("what-if @/shop", 3, "'prodmode what-if --list' lists them"),
    ("what-if @/shop --set nonsense", 3, "End it with a space and one of"),
    ("what-if @/shop --question supplier-fail", 3, "Maybe you meant 'supplier-fails'?"),
    ("what-if @/shop --forbid line=stools", 3, "Maybe you meant 'stool'?"),
    ("compare @/shop --backends highs,cbcc", 6, "Maybe you meant 'cbc'?"),
    ("diff @/plan", 2, "Missing argument 'PLAN_B'"),
    ("diff @/plan @/plam", 3, "Maybe you meant"),
    ("diff @/plan @/other-plan", 3, "different currencies"),
    ("report @/shop", 2, "--html FILE, --excel FILE or both"),
    ("report @/shop --html @/page.xlsx", 2, "does not end in .html"),
    ("report @/shop --excel @/plan.pdf", 2, "does not end in .xlsx"),
    ("report @/plan --html @/x.html", 2, "--instance PATH"),
    ("report @/other-plan --instance @/shop --html @/x.html", 3, "Solve the instance anew"),
    ("export @/shop", 2, "Say which format to write: there are mps, lp and gmpl"),
    ("export @/shop @/x.docx", 2, "Name OUT *.mps"),
    ("new", 2, "Missing argument 'PATH'"),
    ("new @/shop", 2, "--force replaces it"),
    ("new @/letter.docx", 2, "give a folder, or a file ending in .xlsx, .yaml or .json"),
    ("new @/it --example furnitre", 2, "Maybe you meant 'furniture'?"),
    ("generate @/g --lines x --periods 2", 2, "'x' is not a valid whole number"),
    ("completion powershell", 2, "'bash', 'zsh', 'fish'"),
]


@pytest.mark.parametrize(("line", "code", "words"), WRONG, ids=[row[0].replace("@/", "") for row in WRONG])
def test_wrong_usage_gets_the_way_out(desk: Path, line: str, code: int, words: str) -> None:
    done = call(*line.replace("@", str(desk)).split())
    assert done.exit_code == code, done.output
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.output
    assert "unexpected" not in done.stderr.replace("unexpected extra argument", "")
    assert done.stdout == ""


def test_a_plan_of_another_instance_is_told_not_used_in_silence(desk: Path) -> None:
    done = call("solve", desk / "shop", "--warm-start", desk / "other-plan")
    assert done.exit_code == 0
    assert "starting plan is not feasible here" in done.stderr


@pytest.mark.parametrize("name", ["it", "it.yaml", "it.xlsx"])
def test_force_replaces_what_stands_there(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert call("new", path, "--example", "starter").exit_code == 0
    assert call("new", path).exit_code == 2
    assert call("new", path, "--force").exit_code == 0
    checked = call("check", path)
    assert "toys" not in checked.output
    if name == "it":
        assert sorted(file.suffix for file in path.iterdir()).count(".yaml") == 1
        assert call("new", path, "--force", "--container", "parquet").exit_code == 0
        assert not list(path.glob("*.csv"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_an_output_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    done = call("new", tmp_path / "locked" / "it.yaml")
    assert done.exit_code == 2
    assert "Permission denied" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_no_fault_of_prodmode() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "prodmode", "backends"], stdout=full, stderr=subprocess.PIPE,
            text=True, check=False, env=environment(),
        )  # fmt: skip
    assert done.returncode == 6
    assert "No space left on device" in done.stderr
    assert "fault in prodmode" not in done.stderr


@pytest.mark.parametrize("args", [["solve", STARTER], ["backends"]])
def test_a_reader_that_has_seen_enough_makes_no_noise(args: list[str | Path]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "prodmode", *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0
