"""The ways to make a block of lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.generator.names import rounded
from prodmode.instance.generator.tiers import Breaks, draw_breaks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.generator.demand import Market
    from prodmode.instance.generator.layout import Layout

INSTALLED, NEW, AWAY, CUSTOM, FIRST_SUPPLIER, SLOTS = 0, 1, 2, 3, 4, 7
"""Slots of a line's options: mass production on installed equipment, on new equipment at its own plant and at
another, custom, and up to three suppliers."""

SUFFIXES = ("mass", "new", "away", "custom", "buy-a", "buy-b", "buy-c")
MODE_OF_SLOT = np.array([0, 0, 0, 1, 2, 2, 2])
LEAST_FACTOR = 0.8
"""Least factor of a scenario on demand, which lots of the reference plan must allow for."""


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a block: arrays have a row per line and a column per slot."""

    present: NDArray[np.bool_]
    base: NDArray[np.int64]
    current: NDArray[np.bool_]
    site: NDArray[np.int64]
    resource: NDArray[np.int64]
    project: NDArray[np.int64]
    unit_cost: NDArray[np.float64]
    fixed_cost: NDArray[np.float64]
    startup_cost: NDArray[np.float64]
    tooling: NDArray[np.float64]
    exit_cost: NDArray[np.float64]
    setup_cost: NDArray[np.float64]
    min_lot: NDArray[np.float64]
    max_units: NDArray[np.float64]
    good: NDArray[np.float64]
    lead_time: NDArray[np.float64]
    quality: NDArray[np.float64]
    price_factor: NDArray[np.float64]
    demand_factor: NDArray[np.float64]
    emissions: NDArray[np.float64]
    per_unit: NDArray[np.float64]
    per_setup: NDArray[np.float64]
    per_period: NDArray[np.float64]
    breaks: Breaks


