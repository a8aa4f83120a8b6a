"""The kernel that prices lines with one option in force at a time, compiled and exact.

A line is a walk over (period, option): nodes cost what the second stage costs at the given prices, which has
a closed form without stock; edges cost starts and exits; layers count the starts. Options with stock carry a
function of the stock along; with several scenarios they are walked in whole runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.decomposition.compiled_charges import charge, forward
from prodmode.decomposition.compiled_functions import value_at
from prodmode.decomposition.compiled_nodes import NEVER, write_node
from prodmode.decomposition.compiled_steps import (
    best_run,
    current,
    nodes,
    taken,
    whole_runs,
    write_whole_run,
)
from prodmode.decomposition.compiled_stock import desk, follow, prepare, step
from prodmode.decomposition.jit import compiled, in_parts
from prodmode.decomposition.lines import KEEPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.lines import Lines

TOGETHER = 256
"""Lines that share memory."""


@compiled
def _leave(lines: Any, cost: Any, which: int, t: int, k: int, D: Any) -> None:
    """Fill in what it costs to leave each option in t: each goes to the best of the others."""
    begin, swap = lines.first[which], D.swap
    options = lines.first[which + 1] - begin
    best, next_best, where = NEVER, NEVER, -1
    for other in range(options + 1):
        value, _ = taken(lines, cost, which, t, k, other, D)
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
def _back(
    lines: Any, cost: Any, gated: Any, charges: Any, which: int, source: int, old: int, alone: bool,
    best: float, reached: Any, D: Any,
) -> float:  # fmt: skip
    """Work back over the periods.

    D.enter[t, k, s] is the cost from t on with s in force in t, D.swap[t, k, s] with s left in t. Returns
    the cost of staying with the current option, which has initial stock if `old`. Where columns are gated
    their options are charged (`_charge`).
    """
    begin, layers, periods = lines.first[which], lines.line[which, 1], lines.second.shape[2]
    node, enter, swap, held = D.node, D.enter, D.swap, D.held
    options = lines.first[which + 1] - begin
    certain = lines.second.shape[0] == 1
    held[:] = 0
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
                if not certain:
                    enter[t, k, s], _ = best_run(s, k, t, t, D)
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
        if len(gated) > 0:
            charge(lines, cost, gated, charges, which, source, t, alone, best, reached, D)
        for k in range(layers):
            _leave(lines, cost, which, t, k, D)
    if old < 0:
        return enter[0, 0, source]
    if enter[0, 0, old] >= NEVER:
        return NEVER
    if certain:
        start = lines.plain[lines.order[begin + old], 2]
        return min(NEVER, value_at(D.V[old, 0], held[old, 0], start, D.tiny[old, 0]))
    return best_run(source, 0, periods, 0, D)[0]


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
        _, where = best_run(s, k, t if fresh else periods, t, D)
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
                value, level = taken(lines, cost, which, t, k, other, D)
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
def _lay_out(lines: Any, cost: Any, which: int, old: int, D: Any) -> bool:
    """Fill in what `_back` needs to know of a line; returns whether any option has stock."""
    begin = lines.first[which]
    stocked = nodes(lines, cost, which, D)
    if stocked and lines.second.shape[0] > 1:
        whole_runs(lines, cost, which, old, D)
    elif stocked:
        for i in range(lines.first[which + 1] - begin):
            o = lines.order[begin + i]
            if lines.kind[o] & KEEPS:
                prepare(lines, cost, 0, o, i, D)
    return stocked


@compiled
def _line(
    lines: Any, cost: Any, gated: Any, charges: Any, which: int, x: Any, write: bool, reached: Any, D: Any
) -> float:
    """Return the least cost of a line, and add what it does to a point if asked."""
    source, old = current(lines, which)
    _lay_out(lines, cost, which, old, D)
    stay = _back(lines, cost, gated, charges, which, source, old, False, 0.0, reached, D)
    leave = D.swap[0, 0, source]
    result = min(stay, leave)
    if write and result < NEVER:
        _write(lines, cost, x, which, source, old, stay <= leave, D)
    return result


@compiled
def _charged(
    lines: Any, cost: Any, gated: Any, charges: Any, which: int, alone: bool, unknown: Any,
    memory: Any, D: Any,
) -> float:  # fmt: skip
    """Fill in what the gated columns of a line are charged; returns what the line costs then."""
    source, old = current(lines, which)
    stocked = _lay_out(lines, cost, which, old, D)
    if alone:
        # Beside other options in force, and without what the line pays for being served at all.
        options, periods = lines.first[which + 1] - lines.first[which], lines.second.shape[2]
        for t in range(periods):
            for s in range(options):
                if D.node[s, t] < NEVER:
                    D.node[s, t] -= cost[lines.rule[which, t, 0]]
            D.node[options, t] = 0.0
    reached, best = unknown, 0.0
    if not (alone or stocked):
        reached = memory
        forward(lines, cost, gated, which, source, reached, D)
        best, periods = NEVER, lines.second.shape[2]
        for k in range(lines.line[which, 1]):
            for s in range(lines.first[which + 1] - lines.first[which] + 1):
                best = min(best, reached[periods - 1, k, s])
    stay = _back(lines, cost, gated, charges, which, source, old, alone, best, reached, D)
    return min(stay, D.swap[0, 0, source])


@compiled
def _some(
    lines: Any, cost: Any, none: Any, x: Any, write: bool, chosen: Any, value: Any, begin: int, end: int,
    D: Any,
) -> None:  # fmt: skip
    unknown = D.enter[:0]
    for i in range(begin, end):
        value[i] = _line(lines, cost, none, x, chosen[i], x, write, unknown, D)


@compiled
def _some_charged(
    lines: Any, cost: Any, gated: Any, charges: Any, chosen: Any, value: Any, alone: bool, begin: int,
    end: int, memory: Any, D: Any,
) -> None:  # fmt: skip
    unknown = D.enter[:0]
    for i in range(begin, end):
        value[i] = _charged(lines, cost, gated, charges, chosen[i], alone, unknown, memory, D)


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
    point, none = np.zeros(1) if x is None else x, np.zeros(0, dtype=np.bool_)

    def some(begin: int, end: int) -> None:
        D = desk(lines, chosen[begin:end])
        _some(lines, cost, none, point, x is not None, chosen, value, begin, end, D)

    in_parts(some, len(chosen), TOGETHER)
    point[-1] = 0.0
    return value


def charge_lines(
    lines: Lines,
    cost: NDArray[np.float64],
    gated: NDArray[np.bool_],
    charges: NDArray[np.float64],
    chosen: NDArray[np.int64],
    *,
    alone: bool,
) -> NDArray[np.float64]:
    """Find charges on gated columns from which on these save nothing to their lines.

    What an option saves from a period on, beside those that are not gated, is the sum of its charges from
    there on, as long as it stays in force.

    Parameters
    ----------
    lines : Lines
        The lines.
    cost : ndarray, shape (n + 1,)
        Reduced cost of every column.
    gated : ndarray of bool, shape (n + 1,)
        Columns of options in force that are to be charged.
    charges : ndarray, shape (n + 1,)
        Receives the charges.
    chosen : ndarray of int
        The lines.
    alone : bool
        Whether what an option saves is counted beside no option: for lines with several at once.

    Returns
    -------
    ndarray, shape of `chosen`
        What each line costs with one option at a time and these charges; of no use if `alone`.
    """
    value = np.empty(len(chosen))

    def some(begin: int, end: int) -> None:
        D = desk(lines, chosen[begin:end])
        memory = np.empty_like(D.enter)
        _some_charged(lines, cost, gated, charges, chosen, value, alone, begin, end, memory, D)

    in_parts(some, len(chosen), TOGETHER)
    return value
