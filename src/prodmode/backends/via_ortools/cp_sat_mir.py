"""Mixed-integer rounding of one inequality: a cut that integers satisfy and a point of the LP does not.

The complemented rounding of Marchand and Wolsey ("Aggregation and mixed integer rounding to solve MIPs",
Operations Research 49, 2001): continuous columns are counted from a bound, which may be a variable one
(``q <= D x``), integers from the nearer bound, and the row is divided by what cuts the point off furthest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from prodmode.formulation.mip import Mip

FRACTION = 0.01
"""Fractions nearer than this to an integer are not rounded: their cuts are weak and ask for many digits."""

EFFICACY = 1e-5
"""Least distance by which a cut must cut off the point."""

NEGLIGIBLE = 1e-9
"""Coefficients below count as zero."""

SMALLEST = 1e-7
"""Coefficients below this share of the largest of a cut are taken out, at its expense."""

MARGIN = 1e-9
"""How much weaker a cut is made, per coefficient, for the rounding of its own numbers."""

DIVISORS = 12
"""Most coefficients that a row is divided by."""

HALVINGS = (2.0, 4.0, 8.0)
"""What the best of them is then divided by."""

TRIALS = 10
"""Most integers that are counted from their other bound instead."""


@dataclass(frozen=True, slots=True)
class Cut:
    """An inequality ``values @ x[columns] <= upper``, its largest value 1.

    Attributes
    ----------
    columns : ndarray of int
    values : ndarray of float
    upper : float
    efficacy : float
        How far the point that it was made for lies beyond, in the norm of the values.
    """

    columns: NDArray[np.int64]
    values: NDArray[np.float64]
    upper: float
    efficacy: float


@dataclass(frozen=True, slots=True)
class Side:
    """One bound of each column at a point: ``base + slope * x[other]``.

    Attributes
    ----------
    value, base, slope : ndarray, shape (n,)
    other : ndarray of int, shape (n,)
        An integer column, -1 where the bound is a number.
    """

    value: NDArray[np.float64]
    base: NDArray[np.float64]
    slope: NDArray[np.float64]
    other: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Slack:
    """A row's distance from one of its sides in an inequality: ``weight * (distance)``, weight negative.

    Attributes
    ----------
    weight : float
    row : int
    from_upper : bool
        Whether it is the distance from the upper side.
    distance : float
        At the point.
    """

    weight: float
    row: int
    from_upper: bool
    distance: float


@dataclass(frozen=True, slots=True)
class Place:
    """The point to cut off, and what is known there."""

    mip: Mip
    x: NDArray[np.float64]
    below: Side
    above: Side


UP_WHERE_NEARER, UP_WHERE_POSITIVE, UP_WHERE_VARIABLE = range(3)
"""From which bound continuous columns are counted: always the nearer, but for the latter two also others."""


def rounded(
    place: Place,
    terms: Mapping[int, float],
    upper: float,
    prefer: int = UP_WHERE_NEARER,
    slacks: Sequence[Slack] = (),
) -> Cut | None:
    """Return the best rounding of ``terms @ x + slacks <= upper``, None where none cuts the point off.

    Parameters
    ----------
    place : Place
        The point to cut off.
    terms : mapping of int to float
        Coefficients by column.
    upper : float
    prefer : int
        ``UP_WHERE_...``.
    slacks : sequence of Slack
        Continuous columns that the program does not know.
    """
    whole: dict[int, float] = {}
    kept: list[tuple[float, int, bool]] = []  # continuous columns with negative weight; others are dropped
    for j, a in terms.items():
        if place.mip.integer[j]:
            whole[j] = whole.get(j, 0.0) + a
            continue
        up = _counts_from_above(place, j, a, prefer)
        side = place.above if up else place.below
        if not np.isfinite(side.base[j]):
            return None
        upper -= a * side.base[j]
        other = int(side.other[j])
        if other >= 0:
            whole[other] = whole.get(other, 0.0) + a * side.slope[j]
        if (a > 0) == up:
            kept.append((-abs(a), j, up))
    columns = np.array([j for j, a in whole.items() if abs(a) > NEGLIGIBLE], dtype=np.int64)
    if not columns.size:
        return None
    upper -= sum(
        min(a * place.mip.lower[j], a * place.mip.upper[j]) for j, a in whole.items() if abs(a) <= NEGLIGIBLE
    )
    weights = np.array([a for a, _, _ in kept] + [slack.weight for slack in slacks])
    distances = np.array(
        [_distance(place, j, up) for _, j, up in kept] + [slack.distance for slack in slacks]
    )
    weight = np.array([whole[j] for j in columns.tolist()])
    least, most = place.mip.lower[columns], place.mip.upper[columns]
    continuous, squares = float(weights @ distances), float(weights @ weights)
    form = _Form(weight, upper, place.x[columns], least, most, continuous, squares)
    best = form.best()
    return None if best is None else _written_out(place, columns, form, best, kept, slacks)


def _counts_from_above(place: Place, j: int, a: float, prefer: int) -> bool:
    high, low = place.above.value[j], place.below.value[j]
    if not np.isfinite(high):
        return False
    variable = place.above.other[j] >= 0
    if (prefer == UP_WHERE_POSITIVE and a > 0) or (prefer == UP_WHERE_VARIABLE and variable):
        return True
    up, down = high - place.x[j], place.x[j] - low
    return bool(up < down - NEGLIGIBLE or (a > 0 and variable and up < down + NEGLIGIBLE))


def _distance(place: Place, j: int, up: bool) -> float:
    return float(place.above.value[j] - place.x[j] if up else place.x[j] - place.below.value[j])


@dataclass(frozen=True, slots=True)
class _Rounding:
    """A rounding of a form: which integers are counted from above, their coefficients, and the side."""

    efficacy: float
    divisor: float
    flipped: NDArray[np.bool_]
    integers: NDArray[np.float64]
    side: float
    scale: float  # of the weights of continuous columns


@dataclass(frozen=True, slots=True)
class _Form:
    """Integers with coefficients, and continuous columns summed up, at a point."""

    a: NDArray[np.float64]
    upper: float
    x: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    continuous: float
    squares: float

    def best(self) -> _Rounding | None:
        """Return the rounding that cuts the point off furthest, None where none does."""
        low, high = self.x - self.least, self.most - self.x
        between = np.flatnonzero((low > EFFICACY) & (high > EFFICACY))
        flipped = low > high
        sizes = np.unique(np.round(np.abs(self.a[between]), 12)).astype(np.float64)
        found = self._best_of(flipped, sizes[sizes > SMALLEST][:DIVISORS], None)
        if found is None:
            return None
        found = (
            self._best_of(flipped, np.array([found.divisor / k for k in HALVINGS], dtype=np.float64), found)
            or found
        )
        divisor = np.full(1, found.divisor)
        for j in between[np.argsort(np.abs(low - high)[between])][:TRIALS]:
            trial = found.flipped.copy()
            trial[j] = not trial[j]
            found = self._best_of(trial, divisor, found) or found
        return found

    def _best_of(
        self, flipped: NDArray[np.bool_], divisors: NDArray[np.float64], best: _Rounding | None
    ) -> _Rounding | None:
        a = np.where(flipped, -self.a, self.a)
        upper = self.upper - float(self.a @ np.where(flipped, self.most, self.least))
        distance = np.where(flipped, self.most - self.x, self.x - self.least)
        for divisor in divisors.tolist():
            side = np.floor(upper / divisor)
            fraction = upper / divisor - side
            if not FRACTION <= fraction <= 1 - FRACTION:
                continue
            quotient = a / divisor
            floor = np.floor(quotient)
            integers = floor + np.maximum(quotient - floor - fraction, 0.0) / (1 - fraction)
            scale = 1 / (divisor * (1 - fraction))
            beyond = float(integers @ distance) + self.continuous * scale - side
            efficacy = beyond / np.sqrt(max(float(integers @ integers) + self.squares * scale**2, NEGLIGIBLE))
            if efficacy > (EFFICACY if best is None else best.efficacy):
                best = _Rounding(efficacy, divisor, flipped, integers, float(side), scale)
        return best


def _written_out(
    place: Place,
    columns: NDArray[np.int64],
    form: _Form,
    best: _Rounding,
    kept: Sequence[tuple[float, int, bool]],
    slacks: Sequence[Slack],
) -> Cut | None:
    """Return a rounding in terms of the program's own columns."""
    mip = place.mip
    values = np.zeros(len(place.x))
    values[columns] = np.where(best.flipped, -best.integers, best.integers)
    upper = best.side + float(values[columns] @ np.where(best.flipped, form.most, form.least))
    for a, j, up in kept:
        side, weight = (place.above, -a * best.scale) if up else (place.below, a * best.scale)
        values[j] += weight
        upper += weight * side.base[j]
        if side.other[j] >= 0:
            values[side.other[j]] -= weight * side.slope[j]
    for slack in slacks:
        weight = slack.weight * best.scale * (-1 if slack.from_upper else 1)
        start, end = mip.matrix.indptr[slack.row : slack.row + 2]
        values[mip.matrix.indices[start:end]] += weight * mip.matrix.data[start:end]
        upper += weight * (mip.row_upper if slack.from_upper else mip.row_lower)[slack.row]
    largest = np.abs(values).max()
    small = np.flatnonzero((np.abs(values) <= SMALLEST * largest) & (values != 0))
    upper -= float(np.minimum(values[small] * mip.lower[small], values[small] * mip.upper[small]).sum())
    values[small] = 0.0
    where = np.flatnonzero(values)
    values = values[where]
    efficacy = float((values @ place.x[where] - upper) / np.linalg.norm(values)) if where.size else 0.0
    if not efficacy > EFFICACY:
        return None
    return Cut(where, values / largest, float(upper / largest) + MARGIN * where.size, efficacy)
