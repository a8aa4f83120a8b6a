"""What lines do from period to period, compiled: the steps of the walk over (period, option)."""

from __future__ import annotations

from typing import Any

from prodmode.decomposition.compiled_nodes import NEVER, best_node
from prodmode.decomposition.compiled_stock import build, follow, prepare
from prodmode.decomposition.jit import compiled
from prodmode.decomposition.lines import KEEPS


@compiled
def nodes(lines: Any, cost: Any, which: int, D: Any) -> bool:
    """Fill in what each option costs in each period, with no option last; returns whether any has stock.

    For options with stock, without units made, sold or kept.
    """
    first, order, path, rule = lines.first, lines.order, lines.path, lines.rule
    scenarios, _, periods, _ = lines.second.shape
    begin = first[which]
    options = first[which + 1] - begin
    node, stocked, P, tier = D.node, False, D.scratch, D.scratch_tier
    for i in range(options):
        o = order[begin + i]
        keeps = lines.kind[o] & KEEPS > 0
        stocked = stocked or keeps
        for t in range(periods):
            if path[o, t, 0] < 0:
                node[i, t] = NEVER
                continue
            total = cost[path[o, t, 0]] + cost[rule[which, t, 0]]
            if not keeps:
                for w in range(scenarios):
                    total += best_node(lines, cost, w, o, t, P, tier)[0]
            node[i, t] = min(total, NEVER)
    for t in range(periods):
        node[options, t] = 0.0 if rule[which, t, 2] else NEVER
    return stocked


@compiled
def whole_runs(lines: Any, cost: Any, which: int, old: int, D: Any) -> None:
    """Fill in what being in force from a to b costs; row T is the first with the initial stock."""
    scenarios, _, periods, _ = lines.second.shape
    begin = lines.first[which]
    node, run, entered, leaves = D.node, D.run, D.entered, D.leaves
    run[:] = NEVER
    for i in range(lines.first[which + 1] - begin):
        o = lines.order[begin + i]
        for b in range(periods):
            if node[i, b] >= NEVER:
                continue
            fixed = 0.0
            for a in range(b, -1, -1):
                fixed = min(NEVER, fixed + node[i, a])
                run[i, a, b] = fixed
            run[i, periods, b] = fixed
        if not lines.kind[o] & KEEPS:
            continue
        for w in range(scenarios):
            prepare(lines, cost, w, o, i, D)
            for b in range(periods):
                if node[i, b] >= NEVER:
                    continue
                leaves[:] = NEVER
                leaves[b] = 0.0
                build(lines, cost, w, o, i, b, 0, i == old, D)
                for a in range(b + 1):
                    run[i, a, b] = min(NEVER, run[i, a, b] + entered[a])
                run[i, periods, b] = min(NEVER, run[i, periods, b] + entered[periods])


@compiled
def taken(lines: Any, cost: Any, which: int, t: int, k: int, other: int, D: Any) -> tuple[float, int]:
    """Return the cost of taking an option up, or none, in t after k counted starts, and the starts then."""
    begin, enter, level, value = lines.first[which], D.enter, k, 0.0
    if other < lines.first[which + 1] - begin:
        if lines.rule[which, t, 1]:
            level += 1
        value = cost[lines.path[lines.order[begin + other], t, 1]]
    if level >= lines.line[which, 1] or enter[t, level, other] >= NEVER:
        return NEVER, level
    return min(NEVER, enter[t, level, other] + value), level


@compiled
def best_run(s: int, k: int, row: int, t: int, D: Any) -> tuple[float, int]:
    """Return the least cost of a run from t on, what follows included, and its last period."""
    run, swap = D.run, D.swap
    least, where = NEVER, -1
    for b in range(t, run.shape[2]):
        if run[s, row, b] >= NEVER:
            break
        value = run[s, row, b] + swap[b + 1, k, s]
        if value < least:
            least, where = value, b
    return least, where


@compiled
def current(lines: Any, which: int) -> tuple[int, int]:
    """Return the place of a line's current option, or of none; and again where that has stock, else -1."""
    begin = lines.first[which]
    options = lines.first[which + 1] - begin
    source, old = options, -1
    for i in range(options):
        o = lines.order[begin + i]
        if o == lines.line[which, 0]:
            source = i
            if lines.kind[o] & KEEPS and lines.plain[o, 2] > 0.0:
                old = i
    return source, old


@compiled
def write_whole_run(
    lines: Any, cost: Any, x: Any, o: int, i: int, a: int, b: int, fresh: bool, D: Any
) -> None:
    """Add to a point what an option with stock makes, sells and keeps where it is in force from a to b."""
    start = 0.0 if fresh else lines.plain[o, 2]
    D.leaves[:] = NEVER
    D.leaves[b] = 0.0
    for w in range(lines.second.shape[0]):
        prepare(lines, cost, w, o, i, D)
        build(lines, cost, w, o, i, b, a, not fresh, D)
        follow(lines, cost, x, w, o, i, a, b, start, D)
