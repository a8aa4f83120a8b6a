"""The kernel that prices every line, compiled: exact where one option at a time is in force.

A line is a walk over (period, option): nodes cost what the second stage costs at the given prices, which has
a closed form without stock; edges cost starts and exits; layers count the starts. A temperature above zero
turns every choice into a softmax, so that values become smooth in the prices and choices become shares.
Options with stock are walked in runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.decomposition.compiled_nodes import FAR, NEVER, candidates, shares, soft, write_node
from prodmode.decomposition.compiled_stock import PIECES, build, follow, memory, sizes, step, value_at
from prodmode.decomposition.jit import compiled, spread
from prodmode.decomposition.lines import KEEPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.lines import Lines

CHUNK = 256


@compiled
def _line(
    lines: Any,
    cost: Any,
    which: int,
    heat: float,
    x: Any,
    write: bool,
    S: Any,
    M: Any,
    V: Any,
    share: Any,
) -> float:
    first, order, line, rule, path, plain, kind, second = (
        lines.first,
        lines.order,
        lines.line,
        lines.rule,
        lines.path,
        lines.plain,
        lines.kind,
        lines.second,
    )
    scenarios, _, periods, _ = second.shape
    begin = first[which]
    options = first[which + 1] - begin
    none = options
    layers = line[which, 1]
    node = np.zeros((options + 1, periods))
    starting, leaving = np.zeros((options + 1, periods)), np.zeros((options + 1, periods))
    for i in range(options):
        for t in range(periods):
            starting[i, t] = cost[path[order[begin + i], t, 1]]
            leaving[i, t] = cost[path[order[begin + i], t, 2]]
    taken, odds = np.empty((periods, layers, options + 1)), np.empty(options + 1)
    stocked = False
    for i in range(options):
        o = order[begin + i]
        stocked = stocked or (kind[o] & KEEPS)
        for t in range(periods):
            if path[o, t, 0] < 0:
                node[i, t] = NEVER
                continue
            total = cost[path[o, t, 0]] + cost[rule[which, t, 0]]
            if not (kind[o] & KEEPS):
                for w in range(scenarios):
                    count = candidates(
                        lines,
                        cost,
                        w,
                        o,
                        t,
                        S,
                    )
                    total += soft(S[5], count, heat)
            node[i, t] = min(total, NEVER)
    for t in range(periods):
        if not rule[which, t, 2]:
            node[none, t] = NEVER
    # With several scenarios, runs: cost of being in force from a to b; row T is the first with initial stock.
    # With one scenario the stock is carried along in the walk itself.
    alone = scenarios == 1
    run = np.full((options if stocked and not alone else 1, periods + 1, periods), NEVER)
    entered, leaves = np.empty(periods + 1), np.empty(periods)
    if stocked and not alone:
        for i in range(options):
            o = order[begin + i]
            if not kind[o] & KEEPS:
                continue
            for b in range(periods):
                if node[i, b] >= NEVER:
                    continue
                fixed = 0.0
                for a in range(b, -1, -1):
                    fixed = min(NEVER, fixed + node[i, a])
                    run[i, a, b] = fixed
                run[i, periods, b] = fixed
                leaves[:] = NEVER
                leaves[b] = 0.0
                for w in range(scenarios):
                    build(
                        lines,
                        cost,
                        w,
                        o,
                        leaves,
                        b,
                        0,
                        entered,
                        V[0, 0],
                        S,
                        M,
                    )
                    for a in range(b + 1):
                        run[i, a, b] = min(NEVER, run[i, a, b] + entered[a])
                    run[i, periods, b] = min(NEVER, run[i, periods, b] + entered[periods])
    held = np.zeros((options + 1, layers), np.int64)
    first_held = NEVER
    source = none
    for i in range(options):
        if order[begin + i] == line[which, 0]:
            source = i
    # Backwards: enter[t, k, s] is the cost from t on with s in force in t, swap[t, k, s] with s left in t.
    enter = np.full((periods + 1, layers, options + 1), NEVER)
    swap = np.zeros((periods + 1, layers, options + 1))
    values = np.empty(max(options + 1, periods))
    two = np.empty(2)
    for t in range(periods - 1, -1, -1):
        tick = 1 if rule[which, t, 1] else 0
        for k in range(layers):
            for s in range(options + 1):
                if node[s, t] >= NEVER:
                    continue
                if s < options and (kind[order[begin + s]] & KEEPS) and alone:
                    o = order[begin + s]
                    if k == 0 and s != source and source < none and layers > 1:
                        continue  # without a counted start only the current option is in force
                    narrow, slack = sizes(lines, cost, 0, o)
                    if t < periods - 1 and node[s, t + 1] >= NEVER:
                        held[s, k] = 0
                    held[s, k] = step(
                        lines,
                        cost,
                        0,
                        o,
                        t,
                        swap[t + 1, k, s],
                        node[s, t],
                        narrow,
                        slack,
                        V[s, k],
                        held[s, k],
                        S,
                        M,
                    )
                    enter[t, k, s] = min(NEVER, value_at(V[s, k], held[s, k], 0.0, narrow))
                    if t == 0 and k == 0 and s == source:
                        first_held = value_at(V[s, k], held[s, k], plain[o, 2], narrow)
                elif s < options and (kind[order[begin + s]] & KEEPS):
                    least = NEVER
                    for b in range(t, periods):
                        if run[s, t, b] >= NEVER:
                            break
                        least = min(least, run[s, t, b] + swap[b + 1, k, s])
                    enter[t, k, s] = least
                elif t == periods - 1:
                    enter[t, k, s] = node[s, t]
                else:
                    two[0], two[1] = enter[t + 1, k, s], swap[t + 1, k, s]
                    enter[t, k, s] = min(NEVER, node[s, t] + soft(two, 2, heat))
        for k in range(layers):
            # What every state would be taken up at; each state left goes to one of the others.
            best, next_best, first_best, total = NEVER, NEVER, -1, 0.0
            for other in range(options + 1):
                level = k + tick if other < options else k
                value = NEVER
                if level < layers and enter[t, level, other] < NEVER:
                    value = min(NEVER, enter[t, level, other] + starting[other, t])
                taken[t, k, other] = value
                if value < best:
                    best, next_best, first_best = value, best, other
                else:
                    next_best = min(next_best, value)
            if heat > 0.0 and best < NEVER:
                for other in range(options + 1):
                    far = (taken[t, k, other] - best) / heat
                    odds[other] = np.exp(-far) if far < FAR else 0.0
                    total += odds[other]
            for s in range(options + 1):
                value = next_best if s == first_best else best
                if heat > 0.0 and value < NEVER:
                    if s == first_best:
                        rest = 0.0
                        for other in range(options + 1):
                            far = (taken[t, k, other] - value) / heat
                            if other != s and far < FAR:
                                rest += np.exp(-far)
                    else:
                        rest = total - odds[s]
                    value -= heat * np.log(rest)
                swap[t, k, s] = min(NEVER, value + leaving[s, t])
    two[0], two[1] = enter[0, 0, source], swap[0, 0, source]
    if source < options and (kind[order[begin + source]] & KEEPS) and plain[order[begin + source], 2] > 0.0:
        least = NEVER
        if alone:
            least = first_held
        else:
            for b in range(periods):
                if run[source, periods, b] >= NEVER:
                    break
                least = min(least, run[source, periods, b] + swap[b + 1, 0, source])
        two[0] = min(least, NEVER)
    result = soft(two, 2, heat)
    if not write or result >= NEVER:
        return result
    # Forwards: what share of the line goes which way.
    stay, left = np.zeros((periods + 1, layers, options + 1)), np.zeros((periods + 1, layers, options + 1))
    shares(two, 2, heat, share)
    stay[0, 0, source], left[0, 0, source] = share[0], share[1]
    for t in range(periods):
        tick = 1 if rule[which, t, 1] else 0
        for k in range(layers):
            for s in range(options + 1):
                part = left[t, k, s]
                if part <= 1e-7:
                    continue
                if s < options:
                    x[path[order[begin + s], t, 2]] += part
                for other in range(options + 1):
                    values[other] = NEVER if other == s else taken[t, k, other]
                shares(values, options + 1, heat, share)
                for other in range(options + 1):
                    if share[other] <= 0.0:
                        continue
                    level = k + tick if other < options else k
                    if other < options:
                        x[path[order[begin + other], t, 1]] += part * share[other]
                    stay[t, level, other] += part * share[other]
        for k in range(layers):
            for s in range(options + 1):
                part = stay[t, k, s]
                if part <= 1e-7:
                    continue
                if s < options:
                    o = order[begin + s]
                    if kind[o] & KEEPS:
                        fresh = t > 0 or k > 0 or s != source or plain[o, 2] <= 0.0
                        start = 0.0 if fresh else plain[o, 2]
                        where = -1
                        if alone:
                            for u in range(periods):
                                leaves[u] = swap[u + 1, k, s]
                            narrow, slack = sizes(lines, cost, 0, o)
                            count = 0
                            for u in range(periods - 1, t - 1, -1):
                                if node[s, u] >= NEVER:
                                    count = 0
                                    continue
                                count = step(
                                    lines,
                                    cost,
                                    0,
                                    o,
                                    u,
                                    leaves[u],
                                    node[s, u],
                                    narrow,
                                    slack,
                                    V[s, k],
                                    count,
                                    S,
                                    M,
                                )
                            where = follow(
                                lines,
                                cost,
                                x,
                                0,
                                o,
                                t,
                                periods - 1,
                                leaves,
                                start,
                                part,
                                S,
                                M,
                            )
                        else:
                            row, least = t if fresh else periods, NEVER
                            for b in range(t, periods):
                                if run[s, row, b] >= NEVER:
                                    break
                                value = run[s, row, b] + swap[b + 1, k, s]
                                if value < least:
                                    least, where = value, b
                            if where < 0:
                                continue
                            leaves[:] = NEVER
                            leaves[where] = 0.0
                            for w in range(scenarios):
                                build(
                                    lines,
                                    cost,
                                    w,
                                    o,
                                    leaves,
                                    where,
                                    t,
                                    entered,
                                    V[0, 0],
                                    S,
                                    M,
                                )
                                follow(
                                    lines,
                                    cost,
                                    x,
                                    w,
                                    o,
                                    t,
                                    where,
                                    leaves,
                                    start,
                                    part,
                                    S,
                                    M,
                                )
                        for u in range(t, where + 1):
                            x[path[o, u, 0]] += part
                        for u in range(t, where + 1):
                            x[rule[which, u, 0]] += part
                        left[where + 1, k, s] += part
                        continue
                    write_node(
                        lines,
                        cost,
                        x,
                        o,
                        t,
                        heat,
                        part,
                        S,
                        share,
                    )
                    x[rule[which, t, 0]] += part
                if t == periods - 1:
                    continue
                two[0], two[1] = enter[t + 1, k, s], swap[t + 1, k, s]
                shares(two, 2, heat, share)
                stay[t + 1, k, s] += part * share[0]
                left[t + 1, k, s] += part * share[1]
    return result


@compiled(parallel=True)
def _all(
    lines: Any,
    cost: Any,
    heat: float,
    x: Any,
    write: bool,
    chosen: Any,
    value: Any,
) -> None:
    first, line, kind, second, tier_first = (
        lines.first,
        lines.line,
        lines.kind,
        lines.second,
        lines.tier_first,
    )
    periods = second.shape[2]
    size, widest, deepest = 4, 2, 1
    for o in range(len(kind)):
        size = max(size, 3 * (tier_first[o + 1] - tier_first[o]) + 4)
    for which in range(len(line)):
        widest = max(widest, first[which + 1] - first[which] + 1)
        deepest = max(deepest, line[which, 1])
    for chunk in spread((len(chosen) + CHUNK - 1) // CHUNK):
        S = (
            np.empty(size),
            np.empty(size),
            np.empty(size),
            np.empty(size),
            np.empty(size, np.int64),
            np.empty(size),
            np.empty(size),
            np.empty(size),
            np.empty(size, np.int64),
        )
        share, M = np.empty(max(size, widest)), memory(periods)
        V = np.empty((widest, deepest, 3, PIECES))
        for i in range(chunk * CHUNK, min(len(chosen), (chunk + 1) * CHUNK)):
            value[i] = _line(
                lines,
                cost,
                chosen[i],
                heat,
                x,
                write,
                S,
                M,
                V,
                share,
            )


def price_lines(
    lines: Lines,
    cost: NDArray[np.float64],
    heat: float,
    x: NDArray[np.float64] | None,
    chosen: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return what lines cost at given costs of columns, and add what they do to a point.

    Parameters
    ----------
    lines : Lines
        The lines.
    cost : ndarray, shape (n + 1,)
        Reduced cost of every column; the last is zero and stands for no column.
    heat : float
        Temperature of the softmax; zero for exact choices.
    x : ndarray, shape (n + 1,), or None
        Receives what the lines do, in addition to what it holds.
    chosen : ndarray of int
        The lines to price.

    Returns
    -------
    ndarray, shape of `chosen`
        1e30 or more where a line can do nothing.
    """
    value = np.empty(len(chosen))
    point = np.zeros(1) if x is None else x
    _all(
        lines,
        cost,
        float(heat),
        point,
        x is not None,
        chosen,
        value,
    )
    point[-1] = 0.0
    return value
