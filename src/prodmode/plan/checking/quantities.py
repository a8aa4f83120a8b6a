"""What is made, kept and sold (balance, demand, lots)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.plan.checking.blocks import Block
    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings

PLACE = "option '{option}' of line '{line}' in period {period}, scenario '{scenario}',"


def check_quantities(block: Block, findings: Findings) -> None:
    """Check balance, demand and lots."""
    _balance(block, findings)
    _demand(block, findings)
    _lots(block, findings)


def _balance(block: Block, findings: Findings) -> None:
    cells = block.cells
    sold, stock, before = cells["sold"], cells["stock"], cells["before"]
    good = cells["yield"] * cells["made"]
    message = (
        f"{PLACE} sells {{sold}} and keeps {{stock}} units, {{size}} more than the {{before}} in stock "
        "before and the {good} good units made"
    )
    over = sold + stock - before - good
    findings.rows("balance", cells | {"good": good}, over, [sold, stock, before, good], message)
    message = f"{PLACE} keeps {{stock}} units in stock while it is not in force"
    findings.rows("balance", cells, np.where(cells["in_force"], 0.0, stock), [_scale(block)], message)
    message = f"{PLACE} keeps {{stock}} units in stock, but cannot be stocked"
    findings.rows("balance", cells, np.where(cells["stockable"], 0.0, stock), [], message)


def _demand(block: Block, findings: Findings) -> None:
    cells, markets = block.cells, block.markets
    sold, force = cells["sold"], cells["in_force"]
    market = cells["demand"] * block.options["demand_factor"][cells["option"]]
    message = f"{PLACE} sells {{sold}} units, {{size}} more than the {{market}} its market asks for"
    over = np.where(force, sold - market, 0.0)
    findings.rows("demand", cells | {"market": market}, over, [sold, market], message)
    message = f"{PLACE} sells {{sold}} units while it is not in force"
    findings.rows("demand", cells, np.where(force, 0.0, sold), [_scale(block)], message)

    demand, served = markets["demand"], markets["served"]
    place = "line '{line}' in period {period}, scenario '{scenario}', serves {served} units"
    message = f"{place}, {{size}} more than the {{demand}} asked for"
    findings.rows("demand", markets, served - demand, [served, demand], message)
    fill = block.lines["min_fill_rate"][markets["line"]]
    least = fill * demand
    message = f"{place}, {{size}} less than the {{least}} that a fill rate of {{fill}} asks for"
    table = markets | {"least": least, "fill": fill}
    findings.rows("demand", table, least - served, [served, least], message)


def _scale(block: Block) -> NDArray[np.float64]:
    """Return for each cell the most its line is asked for: what a solver's tolerance on x is relative to."""
    return np.asarray(block.asked["units"].max(axis=1)[block.cells["line"]])


def has_setups(facts: Facts) -> NDArray[np.bool_]:
    """Return which options have setups: those to which a setup or a lot size means something."""
    usage = facts.data["usage"]
    has = (facts.options["setup_cost"] != 0) | (facts.options["min_lot"] > 0)
    has[usage["option"][usage["per_setup"] > 0]] = True
    has[facts.data["tiers"]["option"]] = True
    return np.asarray(has)


def _lots(block: Block, findings: Findings) -> None:
    cells, option = block.cells, block.cells["option"]
    made, setup, force = cells["made"], cells["setup"], cells["in_force"]
    needs, scale = has_setups(block)[option], _scale(block)
    least, most = block.options["min_lot"][option], block.options["max_units"][option]

    message = f"{PLACE} makes {{made}} units while it is not in force"
    findings.rows("lots", cells, np.where(force, 0.0, made), [scale], message)
    message = f"{PLACE} makes {{made}} units without a setup"
    findings.rows("lots", cells, np.where(force & needs & (setup == 0), made, 0.0), [scale], message)
    message = f"{PLACE} is set up while it is not in force"
    findings.rows("lots", cells, np.where(force, 0.0, setup), [], message)
    message = f"{PLACE} is set up, but has no setups"
    findings.rows("lots", cells, np.where(needs, 0.0, setup), [], message)
    message = f"{PLACE} makes {{made}} units, {{size}} less than the lot of {{least}}"
    under = np.where(setup > 0, least - made, 0.0)
    findings.rows("lots", cells | {"least": least}, under, [made, least], message)
    message = f"{PLACE} makes {{made}} units, {{size}} more than the {{most}} it can"
    over = np.where(np.isnan(most), 0.0, made - most)
    findings.rows("lots", cells | {"most": most}, over, [made], message)
