"""``prodmode check``: what is in it, or every fault with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import WORKSHOP, Run, write_folder

# Ten faults: the file, the change, the row (1-based, with the header) and the column where it must be found,
# and a word that its message must hold.
PLANTED = [
    ("lines.csv", "line,price,", "line,prise,", None, "prise", "price"),
    ("lines.csv", "chair,95,0,,", "chair,95,1.5,,", 3, "min_fill_rate", "1.5"),
    ("demand.csv", "stool,100,120", "stool,many,120", 2, "spring", "many"),
    ("demand.csv", "chair,40,60", "chair,40,-60", 3, "autumn", "-60"),
    ("options.csv", "stool-bought,stool,outsourced", "stool-bought,stool,outsourcd", 3, "mode", "outsourced"),
    ("options.csv", "chair-hand,chair,", "chair-hand,chairs,", 5, "line", "chairs"),
    ("tiers.csv", "chair-bought,0,70", "chair-bought,10,70", 2, "from_units", "0"),
    ("resources.csv", "presses,plant,hours,0", "hands,plant,hours,0", 3, "resource", "hands"),
    ("investments.csv", "press,plant,1500,0.2", "press,plant,,0.2", 2, "capex", "capex"),
    ("budgets.csv", "autumn,500", "winter,500", 3, "period", "winter"),
]


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Return a folder with ten planted faults."""
    files = dict(WORKSHOP)
    for file, good, bad, *_ in PLANTED:
        assert files[file].count(good) == 1, good
        files[file] = files[file].replace(good, bad)
    return write_folder(tmp_path / "faulty", files)


def test_a_good_folder_passes(run: Run, workshop: Path) -> None:
    done = run("check", workshop)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "workshop" in done.stdout
    assert "2 mass" not in done.stdout
    assert "1 mass, 1 custom, 3 outsourced" in done.stdout


def test_options_that_cannot_be_chosen_are_listed_with_the_reason(run: Run, workshop: Path) -> None:
    done = run("check", workshop)
    assert "1 option cannot be chosen" in done.stdout
    assert "stool-slow" in done.stdout
    assert "lead time of 90 days is above the 30 allowed" in done.stdout


def test_warnings_go_to_stderr_and_do_no_harm(run: Run, workshop: Path) -> None:
    resources = workshop / "resources.csv"
    resources.write_text(resources.read_text(encoding="utf-8") + "idle,plant,hours,40\n", encoding="utf-8")
    done = run("check", workshop)
    assert done.returncode == 0
    assert "idle" in done.stderr
    assert "idle" not in done.stdout


def test_json_of_a_good_folder(run: Run, workshop: Path) -> None:
    done = run("check", workshop, "--json")
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert answer["valid"] is True
    assert answer["errors"] == []
    assert answer["summary"]["lines"] == 2
    assert [item["option"] for item in answer["ineligible"]] == ["stool-slow"]


def test_ten_planted_faults_are_all_found(run: Run, faulty: Path) -> None:
    done = run("check", faulty)
    assert done.returncode == 3
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "the input was rejected" in done.stderr.splitlines()[-1]


def test_each_planted_fault_is_located(run: Run, faulty: Path) -> None:
    done = run("check", faulty, "--json")
    assert done.returncode == 3
    answer = json.loads(done.stdout)
    assert answer["valid"] is False
    assert answer["summary"] is None
    found = answer["errors"]
    for file, _, _, row, column, word in PLANTED:
        here = [
            error
            for error in found
            if Path(error["file"]).name == file
            and error["row"] in {row, 1 if row is None else row}
            and (error["column"] or "").startswith(column)
        ]
        assert here, f"{file}, row {row}, column {column} is not among {found}"
        assert any(word in f"{error['message']} {error['hint']}" for error in here)
    assert all(error["severity"] == "error" for error in found)


def test_solve_rejects_the_same_faults(run: Run, faulty: Path) -> None:
    done = run("solve", faulty, "--json")
    assert done.returncode == 3
    answer = json.loads(done.stdout)
    assert answer["status"] == "error"
    assert answer["has_plan"] is False
    assert answer["objective"] is None
    assert len(answer["errors"]) >= len(PLANTED)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "solve"])
def test_a_path_that_is_not_there_is_rejected_with_the_nearest_name(
    run: Run, workshop: Path, command: str
) -> None:
    done = run(command, workshop.with_name("workshp"))
    assert done.returncode == 3
    assert done.stdout == ""
    assert "workshop" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_foreign_file_is_rejected(run: Run, tmp_path: Path) -> None:
    picture = tmp_path / "picture.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    done = run("check", picture)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_it_says_what_is_in_it_and_how_large_the_model_is(run: Run, workshop: Path) -> None:
    done = run("check", workshop)
    text = " ".join(done.stdout.split())
    assert "2 (spring to autumn), of 6 months each" in text
    assert "discounting at 8 % a year, least fill rates, stock, lot sizes, setups, price breaks" in text
    assert "far-east supplier 3 plant plant 1 1" in text
    answer = json.loads(run("check", workshop, "--json").stdout)
    assert answer["model"]["rows"] > 0
    assert f"{answer['model']['columns']} columns" in text
    assert "price breaks" in answer["features"]


def test_what_is_odd_is_told_with_its_place_and_a_way_out(run: Run, workshop: Path) -> None:
    lines = workshop / "lines.csv"
    lines.write_text(lines.read_text(encoding="utf-8").replace("chair,95,", "chair,9.5,"), encoding="utf-8")
    done = run("check", workshop)
    assert done.returncode == 0
    assert "1 thing to look at, though no fault:" in done.stderr
    assert "row 3, column price: line 'chair' earns at most 9.5 a unit" in done.stderr
    assert "Maybe the price and the costs have different units?" in done.stderr
    assert "odd" not in done.stdout
