"""Programs to hold backends to: small ones with known optima, hard ones that no solver ends in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from prodmode.formulation.mip import Mip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray


def program(
    cost: ArrayLike,
    matrix: ArrayLike,
    *,
    row_lower: ArrayLike = -np.inf,
    row_upper: ArrayLike = np.inf,
    lower: ArrayLike = 0.0,
    upper: ArrayLike = np.inf,
    integer: ArrayLike = False,
    offset: float = 0.0,
) -> Mip:
    """Return a program from what broadcasts to its arrays.

    Parameters
    ----------
    cost : array_like, shape (n,)
    matrix : array_like, shape (m, n)
    row_lower, row_upper, lower, upper : array_like
    integer : array_like of bool
    offset : float
        As in `prodmode.formulation.mip.Mip`.
    """
    costs, rows = np.asarray(cost, dtype=float), np.atleast_2d(np.asarray(matrix, dtype=float))

    def filled(values: ArrayLike, size: int) -> NDArray[np.float64]:
        return np.array(np.broadcast_to(np.asarray(values, dtype=float), (size,)))

    return Mip(
        cost=costs,
        offset=offset,
        matrix=csr_array(rows),
        row_lower=filled(row_lower, len(rows)),
        row_upper=filled(row_upper, len(rows)),
        lower=filled(lower, len(costs)),
        upper=filled(upper, len(costs)),
        integer=filled(integer, len(costs)).astype(bool),
    )


def knapsack() -> Mip:
    """Maximise 10a + 13b + 7c with 3a + 4b + 2c <= 6 over binaries: b and c, worth 20."""
    return program([-10, -13, -7], [3, 4, 2], row_upper=6, upper=1, integer=True)


def linear() -> Mip:
    """Minimise x + 2y with x + y >= 3, both at most 2: x = 2 and y = 1, at 4."""
    return program([1, 2], [1, 1], row_lower=3, upper=2)


def assignment(agents: int = 12, jobs: int = 72) -> Mip:
    """Return a generalised assignment problem of type D: plans are found at once, proof takes for ever."""
    draw = _draws()
    use = np.array([[next(draw) % 100 + 1 for _ in range(jobs)] for _ in range(agents)])
    noise = np.array([[next(draw) % 21 - 10 for _ in range(jobs)] for _ in range(agents)])
    columns = np.arange(agents * jobs).reshape(agents, jobs)
    matrix = np.zeros((jobs + agents, agents * jobs))
    matrix[np.tile(np.arange(jobs), agents), columns.ravel()] = 1
    for agent in range(agents):
        matrix[jobs + agent, columns[agent]] = use[agent]
    return program(
        (111 - use + noise).ravel(), matrix,
        row_lower=np.append(np.ones(jobs), np.full(agents, -np.inf)),
        row_upper=np.append(np.ones(jobs), np.round(0.8 * use.sum(axis=1) / agents)),
        upper=1, integer=True,
    )  # fmt: skip


def split(rows: int = 6, columns: int = 50) -> tuple[Mip, NDArray[np.float64]]:
    """Return a market split with a hidden point: without a hint, finding any point takes for ever.

    Returns
    -------
    tuple of Mip and ndarray
        The program and its point.
    """
    draw = _draws()
    matrix = np.array([[next(draw) % 100 for _ in range(columns)] for _ in range(rows)], dtype=float)
    point = np.array([float(next(draw) % 2) for _ in range(columns)])
    target = matrix @ point
    mip = program(np.ones(columns), matrix, row_lower=target, row_upper=target, upper=1, integer=True)
    return mip, point


def _draws(state: int = 2027) -> Iterator[int]:
    """Yield pseudo-random numbers that are the same with every version of every library."""
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 33
