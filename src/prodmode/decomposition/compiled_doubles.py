"""The kernel for lines with stock and up to two options at once, compiled.

With the demand that the options of a line share priced, as prices of any other row, each option stands alone
while it is in force: its cost from one period to another is known. What is left is to cover the periods with
such runs, no more than two at a time: exact by dynamic programming over the run that goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodmode.decomposition.compiled_nodes import NEVER, write_node
from prodmode.decomposition.compiled_steps import nodes, whole_runs, write_whole_run
from prodmode.decomposition.compiled_stock import Desk, desk
from prodmode.decomposition.jit import compiled, in_parts
from prodmode.decomposition.lines import KEEPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.lines import Lines


class Cover(NamedTuple):
    """Memory for covering the periods of a line with runs.

    Attributes
    ----------
    free
        Cost from a period on with nothing in force going on, by counted starts.
    held
        Cost from a period on with one option in force until a given one, by counted starts.
    joined
        The option that joins it then, -1 for none, and its last period.
    """

    free: Any
    held: Any
    joined: Any


@compiled
def _end(lines: Any, cost: Any, o: int, b: int) -> float:
    """Return the cost of leaving an option after its last period b."""
    return cost[lines.path[o, b + 1, 2]] if b + 1 < lines.second.shape[2] else 0.0


@compiled
def _begin(
    lines: Any, cost: Any, which: int, t: int, level: int, layers: int, D: Any, C: Any
) -> tuple[float, int, int]:
    """Return the least cost from t on where a run begins and nothing else is in force; option and end."""
    first, best, option, last = lines.first[which], NEVER, -1, -1
    if level >= layers:
        return best, option, last
    for i in range(lines.first[which + 1] - first):
        o = lines.order[first + i]
        for b in range(t, lines.second.shape[2]):
            if D.run[i, t, b] >= NEVER:
                break
            value = (
                cost[lines.path[o, t, 1]] + D.run[i, t, b] + _end(lines, cost, o, b) + C.held[t, level, i, b]
            )
            if value < best:
                best, option, last = value, i, b
    return best, option, last


@compiled
def _join(
    lines: Any,
    cost: Any,
    off: Any,
    which: int,
    t: int,
    level: int,
    layers: int,
    i: int,
    e: int,
    D: Any,
    C: Any,
) -> tuple[float, int, int]:
    """Return the least cost from t on where a run joins option i, in force until e; the option, its end."""
    first, best, option, last = lines.first[which], NEVER, -1, -1
    if level >= layers:
        return best, option, last
    for j in range(lines.first[which + 1] - first):
        if j == i:
            continue
        o, covered = lines.order[first + j], 0.0
        start = cost[lines.path[o, t, 1]]
        for b in range(t, lines.second.shape[2]):
            if D.run[j, t, b] >= NEVER:
                break
            value = start + D.run[j, t, b] + _end(lines, cost, o, b)
            if b <= e:
                covered += off[b]
            value += covered
            if b < e:
                value += C.held[b + 1, level, i, e]
            elif b > e:
                value += C.held[e + 1, level, j, b]
            else:
                value += C.free[b + 1, level]
            if value < best:
                best, option, last = value, j, b
    return best, option, last


@compiled
def _cover(lines: Any, cost: Any, off: Any, which: int, D: Any, C: Any) -> None:
    """Work back over the periods; `off` is the cost of the line being offered in each."""
    options, layers = lines.first[which + 1] - lines.first[which], lines.line[which, 1]
    periods = lines.second.shape[2]
    C.free[periods, :] = 0.0
    for t in range(periods - 1, -1, -1):
        tick = 1 if lines.rule[which, t, 1] else 0
        for k in range(layers):
            for i in range(options):
                for e in range(t, periods):
                    best = off[t] + (C.free[t + 1, k] if e == t else C.held[t + 1, k, i, e])
                    value, j, b = _join(lines, cost, off, which, t, k + tick, layers, i, e, D, C)
                    C.joined[t, k, i, e, 0] = -1
                    if value < best:
                        best = value
                        C.joined[t, k, i, e, 0], C.joined[t, k, i, e, 1] = j, b
                    C.held[t, k, i, e] = min(NEVER, best)
        for k in range(layers):
            best = C.free[t + 1, k] if lines.rule[which, t, 2] else NEVER
            C.free[t, k] = min(best, _begin(lines, cost, which, t, k + tick, layers, D, C)[0])


@compiled
def _write_one(
    lines: Any, cost: Any, x: Any, which: int, i: int, a: int, b: int, fresh: bool, D: Any
) -> None:
    o = lines.order[lines.first[which] + i]
    if fresh:
        x[lines.path[o, a, 1]] += 1.0
    if b + 1 < lines.second.shape[2]:
        x[lines.path[o, b + 1, 2]] += 1.0
    if not lines.kind[o] & KEEPS:
        for t in range(a, b + 1):
            write_node(lines, cost, x, o, t, D.scratch, D.scratch_tier)
        return
    for t in range(a, b + 1):
        x[lines.path[o, t, 0]] += 1.0
    write_whole_run(lines, cost, x, o, i, a, b, lines.plain[o, 2] <= 0.0 or fresh, D)


@compiled
def _write(lines: Any, cost: Any, x: Any, which: int, source: int, last: int, D: Any, C: Any) -> None:
    """Add to a point what the line does; `last` is how long the current option stays, -1 for not at all."""
    layers, periods = lines.line[which, 1], lines.second.shape[2]
    one, end, t, k = source, last, 0, 0
    if last >= 0:
        _write_one(lines, cost, x, which, source, 0, last, False, D)
    elif source >= 0:
        x[lines.path[lines.order[lines.first[which] + source], 0, 2]] += 1.0
    while t < periods:
        tick = 1 if lines.rule[which, t, 1] else 0
        if end < t:
            value, one, b = _begin(lines, cost, which, t, k + tick, layers, D, C)
            if one < 0 or (lines.rule[which, t, 2] and C.free[t + 1, k] <= value):
                t += 1
                continue
            end = b
            k += tick
            _write_one(lines, cost, x, which, one, t, end, True, D)
        j, b = C.joined[t, k, one, end, 0], C.joined[t, k, one, end, 1]
        until = t
        if j >= 0:
            k += tick
            _write_one(lines, cost, x, which, j, t, b, True, D)
            until = min(b, end)
            if b > end:
                one, end = j, b
        for u in range(t, until + 1):
            x[lines.rule[which, u, 0]] += 1.0
        t = until + 1


@compiled
def _line(lines: Any, cost: Any, off: Any, which: int, x: Any, D: Any, C: Any) -> float:
    """Return the least cost of a line with its shared demand priced, and add what it does to a point."""
    first, periods = lines.first[which], lines.second.shape[2]
    source, row = -1, 0
    for i in range(lines.first[which + 1] - first):
        o = lines.order[first + i]
        if o == lines.line[which, 0]:
            source = i
            if lines.kind[o] & KEEPS and lines.plain[o, 2] > 0.0:
                row = periods
    nodes(lines, cost, which, D)
    whole_runs(lines, cost, which, source if row > 0 else -1, D)
    _cover(lines, cost, off, which, D, C)
    best, last = C.free[0, 0], -1
    if source >= 0:
        o = lines.order[first + source]
        best += cost[lines.path[o, 0, 2]]
        for b in range(periods):
            if D.run[source, row, b] >= NEVER:
                break
            value = D.run[source, row, b] + _end(lines, cost, o, b) + C.held[0, 0, source, b]
            if value < best:
                best, last = value, b
    if best < NEVER:
        _write(lines, cost, x, which, source, last, D, C)
    return min(NEVER, best)


@compiled
def _some(
    lines: Any, cost: Any, off: Any, x: Any, chosen: Any, value: Any, begin: int, end: int, D: Any, C: Any
) -> None:
    for i in range(begin, end):
        value[i] = _line(lines, cost, off[i], chosen[i], x, D, C)


def price_doubles(
    lines: Lines,
    cost: NDArray[np.float64],
    off: NDArray[np.float64],
    x: NDArray[np.float64],
    chosen: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return what lines with up to two options at once cost where these share nothing.

    Parameters
    ----------
    lines : Lines
        The lines, without least fill rates.
    cost : ndarray, shape (n + 1,)
        Reduced cost of every column, with what a unit sold pays for the line's demand; the last is zero, and
        so are those of "offered".
    off : ndarray, shape of `chosen` x T
        Cost of a line being offered in each period.
    x : ndarray, shape (n + 1,)
        Receives what the lines do, in addition to what it holds.
    chosen : ndarray of int
        The lines to price.
    """
    value = np.empty(len(chosen))

    def some(begin: int, end: int) -> None:
        part = chosen[begin:end]
        D = desk(lines, part, whole=True)
        widest, periods = D.node.shape
        layers = D.V.shape[1]
        C = Cover(
            np.empty((periods + 1, layers)), np.empty((periods + 1, layers, widest, periods)),
            np.empty((periods, layers, widest, periods, 2), np.int64),
        )  # fmt: skip
        _some(lines, cost, off, x, chosen, value, begin, end, D, C)

    in_parts(some, len(chosen), 4)
    x[-1] = 0.0
    return value


@compiled
def _rewrite(lines: Any, cost: Any, x: Any, o: int, i: int, a: int, b: int, fresh: bool, D: Any) -> None:
    if lines.kind[o] & KEEPS:
        write_whole_run(lines, cost, x, o, i, a, b, fresh, D)
        return
    for t in range(a, b + 1):
        write_node(lines, cost, x, o, t, D.scratch, D.scratch_tier)
        x[lines.path[o, t, 0]] -= 1.0


def write_run(
    lines: Lines,
    cost: NDArray[np.float64],
    x: NDArray[np.float64],
    option: int,
    run: tuple[int, int],
    D: Desk,
) -> None:
    """Add to a point what an option makes, sells and keeps at best where it is in force in a run.

    Parameters
    ----------
    lines, cost, x
        As for `price_doubles`.
    option : int
    run : tuple of int
        First and last period; before the first one a current option has its initial stock.
    D : Desk
        Memory for its line.
    """
    a, b = run
    current = a == 0 and x[lines.path[option, 0, 1]] == 0
    _rewrite(lines, cost, x, option, 0, a, b, not current, D)
    x[-1] = 0.0
