"""What changes in the decisions of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from prodmode.document.page import count


@dataclass(frozen=True, slots=True)
class Way:
    """How a line is made: an option in force.

    Attributes
    ----------
    option, mode : str
    site : str or None
        None where the option has no site.

    Examples
    --------
    >>> Way("oak-bought", "outsourced", "mill").words()
    "outsourced from 'mill'"
    """

    option: str
    mode: str
    site: str | None

    @property
    def place(self) -> str:
        """The site in words, empty where there is none."""
        if self.site is None:
            return ""
        return f"{'from' if self.mode == 'outsourced' else 'at'} '{self.site}'"

    def words(self, *, with_option: bool = False) -> str:
        """Return the mode and the site, and the name of the option where it is asked for."""
        option = f"(option '{self.option}')" if with_option else ""
        return " ".join(part for part in (self.mode, self.place, option) if part)

    def to_dict(self) -> dict[str, Any]:
        """Return the option in force as data."""
        return {"option": self.option, "mode": self.mode, "site": self.site}


@dataclass(frozen=True, slots=True)
class DecisionChange:
    """A run of periods in which a line is made in another way.

    Attributes
    ----------
    line : str
    periods : tuple of str
        Every period of the run, one after the other in both plans.
    before, after : tuple of Way
        The options in force, the same in all periods of the run; none where the line is not offered.

    Examples
    --------
    >>> hand, mill = Way("oak-hand", "custom", "workshop"), Way("oak-bought", "outsourced", "mill")
    >>> print(DecisionChange("oak-table", ("2026", "2027", "2028"), (hand,), (mill,)))
    'oak-table' moves from custom at 'workshop' to outsourced from 'mill' in 2026 to 2028
    """

    line: str
    periods: tuple[str, ...]
    before: tuple[Way, ...]
    after: tuple[Way, ...]

    @property
    def span(self) -> str:
        """The periods in words: the first and the last."""
        first, last = self.periods[0], self.periods[-1]
        return first if first == last else f"{first} to {last}"

    def __str__(self) -> str:
        when = f"in {self.span}"
        if not self.before:
            return f"'{self.line}' comes onto offer {when}: {ways(self.after)}"
        if not self.after:
            return f"'{self.line}' is no longer offered {when}: it was {ways(self.before)}"
        if len(self.before) == len(self.after) == 1 and self.before[0].mode == self.after[0].mode:
            return f"'{self.line}' stays {_same_mode(self.before[0], self.after[0], when)}"
        named = ways(self.before) == ways(self.after)
        kept = [way for way in self.before if way in self.after]
        more = tuple(way for way in self.after if way not in kept)
        less = tuple(way for way in self.before if way not in kept)
        if kept and not less:
            named = _alike(more, self.before)
            own, new = (ways(part, with_option=named) for part in (self.before, more))
            return f"'{self.line}' stays {own} and is also {new} {when}"
        if kept and not more:
            named = _alike(less, self.after)
            own, old = (ways(part, with_option=named) for part in (self.after, less))
            return f"'{self.line}' stays {own} and is no longer {old} {when}"
        old, new = ways(self.before, with_option=named), ways(self.after, with_option=named)
        return f"'{self.line}' moves from {old} to {new} {when}"

    def to_dict(self) -> dict[str, Any]:
        """Return the change as data."""
        return {
            "line": self.line,
            "first_period": self.periods[0],
            "last_period": self.periods[-1],
            "periods": list(self.periods),
            "before": [way.to_dict() for way in self.before],
            "after": [way.to_dict() for way in self.after],
        }


@dataclass(frozen=True, slots=True)
class PurchaseChange:
    """Another number of copies of an investment that are bought in a period.

    Examples
    --------
    >>> print(PurchaseChange("press", "2026", 0, 1))
    1 copy of 'press' is bought in 2026 instead of none
    """

    investment: str
    period: str
    before: int
    after: int

    @property
    def change(self) -> int:
        """Copies more (or, where negative, less)."""
        return self.after - self.before

    def __str__(self) -> str:
        if not self.after:
            return f"'{self.investment}' is no longer bought in {self.period}: it was {copies(self.before)}"
        verb = "are" if self.after > 1 else "is"
        instead = f"{self.before:,}" if self.before else "none"
        return (
            f"{copies(self.after)} of '{self.investment}' {verb} bought in {self.period} instead of {instead}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the change as data."""
        return {
            "investment": self.investment,
            "period": self.period,
            "before": self.before,
            "after": self.after,
            "change": self.change,
        }


def ways(options: tuple[Way, ...], *, with_option: bool = False) -> str:
    """Return options in force in words."""
    return " and ".join(way.words(with_option=with_option) for way in options)


def _same_mode(old: Way, new: Way, when: str) -> str:
    if old.site == new.site:
        return f"{new.words()} {when}, with option '{new.option}' instead of '{old.option}'"
    if old.site is None or new.site is None:
        return f"{new.mode} {when}, {new.place or 'at no site'} instead of {old.place or 'at no site'}"
    return f"{new.mode} {when}, {new.place} instead of '{old.site}'"


def copies(number: int) -> str:
    """Return a number of copies in words.

    Examples
    --------
    >>> copies(1), copies(12)
    ('1 copy', '12 copies')
    """
    return "1 copy" if number == 1 else count(number, "copie")


def _alike(some: tuple[Way, ...], others: tuple[Way, ...]) -> bool:
    """Whether an option reads like another one, so that its name must be told."""
    return bool({way.words() for way in some} & {way.words() for way in others})
