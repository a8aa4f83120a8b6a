"""Every line priced at given prices: a proven bound, and what each line would do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from prodmode.decomposition.doubles import Doubles
from prodmode.decomposition.line_programs import cheapest
from prodmode.decomposition.lines import KEEPS, lines_of
from prodmode.decomposition.pricing import NEVER, price_lines, price_pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.decomposition.plans import Plans
    from prodmode.decomposition.split import Split

LINE_SECONDS = 1.0
"""Time for a line's own program; its bound holds whenever it stops."""

LOST = 1e-6
"""Share of the least cost of all lines that bounds of lines with stock and two options at once may lose."""

LINES_AT_ONCE = 2000
"""Lines with stock priced between two looks at the clock."""


SHARED_MONEY = 2.0
"""Likely price of a row in shares of what it costs to buy more of it."""


class Stop(Exception):  # noqa: N818  # not an error: the word to stop
    """Raised from inside a run to end it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What came out of pricing the lines.

    Attributes
    ----------
    prices : ndarray, shape (P,)
    constant : float
        The dual value without the planned columns.
    slope : ndarray
        Reduced cost of each planned column: ``constant + slope @ y`` is a bound for any y.
    x : ndarray, shape (n,)
        What lines and boxed columns do; planned columns are zero.
    values : ndarray, shape (L,)
        Least cost of each line at these prices.
    exact : bool
        Whether every line was priced exactly, so that the bound is proven; else plans stood for some.
    """

    prices: NDArray[np.float64]
    constant: float
    slope: NDArray[np.float64]
    x: NDArray[np.float64]
    values: NDArray[np.float64]
    exact: bool

    def bound(self, planned: NDArray[np.float64]) -> float:
        """Return the bound for values of the planned columns."""
        return self.constant + float(self.slope @ planned)


