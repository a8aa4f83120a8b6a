"""Programs to try backends on: small ones with known answers, hard ones that no solver ends in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.testing.programs import program

if TYPE_CHECKING:
    from prodmode.formulation.mip import Mip

__all__ = ["hard", "knapsack", "program", "without_a_point_in_reach"]


def knapsack(offset: float = 0.0) -> Mip:
    """Maximise 10a + 13b + 7c with 3a + 4b + 2c <= 6 over binaries: b and c, worth 20."""
    return program([-10, -13, -7], [3, 4, 2], row_upper=6, upper=1, integer=True, offset=offset)


def hard(seed: int = 1, agents: int = 12, jobs: int = 72) -> Mip:
    """Return a generalised assignment problem of type D: plans are found at once, proof takes for ever."""
    random = np.random.default_rng(seed)
    use = random.integers(1, 101, (agents, jobs))
    cost = 111 - use + random.integers(-10, 11, (agents, jobs))
    columns = np.arange(agents * jobs).reshape(agents, jobs)
    matrix = np.zeros((jobs + agents, agents * jobs))
    matrix[np.tile(np.arange(jobs), agents), columns.ravel()] = 1
    for agent in range(agents):
        matrix[jobs + agent, columns[agent]] = use[agent]
    room = np.round(0.8 * use.sum(axis=1) / agents)
    return program(
        cost.ravel(), matrix,
        row_lower=np.append(np.ones(jobs), np.full(agents, -np.inf)),
        row_upper=np.append(np.ones(jobs), room),
        upper=1, integer=True,
    )  # fmt: skip


def without_a_point_in_reach(seed: int = 1, rows: int = 5, columns: int = 40) -> Mip:
    """Return a market split: whether it has a point at all takes long to find out."""
    random = np.random.default_rng(seed)
    matrix = random.integers(0, 100, (rows, columns))
    half = np.floor(matrix.sum(axis=1) / 2)
    return program(np.ones(columns), matrix, row_lower=half, row_upper=half, upper=1, integer=True)
