"""From lots and sales to which lot serves which sale, for lines in the facility-location form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.structure import Structure


class Serving:
    """The pairs of a program, and how to fill them in.

    Parameters
    ----------
    structure : Structure
        The meaning of its columns.
    """

    def __init__(self, structure: Structure) -> None:
        columns = structure.columns
        self.option, self.made_in, self.sold_in = columns.serve_option, columns.serve_from, columns.serve_to
        self.structure = structure
        self.options = np.unique(self.option)
        # Oldest lot first within each sale, sales in order.
        order = np.lexsort((self.made_in, self.sold_in, self.option))
        self.order = order
        self.starts = np.searchsorted(self.option[order], np.append(self.options, len(columns.in_force)))

    def fill(self, x: NDArray[np.float64]) -> None:
        """Fill in pairs and stock from lots, sales and what is in force: the oldest lot is sold first.

        Parameters
        ----------
        x : ndarray, shape (n,) or longer
            A point; changed in place.
        """
        if not len(self.options):
            return
        columns, constants = self.structure.columns, self.structure.constants
        x[columns.serves.ravel()] = 0.0
        values = np.append(x, 0.0)
        scenarios = columns.made.shape[0]
        good = constants.effective.yield_
        made = values[columns.made[:, self.options]] * good[:, self.options]
        sold = values[columns.sold[:, self.options]]
        force = values[columns.in_force[self.options]] > 0.5
        for place in np.flatnonzero(force.any(axis=1)):
            option = self.options[place]
            pairs = self.order[self.starts[place] : self.starts[place + 1]]
            for scenario in range(scenarios):
                self._fill_one(
                    x,
                    int(option),
                    scenario,
                    made[scenario, place],
                    sold[scenario, place],
                    force[place],
                    pairs,
                )

    def _fill_one(
        self, x: NDArray[np.float64], option: int, scenario: int, made: NDArray[np.float64],
        sold: NDArray[np.float64], force: NDArray[np.bool_], pairs: NDArray[np.int64],
    ) -> None:  # fmt: skip
        columns, constants = self.structure.columns, self.structure.constants
        periods = len(made)
        left = np.append(made, constants.initial_stock[option])  # the last place stands for period -1
        need = sold.copy()
        broken = np.cumsum(~force)
        stock = np.zeros(periods)
        for pair in pairs:
            a, b = int(self.made_in[pair]), int(self.sold_in[pair])
            first = max(a, 0)
            if need[b] <= 0 or left[a] <= 0 or broken[b] - broken[first] > 0 or not force[first]:
                continue
            units = min(need[b], left[a])
            need[b] -= units
            left[a] -= units
            x[columns.serves[scenario, pair]] = units
            stock[first:b] += units
        own = columns.stock[scenario, option]
        x[own[own >= 0]] = stock[own >= 0]
