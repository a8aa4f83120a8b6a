"""A bound at given shared decisions, carried over to all others.

Behind gates that are closed lines do without options that other decisions would open. What these would save
is charged to the gates, so that the bound falls with what is opened, and no more than it must: a Benders cut
that is as high as the bound itself at the decisions it was found at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from prodmode.decomposition.cuts import Cut
from prodmode.decomposition.gates import WHOLE
from prodmode.decomposition.pricing import NEVER, charge_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.pricer import Pricer, Visit

DEAR = 2.0
"""What lines that can do nothing count as, in shares of what all lines cost in absolute terms."""

APART = 1e-9
"""Relative loss from which on a line is bounded by all that it could save."""


def cut_for_all(pricer: Pricer, held: Visit, planned: NDArray[np.float64], loss: float) -> Cut:
    """Return a cut that is as high as a visit with closed gates at the shared decisions that close them.

    Closed gates get a price at which their columns save nothing, and so do the open ones of the option of
    each line that is in force most: what closing them would cost. Where that loses some of the bound, a line
    is bounded by what it saves with all gates open, counted in full as soon as any of its own opens.

    Parameters
    ----------
    pricer : Pricer
    held : Visit
        Lines priced with gates closed; proven.
    planned : ndarray
        The shared decisions that close them.
    loss : float
        What bounds of lines with stock and two options at once may lose in all.
    """
    part, gates = pricer.split, pricer.split.gates
    room, closed = gates.room(planned), gates.closed(planned)
    stuck = ~(np.abs(held.values) < NEVER / 2)
    if stuck.any():
        held = _freed(pricer, held, stuck, loss)
    charges, values = _charges(pricer, held, closed, room)
    prices = held.prices.copy()
    prices[gates.row] = _by_gate(charges, pricer, closed)
    touched = np.zeros(part.lines, dtype=bool)
    touched[gates.line[(prices[gates.row] != 0) | closed]] = True
    known = touched & np.isfinite(values)
    values = np.where(known, values, pricer.again(held, touched & ~known, prices, loss=loss).values)
    paid = prices[gates.row] * gates.own * room
    lost = held.values - (values - np.bincount(gates.line, paid, part.lines))
    total = APART * abs(held.constant) / part.lines
    apart = stuck | ~(lost <= np.maximum(total, APART * np.abs(held.values)))
    prices[gates.row[apart[gates.line]]] = 0.0
    saved = np.zeros(part.lines)
    if apart.any():
        saved[apart] = np.maximum(0.0, held.values - pricer.again(held, apart, loss=loss).values)[apart]
    constant = held.constant - float(held.values.sum())
    constant += float(np.where(apart, held.values, values).sum())
    constant -= float(prices[gates.row] @ gates.side)
    slope = pricer.reduced(prices)[part.planned].copy()
    slope -= gates.opened_by(closed, saved)
    return Cut(constant, slope)


def _freed(pricer: Pricer, held: Visit, stuck: NDArray[np.bool_], loss: float) -> Visit:
    """Return a visit where lines that can do nothing behind closed gates cost as much as all lines beyond."""
    known = replace(held, values=np.where(stuck, 0.0, held.values), constant=0.0)
    opened = pricer.again(known, stuck, loss=loss).values
    values = np.where(stuck, opened + DEAR * np.abs(np.where(stuck, opened, held.values)).sum(), held.values)
    rest = pricer.constant_of(held)
    return replace(held, values=values, constant=rest + float(values.sum()))


def _by_gate(charges: NDArray[np.float64], pricer: Pricer, closed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the prices of gates; a column behind several pays at the first that is closed."""
    gates = pricer.split.gates
    order = np.lexsort((~closed, gates.column))
    first = order[np.flatnonzero(np.diff(gates.column[order], prepend=-1))]
    found = np.zeros(len(gates))
    found[first] = charges[gates.column[first]] / gates.own[first]
    return found


def _charges(
    pricer: Pricer, held: Visit, closed: NDArray[np.bool_], room: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what columns behind gates are charged, shape (n + 1,), and what lines cost then where known."""
    part, gates = pricer.split, pricer.split.gates
    gated = np.zeros(len(part.line) + 1, dtype=bool)
    # Where an investment is there twice, closing it once costs nothing.
    gated[gates.column[closed | (_most_used(pricer, held.x) & (room < 1.0 + WHOLE))]] = True
    owners = np.zeros(part.lines, dtype=bool)
    owners[part.line[np.flatnonzero(gated[:-1])]] = True
    charges, cost = np.zeros(len(gated)), pricer.reduced(held.prices).copy()
    values = np.full(part.lines, np.inf)
    single, several = (pricer.walked, pricer.stocked), (pricer.paired, pricer.doubled)
    for groups, alone in ((single, False), (several, True)):
        for group in groups:
            lines = group[owners[group]]
            found = charge_lines(pricer.lines, cost, gated, charges, lines, alone=alone)
            values[lines] = np.inf if alone else found
    values += pricer.loops(cost)
    # Where the kernels charge open gates for more than their lines save, the charges are scaled down.
    open_ = gates.column[~closed]
    open_ = open_[charges[open_] > 0]
    paid = np.bincount(part.line[open_], charges[open_], part.lines)
    owners &= paid > 0
    cost[gates.column[closed]] = NEVER
    cost[open_] = NEVER
    least = pricer.price_all(cost, np.zeros(len(cost)), loss=np.inf, lines=owners)
    share = np.clip((least - held.values) / np.where(paid > 0, paid, 1.0), 0.0, 1.0)
    charges[open_] *= np.where(owners, share, 1.0)[part.line[open_]]
    values[owners & (share < 1.0)] = np.inf
    return charges, values


def _most_used(pricer: Pricer, x: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which gates belong to the gated option of their line that is in force most at a point."""
    gates, options = pricer.split.gates, pricer.gate_options
    count = len(pricer.lines.path)
    used = np.bincount(options, x[gates.column], count)
    line = np.full(count, -1, dtype=np.int64)
    line[options] = gates.line
    order = np.lexsort((used, line))
    last = order[np.flatnonzero(np.diff(np.append(line[order], pricer.split.lines)))]
    most = np.zeros(count, dtype=bool)
    most[last] = (used[last] > 0) & (line[last] >= 0)
    return np.asarray(most[options])
