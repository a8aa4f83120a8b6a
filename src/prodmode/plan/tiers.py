"""What units made cost, with economies of scale and quantity discounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance

THRESHOLD = 1e-6
"""Relative distance within which a quantity counts as being at a tier's threshold, as solvers do."""


def production_cost(
    instance: Instance, option: NDArray[np.intp], made: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the unit or tier cost of quantities made in a period, before scenario factors.

    Parameters
    ----------
    instance : Instance
        The instance.
    option : ndarray of int, shape (n,)
        Row of the option in ``instance.options``.
    made : ndarray of float, shape (n,)
        Units made.
    """
    cost = instance.options["unit_cost"].fillna(0.0).to_numpy()[option] * made
    start, price = _padded(instance)
    if not len(start):
        return cost
    tiered = np.flatnonzero(~np.isnan(start[option, 0]))
    units, start, price = made[tiered], start[option[tiered]], price[option[tiered]]
    rows = np.arange(len(tiered))

    end = np.where(np.isnan(start[:, 1:]), np.inf, start[:, 1:])
    width = np.clip(np.minimum(units[:, None], end) - start[:, :-1], 0.0, None)
    incremental = np.where(width > 0, width * price[:, :-1], 0.0).sum(axis=1)

    # A solver may stop within its tolerance of a threshold, where the cheaper of both prices holds.
    near = THRESHOLD * np.maximum(1.0, np.nan_to_num(start))
    low = _reached(start + near, units)
    high = _reached(start - near, units)
    every = units * np.minimum(price[rows, low], price[rows, high])

    kind = instance.options["tier_kind"].astype("str").to_numpy()[option[tiered]]
    cost[tiered] = np.where(kind == "all_units", every, incremental)
    return cost


def _padded(instance: Instance) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return thresholds and prices per option and tier, NaN beyond the last, with one column to spare."""
    tiers = instance.tiers
    if not len(tiers):
        return np.empty((0, 0)), np.empty((0, 0))
    option = tiers["option"].cat.codes.to_numpy().astype(np.intp)
    rank = np.arange(len(tiers)) - np.searchsorted(option, option)
    shape = (len(instance.options), int(rank.max()) + 2)
    start, price = np.full(shape, np.nan), np.full(shape, np.nan)
    start[option, rank] = tiers["from_units"].to_numpy()
    price[option, rank] = tiers["unit_cost"].to_numpy()
    return start, price


def _reached(start: NDArray[np.float64], units: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the last tier whose threshold is not above the units; NaN thresholds are never reached."""
    return np.asarray(np.maximum((start <= units[:, None]).sum(axis=1) - 1, 0), dtype=np.intp)
