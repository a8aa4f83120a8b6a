"""The kernel for lines that may have two options in force at once, without stock: exact, compiled.

States are single options, pairs of them and none. What a pair costs in a period is the least over how the two
share the line's demand: both costs are piecewise linear in what is sold, so the best shares lie where each is
at a break, or where one is and the line's demand or least fill rate binds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.decomposition.compiled_nodes import NEVER, make, pieces
from prodmode.decomposition.jit import compiled, in_parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.lines import Lines

MOST_BREAKS = 64
TOGETHER = 32


@compiled
def _selling(
    s: float, count: int, good: float, margin: float, low: Any, high: Any, at: Any, slope: Any
) -> tuple[float, float, int]:
    """Return the least cost of selling s units, the units made and the piece; pieces are listed already."""
    best, amount, piece = NEVER, 0.0, -1
    if s <= 0.0:
        best = 0.0
    for n in range(count):
        q = low[n]
        if s > 0.0:
            if good <= 0.0:
                continue
            q = max(q, s / good)
        if q > high[n]:
            if q > high[n] * (1.0 + 1e-9):
                continue
            q = high[n]
        if slope[n] < 0.0:
            q = high[n]
        value = at[n] + slope[n] * q
        if value < best:
            best, amount, piece = value, q, n
    if best < NEVER:
        best += margin * s
    return best, amount, piece


@compiled
def _breaks(count: int, good: float, market: float, low: Any, high: Any, out: Any) -> int:
    out[0], out[1] = 0.0, market
    n = 2
    for i in range(count):
        for q in (low[i], high[i]):
            if 0.0 < good * q < market:
                out[n] = good * q
                n += 1
    return n


@compiled
def _pair(
    w: int,
    a: int,
    b: int,
    t: int,
    demand: float,
    least: float,
    lines: Any,
    cost: Any,
    L: Any,
    C: Any,
    E: Any,
    best_of: Any,
) -> float:
    """Return the least cost of two options that share a demand, with what each sells in best_of."""
    plain, second, bound = lines.plain, lines.second, lines.bound
    ga, gb = bound[w, a, t, 1], bound[w, b, t, 1]
    ma, mb = cost[second[w, a, t, 2]], cost[second[w, b, t, 2]]
    na = _breaks(C[0], ga, bound[w, a, t, 0], L[0, 0], L[0, 1], E[0])
    nb = _breaks(C[1], gb, bound[w, b, t, 0], L[1, 0], L[1, 1], E[1])
    fa, fb = plain[a, 3], plain[b, 3]
    ka, kb = (1.0 / fa if fa > 0.0 else 0.0), (1.0 / fb if fb > 0.0 else 0.0)
    tiny = 1e-9 * max(demand, 1e-6)
    best = NEVER
    for j in range(nb):
        E[3, j] = _selling(E[1, j], C[1], gb, mb, L[1, 0], L[1, 1], L[1, 2], L[1, 3])[0]
    for i in range(na + nb):
        # A break of the first with each break of the second, and both with a row of the line that binds.
        first = i < na
        s = E[0, i] if first else E[1, i - na]
        k, other = (ka, kb) if first else (kb, ka)
        mine = _selling(s, C[0], ga, ma, L[0, 0], L[0, 1], L[0, 2], L[0, 3])[0] if first else E[3, i - na]
        if mine >= NEVER:
            continue
        if first:
            for j in range(nb):
                total = s * ka + E[1, j] * kb
                if total > demand + tiny or total < least - tiny:
                    continue
                if mine + E[3, j] < best:
                    best = mine + E[3, j]
                    best_of[0], best_of[1] = s, E[1, j]
        if other <= 0.0:
            continue
        for level in (demand, least):
            r = (level - s * k) / other
            most = bound[w, b, t, 0] if first else bound[w, a, t, 0]
            if r < -tiny or r > most * (1.0 + 1e-9):
                continue
            r = max(0.0, min(r, most))
            if first:
                rest = _selling(r, C[1], gb, mb, L[1, 0], L[1, 1], L[1, 2], L[1, 3])[0]
            else:
                rest = _selling(r, C[0], ga, ma, L[0, 0], L[0, 1], L[0, 2], L[0, 3])[0]
            if mine + rest < best:
                best = mine + rest
                best_of[0], best_of[1] = (s, r) if first else (r, s)
    return best


@compiled
def _list(
    lines: Any,
    cost: Any,
    w: int,
    o: int,
    t: int,
    L: Any,
    tier: Any,
) -> int:
    return pieces(lines, cost, w, o, t, L, tier)


@compiled(allocates=True)
def _line(
    lines: Any,
    cost: Any,
    which: int,
    x: Any,
    write: bool,
) -> float:
    first, order, line, rule, path, plain, second, bound = (
        lines.first,
        lines.order,
        lines.line,
        lines.rule,
        lines.path,
        lines.plain,
        lines.second,
        lines.bound,
    )
    scenarios, _, periods, _ = second.shape
    begin = first[which]
    options = first[which + 1] - begin
    layers = line[which, 1]
    states = options + options * (options - 1) // 2 + 1
    none = states - 1
    members = np.full((states, 2), -1, np.int64)
    n = options
    for i in range(options):
        members[i, 0] = i
        for j in range(i + 1, options):
            members[n, 0], members[n, 1] = i, j
            n += 1
    L, tiers = np.empty((2, 4, MOST_BREAKS)), np.empty((2, MOST_BREAKS), np.int64)
    C, E, best_of = np.zeros(2, np.int64), np.empty((4, 2 * MOST_BREAKS + 4)), np.zeros(2)
    node = np.full((states, periods), NEVER)
    sold = np.zeros((states, periods, scenarios, 2))
    for t in range(periods):
        if rule[which, t, 2]:
            node[none, t] = 0.0
        for s in range(states - 1):
            a = order[begin + members[s, 0]]
            b = order[begin + members[s, 1]] if members[s, 1] >= 0 else -1
            if path[a, t, 0] < 0 or (b >= 0 and path[b, t, 0] < 0):
                continue
            total = cost[path[a, t, 0]] + cost[rule[which, t, 0]]
            if b >= 0:
                total += cost[path[b, t, 0]]
            for w in range(scenarios):
                # The line's demand, from the market of an option that has one.
                demand = bound[w, a, t, 0] / plain[a, 3] if plain[a, 3] > 0.0 else 0.0
                if b >= 0 and demand <= 0.0 and plain[b, 3] > 0.0:
                    demand = bound[w, b, t, 0] / plain[b, 3]
                least = plain[a, 1] * demand
                C[0] = _list(
                    lines,
                    cost,
                    w,
                    a,
                    t,
                    L[0],
                    tiers[0],
                )
                if b >= 0:
                    C[1] = _list(
                        lines,
                        cost,
                        w,
                        b,
                        t,
                        L[1],
                        tiers[1],
                    )
                    value = _pair(w, a, b, t, demand, least, lines, cost, L, C, E, best_of)
                else:
                    value, margin, good = NEVER, cost[second[w, a, t, 2]], bound[w, a, t, 1]
                    count = _breaks(C[0], good, bound[w, a, t, 0], L[0, 0], L[0, 1], E[0])
                    E[0, count] = least * plain[a, 3]
                    for i in range(count + 1):
                        if E[0, i] < least * plain[a, 3] * (1.0 - 1e-12):
                            continue
                        one = _selling(E[0, i], C[0], good, margin, L[0, 0], L[0, 1], L[0, 2], L[0, 3])[0]
                        if one < value:
                            value = one
                            best_of[0], best_of[1] = E[0, i], 0.0
                total = min(NEVER, total + value)
                sold[s, t, w, 0], sold[s, t, w, 1] = best_of[0], best_of[1]
            node[s, t] = total
    # Backwards over (period, starts counted, state).
    enter = np.full((periods + 1, layers, states), NEVER)
    choice = np.full((periods + 1, layers, states), -1, np.int64)
    enter[periods, :, :] = 0.0
    for t in range(periods - 1, -1, -1):
        for k in range(layers):
            for s in range(states):
                if node[s, t] >= NEVER:
                    continue
                if t == periods - 1:
                    enter[t, k, s] = node[s, t]
                    continue
                best, where = NEVER, -1
                for r in range(states):
                    value, _ = _move(lines, cost, members, enter, begin, which, t + 1, k, s, r, layers)
                    if value < best:
                        best, where = value, r
                enter[t, k, s] = min(NEVER, node[s, t] + best)
                choice[t, k, s] = where
    source = none
    for i in range(options):
        if order[begin + i] == line[which, 0]:
            source = i
    result, state = NEVER, -1
    for r in range(states):
        value, _ = _move(lines, cost, members, enter, begin, which, 0, 0, source, r, layers)
        if value < result:
            result, state = value, r
    if not write or result >= NEVER:
        return result
    k, before = 0, source
    for t in range(periods):
        _, level = _move(lines, cost, members, enter, begin, which, t, k, before, state, layers)
        for i in range(2):
            m = members[state, i]
            if m >= 0:
                o = order[begin + m]
                x[path[o, t, 0]] += 1.0
                if m != members[before, 0] and m != members[before, 1]:
                    x[path[o, t, 1]] += 1.0
                for w in range(scenarios):
                    s = sold[state, t, w, i]
                    count = _list(
                        lines,
                        cost,
                        w,
                        o,
                        t,
                        L[0],
                        tiers[0],
                    )
                    _, q, piece = _selling(
                        s,
                        count,
                        bound[w, o, t, 1],
                        cost[second[w, o, t, 2]],
                        L[0, 0],
                        L[0, 1],
                        L[0, 2],
                        L[0, 3],
                    )
                    x[second[w, o, t, 2]] += s
                    if piece >= 0:
                        make(lines, x, w, o, t, q, tiers[0, piece])
            m = members[before, i]
            if m >= 0 and m != members[state, 0] and m != members[state, 1]:
                x[path[order[begin + m], t, 2]] += 1.0
        if state != none:
            x[rule[which, t, 0]] += 1.0
        before, k = state, level
        if t < periods - 1:
            state = choice[t, k, state]
    return result


@compiled
def _move(
    lines: Any,
    cost: Any,
    members: Any,
    enter: Any,
    begin: int,
    which: int,
    t: int,
    k: int,
    s: int,
    r: int,
    layers: int,
) -> tuple[float, int]:
    """Return the cost of going from state s to r in t, and the starts counted then."""
    order, rule, path = lines.order, lines.rule, lines.path
    value, level = 0.0, k
    for i in range(2):
        m = members[r, i]
        if m >= 0 and m != members[s, 0] and m != members[s, 1]:
            value += cost[path[order[begin + m], t, 1]]
            if rule[which, t, 1]:
                level += 1
        m = members[s, i]
        if m >= 0 and m != members[r, 0] and m != members[r, 1]:
            value += cost[path[order[begin + m], t, 2]]
    if level >= layers or enter[t, level, r] >= NEVER:
        return NEVER, level
    return value + enter[t, level, r], level


@compiled(allocates=True)
def _some(lines: Any, cost: Any, x: Any, write: bool, chosen: Any, value: Any, begin: int, end: int) -> None:
    for i in range(begin, end):
        value[i] = _line(lines, cost, chosen[i], x, write)


def price_pairs(
    lines: Lines, cost: NDArray[np.float64], x: NDArray[np.float64] | None, chosen: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return what lines with up to two options at once cost, and add what they do to a point.

    Parameters and result are those of `prodmode.decomposition.compiled.price_lines`, without a temperature.
    """
    value = np.empty(len(chosen))
    point = np.zeros(1) if x is None else x
    in_parts(
        lambda begin, end: _some(lines, cost, point, x is not None, chosen, value, begin, end),
        len(chosen), TOGETHER,
    )  # fmt: skip
    point[-1] = 0.0
    return value
