"""Writing chunk by chunk gives the same as building in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import prodmode as pm
from prodmode.errors import ProdmodeError
from prodmode.instance.generator import generate, generate_to
from prodmode.instance.generator.block import BLOCK

if TYPE_CHECKING:
    from pathlib import Path

LARGE = {"lines": 2 * BLOCK + 100, "periods": 2, "seed": 11, "profile": "enterprise"}
SMALL = {"lines": 20, "periods": 4, "seed": 3, "profile": "small-firm"}


def test_chunks_make_no_difference(tmp_path: Path) -> None:
    for chunk in (1, 2 * BLOCK, 10 * BLOCK):
        generate_to(tmp_path / str(chunk), **LARGE, chunk=chunk)  # type: ignore[arg-type]
    in_memory = generate(**LARGE)  # type: ignore[arg-type]
    assert all(pm.load(folder) == in_memory for folder in sorted(tmp_path.iterdir()))


def test_scenarios_are_written_too(tmp_path: Path) -> None:
    generate_to(tmp_path / "it", **SMALL, scenarios=3)  # type: ignore[arg-type]
    loaded = pm.load(tmp_path / "it")
    assert loaded == generate(**SMALL, scenarios=3)  # type: ignore[arg-type]
    assert len(loaded.scenarios) == 3


@pytest.mark.parametrize("name", ["it.xlsx", "it.yaml", "it.json", "it"])
def test_other_containers_by_their_writer(tmp_path: Path, name: str) -> None:
    generate_to(tmp_path / name, **SMALL, save=pm.save)  # type: ignore[arg-type]
    assert pm.load(tmp_path / name) == generate(**SMALL)  # type: ignore[arg-type]


def test_an_instance_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    generate_to(tmp_path / "it", **SMALL, scenarios=2)  # type: ignore[arg-type]
    generate_to(tmp_path / "it", **SMALL)  # type: ignore[arg-type]
    assert not (tmp_path / "it" / "scenarios.parquet").exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["it"]


def test_foreign_folders_and_files_are_left_alone(tmp_path: Path) -> None:
    folder, file = tmp_path / "thesis", tmp_path / "letter"
    generate_to(folder, **SMALL)  # type: ignore[arg-type]
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    file.write_text("mine", encoding="utf-8")
    for path in (folder, file):
        with pytest.raises(ProdmodeError, match="nothing was written"):
            generate_to(path, **SMALL)  # type: ignore[arg-type]
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert file.read_text(encoding="utf-8") == "mine"
