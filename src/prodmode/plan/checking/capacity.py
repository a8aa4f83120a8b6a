"""What resources can bear (capacity), and what the plan says of their use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.plan.checking.arrays import Columns, look_up, pairs, total
from prodmode.plan.checking.futures import factors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.plan.checking.blocks import Block
    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings

KEY = ("scenario", "resource", "period")
PLACE = "resource '{resource}' in period {period}, scenario '{scenario}'"


def check_capacity(facts: Facts, used: NDArray[np.float64], findings: Findings) -> None:
    """Check capacity, overtime and the table of resource use, given `usage_of` all blocks."""
    if not len(facts.instance.resources):
        return
    table = _use(facts, used)
    capacity, overtime, most = (table[name] for name in ("capacity", "overtime", "overtime_max"))
    message = (
        f"{PLACE}, is used for {{used}} {{unit}}, {{size}} more than its capacity of {{capacity}} and "
        "overtime of {overtime}"
    )
    findings.rows("capacity", table, used - capacity - overtime, [used, capacity, overtime], message)
    message = (
        f"{PLACE}, has overtime of {{overtime}} {{unit}}, {{size}} more than the {{overtime_max}} allowed"
    )
    findings.rows("domain", table, overtime - most, [overtime, most], message)

    missing = table["missing"]
    message = f"table resource_use has no row for {PLACE}"
    findings.marked("accounts", table, np.flatnonzero(missing), np.ones(len(missing)), message)
    for name in ("used", "capacity"):
        off = np.where(missing, 0.0, np.abs(table[f"stated_{name}"] - table[name]))
        message = f"{PLACE}: the plan states {name} as {{stated_{name}}} {{unit}}; it is {{{name}}}"
        findings.rows("accounts", table, off, [table[name]], message)
    true = np.divide(used, capacity, out=np.full(used.shape, np.nan), where=capacity > 0)
    stated = table["stated_utilisation"]
    off = np.where(np.isnan(true), np.where(np.isnan(stated), 0.0, np.inf), np.abs(stated - true))
    off = np.where(missing, 0.0, off)
    message = f"{PLACE}: the plan states a utilisation of {{stated_utilisation}}; it is {{utilisation}}"
    findings.rows("accounts", table | {"utilisation": true}, off, [np.nan_to_num(true)], message)


def _use(facts: Facts, used: NDArray[np.float64]) -> Columns:
    """Return a row per scenario, resource and period: its use, its capacity and what the plan states."""
    resources, capacity = facts.data["resources"], facts.data["capacity"]
    shape = (len(facts.probability), len(resources["capacity"]), facts.periods)
    scenario, resource, period = (axis.ravel() for axis in np.indices(shape))
    table: Columns = {"scenario": scenario, "resource": resource, "period": period}
    own = capacity["resource"] * facts.periods + capacity["period"]
    given = look_up(own, capacity["capacity"], resource * facts.periods + period, np.nan)
    given = np.where(np.isnan(given), resources["capacity"][resource], given)
    given = given * factors(facts.data["changes"], "capacity", table | {"site": resources["site"][resource]})
    table["capacity"] = given + _added(facts)[resource, period]
    table["used"] = used
    table["overtime_max"] = resources["overtime_max"][resource]
    table["unit"] = facts.instance.resources["unit"].fillna("").to_numpy(dtype=object)[resource]
    stated = facts.tables["resource_use"]
    keys = np.ravel_multi_index([stated[name] for name in KEY], shape)
    rows = np.arange(len(scenario))
    table["missing"] = ~np.isin(rows, keys)
    for name in ("used", "capacity", "utilisation"):
        table[f"stated_{name}"] = look_up(keys, stated[name], rows, np.nan)
    table["overtime"] = look_up(keys, stated["overtime"], rows, 0.0)
    return table


def _added(facts: Facts) -> NDArray[np.float64]:
    expansions = facts.data["expansions"]
    added = np.zeros((len(facts.instance.resources), facts.periods))
    amounts = expansions["capacity_added"][:, None] * facts.service[expansions["investment"]]
    np.add.at(added, expansions["resource"], amounts)
    return added


def usage_of(block: Block) -> NDArray[np.float64]:
    """Return what the lines of a block use, by scenario, resource and period, in one row."""
    usage, cells = block.data["usage"], block.cells
    shape = (len(block.probability), len(block.data["resources"]["capacity"]), block.periods)
    if not shape[1]:
        return np.zeros(0)
    cell, rate = pairs(cells["option"], usage["option"])
    amount = (
        usage["per_unit"][rate] * cells["made"][cell]
        + usage["per_setup"][rate] * cells["setup"][cell]
        + usage["per_period"][rate] * cells["in_force"][cell]
    )
    place = (cells["scenario"][cell], usage["resource"][rate], cells["period"][cell])
    return total(np.ravel_multi_index(place, shape), amount, int(np.prod(shape)))
