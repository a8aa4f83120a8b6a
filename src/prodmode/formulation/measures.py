"""What limits measure, as terms over the columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.constants import codes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from prodmode.formulation.context import Context


@dataclass(frozen=True, slots=True)
class Terms:
    """A sum of columns: one entry per term.

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
        "lines": lambda: _options(columns.in_force, 1.0),
        "setups": lambda: _options(columns.setup, 1.0),
        "units": lambda: _options(columns.made, 1.0),
        "emissions": lambda: _options(columns.made, constants.option("emissions_per_unit")[:, None]),
        "revenue": lambda: _options(columns.sold, constants.effective.price),
        "spend": lambda: _spend(context),
        "capex": lambda: _capex(context),
    }
    return simple[measure]()


def _spend(context: Context) -> Terms:
    columns, constants = context.columns, context.constants
    factor = constants.effective.unit_cost_factor
    unit = np.nan_to_num(np.where(constants.tiered, 0.0, constants.option("unit_cost")))[:, None]
    tiers = constants.tables["tiers"]
    of_tier = codes(tiers["option"])
    in_tiers = _options(columns.tier_made, tiers["unit_cost"].to_numpy()[:, None] * factor[:, of_tier])
    return _joined(
        _options(columns.in_force, constants.option("fixed_cost")[:, None]),
        _options(columns.made, unit * factor),
        _options(columns.setup, constants.option("setup_cost")[:, None]),
        Terms(
            in_tiers.scenario, of_tier[in_tiers.option], in_tiers.investment,
            in_tiers.period, in_tiers.column, in_tiers.value,
        ),
    )  # fmt: skip


def _capex(context: Context) -> Terms:
    columns, constants = context.columns, context.constants
    tooling = _options(columns.start, constants.option("tooling_capex")[:, None])
    investment, period = np.nonzero(columns.bought >= 0)
    capex = constants.tables["investments"]["capex"].to_numpy()[investment]
    none = np.full(len(investment), -1)
    return _joined(tooling, Terms(none, none, investment, period, columns.bought[investment, period], capex))


def _options(positions: NDArray[np.int32], value: ArrayLike) -> Terms:
    where = np.nonzero(positions >= 0)
    values = np.broadcast_to(np.asarray(value, dtype=np.float64), positions.shape)[where]
    none = np.full(len(values), -1)
    scenario = where[0] if positions.ndim == 3 else none
    return Terms(scenario, where[-2], none, where[-1], positions[where], values)


def _joined(*parts: Terms) -> Terms:
    return Terms(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("scenario", "option", "investment", "period", "column", "value")
        )
    )
