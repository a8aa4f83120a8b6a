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
class Term:
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


def terms_of(context: Context, measure: str) -> list[Term]:
    """Return the terms of a measure over all options, investments, periods and scenarios.

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


def _spend(context: Context) -> list[Term]:
    columns, constants = context.columns, context.constants
    factor = constants.effective.unit_cost_factor
    unit = np.nan_to_num(np.where(constants.tiered, 0.0, constants.option("unit_cost")))[:, None]
    tiers = constants.tables["tiers"]
    of_tier = codes(tiers["option"])
    return [
        _options(columns.in_force, constants.option("fixed_cost")[:, None]),
        _options(columns.made, unit * factor),
        _options(columns.setup, constants.option("setup_cost")[:, None]),
        _term(columns.tier_made, tiers["unit_cost"].to_numpy()[:, None] * factor[:, of_tier], of_tier),
    ]


def _capex(context: Context) -> list[Term]:
    columns, constants = context.columns, context.constants
    capex = constants.tables["investments"]["capex"].to_numpy()[:, None]
    return [
        _options(columns.start, constants.option("tooling_capex")[:, None]),
        _term(columns.bought, capex, None),
    ]


def _options(positions: NDArray[np.int32], value: ArrayLike) -> Term:
    return _term(positions, value, np.arange(positions.shape[-2]))


def _term(positions: NDArray[np.int32], value: ArrayLike, option: NDArray[np.int64] | None) -> Term:
    values = np.asarray(value, dtype=np.float64)
    return Term(positions, np.broadcast_to(values, positions.shape), option)
