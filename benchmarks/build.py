"""What it costs to build the program of 2,000 lines x 12 periods.

``python -m benchmarks.build [--lines N] [--periods T] [--repeats R]``

Two comparisons:

*By hand.* A plain portfolio, five options a line, and the very same program filled into bare numpy arrays
by a script without any modelling layer (``benchmarks.plain.by_hand``): it works out coordinates by index
arithmetic, writes them into arrays of known size and lets scipy make the CSR arrays. That the two programs
are equal, entry by entry, is checked before the clock starts. This is the ratio that must stay below two:
what blocks, keys, sentences, positions of decisions and the figures of scenarios cost.

*Joining.* A generated enterprise with every feature, and the bare cost of joining coordinates that are
already there: those that the families have put down, copied into preallocated arrays, family by family, and
turned into CSR; bounds, costs and sides likewise. Nothing is worked out in it, so it is a floor, not a rival.

Runs take turns. Medians of processor seconds (nothing here runs in parallel) are printed as a table in
Markdown, with the peak memory of a fresh process that builds.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array

import prodmode as pm
from benchmarks.machine import alternating, description
from benchmarks.plain import Tables, by_hand, portfolio
from prodmode.formulation import formulate

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodmode.formulation.mip import Mip

PEAK = """
import prodmode as pm
from prodmode.formulation import formulate
from benchmarks.machine import peak_memory
from benchmarks.plain import portfolio
instance = {instance}
before = peak_memory()
formulation = formulate(instance)
print(before, peak_memory())
"""


def assert_equal(one: Mip, other: Mip) -> None:
    """Check that two programs are the same, entry by entry."""
    difference = one.matrix - other.matrix
    assert one.shape == other.shape
    assert np.abs(difference.data).max(initial=0) < 1e-9
    for name in ("cost", "row_lower", "row_upper", "lower", "upper", "integer"):
        assert np.allclose(getattr(one, name), getattr(other, name)), name


def joining(instance: pm.Instance) -> Callable[[], object]:
    """Return a function that joins the coordinates of an instance's program into bare arrays."""
    mip = formulate(instance).mip
    entries = mip.matrix.tocoo()
    ready = (mip.cost, mip.lower, mip.upper, mip.integer, mip.row_lower, mip.row_upper)

    def join() -> object:
        matrix = coo_array((entries.data, (entries.row, entries.col)), shape=mip.matrix.shape).tocsr()
        matrix.sum_duplicates()
        return matrix, *(values.copy() for values in ready)

    return join


def peak(instance: str) -> tuple[int, int]:
    """Return the peak memory in MB of a process before and after it builds the program of an instance."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK.format(instance=instance)], capture_output=True, text=True, check=True
    )
    before, after = map(int, done.stdout.split())
    return before, after


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time the building of programs.")
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--periods", type=int, default=12)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    size = f"{asked.lines:,} x {asked.periods}"
    calls = {
        "plain": f"portfolio({asked.lines}, {asked.periods})",
        "enterprise": (
            f"pm.generate(lines={asked.lines}, periods={asked.periods}, seed=1, profile='enterprise')"
        ),
    }
    plain = portfolio(asked.lines, asked.periods)
    enterprise = pm.generate(lines=asked.lines, periods=asked.periods, seed=1, profile="enterprise")
    tables = Tables(plain)
    assert_equal(formulate(plain).mip, by_hand(tables))
    rivals = {
        "plain": ("by hand", plain, lambda: by_hand(tables)),
        "enterprise": ("joining", enterprise, joining(enterprise)),
    }
    print(f"{description()}\n")
    print("| portfolio | rows | columns | nonzeros | build, s | bare arrays, s | ratio | peak memory, MB |")
    print("|---|---|---|---|---|---|---|---|")
    for name, (what, instance, rival) in rivals.items():
        mip = formulate(instance).mip
        rows, columns = mip.shape
        tasks: dict[str, Callable[[], object]] = {
            "build": lambda instance=instance: formulate(instance),  # type: ignore[misc]
            "bare": rival,
        }
        seconds = alternating(tasks, repeats=asked.repeats)
        before, after = peak(calls[name])
        print(
            f"| {name} {size} | {rows:,} | {columns:,} | {mip.matrix.nnz:,} | {seconds['build']:.3f} "
            f"| {seconds['bare']:.3f} ({what}) | {seconds['build'] / seconds['bare']:.2f} "
            f"| {after} ({before} before) |"
        )


if __name__ == "__main__":
    main()
