"""What the results were measured on, kept with each of them."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version

from benchmarks.machine import description

PACKAGES = ("prodmode", "ortools", "PuLP", "linopy", "xarray")
"""Whose versions matter besides those that the description of the machine tells."""


def surroundings() -> dict[str, str | float]:
    """Return machine, versions and how busy the machine is."""
    return {
        "machine": description(),
        "packages": ", ".join(filter(None, map(_told, PACKAGES))),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
    }


def _told(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""
