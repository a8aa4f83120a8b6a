"""Lines with stock and up to two options at once: bounds by pricing the demand that the options share.

The rows that say what the options of a line may sell together, and must, are priced like those that couple
lines; each option then stands alone (`compiled_doubles`). The prices rise by subgradient steps (Polyak, 1969)
and are kept for the next time the line is priced. What is lost is the duality gap of these rows alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.decomposition.pricing import memory_for, price_doubles, price_lines, write_run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.lines import Lines
    from prodmode.decomposition.split import Split

STEPS = 30
"""Most steps the first time."""

FEWER = 8
"""Most steps from then on."""

SHRINK = 0.7
"""Factor on the length of steps after one that did not raise the bound."""

CLOSE = 1e-6
"""Relative distance between bound and plan at which a line is settled."""

FAR = 0.1
"""Relative distance between bound and plan that a step counts on at most."""


class Doubles:
    """Bounds and plans of some lines.

    Parameters
    ----------
    split : Split
        The program taken apart.
    lines : Lines
        All lines.
    chosen : ndarray of int
        Those with stock and up to two options at once.
    """

    def __init__(self, split: Split, lines: Lines, chosen: NDArray[np.int64]) -> None:
        self.split, self.lines, self.chosen = split, lines, chosen
        where = np.flatnonzero(np.repeat(np.isin(np.arange(len(lines.line)), chosen), np.diff(lines.first)))
        self._options = lines.order[where]
        self._of = np.repeat(np.arange(len(chosen)), np.diff(lines.first)[chosen])
        plain = lines.plain.copy()
        plain[self._options, 1] = 0.0
        self._loose = lines._replace(plain=plain, bound=lines.bound.copy())
        factor = lines.plain[self._options, 3]
        self._per_unit = np.where(factor > 0, 1.0 / np.where(factor > 0, factor, 1.0), 0.0)
        market = lines.bound[..., 0][:, self._options] * self._per_unit[None, :, None]
        shape = (lines.second.shape[0], len(chosen), lines.second.shape[2])
        self._demand = np.zeros(shape)
        np.maximum.at(self._demand.swapaxes(0, 1), self._of, market.swapaxes(0, 1))
        fill = np.zeros(len(chosen))
        fill[self._of] = lines.plain[self._options, 1]
        self._least = self._demand * fill[None, :, None]
        self._sold = lines.second[..., 2][:, self._options]
        self._made = lines.second[..., 0][:, self._options]
        columns, starts = split.columns_of
        self.own = [columns[starts[n] : starts[n + 1]] for n in chosen]
        self.prices: NDArray[np.float64] | None = None

    def _worth(self, cost: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return prices to begin with: what the second best option earns on a unit."""
        earned = np.full((*self._demand.shape, 2), 0.0)
        good = self.lines.bound[..., 1][:, self._options]
        unit = cost[self._made]
        worth = -(cost[self._sold] + unit / np.where(good > 0, good, np.inf))
        worth = np.where((self._sold >= 0) & (self._per_unit > 0)[None, :, None], worth, 0.0)
        worth = worth / np.where(self._per_unit > 0, self._per_unit, 1.0)[None, :, None]
        for n, line in enumerate(self._of):
            top, second = earned[:, line, :, 0], earned[:, line, :, 1]
            second[:] = np.maximum(second, np.minimum(top, worth[:, n]))
            top[:] = np.maximum(top, worth[:, n])
        return np.asarray(earned[..., 1])

    def price(
        self, cost: NDArray[np.float64], x: NDArray[np.float64], among: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return bounds and the costs of the plans found; x receives the plans.

        Parameters
        ----------
        cost : ndarray, shape (n + 1,)
            Reduced costs.
        x : ndarray, shape (n + 1,)
        among : ndarray of int, optional
            Places of the lines to price; of the others, bounds are minus and plans plus infinity.
        """
        active = np.arange(len(self.chosen)) if among is None else among
        plan = np.full(len(self.chosen), np.inf)
        plan[active] = price_lines(self.lines, cost, x, self.chosen[active])
        turns = STEPS if self.prices is None else FEWER
        prices = self._worth(cost) if self.prices is None else self.prices.copy()
        best, at = np.full(len(self.chosen), -np.inf), prices.copy()
        work, point = cost.copy(), np.zeros_like(x)
        theta = np.ones(len(self.chosen))
        for _ in range(turns if len(active) else 0):
            value, used = self._visit(active, prices, cost, work, point)
            for place in active[plan[active] - value > CLOSE * np.abs(plan[active])]:
                plan[place] = self._shared_out(place, plan[place], cost, point, x)
            for place in active:
                point[self.own[place]] = 0.0
            better = value > best[active]
            best[active[better]] = value[better]
            at[:, active[better]] = prices[:, active[better]]
            theta[active[~better]] *= SHRINK
            length = theta[active] * np.minimum(plan[active] - value, FAR * np.abs(value))
            moved = self._moved(active, prices[:, active], used, length)
            still = (moved != prices[:, active]).any(axis=(0, 2))
            prices[:, active] = moved
            active = active[(plan[active] - best[active] > CLOSE * np.abs(plan[active])) & still]
            if not len(active):
                break
        self.prices = at
        return best, plan

    def _moved(
        self, active: NDArray[np.int64], prices: NDArray[np.float64], used: NDArray[np.float64],
        length: NDArray[np.float64],
    ) -> NDArray[np.float64]:  # fmt: skip
        """Return prices after a step along what is used beyond the demand, or short of the least."""
        demand, least = self._demand[:, active], self._least[:, active]
        side = np.where(prices > 0, demand, np.where(prices < 0, least, np.clip(used, least, demand)))
        slope = used - side
        norm = (slope**2).sum(axis=(0, 2))
        size = np.where(norm > 0, length / np.where(norm > 0, norm, 1.0), 0.0)
        moved = prices + size[None, :, None] * slope
        return np.asarray(np.where(least > 0, moved, np.maximum(0.0, moved)))

    def _runs(self, option: int, point: NDArray[np.float64]) -> list[tuple[int, int]]:
        """Return first and last periods of an option's runs at a point."""
        there = np.append(point[self.lines.path[option, :, 0]] > 0.5, False)
        there &= np.append(self.lines.path[option, :, 0] >= 0, False)
        starts = point[self.lines.path[option, :, 1]] > 0.5
        runs, begun = [], -1
        for t in range(len(there)):
            if begun >= 0 and (not there[t] or starts[t]):
                runs.append((begun, t - 1))
                begun = -1
            if there[t] and begun < 0:
                begun = t
        return runs

    def _shared_out(
        self, place: int, value: float, cost: NDArray[np.float64], point: NDArray[np.float64],
        x: NDArray[np.float64],
    ) -> float:  # fmt: skip
        """Let options in force together share the demand, one after the other at its best; returns the cost.

        x receives the plan where it is better than the one there.
        """
        lines, own = self._loose, self.own[place]
        options = self._options[self._of == place]
        runs = {int(o): self._runs(o, point) for o in options}
        runs = {o: found for o, found in runs.items() if found}
        path = lines.path[options]
        again = (path[:, :, 1] >= 0) & (path[:, :, 2] >= 0)
        again &= (point[path[:, :, 1]] > 0.5) & (point[path[:, :, 2]] > 0.5)
        # An option left and taken up again at once is no plan.
        if len(runs) < 2 or again.any():
            return value
        memory = memory_for(lines, self.chosen[place : place + 1])
        demand, least = self._demand[:, place], self._least[:, place]
        unit = {int(o): self._per_unit[n] for n, o in enumerate(self._options) if int(o) in runs}
        bound = lines.bound[:, list(runs)].copy()
        sold = {o: point[lines.second[:, o, :, 2]] * unit[o] for o in runs}
        for _ in range(2):
            for o in sorted(runs, key=lambda o: float(sold[o].sum())):
                rest = np.maximum(0.0, demand - sum(sold[other] for other in runs if other != o))
                market = rest / unit[o] if unit[o] > 0 else np.zeros_like(rest)
                lines.bound[:, o, :, 0] = np.minimum(lines.bound[:, o, :, 0], market)
                for columns in (lines.second[:, o], self._tiers(o)):
                    point[columns] = 0.0
                for run in runs[o]:
                    write_run(lines, cost, point, o, run, memory)
                sold[o] = point[lines.second[:, o, :, 2]] * unit[o]
                lines.bound[:, list(runs)] = bound
        total = sum(sold.values())
        spent = float(cost[own] @ point[own])
        small = 1e-9 * np.maximum(demand, 1.0)
        if spent < value and (total <= demand + small).all() and (total >= least - small).all():
            x[own] = point[own]
            return spent
        return value

    def _tiers(self, option: int) -> NDArray[np.int32]:
        """Return the columns of an option's tiers."""
        first = self.lines.tier_first
        return self.lines.tier_place[:, first[option] : first[option + 1]]

    def _visit(
        self, active: NDArray[np.int64], prices: NDArray[np.float64], cost: NDArray[np.float64],
        work: NDArray[np.float64], point: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
        """Price lines at prices of their demand; returns bounds and what is used of it, adds to `point`."""
        of, offered = self._of, self.lines.rule[self.chosen, :, 0]
        w, n, t = np.nonzero(self._sold >= 0)
        sold = self._sold[w, n, t]
        work[sold] = cost[sold] + prices[w, of[n], t] * self._per_unit[n]
        work[offered] = 0.0
        work[-1] = 0.0
        paid = np.where(prices > 0, prices * self._demand, prices * self._least).sum(axis=0)
        value = price_doubles(self._loose, work, (cost[offered] - paid)[active], point, self.chosen[active])
        used = np.zeros_like(self._demand)
        np.add.at(used, (w, of[n], t), point[sold] * self._per_unit[n])
        return value, used[:, active]
