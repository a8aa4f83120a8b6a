"""Figures that are known to lie between two proven ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodmode.document.page import money

if TYPE_CHECKING:
    from prodmode.result import Result

EXACT = 1e-6
"""Width, relative to the sums at stake, below which an interval counts as one figure."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval that is proven to hold a figure.

    Attributes
    ----------
    lower, upper : float or None
        None where nothing is proven on that side.

    Examples
    --------
    >>> Interval(100.0, 110.0) - Interval(90.0, 95.0)
    Interval(lower=5.0, upper=20.0)
    >>> (Interval(100.0, 110.0) - Interval(90.0, 105.0)).sign
    0
    """

    lower: float | None
    upper: float | None

    @classmethod
    def exact(cls, figure: float) -> Interval:
        """Return the interval of a figure that is known."""
        return cls(figure, figure)

    @property
    def width(self) -> float | None:
        """Distance of the two sides, None where one is unknown."""
        return None if self.lower is None or self.upper is None else self.upper - self.lower

    @property
    def middle(self) -> float | None:
        """The figure halfway, None where a side is unknown."""
        return None if self.lower is None or self.upper is None else (self.lower + self.upper) / 2

    @property
    def sign(self) -> int:
        """1 where the figure is proven to be above zero, -1 where below, 0 where neither is proven."""
        if self.lower is not None and self.lower > 0:
            return 1
        return -1 if self.upper is not None and self.upper < 0 else 0

    def __sub__(self, other: Interval) -> Interval:
        lower = None if self.lower is None or other.upper is None else self.lower - other.upper
        upper = None if self.upper is None or other.lower is None else self.upper - other.lower
        return Interval(lower, upper)

    def __neg__(self) -> Interval:
        return Interval(
            None if self.upper is None else -self.upper, None if self.lower is None else -self.lower
        )

    def __contains__(self, figure: float) -> bool:
        return (self.lower is None or self.lower <= figure) and (self.upper is None or figure <= self.upper)

    def at_least(self, floor: float) -> Interval:
        """Return the interval with what is known besides: that the figure is not below a floor."""
        lower = floor if self.lower is None else max(self.lower, floor)
        return Interval(lower, None if self.upper is None else max(self.upper, lower))

    def snapped(self, scale: float) -> Interval:
        """Return zero for an interval around zero that is narrower than rounding at a scale.

        Parameters
        ----------
        scale : float
            The sums that the figure is a difference of.
        """
        tolerance = EXACT * max(1.0, abs(scale))
        near = [side is not None and abs(side) <= tolerance for side in (self.lower, self.upper)]
        return Interval(0.0, 0.0) if all(near) else self

    def words(self, currency: str) -> str:
        """Return an amount of money in words, its interval where that is not too narrow to matter.

        Examples
        --------
        >>> Interval(118000.0, 118000.2).words("EUR"), Interval(110000.0, 125000.0).words("EUR")
        ('118,000 EUR', 'between 110,000 EUR and 125,000 EUR')
        >>> Interval(None, 5.0).words("EUR"), Interval(None, None).words("EUR")
        ('at most 5.00 EUR', 'an unknown amount')
        """
        if self.lower is None and self.upper is None:
            return "an unknown amount"
        if self.lower is None or self.upper is None:
            side, word = (self.upper, "at most") if self.lower is None else (self.lower, "at least")
            return f"{word} {money(side or 0.0, currency)}"
        middle = (self.lower + self.upper) / 2
        if money(self.lower, currency) == money(self.upper, currency) or self.upper - self.lower <= max(
            0.01, 1e-3 * abs(middle)
        ):
            return money(middle + 0.0, currency)
        return f"between {money(self.lower, currency)} and {money(self.upper, currency)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the two sides as data."""
        return {"lower": self.lower, "upper": self.upper}


UNKNOWN = Interval(None, None)
"""Nothing is proven."""


def interval_of(result: Result) -> Interval:
    """Return what a run proves of the best net present value: that of its plan, and its bound.

    Parameters
    ----------
    result : Result
        A run; a plan that the referee rejects proves nothing.
    """
    return Interval(result.objective if result.verified else None, result.bound)
