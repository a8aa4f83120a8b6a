"""The kernel that prices lines with one option in force at a time, compiled and exact.

A line is a walk over (period, option): nodes cost what the second stage costs at the given prices, which has
a closed form without stock; edges cost starts and exits; layers count the starts. Options with stock carry a
function of the stock along; with several scenarios they are walked in whole runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.decomposition.compiled_functions import value_at
from prodmode.decomposition.compiled_nodes import NEVER, best_node, write_node
from prodmode.decomposition.compiled_stock import build, desk, follow, prepare, step
from prodmode.decomposition.jit import compiled, in_parts
from prodmode.decomposition.lines import KEEPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.lines import Lines

TOGETHER = 256
"""Lines that share memory."""


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
def _taken(lines: Any, cost: Any, which: int, t: int, k: int, other: int, D: Any) -> tuple[float, int]:
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
def _leave(lines: Any, cost: Any, which: int, t: int, k: int, D: Any) -> None:
    """Fill in what it costs to leave each option in t: each goes to the best of the others."""
    begin, swap = lines.first[which], D.swap
    options = lines.first[which + 1] - begin
    best, next_best, where = NEVER, NEVER, -1
    for other in range(options + 1):
        value, _ = _taken(lines, cost, which, t, k, other, D)
        if value < best:
            best, next_best, where = value, best, other
        else:
            next_best = min(next_best, value)
    for s in range(options + 1):
        value = next_best if s == where else best
        if s < options:
            value += cost[lines.path[lines.order[begin + s], t, 2]]
        swap[t, k, s] = min(NEVER, value)


@compiled
def _best_run(s: int, k: int, row: int, t: int, D: Any) -> tuple[float, int]:
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
def _back(lines: Any, cost: Any, which: int, source: int, old: int, D: Any) -> float:
    """Work back over the periods.

    D.enter[t, k, s] is the cost from t on with s in force in t, D.swap[t, k, s] with s left in t. Returns
    the cost of staying with the current option, which has initial stock if `old`.
    """
    begin, layers, periods = lines.first[which], lines.line[which, 1], lines.second.shape[2]
    node, enter, swap, held = D.node, D.enter, D.swap, D.held
    options = lines.first[which + 1] - begin
    alone = lines.second.shape[0] == 1
    held[:] = 0
    first_held = NEVER
    enter[periods, :, :] = NEVER
    swap[periods, :, :] = 0.0
    for t in range(periods - 1, -1, -1):
        for k in range(layers):
            for s in range(options + 1):
                enter[t, k, s] = NEVER
                if node[s, t] >= NEVER:
                    continue
                if s == options or not lines.kind[lines.order[begin + s]] & KEEPS:
                    enter[t, k, s] = node[s, t]
                    if t < periods - 1:
                        rest = min(enter[t + 1, k, s], swap[t + 1, k, s])
                        enter[t, k, s] = min(NEVER, node[s, t] + rest)
                    continue
                if not alone:
                    enter[t, k, s], _ = _best_run(s, k, t, t, D)
                    continue
                if k == 0 and s != source and source < options and layers > 1:
                    continue  # without a counted start only the current option is in force
                if t < periods - 1 and node[s, t + 1] >= NEVER:
                    held[s, k] = 0
                o = lines.order[begin + s]
                mine = s == old and k == 0
                held[s, k] = step(
                    lines, cost, 0, o, s, t, swap[t + 1, k, s], node[s, t], mine, D.V[s, k], held[s, k], D
                )
                enter[t, k, s] = min(NEVER, value_at(D.V[s, k], held[s, k], 0.0, D.tiny[s, 0]))
                if t == 0 and mine:
                    first_held = value_at(D.V[s, k], held[s, k], lines.plain[o, 2], D.tiny[s, 0])
        for k in range(layers):
            _leave(lines, cost, which, t, k, D)
    if old < 0:
        return enter[0, 0, source]
    if alone:
        return min(NEVER, first_held)
    return _best_run(source, 0, periods, 0, D)[0]


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


@compiled
def _write_run(lines: Any, cost: Any, x: Any, which: int, s: int, k: int, t: int, fresh: bool, D: Any) -> int:
    """Add to a point what an option with stock does from t on; returns its last period."""
    scenarios, _, periods, _ = lines.second.shape
    o = lines.order[lines.first[which] + s]
    start = 0.0 if fresh else lines.plain[o, 2]
    node, swap, leaves = D.node, D.swap, D.leaves
    where = -1
    if scenarios == 1:
        count = 0
        for u in range(periods - 1, t - 1, -1):
            leaves[u] = swap[u + 1, k, s]
            if node[s, u] >= NEVER:
                count = 0
                continue
            count = step(lines, cost, 0, o, s, u, leaves[u], node[s, u], not fresh, D.V[s, k], count, D)
        where = follow(lines, cost, x, 0, o, s, t, periods - 1, start, D)
    else:
        _, where = _best_run(s, k, t if fresh else periods, t, D)
        write_whole_run(lines, cost, x, o, s, t, where, fresh, D)
    for u in range(t, where + 1):
        x[lines.path[o, u, 0]] += 1.0
        x[lines.rule[which, u, 0]] += 1.0
    return where


@compiled
def _write(lines: Any, cost: Any, x: Any, which: int, source: int, old: int, stays: bool, D: Any) -> None:
    """Add to a point what the line does."""
    begin, periods = lines.first[which], lines.second.shape[2]
    enter, swap = D.enter, D.swap
    options = lines.first[which + 1] - begin
    s, k, t, fresh = source, 0, 0, old < 0
    P, tier = D.scratch, D.scratch_tier
    while t < periods:
        if not stays:
            if s < options:
                x[lines.path[lines.order[begin + s], t, 2]] += 1.0
            least, place, layer = NEVER, -1, k
            for other in range(options + 1):
                value, level = _taken(lines, cost, which, t, k, other, D)
                if other != s and value < least:
                    least, place, layer = value, other, level
            s, k, fresh = place, layer, True
            if s < options:
                x[lines.path[lines.order[begin + s], t, 1]] += 1.0
        if s < options:
            o = lines.order[begin + s]
            if lines.kind[o] & KEEPS:
                t = 1 + _write_run(lines, cost, x, which, s, k, t, fresh, D)
                stays = False
                continue
            write_node(lines, cost, x, o, t, P, tier)
            x[lines.rule[which, t, 0]] += 1.0
        t += 1
        stays = t >= periods or enter[t, k, s] <= swap[t, k, s]


@compiled
def _line(lines: Any, cost: Any, which: int, x: Any, write: bool, D: Any) -> float:
    """Return the least cost of a line, and add what it does to a point if asked."""
    begin = lines.first[which]
    options = lines.first[which + 1] - begin
    source, old = options, -1
    for i in range(options):
        o = lines.order[begin + i]
        if o == lines.line[which, 0]:
            source = i
            if lines.kind[o] & KEEPS and lines.plain[o, 2] > 0.0:
                old = i
    stocked = nodes(lines, cost, which, D)
    if stocked and lines.second.shape[0] > 1:
        whole_runs(lines, cost, which, old, D)
    elif stocked:
        for i in range(options):
            o = lines.order[begin + i]
            if lines.kind[o] & KEEPS:
                prepare(lines, cost, 0, o, i, D)
    stay = _back(lines, cost, which, source, old, D)
    leave = D.swap[0, 0, source]
    result = min(stay, leave)
    if write and result < NEVER:
        _write(lines, cost, x, which, source, old, stay <= leave, D)
    return result


@compiled
def _some(
    lines: Any, cost: Any, x: Any, write: bool, chosen: Any, value: Any, begin: int, end: int, D: Any
) -> None:
    for i in range(begin, end):
        value[i] = _line(lines, cost, chosen[i], x, write, D)


def price_lines(
    lines: Lines, cost: NDArray[np.float64], x: NDArray[np.float64] | None, chosen: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return what lines cost at given costs of columns, and add what they do to a point.

    Parameters
    ----------
    lines : Lines
        The lines.
    cost : ndarray, shape (n + 1,)
        Reduced cost of every column; the last is zero and stands for no column.
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

    def some(begin: int, end: int) -> None:
        D = desk(lines, chosen[begin:end])
        _some(lines, cost, point, x is not None, chosen, value, begin, end, D)

    in_parts(some, len(chosen), TOGETHER)
    point[-1] = 0.0
    return value
