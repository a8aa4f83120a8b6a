"""The columns of the model: which decisions exist, their bounds, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.constants import codes
from prodmode.formulation.places import Places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from prodmode.formulation.blocks import Builder
    from prodmode.formulation.constants import Constants

FACILITY_LOCATION_PERIODS = 60
"""Longest horizon for which lines with setups and stock get a column per pair of periods."""

FACILITY_LOCATION_COLUMNS = 500_000
"""Most columns for pairs of periods that a program gets; beyond it no line gets any.

The pairs make bounds stronger, not the program another one: with `balance` in their place every plan is worth
the same. A program that would have more of them has several million rows and columns in either form, which
no general solver closes, and they would be a third of its coefficients.
"""


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the columns, -1 where a decision does not exist.

    Attributes
    ----------
    in_force : ndarray, shape (O, T)
        x: option o is in force in t.
    start, leave : ndarray, shape (O, T)
        u and e: it starts, it is left.
    offered : ndarray, shape (L, T)
        m: a line that need not be offered and may have several options is offered.
    bought, owned : ndarray, shape (K, T)
        z and Z: copies bought, copies in service.
    spent : ndarray, shape (T,)
        Capex spent up to t, where unspent money is carried over.
    made, setup, sold, stock : ndarray, shape (W, O, T)
        q, y, s and i.
    overtime : ndarray, shape (W, R, T)
        v.
    tier_chosen, tier_made : ndarray, shape (W, N, T)
        Tier n of the tiers table is reached or chosen, and the units made in it.
    serve_option, serve_from, serve_to : ndarray, shape (P,)
        Option, period of making and period of selling of each pair in the facility-location form.
    serves : ndarray, shape (W, P)
        Units made in one period for sale in another; period -1 is the initial stock.
    """

    in_force: NDArray[np.int32]
    start: NDArray[np.int32]
    leave: NDArray[np.int32]
    offered: NDArray[np.int32]
    bought: NDArray[np.int32]
    owned: NDArray[np.int32]
    spent: NDArray[np.int32]
    made: NDArray[np.int32]
    setup: NDArray[np.int32]
    sold: NDArray[np.int32]
    stock: NDArray[np.int32]
    overtime: NDArray[np.int32]
    tier_chosen: NDArray[np.int32]
    tier_made: NDArray[np.int32]
    serve_option: NDArray[np.int64]
    serve_from: NDArray[np.int64]
    serve_to: NDArray[np.int64]
    serves: NDArray[np.int32]


def _place(
    builder: Builder,
    family: str,
    kinds: Sequence[str],
    mask: NDArray[np.bool_],
    sentence: str,
    *,
    upper: ArrayLike = np.inf,
    lower: ArrayLike = 0.0,
    integer: bool = False,
) -> NDArray[np.int32]:
    """Add a column wherever the mask is true and return positions in the mask's shape."""
    places = Places.where(tuple(kinds), mask)
    low, high = (
        side if np.ndim(side) == 0 else places.take(np.broadcast_to(side, mask.shape))
        for side in (lower, upper)
    )
    positions = np.full(mask.size, -1, dtype=np.int32)
    positions[places.flat] = builder.add_columns(
        family, places, sentence, lower=low, upper=high, integer=integer
    )
    return positions.reshape(mask.shape)


def place_columns(builder: Builder, constants: Constants) -> Columns:
    """Add every column that the instance asks for.

    Parameters
    ----------
    builder : Builder
        Receives the columns.
    constants : Constants
        The instance as arrays.
    """
    scenarios, _, periods = constants.shape
    lines, investments = constants.tables["lines"], constants.tables["investments"]
    by_option, by_scenario = ("option", "period"), ("scenario", "option", "period")
    can = constants.available

    in_force = _place(
        builder, "in_force", by_option, can, "'{option}' is in force in {period}", upper=1, integer=True
    )
    starts, leaves = _switching(constants)
    start = _place(builder, "start", by_option, starts, "'{option}' starts in {period}", upper=1)
    leave = _place(builder, "leave", by_option, leaves, "'{option}' is left in {period}", upper=1)
    several = (lines["max_options"].to_numpy() > 1) & ~lines["required"].to_numpy(dtype=bool)
    offered = _place(
        builder, "offered", ("line", "period"), constants.on_market & several[:, None],
        "'{line}' is offered in {period}", upper=1,
    )  # fmt: skip
    copies = investments["max_copies"].to_numpy(dtype=np.float64)[:, None]
    by_investment = ("investment", "period")
    bought = _place(
        builder, "bought", by_investment, constants.purchasable,
        "copies of '{investment}' bought in {period}", upper=copies, integer=True,
    )  # fmt: skip
    owned = _place(
        builder, "owned", by_investment, constants.serviceable,
        "copies of '{investment}' in service in {period}", upper=copies,
    )  # fmt: skip
    spent = _spent(builder, constants)

    most = constants.most_made
    makes = constants.can_make
    made = _place(
        builder, "made", by_scenario, makes, "units of '{option}' made in {period}, {scenario}", upper=most
    )
    lots = constants.option("min_lot")[:, None] > 0
    sets_up = np.broadcast_to((can & constants.has_setup[:, None]), most.shape) & (makes | ~lots)
    setup = _place(
        builder,
        "setup",
        by_scenario,
        sets_up,
        "'{option}' is set up in {period}, {scenario}",
        upper=1,
        integer=True,
    )
    market = constants.market
    sold = _place(
        builder,
        "sold",
        by_scenario,
        market > 0,
        "units of '{option}' sold in {period}, {scenario}",
        upper=market,
    )
    keeps = constants.most_stock
    stock = _place(
        builder,
        "stock",
        by_scenario,
        keeps > 0,
        "units of '{option}' in stock after {period}, {scenario}",
        upper=keeps,
    )
    overtime_max = constants.tables["resources"]["overtime_max"].to_numpy()
    overtime = _place(
        builder, "overtime", ("scenario", "resource", "period"),
        np.broadcast_to((overtime_max > 0)[:, None], (scenarios, len(overtime_max), periods)),
        "overtime of '{resource}' in {period}, {scenario}", upper=overtime_max[:, None],
    )  # fmt: skip
    tier_chosen, tier_made = _tiers(builder, constants, setup)
    pairs = _serve_pairs(constants)
    serves = _serves(builder, constants, *pairs)
    return Columns(
        in_force, start, leave, offered, bought, owned, spent, made, setup, sold, stock, overtime,
        tier_chosen, tier_made, *pairs, serves,
    )  # fmt: skip


