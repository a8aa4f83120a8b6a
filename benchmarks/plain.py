"""A plain portfolio and its program, written by hand.

Every line has five options in force one at a time: two of mass production with setups and tooling, one
custom, two outsourced; each uses one shared resource. `by_hand` is what a modeller writes without any
modelling layer: coordinates worked out with index arithmetic, written into arrays of known size, one slice
per family, and turned into CSR by scipy. It shares no code with ``prodmode.formulation``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array

from prodmode import Instance
from prodmode.formulation.mip import Mip

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MODES = ("mass", "mass", "custom", "outsourced", "outsourced")
"""Modes of the options of a line."""


def portfolio(lines: int, periods: int, *, seed: int = 1) -> Instance:
    """Return a portfolio of lines with five options each.

    Parameters
    ----------
    lines, periods : int
        Size.
    seed : int
        Of the figures.
    """
    random = np.random.default_rng(seed)
    names = np.array([f"line-{number}" for number in range(lines)])
    options = np.array([f"{name}-{letter}" for name in names for letter in "abcde"])
    mode = np.tile(np.array(MODES), lines)
    mass = mode == "mass"
    resources = 40
    size = len(options)
    units = random.integers(50, 500, (lines, periods)).astype(float)
    labels = [str(period) for period in range(1, periods + 1)]
    return Instance.from_tables(
        {"name": f"plain {lines} x {periods}", "periods": periods, "discount_rate": 0.08},
        {
            "lines": pd.DataFrame({"line": names, "price": random.integers(60, 90, lines)}),
            "demand": pd.DataFrame({"line": names} | dict(zip(labels, units.T, strict=True))),
            "options": pd.DataFrame(
                {
                    "option": options,
                    "line": np.repeat(names, len(MODES)),
                    "mode": mode,
                    "unit_cost": random.integers(20, 40, size),
                    "fixed_cost": random.integers(10, 400, size),
                    "startup_cost": random.integers(100, 900, size),
                    "tooling_capex": np.where(mass, 2000, 0),
                    "exit_cost": random.integers(10, 90, size),
                    "setup_cost": np.where(mass, 150, 0),
                }
            ),
            "resources": pd.DataFrame(
                {
                    "resource": [f"resource-{number}" for number in range(resources)],
                    "capacity": np.full(resources, 90.0 * size / resources),
                }
            ),
            "usage": pd.DataFrame(
                {
                    "option": options,
                    "resource": [f"resource-{number}" for number in random.integers(0, resources, size)],
                    "per_unit": random.uniform(0.5, 1.5, size).round(2),
                    "per_setup": np.where(mass, 4.0, 0.0),
                }
            ),
        },
    )


class Tables:
    """The columns of a plain portfolio as bare arrays: all that `by_hand` is given."""

    def __init__(self, instance: Instance) -> None:
        options, usage, demand = instance.options, instance.usage, instance.demand
        lines = instance.lines
        self.periods = len(instance.periods)
        self.rate = instance.settings.discount_rate
        self.line = options["line"].cat.codes.to_numpy().astype(np.int64)
        self.resource = usage["resource"].cat.codes.to_numpy().astype(np.int64)
        self.capacity = instance.resources["capacity"].to_numpy()
        self.demand = demand["units"].to_numpy().reshape(len(lines), self.periods)
        self.price = lines["price"].to_numpy()
        self.per_unit, self.per_setup = usage["per_unit"].to_numpy(), usage["per_setup"].to_numpy()
        names = ("unit_cost", "fixed_cost", "startup_cost", "tooling_capex", "exit_cost", "setup_cost")
        self.money = {name: options[name].to_numpy() for name in names}


def by_hand(tables: Tables) -> Mip:  # noqa: PLR0915
    """Fill the arrays of the program of a plain portfolio.

    Parameters
    ----------
    tables : Tables
        Its figures.
    """
    periods, money = tables.periods, tables.money
    options, lines, resources = len(tables.line), len(tables.price), len(tables.capacity)
    count = options * periods
    sets_up = np.flatnonzero((money["setup_cost"] != 0) | (tables.per_setup > 0))
    setups = len(sets_up) * periods

    grid = np.arange(count).reshape(options, periods)
    in_force, start = grid, grid + count
    leave = 2 * count + np.arange(options * (periods - 1)).reshape(options, periods - 1)
    made = 2 * count + leave.size + grid
    setup = np.full((options, periods), -1)
    setup[sets_up] = made[-1, -1] + 1 + np.arange(setups).reshape(-1, periods)
    sold = made[-1, -1] + 1 + setups + grid
    width = int(sold[-1, -1]) + 1
    switch = np.where(setup >= 0, setup, in_force)

    market = tables.demand[tables.line]
    room = (tables.capacity[tables.resource] - tables.per_setup) / tables.per_unit
    most = np.minimum(market, np.maximum(room, 0)[:, None])

    heights = (lines * periods, count, lines, count, count, count, setups, resources * periods)
    assignment, switching, switches, balance, market_row, production, setup_row, capacity = np.cumsum(
        (0, *heights[:-1])
    )
    height = sum(heights)
    entries = 13 * count - 3 * options + 3 * setups
    row = np.empty(entries, dtype=np.int32)
    column = np.empty(entries, dtype=np.int32)
    value = np.empty(entries)
    filled = 0

    def put(rows: ArrayLike, columns: NDArray[np.int64], values: ArrayLike) -> None:
        nonlocal filled
        span = slice(filled, filled + columns.size)
        row[span].reshape(columns.shape)[...] = rows
        column[span] = columns.ravel()
        value[span].reshape(columns.shape)[...] = values
        filled += columns.size

    when = np.arange(periods)
    put(assignment + tables.line[:, None] * periods + when, in_force, 1.0)
    put(switching + grid[:, 1:], in_force[:, :-1], 1.0)
    put(switching + grid, in_force, -1.0)
    put(switching + grid, start, 1.0)
    put(switching + grid[:, 1:], leave, -1.0)
    put(switches + np.repeat(tables.line, periods - 1).reshape(options, -1), start[:, 1:], 1.0)
    put(balance + grid, made, -1.0)
    put(balance + grid, sold, 1.0)
    put(market_row + grid, switch, -market)
    put(market_row + grid, sold, 1.0)
    put(production + grid, switch, -most)
    put(production + grid, made, 1.0)
    put(setup_row + np.arange(setups).reshape(-1, periods), in_force[sets_up], -1.0)
    put(setup_row + np.arange(setups).reshape(-1, periods), setup[sets_up], 1.0)
    used = capacity + tables.resource[:, None] * periods + when
    put(used, made, tables.per_unit[:, None])
    put(used[sets_up], setup[sets_up], tables.per_setup[sets_up][:, None])
    matrix = coo_array((value, (row, column)), shape=(height, width)).tocsr()
    matrix.sum_duplicates()

    discount = (1 + tables.rate) ** -when.astype(float)
    cost = np.empty(width)
    cost[in_force] = money["fixed_cost"][:, None] * discount
    cost[start] = (money["startup_cost"] + money["tooling_capex"])[:, None] * discount
    cost[leave] = money["exit_cost"][:, None] * discount[1:]
    cost[made] = money["unit_cost"][:, None] * discount
    cost[setup[sets_up]] = money["setup_cost"][sets_up][:, None] * discount
    cost[sold] = -tables.price[tables.line][:, None] * discount
    upper = np.ones(width)
    upper[made], upper[sold] = most, market
    integer = np.zeros(width, dtype=bool)
    integer[in_force] = True
    integer[setup[sets_up]] = True
    row_lower, row_upper = np.full(height, -np.inf), np.zeros(height)
    row_lower[:switching] = row_upper[:switching] = 1.0
    row_lower[switching:switches] = 0.0
    row_upper[switches:balance] = 1.0
    row_upper[capacity:] = np.repeat(tables.capacity, periods)
    return Mip(cost, 0.0, matrix, row_lower, row_upper, np.zeros(width), upper, integer)
