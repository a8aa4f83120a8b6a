"""Planted backends, registered here and in the processes started from here."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import prodmode as pm
from prodmode.backends import registry

from .backends import FOLDER, PLANTED

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]


def install(folder: Path) -> str:
    """Write the metadata of a package with the planted backends; return the search path that finds it."""
    info = folder / "planted_backends-1.0.dist-info"
    info.mkdir(parents=True)
    metadata = "Metadata-Version: 2.1\nName: planted-backends\nVersion: 1.0\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    entries = [f"{name} = tests.backends.planted.backends:backend_{name}" for name in PLANTED]
    (info / "entry_points.txt").write_text("\n".join([f"[{registry.GROUP}]", *entries]), encoding="utf-8")
    return os.pathsep.join([str(folder), str(ROOT)])


@pytest.fixture(scope="package")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Register the planted backends; return the folder in which they leave the numbers of their processes."""
    folder, notes = tmp_path_factory.mktemp("planted"), tmp_path_factory.mktemp("processes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", install(folder))
        patch.setenv(FOLDER, str(notes))
        patch.syspath_prepend(str(folder))
        registry._entries.cache_clear()
        yield notes
    registry._entries.cache_clear()


@pytest.fixture(scope="package")
def workshop() -> pm.Instance:
    """Stools may be bought or, with a tool, made: the best plan is worth 4,000."""
    return pm.Instance.from_tables(
        {"name": "workshop", "periods": 2, "currency": "EUR"},
        {
            "lines": [{"line": "stool", "price": 40}],
            "demand": [{"line": "stool", "1": 100, "2": 120}],
            "options": [
                {"option": "bought", "line": "stool", "mode": "outsourced", "unit_cost": 25},
                {"option": "made", "line": "stool", "mode": "mass", "unit_cost": 15, "tooling_capex": 1500},
            ],
        },
    )


def running(notes: Path, name: str, *, patience: float = 5.0) -> list[int]:
    """Return the processes of a planted backend that still run a moment later."""
    found = [int(line) for line in (notes / name).read_text(encoding="utf-8").split()]
    deadline = time.monotonic() + patience
    while any(map(_runs, found)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [process for process in found if _runs(process)]


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # Nobody may have taken note of its end yet.
    with suppress(OSError):
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        return state != "Z"
    return Path("/proc").is_dir() is False
