"""Marginal prices of rows: of the relaxation, and of the program with a plan's whole-number decisions kept.

Neither is what a step is worth: setups and whole copies make the value of capacity jump (Geoffrion & Nauss
1977; Cook, Gerards, Schrijver & Tardos 1986). Where an optimum is degenerate the price of one more unit and
that of one less differ (Jansen, de Jong, Roos & Terlaky 1997), so both are worked out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.errors import BackendError
from prodmode.formulation.silent_highs import highs_with, highspy
from prodmode.plan.solution import decisions_in, integers_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation import Formulation
    from prodmode.formulation.mip import Mip
    from prodmode.plan.plan import Plan

NUDGE = 1e-5
"""How far a side is moved, relative to its size, to see the price on either side of it."""

PRICE_TOLERANCE = 1e-7
"""Prices below this share of the largest cost are rounding."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a little more and a little less of something is worth, per unit, as present value.

    Attributes
    ----------
    more : float or None
        Gained with one more unit.
    less : float or None
        Lost with one unit less; None where nothing is feasible with less.
    """

    more: float | None
    less: float | None

    @property
    def one_sided(self) -> bool:
        """Whether the two differ, so that neither alone is the price."""
        if self.more is None or self.less is None:
            return self.more is not self.less
        return abs(self.more - self.less) > 1e-6 * max(1.0, abs(self.more), abs(self.less))

    def to_dict(self) -> dict[str, float | None]:
        """Return both as data."""
        return {"more": self.more, "less": self.less}


@dataclass(frozen=True, slots=True)
class Direction:
    """Sides of a program that move together when something is relaxed by one unit.

    Attributes
    ----------
    rows, columns : ndarray of int
        Rows whose side, and columns whose upper bound, moves.
    by_row, by_column : ndarray of float
        How far each moves.
    step : float
        A small amount of the unit.
    """

    rows: NDArray[np.int64]
    by_row: NDArray[np.float64]
    columns: NDArray[np.int64]
    by_column: NDArray[np.float64]
    step: float


class Divisible:
    """A linear program, solved once and moved about from there.

    Parameters
    ----------
    mip : Mip
        Its integers are let go.

    Raises
    ------
    BackendError
        If it has no optimum.
    """

    def __init__(self, mip: Mip) -> None:
        self._mip = mip
        self._engine = highs_with(replace(mip, integer=np.zeros_like(mip.integer)), {})
        if not self._solved():
            status = self._engine.modelStatusToString(self._engine.getModelStatus())
            raise BackendError(f"there are no prices: the linear program ended with '{status}'")
        self.x = self._point()[0]
        self.objective = mip.objective(self.x)
        self._noise = PRICE_TOLERANCE * max(1.0, float(np.abs(mip.cost).max(initial=0.0)))

    def price(self, direction: Direction) -> Price:
        """Return what one more and one less unit is worth."""
        if self._is_slack(direction):
            return Price(0.0, 0.0)
        return Price(self._beside(direction, 1.0), self._beside(direction, -1.0))

    def _is_slack(self, direction: Direction) -> bool:
        """Return whether an optimum leaves all sides alone: then a little more or less changes nothing."""
        mip, margin = self._mip, 2 * direction.step
        activity = np.asarray(mip.matrix[direction.rows] @ self.x)
        moved = np.maximum(np.abs(direction.by_row), 1e-12) * margin
        free = (mip.row_upper[direction.rows] - activity > moved) & (
            activity - mip.row_lower[direction.rows] > moved
        )
        room = mip.upper[direction.columns] - self.x[direction.columns]
        return bool(free.all() and (room > np.abs(direction.by_column) * margin).all())

    def _slope(self, direction: Direction, row: NDArray[np.float64], column: NDArray[np.float64]) -> float:
        # The program is minimised, so a dual is what one more unit of the side adds to the cost.
        found = -float(
            row[direction.rows] @ direction.by_row + column[direction.columns] @ direction.by_column
        )
        return 0.0 if abs(found) <= self._noise * _size(direction) else found

    def _beside(self, direction: Direction, sign: float) -> float | None:
        """Return the price a step away, where the side that matters has been left behind."""
        self._move(direction, sign * direction.step)
        solved = self._solved()
        found = self._slope(direction, *self._point()[1:]) if solved else None
        self._move(direction, 0.0)
        return found

    def _move(self, direction: Direction, amount: float) -> None:
        mip, engine = self._mip, self._engine
        for row, by in zip(direction.rows.tolist(), direction.by_row.tolist(), strict=True):
            low, high = mip.row_lower[row] + by * amount, mip.row_upper[row] + by * amount
            engine.changeRowBounds(row, low, high)
        for column, by in zip(direction.columns.tolist(), direction.by_column.tolist(), strict=True):
            engine.changeColBounds(column, mip.lower[column], mip.upper[column] + by * amount)

    def _solved(self) -> bool:
        if self._engine.run() == highspy().HighsStatus.kError:
            return False
        return bool(self._engine.getModelStatus() == highspy().HighsModelStatus.kOptimal)

    def _point(self) -> tuple[Any, Any, Any]:
        solution = self._engine.getSolution()
        return np.array(solution.col_value), np.array(solution.row_dual), np.array(solution.col_dual)


def relaxed(formulation: Formulation) -> Divisible:
    """Return the relaxation: every decision may be taken in part."""
    return Divisible(formulation.mip)


def held(formulation: Formulation, plan: Plan) -> Divisible:
    """Return the program with the whole-number decisions of a plan kept; quantities are free.

    Parameters
    ----------
    formulation : Formulation
    plan : Plan
        A plan of its instance.
    """
    mip = formulation.mip
    integers = integers_of(formulation, decisions_in(plan, formulation))
    kept = np.clip(np.round(integers), mip.lower, mip.upper)
    fixed = replace(
        mip,
        lower=np.where(mip.integer, kept, mip.lower),
        upper=np.where(mip.integer, kept, mip.upper),
    )
    return Divisible(fixed)


def _size(direction: Direction) -> float:
    moved = np.concatenate([np.abs(direction.by_row), np.abs(direction.by_column)])
    return max(1e-12, float(moved.max(initial=0.0)))
