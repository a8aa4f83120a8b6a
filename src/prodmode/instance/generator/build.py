"""Generate a portfolio in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from prodmode.instance.generator.block import BLOCK, LINE_TABLES, draw_block
from prodmode.instance.generator.layout import LAYOUT_STREAM, MONTHS, Layout, draw_layout
from prodmode.instance.generator.profiles import PROFILES
from prodmode.instance.generator.reference import Totals
from prodmode.instance.generator.shared import shared_tables
from prodmode.instance.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTINGS = 7


def generate(*, lines: int, periods: int, seed: int, profile: str, scenarios: int = 0) -> Instance:
    """Generate a credible portfolio of product lines.

    Volumes are lognormal, families have seasons and growth; lines can be mass-produced (tooling, setups,
    shared machines and investments), made by skilled hands (some at a premium) or bought (lots, price breaks,
    yield, lead time). It is feasible: capacities, budgets and limits leave room for a hidden plan. The same
    arguments give the same instance.

    Parameters
    ----------
    lines : int
        Number of product lines.
    periods : int
        Number of periods, which are quarters.
    seed : int
        Seed of the random draws, at least 0.
    profile : {"small-firm", "mid-size", "enterprise", "tight"}
        The kind of firm; ``tight`` is an enterprise whose capacities, budgets and limits bind.
    scenarios : int, default 0
        Number of scenarios.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> from prodmode.instance.generator import generate
    >>> generate(lines=20, periods=4, seed=1, profile="small-firm").summary()["lines"]
    20
    """
    layout = make_layout(lines=lines, periods=periods, seed=seed, profile=profile, scenarios=scenarios)
    totals = Totals.empty(layout)
    blocks = list(draw_blocks(layout, totals))
    tables = {name: pa.concat_tables([block[name] for block in blocks]) for name in LINE_TABLES}
    tables |= shared_tables(layout, totals)
    return Instance.from_tables(settings(layout), {name: table.to_pandas() for name, table in tables.items()})


def make_layout(*, lines: int, periods: int, seed: int, profile: str, scenarios: int) -> Layout:
    """Check the arguments of `generate` and draw what all lines share."""
    for name, value, least in (
        ("lines", lines, 1),
        ("periods", periods, 1),
        ("seed", seed, 0),
        ("scenarios", scenarios, 0),
    ):
        if value < least:
            raise ValueError(f"{name} must be at least {least}, not {value}")
    if profile not in PROFILES:
        raise ValueError(f"profile must be one of {', '.join(PROFILES)}, not {profile!r}")
    return draw_layout(PROFILES[profile], lines=lines, periods=periods, seed=seed, scenarios=scenarios)


def draw_blocks(layout: Layout, totals: Totals) -> Iterator[dict[str, pa.Table]]:
    """Yield the rows of block after block of lines, adding each to the totals."""
    for block in range(-(-layout.lines // BLOCK)):
        yield draw_block(layout, block, totals)


def settings(layout: Layout) -> dict[str, Any]:
    """Return the settings of a generated instance."""
    rng = layout.stream(LAYOUT_STREAM, _SETTINGS)
    profile, periods = layout.profile.name, len(layout.periods)
    return {
        "name": f"{profile}-{layout.lines}x{periods}-{layout.seed}",
        "description": (
            f"Generated portfolio of the profile {profile} with {layout.lines:,} lines over {periods} "
            f"quarters, seed {layout.seed}; feasible by construction."
        ),
        "currency": "EUR",
        "periods": list(layout.periods),
        "months_per_period": MONTHS,
        "discount_rate": float(np.round(rng.uniform(0.06, 0.12), 3)),
        "carbon_price": float(np.round(rng.uniform(40, 120))),
    }
