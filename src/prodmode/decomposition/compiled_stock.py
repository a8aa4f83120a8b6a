"""Lots with stock, exactly: dynamic programming over piecewise linear functions of the stock, compiled.

The cost from a period on is a function of the stock it is entered with: piecewise linear, with jumps, and
never increasing, since stock may be scrapped. Making and selling turn one such function into another by the
least value over a window that slides along it; its pieces follow from those at the ends of the window and
from the function's lowest points inside. Where pieces grow beyond `PIECES`, the last ones are replaced by
their lowest value: what comes out is then a bound, and still never above the true cost.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from prodmode.decomposition.compiled_nodes import make, pieces
from prodmode.decomposition.jit import compiled

NEVER = 1e30
PIECES = 1600
CROWDED = 300
FEW = 24
SLACK = 2e-8
"""Share of a run's revenue by which a function with more pieces than `FEW` may be lowered in each period."""

NARROW = 1e-9
"""How far, relative to the sizes at hand, positions may be moved: always to where the cost is no higher."""


@compiled
def emit(F: Any, count: int, x: float, v: float, g: float, narrow: float) -> int:
    """Append a piece to a function that never increases."""
    g = min(g, 0.0)
    if count == 0:
        if v >= NEVER:
            return 0
        F[0, 0], F[1, 0], F[2, 0] = x, v, g
        return 1
    last = count - 1
    span = x - F[0, last]
    level = F[1, last] + F[2, last] * span
    if v >= level:
        if v >= NEVER:
            g = 0.0
        # Above what stands: the function stays flat until the piece comes down to it.
        if g < 0.0 and v > level:
            count = emit(F, count, x, level, 0.0, narrow)
            return emit(F, count, x + (v - level) / -g, level, g, narrow)
        v = level
    if span <= narrow:
        F[1, last], F[2, last] = min(F[1, last], v), g
        return count
    if v == level and g == F[2, last]:
        return count
    if count >= F.shape[1]:
        # No room: the last piece becomes flat at the lowest the function can come to.
        F[1, last], F[2, last] = -NEVER, 0.0
        return count
    F[0, count], F[1, count], F[2, count] = x, v, g
    return count + 1


@compiled
def _piece(R: Any, count: int, x: float, end: float, v: float, g: float, narrow: float) -> int:
    """Emit a piece that ends; one that stands too high until then is passed over."""
    if count > 0 and v < NEVER and g < 0.0:
        last = count - 1
        level = F_at(R, last, x)
        if v > level and v + g * (end - x) >= level:
            return emit(R, count, x, level, 0.0, narrow)
    return emit(R, count, x, v, g, narrow)


@compiled
def F_at(F: Any, i: int, x: float) -> float:
    return F[1, i] + F[2, i] * (x - F[0, i])


@compiled
def lower(
    F: Any, nf: int, dxf: float, dvf: float, G: Any, ng: int, dxg: float, dvg: float, R: Any, narrow: float
) -> int:
    """Fill in the lower of two functions, each shifted and raised; returns the number of pieces."""
    i, j, count = -1, -1, 0
    while i + 1 < nf or j + 1 < ng:
        nextf = F[0, i + 1] + dxf if i + 1 < nf else NEVER
        nextg = G[0, j + 1] + dxg if j + 1 < ng else NEVER
        x = min(nextf, nextg)
        if nextf <= x:
            i += 1
        if nextg <= x:
            j += 1
        nextf = F[0, i + 1] + dxf if i + 1 < nf else NEVER
        nextg = G[0, j + 1] + dxg if j + 1 < ng else NEVER
        end = min(nextf, nextg)
        vf = F_at(F, i, x - dxf) + dvf if i >= 0 else NEVER
        vg = F_at(G, j, x - dxg) + dvg if j >= 0 else NEVER
        gf = F[2, i] if i >= 0 else 0.0
        gg = G[2, j] if j >= 0 else 0.0
        if vf > vg or (vf == vg and gf > gg):
            vf, vg, gf, gg = vg, vf, gg, gf
        count = _piece(R, count, x, end, vf, gf, narrow)
        if gf > gg and vg < NEVER:
            cross = x + (vg - vf) / (gf - gg)
            if cross < end:
                count = _piece(R, count, cross, end, vf + gf * (cross - x), gg, narrow)
    return count


