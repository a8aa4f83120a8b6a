"""``python -m benchmarks.scale``: measure what is not measured yet, then write the page.

Every measurement runs in a process of its own and is added to results.jsonl; a run that was ended goes on.
``--only 500x4`` measures one size, ``--page`` only writes RESULTS.md and the chart.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.machine import description

HERE = Path(__file__).parent
RESULTS = HERE / "results.jsonl"

SIZES = {
    "500x4": (500, 4, 60.0),
    "500x12": (500, 12, 120.0),
    "2000x12": (2000, 12, 120.0),
    "10000x12": (10_000, 12, 300.0),
}
"""Lines, periods and seconds of each size."""

BACKENDS = ("decomposition", "highs", "cbc", "scip", "cp-sat")
KEY = ("profile", "lines", "periods", "seed", "backend", "time_limit", "gap")


def cases(only: str | None, backends: tuple[str, ...], profiles: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return what is to be measured, small portfolios first."""
    return [
        {
            "profile": profile, "lines": lines, "periods": periods, "seed": 1, "backend": backend,
            "time_limit": seconds, "gap": 1e-4,
        }
        for name, (lines, periods, seconds) in SIZES.items() if only in (None, name)
        for profile in profiles
        for backend in backends
    ]  # fmt: skip


def measured() -> list[dict[str, Any]]:
    """Return the measurements so far."""
    if not RESULTS.exists():
        return []
    return [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines() if line]


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Measure one case in its own process; a process that dies or hangs is a result too."""
    command = [sys.executable, "-m", "benchmarks.scale.case", json.dumps(case)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=3 * case["time_limit"] + 300, check=False
        )
    except subprocess.TimeoutExpired:
        return {**case, "status": "did not stop", "gap_reached": None, "verified": False}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        return {**case, "status": "failed", "gap_reached": None, "verified": False, "message": last[:200]}
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def table(rows: list[dict[str, Any]]) -> list[str]:
    """Return the rows as a table of Markdown."""
    lines = [
        "| profile | lines x periods | backend | status | gap | first plan | build | solve | around | peak |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: (row["lines"], row["periods"], row["profile"], row["backend"])):
        gap = row.get("gap_reached")
        seconds = [row.get(f"{name}_seconds") for name in ("first_plan", "build", "solve", "around")]
        cells = [
            row["profile"], f"{row['lines']:,} x {row['periods']}", row["backend"], row["status"],
            "none" if gap is None else f"{gap:.3%}",
            *("" if value is None else f"{value:.1f} s" for value in seconds),
            f"{row['peak_memory']:,} MB" if row.get("peak_memory", -1) > 0 else "",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def growth(rows: list[dict[str, Any]]) -> str:
    """Return by which power of the lines the time for pricing and building grows, as far as it shows."""
    own = {
        row["lines"]: row["build_seconds"]
        for row in rows
        if row["backend"] == "decomposition" and row["periods"] == 12 and row.get("build_seconds")
    }
    if len(own) < 2:
        return "Too few sizes to tell how time grows."
    low, high = min(own), max(own)
    power = math.log(own[high] / own[low]) / math.log(high / low)
    return f"Building the program grows as lines^{power:.2f} between {low:,} and {high:,} lines."


def chart(rows: list[dict[str, Any]]) -> None:
    """Draw the gap reached over the number of lines."""
    import matplotlib as mpl  # noqa: PLC0415

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axis = plt.subplots(figsize=(7, 4))
    for backend in BACKENDS:
        points = sorted(
            (row["lines"] * row["periods"], row["gap_reached"])
            for row in rows
            if row["backend"] == backend and row["profile"] == "enterprise" and row.get("gap_reached")
        )
        if points:
            axis.plot(*zip(*points, strict=True), marker="o", label=backend)
    axis.set(xscale="log", yscale="log", xlabel="lines x periods", ylabel="relative gap at the time limit")
    axis.legend()
    figure.tight_layout()
    figure.savefig(HERE / "gap.svg", metadata={"Date": None})
    plt.close(figure)


def page(rows: list[dict[str, Any]]) -> str:
    """Return the page of results."""
    notes = (HERE / "NOTES.md").read_text(encoding="utf-8") if (HERE / "NOTES.md").exists() else ""
    return "\n".join([
        "# Large portfolios", "", "Written by `python -m benchmarks.scale`.", "", description(), "",
        *table(rows), "", growth(rows), "", "![gap reached](gap.svg)", "", notes,
    ])  # fmt: skip


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=SIZES)
    parser.add_argument("--backends", default=",".join(BACKENDS))
    parser.add_argument("--profiles", default="enterprise,tight")
    parser.add_argument("--page", action="store_true")
    asked = parser.parse_args()
    known = {tuple(row[name] for name in KEY) for row in measured()}
    for case in (
        []
        if asked.page
        else cases(asked.only, tuple(asked.backends.split(",")), tuple(asked.profiles.split(",")))
    ):
        if tuple(case[name] for name in KEY) in known:
            continue
        row = run(case)
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print({name: row.get(name) for name in ("profile", "lines", "backend", "status", "gap_reached")})
    rows = measured()
    chart(rows)
    (HERE / "RESULTS.md").write_text(page(rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
