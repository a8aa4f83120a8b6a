"""Functions of the stock, compiled: piecewise linear, with jumps, and never increasing.

A function is three rows, where each piece begins, its value there and its slope, and a count of pieces;
before its first piece it is infinite. Stock may be scrapped, so that no function increases. Where there is no
room for more pieces, the last one becomes the lowest value there can be: what comes out is then a bound, and
still never above the true cost.
"""

from __future__ import annotations

from typing import Any

from prodmode.decomposition.compiled_nodes import NEVER
from prodmode.decomposition.jit import compiled


@compiled
def emit(F: Any, count: int, x: float, v: float, g: float, narrow: float) -> int:
    """Append a piece to a function that never increases."""
    g = min(g, 0.0)
    if count == 0:
        if v >= NEVER:
            return 0
        F[0, 0], F[1, 0], F[2, 0] = x, v, g
        return 1
    level = at_piece(F, count - 1, x)
    if v > level:
        # Above what stands: the function stays flat until the piece comes down to it.
        if v >= NEVER:
            g = 0.0
        if g < 0.0:
            count = _append(F, count, x, level, 0.0, narrow)
            x += (v - level) / -g
        v = level
    return _append(F, count, x, v, g, narrow)


@compiled
def _append(F: Any, count: int, x: float, v: float, g: float, narrow: float) -> int:
    last = count - 1
    if x - F[0, last] <= narrow:
        F[1, last], F[2, last] = min(F[1, last], v), g
        return count
    if g == F[2, last] and v == at_piece(F, last, x):
        return count
    if count >= F.shape[1]:
        F[1, last], F[2, last] = -NEVER, 0.0
        return count
    F[0, count], F[1, count], F[2, count] = x, v, g
    return count + 1


@compiled
def put(R: Any, count: int, x: float, end: float, v: float, g: float, narrow: float) -> int:
    """Emit a piece that ends; one that stands too high until then is passed over."""
    if count > 0 and v < NEVER and g < 0.0:
        last = count - 1
        level = at_piece(R, last, x)
        if v > level and v + g * (end - x) >= level:
            return emit(R, count, x, level, 0.0, narrow)
    return emit(R, count, x, v, g, narrow)


@compiled
def at_piece(F: Any, i: int, x: float) -> float:
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
        vf = at_piece(F, i, x - dxf) + dvf if i >= 0 else NEVER
        vg = at_piece(G, j, x - dxg) + dvg if j >= 0 else NEVER
        gf = F[2, i] if i >= 0 else 0.0
        gg = G[2, j] if j >= 0 else 0.0
        if vf > vg or (vf == vg and gf > gg):
            vf, vg, gf, gg = vg, vf, gg, gf
        count = put(R, count, x, end, vf, gf, narrow)
        if gf > gg and vg < NEVER:
            cross = x + (vg - vf) / (gf - gg)
            if cross < end:
                count = put(R, count, cross, end, vf + gf * (cross - x), gg, narrow)
    return count


@compiled
def _least_in_window(
    F: Any, nf: int, lo: float, hi: float, c: float, R: Any, queue: Any, narrow: float
) -> int:
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
                count = put(R, count, x, end, F[1, f] + c * (F[0, f] - x), -c, narrow)
        elif count > 0:
            count = emit(R, count, x, at_piece(R, count - 1, x), 0.0, narrow)
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
        return copied(B[0], nb, V)
    nc = lower(B[0], nb, 0.0, 0.0, F, nf, -hi, c * hi + base, B[1], narrow)
    if c > 0.0:
        np_ = _least_in_window(F, nf, lo, hi, c, B[2], queue, narrow)
        nb = lower(B[1], nc, 0.0, 0.0, B[2], np_, 0.0, base, B[0], narrow)
        return copied(B[0], nb, V)
    return copied(B[1], nc, V)


@compiled
def clipped(F: Any, nf: int, least: float, most: float, R: Any, narrow: float) -> int:
    """Fill in a function from `least` on, flat from `most` on."""
    count = 0
    for i in range(nf):
        x, end = F[0, i], F[0, i + 1] if i + 1 < nf else NEVER
        if end <= least or x > most:
            continue
        start = max(x, least)
        count = emit(R, count, start, at_piece(F, i, start), F[2, i], narrow)
    if count > 0 and R[2, count - 1] < 0.0 and R[0, count - 1] <= most:
        count = emit(R, count, most, at_piece(R, count - 1, most), 0.0, narrow)
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
            v = min(v, at_piece(R, count - 1, x))
        steep, flat, j = -NEVER, 0.0, i
        while j < nf - 1:
            span = F[0, j + 1] - x
            before = at_piece(F, j, F[0, j + 1])
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
        v = min(v, at_piece(R, count - 1, F[0, i]))
    R[0, count], R[1, count], R[2, count] = F[0, i], v, 0.0
    return count + 1


@compiled
def worthwhile(
    F: Any, nf: int, hold: float, rate: float, band: float, tiny: float, R: Any, narrow: float
) -> int:
    """Fill in a function without the stock that no best plan carries: flat where it may as well be less.

    Carrying j units instead of i < j costs at least ``hold (j - i)``, what scrapping the difference before
    would save, and at least ``rate (j - i) - band``, what making less before would save. So j is worth
    carrying only where the function falls by more than that.
    """
    by_hold, by_rate, count = NEVER, NEVER, 0
    for i in range(nf):
        x, v, g = F[0, i], F[1, i], F[2, i]
        end = F[0, i + 1] if i + 1 < nf else x
        last = v + g * (end - x)
        begin, stop = x, end
        if g + hold >= 0.0:
            stop = x
            if i > 0 and v + hold * x >= by_hold - tiny:
                stop = -1.0
        elif v + hold * x > by_hold:
            begin = x + (v + hold * x - by_hold) / -(g + hold)
        if g + rate >= 0.0:
            room = min(by_rate, v + rate * x) + band - (v + rate * x)
            if i > 0 and v + rate * x >= by_rate + band - tiny:
                stop = -1.0
            elif g + rate > 0.0:
                stop = min(stop, x + room / (g + rate))
        elif v + rate * x - band > by_rate:
            begin = max(begin, x + (v + rate * x - band - by_rate) / -(g + rate))
        by_hold = min(by_hold, v + hold * x, last + hold * end)
        by_rate = min(by_rate, v + rate * x, last + rate * end)
        if begin > stop:
            continue
        if stop - begin <= narrow:
            # Moved to where the cost is no higher.
            count = emit(R, count, begin, v + g * (stop - x), 0.0, narrow)
        else:
            count = emit(R, count, begin, v + g * (begin - x), g, narrow)
            count = emit(R, count, stop, v + g * (stop - x), 0.0, narrow)
    return count


@compiled
def value_at(F: Any, nf: int, x: float, narrow: float) -> float:
    """Value of a function; NEVER before it begins."""
    i = nf - 1
    while i >= 0 and F[0, i] > x + narrow:
        i -= 1
    if i < 0:
        return NEVER
    return at_piece(F, i, max(x, F[0, i]))


@compiled
def copied(F: Any, nf: int, R: Any) -> int:
    """Fill in a copy of a function."""
    for row in range(3):
        for i in range(nf):
            R[row, i] = F[row, i]
    return nf
