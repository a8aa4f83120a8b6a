"""Planted backends, registered as a third party would."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from prodmode.backends import registry
from tests.comparison import planted

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


def install(folder: Path) -> str:
    """Write the metadata of a package with the planted backends; return the search path that finds it."""
    info = folder / "planted-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: planted\nVersion: 1.0\n", encoding="utf-8")
    entries = [f"{name} = tests.comparison.planted:{name}" for name in planted.NAMES]
    (info / "entry_points.txt").write_text("\n".join([f"[{registry.GROUP}]", *entries]), encoding="utf-8")
    return os.pathsep.join([str(folder), str(ROOT)])


@pytest.fixture
def planted_backends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Register the planted backends here and in the processes started from here."""
    monkeypatch.setenv("PYTHONPATH", install(tmp_path / "planted"))
    monkeypatch.syspath_prepend(str(tmp_path / "planted"))
    registry._entries.cache_clear()
    yield
    registry._entries.cache_clear()
