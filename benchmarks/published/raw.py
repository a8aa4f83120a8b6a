"""Where the raw files are, and their numbers."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("PRODMODE_PUBLISHED", Path(__file__).parents[3] / "shared" / "benchmarks"))
"""Folder of the raw files; they are read from there and never copied."""

SETS = ("gap", "mmkp", "sscflp/holmberg", "sscflp/orlib", "sscflp/diaz", "cflp", "clsp")
"""Sets of problems, as the folder names them."""


def numbers(path: Path) -> list[float]:
    """Return the numbers of a file up to the first word that is none."""
    found = []
    for word in path.read_text(encoding="latin-1").replace("\x1a", " ").split():
        try:
            found.append(float(word))
        except ValueError:
            break
    return found


def values(group: str) -> dict[str, dict[str, Any]]:
    """Return what is known of each problem of a set: optimum, best known value or bound."""
    known: dict[str, dict[str, dict[str, Any]]] = json.loads(
        (FOLDER / "values.json").read_text(encoding="utf-8")
    )
    return known.get(group, {})
