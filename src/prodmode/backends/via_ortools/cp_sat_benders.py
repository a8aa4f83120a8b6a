"""CP-SAT decides the integers, LPs the quantities: Benders' decomposition.

CP-SAT sees the integer columns, the rows of these alone, and one column for the cost. An LP with the
integers of its plan fixed gives the quantities, and its duals a cut: a lower bound on the cost that is linear
in the integers (or, where there are no quantities, what the integers must keep to). Any duals prove a bound,
so every cut holds for all plans: CP-SAT's bound on the cost is one on the program.

Cuts are also made at points between the plan and the relaxation's optimum, which keeps them from being weak
(Ben-Ameur and Neto, "Acceleration of cutting-plane and column generation algorithms", Networks 49, 2007).
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from prodmode.backends.contract import OPTIMAL_GAP
from prodmode.backends.via_ortools.cp_sat_grid import gridded
from prodmode.formulation.mip import Mip
from prodmode.formulation.silent_highs import highs_with, highspy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.backends.via_ortools.cp_sat_root import Relaxation
    from prodmode.backends.via_ortools.cp_sat_search import Search

BITS = 22
"""Bits of the grid of the column that stands for the cost."""

BETWEEN = (0.5, 0.1)
"""Where between the relaxation's optimum (0) and CP-SAT's plan (1) further cuts are made."""

MOVED = 0.3
"""How far the point that cuts are made from moves towards each plan that has quantities."""

MOST_CUTS = 1000
"""Cuts that are kept; beyond, the oldest go."""

NEGLIGIBLE = 1e-7
"""What duals of size 1 must add up to, to prove that there are no quantities to a plan."""

MARGIN = 1e-9
"""How much weaker a cut is made for the rounding of its own numbers, relatively."""


class Benders:
    """The decomposition of a relaxed program; its cuts are kept from one search to the next.

    Parameters
    ----------
    search : Search
        Receives plans and bounds.
    root : Relaxation
        Of the program less, at most, what costs more than the best plan.
    """

    def __init__(self, search: Search, root: Relaxation) -> None:
        self._search, self._root = search, root
        mip = self._mip = root.mip
        self.integers = np.flatnonzero(mip.integer)
        self._engine = highs_with(
            replace(mip, integer=np.zeros_like(mip.integer)), {"solver": "simplex", "presolve": "off"}
        )
        self._engine.cbSimplexInterrupt += lambda event: event.interrupt() if search.stopped() else None
        alone = abs(mip.matrix) @ (~mip.integer).astype(float) == 0
        self._rows = csr_array(mip.matrix[alone][:, self.integers])
        self._sides = mip.row_lower[alone], mip.row_upper[alone]
        # The cost is counted from here.
        self._least = root.bound - OPTIMAL_GAP / 10 * max(1.0, abs(root.bound))
        self._gradients: list[NDArray[np.float64]] = []
        self._constants: list[float] = []
        self._with_cost: list[float] = []
        self._cut(root.duals, mip.cost)

    def search(self, held: NDArray[np.bool_], values: NDArray[np.float64], seconds: float | None) -> bool:
        """Search for better plans with some columns held, and return whether there proved to be none.

        Parameters
        ----------
        held : ndarray of bool, shape (n,)
        values : ndarray, shape (n,)
            Where.
        seconds : float or None
            Time limit.
        """
        search, began = self._search, time.perf_counter()
        everything, seen, core = not held.any(), set[bytes](), self._root.x[self.integers]
        core = np.where(held[self.integers], values[self.integers], core)
        while not search.stopped():
            left = None if seconds is None else seconds - (time.perf_counter() - began)
            if left is not None and left <= 0:
                return False
            found, proved = self._decided(held, values, left, tells=everything)
            if proved or (everything and search.reached()):
                return True
            key = b"" if found is None else found.tobytes() + str(search.cutoff()).encode()
            if found is None or key in seen:
                return False
            seen.add(key)
            if self._evaluated(found):
                core = (1 - MOVED) * core + MOVED * found
            for share in BETWEEN:
                self._solved(share * found + (1 - share) * core)
        return False

    def _decided(
        self, held: NDArray[np.bool_], values: NDArray[np.float64], seconds: float | None, *, tells: bool
    ) -> tuple[NDArray[np.float64] | None, bool]:
        """Return the integers that CP-SAT thinks cheapest, None for none, and whether it proved that."""
        search = self._search
        cutoff = search.cutoff()
        narrow = self._mip if cutoff is None else self._root.narrowed(cutoff)
        values = np.clip(values, narrow.lower, narrow.upper)
        lower = np.where(held, values, narrow.lower)[self.integers]
        upper = np.where(held, values, narrow.upper)[self.integers]
        if cutoff is None:
            most = float(np.maximum(self._mip.cost * narrow.lower, self._mip.cost * narrow.upper).sum())
            most += self._mip.offset
        else:
            most = cutoff - max(search.options.gap, OPTIMAL_GAP) / 2 * abs(cutoff)
        if most <= self._least:
            return None, True
        grid = gridded(self._master(lower, upper, most - self._least), BITS)
        outcome = search.run(grid, seconds)
        if tells and outcome.bound is not None and cutoff is not None:
            search.tell_bound(self._least + grid.bound(outcome.bound), most)
        if outcome.point is not None:
            return np.round(grid.point(outcome.point)[:-1]), False
        nothing = outcome.reason == "infeasible"
        if nothing and tells and cutoff is not None:
            search.tell_bound(most, None)
        return None, nothing and cutoff is not None

    def _master(self, lower: NDArray[np.float64], upper: NDArray[np.float64], most: float) -> Mip:
        cuts = csr_array(np.column_stack([-np.array(self._gradients), np.array(self._with_cost)]))
        alone = hstack([self._rows, csr_array((self._rows.shape[0], 1))])
        matrix = csr_array(vstack([alone, cuts], format="csr"))
        matrix.eliminate_zeros()
        matrix.sort_indices()
        return Mip(
            np.append(np.zeros(len(self.integers)), 1.0), 0.0, matrix,
            np.concatenate([self._sides[0], self._constants]),
            np.concatenate([self._sides[1], np.full(len(self._constants), np.inf)]),
            np.append(lower, 0.0), np.append(upper, most), np.append(np.ones(len(lower), dtype=bool), False),
        )  # fmt: skip

    def _evaluated(self, integers: NDArray[np.float64]) -> bool:
        """Find the quantities to integers, and return whether there are any."""
        x = self._solved(integers)
        if x is None:
            return False
        x[self.integers] = integers
        cutoff = self._search.cutoff()
        if cutoff is None or float(self._mip.cost @ x) + self._mip.offset < cutoff:
            self._search.take(x)
        return True

    def _solved(self, integers: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Solve the LP at a point of the integers and cut there; return its optimum, None for none."""
        engine, kinds = self._engine, highspy().HighsModelStatus
        engine.changeColsBounds(len(self.integers), self.integers.astype(np.int32), integers, integers)
        engine.run()
        if engine.getModelStatus() == kinds.kOptimal:
            solution = engine.getSolution()
            self._cut(np.array(solution.row_dual), self._mip.cost)
            return np.array(solution.col_value)
        if engine.getModelStatus() == kinds.kInfeasible:
            self._exclude(integers)
        return None

    def _exclude(self, integers: NDArray[np.float64]) -> None:
        _, known, ray = self._engine.getDualRay()
        if not known or not np.abs(ray).max(initial=0.0) > 0:
            return
        best: tuple[float, NDArray[np.float64]] | None = None
        ray = np.array(ray) / np.abs(ray).max()
        for duals in (ray, -ray):
            constant, gradient = self._linear(duals, np.zeros_like(self._mip.cost))
            beyond = constant + float(gradient @ integers)
            if beyond > (NEGLIGIBLE if best is None else best[0]):
                best = beyond, duals
        if best is not None:
            self._cut(best[1], np.zeros_like(self._mip.cost))

    def _cut(self, duals: NDArray[np.float64], cost: NDArray[np.float64]) -> None:
        constant, gradient = self._linear(duals, cost)
        with_cost = float(cost.any())
        constant -= MARGIN * max(1.0, abs(constant))
        constant += with_cost * (self._mip.offset - self._least)
        size = 1.0 if with_cost else np.abs(gradient).max(initial=0.0) or 1.0
        self._gradients.append(gradient / size)
        self._constants.append(constant / size)
        self._with_cost.append(with_cost)
        if len(self._constants) > MOST_CUTS:
            for cuts in (self._gradients, self._constants, self._with_cost):
                cuts.pop(1)  # the first is that of the relaxation

    def _linear(
        self, duals: NDArray[np.float64], cost: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the bound on the cost that duals prove, as a constant and a gradient in the integers."""
        mip = self._mip
        side = np.where(duals > 0, mip.row_lower, mip.row_upper)
        duals = np.where(np.isfinite(side), duals, 0.0)
        side = np.where(np.isfinite(side), side, 0.0)
        reduced = cost - mip.matrix.T @ duals
        cheapest = reduced * np.where(reduced > 0, mip.lower, mip.upper)
        return float(duals @ side + cheapest[~mip.integer].sum()), reduced[self.integers]