def counted_starts(constants: Constants) -> NDArray[np.bool_]:
    """Return which starts count against max_switches, shape (L, T).

    Those in a line's first period do not where it has no current option.
    """
    market = constants.on_market
    counted = market.copy()
    first = np.where(market.any(axis=1), market.argmax(axis=1), 0)
    fresh = codes(constants.tables["lines"]["current_option"]) < 0
    counted[np.flatnonzero(fresh), first[fresh]] = False
    return counted


def limited_switches(constants: Constants) -> NDArray[np.bool_]:
    """Return the lines whose max_switches can bind, shape (L,)."""
    lines = constants.tables["lines"]
    most = counted_starts(constants).sum(axis=1) * lines["max_options"].to_numpy()
    return np.asarray(lines["max_switches"].to_numpy() < most)


def _switching(constants: Constants) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    can = constants.available
    before = np.concatenate([constants.current[:, None], can[:, :-1]], axis=1)
    matters = (constants.option("startup_cost") != 0) | (constants.option("tooling_capex") != 0)
    matters |= constants.option("exit_cost") != 0
    matters |= limited_switches(constants)[constants.line]
    return can & matters[:, None], before & matters[:, None]


def _spent(builder: Builder, constants: Constants) -> NDArray[np.int32]:
    budgets = constants.tables["budgets"]
    periods = len(budgets) if constants.instance.settings.budget_carryover else 0
    ceiling = budgets["capex_limit"].to_numpy().cumsum()[:periods]
    return _place(
        builder, "spent", ("period",), np.ones(periods, dtype=bool), "capex spent up to {period}",
        lower=-np.inf, upper=ceiling,
    )  # fmt: skip


def _tiers(
    builder: Builder, constants: Constants, setup: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    tiers = constants.tables["tiers"]
    option = codes(tiers["option"])
    start = tiers["from_units"].to_numpy()
    reached = (start[:, None] < constants.most_made[:, option]) | (
        (start[:, None] <= constants.most_made[:, option])
        & constants.can_make[:, option]
        & (start > 0)[:, None]
    )
    reached &= setup[:, option] >= 0
    incremental = (constants.tables["options"]["tier_kind"] == "incremental").to_numpy()[option]
    kinds = ("scenario", "tier", "period")
    # The first incremental tier is entered with the setup itself, so it needs no column of its own.
    own = reached & ~(incremental & (start == 0))[:, None]
    chosen = _place(
        builder,
        "tier_chosen",
        kinds,
        own,
        "the tier {tier} is reached in {period}, {scenario}",
        upper=1,
        integer=True,
    )
    first = reached & (incremental & (start == 0))[:, None]
    chosen = np.where(first, setup[:, option], chosen)
    made = _place(
        builder, "tier_made", kinds, reached, "units made in the tier {tier} in {period}, {scenario}",
        upper=constants.tier_ceiling,
    )  # fmt: skip
    return chosen, made


def _serve_pairs(constants: Constants) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return (option, made in, sold in) of lines with setups and stock, for the facility-location form.

    Not where keeping stock pays (a negative holding cost): there stock can be worth more than what is sold.
    """
    scenarios, _, periods = constants.shape
    takes = constants.stockable & constants.has_setup & ~(constants.of_line("holding_cost") < 0)
    when = constants.available.sum(axis=1)
    takes &= when > 1
    pairs_of = when * (when + 1) // 2 + when * (constants.initial_stock > 0)
    total = scenarios * int(pairs_of[takes].sum())
    if not total or periods > FACILITY_LOCATION_PERIODS or total > FACILITY_LOCATION_COLUMNS:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    made, sold = np.triu_indices(periods)
    made, sold = np.append(made, np.full(periods, -1)), np.append(sold, np.arange(periods))
    rows = np.flatnonzero(takes)
    can = constants.available[rows]
    pairs = can[:, sold] & np.where(made >= 0, can[:, made], constants.initial_stock[rows][:, None] > 0)
    option, pair = np.nonzero(pairs)
    return rows[option], made[pair], sold[pair]


def _serves(
    builder: Builder,
    constants: Constants,
    option: NDArray[np.int64],
    made: NDArray[np.int64],
    sold: NDArray[np.int64],
) -> NDArray[np.int32]:
    scenarios = constants.shape[0]
    size = len(option)
    scenario = np.repeat(np.arange(scenarios), size)
    keys = {
        "scenario": scenario,
        "option": np.tile(option, scenarios),
        "made_in": np.tile(made, scenarios),
        "period": np.tile(sold, scenarios),
    }
    positions = builder.add_columns(
        "serves", keys, "units of '{option}' made in {made_in} and sold in {period}, {scenario}",
        upper=constants.market[:, option, sold].ravel(),
    )  # fmt: skip
    return positions.reshape(scenarios, size)
