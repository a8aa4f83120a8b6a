"""The lines of a portfolio as flat arrays: what the kernels that price every line work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodmode.formulation.columns import counted_starts, limited_switches
from prodmode.formulation.constants import codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.structure import Structure

KEEPS, INCREMENTAL = 1, 2
"""Bits of `Lines.kind`."""


class Lines(NamedTuple):
    """Arrays over lines l, options o, tiers n, scenarios w and periods t.

    Columns of the program are given by position, -1 where there is none. Values that are read together stand
    together: 28 bytes an option, period and scenario, 12 more an option and period, 16 a tier, period and
    scenario.

    Attributes
    ----------
    first : ndarray of int32, shape (L + 1,)
        Where the options of each line begin in `order`.
    order : ndarray of int32, shape (O,)
        Options line by line.
    line : ndarray of int32, shape (L, 2)
        Option in force before the first period, -1 for none; most counted starts plus one, or 1 where starts
        are not limited.
    rule : ndarray of int32, shape (L, T, 3)
        Column of "offered"; whether a start counts; whether no option need be in force.
    path : ndarray of int32, shape (O, T, 3)
        Columns of "in force", "start" and "leave".
    plain : ndarray of float, shape (O, 4)
        Least lot, least fill rate, initial stock, demand factor.
    kind : ndarray of int8, shape (O,)
        Bits: periods hang together by stock; tiers are incremental.
    second : ndarray of int32, shape (W, O, T, 4)
        Columns of units made, setup, units sold, stock.
    bound : ndarray of float, shape (W, O, T, 3)
        Most units sold, good units per unit made, most units made.
    tier_first : ndarray of int32, shape (O + 1,)
        Where the tiers of each option begin.
    tier_from : ndarray of float, shape (N,)
    tier_place : ndarray of int32, shape (W, N, T, 2)
        Columns of units made in the tier and of its choice.
    tier_bound : ndarray of float, shape (W, N, T)
        Most units in the tier.
    """

    first: NDArray[np.int32]
    order: NDArray[np.int32]
    line: NDArray[np.int32]
    rule: NDArray[np.int32]
    path: NDArray[np.int32]
    plain: NDArray[np.float64]
    kind: NDArray[np.int8]
    second: NDArray[np.int32]
    bound: NDArray[np.float64]
    tier_first: NDArray[np.int32]
    tier_from: NDArray[np.float64]
    tier_place: NDArray[np.int32]
    tier_bound: NDArray[np.float64]


def lines_of(structure: Structure) -> Lines:
    """Lay out the lines of a program.

    Parameters
    ----------
    structure : Structure
        The meaning of its columns.
    """
    constants, columns = structure.constants, structure.columns
    table, options = constants.tables["lines"], constants.tables["options"]
    count = len(table)
    order = np.argsort(constants.line, kind="stable").astype(np.int32)
    limited = limited_switches(constants)
    layers = np.where(limited, table["max_switches"].to_numpy(dtype=np.int64) + 1, 1)
    optional = ~constants.on_market | ~table["required"].to_numpy(dtype=bool)[:, None]
    counted = counted_starts(constants) & limited[:, None]
    market = np.where(columns.sold >= 0, constants.market, 0.0)
    good = np.broadcast_to(constants.effective.yield_, market.shape)
    initial = constants.initial_stock
    keeps = (columns.stock >= 0).any(axis=(0, 2)) | (initial > 0)
    incremental = (options["tier_kind"] == "incremental").to_numpy(dtype=bool)
    tiers = constants.tables["tiers"]
    of_tier = codes(tiers["option"])
    by_option = np.argsort(of_tier, kind="stable")
    found = Lines(
        first=np.searchsorted(constants.line[order], np.arange(count + 1)).astype(np.int32),
        order=order,
        line=np.stack([codes(table["current_option"]), layers], axis=-1).astype(np.int32),
        rule=np.stack([columns.offered, counted, optional], axis=-1).astype(np.int32),
        path=np.stack([columns.in_force, columns.start, columns.leave], axis=-1),
        plain=np.stack([constants.option("min_lot"), constants.of_line("min_fill_rate"), initial,
             constants.option("demand_factor")], axis=-1),
        kind=(KEEPS * keeps + INCREMENTAL * incremental).astype(np.int8),
        second=np.stack([columns.made, columns.setup, columns.sold, columns.stock], axis=-1),
        bound=np.stack([market, good, constants.most_made], axis=-1),
        tier_first=np.searchsorted(of_tier[by_option], np.arange(len(options) + 1)).astype(np.int32),
        tier_from=tiers["from_units"].to_numpy(dtype=np.float64)[by_option],
        tier_place=np.stack(
            [columns.tier_made[:, by_option], columns.tier_chosen[:, by_option]], axis=-1
        ).astype(np.int32),
        tier_bound=constants.tier_ceiling[:, by_option],
    )  # fmt: skip
    parts: Any = [np.ascontiguousarray(part) for part in found]
    return Lines(*parts)
