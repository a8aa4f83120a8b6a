"""Lots with stock, exactly: dynamic programming over functions of the stock, compiled.

The cost from a period on is a function of the stock it is entered with. Making and selling turn one such
function into another by the least value over a window that slides along it; its pieces follow from those at
the ends of the window and from the function's lowest points inside. Before it is carried back, the function
loses the stock that no best plan carries (`worthwhile`), so that mostly a few pieces are left: those where a
setup, a lot or a tier is saved, or where production is short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodmode.decomposition.compiled_functions import (
    at_piece,
    clipped,
    copied,
    emit,
    lower,
    put,
    simplified,
    slide,
    value_at,
    worthwhile,
)
from prodmode.decomposition.compiled_nodes import NEVER, make, pieces
from prodmode.decomposition.jit import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.lines import Lines

PIECES = 1600
CROWDED = 300
FEW = 48
SLACK = 2e-8
"""Share of a run's revenue by which a function with more pieces than `FEW` may be lowered in each period."""

NARROW = 1e-9
"""How far, relative to the sizes at hand, positions may be moved: always to where the cost is no higher."""

EVEN = 1e-13
"""Share of a run's revenue that counts as no saving."""


class Desk(NamedTuple):
    """Memory for pricing lines one after another.

    Attributes
    ----------
    P, tier, count
        Pieces of the cost of making, their tiers and their number, by option of the line and period.
    later, carried
        By option and period: demand after it; least cost per unit of having made stock before it, and what
        may be saved less than that.
    tiny
        By option: how far positions and values may be moved, what counts as no saving.
    V
        Cost from a period on by option and layer.
    A, U, na, nu
        By period: cost of having units to sell or keep, and of keeping them.
    B, queue, scratch, scratch_tier
        For passing use.
    node
        Cost of each option in each period; of those with stock, without units made, sold or kept.
    run
        With several scenarios: cost of having an option with stock in force from one period to another; the
        last row is the first with the initial stock.
    enter, swap
        Cost from a period on, by counted starts, with an option in force in it, or left in it.
    held
        By option and layer: pieces of V.
    entered, leaves
        What `build` gives and takes.
    """

    P: Any
    tier: Any
    count: Any
    later: Any
    carried: Any
    tiny: Any
    V: Any
    A: Any
    U: Any
    na: Any
    nu: Any
    B: Any
    queue: Any
    scratch: Any
    scratch_tier: Any
    node: Any
    run: Any
    enter: Any
    swap: Any
    held: Any
    entered: Any
    leaves: Any


def desk(lines: Lines, chosen: NDArray[np.int64], *, whole: bool = False) -> Desk:
    """Return memory for pricing some lines, in whole runs if wanted or where there are scenarios."""
    options = np.diff(lines.first)[chosen]
    scenarios, _, periods, _ = lines.second.shape
    widest, deepest = int(options.max(initial=1)) + 1, int(lines.line[chosen, 1].max(initial=1))
    size = int(np.diff(lines.tier_first).max(initial=0)) + 1
    runs = (widest, periods + 1, periods) if whole or scenarios > 1 else (1, 1, 1)
    return Desk(
        np.empty((widest, periods, 4, size)), np.empty((widest, periods, size), np.int64),
        np.zeros((widest, periods), np.int64), np.empty((widest, periods)), np.empty((widest, periods, 2)),
        np.empty((widest, 3)), np.empty((widest, deepest, 3, PIECES)), np.empty((periods, 3, PIECES)),
        np.empty((periods, 3, PIECES)), np.zeros(periods, np.int64), np.zeros(periods, np.int64),
        np.empty((3, 3, PIECES)), np.empty(2 * PIECES + 2, np.int64),
        np.empty((4, size)), np.empty(size, np.int64),
        np.empty((widest, periods)), np.empty(runs), np.empty((periods + 1, deepest, widest)),
        np.empty((periods + 1, deepest, widest)), np.zeros((widest, deepest), np.int64),
        np.empty(periods + 1), np.empty(periods),
    )  # fmt: skip


@compiled
def _saved_by_less(P: Any, count: int) -> tuple[float, float]:
    """Return rate and band: making d units less saves at least ``rate d - band``, and all of q ``rate q``.

    More may be made than needed, so that the cost counts as the least of making that much or more.
    """
    rate = NEVER
    for n in range(count):
        low, high, at, slope = P[0, n], P[1, n], P[2, n], P[3, n]
        if high <= 0.0:
            continue
        if low <= 0.0:
            if at < 0.0:
                return -NEVER, 0.0
        else:
            rate = min(rate, (at + slope * low) / low)
        rate = min(rate, slope, (at + slope * high) / high)
    if rate >= NEVER or rate <= 0.0:
        return rate, 0.0
    # From the right: the lowest that cost less rate falls to, and the largest height to the left of it.
    band, bottom, later = 0.0, NEVER, NEVER
    for n in range(count - 1, -1, -1):
        low, high, at, slope = P[0, n], P[1, n], P[2, n], P[3, n]
        if high <= 0.0:
            continue
        top, foot = at + slope * high, at + slope * low
        if later < NEVER:
            band = max(band, later - rate * high - bottom)
        bottom = min(bottom, min(top, later) - rate * high)
        if foot < later < top:
            band = max(band, later - rate * (later - at) / slope - bottom)
        band = max(band, min(foot, later) - rate * low - bottom)
        bottom = min(bottom, min(foot, later) - rate * low)
        later = min(later, foot)
    return rate, max(band, later - bottom)


