"""``prodmode generate``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

SIZE = ("--lines", "12", "--periods", "3", "--seed", "5")


@pytest.mark.parametrize(
    "profile",
    [
        "small-firm",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("mid-size", "enterprise", "tight")),
    ],
)
def test_every_profile_makes_a_valid_instance(run: Run, tmp_path: Path, profile: str) -> None:
    made = run("generate", *SIZE, "--profile", profile, "--scenarios", "2", tmp_path / "it")
    assert made.returncode == 0, made.stderr
    assert made.stderr == ""
    checked = run("check", tmp_path / "it", "--json")
    assert checked.returncode == 0, checked.stderr
    summary = json.loads(checked.stdout)["summary"]
    assert (summary["lines"], summary["periods"], summary["scenarios"]) == (12, 3, 2)


def test_the_same_seed_gives_the_same_files(run: Run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run("generate", *SIZE, tmp_path / name).returncode == 0
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert all(
        (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes() for name in files
    )


@pytest.mark.parametrize(("name", "container"), [("it", "parquet"), ("it", "csv"), ("it.xlsx", None)])
def test_containers(run: Run, tmp_path: Path, name: str, container: str | None) -> None:
    asked = ("--container", container) if container else ()
    made = run("generate", *SIZE, *asked, tmp_path / name)
    assert made.returncode == 0, made.stderr
    if container:
        assert (tmp_path / name / f"lines.{container}").is_file()
    assert run("check", tmp_path / name).returncode == 0


def test_many_lines_go_to_parquet(run: Run, tmp_path: Path) -> None:
    made = run("generate", "--lines", "10001", "--periods", "1", tmp_path / "it")
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "it" / "lines.parquet").is_file()


def test_what_stands_there_is_not_overwritten_without_force(run: Run, workshop: Path) -> None:
    refused = run("generate", *SIZE, workshop)
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert "stool" in (workshop / "lines.csv").read_text(encoding="utf-8")
    assert run("generate", *SIZE, "--force", workshop).returncode == 0
    assert run("check", workshop).returncode == 0
    assert "stool-press" not in (workshop / "options.csv").read_text(encoding="utf-8")
