"""``prodmode new``: blank templates and examples in any container."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from prodmode.instance.examples import examples

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

CONTAINERS = {"csv": "it", "parquet": "it", "xlsx": "it.xlsx", "yaml": "it.yaml", "json": "it.json"}


@pytest.mark.parametrize(("container", "name"), CONTAINERS.items())
def test_an_example_in_every_container_is_the_same_instance(
    run: Run, tmp_path: Path, container: str, name: str
) -> None:
    made = run("new", tmp_path / name, "--example", "pasta", "--container", container)
    assert made.returncode == 0, made.stderr
    checked = run("check", tmp_path / name, "--json")
    assert checked.returncode == 0, checked.stderr
    summary = json.loads(checked.stdout)["summary"]
    assert (summary["lines"], summary["options"], summary["periods"]) == (3, 6, 3)


@pytest.mark.parametrize("name", ["it", "it.xlsx", "it.yaml", "it.json"])
def test_a_blank_template_takes_its_container_from_the_suffix(run: Run, tmp_path: Path, name: str) -> None:
    made = run("new", tmp_path / name)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / name).exists()
    assert (tmp_path / name).is_dir() is (name == "it")
    checked = run("check", tmp_path / name)
    assert checked.returncode in {0, 3}
    assert "Traceback" not in checked.stderr


def test_a_copied_example_keeps_its_comments(run: Run, tmp_path: Path) -> None:
    run("new", tmp_path / "it.yaml", "--example", "pasta")
    assert (tmp_path / "it.yaml").read_bytes() == examples()["pasta"].read_bytes()


def test_what_stands_there_is_not_overwritten_without_force(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "it.yaml"
    path.write_text("precious", encoding="utf-8")
    refused = run("new", path, "--example", "pasta")
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert path.read_text(encoding="utf-8") == "precious"
    assert run("new", path, "--example", "pasta", "--force").returncode == 0
    assert "precious" not in path.read_text(encoding="utf-8")


def test_a_folder_with_anything_in_it_is_taken(run: Run, workshop: Path) -> None:
    assert run("new", workshop).returncode == 2


def test_an_unknown_example_gets_the_nearest_name(run: Run, tmp_path: Path) -> None:
    done = run("new", tmp_path / "it", "--example", "furnitur")
    assert done.returncode == 2
    assert "'furniture'" in done.stderr
    assert not (tmp_path / "it").exists()


def test_a_path_that_cannot_hold_the_container_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    for args in (["it.xlsx", "--container", "yaml"], ["it.csv"], ["it", "--container", "ods"]):
        done = run("new", tmp_path / args[0], *args[1:])
        assert done.returncode == 2, args
        assert "Traceback" not in done.stderr


def test_no_path_is_a_usage_error(run: Run) -> None:
    assert run("new").returncode == 2


def test_the_list_names_every_example_with_what_it_shows(run: Run) -> None:
    done = run("new", "--list")
    assert done.returncode == 0, done.stderr
    names = {line.split()[0] for line in done.stdout.splitlines()[1:] if not line.startswith(" ")}
    assert names == set(examples()) >= {"furniture", "pasta"}
    assert "Published optimum: a cost of 457" in " ".join(done.stdout.split())


@pytest.mark.parametrize("name", ["it.yaml", "it.json"])
def test_a_schema_is_written_beside_and_named_in_the_file(run: Run, tmp_path: Path, name: str) -> None:
    made = run("new", tmp_path / name, "--schema")
    assert made.returncode == 0, made.stderr
    assert "it.schema.json" in made.stdout
    schema = json.loads((tmp_path / "it.schema.json").read_text(encoding="utf-8"))
    assert schema["title"] == "prodmode instance"
    assert "it.schema.json" in "".join((tmp_path / name).read_text(encoding="utf-8").splitlines()[:2])
    assert run("check", tmp_path / name).returncode == 0


def test_a_schema_beside_a_workbook_makes_no_sense(run: Run, tmp_path: Path) -> None:
    done = run("new", tmp_path / "it.xlsx", "--schema")
    assert done.returncode == 2
    assert ".yaml" in done.stderr
    assert not (tmp_path / "it.xlsx").exists()


def test_the_schema_goes_to_the_terminal_or_to_a_file(run: Run, tmp_path: Path) -> None:
    shown = run("schema")
    written = run("schema", tmp_path / "s.json")
    assert json.loads(shown.stdout) == json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert "# yaml-language-server: $schema=s.json" in written.stdout
