"""``python -m benchmarks.backends``: measure what is missing and write the page.

Results are kept line by line in ``results.jsonl``; a second run goes on where the first was stopped.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.backends.cases import PARTS, SIZES, Case, Row, cases, failures
from benchmarks.backends.page import page
from benchmarks.backends.surroundings import surroundings

if TYPE_CHECKING:
    from collections.abc import Collection

HERE = Path(__file__).parent
LOG = HERE / "results.jsonl"
PAGE = HERE / "RESULTS.md"


def main() -> int:
    """Run what is missing and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backends", description=__doc__)
    parser.add_argument("--parts", nargs="*", default=list(PARTS), choices=PARTS, help="what to measure")
    parser.add_argument("--sizes", nargs="*", type=int, default=list(SIZES), help="lines of portfolios")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds for each solver run")
    parser.add_argument("--minutes", type=float, help="start nothing new after so long; run again to go on")
    parser.add_argument("--fresh", action="store_true", help="forget earlier results")
    parser.add_argument("--log", type=Path, default=LOG, help="where results are kept")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page is written")
    asked = parser.parse_args()
    if asked.fresh:
        asked.log.unlink(missing_ok=True)
    done = read(asked.log)
    began = time.monotonic()
    failed = 0
    wanted = list(cases(asked.parts, asked.sizes, asked.time_limit))
    for case in wanted:
        if case.key in done:
            continue
        if asked.minutes is not None and time.monotonic() - began > 60 * asked.minutes:
            print(f"{asked.minutes:g} minutes are over; run it again to go on", flush=True)
            break
        started = time.monotonic()
        row = measured(case, failures(case, done, asked.sizes))
        seconds = time.monotonic() - started
        print(f"{case.part:12} {case.name:24} {case.lines or '':>5} {seconds:7.1f} s", flush=True)
        if "error" in row:
            failed += 1
            print(row["error"], file=sys.stderr, flush=True)
            continue
        done[case.key] = row
        if "skipped" in row:  # what it needs may be there the next time
            continue
        with asked.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps({"key": case.key, **row}) + "\n")
        asked.page.write_text(page(wanted, done, asked.sizes, asked.time_limit), encoding="utf-8")
    asked.page.write_text(page(wanted, done, asked.sizes, asked.time_limit), encoding="utf-8")
    print(
        f"{sum(case.key in done for case in wanted)} of {len(wanted)} cases are there; see {asked.page.name}"
    )
    return 1 if failed else 0


def measured(case: Case, left_out: Collection[str]) -> Row:
    """Return what a case came to in a process of its own, with where it was measured."""
    told = json.dumps({"case": asdict(case), "left_out": list(left_out)})
    command = [sys.executable, "-m", "benchmarks.backends.measure", told]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        return {"error": ended.stderr.strip()[-2000:]}
    row: Row = json.loads(ended.stdout.splitlines()[-1])
    return row | {"surroundings": surroundings()}


def read(log: Path) -> dict[str, Row]:
    """Return the results that are kept, by the key of their case."""
    if not log.exists():
        return {}
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return {row.pop("key"): row for row in rows}


if __name__ == "__main__":
    raise SystemExit(main())
