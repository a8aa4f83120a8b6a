"""What options behind gates are charged, compiled: as much as they save their line, period by period.

What an option saves from a period on is the sum of its charges from there on, as long as it stays in force.
"""

from __future__ import annotations

from typing import Any

from prodmode.decomposition.compiled_nodes import NEVER
from prodmode.decomposition.compiled_steps import taken
from prodmode.decomposition.jit import compiled
from prodmode.decomposition.lines import KEEPS


@compiled
def forward(lines: Any, cost: Any, gated: Any, which: int, source: int, reached: Any, D: Any) -> None:
    """Fill in what it costs to have come to each free option, or none; of lines without stock."""
    begin, layers, periods = lines.first[which], lines.line[which, 1], lines.second.shape[2]
    options = lines.first[which + 1] - begin
    for t in range(periods):
        for k in range(layers):
            for s in range(options + 1):
                reached[t, k, s] = NEVER
        for s in range(options + 1):
            o = lines.order[begin + s] if s < options else -1
            if D.node[s, t] >= NEVER or (s < options and gated[lines.path[o, t, 0]]):
                continue
            start = cost[lines.path[o, t, 1]] if s < options else 0.0
            counts = 1 if s < options and lines.rule[which, t, 1] else 0
            for before in range(options + 1):
                if t == 0 and before != source:
                    continue
                p = lines.order[begin + before] if before < options else -1
                leave = cost[lines.path[p, t, 2]] if before < options else 0.0
                for k in range(layers if t > 0 else 1):
                    come = reached[t - 1, k, before] if t > 0 else 0.0
                    level = k if before == s else k + counts
                    if come >= NEVER or level >= layers:
                        continue
                    if before != s:
                        come += leave + start
                    reached[t, level, s] = min(reached[t, level, s], come + D.node[s, t])


@compiled
def _saved(
    lines: Any, cost: Any, gated: Any, which: int, source: int, t: int, s: int, alone: bool,
    best: float, reached: Any, D: Any,
) -> float:  # fmt: skip
    """Return what taking option s up in t saves at most, whatever free option, or none, was in force before.

    Free are options that are not gated; none if `alone`. With them alone the line costs `best`; what a way to
    an option costs more than that is taken off where it is known.
    """
    begin, layers = lines.first[which], lines.line[which, 1]
    options, saved = lines.first[which + 1] - begin, 0.0
    for k in range(layers):
        mine, _ = taken(lines, cost, which, t, k, s, D)
        if mine >= NEVER:
            continue
        for before in range(options + 1):
            o = lines.order[begin + before] if before < options else -1
            if before < options and (alone or gated[lines.path[o, t, 0]]):
                continue
            if (t == 0 and (before != source or k > 0)) or (t > 0 and D.node[before, t - 1] >= NEVER):
                continue
            if k == 0 and before != source and source < options and layers > 1 and not alone:
                continue  # without a counted start only the current option is in force
            leave = cost[lines.path[o, t, 2]] if before < options else 0.0
            least = D.enter[t, k, before]
            for other in range(options + 1):
                if other == before or (
                    other < options and (alone or gated[lines.path[lines.order[begin + other], t, 0]])
                ):
                    continue
                value, _ = taken(lines, cost, which, t, k, other, D)
                least = min(least, leave + value)
            if least >= NEVER:
                continue
            lost = 0.0
            if t > 0 and len(reached) > 0:
                lost = max(0.0, reached[t - 1, k, before] + least - best)
            saved = max(saved, least - leave - mine - lost)
    return saved


@compiled
def charge(
    lines: Any, cost: Any, gated: Any, charges: Any, which: int, source: int, t: int, alone: bool,
    best: float, reached: Any, D: Any,
) -> None:  # fmt: skip
    """Charge gated options in t for what taking one up then saves; what is charged later is in place."""
    begin, layers, periods = lines.first[which], lines.line[which, 1], lines.second.shape[2]
    for s in range(lines.first[which + 1] - begin):
        o = lines.order[begin + s]
        column = lines.path[o, t, 0]
        if column < 0 or not gated[column]:
            continue
        need = _saved(lines, cost, gated, which, source, t, s, alone, best, reached, D)
        if need <= 0.0:
            continue
        charges[column] = need
        keeps = lines.kind[o] & KEEPS > 0
        for k in range(layers):
            D.enter[t, k, s] = min(NEVER, D.enter[t, k, s] + need)
            for n in range(D.held[s, k] if keeps and lines.second.shape[0] == 1 else 0):
                D.V[s, k, 1, n] += need
        if keeps and lines.second.shape[0] > 1:
            for b in range(t, periods):
                for a in range(t + 1):
                    D.run[s, a, b] = min(NEVER, D.run[s, a, b] + need)
                D.run[s, periods, b] = min(NEVER, D.run[s, periods, b] + need)
