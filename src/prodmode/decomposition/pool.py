"""Plans of single lines, as a stand-in for lines that are slow to price.

A plan costs ``own cost + activity @ prices``; the least over a line's plans is never below what the line
costs exactly, and equal to it at the prices where its plan was found. Few rounds of exact pricing fill it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Pool:
    """Plans, sorted by line.

    Parameters
    ----------
    rows : int
        Number of priced rows.

    Attributes
    ----------
    line : ndarray of int, shape (p,)
        Line of each plan.
    own : ndarray, shape (p,)
        Its cost without prices.
    activity : csr_array, shape (p, P)
        What it takes of each priced row.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.line: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.own: NDArray[np.float64] = np.zeros(0)
        self.activity: csr_array[np.float64] = csr_array((0, rows))

    def add(self, line: NDArray[np.int64], own: NDArray[np.float64], activity: csr_array[np.float64]) -> int:
        """Add plans that are not there yet; returns how many."""
        new = np.ones(len(line), dtype=bool)
        if len(self.line):
            keys = set(
                zip(
                    self.line.tolist(),
                    np.round(self._marks(self.own, self.activity), 6).tolist(),
                    strict=True,
                )
            )
            marks = np.round(self._marks(own, activity), 6).tolist()
            new = np.array([(int(which), mark) not in keys for which, mark in zip(line, marks, strict=True)])
        if not new.any():
            return 0
        both = np.append(self.line, line[new])
        order = np.argsort(both, kind="stable")
        self.activity = csr_array(vstack([self.activity, activity[np.flatnonzero(new)]], format="csr"))[order]
        self.line, self.own = both[order], np.append(self.own, own[new])[order]
        return int(new.sum())

    def _marks(self, own: NDArray[np.float64], activity: csr_array[np.float64]) -> NDArray[np.float64]:
        """Return a number that tells plans apart."""
        weights = np.random.default_rng(7).random(self.rows)
        scale = np.abs(own).max(initial=1.0)
        return np.asarray(
            own / scale + (activity @ weights) / max(1.0, np.abs(activity.data).max(initial=1.0))
        )

    def price(
        self, prices: NDArray[np.float64], heat: float
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Return the cost of all lines with plans, what they take of each row, and the share of each plan."""
        if not len(self.line):
            return 0.0, np.zeros(self.rows), np.zeros(0)
        cost = self.own + self.activity @ prices
        starts = np.flatnonzero(np.diff(self.line, prepend=-1))
        counts = np.diff(np.append(starts, len(cost)))
        least = np.minimum.reduceat(cost, starts)
        over = cost - np.repeat(least, counts)
        if heat > 0:
            share = np.exp(-np.minimum(over / heat, 500.0))
            total = np.add.reduceat(share, starts)
            share /= np.repeat(total, counts)
            value = float((least - heat * np.log(total)).sum())
        else:
            first = np.minimum.reduceat(np.where(over <= 0, np.arange(len(cost)), len(cost)), starts)
            share = np.zeros(len(cost))
            share[first] = 1.0
            value = float(least.sum())
        return value, np.asarray(share @ self.activity), share
