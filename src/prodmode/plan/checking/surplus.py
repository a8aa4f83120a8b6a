"""Nothing is made only to be scrapped, and nothing kept that can't be sold (lots, balance)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.plan.checking.arrays import pick
from prodmode.plan.checking.blocks import demand_at
from prodmode.plan.checking.quantities import PLACE
from prodmode.plan.checking.tiers import ALL_UNITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.plan.checking.arrays import Columns
    from prodmode.plan.checking.blocks import Block
    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings


def check_surplus(block: Block, findings: Findings) -> None:
    """Check that what is made beyond what can still be sold is called for by a lot or a tier."""
    cells = block.cells
    good = cells["made"] * cells["yield"] + cells["before"]
    at = np.flatnonzero((good > cells["sold"] + cells["stock"]) | (cells["stock"] > 0))
    if not len(at):
        return
    rows = pick(cells, at)
    now, later = _sellable(block, rows)
    made, stock, keeps = rows["made"], rows["stock"], rows["stockable"]
    with np.errstate(divide="ignore"):
        sellable = (now + np.where(keeps, later, 0.0)) / rows["yield"]
    worth = np.fmax(sellable, _called_for(block)[rows["option"]])
    # Units in forbidden stock have been reported as such.
    size = np.where(keeps | (stock <= 0), made - worth, 0.0)
    message = (
        f"{PLACE} makes {{made}} units, {{size}} more than the {{worth}} that its market, lot and tiers "
        "call for"
    )
    findings.rows("lots", rows | {"worth": worth}, size, [made, worth], message)
    message = f"{PLACE} keeps {{stock}} units, {{size}} more than the {{later}} that can still be sold"
    over = np.where(keeps, stock - later, 0.0)
    findings.rows("balance", rows | {"later": later}, over, [stock, later], message)


def _called_for(facts: Facts) -> NDArray[np.float64]:
    """Return the units that each option's minimum lot or highest all-units tier calls for, shape (O,)."""
    least = facts.options["min_lot"].astype(np.float64)
    tiers = facts.data["tiers"]
    whole = facts.options["tier_kind"][tiers["option"]] == ALL_UNITS
    np.maximum.at(least, tiers["option"][whole], tiers["from_units"][whole])
    return least


def _sellable(block: Block, rows: Columns) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what each row's option can sell in its period, and in later ones in which it can be in force."""
    lines, periods = np.unique(rows["line"]), block.periods
    shape = (len(block.probability), len(lines), periods)
    scenario, place, period = (axis.ravel() for axis in np.indices(shape))
    line = lines[place]
    places = {"scenario": scenario, "line": line, "period": period, "family": block.lines["family"][line]}
    demand = demand_at(block, places).reshape(shape)
    ahead = np.concatenate([np.zeros((*shape[:2], 1)), demand.cumsum(axis=2)], axis=2)

    option, scenario, period = rows["option"], rows["scenario"], rows["period"]
    last = np.full(len(option), periods - 1)
    for end in (block.options["last_period"][option], block.lines["last_period"][rows["line"]]):
        last = np.where(end >= 0, np.minimum(last, end), last)
    where = np.searchsorted(lines, rows["line"])
    market = block.options["demand_factor"][option]
    now = market * demand[scenario, where, period]
    until = ahead[scenario, where, np.maximum(last, period) + 1]
    return now, market * (until - ahead[scenario, where, period + 1])