@compiled
def prepare(lines: Any, cost: Any, w: int, o: int, i: int, D: Any) -> None:
    """Lay out what `step` needs to know of an option, the i-th of its line."""
    periods = lines.second.shape[2]
    later, size, money = 0.0, lines.plain[o, 0] + lines.plain[o, 2], 0.0
    for t in range(periods - 1, -1, -1):
        D.later[i, t] = later
        demand = lines.bound[w, o, t, 0]
        later += demand
        money += demand * abs(cost[lines.second[w, o, t, 2]])
    D.tiny[i, 0], D.tiny[i, 1], D.tiny[i, 2] = NARROW * max(size + later, 1e-6), SLACK * money, EVEN * money
    rate, band = NEVER, 0.0
    for t in range(periods):
        D.carried[i, t, 0], D.carried[i, t, 1] = rate, band
        D.count[i, t] = 0
        if lines.path[o, t, 0] < 0:
            # Stock is lost when the option is left.
            rate, band = NEVER, 0.0
            continue
        D.count[i, t] = pieces(lines, cost, w, o, t, D.P[i, t], D.tier[i, t])
        good = lines.bound[w, o, t, 1]
        if good > 0.0:
            unit, more = _saved_by_less(D.P[i, t], D.count[i, t])
            if abs(unit) < NEVER:
                unit /= good
            rate, band = min(rate, unit), max(band, more)
        if abs(rate) < NEVER:
            rate += cost[lines.second[w, o, t, 3]]


@compiled
def _kept(V: Any, nv: int, leave: float, hold: float, cap: float, R: Any, B: Any, narrow: float) -> int:
    """Cost of having stock at the end of a period: held, and worth what comes after or nothing."""
    T, nt = B[1], 0
    T[0, 0], T[1, 0], T[2, 0] = 0.0, leave, 0.0
    if leave >= NEVER:
        nt = clipped(V, nv, 0.0, NEVER, B[0], narrow)
    else:
        nt = lower(V, nv, 0.0, 0.0, T, 1, 0.0, 0.0, B[0], narrow)
    S, count = B[0], 0
    for i in range(nt):
        x = S[0, i]
        if x > cap:
            break
        end = min(cap, S[0, i + 1] if i + 1 < nt else NEVER)
        count = put(R, count, x, end, S[1, i] + hold * x, S[2, i] + hold, narrow)
        if end >= cap:
            level = at_piece(R, count - 1, end) if count > 0 else NEVER
            count = emit(R, count, end, level, 0.0, narrow)
    return count


@compiled
def step(
    lines: Any, cost: Any, w: int, o: int, i: int, t: int, leave: float, fixed: float, old: bool,
    V: Any, nv: int, D: Any,
) -> int:  # fmt: skip
    """Work back over one period: V becomes the cost from t on, by the stock it is entered with.

    `leave` is the cost of going on without the option, `fixed` that of being in force in t, `old` whether the
    stock may be left of the initial one. What selling and keeping cost stays in the desk, for `follow`.
    """
    B, queue, A, U = D.B, D.queue, D.A[t], D.U[t]
    narrow, slack, tiny, later = D.tiny[i, 0], D.tiny[i, 1], D.tiny[i, 2], D.later[i, t]
    stock = lines.second[w, o, t, 3]
    D.nu[t] = _kept(V, nv, leave, cost[stock], later if stock >= 0 else 0.0, U, B, narrow)
    demand, good = lines.bound[w, o, t, 0], lines.bound[w, o, t, 1]
    margin = cost[lines.second[w, o, t, 2]]
    least = lines.plain[o, 1] * demand
    D.na[t] = slide(U, D.nu[t], -demand, -least, -margin, 0.0, A, 0, B, queue, narrow)
    most = later + demand if t > 0 else max(later + demand, lines.plain[o, 2])
    nv = copied(A, D.na[t], V)
    free = 0.0
    for n in range(D.count[i, t]):
        low, high, at, slope = D.P[i, t, 0, n], D.P[i, t, 1, n], D.P[i, t, 2, n], D.P[i, t, 3, n]
        if good > 0.0:
            nv = slide(A, D.na[t], good * low, good * high, slope / good, at, V, nv, B, queue, narrow)
            if nv > CROWDED:
                nv = clipped(V, nv, 0.0, most, B[0], narrow)
                nv = simplified(B[0], nv, slack, V)
        else:
            free = min(free, at + min(slope * low, slope * high))
    nv = clipped(V, nv, 0.0, most, B[0], narrow)
    if t > 0:
        hold, rate = cost[lines.second[w, o, t - 1, 3]], D.carried[i, t, 0]
        rate = -NEVER if old else rate
        nv = worthwhile(B[0], nv, hold, max(hold, rate), D.carried[i, t, 1], tiny, V, narrow)
    else:
        nv = copied(B[0], nv, V)
    if nv > FEW:
        nv = simplified(V, nv, slack, B[0])
        nv = copied(B[0], nv, V)
    for n in range(nv):
        V[1, n] += free + fixed
    return nv


