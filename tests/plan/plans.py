"""Plans of the shipped instances and of random portfolios, solved once."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import prodmode as pm
from tests.differential.random_instances import build
from tests.differential.random_instances import portfolio as uneven
from tests.oracle.tiny import tiny

INSTANCES = Path(__file__).parents[2] / "instances"
SHIPPED = (
    "better-products-no-splitting.yaml",
    "better-products.yaml",
    "electro-poly.yaml",
    "factory-schedule.yaml",
    "furniture",
    "mid-size",
    "pasta.yaml",
    "starter.yaml",
    "sunoil-single-source.yaml",
    "sunoil.yaml",
)
"""All shipped instances; furniture.xlsx holds the same as furniture."""

RANDOM = (
    *(f"uneven-{seed}" for seed in (1, 3, 5, 6, 7, 10, 11, 12, 13, 19)),
    *(f"tiny-{seed}" for seed in (3, 4, 21, 22, 38, 45, 48, 58)),
)
"""Random portfolios with a plan, in which every kind of money occurs."""


@cache
def instance_of(name: str) -> pm.Instance:
    kind, _, seed = name.partition("-")
    if kind == "tiny":
        return tiny(random.Random(int(seed))).instance()  # noqa: S311
    if kind == "generated":
        return pm.generate(lines=12, periods=4, seed=int(seed), profile="tight", scenarios=2)
    if kind == "uneven":
        return build(uneven(int(seed)))
    return pm.load(INSTANCES / name)


@cache
def plan_of(name: str) -> pm.Plan:
    """Return a plan of an instance."""
    return pm.solve(instance_of(name), gap=1e-2, backend="highs").plan
