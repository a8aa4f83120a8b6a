"""Which decisions differ between two plans, line by line and investment by investment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodmode.document.page import count
from prodmode.plan.diffing.decisions import decision_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodmode.instance.instance import Instance
    from prodmode.plan.diffing.choices import Way
    from prodmode.plan.plan import Plan

MOST_WORDS = 4
"""Differences that a sentence names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Move:
    """A line that uses other options in one plan than in another, over adjoining periods.

    Attributes
    ----------
    line : str
    periods : tuple of str
    before, after : tuple of str
        Options in force; empty where the line is not offered.
    """

    line: str
    periods: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def words(self) -> str:
        """The difference as a part of a sentence."""
        when = span(self.periods)
        if not self.before:
            return f"'{self.line}' is offered, by {_named(self.after)}, {when}"
        if not self.after:
            return f"'{self.line}' is no longer offered {when}"
        added = set(self.after) - set(self.before)
        dropped = set(self.before) - set(self.after)
        if not dropped:
            return f"'{self.line}' uses {_named(sorted(added))} besides {when}"
        if not added:
            return f"'{self.line}' does without {_named(sorted(dropped))} {when}"
        return f"'{self.line}' moves from {_named(self.before)} to {_named(self.after)} {when}"

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as data."""
        return {
            "line": self.line,
            "periods": list(self.periods),
            "before": list(self.before),
            "after": list(self.after),
        }


@dataclass(frozen=True, slots=True)
class Purchase:
    """Copies of an investment bought in a period, in one plan and in another.

    Attributes
    ----------
    investment, period : str
    before, after : int
    """

    investment: str
    period: str
    before: int
    after: int

    @property
    def words(self) -> str:
        """The difference as a part of a sentence."""
        if not self.before:
            return f"'{self.investment}' is bought in {self.period}{_times(self.after)}"
        if not self.after:
            return f"'{self.investment}' is not bought in {self.period}"
        copies = "copy" if self.after == 1 else "copies"
        return f"{self.after} {copies} of '{self.investment}' bought in {self.period}, not {self.before}"

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as data."""
        return {
            "investment": self.investment,
            "period": self.period,
            "before": self.before,
            "after": self.after,
        }


Difference = Move | Purchase


def moves(instance: Instance, before: Plan, after: Plan) -> tuple[Move, ...]:
    """Return which lines use other options in another plan, in the order of lines and periods.

    Parameters
    ----------
    instance : Instance
        Gives the order of lines and periods.
    before, after : Plan
        Plans of it, or of a changed version of it.
    """
    place = {line: number for number, line in enumerate(instance.lines["line"])}
    found = [
        Move(change.line, change.periods, _options(change.before), _options(change.after))
        for change in decision_changes(before, after)
        if change.line in place
    ]
    return tuple(sorted(found, key=lambda move: place[move.line]))


def purchases(before: Plan, after: Plan) -> tuple[Purchase, ...]:
    """Return which copies of investments are bought in one plan and not in another."""
    one, other = (
        {
            (str(investment), str(period)): int(copies)
            for investment, period, copies in plan.purchases.itertuples(index=False)
        }
        for plan in (before, after)
    )
    keys = dict.fromkeys([*one, *other])
    pairs = [(key, one.get(key, 0), other.get(key, 0)) for key in keys]
    return tuple(Purchase(*key, was, now) for key, was, now in pairs if was != now)


def differences(instance: Instance, before: Plan, after: Plan) -> tuple[Difference, ...]:
    """Return every decision that differs: first of lines, then of investments."""
    return (*moves(instance, before, after), *purchases(before, after))


def in_words(found: Sequence[Difference], most: int = MOST_WORDS) -> str:
    """Return differences as one sentence without its full stop; empty where there are none."""
    named = [difference.words for difference in found[:most]]
    if len(found) > most:
        named.append(f"and {count(len(found) - most, 'more difference')}")
    return "; ".join(named)


def span(periods: Sequence[str]) -> str:
    """Return adjoining periods in words.

    Examples
    --------
    >>> span(("Q2",)), span(("Q2", "Q3", "Q4"))
    ('in Q2', 'from Q2 to Q4')
    """
    return f"in {periods[0]}" if len(periods) == 1 else f"from {periods[0]} to {periods[-1]}"


def _options(ways: Iterable[Way]) -> tuple[str, ...]:
    return tuple(sorted(way.option for way in ways))


def _named(options: Iterable[str]) -> str:
    return " and ".join(f"'{option}'" for option in options)


def _times(copies: int) -> str:
    return "" if copies == 1 else f" ({copies} copies)"
