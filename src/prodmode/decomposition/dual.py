"""Prices on the rows that couple lines: the Lagrangian dual and its ascent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import expit

from prodmode.decomposition.line_programs import cheapest
from prodmode.decomposition.lines import KEEPS, lines_of
from prodmode.decomposition.pool import Pool
from prodmode.decomposition.pricing import NEVER, price_lines, price_pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.decomposition.split import Split

LINE_SECONDS = 1.0
"""Time for a line's own program; its bound holds whenever it stops."""

LINES_AT_ONCE = 2000
"""Lines with stock priced between two looks at the clock."""

MEMORY = 20
"""Pairs of steps and gradients that the ascent remembers."""


class Stop(Exception):  # noqa: N818  # not an error: the word to stop
    """Raised from inside a run to end it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What came out of pricing all lines exactly.

    Attributes
    ----------
    prices : ndarray, shape (P,)
    constant : float
        The dual value without the planned columns.
    slope : ndarray
        Reduced cost of each planned column: ``constant + slope @ y`` is a proven bound for any y.
    x : ndarray, shape (n + 1,)
        What lines and boxed columns do; planned columns are zero.
    values : ndarray, shape (L,)
        Least cost of each line at these prices.
    """

    prices: NDArray[np.float64]
    constant: float
    slope: NDArray[np.float64]
    x: NDArray[np.float64]
    values: NDArray[np.float64]

    def bound(self, planned: NDArray[np.float64]) -> float:
        """Return the bound for values of the planned columns."""
        return self.constant + float(self.slope @ planned)


