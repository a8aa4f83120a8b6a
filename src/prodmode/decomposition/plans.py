"""Plans of lines found so far: what each costs, and what it takes of the rows that lines share."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.split import Split


class Plans:
    """Plans, in the order in which they were found.

    Parameters
    ----------
    split : Split
        The program taken apart.

    Attributes
    ----------
    line : ndarray of int, shape (p,)
        Line of each plan.
    own : ndarray, shape (p,)
        Its cost without prices.
    """

    def __init__(self, split: Split) -> None:
        self.split = split
        self.line: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.own: NDArray[np.float64] = np.zeros(0)
        self._points: list[csr_array[np.float64]] = []
        self._activities: list[csr_array[np.float64]] = []

    def __len__(self) -> int:
        return len(self.line)

    def add(self, lines: NDArray[np.int64], x: NDArray[np.float64]) -> csr_array[np.float64]:
        """Add what some lines do at a point; returns what each takes of the priced rows.

        Parameters
        ----------
        lines : ndarray of int, ascending
        x : ndarray, shape (n,)

        Returns
        -------
        csr_array, shape (len(lines), P)
        """
        part = self.split
        place = np.full(part.lines + 1, -1, dtype=np.int64)  # the last stands for what lines share
        place[lines] = np.arange(len(lines))
        used = np.flatnonzero(x)
        row = place[part.line[used]]
        used, row = used[row >= 0], row[row >= 0]
        points = csr_array((x[used], (row, used)), shape=(len(lines), len(x)))
        activity = csr_array(points @ part.turned)
        self.line, self.own = (
            np.append(self.line, lines),
            np.append(self.own, np.asarray(points @ part.mip.cost)),
        )
        self._points.append(points)
        self._activities.append(activity)
        self.__dict__.pop("activity", None)
        return activity

    @cached_property
    def activity(self) -> csr_array[np.float64]:
        """What each plan takes of the priced rows, shape (p, P)."""
        if len(self._activities) != 1:
            empty = csr_array((0, len(self.split.priced)))
            self._activities = [csr_array(vstack([empty, *self._activities], format="csr"))]
        return self._activities[0]

    def point(self, chosen: NDArray[np.int64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the point where chosen plans are followed in given shares; shape (n,)."""
        if len(self._points) > 1:
            self._points = [csr_array(vstack(self._points, format="csr"))]
        if not len(chosen):
            return np.zeros(len(self.split.line))
        return np.asarray(shares @ self._points[0][chosen])

    def reduced(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each plan costs at given prices."""
        return np.asarray(self.own + self.activity @ prices)

    def shut(self, closed: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which plans are behind closed gates; shape (p,)."""
        gates = self.split.gates
        weight = np.zeros(len(self.split.priced))
        weight[gates.row] = closed / gates.own
        return np.asarray(self.activity @ weight > 0.5)

    def best(
        self, prices: NDArray[np.float64], closed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the cheapest plan of each line that has one, lines ascending, and its cost at the prices.

        Plans behind closed gates come last.
        """
        cost = self.reduced(prices)
        if closed is not None:
            cost = np.where(self.shut(closed), np.inf, cost)
        order = np.lexsort((cost, self.line))
        first = order[np.flatnonzero(np.diff(self.line[order], prepend=-1))]
        return first, cost[first]
