"""Where CBC is found, and what is said where it is not."""

from __future__ import annotations

import os
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING

import pytest

from prodmode.backends import cbc
from prodmode.backends.via_pulp import locate
from prodmode.backends.via_pulp.locate import CbcMissing, cbc_version, find_cbc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="uses shell scripts as programs")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine with a PuLP that is empty, and nothing on its PATH."""

    def find_spec(name: str) -> ModuleSpec | None:
        folder = tmp_path / name
        if not folder.is_dir():
            return None
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        return spec

    (tmp_path / "pulp").mkdir()
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(locate, "find_spec", find_spec)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    locate._version.cache_clear()
    yield tmp_path
    locate._version.cache_clear()


def program(path: Path, says: str = "Version: 9.8.7", code: int = 0, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
    path.chmod(mode)
    return path


def bundled(machine: Path) -> Path:
    system, architecture = locate._system(), locate._architecture()
    return machine / "pulp" / "solverdir" / "cbc" / system / architecture / "cbc"


def reason() -> str:
    found = cbc.availability()
    assert not found
    assert found.reason is not None
    return found.reason


def test_inside_pulp(machine: Path) -> None:
    path = program(bundled(machine))
    program(machine / "bin" / "cbc")
    assert find_cbc() == path
    assert cbc.availability() == type(cbc.availability())(available=True, version="9.8.7")


def test_in_cbcbox(machine: Path) -> None:
    path = program(machine / "cbcbox" / "cbc_dist" / "bin" / "cbc")
    assert find_cbc() == path


def test_on_the_path(machine: Path) -> None:
    path = program(machine / "bin" / "cbc")
    assert find_cbc() == path


def test_nowhere(machine: Path) -> None:
    assert "brings no CBC for this machine" in reason()
    (machine / "pulp").rmdir()
    assert "PuLP, which brings CBC, is not installed" in reason()


def test_not_executable(machine: Path) -> None:
    path = program(bundled(machine), mode=0o644)
    if os.access(path, os.X_OK):
        pytest.skip("may execute everything here")
    assert f"chmod +x {path}" in reason()
    other = program(machine / "bin" / "cbc")
    assert find_cbc() == other


@pytest.mark.parametrize("broken", ["not CBC at all", "Version:"])
def test_something_else(machine: Path, broken: str) -> None:
    program(bundled(machine), says=broken, code=3)
    assert "does not behave like CBC (it ended with code 3)" in reason()


def test_of_another_machine(machine: Path) -> None:
    path = bundled(machine)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x7fELF but not for here")
    path.chmod(0o755)
    assert "does not run here" in reason()


def test_version_is_asked_for_anew_when_the_file_changes(machine: Path) -> None:
    path = program(bundled(machine))
    assert cbc_version(path) == "9.8.7"
    program(path, says="Version: 1.2.3")
    os.utime(path, ns=(1, 1))
    assert cbc_version(path) == "1.2.3"
    path.unlink()
    with pytest.raises(CbcMissing):
        find_cbc()