@compiled
def _lowest(F: Any, nf: int, lo: float, hi: float, c: float, R: Any, queue: Any, narrow: float) -> int:
    """Fill in what the lowest points inside a sliding window are worth; c > 0."""
    points = 0
    for i in range(nf):
        # A point counts where the function plus c x does not fall after it.
        if F[2, i] + c >= 0.0:
            queue[points] = i
            points += 1
    count, head, tail, taken = 0, 0, 0, 0
    deque = queue[nf:]
    x = 0.0
    while taken < points or head < tail:
        start = F[0, queue[taken]] - hi if taken < points else NEVER
        stop = F[0, deque[head]] - lo if head < tail else NEVER
        if start <= stop:
            x, i = start, queue[taken]
            taken += 1
            h = F[1, i] + c * F[0, i]
            while head < tail and F[1, deque[tail - 1]] + c * F[0, deque[tail - 1]] >= h:
                tail -= 1
            deque[tail] = i
            tail += 1
        else:
            x = stop
            head += 1
        if head < tail:
            f = deque[head]
            end = F[0, f] - lo
            if taken < points:
                end = min(end, F[0, queue[taken]] - hi)
            if end > x:
                count = _piece(R, count, x, end, F[1, f] + c * (F[0, f] - x), -c, narrow)
        elif count > 0:
            count = emit(R, count, x, F_at(R, count - 1, x), 0.0, narrow)
    return count


@compiled
def slide(
    F: Any,
    nf: int,
    lo: float,
    hi: float,
    c: float,
    base: float,
    V: Any,
    nv: int,
    B: Any,
    queue: Any,
    narrow: float,
) -> int:
    """Lower V to the least of F(x + u) + c u + base over u in [lo, hi]; returns its number of pieces."""
    if nf == 0:
        return nv
    nb = lower(V, nv, 0.0, 0.0, F, nf, -lo, c * lo + base, B[0], narrow)
    if hi <= lo:
        V[:, :nb] = B[0][:, :nb]
        return nb
    nc = lower(B[0], nb, 0.0, 0.0, F, nf, -hi, c * hi + base, B[1], narrow)
    if c > 0.0:
        np_ = _lowest(F, nf, lo, hi, c, B[2], queue, narrow)
        nb = lower(B[1], nc, 0.0, 0.0, B[2], np_, 0.0, base, B[0], narrow)
        V[:, :nb] = B[0][:, :nb]
        return nb
    V[:, :nc] = B[1][:, :nc]
    return nc


@compiled
def clipped(F: Any, nf: int, least: float, most: float, R: Any, narrow: float) -> int:
    """Fill in a function from `least` on, flat from `most` on."""
    count = 0
    for i in range(nf):
        x, end = F[0, i], F[0, i + 1] if i + 1 < nf else NEVER
        if end <= least or x > most:
            continue
        start = max(x, least)
        count = emit(R, count, start, F_at(F, i, start), F[2, i], narrow)
    if count > 0 and R[2, count - 1] < 0.0 and R[0, count - 1] <= most:
        count = emit(R, count, most, F_at(R, count - 1, most), 0.0, narrow)
    return count


@compiled
def simplified(F: Any, nf: int, slack: float, R: Any) -> int:
    """Fill in a function with fewer pieces, nowhere above the given one and at most `slack` below it.

    Each new piece is carried as far as a slope can be chosen that keeps it within. The last one is flat.
    """
    count, i = 0, 0
    while i < nf - 1:
        x, v = F[0, i], F[1, i] - slack / 2
        if count > 0:
            v = min(v, F_at(R, count - 1, x))
        steep, flat, j = -NEVER, 0.0, i
        while j < nf - 1:
            span = F[0, j + 1] - x
            before = F_at(F, j, F[0, j + 1])
            most = (before - v) / span
            if j > i:
                most = min(most, (F[1, j] - v) / (F[0, j] - x))
            least = (before - slack - v) / span
            if j > i and max(steep, least) > min(flat, most):
                break
            steep, flat = max(steep, least), min(flat, most)
            j += 1
        R[0, count], R[1, count], R[2, count] = x, v, flat
        count += 1
        i = j
    v = F[1, i]
    if count > 0:
        v = min(v, F_at(R, count - 1, F[0, i]))
    R[0, count], R[1, count], R[2, count] = F[0, i], v, 0.0
    return count + 1