def money(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to cents, cheap things to a hundredth of a cent."""
    return np.where(values < 10, rounded(values, 4), rounded(values, 2))


def draw_options(layout: Layout, rng: np.random.Generator, market: Market) -> Options:
    """Draw the options of a block, among them the one of the reference plan (`Options.base`).

    Mass production is cheap per unit and needs tooling, setups and machine hours, and on new equipment an
    investment. Custom work costs 1.5 to 3.5 times as much and skilled hours; a third of the lines earn a
    premium for it, the others keep a part of their market only. Suppliers land at 1.05 to 1.5 times the cost
    of mass production, distant ones cheaper, with larger lots, longer lead times and lower yield.
    """
    n = market.lines
    size = market.yearly / layout.median_units
    present, base, current = _choices(layout, rng, market, size)
    site, resource, project = _places(layout, rng, market)
    bought = np.broadcast_to(MODE_OF_SLOT == 2, (n, SLOTS))
    made_custom = np.broadcast_to(MODE_OF_SLOT == 1, (n, SLOTS))
    mass = ~bought & ~made_custom
    supplier = np.where(bought, site - layout.plants - layout.workshops, 0)
    far = bought & layout.supplier_far[supplier]

    cost = market.mass_cost[:, None] * _cost_ratio(layout, rng, market, site, supplier)
    yearly_cost = market.yearly[:, None] * cost
    premium = market.premium[:, None]
    draw = rng.random((n, SLOTS, 12))

    good = np.where(mass, 0.97 + 0.028 * draw[..., 0], 0.93 + 0.06 * draw[..., 0])
    good = rounded(np.where(bought, layout.supplier_yield[supplier], good), 4)
    lead = np.where(mass, 3 + 11 * draw[..., 1], 14 + 42 * draw[..., 1])
    quality = np.where(mass, 7 + 2 * draw[..., 2], 8 + 2 * draw[..., 2])
    tooling = layout.profile.median_tooling * np.exp(0.8 * rng.standard_normal((n, SLOTS)))
    tooling = np.where(mass, tooling * np.clip(size[:, None], 0.05, 30) ** 0.25, 0)
    jigs = np.clip(yearly_cost * (0.01 + 0.04 * draw[..., 3]), 50, 4000)
    typical = market.typical[:, None]
    min_lot = _lots(rng, market, base, bought, far)
    cost = money(cost)
    return Options(
        present=present,
        base=base,
        current=current,
        site=site,
        resource=resource,
        project=project,
        unit_cost=cost,
        fixed_cost=rounded(np.where(mass, yearly_cost * (0.002 + 0.008 * draw[..., 4]), 0), 2),
        startup_cost=rounded(
            np.where(bought, np.clip(yearly_cost * (0.01 + 0.05 * draw[..., 5]), 100, 30_000), 0), -1
        ),
        tooling=rounded(np.where(made_custom, jigs, tooling), -1),
        exit_cost=rounded(np.where(draw[..., 6] < 0.3, np.minimum(yearly_cost * 0.02, 25_000), 0), -1),
        setup_cost=rounded(
            np.where(mass, 80 + 600 * draw[..., 7], np.where(bought, 60 * draw[..., 7], 0)), 0
        ),
        min_lot=min_lot,
        max_units=_most(draw[..., 8], typical, min_lot, base, made_custom | bought),
        good=good,
        lead_time=rounded(np.where(bought, layout.supplier_lead[supplier] + 10 * draw[..., 1], lead)),
        quality=rounded(np.where(bought, layout.supplier_quality[supplier], quality), 1),
        price_factor=rounded(
            np.where(made_custom, np.where(premium, 1.25 + 0.7 * draw[..., 9], 1 + 0.1 * draw[..., 9]), 1), 2
        ),
        demand_factor=rounded(
            np.where(made_custom, np.where(premium, 0.6 + 0.5 * draw[..., 10], 0.3 + 0.4 * draw[..., 10]), 1),
            2,
        ),
        emissions=rounded(
            market.mass_cost[:, None] * (0.1 + 0.25 * draw[..., 11]) * np.where(far, 1.4, 1.0), 3
        ),
        per_unit=_hours(rng, market, cost, mass, made_custom),
        per_setup=rounded(np.where(mass, 0.75 + 3.25 * rng.random((n, SLOTS)), 0), 2),
        per_period=np.where(mass & (rng.random((n, SLOTS)) < 0.1), 2.0, 0.0),
        breaks=draw_breaks(layout.profile.tiers, rng, cost, typical, bought),
    )


def _choices(
    layout: Layout, rng: np.random.Generator, market: Market, size: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.bool_]]:
    n = market.lines
    draw = rng.random((n, SLOTS + 2))
    large = np.exp(0.6 * layout.sigma)
    to_mass = (size > large) & (draw[:, 0] < 0.65)
    to_custom = (size < 1) & (draw[:, 1] < np.where(market.premium, 0.7, 0.12))
    base = np.where(to_mass, INSTALLED, np.where(to_custom, CUSTOM, FIRST_SUPPLIER))
    near, away = layout.profile.new_mass_options
    second, third = layout.profile.supplier_options
    present = np.empty((n, SLOTS), dtype=np.bool_)
    present[:, INSTALLED] = to_mass | ((size > 0.5) & (draw[:, 2] < 0.4))
    present[:, NEW] = (size > 0.2) & (draw[:, 3] < near)
    present[:, AWAY] = (size > 1) & (draw[:, 4] < away) & (layout.plants > 1)
    present[:, CUSTOM] = (
        to_custom | ((size < large) & (draw[:, 5] < 0.95)) | (market.premium & (size < 3 * large))
    )
    present[:, FIRST_SUPPLIER] = True
    present[:, FIRST_SUPPLIER + 1] = draw[:, 6] < second
    present[:, FIRST_SUPPLIER + 2] = draw[:, 7] < third
    few = present.sum(axis=1) < 3
    present[few, FIRST_SUPPLIER + 1 :] = True
    current = (market.first < 0) & (draw[:, 8] < np.where(to_mass, 0.9, 0.6))
    return present, base, current


def _places(
    layout: Layout, rng: np.random.Generator, market: Market
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    n = market.lines
    home, technology = market.group % layout.plants, market.group // layout.plants
    other = (home + 1 + rng.integers(0, max(1, layout.plants - 1), n)) % layout.plants
    away = other + layout.plants * technology
    workshop = home % layout.workshops
    first = rng.integers(0, layout.suppliers, n)
    step = 1 + rng.integers(0, layout.suppliers - 1, n)
    more = 1 + (step - 1 + 1 + rng.integers(0, layout.suppliers - 2, n)) % (layout.suppliers - 1)
    suppliers = np.column_stack([first, (first + step) % layout.suppliers, (first + more) % layout.suppliers])
    site = np.column_stack(
        [home, home, other, layout.plants + workshop, layout.plants + layout.workshops + suppliers]
    )
    resource = np.column_stack(
        [
            market.group,
            market.group,
            away,
            layout.groups + workshop,
            layout.groups + layout.workshops + suppliers,
        ]
    )
    project = np.full((n, SLOTS), -1)
    project[:, NEW] = layout.project_of(market.group)
    project[:, AWAY] = layout.project_of(away)
    return site, resource, project


def _cost_ratio(
    layout: Layout,
    rng: np.random.Generator,
    market: Market,
    site: NDArray[np.int64],
    supplier: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the variable cost of each option relative to mass production on installed equipment."""
    n = market.lines
    ratio = np.ones((n, SLOTS))
    ratio[:, [NEW, AWAY]] = rng.uniform(0.78, 0.92, (n, 2))
    ratio[:, :CUSTOM] *= layout.plant_cost[site[:, :CUSTOM]]
    ratio[:, CUSTOM] = np.where(market.premium, rng.uniform(1.5, 2.4, n), rng.uniform(1.6, 3.5, n))
    landed = rng.uniform(1.05, 1.5, (n, SLOTS - FIRST_SUPPLIER))
    landed = np.maximum(landed * layout.supplier_price[supplier[:, FIRST_SUPPLIER:]], 1.02)
    # Most lines have a supplier that leaves a margin: what earns nothing isn't in a portfolio for long.
    sound = rng.random(n) < 0.95
    landed[:, 0] = np.where(
        sound, np.minimum(landed[:, 0], 0.92 * market.price / market.mass_cost), landed[:, 0]
    )
    ratio[:, FIRST_SUPPLIER:] = landed
    return ratio


def _lots(
    rng: np.random.Generator,
    market: Market,
    base: NDArray[np.int64],
    bought: NDArray[np.bool_],
    far: NDArray[np.bool_],
) -> NDArray[np.float64]:
    shape = bought.shape
    typical = market.typical[:, None]
    share = np.where(far, rng.uniform(0.3, 1.0, shape), rng.uniform(0.05, 0.4, shape))
    habit = np.where(far, 300.0, 40.0) * np.exp(0.5 * rng.standard_normal(shape))
    lot = np.maximum(share * typical, np.minimum(habit, 3 * typical))
    lot = np.where(bought & (far | (rng.random(shape) < 0.6)), lot, 0.0)
    asked = np.where(market.units > 0, market.units, np.inf).min(axis=1)[:, None]
    is_base = np.arange(shape[1]) == base[:, None]
    return np.floor(np.where(is_base, np.minimum(lot, 0.5 * LEAST_FACTOR * asked), lot))


def _most(
    draw: NDArray[np.float64],
    typical: NDArray[np.float64],
    min_lot: NDArray[np.float64],
    base: NDArray[np.int64],
    where: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return the most units a period, NaN where there is no such bound, as in the reference plan."""
    is_base = np.arange(draw.shape[1]) == base[:, None]
    bound = np.ceil(np.maximum(typical * (1 + 10 * draw), 2 * min_lot + 1))
    return np.where(where & ~is_base & (draw < 0.2), bound, np.nan)


def _hours(
    rng: np.random.Generator,
    market: Market,
    cost: NDArray[np.float64],
    mass: NDArray[np.bool_],
    made_custom: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return the hours of a unit: of machines, of skilled hands, or as a supplier quotes them."""
    machine = np.repeat(market.machine_hours[:, None], SLOTS, axis=1)
    machine[:, [NEW, AWAY]] *= rng.uniform(0.6, 0.9, (market.lines, 2))
    skilled = np.clip(cost * rng.uniform(0.4, 0.6, cost.shape) / 45, 0.05, 80)
    return rounded(np.where(mass, machine, np.where(made_custom, skilled, machine)), 4)
