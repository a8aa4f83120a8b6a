"""A comparison in files: data, traces, a chart and the best plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from prodmode.comparison import chart
from prodmode.io.atomic import atomic_directory, atomic_file

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from prodmode.comparison.compare import Comparison

DATA_FILE = "comparison.json"
TABLE_FILE = "comparison.csv"
TRACES_FILE = "traces.csv"
CHARTS = ("chart.svg", "chart.png")
PLAN_FOLDER = "plan"


def write_comparison(comparison: Comparison, folder: Path) -> None:
    """Write everything but the chart into a folder: JSON, two CSV files, and the best plan if there is one.

    Parameters
    ----------
    comparison : Comparison
        What `prodmode.compare` returned.
    folder : Path
        Made where it does not exist; each file in it is replaced whole or not at all.
    """
    with atomic_file(folder / DATA_FILE) as file:
        data = json.dumps(comparison.to_dict(), ensure_ascii=False, allow_nan=False, indent=2)
        file.write_text(data + "\n", encoding="utf-8", newline="\n")
    _write_table(comparison.table, folder / TABLE_FILE)
    _write_table(comparison.traces, folder / TRACES_FILE)
    if comparison.plan is not None:
        comparison.plan.write(folder / PLAN_FOLDER)


def write_charts(comparison: Comparison, folder: Path) -> None:
    """Write the chart into a folder, as SVG and as PNG.

    Raises
    ------
    ProdmodeError
        If matplotlib is not installed.
    """
    with atomic_directory(folder) as staged:
        chart.save(comparison, [staged / name for name in CHARTS])


def _write_table(table: pd.DataFrame, path: Path) -> None:
    with atomic_file(path) as file:
        table.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")