@compiled
def value_at(F: Any, nf: int, x: float, narrow: float) -> float:
    """Value of a function; NEVER before it begins."""
    i = nf - 1
    while i >= 0 and F[0, i] > x + narrow:
        i -= 1
    if i < 0:
        return NEVER
    return F_at(F, i, max(x, F[0, i]))


@compiled
def kept(V: Any, nv: int, leave: float, hold: float, cap: float, R: Any, B: Any, narrow: float) -> int:
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
        count = _piece(R, count, x, end, S[1, i] + hold * x, S[2, i] + hold, narrow)
        if end >= cap:
            level = F_at(R, count - 1, end) if count > 0 else NEVER
            count = emit(R, count, end, level, 0.0, narrow)
    return count


@compiled
def sold_from(
    U: Any, nu: int, least: float, demand: float, margin: float, R: Any, B: Any, queue: Any, narrow: float
) -> int:
    """Cost of having units to sell or keep: between `least` and `demand` are sold at `margin` each."""
    return slide(U, nu, -demand, -least, -margin, 0.0, R, 0, B, queue, narrow)


@compiled
def best_use(
    U: Any, nu: int, a: float, least: float, demand: float, margin: float, narrow: float
) -> tuple[float, float, float]:
    """Units sold and kept, and their cost, where there are `a` units."""
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
    return best, sold, stock


@compiled
def sizes(lines: Any, cost: Any, w: int, o: int) -> tuple[float, float]:
    """Return how far positions and values of an option's functions may be moved."""
    plain, second, bound = lines.plain, lines.second, lines.bound
    size, money = plain[o, 0] + plain[o, 2], 0.0
    for t in range(second.shape[2]):
        size += bound[w, o, t, 0]
        money += bound[w, o, t, 0] * abs(cost[second[w, o, t, 2]])
    return NARROW * max(size, 1e-6), SLACK * money


@compiled
def step(
    lines: Any,
    cost: Any,
    w: int,
    o: int,
    t: int,
    leave: float,
    fixed: float,
    narrow: float,
    slack: float,
    V: Any,
    nv: int,
    S: Any,
    M: Any,
) -> int:
    """Work back over one period: V becomes the cost from t on, by the stock it is entered with.

    `leave` is the cost of going on without the option, `fixed` that of being in force in t. What selling and
    keeping cost stays in M, for `follow`.
    """  # fmt: skip
    plain, second, bound = lines.plain, lines.second, lines.bound
    low, high, at, slope, tier = S[0], S[1], S[2], S[3], S[4]
    A, U, na, nu, B, queue = M
    later = 0.0
    for u in range(t + 1, second.shape[2]):
        later += bound[w, o, u, 0]
    column = second[w, o, t, 3]
    cap = later if column >= 0 else 0.0
    nu[t] = kept(V, nv, leave, cost[column], cap, U[t], B, narrow)
    demand, good = bound[w, o, t, 0], bound[w, o, t, 1]
    least = plain[o, 1] * demand
    na[t] = sold_from(U[t], nu[t], least, demand, cost[second[w, o, t, 2]], A[t], B, queue, narrow)
    most = later + demand if t > 0 else max(later + demand, plain[o, 2])
    nv = copied(A[t], na[t], V)
    free = 0.0
    count = pieces(
        lines, cost, w, o, t,
        low, high, at, slope, tier,
    )  # fmt: skip
    for n in range(count):
        if good > 0.0:
            nv = slide(
                A[t], na[t], good * low[n], good * high[n], slope[n] / good, at[n], V, nv, B, queue, narrow
            )
            if nv > CROWDED:
                nv = clipped(V, nv, 0.0, most, B[0], narrow)
                nv = simplified(B[0], nv, slack, V)
        else:
            free = min(free, at[n] + min(slope[n] * low[n], slope[n] * high[n]))
    nv = clipped(V, nv, 0.0, most, B[0], narrow)
    nv = simplified(B[0], nv, slack, V) if nv > FEW else copied(B[0], nv, V)
    for i in range(nv):
        V[1, i] += free + fixed
    return nv


