"""The results as a page in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.backends.cases import (
    AGREEMENT_LINES,
    LP_BACKENDS,
    PERIODS,
    PROFILES,
    SEED,
    WRITERS,
    Case,
    Row,
    failures,
)
from benchmarks.backends.tables import best_gaps, compared, largest, relaxations, table
from prodmode.comparison.cells import UNKNOWN, amount

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

HEAD = """# Backends

Made by `python -m benchmarks.backends --time-limit {limit:g}`; a run that was stopped goes on where it was
(`--minutes M` stops it). Portfolios are those of `prodmode generate` with {periods} periods and seed {seed};
every run has a process of its own, the default threads and {limit:g} s.

{surroundings}

To repeat it, in an environment of its own: `pip install -e '.[solvers]' linopy`, then the command above, from
the root of the project. Without PuLP, OR-Tools or linopy the rows that need them are left out, with the
reason. The published problems need their raw files; see [the other page](../published/RESULTS.md).

How to read the tables:

- *first plan*, *to 1 %* and *to 0.1 %* are seconds in the solver until it told a plan, and a plan and bound
  so near each other. A backend that tells nothing while it runs, or tells no bound, has those of its end.
- *primal integral* (Berthold 2013) is in seconds: the distance to the best verified plan, from 0 to 1,
  integrated over the longest run of the comparison. Smaller is better.
- *peak MB* is the most that the backend's process and its children held, the program handed to it included.
  On Linux it is not less than what the comparing process held when it started it, some 150.
- *verdict* is the referee's: "proved" and "verified, not proved" are plans that keep every rule of the
  portfolio, whatever the solver says of them.
- A backend that found no plan at a size is not given the larger ones.
"""

HAND = """## What a user would write by hand

