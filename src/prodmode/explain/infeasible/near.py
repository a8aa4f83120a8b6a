"""Which rules are near others: they restrict the same line, or lines that share something with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from prodmode.explain.infeasible.loosened import Loosened


def distances(loosened: Loosened, seeds: Sequence[int]) -> NDArray[np.int64]:
    """Return how far every rule is from some, shape (number of rules,).

    A rule is one step from those that restrict decisions of the same line or investment as it does, two from
    those that restrict what these restrict besides, and so on.

    Parameters
    ----------
    loosened : Loosened
        Knows the rules.
    seeds : sequence of int
        Positions of the rules to start from, at distance 0.
    """
    touches = _touches(loosened)
    far = np.full(len(loosened.rules), -1, dtype=np.int64)
    far[list(seeds)] = 0
    reached, step = far == 0, 0
    while True:
        step += 1
        grown = (touches @ (touches.T @ reached.astype(np.int64))) > 0
        if not (grown & ~reached).any():
            break
        far[grown & ~reached] = step
        reached |= grown
    far[far < 0] = step
    return far


def _touches(loosened: Loosened) -> csr_array[np.int64]:
    """Return which rules restrict decisions of which line or investment, as a matrix of counts."""
    matrix, items = loosened.mip.matrix, loosened.items
    height, width = matrix.shape
    apart = np.zeros(height, dtype=bool)
    apart[items.row] = True
    apart[loosened.joining] = True
    entries = coo_array(matrix)
    row, column = entries.coords
    inside = ~apart[row]
    graph = coo_array(
        (np.ones(inside.sum()), (row[inside], height + column[inside])),
        shape=(height + width, height + width),
    )
    _, part = connected_components(graph, directed=False)
    rules_of = csr_array(
        (np.ones(len(items.need_item), dtype=np.int64), (items.need_rule, items.row[items.need_item])),
        shape=(len(loosened.rules), height),
    )
    parts_of = csr_array(
        (np.ones(len(row), dtype=np.int64), (row, part[height + column])), shape=(height, int(part.max()) + 1)
    )
    return csr_array(rules_of @ parts_of)
