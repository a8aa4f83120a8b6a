"""Price breaks of supplier options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

INCREMENTAL, ALL_UNITS = 0, 1
KINDS = ("incremental", "all_units")


@dataclass(frozen=True, slots=True)
class Breaks:
    """Price breaks: ``kind`` is -1 where an option has none; the last axis of the others is the tier.

    Tiers beyond an option's own start at infinity.
    """

    kind: NDArray[np.int64]
    from_units: NDArray[np.float64]
    unit_cost: NDArray[np.float64]


def draw_breaks(
    counts: tuple[int, int],
    rng: np.random.Generator,
    cost: NDArray[np.float64],
    typical: NDArray[np.float64],
    bought: NDArray[np.bool_],
) -> Breaks:
    """Draw tiers for two thirds of the bought options: 2 to 5 % less at each, about the typical quantity."""
    shape = cost.shape
    fewest, most = counts
    kind = np.where(rng.random(shape) < 0.4, INCREMENTAL, ALL_UNITS)
    kind = np.where(bought & (rng.random(shape) < 0.65), kind, -1)
    count = rng.integers(fewest, most + 1, shape)
    steps = np.concatenate(
        [
            np.broadcast_to(typical, shape)[..., None] * rng.uniform(0.3, 0.9, (*shape, 1)),
            rng.uniform(1.4, 2.2, (*shape, most - 2)),
        ],
        axis=-1,
    )
    raw = np.ceil(np.cumprod(steps, axis=-1))
    rank = np.arange(1, most)
    # Thresholds of whole units that rise by at least one, also where a line asks for a handful.
    rising = np.maximum.accumulate(np.maximum(raw, 1) - rank, axis=-1) + rank
    from_units = np.concatenate([np.zeros((*shape, 1)), rising], axis=-1)
    from_units = np.where(np.arange(most) < count[..., None], from_units, np.inf)
    falls = np.concatenate(
        [np.full((*shape, 1), 1.02), 1 - rng.uniform(0.02, 0.05, (*shape, most - 1))], axis=-1
    )
    prices = cost[..., None] * np.cumprod(falls, axis=-1)
    return Breaks(kind, from_units, np.where(prices < 10, np.round(prices, 4), np.round(prices, 2)))


def cost_of(
    kind: NDArray[np.int64],
    from_units: NDArray[np.float64],
    unit_cost: NDArray[np.float64],
    plain: NDArray[np.float64],
    made: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return what quantities cost.

    Parameters
    ----------
    kind, plain : array of shape (n,)
        Kind of price break, and the unit cost where there is none.
    from_units, unit_cost : array of shape (n, tiers)
        The tiers.
    made : array of shape (n, periods)
        Units made.
    """
    upto = np.concatenate([from_units[:, 1:], np.full((len(from_units), 1), np.inf)], axis=1)
    total = np.zeros_like(made)
    reached = np.zeros_like(made)
    for tier in range(from_units.shape[1]):
        start, end = from_units[:, tier, None], upto[:, tier, None]
        price = unit_cost[:, tier, None]
        within = np.where(made > start, np.minimum(made, end) - np.where(np.isinf(start), 0, start), 0)
        total += within * price
        reached = np.where(made >= start, price, reached)
    plainly = made * plain[:, None]
    return np.where(kind[:, None] < 0, plainly, np.where(kind[:, None] == INCREMENTAL, total, made * reached))
