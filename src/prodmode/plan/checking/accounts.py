"""Whether the figures that a plan states are true (accounts)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.plan.checking.arrays import look_up, pick, total

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.plan.checking.arrays import Columns
    from prodmode.plan.checking.blocks import Block
    from prodmode.plan.checking.verdict import Findings

PLACE = "option '{option}' of line '{line}' in period {period}"


def check_accounts(block: Block, findings: Findings) -> None:
    """Check the figures of assignments, production, sales and unserved demand."""
    _assignments(block, findings)
    _cells(block, findings)
    _unserved(block, findings)


def _compare(
    findings: Findings,
    table: Columns,
    stated: NDArray[np.float64],
    true: NDArray[np.float64],
    words: tuple[str, str, str],
) -> None:
    """Report where a stated figure is not the true one; `words` are the place, its name and its unit."""
    place, name, unit = words
    message = f"{place}: the plan states {name} as {{stated}} {unit}; it is {{true}}"
    told = table | {"stated": stated, "true": true}
    findings.rows("accounts", told, np.abs(stated - true), [stated, true], message)


def _assignments(block: Block, findings: Findings) -> None:
    force, cells = block.tables["assignments"], block.cells
    option, period = force["option"], force["period"]
    table = {"line": block.options["line"][option], "option": option, "period": period}
    weight = block.probability[cells["scenario"]]
    own = option * block.periods + period
    order = np.argsort(own)
    at = np.searchsorted(own, cells["option"] * block.periods + cells["period"], sorter=order)
    row = np.append(order, 0)[at]
    stated = cells["in_force"]
    for name in ("made", "sold"):
        expected = total(row[stated], (weight * cells[name])[stated], len(own))
        _compare(findings, table, force[name], expected, (PLACE, name, "units"))
    starts = block.starts[option, period]
    hits = np.flatnonzero(force["started"] != starts)
    message = f"{PLACE}: the plan states started as {{stated}}; it is {{true}}"
    table |= {"stated": force["started"], "true": starts}
    findings.marked("accounts", table, hits, np.ones(len(starts)), message)


def _cells(block: Block, findings: Findings) -> None:
    cells, sales = block.cells, block.tables["sales"]
    keys = {name: cells[name] for name in ("scenario", "line", "option", "period")}
    place, money = f"{PLACE}, scenario '{{scenario}}'", findings.currency
    _compare(findings, keys, cells["stated_cost"], cells["cost"], (place, "the production cost", money))
    _compare(findings, keys, cells["stated_revenue"], cells["revenue"], (place, "the revenue", money))
    width = block.in_force.size
    own, at = (
        table["scenario"] * width + table["option"] * block.periods + table["period"]
        for table in (cells, sales)
    )
    keys = {name: sales[name] for name in ("scenario", "line", "option", "period")}
    price = look_up(own, cells["price"], at, np.nan)
    _compare(findings, keys, sales["price"], price, (place, "the price", money))


def _unserved(block: Block, findings: Findings) -> None:
    table = block.tables["unserved"]
    asked = pick(block.markets, block.markets["demand"] > 0)
    asked["unserved"] = asked["demand"] - asked["served"]
    lines = len(block.lines["price"])
    stated, true = (
        (side["scenario"] * lines + side["line"]) * block.periods + side["period"] for side in (table, asked)
    )
    place = "line '{line}' in period {period}, scenario '{scenario}'"
    extra, missing = ~np.isin(stated, true), ~np.isin(true, stated)
    message = f"table unserved has a row too many for {place}"
    findings.marked("accounts", table, np.flatnonzero(extra), table["demand"], message)
    message = f"table unserved has no row for {place}"
    findings.marked("accounts", asked, np.flatnonzero(missing), asked["demand"], message)
    both = pick(asked, ~missing)
    keys = {name: both[name] for name in ("scenario", "line", "period")}
    for name in ("demand", "served", "unserved"):
        told = look_up(stated, table[name], true[~missing], np.nan)
        message = f"{place}: the plan states {name} as {{stated}} units; it is {{true}}"
        off, terms = np.abs(told - both[name]), [told, both[name], both["demand"]]
        findings.rows("accounts", keys | {"stated": told, "true": both[name]}, off, terms, message)
