"""What limits measure, as sums over the columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.constants import codes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from prodmode.formulation.context import Context


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over the columns of one kind of decision, of E options, tiers or investments.

    Attributes
    ----------
    columns : ndarray, shape (E, T) or (W, E, T)
        Positions of the columns, -1 where there is none; by scenario where decisions are.
    value : ndarray
        Coefficients, broadcast to the shape of the columns.
    option : ndarray, shape (E,), or None
        Option of each row of columns; None where the rows are investments.
    """

    columns: NDArray[np.int32]
    value: NDArray[np.float64]
    option: NDArray[np.int64] | None

    @property
    def by_scenario(self) -> bool:
        """Whether there are columns that differ between scenarios."""
        return self.columns.ndim == 3 and bool((self.columns >= 0).any())


def sums_of(context: Context, measure: str) -> list[Sum]:
    """Return the sums that make up a measure over all options, investments, periods and scenarios.

    Parameters
    ----------
    context : Context
        Columns and constants.
    measure : str
        One of the choices of ``limits.measure`` in the field table.
    """
    columns, constants = context.columns, context.constants
    simple = {
        "lines": lambda: [_options(columns.in_force, 1.0)],
        "setups": lambda: [_options(columns.setup, 1.0)],
        "units": lambda: [_options(columns.made, 1.0)],
        "emissions": lambda: [_options(columns.made, constants.option("emissions_per_unit")[:, None])],
        "revenue": lambda: [_options(columns.sold, constants.effective.price)],
        "spend": lambda: _spend(context),
        "capex": lambda: _capex(context),
    }
    return simple[measure]()


@dataclass(frozen=True, slots=True)
class Terms:
    """Sums of columns laid flat: one entry per column.

    Attributes
    ----------
    scenario : ndarray
        Scenario of the term, -1 where it is the same in all.
    option, investment : ndarray
        What the term belongs to, -1 where it is the other.
    period, column : ndarray
    value : ndarray
        Coefficient.
    """

    scenario: NDArray[np.int64]
    option: NDArray[np.int64]
    investment: NDArray[np.int64]
    period: NDArray[np.int64]
    column: NDArray[np.int32]
    value: NDArray[np.float64]


def terms_of(context: Context, measure: str) -> Terms:
    """Return a measure as `sums_of` does, column by column."""
    parts = []
    for part in sums_of(context, measure):
        where = np.nonzero(part.columns >= 0)
        none = np.full(len(where[0]), -1)
        parts.append(
            (
                where[0] if part.columns.ndim == 3 else none,
                none if part.option is None else part.option[where[-2]],
                where[-2] if part.option is None else none,
                where[-1],
                part.columns[where],
                part.value[where],
            )
        )
    return Terms(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _spend(context: Context) -> list[Sum]:
    columns, constants = context.columns, context.constants
    factor = constants.effective.unit_cost_factor
    unit = np.nan_to_num(np.where(constants.tiered, 0.0, constants.option("unit_cost")))[:, None]
    tiers = constants.tables["tiers"]
    of_tier = codes(tiers["option"])
    return [
        _options(columns.in_force, constants.option("fixed_cost")[:, None]),
        _options(columns.made, unit * factor),
        _options(columns.setup, constants.option("setup_cost")[:, None]),
        _sum(columns.tier_made, tiers["unit_cost"].to_numpy()[:, None] * factor[:, of_tier], of_tier),
    ]


def _capex(context: Context) -> list[Sum]:
    columns, constants = context.columns, context.constants
    capex = constants.tables["investments"]["capex"].to_numpy()[:, None]
    return [
        _options(columns.start, constants.option("tooling_capex")[:, None]),
        _sum(columns.bought, capex, None),
    ]


def _options(positions: NDArray[np.int32], value: ArrayLike) -> Sum:
    return _sum(positions, value, np.arange(positions.shape[-2]))


def _sum(positions: NDArray[np.int32], value: ArrayLike, option: NDArray[np.int64] | None) -> Sum:
    values = np.asarray(value, dtype=np.float64)
    return Sum(positions, np.broadcast_to(values, positions.shape), option)
