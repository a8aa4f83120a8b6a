"""What an option does in one period without stock, compiled: a closed form over the pieces of its cost."""

from __future__ import annotations

from typing import Any

from prodmode.decomposition.jit import compiled
from prodmode.decomposition.lines import INCREMENTAL

NEVER = 1e30


@compiled(inline=True)
def pieces(lines: Any, cost: Any, w: int, o: int, t: int, P: Any, tier: Any) -> int:
    """List the linear pieces of the cost of making units, but for making none.

    Row by row, P holds where each begins and ends, and its cost as ``P[2] + P[3] q``.
    """
    low, high, at, slope = P[0], P[1], P[2], P[3]
    made, setup = lines.second[w, o, t, 0], lines.second[w, o, t, 1]
    lot = lines.plain[o, 0]
    if made < 0:
        if setup < 0:
            return 0
        low[0], high[0], at[0], slope[0], tier[0] = 0.0, 0.0, cost[setup], 0.0, -1
        return 1
    unit = cost[made]
    begin, end = lines.tier_first[o], lines.tier_first[o + 1]
    base = cost[setup] if setup >= 0 else 0.0
    if begin == end:
        low[0], high[0], at[0], slope[0], tier[0] = 0.0, lines.bound[w, o, t, 2], base, unit, -1
        if setup >= 0:
            low[0] = lot
        return 1
    count = 0
    for n in range(begin, end):
        column = lines.tier_place[w, n, t, 0]
        if column < 0:
            continue
        here, room, start = cost[column], lines.tier_bound[w, n, t], lines.tier_from[n]
        switch = cost[lines.tier_place[w, n, t, 1]]
        least = max(start, lot)
        if lines.kind[o] & INCREMENTAL:
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


@compiled(inline=True)
def best_node(
    lines: Any, cost: Any, w: int, o: int, t: int, P: Any, tier: Any
) -> tuple[float, float, float, int]:
    """Return the least cost of a period without stock, the units made and sold, and the piece."""
    demand, good = lines.bound[w, o, t, 0], lines.bound[w, o, t, 1]
    least = lines.plain[o, 1] * demand
    margin = cost[lines.second[w, o, t, 2]]
    best, amount, sales, piece = NEVER, 0.0, 0.0, -1
    if least <= 0.0:
        best = 0.0
    for n in range(pieces(lines, cost, w, o, t, P, tier)):
        begin, end, at, slope = P[0, n], P[1, n], P[2, n], P[3, n]
        kink = begin
        if good > 0.0:
            begin = max(begin, least / good)
            # A fill rate of one asks for exactly what the ceiling allows; rounding must not forbid it.
            if begin > end and begin <= end * (1.0 + 1e-9):
                begin = end
            kink = demand / good
        elif least > 0.0:
            continue
        if begin > end:
            continue
        for which in range(3):
            q = begin
            if which == 1:
                q = end
            elif which == 2:
                q = kink
                if not begin < kink < end:
                    continue
            s = least
            if margin < 0.0:
                s = max(least, min(demand, good * q))
            value = at + slope * q + margin * s
            if value < best:
                best, amount, sales, piece = value, q, s, n
    return best, amount, sales, piece


@compiled
def make(lines: Any, x: Any, w: int, o: int, t: int, q: float, own: int) -> None:
    """Add a quantity made in a tier to a point; -1 stands for an option without tiers."""
    x[lines.second[w, o, t, 1]] += 1.0
    if lines.second[w, o, t, 0] < 0:
        return
    x[lines.second[w, o, t, 0]] += q
    if own < 0:
        return
    if not (lines.kind[o] & INCREMENTAL):
        x[lines.tier_place[w, own, t, 1]] += 1.0
        x[lines.tier_place[w, own, t, 0]] += q
        return
    for m in range(lines.tier_first[o], own + 1):
        if lines.tier_from[m] > 0:
            x[lines.tier_place[w, m, t, 1]] += 1.0
        amount = q - lines.tier_from[m] if m == own else lines.tier_bound[w, m, t]
        x[lines.tier_place[w, m, t, 0]] += amount


@compiled
def write_node(lines: Any, cost: Any, x: Any, o: int, t: int, P: Any, tier: Any) -> None:
    """Add what an option does in a period without stock to a point."""
    x[lines.path[o, t, 0]] += 1.0
    for w in range(lines.second.shape[0]):
        _, q, s, n = best_node(lines, cost, w, o, t, P, tier)
        x[lines.second[w, o, t, 2]] += s
        if n >= 0:
            make(lines, x, w, o, t, q, tier[n])
