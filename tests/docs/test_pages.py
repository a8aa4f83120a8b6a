"""Every command and snippet of the README and the site does what its page says."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docs.blocks import blocks
from tests.docs.reader import Reader

if TYPE_CHECKING:
    from tests.docs.blocks import Block

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]

INSTALL = "python3 -m venv .venv && "
NOT_RUN = {
    ("README.md", f"{INSTALL}.venv/bin/pip install -q . && .venv/bin/prodmode solve instances/furniture"): (
        "makes an environment"
    ),
    ("README.md", f"{INSTALL}.venv/bin/pip install -q -e '.[test]' && .venv/bin/pytest -q -n 2"): (
        "makes an environment and runs all tests; .ci/run does"
    ),
    ("README.md", "pip install '.[solvers,plot]'"): "downloads solvers; .ci/run does",
    ("CONTRIBUTING.md", f"{INSTALL}.venv/bin/pip install -e '.[dev]'"): "as in .ci/run",
    (
        "CONTRIBUTING.md",
        ".venv/bin/pip install -q -e '.[docs]' && .venv/bin/mkdocs build --strict",
    ): "as in .ci/run",
    ("docs/index.md", f"{INSTALL}. .venv/bin/activate && pip install ."): "makes an environment",
    ("docs/how-to/compare-solvers.md", "pip install '.[solvers,plot]'"): "downloads solvers; .ci/run does",
}
"""Blocks that no test runs, by page and first line, with the reason."""

LONG = {"README.md", "docs/first-plan.md", "docs/how-to/explain.md", "docs/how-to/scripts.md"}
"""Pages that take seconds: .ci/run reads them with the slow tests."""


def read_blocks(name: str) -> list[Block]:
    return blocks(ROOT / name, name)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    for folder in ("instances", "models"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    return Reader(tmp_path)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in LONG else name for name in NAMES]
)
def test_a_page_does_what_it_says(name: str, reader: Reader) -> None:
    reader.read([block for block in read_blocks(name) if not block.slow])


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if any(block.slow for block in read_blocks(name))])
def test_a_page_does_all_it_says(name: str, reader: Reader) -> None:
    reader.read(read_blocks(name))


def test_what_is_not_run_has_a_reason() -> None:
    left_out = {
        (block.page, block.text.partition("\n")[0])
        for name in NAMES
        for block in read_blocks(name)
        if block.kind == "nothing"
    }
    assert left_out == set(NOT_RUN)
