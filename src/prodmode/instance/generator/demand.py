"""What the market asks of a block of lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.generator.layout import MONTHS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.generator.layout import Layout


@dataclass(frozen=True, slots=True)
class Market:
    """A block of lines: an entry per line in each array, ``units`` has a column per period."""

    start: int
    family: NDArray[np.int64]
    group: NDArray[np.int64]
    yearly: NDArray[np.float64]
    units: NDArray[np.float64]
    on_market: NDArray[np.bool_]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    mass_cost: NDArray[np.float64]
    machine_hours: NDArray[np.float64]
    price: NDArray[np.float64]
    premium: NDArray[np.bool_]

    @property
    def lines(self) -> int:
        """Number of lines in the block."""
        return len(self.yearly)

    @property
    def typical(self) -> NDArray[np.float64]:
        """Mean units of the periods with demand."""
        asked = self.units > 0
        return np.asarray(self.units.sum(axis=1) / asked.sum(axis=1))


def draw_market(layout: Layout, rng: np.random.Generator, start: int, lines: int) -> Market:
    """Draw the market of lines ``start`` to ``start + lines``.

    Yearly units are lognormal; a line's family gives it season and growth, small lines are more erratic, and
    some of them are asked for in half of the periods only. Prices are 1.6 to 2.6 times the variable cost of
    mass production for consumer goods and 1.2 to 1.6 times for parts.
    """
    periods = len(layout.periods)
    deviate = np.clip(rng.standard_normal(lines), -3.5, 3.5)
    yearly = np.clip(layout.median_units * np.exp(layout.sigma * deviate), 12, 3e6)
    family = _families(layout, rng, start, lines)
    first, last, on_market = _windows(rng, lines, periods)

    quarter = np.arange(periods)
    amplitude, phase = layout.family_season[family].T
    season = 1 + amplitude[:, None] * np.sin(2 * np.pi * quarter * MONTHS / 12 + phase[:, None])
    growth = (1 + np.clip(layout.family_growth[family], -0.2, 0.3))[:, None] ** (quarter * MONTHS / 12)
    size = np.log(yearly / layout.median_units) / layout.sigma
    erratic = np.clip(rng.uniform(0.1, 0.3, lines) * np.exp(-0.4 * size), 0.05, 0.6)
    noise = np.exp(erratic[:, None] * rng.standard_normal((lines, periods)) - erratic[:, None] ** 2 / 2)
    units = np.maximum(np.round(yearly[:, None] * MONTHS / 12 * season * growth * noise), 1.0)
    intermittent = (rng.random(lines) < np.where(size < 0, 0.25, 0.05))[:, None]
    units[intermittent & (rng.random((lines, periods)) < 0.5)] = 0.0
    units[~on_market] = 0.0
    silent = np.flatnonzero(units.sum(axis=1) == 0)
    units[silent, np.maximum(first[silent], 0)] = np.maximum(np.round(yearly[silent] * MONTHS / 12), 1.0)

    material = np.clip(20 * np.exp(0.6 * rng.standard_normal(lines) - 0.35 * size * layout.sigma), 0.5, 2500)
    conversion = rng.uniform(0.3, 0.8, lines) * material
    mass_cost = material + conversion
    consumer = rng.random(lines) < 0.6
    markup = np.where(consumer, rng.uniform(1.6, 2.6, lines), rng.uniform(1.2, 1.6, lines))
    return Market(
        start=start,
        family=family,
        group=family % layout.groups,
        yearly=yearly,
        units=units,
        on_market=on_market,
        first=first,
        last=last,
        mass_cost=mass_cost,
        machine_hours=np.clip(0.3 * conversion / 65, 0.002, 12),
        price=np.round(np.maximum(mass_cost * markup, 0.5), 2),
        premium=rng.random(lines) < 0.35,
    )


def _families(layout: Layout, rng: np.random.Generator, start: int, lines: int) -> NDArray[np.int64]:
    """Return a family per line; the first lines name each family once, so that none is empty."""
    position = start + np.arange(lines)
    drawn = np.floor(layout.families * rng.random(lines) ** 1.3).astype(np.int64)
    return np.where(position < layout.families, position, drawn)


def _windows(
    rng: np.random.Generator, lines: int, periods: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return when some lines are launched or withdrawn (-1: never), and who is on the market."""
    first = np.full(lines, -1)
    last = np.full(lines, -1)
    kind = rng.random(lines)
    when = rng.random(lines)
    if periods >= 4:
        half = periods // 2
        first = np.where(kind < 0.05, 1 + np.floor(when * half).astype(np.int64), -1)
        last = np.where(kind > 0.96, half + np.floor(when * (periods - 1 - half)).astype(np.int64), -1)
    period = np.arange(periods)
    until = np.where(last < 0, periods - 1, last)
    return first, last, (period >= first[:, None]) & (period <= until[:, None])
