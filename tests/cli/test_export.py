"""``prodmode export`` and ``prodmode backends``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.mark.parametrize(("name", "first"), [("model.mps", "NAME"), ("model.lp", "")])
def test_the_model_and_its_name_map(run: Run, workshop: Path, tmp_path: Path, name: str, first: str) -> None:
    out = tmp_path / name
    done = run("export", workshop, out)
    assert done.returncode == 0, done.stderr
    assert str(out) in done.stdout
    assert f"{out}.names.json" in done.stdout
    assert out.read_text(encoding="utf-8").lstrip("*\\ ").startswith(first)
    names = (tmp_path / f"{name}.names.json").read_text(encoding="utf-8")
    assert "stool-press" in names
    json.loads(names)


def test_the_format_can_be_told_apart_from_the_suffix(run: Run, workshop: Path, tmp_path: Path) -> None:
    run("export", workshop, tmp_path / "a.lp")
    done = run("export", workshop, tmp_path / "model.txt", "--format", "lp")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "model.txt").read_bytes() == (tmp_path / "a.lp").read_bytes()


def test_the_data_of_the_model_in_mathprog(run: Run, workshop: Path, tmp_path: Path) -> None:
    written = run("export", workshop, tmp_path / "workshop.dat")
    assert written.returncode == 0, written.stderr
    printed = run("export", "--format", "gmpl", workshop)
    assert printed.stdout == (tmp_path / "workshop.dat").read_text(encoding="utf-8")
    assert printed.stdout.rstrip().endswith("end;")


@pytest.mark.parametrize("args", [["model.xyz"], ["model"], ["model.mps", "--format", "nl"]], ids=" ".join)
def test_another_format_is_a_usage_error_that_lists_them(
    run: Run, workshop: Path, tmp_path: Path, args: list[str]
) -> None:
    done = run("export", workshop, tmp_path / args[0], *args[1:])
    assert done.returncode == 2
    assert "mps, lp and gmpl" in done.stderr
    assert not (tmp_path / args[0]).exists()


def test_backends_as_text(run: Run) -> None:
    done = run("backends")
    assert done.returncode == 0
    assert done.stderr == ""
    (highs,) = (line for line in done.stdout.splitlines() if line.startswith("highs "))
    assert "yes" in highs
    assert "warm start" in highs


def test_backends_as_json(run: Run) -> None:
    done = run("backends", "--json")
    assert done.returncode == 0
    (highs,) = (item for item in json.loads(done.stdout) if item["name"] == "highs")
    assert highs["available"] is True
    assert highs["version"]
    assert highs["reason"] is None
    assert highs["capabilities"]["time_limit"] is True
