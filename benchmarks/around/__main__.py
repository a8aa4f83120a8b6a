"""``python -m benchmarks.around``: what everything around the solver costs, and the page of it.

Each size is a process of its own. It generates an enterprise, writes it as Parquet, reads and checks it,
builds its program, makes a plan without a solver (every line goes on as today), its tables and key figures,
lets the referee check it, writes it, reads it, and prints it; then it lets the referee look at a plan that
breaks rules everywhere.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.around.steps import LEAVE, walk
from benchmarks.machine import description

PAGE = Path(__file__).parent / "RESULTS.md"
SIZES = (10_000, 100_000)


def main() -> int:
    """Measure, print and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.around", description=__doc__)
    parser.add_argument("--lines", type=int, action="append", help="size of a portfolio; may be repeated")
    parser.add_argument("--periods", type=int, default=12)
    parser.add_argument("--scenarios", type=int, default=0)
    parser.add_argument("--leave-out", nargs="*", default=[], choices=LEAVE, help="steps to leave out")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page is written")
    parser.add_argument("--here", action="store_true", help="measure in this process and print JSON")
    asked = parser.parse_args()
    sizes = asked.lines or list(SIZES)
    if asked.here:
        with tempfile.TemporaryDirectory() as folder:
            told = walk(sizes[0], asked.periods, asked.scenarios, tuple(asked.leave_out), Path(folder))
        print(json.dumps(told))
        return 0
    walks = []
    for lines in sizes:
        own = ["--lines", str(lines), "--periods", str(asked.periods), "--scenarios", str(asked.scenarios)]
        left = ["--leave-out", *asked.leave_out] if asked.leave_out else []
        command = [sys.executable, "-m", "benchmarks.around", "--here", *own, *left]
        ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if ended.returncode:
            print(f"the process for {lines:,} lines ended with {ended.returncode}", file=sys.stderr)
            return 1
        walks.append(json.loads(ended.stdout.splitlines()[-1]))
    text = page(walks, " ".join(sys.argv[1:]))
    asked.page.write_text(text, encoding="utf-8")
    print(text)
    return 0


def page(walks: list[dict[str, Any]], arguments: str) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    walks : list of dict
        What `walk` returned for each size.
    arguments : str
        Of the command that measured.
    """
    parts = [
        "# Around the solver",
        "",
        f"Made by `{f'python -m benchmarks.around {arguments}'.strip()}`. What each step does stands in",
        "[steps.py](steps.py). Seconds of the processor count; the clock suffers from whatever else the",
        "machine does. Peak memory is that of the whole process while the step runs; *held* is what it had",
        "when the step began: the instance, the plan and so on, and the interpreter with its libraries",
        "(some 120 MB).",
        "",
        description(),
    ]
    for walked in walks:
        parts += [
            "",
            f"## {walked['lines']:,} lines x {walked['periods']} periods",
            "",
            "| step | size | processor, s | clock, s | held, MB | peak, MB |",
            "|---|---:|---:|---:|---:|---:|",
            *(
                f"| {step['name']} | {step['rows']} | {step['processor']:.2f} | {step['clock']:.2f} "
                f"| {step['before']:,} | {step['peak']:,} |"
                for step in walked["steps"]
            ),
        ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
