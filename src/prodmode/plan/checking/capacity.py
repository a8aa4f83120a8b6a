"""What resources can bear (capacity), and what the plan says of their use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from prodmode.plan.checking.futures import factors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.plan.checking.facts import Facts
    from prodmode.plan.checking.verdict import Findings

KEY = ["scenario", "resource", "period"]
PLACE = "resource '{resource}' in period {period}, scenario '{scenario}'"


def check_capacity(facts: Facts, findings: Findings) -> None:
    """Check capacity, overtime and the table of resource use."""
    if not len(facts.instance.resources):
        return
    table = _use(facts)
    used, capacity = table["used"].to_numpy(), table["capacity"].to_numpy()
    overtime = table["overtime"].to_numpy()
    message = (
        f"{PLACE}, is used for {{used}} {{unit}}, {{size}} more than its capacity of {{capacity}} and "
        "overtime of {overtime}"
    )
    findings.rows("capacity", table, used - capacity - overtime, [used, capacity, overtime], message)
    most = table["overtime_max"].to_numpy()
    message = (
        f"{PLACE}, has overtime of {{overtime}} {{unit}}, {{size}} more than the {{overtime_max}} allowed"
    )
    findings.rows("domain", table, overtime - most, [overtime, most], message)

    missing = table["stated_used"].isna().to_numpy()
    message = f"table resource_use has no row for {PLACE}"
    findings.marked("accounts", table, np.flatnonzero(missing), np.ones(len(table)), message)
    for name in ("used", "capacity"):
        stated, true = table[f"stated_{name}"].to_numpy(), table[name].to_numpy()
        off = np.where(missing, 0.0, np.abs(stated - true))
        message = f"{PLACE}: the plan states {name} as {{stated_{name}}} {{unit}}; it is {{{name}}}"
        findings.rows("accounts", table, off, [true], message)
    with np.errstate(divide="ignore", invalid="ignore"):
        table["utilisation"] = np.where(capacity > 0, used / capacity, np.nan)
    stated, true = table["stated_utilisation"].to_numpy(), table["utilisation"].to_numpy()
    off = np.where(np.isnan(true), np.where(np.isnan(stated), 0.0, np.inf), np.abs(stated - true))
    off[missing] = 0.0
    message = f"{PLACE}: the plan states a utilisation of {{stated_utilisation}}; it is {{utilisation}}"
    findings.rows("accounts", table, off, [np.nan_to_num(true)], message)


def _use(facts: Facts) -> pd.DataFrame:
    """Return a row per scenario, resource and period: its use, its capacity and what the plan states."""
    instance = facts.instance
    resources = instance.resources
    shape = (len(facts.probability), len(resources), facts.periods)
    places = [axis.ravel() for axis in np.indices(shape)]
    table = pd.DataFrame(dict(zip(KEY, places, strict=True)))
    table["site"] = resources["site"].cat.codes.to_numpy()[places[1]]
    own = pd.DataFrame(
        {
            "resource": instance.capacity["resource"].cat.codes.to_numpy(),
            "period": instance.capacity["period"].cat.codes.to_numpy(),
            "own": instance.capacity["capacity"].to_numpy(),
        }
    )
    given = table[["resource", "period"]].merge(own, how="left", on=["resource", "period"])["own"].to_numpy()
    general = resources["capacity"].to_numpy()[places[1]]
    given = np.where(np.isnan(given), general, given) * factors(instance, "capacity", table)
    table["capacity"] = given + _added(facts)[places[1], places[2]]
    table["used"] = _used(facts, shape).ravel()
    table["overtime_max"] = resources["overtime_max"].to_numpy()[places[1]]
    table["unit"] = resources["unit"].fillna("").to_numpy()[places[1]]
    stated = facts.tables["resource_use"].rename(
        columns={name: f"stated_{name}" for name in ("used", "capacity", "utilisation")}
    )
    table = table.drop(columns="site").merge(stated, how="left", on=KEY)
    table["overtime"] = table["overtime"].fillna(0.0)
    return table


def _added(facts: Facts) -> NDArray[np.float64]:
    expansions = facts.instance.expansions
    added = np.zeros((len(facts.instance.resources), facts.periods))
    investment = expansions["investment"].cat.codes.to_numpy()
    amounts = expansions["capacity_added"].to_numpy()[:, None] * facts.service[investment]
    np.add.at(added, expansions["resource"].cat.codes.to_numpy(), amounts)
    return added


def _used(facts: Facts, shape: tuple[int, ...]) -> NDArray[np.float64]:
    usage = facts.instance.usage
    rates = pd.DataFrame(
        {name: usage[name].to_numpy() for name in ("per_unit", "per_setup", "per_period")}
        | {name: usage[name].cat.codes.to_numpy() for name in ("option", "resource")}
    )
    cells = facts.cells[["scenario", "option", "period", "made", "setup", "in_force"]].merge(
        rates, on="option"
    )
    amount = (
        cells["per_unit"] * cells["made"]
        + cells["per_setup"] * cells["setup"]
        + cells["per_period"] * cells["in_force"]
    )
    place = np.ravel_multi_index([cells[name].to_numpy() for name in KEY], shape)
    return np.bincount(place, amount, minlength=int(np.prod(shape))).astype(np.float64)
