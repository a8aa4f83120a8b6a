"""When lines are on the market, options can be in force and investments can be bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.eligibility import too_late_or_poor

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance


def window(table: pd.DataFrame, periods: int) -> NDArray[np.bool_]:
    """Return where first_period <= t <= last_period, shape (rows, periods); a blank is no bound."""
    first = table["first_period"].cat.codes.to_numpy()
    last = table["last_period"].cat.codes.to_numpy()
    last = np.where(last < 0, periods - 1, last)
    when = np.arange(periods)
    return np.asarray((when >= first[:, None]) & (when <= last[:, None]))


def on_market(instance: Instance) -> NDArray[np.bool_]:
    """Return in which periods each line is on the market, shape (L, T)."""
    return window(instance.lines, len(instance.periods))


def purchasable(instance: Instance) -> NDArray[np.bool_]:
    """Return in which periods each investment can be bought, shape (K, T)."""
    investments = instance.investments
    return window(investments, len(instance.periods)) & (investments["max_copies"].to_numpy() > 0)[:, None]


def serviceable(instance: Instance) -> NDArray[np.bool_]:
    """Return in which periods a copy of each investment can be in service, shape (K, T)."""
    periods = len(instance.periods)
    bought = purchasable(instance)
    first = np.where(bought.any(axis=1), bought.argmax(axis=1), periods)
    ready = first + instance.investments["lead_time_periods"].to_numpy()
    return np.asarray(np.arange(periods) >= ready[:, None])


def available(instance: Instance) -> NDArray[np.bool_]:
    """Return in which periods each option can be in force, shape (O, T).

    An option can be in force where its line is on the market, within its own window, where what it
    requires can be in service, and only if it is eligible.
    """
    options = instance.options
    can = window(options, len(instance.periods)) & on_market(instance)[options["line"].cat.codes.to_numpy()]
    needs = options["requires"].cat.codes.to_numpy()
    rows = np.flatnonzero(needs >= 0)
    if len(rows):
        can[rows] &= serviceable(instance)[needs[rows]]
    late, poor = too_late_or_poor(instance.lines, options)
    can[late | poor] = False
    return can