@compiled
def build(
    lines: Any,
    cost: Any,
    w: int,
    o: int,
    leaves: Any,
    last: int,
    until: int,
    entered: Any,
    V: Any,
    S: Any,
    M: Any,
) -> None:
    """Work back from `last`: `entered[a]` is the cost from a on, `leaves[t]` that of leaving after t.

    entered[T] is that of beginning in the first period with the initial stock.
    """  # fmt: skip
    path, plain, second = lines.path, lines.plain, lines.second
    periods = second.shape[2]
    narrow, slack = sizes(lines, cost, w, o)
    for a in range(periods + 1):
        entered[a] = NEVER
    nv = 0
    for t in range(last, until - 1, -1):
        if path[o, t, 0] < 0:
            # Only leaving is left for the period before.
            nv = 0
            continue
        nv = step(
            lines, cost, w, o, t,
            leaves[t], 0.0, narrow, slack, V, nv, S, M,
        )  # fmt: skip
        entered[t] = value_at(V, nv, 0.0, narrow)
        if t == 0:
            entered[periods] = value_at(V, nv, plain[o, 2], narrow)


@compiled
def follow(
    lines: Any,
    cost: Any,
    x: Any,
    w: int,
    o: int,
    a: int,
    b: int,
    leaves: Any,
    stock: float,
    weight: float,
    S: Any,
    M: Any,
) -> int:
    """Add to a point what a run from a on does, up to b at most; returns its last period.

    Comes after `step` has worked back from b or later.
    """  # fmt: skip
    plain, second, bound = lines.plain, lines.second, lines.bound
    low, high, at, slope, tier = S[0], S[1], S[2], S[3], S[4]
    A, U, na, nu = M[0], M[1], M[2], M[3]
    narrow, _ = sizes(lines, cost, w, o)
    for t in range(a, b + 1):
        good = bound[w, o, t, 1]
        best, made, piece = value_at(A[t], na[t], stock, narrow), 0.0, -1
        count = pieces(
            lines, cost, w, o, t,
            low, high, at, slope, tier,
        )  # fmt: skip
        for n in range(count):
            for i in range(-2, na[t]):
                q = low[n] if i == -2 else high[n]
                if i >= 0:
                    if good <= 0.0:
                        break
                    q = (A[t][0, i] - stock) / good
                    if q < low[n] or q > high[n]:
                        continue
                value = at[n] + slope[n] * q + value_at(A[t], na[t], stock + good * q, narrow)
                if value < best:
                    best, made, piece = value, q, n
        if piece >= 0:
            make(
                lines,
                x,
                w,
                o,
                t,
                made,
                piece,
                tier,
                weight,
            )
        demand = bound[w, o, t, 0]
        _, sold, left = best_use(
            U[t], nu[t], stock + good * made, plain[o, 1] * demand, demand, cost[second[w, o, t, 2]], narrow
        )
        i = nu[t] - 1
        while i > 0 and U[t][0, i] > left + narrow:
            i -= 1
        stock = left if U[t][2, i] < 0.0 else min(left, U[t][0, i])
        x[second[w, o, t, 2]] += weight * sold
        x[second[w, o, t, 3]] += weight * stock
        worth = value_at(U[t], nu[t], stock, narrow)
        if leaves[t] < NEVER and leaves[t] + cost[second[w, o, t, 3]] * stock <= worth + 1e-9 * abs(worth):
            return t
    return b


@compiled
def copied(F: Any, nf: int, R: Any) -> int:
    R[:, :nf] = F[:, :nf]
    return nf


@compiled
def memory(periods: int) -> Any:
    """Return the arrays that `build` and `follow` work in."""
    return (
        np.empty((periods, 3, PIECES)), np.empty((periods, 3, PIECES)), np.zeros(periods, np.int64),
        np.zeros(periods, np.int64), np.empty((3, 3, PIECES)),
        np.empty(2 * PIECES + 2, np.int64),
    )  # fmt: skip
