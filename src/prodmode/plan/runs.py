"""How a line is made, as runs of periods with the same options in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodmode.plan.diffing.choices import Way

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prodmode.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class Run:
    """Periods in a row in which the same options of a line are in force.

    Attributes
    ----------
    first, last : str
        Labels of the periods.
    ways : tuple of Way
        None in force where it is empty.
    """

    first: str
    last: str
    ways: tuple[Way, ...]

    @property
    def span(self) -> str:
        """The periods in words."""
        return self.first if self.first == self.last else f"{self.first} to {self.last}"

    def to_dict(self) -> dict[str, Any]:
        """Return the run as data that JSON can hold."""
        return {"first": self.first, "last": self.last, "options": [way.to_dict() for way in self.ways]}


def runs(plan: Plan, lines: Iterable[str]) -> dict[str, tuple[Run, ...]]:
    """Return how each line is made over the horizon.

    Parameters
    ----------
    plan : Plan
    lines : iterable of str
        The lines to look at.

    Returns
    -------
    dict of str to tuple of Run
        The runs of a line follow one another and cover the horizon.
    """
    wanted = list(lines)
    rows = plan.assignments[plan.assignments["line"].isin(wanted)]
    used: dict[str, dict[str, list[Way]]] = {line: {} for line in wanted}
    for row in rows.itertuples():
        site = row.site if isinstance(row.site, str) else None
        used[str(row.line)].setdefault(str(row.period), []).append(Way(str(row.option), str(row.mode), site))
    return {line: _runs(used[line], plan.periods) for line in wanted}


def _runs(used: dict[str, list[Way]], periods: tuple[str, ...]) -> tuple[Run, ...]:
    found: list[Run] = []
    for period in periods:
        ways = tuple(used.get(period, ()))
        if found and found[-1].ways == ways:
            found[-1] = Run(found[-1].first, period, ways)
        else:
            found.append(Run(period, period, ways))
    return tuple(found)
