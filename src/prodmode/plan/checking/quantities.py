"""What is made, kept and sold (balance, demand, lots)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings

CELL = ["scenario", "line", "option", "period"]
PLACE = "option '{option}' of line '{line}' in period {period}, scenario '{scenario}'"


def check_quantities(facts: Facts, findings: Findings) -> None:
    """Check balance, demand and lots."""
    _balance(facts, findings)
    _demand(facts, findings)
    _lots(facts, findings)


def _balance(facts: Facts, findings: Findings) -> None:
    cells = facts.cells
    made, sold, stock = (cells[name].to_numpy() for name in ("made", "sold", "stock"))
    before, good = cells["before"].to_numpy(), cells["yield"].to_numpy() * made
    table = cells[[*CELL, "sold", "stock", "before"]].assign(good=good)
    message = (
        f"{PLACE}, sells {{sold}} and keeps {{stock}} units, {{size}} more than the {{before}} in stock "
        "before and the {good} good units made"
    )
    findings.rows("balance", table, sold + stock - before - good, [sold, stock, before, good], message)

    size = np.where(cells["in_force"], 0.0, stock)
    message = f"{PLACE}, keeps {{stock}} units in stock while it is not in force"
    findings.rows("balance", table, size, [_scale(facts)], message)
    size = np.where(cells["stockable"], 0.0, stock)
    message = f"{PLACE}, keeps {{stock}} units in stock, but cannot be stocked"
    findings.rows("balance", table, size, [], message)


def _demand(facts: Facts, findings: Findings) -> None:
    cells, markets = facts.cells, facts.markets
    sold = cells["sold"].to_numpy()
    market = (
        cells["demand"].to_numpy() * facts.options["demand_factor"].to_numpy()[cells["option"].to_numpy()]
    )
    table = cells[[*CELL, "sold"]].assign(market=market)
    force = cells["in_force"].to_numpy()
    message = f"{PLACE}, sells {{sold}} units, {{size}} more than the {{market}} its market asks for"
    findings.rows("demand", table, np.where(force, sold - market, 0.0), [sold, market], message)
    message = f"{PLACE}, sells {{sold}} units while it is not in force"
    findings.rows("demand", table, np.where(force, 0.0, sold), [_scale(facts)], message)

    demand, served = markets["demand"].to_numpy(), markets["served"].to_numpy()
    place = "line '{line}' in period {period}, scenario '{scenario}', serves {served} units"
    message = f"{place}, {{size}} more than the {{demand}} asked for"
    findings.rows("demand", markets, served - demand, [served, demand], message)
    fill = facts.lines["min_fill_rate"].to_numpy()[markets["line"].to_numpy()]
    table = markets.assign(least=fill * demand, fill=fill)
    message = f"{place}, {{size}} less than the {{least}} that a fill rate of {{fill}} asks for"
    findings.rows("demand", table, fill * demand - served, [served, fill * demand], message)


def _scale(facts: Facts) -> NDArray[np.float64]:
    """Return for each cell the most its line is asked for: what a solver's tolerance on x is relative to."""
    demand = facts.instance.demand
    most = np.zeros(len(facts.lines))
    np.maximum.at(most, demand["line"].cat.codes.to_numpy(), demand["units"].to_numpy())
    return np.asarray(most[facts.cells["line"].to_numpy()])


def has_setups(facts: Facts) -> NDArray[np.bool_]:
    """Return which options have setups: those to which a setup or a lot size means something."""
    options, usage, tiers = facts.options, facts.instance.usage, facts.instance.tiers
    has = (options["setup_cost"].to_numpy() != 0) | (options["min_lot"].to_numpy() > 0)
    has[usage["option"].cat.codes.to_numpy()[usage["per_setup"].to_numpy() > 0]] = True
    has[tiers["option"].cat.codes.to_numpy()] = True
    return np.asarray(has)


def _lots(facts: Facts, findings: Findings) -> None:
    cells, options = facts.cells, facts.options
    option = cells["option"].to_numpy()
    made, setup = cells["made"].to_numpy(), cells["setup"].to_numpy()
    force, needs = cells["in_force"].to_numpy(), has_setups(facts)[option]
    least = options["min_lot"].to_numpy()[option]
    most = options["max_units"].fillna(np.inf).to_numpy()[option]
    table = cells[[*CELL, "made"]].assign(least=least, most=most)
    scale = _scale(facts)

    message = f"{PLACE}, makes {{made}} units while it is not in force"
    findings.rows("lots", table, np.where(force, 0.0, made), [scale], message)
    message = f"{PLACE}, makes {{made}} units without a setup"
    findings.rows("lots", table, np.where(force & needs & (setup == 0), made, 0.0), [scale], message)
    message = f"{PLACE}, is set up while it is not in force"
    findings.rows("lots", table, np.where(force, 0.0, setup), [], message)
    message = f"{PLACE}, is set up, but has no setups"
    findings.rows("lots", table, np.where(needs, 0.0, setup), [], message)
    message = f"{PLACE}, makes {{made}} units, {{size}} less than the lot of {{least}}"
    findings.rows("lots", table, np.where(setup > 0, least - made, 0.0), [made, least], message)
    message = f"{PLACE}, makes {{made}} units, {{size}} more than the {{most}} it can"
    findings.rows("lots", table, made - most, [made], message)
