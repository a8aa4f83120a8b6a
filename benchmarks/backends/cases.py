"""What is measured: the cases, in the order in which they run, and what is not tried after a failure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SIZES = (20, 50, 100, 200, 500, 1000, 2000)
"""Lines of the generated portfolios."""

PERIODS = 4
SEED = 1
PROFILES = ("mid-size", "tight")

PUBLISHED = (
    ("gap", "c05100"),
    ("gap", "d05100"),
    ("mmkp", "I07"),
    ("sscflp/holmberg", "p13"),
    ("clsp", "F1"),
    ("clsp", "G30"),
)
"""Sets and names of the published problems that every backend is given."""

LP_BACKENDS = ("highs", "glop", "pdlp")
"""Backends that are given the LP relaxations."""

WRITERS = ("prodmode", "pulp", "linopy")
"""Who builds the core model: prodmode, and scripts with the packages named."""

AGREEMENT_LINES = 20
"""Size at which the models written by hand are solved too, to see that they are the same model."""

PARTS = ("agreement", "building", "portfolios", "relaxations", "published")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to measure, in a process of its own.

    Attributes
    ----------
    part : str
        One of `PARTS`.
    name : str
        Profile of the portfolio, set and name of the published problem, or who builds.
    lines : int
        Size of a generated portfolio, 0 for a published problem.
    time_limit : float
        Seconds for each solver run; 0 where nothing is solved.
    """

    part: str
    name: str
    lines: int
    time_limit: float

    @property
    def key(self) -> str:
        """What tells it from other cases in the log."""
        return "|".join(map(str, asdict(self).values()))


def cases(parts: Iterable[str], sizes: Iterable[int], time_limit: float) -> Iterator[Case]:
    """Yield the cases, the quick and small ones first.

    Parameters
    ----------
    parts : iterable of str
        Parts to run.
    sizes : iterable of int
        Lines of the generated portfolios.
    time_limit : float
        Seconds for each solver run.
    """
    wanted, sizes = set(parts), sorted(sizes)
    if "agreement" in wanted:
        yield from (Case("agreement", writer, AGREEMENT_LINES, time_limit) for writer in WRITERS)
    if "building" in wanted:
        yield from (Case("building", writer, lines, 0.0) for lines in sizes for writer in WRITERS)
    for lines in sizes:
        for part in ("relaxations", "portfolios"):
            if part in wanted:
                yield from (Case(part, profile, lines, time_limit) for profile in PROFILES)
    if "published" in wanted:
        yield from (Case("published", f"{group} {name}", 0, time_limit) for group, name in PUBLISHED)


def failures(case: Case, done: Mapping[str, Row], sizes: Iterable[int]) -> dict[str, int]:
    """Return the backends that are not tried, with the size at which each found no plan.

    A backend that found nothing at a size is not given the larger ones.

    Parameters
    ----------
    case : Case
        What is to be measured.
    done : mapping of str to row
        What has been, by key.
    sizes : iterable of int
        Sizes that there are.
    """
    found: dict[str, int] = {}
    for lines in sorted(size for size in sizes if size < case.lines):
        row = done.get(Case(case.part, case.name, lines, case.time_limit).key, {})
        for run in row.get("runs", ()):
            if run["objective"] is None:
                found.setdefault(run["backend"], lines)
    return found
