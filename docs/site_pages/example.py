"""The example that the site shows: the plan of the furniture maker as its page and its picture."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

import matplotlib as mpl

import prodmode as pm

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FURNITURE = Path(__file__).parents[2] / "instances" / "furniture"


def files() -> dict[str, str]:
    """Return the report and the picture of its modes, by name in the site."""
    result = pm.solve(pm.load(_FURNITURE), gap=1e-6)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.html"
        result.report(report)
        page = report.read_text(encoding="utf-8")
    mpl.use("svg")
    picture = io.StringIO()
    figure = cast("Figure", result.plan.plot.modes())
    figure.savefig(picture, format="svg", bbox_inches="tight", metadata={"Date": None})
    return {"example/furniture.html": page, "example/furniture.svg": picture.getvalue()}