class Pricer:
    """What lines cost at prices.

    Parameters
    ----------
    split : Split
        The program taken apart.

    Attributes
    ----------
    walked, stocked, paired : ndarray of int
        Lines that kernels price exactly: one option at a time, with stock, with up to two options at once.
    doubled : ndarray of int
        Lines with stock and up to two options at once: bounds and plans, and HiGHS where these are apart.
    programmed : ndarray of int
        Lines that no kernel prices, so that HiGHS does.
    passes : int
        How often the lines were priced.
    impossible : bool
        Whether a line was found that can do nothing.
    """

    def __init__(self, split: Split) -> None:
        mip = split.mip
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
        self.doubled = np.flatnonzero((most == 2) & stocked)
        self.programmed = np.flatnonzero(most > 2)
        self._doubles = Doubles(split, self.lines, self.doubled)
        self.passes = 0
        self._base = np.append(mip.cost, 0.0)
        self._cost = self._base.copy()
        low, high = split.sides
        self.floor = np.where(np.isfinite(low), -np.inf, 0.0)
        self.ceiling = np.where(np.isfinite(high), np.inf, 0.0)
        self._loops = self._start_and_leave()
        self.impossible = False
        self._sort_out()

    @cached_property
    def gate_options(self) -> NDArray[np.int64]:
        """Option behind each gate, shape (G,)."""
        path = self.lines.path[:, :, 0]
        option_of = np.full(len(self._base), -1, dtype=np.int64)
        option_of[path] = np.arange(len(path))[:, None]
        return np.asarray(option_of[self.split.gates.column])

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

    def reduced(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the reduced cost of every column, and a zero at the end; valid until the next call."""
        part = self.split
        self._cost[part.touched] = self._base[part.touched] + part.by_column @ prices
        return self._cost

    def visit(
        self,
        prices: NDArray[np.float64],
        look: Callable[[], None] | None = None,
        instead: Plans | None = None,
        loss: float | None = None,
        closed: NDArray[np.bool_] | None = None,
    ) -> Visit:
        """Price every line.

        Parameters
        ----------
        prices : ndarray, shape (P,)
        look : callable, optional
            Called now and then; what it raises ends the pricing.
        instead : Plans, optional
            Plans of the lines that no kernel prices, to stand for them; without, HiGHS prices these too.
        loss : float, optional
            What bounds of lines with stock and two options at once may lose in all; 1e-6 of the least cost
            of all lines if not given.
        closed : ndarray of bool, shape (G,), optional
            Gates that are closed; the bound holds for shared decisions with no more of them open.

        Raises
        ------
        Stop
            From `look`.
        """
        part = self.split
        self.passes += 1
        cost = self._at(prices, closed)
        x = np.zeros(len(self._base))
        left_out = instead is not None and len(self.programmed) > 0
        least = self.price_all(cost, x, look, programmed=not left_out, loss=loss)
        if left_out and instead is not None:
            chosen, least[self.programmed] = instead.best(prices, closed)
            x[:-1] += instead.point(chosen, np.ones(len(chosen)))
        total = float(least.sum()) + self._boxed(cost, x) + self._of_sides(prices)
        return Visit(prices.copy(), total, cost[part.planned], x[:-1], least, exact=not left_out)

    def _at(self, prices: NDArray[np.float64], closed: NDArray[np.bool_] | None) -> NDArray[np.float64]:
        """Return reduced costs, out of reach for columns behind closed gates."""
        cost = self.reduced(prices).copy()
        if closed is not None:
            cost[self.split.gates.column[closed]] = NEVER
        return cost

    def some(
        self, prices: NDArray[np.float64], lines: NDArray[np.bool_], closed: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float64]:
        """Return what some lines would do, as far as kernels price them exactly; shape (n,).

        Parameters
        ----------
        prices : ndarray, shape (P,)
        lines : ndarray of bool, shape (L,)
        closed : ndarray of bool, shape (G,), optional
            Gates that are closed.
        """
        x = np.zeros(len(self._base))
        cost = self._at(prices, closed)
        for chosen in (self.walked, self.stocked):
            price_lines(self.lines, cost, x, chosen[lines[chosen]])
        price_pairs(self.lines, cost, x, self.paired[lines[self.paired]])
        return x[:-1]

    def again(
        self,
        before: Visit,
        lines: NDArray[np.bool_],
        prices: NDArray[np.float64] | None = None,
        closed: NDArray[np.bool_] | None = None,
        loss: float | None = None,
    ) -> Visit:
        """Price again those lines that are affected, where prices or gates differ from an earlier visit.

        Parameters
        ----------
        before : Visit
            Lines priced before; exact.
        lines : ndarray of bool, shape (L,)
            Lines that are affected.
        prices : ndarray, shape (P,), optional
            Other prices of rows without other lines than these; those of the visit if not given.
        closed, loss : optional
            As with `visit`.
        """
        prices = before.prices if prices is None else prices
        cost, x = self._at(prices, closed), np.zeros(len(self._base))
        least = np.where(lines, self.price_all(cost, x, loss=loss, lines=lines), before.values)
        mine = np.append(lines, False)[self.split.line]
        point = np.where(mine, x[:-1], before.x)
        gates = self.split.gates
        moved = float((prices - before.prices)[gates.row] @ gates.side)
        constant = before.constant + float((least - before.values)[lines].sum()) - moved
        return Visit(prices.copy(), constant, cost[self.split.planned], point, least, exact=before.exact)

    def _of_sides(self, prices: NDArray[np.float64]) -> float:
        """Return the part of the dual value that comes from sides of rows."""
        low, high = self.split.sides
        side = np.where(prices > 0, high, np.where(prices < 0, low, 0.0))
        return self.split.mip.offset - float(prices @ side)

    def constant_of(self, visit: Visit) -> float:
        """Return the constant of a visit without what lines cost."""
        cost = self.reduced(visit.prices)
        return self._of_sides(visit.prices) + self._boxed(cost, np.zeros(len(cost)))

    def _boxed(self, cost: NDArray[np.float64], x: NDArray[np.float64]) -> float:
        """Put every boxed column at its better bound and return what they cost."""
        part = self.split
        own, low, high = cost[part.boxed], part.lower[part.boxed], part.upper[part.boxed]
        x[part.boxed] = np.where(own < 0, high, np.where(np.isfinite(low), low, np.minimum(high, 0.0)))
        with np.errstate(invalid="ignore"):
            return float(np.where(own == 0, 0.0, own * np.where(own < 0, high, low)).sum())

    def reach(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a price for each priced row that is likely above its own, shape (P,).

        All the money of the lines that use the row, over their use, or twice what shared decisions cost that
        give as much of it.

        Parameters
        ----------
        x : ndarray, shape (n,)
            What lines do without prices.
        """
        part = self.split
        lines, x = part.line, np.abs(x)
        own = lines >= 0
        money = part.by_line(np.abs(self._base[:-1]) * x)
        weight = np.zeros(len(lines))
        weight[own] = money[lines[own]] / self.lines.rule.shape[1]
        size = abs(part.coupling)
        used = np.asarray(size @ x)
        most = np.asarray(size @ np.where(np.isfinite(part.upper), np.abs(part.upper), 0.0))
        touching = part.coupling.copy()
        touching.data = (x[touching.indices] > 0).astype(np.float64)
        flow = np.asarray(touching @ weight)
        typical = float(np.median(flow[flow > 0])) if (flow > 0).any() else 1.0
        use = np.maximum(used, 1e-3 * most)
        of_lines = np.maximum(flow, 1e-3 * typical) / np.where(use > 0, use, 1.0)
        shared = csr_array(part.coupling[:, part.planned])
        of_shared = np.zeros(len(use))
        row = np.repeat(np.arange(len(use)), np.diff(shared.indptr))
        bought = np.abs(self._base[part.planned[shared.indices]] / shared.data)
        np.maximum.at(of_shared, row, SHARED_MONEY * bought)
        return np.asarray(np.maximum(of_lines, of_shared))

    def price_all(
        self,
        cost: NDArray[np.float64],
        x: NDArray[np.float64],
        look: Callable[[], None] | None = None,
        *,
        programmed: bool = True,
        loss: float | None = None,
        lines: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.float64]:
        """Return the least cost of every line, exactly or as a bound where HiGHS is stopped.

        Parameters
        ----------
        cost : ndarray, shape (n + 1,)
            Reduced costs.
        x : ndarray, shape (n + 1,)
            Receives what lines do.
        look : callable, optional
            Called now and then; what it raises ends the pricing.
        programmed : bool
            Whether to ask HiGHS for the lines that no kernel prices.
        loss : float, optional
            As with `visit`.
        lines : ndarray of bool, shape (L,), optional
            Lines to price; all if not given. Nothing is said of the others.
        """
        least = np.zeros(self.split.lines)
        wanted = np.ones(len(least), dtype=bool) if lines is None else lines
        walked, stocked, paired = (group[wanted[group]] for group in (self.walked, self.stocked, self.paired))
        least[walked] = price_lines(self.lines, cost, x, walked)
        self._check(least, walked, cost, x)
        for some in np.array_split(stocked, 1 + len(stocked) // LINES_AT_ONCE):
            if look is not None:
                look()
            least[some] = price_lines(self.lines, cost, x, some)
        self._check(least, stocked, cost, x)
        least[paired] = price_pairs(self.lines, cost, x, paired)
        self._check(least, paired, cost, x)
        if wanted[self.doubled].any():
            self._price_doubled(least, cost, x, look, loss, np.flatnonzero(wanted[self.doubled]))
        for line in self.programmed[wanted[self.programmed]] if programmed else ():
            if look is not None:
                look()
            least[line] = self._by_program(int(line), cost, x)
        least += self.loops(cost)
        return least

    def _price_doubled(
        self, least: NDArray[np.float64], cost: NDArray[np.float64], x: NDArray[np.float64],
        look: Callable[[], None] | None, loss: float | None, among: NDArray[np.int64],
    ) -> None:  # fmt: skip
        """Price lines with stock and two options at once; HiGHS where bounds and plans are furthest apart."""
        bound, plan = (values[among] for values in self._doubles.price(cost, x, among))
        known = (np.abs(bound) < NEVER / 2) & (plan < NEVER / 2)
        apart = np.where(known, plan - bound, np.inf)
        allowed = LOST * abs(float(least.sum() + bound[known].sum())) if loss is None else loss
        chosen = self.doubled[among]
        least[chosen] = bound
        order = np.argsort(-apart)
        left = np.cumsum(apart[order][::-1])[::-1]
        for place in order[left > allowed]:
            if look is not None:
                look()
            line, own = int(chosen[place]), self._doubles.own[among[place]]
            before = x[own].copy()
            least[line] = self._by_program(line, cost, x)
            if known[place]:
                least[line] = max(least[line], bound[place])
                if float(cost[own] @ before) < float(cost[own] @ x[own]) or not x[own].any():
                    x[own] = before

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

    def _sort_out(self) -> None:
        """Leave to HiGHS the lines for which the kernel knows no plan."""
        for name in ("walked", "stocked"):
            lines = getattr(self, name)
            values = price_lines(self.lines, self._base, None, lines)
            odd = ~(np.abs(values) < NEVER / 2)
            setattr(self, name, lines[~odd])
            self.programmed = np.append(self.programmed, lines[odd])