class Dual:
    """The Lagrangian dual of a program: a function of the prices and of the planned columns.

    Parameters
    ----------
    split : Split
        The program taken apart.

    Attributes
    ----------
    walked : ndarray of int
        Lines that the kernel prices in every pass, exactly.
    stocked, paired : ndarray of int
        Lines with stock, and lines with up to two options at once: priced exactly now and then, by kernels,
        and stood for by their plans in between.
    programmed : ndarray of int
        Lines treated in the same way that no kernel prices exactly, so that HiGHS does.
    """

    def __init__(self, split: Split) -> None:
        part, mip = split, split.mip
        if mip.structure is None:
            raise ValueError("a program without structure has no lines")
        self.split, self.structure = split, mip.structure
        self.lines = lines_of(mip.structure)
        most = mip.structure.constants.tables["lines"]["max_options"].to_numpy()
        several = most > 1
        stocked = np.zeros(len(several), dtype=bool)
        np.logical_or.at(stocked, mip.structure.constants.line, (self.lines.kind & KEEPS) > 0)
        self.walked = np.flatnonzero(~several & ~stocked)
        self.stocked = np.flatnonzero(stocked & ~several)
        self.paired = np.flatnonzero((most == 2) & ~stocked)
        self.programmed = np.flatnonzero(several & ~((most == 2) & ~stocked))
        self.passes = 0
        self.pool = Pool(len(part.priced))
        self._base = np.append(mip.cost, 0.0)
        self._cost = self._base.copy()
        self._x = np.zeros(len(self._base))
        self.low, self.high = part.sides
        self.floor = np.where(np.isfinite(self.low), -np.inf, 0.0)
        self.ceiling = np.where(np.isfinite(self.high), np.inf, 0.0)
        self._loops = self._start_and_leave()
        self.impossible = False

    def _start_and_leave(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the columns of starts and exits that no row keeps from both being counted in one period.

        The kernels never count both; where prices would make it pay, a bound must allow for it.
        """
        path = self.lines.path
        exact = np.zeros(len(self._base), dtype=bool)
        rows = np.flatnonzero(self.structure.family_rows(frozenset({"start_anew"})))
        exact[self.split.mip.matrix[rows].indices] = True
        start, leave = path[:, :, 1], path[:, :, 2]
        both = (start >= 0) & (leave >= 0) & ~exact[start]
        return start[both], leave[both]

    def pooled(self) -> NDArray[np.int64]:
        """Return the lines that plans stand for between exact pricings."""
        return np.sort(np.concatenate([self.stocked, self.paired, self.programmed]))

    def reduced(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the reduced cost of every column, and a zero at the end; valid until the next call."""
        part = self.split
        self._cost[part.touched] = self._base[part.touched] + part.by_column @ prices
        return self._cost

    def _shared(self, cost: NDArray[np.float64], x: NDArray[np.float64], heat: float) -> float:
        """Put every boxed column at its better bound and return what they cost."""
        part = self.split
        boxed = part.boxed
        own, low, high = cost[boxed], part.lower[boxed], part.upper[boxed]
        if heat > 0:
            spread = own * (high - low) / heat
            x[boxed] = low + (high - low) * expit(-spread)
            return float((own * low - heat * np.logaddexp(0.0, -spread)).sum())
        x[boxed] = np.where(own < 0, high, low)
        with np.errstate(invalid="ignore"):
            return float(np.where(own == 0, 0.0, own * x[boxed]).sum())

    def _side(self, prices: NDArray[np.float64], activity: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the side of each row that its price stands on.

        Without a price, that of rows with one side is still this side: the slope towards the price that the
        row can have. Rows with two take the side nearest to the activity.
        """
        near = np.where(
            np.isinf(self.low),
            self.high,
            np.where(np.isinf(self.high), self.low, np.clip(activity, self.low, self.high)),
        )
        return np.asarray(np.where(prices > 0, self.high, np.where(prices < 0, self.low, near)))

    @property
    def done(self) -> NDArray[np.float64]:
        """What lines that are priced in every pass did in the last one, shape (n,)."""
        return self._x[:-1]

    def smooth(
        self, prices: NDArray[np.float64], planned: NDArray[np.float64], heat: float
    ) -> tuple[float, NDArray[np.float64]]:
        """Return an estimate of the dual value and its gradient, with plans standing for pooled lines."""
        part = self.split
        self.passes += 1
        cost, x = self.reduced(prices), self._x
        x.fill(0.0)
        total = part.mip.offset + float(price_lines(self.lines, cost, heat, x, self.walked).sum())
        value, taken, _ = self.pool.price(prices, heat)
        total += value + self._shared(cost, x, heat) + float(cost[part.planned] @ planned)
        x[part.planned] = planned
        activity = part.coupling @ x[:-1] + taken
        side = self._side(prices, activity)
        total -= float(prices @ np.where(prices == 0, 0.0, side))
        return total, activity - side

    def estimate(self, prices: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Return constant and slope of the cut at given prices, with plans standing for pooled lines.

        Never below the true cut, so that it may steer, but proves nothing.
        """
        none = np.zeros(len(self.split.planned))
        value, _ = self.smooth(prices, none, 0.0)
        return value, self._cost[self.split.planned].copy()

    def exact(self, prices: NDArray[np.float64], look: Callable[[], None] | None = None) -> Visit:
        """Price every line exactly; the plans of pooled lines join the pool.

        Raises
        ------
        Stop
            From `look`, between lines.
        """
        part, mip = self.split, self.split.mip
        self.passes += 1
        cost = self.reduced(prices).copy()
        x = np.zeros(len(self._base))
        total = mip.offset
        plan = np.zeros(len(self._base))
        least = self.price_all(cost, x, plan, look)
        total += float(least.sum())
        self._remember(plan, self.pooled())
        x += plan
        total += self._shared(cost, x, 0.0)
        side = np.where(prices > 0, self.high, np.where(prices < 0, self.low, 0.0))
        total -= float(prices @ side)
        return Visit(prices.copy(), total, cost[part.planned], x, least)

    def price_all(
        self,
        cost: NDArray[np.float64],
        x: NDArray[np.float64],
        plan: NDArray[np.float64] | None = None,
        look: Callable[[], None] | None = None,
    ) -> NDArray[np.float64]:
        """Return the least cost of every line, exactly or as a bound where HiGHS is stopped.

        Parameters
        ----------
        cost : ndarray, shape (n + 1,)
            Reduced costs.
        x : ndarray, shape (n + 1,)
            Receives what walked lines do.
        plan : ndarray, shape (n + 1,), optional
            Receives what pooled lines do; `x` by default.
        look : callable, optional
            Called now and then; what it raises ends the pricing.
        """
        plan = x if plan is None else plan
        least = np.zeros(self.split.lines)
        least[self.walked] = price_lines(self.lines, cost, 0.0, x, self.walked)
        self._check(least, self.walked, cost, x)
        for some in np.array_split(self.stocked, 1 + len(self.stocked) // LINES_AT_ONCE):
            if look is not None:
                look()
            least[some] = price_lines(self.lines, cost, 0.0, plan, some)
        self._check(least, self.stocked, cost, plan)
        least[self.paired] = price_pairs(self.lines, cost, plan, self.paired)
        self._check(least, self.paired, cost, plan)
        for line in self.programmed:
            if look is not None:
                look()
            least[line] = self._by_program(int(line), cost, plan)
        least += self.loops(cost)
        return least

    def loops(self, cost: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return, by line, what starts and exits counted in one period could earn at most; shape (L,).

        Zero but where prices outweigh what starts and exits cost and no row forbids to count both.
        """
        start, leave = self._loops
        earned = np.minimum(0.0, cost[start] + cost[leave])
        return np.bincount(self.split.line[start], earned, self.split.lines).astype(np.float64)

    def _check(
        self, least: NDArray[np.float64], lines: NDArray[np.int64], cost: NDArray[np.float64],
        x: NDArray[np.float64],
    ) -> None:  # fmt: skip
        """Ask HiGHS for the lines that the kernel has no cost for."""
        for line in lines[~(np.abs(least[lines]) < NEVER / 2)]:
            least[line] = self._by_program(int(line), cost, x)

    def _by_program(self, line: int, cost: NDArray[np.float64], x: NDArray[np.float64]) -> float:
        bound, point, own = cheapest(self.split, line, cost, LINE_SECONDS)
        if point is None and bound == np.inf:
            self.impossible = True
        x[own] = 0.0 if point is None else point
        return bound

    def sort_out(self) -> None:
        """Leave to HiGHS the lines for which the kernel knows no plan."""
        for name in ("walked", "stocked"):
            lines = getattr(self, name)
            values = price_lines(self.lines, self._base, 0.0, None, lines)
            odd = ~(np.abs(values) < NEVER / 2)
            setattr(self, name, lines[~odd])
            self.programmed = np.append(self.programmed, lines[odd])

    def seed(self) -> None:
        """Give every pooled line a plan for each of its options, as far as one alone can carry it."""
        lines = self.pooled()
        counts = np.diff(self.lines.first)[lines]
        in_force = self.lines.path[:, :, 0]
        for place in range(int(counts.max(initial=0))):
            cost = self._base.copy()
            mine = lines[counts > place]
            for line in mine:
                first, last = self.lines.first[line], self.lines.first[line + 1]
                others = np.delete(self.lines.order[first:last], place)
                cost[in_force[others]] = 10 * NEVER
            cost[-1] = 0.0
            plan = np.zeros(len(cost))
            values = price_lines(self.lines, cost, 0.0, plan, mine)
            self._remember(plan, mine[np.abs(values) < NEVER / 2])

    def _remember(self, plan: NDArray[np.float64], lines: NDArray[np.int64]) -> None:
        part = self.split
        lines = np.sort(lines)
        if not len(lines):
            return
        used = np.flatnonzero(plan[:-1])
        size = int(part.line.max()) + 1
        by_line = csr_array((plan[used], (part.line[used], used)), shape=(size, len(part.line)))[lines]
        activity = csr_array(by_line @ part.coupling.T)
        self.pool.add(lines, by_line @ self._base[:-1], activity)

    def measure(self) -> Visit:
        """Set `scale`, a size for each price, and `span`, how far in it a price may well move.

        A row's price is about the money that flows through it over its use. Divided by the root of that
        money, prices matter alike to the ascent.
        """
        part = self.split
        visit = self.exact(np.zeros(len(part.priced)))
        lines, x = part.line, np.abs(visit.x[:-1])
        own = lines >= 0
        money = np.bincount(lines[own], np.abs(self._base[:-1][own]) * x[own])
        weight = np.zeros(len(lines))
        weight[own] = money[lines[own]] / self.lines.rule.shape[1]
        size = abs(part.coupling)
        used, most = size @ x, size @ np.where(np.isfinite(part.upper), np.abs(part.upper), 0.0)
        touching = part.coupling.copy()
        touching.data = (x[touching.indices] > 0).astype(np.float64)
        flow = np.asarray(touching @ weight)
        typical = float(np.median(flow[flow > 0])) if (flow > 0).any() else 1.0
        flow = np.maximum(flow, 1e-3 * typical)
        use = np.maximum(used, 1e-3 * most)
        self.scale, self.span = np.sqrt(flow) / np.where(use > 0, use, 1.0), np.sqrt(flow)
        return visit

    def ascend(
        self,
        prices: NDArray[np.float64],
        planned: NDArray[np.float64],
        heat: float,
        *,
        passes: int,
        reach: float = np.inf,
        enough: float = np.inf,
        look: Callable[[], None] | None = None,
    ) -> NDArray[np.float64]:
        """Return better prices for given planned columns.

        Parameters
        ----------
        prices : ndarray, shape (P,)
            Where to begin.
        planned : ndarray
            Values of the planned columns, whole or not.
        heat : float
            Temperature.
        passes : int
            Most pricing passes.
        reach : float
            How far a price may move, in shares of its `span`.
        enough : float
            Value at which to stop.
        look : callable, optional
            Called with every pass; what it raises ends the ascent.

        Raises
        ------
        Stop
            From `look`.
        """
        scale = self.scale
        best: list[Any] = [-np.inf, prices]

        def value(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            if look is not None:
                look()
            total, gradient = self.smooth(point * scale, planned, heat)
            if total > best[0]:
                best[:] = [total, point * scale]
                if total > enough:
                    raise StopIteration
            return -total, -gradient * scale

        begin = np.clip(prices / scale, self.floor, self.ceiling)
        low, high = (
            np.maximum(self.floor, begin - reach * self.span),
            np.minimum(self.ceiling, begin + reach * self.span),
        )
        first = self.passes
        try:
            # Where values are hardly smooth the line search gives up early; it begins anew.
            while self.passes - first < passes:
                before, count = best[0], self.passes
                found = minimize(  # type: ignore[call-overload]  # its stubs know no array of bounds
                    value, np.clip(best[1] / scale, low, high), jac=True, method="L-BFGS-B",
                    bounds=np.stack([low, high], axis=1),
                    options={
                        "maxfun": passes - (count - first), "maxiter": passes, "maxcor": MEMORY,
                        "ftol": 1e-10, "gtol": 1e-12, "maxls": 8,
                    },
                )  # fmt: skip
                if found.success or best[0] <= before + 1e-9 * abs(best[0]):
                    break
        except StopIteration:
            pass
        return np.asarray(best[1])
