"""Whether the figures that a plan states are true (accounts)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings

PLACE = "option '{option}' of line '{line}' in period {period}"


def check_accounts(facts: Facts, findings: Findings) -> None:
    """Check the figures of assignments, production, sales and unserved demand."""
    _assignments(facts, findings)
    _cells(facts, findings)
    _unserved(facts, findings)


def _compare(
    findings: Findings,
    table: pd.DataFrame,
    figures: tuple[NDArray[np.float64], NDArray[np.float64]],
    words: tuple[str, str, str],
    terms: Sequence[NDArray[np.float64]] = (),
) -> None:
    """Report where a stated figure is not the true one; `words` are the place, its name and its unit."""
    stated, true = figures
    place, name, unit = words
    message = f"{place}: the plan states {name} as {{stated}}{unit}; it is {{true}}"
    table = table.assign(stated=stated, true=true)
    findings.rows("accounts", table, np.abs(stated - true), [stated, true, *terms], message)


def _assignments(facts: Facts, findings: Findings) -> None:
    force = facts.tables["assignments"]
    option, period = force["option"].to_numpy(), force["period"].to_numpy()
    table = force[["option", "period"]].assign(line=facts.options["line"].to_numpy()[option])
    cells = facts.cells
    weight = facts.probability[cells["scenario"].to_numpy()]
    for name in ("made", "sold"):
        expected = np.zeros(facts.in_force.shape)
        place = (cells["option"].to_numpy(), cells["period"].to_numpy())
        np.add.at(expected, place, weight * cells[name].to_numpy())
        true = expected[option, period]
        _compare(findings, table, (force[name].to_numpy(), true), (PLACE, f"units {name}", ""))
    starts = facts.starts[option, period]
    wrong = force["started"].to_numpy() != starts
    message = f"{PLACE}: the plan states started as {{stated}}; it is {{true}}"
    table = table.assign(stated=force["started"], true=starts)
    findings.marked("accounts", table, np.flatnonzero(wrong), wrong.astype(np.float64), message)


def _cells(facts: Facts, findings: Findings) -> None:
    cells = facts.cells
    keys = ["scenario", "line", "option", "period"]
    place, money = f"{PLACE}, scenario '{{scenario}}'", f" {findings.currency}"
    cost, stated = cells["cost"].to_numpy(), cells["stated_cost"].to_numpy()
    _compare(findings, cells[keys], (stated, cost), (place, "the production cost", money))
    revenue, stated = cells["revenue"].to_numpy(), cells["stated_revenue"].to_numpy()
    _compare(findings, cells[keys], (stated, revenue), (place, "the revenue", money))
    sales = facts.tables["sales"]
    own = ["scenario", "option", "period"]
    joined = sales[[*own, "price"]].merge(cells[[*keys, "price"]], on=own, suffixes=("_stated", ""))
    stated, price = joined["price_stated"].to_numpy(), joined["price"].to_numpy()
    _compare(findings, joined[keys], (stated, price), (place, "the price", money))


def _unserved(facts: Facts, findings: Findings) -> None:
    keys = ["scenario", "line", "period"]
    place = "line '{line}' in period {period}, scenario '{scenario}'"
    figures = ["demand", "served", "unserved"]
    markets = facts.markets[[*keys, "demand", "served"]]
    markets = markets[(markets["demand"] > 0).to_numpy()]
    markets = markets.assign(unserved=markets["demand"] - markets["served"])
    joined = facts.tables["unserved"].merge(
        markets, how="outer", on=keys, suffixes=("_stated", ""), indicator="side"
    )
    side = joined["side"].astype("str").to_numpy()
    size = joined["demand"].fillna(joined["demand_stated"]).to_numpy()
    for label, fault in (("left_only", "a row too many"), ("right_only", "no row")):
        hits = np.flatnonzero(side == label)
        findings.marked("accounts", joined[keys], hits, size, f"table unserved has {fault} for {place}")
    both = joined[side == "both"]
    demand = both["demand"].to_numpy()
    for name in figures:
        stated, true = both[f"{name}_stated"].to_numpy(), both[name].to_numpy()
        words = (place, name, " units")
        _compare(findings, both[keys], (stated, true), words, [demand])
