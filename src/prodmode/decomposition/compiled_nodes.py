"""The kernel that prices every line, compiled: exact where periods hang together by switching alone.

A line is a walk over (period, option): nodes cost what the second stage costs at the given prices, which has
a closed form without stock; edges cost starts and exits; layers count the starts. A temperature above zero
turns every choice into a softmax, so that values become smooth in the prices and choices become shares.
Options with stock are walked in runs, each run with the best lots that cover whole stretches of periods.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from prodmode.decomposition.jit import compiled
from prodmode.decomposition.lines import INCREMENTAL

NEVER = 1e30
FAR = 16.0


@compiled
def pieces(
    lines: Any,
    cost: Any,
    w: int,
    o: int,
    t: int,
    low: Any,
    high: Any,
    at: Any,
    slope: Any,
    tier: Any,
) -> int:
    """List the linear pieces of the cost of making units, but for making none."""
    plain, kind, second, bound, tier_first, tier_from, tier_place, tier_bound = (
        lines.plain,
        lines.kind,
        lines.second,
        lines.bound,
        lines.tier_first,
        lines.tier_from,
        lines.tier_place,
        lines.tier_bound,
    )
    made, setup = second[w, o, t, 0], second[w, o, t, 1]
    if made < 0:
        if setup < 0:
            return 0
        low[0], high[0], at[0], slope[0], tier[0] = 0.0, 0.0, cost[setup], 0.0, -1
        return 1
    unit = cost[made]
    begin, end = tier_first[o], tier_first[o + 1]
    base = cost[setup] if setup >= 0 else 0.0
    if begin == end:
        low[0], high[0], at[0], slope[0], tier[0] = 0.0, bound[w, o, t, 2], base, unit, -1
        if setup >= 0:
            low[0] = plain[o, 0]
        return 1
    count = 0
    for n in range(begin, end):
        column = tier_place[w, n, t, 0]
        if column < 0:
            continue
        here, room, start = cost[column], tier_bound[w, n, t], tier_from[n]
        switch = cost[tier_place[w, n, t, 1]]
        least = max(start, plain[o, 0])
        if kind[o] & INCREMENTAL:
            if start > 0:
                base += switch
            if least <= start + room:
                low[count], high[count], tier[count] = least, start + room, n
                at[count], slope[count] = base - here * start, here + unit
                count += 1
            base += here * room
        elif least <= room:
            low[count], high[count], tier[count] = least, room, n
            at[count], slope[count] = base + switch, here + unit
            count += 1
    return count


@compiled
def candidates(
    lines: Any,
    cost: Any,
    w: int,
    o: int,
    t: int,
    S: Any,
) -> int:
    """List what may be best in a node without stock: quantity, units sold, piece and cost of each."""
    plain, second, bound = lines.plain, lines.second, lines.bound
    low, high, at, slope, tier, value, amount, sales, piece = S
    demand, good = bound[w, o, t, 0], bound[w, o, t, 1]
    least = plain[o, 1] * demand
    margin = cost[second[w, o, t, 2]]
    count = 0
    if least <= 0.0:
        value[0], amount[0], sales[0], piece[0] = 0.0, 0.0, 0.0, -1
        count = 1
    for n in range(
        pieces(
            lines,
            cost,
            w,
            o,
            t,
            low,
            high,
            at,
            slope,
            tier,
        )
    ):
        begin, end = low[n], high[n]
        kink = begin
        if good > 0.0:
            need = least / good
            begin = max(begin, need)
            # A fill rate of one asks for exactly what the ceiling allows; rounding must not forbid it.
            if begin > end and begin <= end * (1.0 + 1e-9):
                begin = end
            kink = demand / good
        elif least > 0.0:
            continue
        if begin > end:
            continue
        for which in range(3):
            if which == 0:
                q = begin
            elif which == 1:
                q = end
                if end == begin:
                    continue
            else:
                q = kink
                if not begin < kink < end:
                    continue
            s = least
            if margin < 0.0:
                s = max(least, min(demand, good * q))
            value[count] = at[n] + slope[n] * q + margin * s
            amount[count], sales[count], piece[count] = q, s, n
            count += 1
    return count


@compiled
def soft(values: Any, count: int, heat: float) -> float:
    """Return the smallest value, lowered by what others near it are worth at a temperature."""
    best = NEVER
    for i in range(count):
        best = min(best, values[i])
    if heat <= 0.0 or best >= NEVER:
        return best
    total = 0.0
    for i in range(count):
        far = (values[i] - best) / heat
        if far < FAR:
            total += np.exp(-far)
    return best - heat * np.log(total)


@compiled
def shares(values: Any, count: int, heat: float, share: Any) -> None:
    """Fill in the share of each value in the softmax; all to the first smallest without a temperature."""
    best, where = NEVER, -1
    for i in range(count):
        share[i] = 0.0
        if values[i] < best:
            best, where = values[i], i
    if where < 0:
        return
    if heat <= 0.0:
        share[where] = 1.0
        return
    total = 0.0
    for i in range(count):
        far = (values[i] - best) / heat
        if far < FAR:
            share[i] = np.exp(-far)
            total += share[i]
    for i in range(count):
        share[i] /= total


@compiled
def make(
    lines: Any,
    x: Any,
    w: int,
    o: int,
    t: int,
    q: float,
    n: int,
    tier: Any,
    weight: float,
) -> None:
    """Add a quantity made in the n-th piece to a point."""
    kind, second, tier_first, tier_from, tier_place, tier_bound = (
        lines.kind,
        lines.second,
        lines.tier_first,
        lines.tier_from,
        lines.tier_place,
        lines.tier_bound,
    )
    x[second[w, o, t, 1]] += weight
    if second[w, o, t, 0] < 0:
        return
    x[second[w, o, t, 0]] += weight * q
    own = tier[n]
    if own < 0:
        return
    if not (kind[o] & INCREMENTAL):
        x[tier_place[w, own, t, 1]] += weight
        x[tier_place[w, own, t, 0]] += weight * q
        return
    for m in range(tier_first[o], own + 1):
        if tier_from[m] > 0:
            x[tier_place[w, m, t, 1]] += weight
        amount = q - tier_from[m] if m == own else tier_bound[w, m, t]
        x[tier_place[w, m, t, 0]] += weight * amount


@compiled
def write_node(
    lines: Any,
    cost: Any,
    x: Any,
    o: int,
    t: int,
    heat: float,
    weight: float,
    S: Any,
    share: Any,
) -> None:
    path, second = lines.path, lines.second
    tier, value, amount, sales, piece = S[4], S[5], S[6], S[7], S[8]
    x[path[o, t, 0]] += weight
    for w in range(second.shape[0]):
        count = candidates(lines, cost, w, o, t, S)
        shares(value, count, heat, share)
        for i in range(count):
            part = share[i] * weight
            if part > 0.0:
                x[second[w, o, t, 2]] += part * sales[i]
                if piece[i] >= 0:
                    make(
                        lines,
                        x,
                        w,
                        o,
                        t,
                        amount[i],
                        piece[i],
                        tier,
                        part,
                    )
