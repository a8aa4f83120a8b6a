"""What whole processes cost, from start to end.

``python -m benchmarks.startup [--repeats R]``

The command line's help, a bare import, and the solving of small instances, each as a process of its own with
nothing warm but the file cache. Medians and least of wall-clock and processor seconds are printed as a table
in Markdown. On an idle core help must take less than 0.4 s, the starter less than 1.5 s.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.machine import description

INSTANCES = Path(__file__).parents[1] / "instances"
SOLVE = (sys.executable, "-m", "prodmode", "solve")
COMMANDS = {
    "`python -c pass`": (sys.executable, "-c", "pass"),
    "`import prodmode`": (sys.executable, "-c", "import prodmode"),
    "`prodmode --help`": (sys.executable, "-m", "prodmode", "--help"),
    "`prodmode solve instances/starter.yaml`": (*SOLVE, str(INSTANCES / "starter.yaml")),
    "`prodmode solve instances/pasta.yaml`": (*SOLVE, str(INSTANCES / "pasta.yaml")),
    "`prodmode solve instances/furniture`": (*SOLVE, str(INSTANCES / "furniture")),
}
"""What is run, by how the table calls it."""


def run(command: tuple[str, ...]) -> tuple[float, float]:
    """Return wall-clock and processor seconds of a process."""
    before, began = os.times(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    wall, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, used


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time whole processes.")
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    print(f"{description()}\n")
    print("| process | wall, median s | wall, least s | processor, median s | processor, least s |")
    print("|---|---|---|---|---|")
    for name, command in COMMANDS.items():
        run(command)
        walls, used = zip(*(run(command) for _ in range(repeats)), strict=True)
        figures = (statistics.median(walls), min(walls), statistics.median(used), min(used))
        print(f"| {name} | {' | '.join(f'{figure:.2f}' for figure in figures)} |")


if __name__ == "__main__":
    main()
