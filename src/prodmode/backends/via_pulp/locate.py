"""Where PuLP keeps its CBC, found without importing PuLP."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from prodmode.backends.via_pulp.cbc_log import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

PROBE_SECONDS = 20.0


class CbcMissing(Exception):  # noqa: N818
    """There is no CBC that runs here; the message says why."""


def find_cbc() -> Path:
    """Return the CBC that PuLP brings or would use.

    That is the program inside PuLP 3, or the one of the package cbcbox, from which PuLP 4 takes it, or a
    ``cbc`` on the PATH.

    Raises
    ------
    CbcMissing
        If there is none, or it may not be executed.
    """
    refused = ""
    for path in _candidates():
        if not path.is_file():
            continue
        if os.access(path, os.X_OK):
            return path
        refused = refused or f"PuLP's CBC may not be executed; try 'chmod +x {path}'"
    on_path = shutil.which("cbc")
    if on_path:
        return Path(on_path)
    if refused:
        raise CbcMissing(refused)
    if find_spec("pulp") is None:
        raise CbcMissing("PuLP, which brings CBC, is not installed; try 'pip install \"pulp>=3.3,<4\"'")
    raise CbcMissing("this PuLP brings no CBC for this machine, and there is no 'cbc' on the PATH")


def _candidates() -> Iterator[Path]:
    program = "cbc.exe" if os.name == "nt" else "cbc"
    for folder in _package("pulp"):
        yield folder / "solverdir" / "cbc" / _system() / _architecture() / program
    for folder in _package("cbcbox"):
        yield folder / "cbc_dist" / "bin" / program


def _package(name: str) -> list[Path]:
    spec = find_spec(name)
    return [Path(folder) for folder in spec.submodule_search_locations or []] if spec is not None else []


def _system() -> str:
    return {"win32": "win", "darwin": "osx"}.get(sys.platform, "linux")


def _architecture() -> str:
    if sys.maxsize <= 2**32:
        return "i32"
    # The only build for macOS is for Intel; the others run it through Rosetta.
    on_arm = platform.machine().lower() in ("aarch64", "arm64") and sys.platform != "darwin"
    return "arm64" if on_arm else "i64"


def cbc_version(path: Path) -> str:
    """Return the version of a CBC, which shows that it runs.

    Raises
    ------
    CbcMissing
        If it does not run.
    """
    return _version(path, path.stat().st_mtime_ns)


@cache
def _version(path: Path, _changed: int) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            [str(path), "-quit"],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CbcMissing(f"CBC does not run here: {error}") from error
    found = VERSION.search(done.stdout.decode(errors="replace"))
    if found is None:
        raise CbcMissing(f"{path} does not behave like CBC (it ended with code {done.returncode})")
    return found[1] or found[2]
