"""``python -m benchmarks.published``: solve every published problem and write the table.

Results are kept line by line in ``results.jsonl``; a second run goes on where the first was stopped.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .problems import problems
from .raw import FOLDER, SETS
from .run import run

HERE = Path(__file__).parent
LOG = HERE / "results.jsonl"
PAGE = HERE / "RESULTS.md"


def main() -> int:
    """Run what is missing and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.published", description=__doc__)
    parser.add_argument("--sets", nargs="*", default=list(SETS), choices=SETS, help="sets to solve")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds for each problem")
    parser.add_argument("--fresh", action="store_true", help="forget earlier results")
    arguments = parser.parse_args()
    if not (FOLDER / "values.json").exists():
        print(f"there are no raw files in {FOLDER}; set PRODMODE_PUBLISHED to their folder", file=sys.stderr)
        return 1
    if arguments.fresh:
        LOG.unlink(missing_ok=True)
    done = {(row["group"], row["name"]): row for row in _read()}
    for group in arguments.sets:
        for problem in problems(group):
            if (problem.group, problem.name) in done:
                continue
            row = run(problem, arguments.time_limit).to_dict()
            done[problem.group, problem.name] = row
            with LOG.open("a", encoding="utf-8") as log:
                log.write(json.dumps(row) + "\n")
            print(
                f"{row['group']:16} {row['name']:26} {row['verdict']:24} {row['seconds']:6.1f} s", flush=True
            )
    order = [(problem.group, problem.name) for group in SETS for problem in problems(group)]
    PAGE.write_text(page([done[key] for key in order if key in done], arguments.time_limit), encoding="utf-8")
    bugs = [row for row in done.values() if row["verdict"].isupper()]
    print(f"{len(done)} problems, {len(bugs)} to explain; the table is in {PAGE.name}")
    return 1 if bugs else 0


def page(rows: list[dict[str, Any]], time_limit: float) -> str:
    """Return the table as Markdown."""
    equal = sum(row["verdict"].startswith("equal") for row in rows)
    made_by = f"`python -m benchmarks.published --time-limit {time_limit:g}`"
    system = f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, 2 cores"
    versions = f"prodmode {version('prodmode')}, highspy {version('highspy')}"
    lines = [
        "# Published problems",
        "",
        f"{equal} of {len(rows)} problems come out equal to the published value. Made by {made_by};",
        "a gap of 1e-9 is asked for and every plan is refereed. Seconds are reading, building, solving and",
        "refereeing together. Rows of an earlier run are kept as they are, also where its time limit was",
        "another.",
        "",
        f"Machine: {system}; {versions}.",
        "",
    ]
    for group in SETS:
        own = [row for row in rows if row["group"] == group]
        if not own:
            continue
        lines += [
            f"## {group}",
            "",
            "| problem | published | ours | our bound | gap | seconds | verdict |",
            "|---|---:|---:|---:|---:|---:|---|",
            *(_line(row) for row in own),
            "",
        ]
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    def number(value: float | None) -> str:
        return "" if value is None else f"{value:.10g}"

    gap = "" if row["gap"] is None else f"{row['gap']:.2g}"
    cells = [
        row["name"], row["published"], number(row["objective"]), number(row["bound"]), gap,
        f"{row['seconds']:.1f}", row["verdict"],
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _read() -> list[dict[str, Any]]:
    if not LOG.exists():
        return []
    return [json.loads(line) for line in LOG.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    raise SystemExit(main())