@compiled
def build(
    lines: Any, cost: Any, w: int, o: int, i: int, last: int, until: int, old: bool, D: Any,
) -> None:  # fmt: skip
    """Work back from `last`: D.entered[a] is the cost from a on, D.leaves[t] that of leaving after t.

    D.entered[T] is that of beginning in the first period with the initial stock. Comes after `prepare`.
    """
    periods = lines.second.shape[2]
    V, narrow, entered, leaves = D.V[i, 0], D.tiny[i, 0], D.entered, D.leaves
    for a in range(periods + 1):
        entered[a] = NEVER
    nv = 0
    for t in range(last, until - 1, -1):
        if lines.path[o, t, 0] < 0:
            # Only leaving is left for the period before.
            nv = 0
            continue
        nv = step(lines, cost, w, o, i, t, leaves[t], 0.0, old, V, nv, D)
        entered[t] = value_at(V, nv, 0.0, narrow)
        if t == 0:
            entered[periods] = value_at(V, nv, lines.plain[o, 2], narrow)


@compiled
def _best_use(
    U: Any, nu: int, a: float, least: float, demand: float, margin: float, narrow: float
) -> tuple[float, float]:
    """Units sold and kept where there are `a` units."""
    best, sold, stock = NEVER, 0.0, 0.0
    for side in range(3 + nu):
        j = 0.0
        if side == 0:
            s = least
        elif side == 1:
            s = min(demand, a)
        elif side == 2:
            s = demand
        else:
            j = U[0, side - 3]
            s = min(demand, max(least, a - j))
        if s > a + narrow or s < least - narrow or s > demand + narrow:
            continue
        room = max(0.0, a - s)
        value = margin * s + value_at(U, nu, room, narrow)
        if value < best:
            best, sold, stock = value, s, room
    return sold, stock


@compiled
def _best_made(i: int, t: int, good: float, stock: float, D: Any) -> tuple[float, int]:
    """Units made where there is some stock, and the piece; comes after `step`."""
    A, na, narrow = D.A[t], D.na[t], D.tiny[i, 0]
    best, made, piece = value_at(A, na, stock, narrow), 0.0, -1
    for n in range(D.count[i, t]):
        low, high, at, slope = D.P[i, t, 0, n], D.P[i, t, 1, n], D.P[i, t, 2, n], D.P[i, t, 3, n]
        for j in range(-2, na):
            q = low if j == -2 else high
            if j >= 0:
                if good <= 0.0:
                    break
                q = (A[0, j] - stock) / good
                if q < low or q > high:
                    continue
            value = at + slope * q + value_at(A, na, stock + good * q, narrow)
            if value < best:
                best, made, piece = value, q, n
    return made, piece


@compiled
def follow(
    lines: Any, cost: Any, x: Any, w: int, o: int, i: int, a: int, b: int, stock: float, D: Any,
) -> int:  # fmt: skip
    """Add to a point what a run from a on does, up to b at most; returns its last period.

    Comes after `step` has worked back from b or later.
    """
    narrow, leaves = D.tiny[i, 0], D.leaves
    for t in range(a, b + 1):
        good, demand = lines.bound[w, o, t, 1], lines.bound[w, o, t, 0]
        made, piece = _best_made(i, t, good, stock, D)
        if piece >= 0:
            make(lines, x, w, o, t, made, D.tier[i, t, piece])
        column, U, nu = lines.second[w, o, t, 2], D.U[t], D.nu[t]
        sold, left = _best_use(
            U, nu, stock + good * made, lines.plain[o, 1] * demand, demand, cost[column], narrow
        )
        n = nu - 1
        while n > 0 and U[0, n] > left + narrow:
            n -= 1
        stock = left if U[2, n] < 0.0 else min(left, U[0, n])
        keep = lines.second[w, o, t, 3]
        x[column] += sold
        x[keep] += stock
        worth = value_at(U, nu, stock, narrow)
        if leaves[t] < NEVER and leaves[t] + cost[keep] * stock <= worth + 1e-9 * abs(worth):
            return t
    return b