The same model in plain PuLP ([by_pulp.py](by_pulp.py): dictionaries of variables, expressions built one by
one, CBC) and in linopy ([by_linopy.py](by_linopy.py): labelled arrays, HiGHS), each a script of less
than 200 lines that knows nothing of prodmode but its tables. They cover the core of the model, not all of it:
assignment, switching with its costs and limits, yields, market factors, fill rates and lost sales, setups and
minimum lots, capacity with overtime and investments, unlocking, a budget carried over, the three kinds of
limits that generated portfolios have, carbon costs, upkeep and salvage. Stock, price tiers, two options in
force at once, market windows, ineligible options and scenarios are not in them; the portfolios are the
mid-size ones without these ([core.py](core.py)). Nor do the scripts check their input, name their rows or
referee their plans.
"""

BUILT = """Building, each in a process of its own. Seconds are of the processor; *handed over* is what comes
between the built model and the solver's start: an MPS file for CBC, arrays for HiGHS. Making and checking the
portfolio's tables counts for none of them. Memory is the most that the process had held before, after
building and after handing over; the first is Python, the packages and the portfolio. What linopy takes is
mostly a fixed cost of each family of rows, which large portfolios make good; what PuLP takes grows with every
coefficient.
"""

RELAXED = """The same programs without integrality. An objective counts where its point holds to 1e-6 in every
row; one of a solver that ran into its limit is of the point that it had, not the optimum. PDLP is a
first-order method, and 1e-6 in every row is more than it is made for.
"""


def page(wanted: Sequence[Case], done: Mapping[str, Row], sizes: Collection[int], time_limit: float) -> str:
    """Return the page.

    Parameters
    ----------
    wanted : sequence of Case
        What the page is about.
    done : mapping of str to row
        What has been measured, by key.
    sizes : collection of int
        Lines of the generated portfolios.
    time_limit : float
        Seconds for each solver run.
    """
    found = [(case, done[case.key]) for case in wanted if case.key in done]
    parts = [
        HEAD.format(limit=time_limit, periods=PERIODS, seed=SEED, surroundings=_surroundings(found)),
        *(_portfolios(profile, found, done, sizes) for profile in PROFILES),
        _relaxations(found, done, sizes),
        _published(found),
        _by_hand(found),
        _missing(wanted, done),
    ]
    return "\n".join(part.rstrip() + "\n" for part in parts if part)


def _of(found: Sequence[tuple[Case, Row]], part: str, name: str | None = None) -> list[tuple[Case, Row]]:
    return [(case, row) for case, row in found if case.part == part and name in (None, case.name)]


def _surroundings(found: Sequence[tuple[Case, Row]]) -> str:
    told = [row["surroundings"] for _, row in found if "surroundings" in row]
    if not told:
        return "Nothing has been measured yet."
    loads = [each["load"] for each in told]
    return (
        "Measured on a machine shared with other work: seconds are rough, and a run that ended at its limit\n"
        "might have got further on an idle one. Two backends never ran at once; load averages were from "
        f"{min(loads):.1f} to\n{max(loads):.1f}.\n\n"
        f"At the last case: {told[-1]['machine']}; {told[-1]['packages']}."
    )


def _portfolios(
    profile: str, found: Sequence[tuple[Case, Row]], done: Mapping[str, Row], sizes: Collection[int]
) -> str:
    own = _of(found, "portfolios", profile)
    if not own:
        return ""
    skipped = {case.lines: failures(case, done, sizes) for case, _ in own}
    versions = {run["backend"]: run["version"] for _, row in own for run in row["runs"] if run["version"]}
    currency = next((row["currency"] for _, row in own if "currency" in row), "")
    rows = []
    for case, row in own:
        rows += compared(f"{case.lines:,}", row["runs"])
        rows += [
            [f"{case.lines:,}", name, f"not tried: no plan at {lines:,} lines", *[""] * 10]
            for name, lines in sorted(skipped[case.lines].items())
        ]
    headings = (
        "lines", "backend", "status", f"objective ({currency})", "bound", "gap", "seconds", "first plan",
        "to 1 %", "to 0.1 %", "primal integral", "peak MB", "verdict",
    )  # fmt: skip
    counts = ("rows", "columns", "integers", "nonzeros")
    sized = [
        [f"{case.lines:,}", *(f"{row['size'][name]:,}" for name in counts), f"{row['build_seconds']:.2f}"]
        for case, row in own
        if "size" in row
    ]
    return "\n".join(
        [
            f"## Generated portfolios: {profile}",
            "",
            "; ".join(versions[name] for name in sorted(versions)) + ".",
            "",
            largest([(case.lines, row["runs"]) for case, row in own]),
            "",
            "Gap proved at the end of the run, by size:",
            "",
            best_gaps([(case.lines, row["runs"]) for case, row in own], skipped),
            "",
            table(headings, rows, words=("backend", "status", "verdict")),
            "",
            "The programs:",
            "",
            table(("lines", *counts, "build, s"), sized),
        ]
    )


def _relaxations(found: Sequence[tuple[Case, Row]], done: Mapping[str, Row], sizes: Collection[int]) -> str:
    own = _of(found, "relaxations")
    if not own:
        return ""
    rows = [
        line
        for profile in PROFILES
        for case, row in _of(own, "relaxations", profile)
        for line in relaxations(profile, case.lines, row["runs"], failures(case, done, sizes))
    ]
    solvers = [f"{name}{what}" for name in LP_BACKENDS for what in ("", ", s")]
    return "\n".join(
        [
            "## LP relaxations",
            "",
            RELAXED,
            table(("profile", "lines", *solvers), rows, words=("profile",)),
        ]
    )


def _published(found: Sequence[tuple[Case, Row]]) -> str:
    own = _of(found, "published")
    rows = []
    for case, row in own:
        if "skipped" in row:
            rows.append([case.name, "", row["skipped"], *[""] * 12])
            continue
        known = UNKNOWN if row["best"] is None else f"best known {row['best']:g}"
        known = known if row["optimum"] is None else f"{row['optimum']:g}"
        for run, line in zip(row["runs"], compared(case.name, row["runs"]), strict=True):
            rows.append([*line[:2], known, *line[2:], run["beside"]])
    if not rows:
        return ""
    headings = (
        "problem", "backend", "published", "status", "objective", "bound", "gap", "seconds", "first plan",
        "to 1 %", "to 0.1 %", "primal integral", "peak MB", "verdict", "beside the published value",
    )  # fmt: skip
    return "\n".join(
        [
            "## Published problems",
            "",
            "A gap of 1e-9 is asked for. Values are those of the problem: costs, and gains for mmkp.",
            "",
            table(headings, rows, words=("problem", "backend", "status", "verdict", headings[-1])),
        ]
    )


def _by_hand(found: Sequence[tuple[Case, Row]]) -> str:
    solved, built = _of(found, "agreement"), _of(found, "building")
    if not solved and not built:
        return ""
    lines = [HAND]
    if solved:
        lines += [
            f"That it is the same model: {AGREEMENT_LINES} lines solved to a gap of 1e-9.",
            "",
            table(
                ("written in", "objective", "status", "seconds, all in all"),
                [
                    [case.name, row["skipped"], "", ""]
                    if "skipped" in row
                    else [case.name, amount(row["objective"]), row["status"], f"{row['seconds']:.1f}"]
                    for case, row in solved
                ],
                words=("written in", "status"),
            ),
            "",
        ]
    if built:
        lines += [
            BUILT,
            table(
                (
                    "lines", "written in", "rows", "columns", "build, s", "handed over, s", "MB before",
                    "MB built", "MB handed over", "times prodmode's build",
                ),
                _building(built),
                words=("written in",),
            ),
        ]  # fmt: skip
    return "\n".join(lines)


def _building(built: Sequence[tuple[Case, Row]]) -> list[list[str]]:
    ours = {case.lines: row["build_seconds"] for case, row in built if case.name == WRITERS[0]}
    rows = []
    for case, row in built:
        head = [f"{case.lines:,}", case.name]
        if "skipped" in row:
            rows.append([*head, row["skipped"], *[""] * 7])
            continue
        times = row["build_seconds"] / ours[case.lines] if ours.get(case.lines) else None
        rows.append(
            [
                *head,
                *(f"{row[name]:,}" for name in ("rows", "columns")),
                *(f"{row[name]:.2f}" for name in ("build_seconds", "hand_over_seconds")),
                *(f"{row[name]:,}" for name in ("memory_before", "memory_built", "memory_handed_over")),
                UNKNOWN if times is None else f"{times:,.0f}",
            ]
        )
    return rows


def _missing(wanted: Sequence[Case], done: Mapping[str, Row]) -> str:
    missing = [case for case in wanted if case.key not in done]
    if not missing:
        return ""
    named = ", ".join(
        f"{case.part} {case.name}{f' {case.lines:,}' if case.lines else ''}" for case in missing
    )
    return f"## Not measured yet\n\n{named}."
