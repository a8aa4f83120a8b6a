"""Whole plans from shares of plans: one plan for each line, chosen together by a small integer program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from prodmode.decomposition.exceeding import exceeding
from prodmode.formulation.mip import Mip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.plans import Plans
    from prodmode.decomposition.split import Split


def best_shares(plans: Plans, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the plan with the largest share for each line that has any, lines ascending."""
    order = np.lexsort((shares, plans.line))
    line = plans.line[order]
    return np.asarray(order[np.flatnonzero(np.diff(np.append(line, -1)))])


def near(plans: Plans, prices: NDArray[np.float64], most: int, shut: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the plans that cost least beyond the best of their line at given prices, that one included.

    Plans that are `shut` are left out.
    """
    cost = np.where(shut, np.inf, plans.reduced(prices))
    best = np.full(plans.split.lines, np.inf)
    np.minimum.at(best, plans.line, cost)
    over = np.where(shut, np.inf, cost - np.where(np.isfinite(best), best, 0.0)[plans.line])
    order = np.argsort(over, kind="stable")[:most]
    return np.sort(order[~shut[order]])


class Choice:
    """The program that chooses one plan for each line.

    Rows may be exceeded at a price: what is chosen may be put right later.

    Parameters
    ----------
    plans : Plans
    kept : ndarray of int
        Plans to choose from.
    fixed : ndarray of int
        Plans of lines that have no choice.
    reach : ndarray, shape (P,)
        Price of exceeding a priced row by one.
    planned : ndarray
        Shared decisions to hold.
    """

    def __init__(
        self,
        plans: Plans,
        kept: NDArray[np.int64],
        fixed: NDArray[np.int64],
        reach: NDArray[np.float64],
        planned: NDArray[np.float64],
    ) -> None:
        split: Split = plans.split
        mip = split.mip
        self.plans, self.kept, self.fixed = plans, kept, fixed
        self.shared = split.shared
        taken = np.asarray(plans.activity[fixed].sum(axis=0)) if len(fixed) else np.zeros(len(split.priced))
        low, high = (side - taken for side in split.sides)
        lines, place = np.unique(plans.line[kept], return_inverse=True)
        width, count = len(self.shared), len(kept)
        row, sign = exceeding(low, high)
        extra = len(row)
        priced = hstack([
            csr_array(split.coupling[:, self.shared]), csr_array(plans.activity[kept].T),
            csr_array((sign, (row, np.arange(extra))), shape=(len(low), extra)),
        ])  # fmt: skip
        among = hstack([
            csr_array(mip.matrix[split.among][:, self.shared]), csr_array((len(split.among), count + extra))
        ])  # fmt: skip
        choice = csr_array(
            (np.ones(count), (place, width + np.arange(count))), (len(lines), width + count + extra)
        )
        lower, upper = split.lower[self.shared].copy(), split.upper[self.shared].copy()
        lower[: len(planned)] = upper[: len(planned)] = planned
        one = np.ones(len(lines))
        self.mip = Mip(
            np.concatenate([mip.cost[self.shared], plans.own[kept], reach[row]]), 0.0,
            csr_array(vstack([priced, among, choice], format="csr")),
            np.concatenate([low, mip.row_lower[split.among], one]),
            np.concatenate([high, mip.row_upper[split.among], one]),
            np.concatenate([lower, np.zeros(count + extra)]),
            np.concatenate([upper, np.ones(count), np.full(extra, np.inf)]),
            np.concatenate([mip.integer[self.shared], np.repeat([True, False], [count, extra])]),
        )  # fmt: skip

    def point(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the point of the whole program that a point of this one stands for."""
        width = len(self.shared)
        chosen = self.kept[y[width : width + len(self.kept)] > 0.5]
        both = np.append(self.fixed, chosen)
        x = self.plans.point(both, np.ones(len(both)))
        x[self.shared] = y[:width]
        return x
