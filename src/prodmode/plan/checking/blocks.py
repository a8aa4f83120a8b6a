"""The facts of some lines at a time, so that the referee needs memory for those and no more."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.fields import MODES
from prodmode.plan.checking.arrays import Array, Columns, total
from prodmode.plan.checking.facts import Facts
from prodmode.plan.checking.futures import factors
from prodmode.plan.checking.tiers import production_costs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BLOCK = 50_000
"""Lines whose cells are looked at together."""


@dataclass(frozen=True, slots=True, eq=False)
class Block(Facts):
    """The facts of a plan, with every place that concerns some of the lines.

    Of the plan's tables it holds assignments, production, sales, stock and unserved, and of these the rows of
    its lines.

    Attributes
    ----------
    cells : Columns
        A row per scenario, option and period in which anything is: its decisions and figures.
    markets : Columns
        A row per scenario, line and period in which any option is in force: demand and what is served.
    """

    cells: Columns
    markets: Columns


def spans(facts: Facts) -> Iterator[range]:
    """Yield the lines of each block, in the order of the instance."""
    lines = len(facts.lines["price"])
    for start in range(0, lines, BLOCK):
        yield range(start, min(start + BLOCK, lines))


def block(facts: Facts, span: range) -> Block:
    """Return the facts of some lines."""
    line = facts.options["line"]
    mine = np.zeros(len(facts.lines["price"]), dtype=bool)
    mine[span.start : span.stop] = True
    tables = {}
    for name in ("assignments", "production", "sales", "stock", "unserved"):
        table = facts.tables[name]
        rows = mine[table["line"] if name == "unserved" else line[table["option"]]]
        # Products of codes, which make keys, may be larger than the narrow codes of whole tables can hold.
        tables[name] = {column: _wide(values[rows]) for column, values in table.items()}
    options = np.flatnonzero(mine[line])
    row, period = np.nonzero(facts.in_force[options])
    option = options[row]
    cells = _cells(facts, tables, option * facts.periods + period)
    markets = _markets(facts, cells, option, period, span)
    known = {field.name: getattr(facts, field.name) for field in fields(Facts)}
    return Block(**known | {"tables": tables, "cells": cells, "markets": markets})


def _wide(values: Array) -> Array:
    return values.astype(np.intp) if values.dtype == np.int32 else values


def _cells(facts: Facts, tables: dict[str, Columns], in_force: NDArray[np.intp]) -> Columns:
    """Return the cells; where options are in force is given as positions in an array of shape (O, T)."""
    options, lines, changes = facts.options, facts.lines, facts.data["changes"]
    periods, width = facts.periods, facts.in_force.size
    own = {
        name: (tables[name]["scenario"] * width + tables[name]["option"] * periods + tables[name]["period"])
        for name in ("production", "sales", "stock")
    }
    everywhere = (scenario * width + in_force for scenario in range(len(facts.probability)))
    keys = np.sort(np.concatenate([*own.values(), *everywhere]))
    keys = keys[np.append(keys[:1] == keys[:1], keys[1:] != keys[:-1])].astype(np.int64)
    scenario, rest = np.divmod(keys, max(width, 1))
    option, period = np.divmod(rest, periods)
    line = options["line"][option]
    cells: Columns = {"scenario": scenario, "option": option, "period": period, "line": line}
    for column, table, name in (
        ("made", "production", "made"),
        ("setup", "production", "setup"),
        ("stated_cost", "production", "cost"),
        ("sold", "sales", "sold"),
        ("stated_revenue", "sales", "revenue"),
        ("stock", "stock", "stock"),
    ):
        cells[column] = np.zeros(len(keys))
        cells[column][np.searchsorted(keys, own[table])] = tables[table][name]
    cells["in_force"] = facts.in_force[option, period]
    cells["stockable"] = ~np.isnan(lines["holding_cost"][line]) & (
        options["mode"][option] != MODES.index("custom")
    )
    cells["before"] = _before(facts, keys, cells)

    places = cells | {
        "family": lines["family"][line],
        "mode": options["mode"][option],
        "site": options["site"][option],
    }
    cells["demand"] = demand_at(facts, places)
    price = facts.asked["price"][line, period]
    price = np.where(np.isnan(price), lines["price"][line], price) * options["price_factor"][option]
    cells["price"] = price * factors(changes, "price", places)
    cells["yield"] = options["yield"][option] * factors(changes, "yield", places)
    cost_factor = factors(changes, "unit_cost", places)
    cells["cost"] = production_costs(options, facts.data["tiers"], cells, cost_factor)
    cells["revenue"] = cells["price"] * cells["sold"]
    return cells


def _before(facts: Facts, keys: NDArray[np.int64], cells: Columns) -> NDArray[np.float64]:
    """Return the stock before: at the end of the previous period, whose key is one less; or at the start."""
    lines, line, period = facts.lines, cells["line"], cells["period"]
    before = np.zeros(len(keys))
    follows = (keys[1:] == keys[:-1] + 1) & (period[1:] > 0)
    before[1:][follows] = cells["stock"][:-1][follows]
    first = (period == 0) & (lines["current_option"][line] == cells["option"]) & cells["stockable"]
    before[first] = lines["initial_stock"][line[first]]
    return before


def demand_at(facts: Facts, places: Columns) -> NDArray[np.float64]:
    """Return the units asked for at places given by scenario, line, family and period."""
    units = facts.asked["units"][places["line"], places["period"]]
    return np.asarray(units * factors(facts.data["changes"], "demand", places))


def _markets(
    facts: Facts, cells: Columns, option: NDArray[np.intp], period: NDArray[np.intp], mine: range
) -> Columns:
    """Return the markets of the lines in a range, given where their options are in force."""
    options, lines = facts.options, facts.lines
    scenarios = len(facts.probability)
    shape = (scenarios, len(mine), facts.periods)
    offered = np.zeros(shape[1:], dtype=bool)
    offered[options["line"][option] - mine.start, period] = True
    line, period = np.nonzero(offered)
    served = cells["sold"] / options["demand_factor"][cells["option"]]
    at = np.ravel_multi_index((cells["scenario"], cells["line"] - mine.start, cells["period"]), shape)
    by_market = total(at, served, int(np.prod(shape))).reshape(shape)
    markets: Columns = {
        "scenario": np.repeat(np.arange(scenarios), len(line)),
        "line": np.tile(line + mine.start, scenarios),
        "period": np.tile(period, scenarios),
        "served": by_market[:, line, period].ravel(),
    }
    markets["demand"] = demand_at(facts, markets | {"family": lines["family"][markets["line"]]})
    return markets
