"""Rows and tables in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.backends.cases import LP_BACKENDS, Row
from prodmode.comparison.cells import UNKNOWN, amount, seconds, share, short

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, words: Collection[str] = ()) -> str:
    """Return a table; columns of figures are set to the right.

    Parameters
    ----------
    headings : sequence of str
    rows : sequence of sequence of str
        Cells, as many as headings.
    words : collection of str
        Headings of the columns that hold words.
    """
    ragged = [row for row in rows if len(row) != len(headings)]
    if ragged:
        raise ValueError(f"a row has {len(ragged[0])} cells for {len(headings)} headings: {ragged[0]}")
    rule = ["---" if heading in words else "---:" for heading in headings]
    cells = [[cell.replace("|", "\\|") for cell in row] for row in [headings, rule, *rows]]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def compared(name: str, runs: Sequence[Row]) -> list[list[str]]:
    """Return a row of cells for each run of a comparison.

    Parameters
    ----------
    name : str
        What was solved.
    runs : sequence of row
        As `prodmode.comparison` tells them.
    """
    return [
        [
            name,
            run["backend"],
            run["status"] if run["ending"] == "answered" else run["ending"],
            _figure(run["objective"], amount),
            _figure(run["bound"], amount),
            _figure(run["gap"], share),
            _figure(run["solve_seconds"], seconds),
            _figure(run["seconds_to_first_plan"], seconds),
            _figure(run["seconds_to_1_percent"], seconds),
            _figure(run["seconds_to_0_1_percent"], seconds),
            _figure(run["primal_integral"], seconds),
            _figure(run["peak_memory"], lambda size: f"{size / 1e6:,.0f}"),
            short(run["verdict"]),
        ]
        for run in runs
    ]


def largest(runs: Sequence[tuple[int, Sequence[Row]]]) -> str:
    """Return in a sentence the largest portfolio for which each backend had a verified plan.

    Parameters
    ----------
    runs : sequence of (int, runs)
        By size, the smallest first.
    """
    most = dict.fromkeys(sorted(run["backend"] for _, each in runs for run in each), 0)
    for lines, each in runs:
        most |= {run["backend"]: lines for run in each if run["verified"]}
    said = (f"{name} {f'{lines:,} lines' if lines else 'none'}" for name, lines in most.items())
    return f"Largest portfolio with a verified plan: {', '.join(said)}."


def best_gaps(runs: Sequence[tuple[int, Sequence[Row]]], skipped: Mapping[int, Mapping[str, int]]) -> str:
    """Return a table of gaps, a row for each size and a column for each backend.

    Parameters
    ----------
    runs : sequence of (int, runs)
        By size.
    skipped : mapping of int to mapping
        Backends that were not tried, by size.
    """
    names = sorted(
        {run["backend"] for _, each in runs for run in each} | {n for s in skipped.values() for n in s}
    )
    rows = []
    for lines, each in runs:
        said = {run["backend"]: _gap(run) for run in each} | dict.fromkeys(skipped[lines], "not tried")
        rows.append([f"{lines:,}", *(said.get(name, UNKNOWN) for name in names)])
    return table(("lines", *names), rows)


def relaxations(profile: str, lines: int, runs: Sequence[Row], skipped: Mapping[str, int]) -> list[list[str]]:
    """Return the cells of a program's relaxation: objective and seconds of each LP solver."""
    said = {run["backend"]: run for run in runs}
    cells = [profile, f"{lines:,}"]
    for name in LP_BACKENDS:
        if name in skipped:
            cells += [f"not tried: no answer at {skipped[name]:,} lines", ""]
        elif name not in said:
            cells += ["not here", ""]
        else:
            run = said[name]
            objective = run["status"] if run["objective"] is None else amount(run["objective"])
            if run["objective"] is not None and run["status"] != "optimal":
                objective += f" ({run['status']})"
            cells += [objective, _figure(run["solve_seconds"], seconds)]
    return [cells]


def _gap(run: Row) -> str:
    if run["objective"] is None:
        return "no plan"
    if not run["verified"]:
        return "not verified"
    if run["verdict"].startswith("false"):
        return "false claim"
    return "no bound" if run["gap"] is None else share(run["gap"])


def _figure(value: float | None, say: Callable[[float], str]) -> str:
    return UNKNOWN if value is None else say(value)
