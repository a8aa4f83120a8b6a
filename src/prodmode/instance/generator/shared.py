"""The tables that all lines share: sites, resources, investments, budgets, limits and scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from prodmode.instance.generator.layout import LAYOUT_STREAM, MONTHS
from prodmode.instance.generator.names import chosen, joined, numbered
from prodmode.instance.generator.scenarios import LEAST_CAPACITY, MOST_DEMAND, MOST_PRICE, scenario_tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.generator.layout import Layout
    from prodmode.instance.generator.reference import Totals

_KINDS = ("plant", "workshop", "supplier")
_SITES, _MACHINES, _SKILLED, _BUDGETS, _LIMITS = range(1, 6)


def shared_tables(layout: Layout, totals: Totals) -> dict[str, pa.Table]:
    """Return the tables, with capacities, budgets and limits that leave the reference plan feasible."""
    tables = {"sites": _sites(layout)}
    use = totals.use * (MOST_DEMAND / LEAST_CAPACITY if layout.scenarios else 1.0)
    capacity = _capacity(layout, use, totals.potential)
    tables |= _resources(layout, use, capacity)
    tables |= _investments(layout, capacity)
    tables["budgets"] = _budgets(layout, totals, tables["investments"])
    tables["limits"] = _limits(layout, totals)
    if layout.scenarios:
        tables |= scenario_tables(layout)
    return tables


def _sites(layout: Layout) -> pa.Table:
    rng = layout.stream(LAYOUT_STREAM, _SITES)
    counts = (layout.plants, layout.workshops, layout.suppliers)
    home = np.array(["North", "South", "East", "West"])
    own = home[rng.integers(0, 4, layout.plants + layout.workshops)]
    near = home[rng.integers(0, 4, layout.suppliers)]
    region = np.concatenate([own, np.where(layout.supplier_far, "Overseas", near)])
    return pa.table(
        {
            "site": layout.sites,
            "kind": chosen(_KINDS, np.repeat(np.arange(3), counts)),
            "region": pa.array(region.tolist(), pa.string()),
        }
    )


def _capacity(
    layout: Layout, use: NDArray[np.float64], potential: NDArray[np.float64]
) -> NDArray[np.float64]:
    kind = np.repeat([0.5, 1.0, 2.5], [layout.groups, layout.workshops, layout.suppliers])
    enough = use.max(axis=1) * (1 + layout.profile.slack)
    return np.asarray(np.ceil(np.maximum(enough, potential * layout.profile.floor * kind)))


def _resources(
    layout: Layout, use: NDArray[np.float64], capacity: NDArray[np.float64]
) -> dict[str, pa.Table]:
    rng = layout.stream(LAYOUT_STREAM, _MACHINES)
    count, periods = use.shape
    own = layout.groups + layout.workshops
    wage = np.where(np.arange(own) < layout.groups, rng.uniform(25, 60, own), rng.uniform(10, 35, own))
    tables = {
        "resources": pa.table(
            {
                "resource": layout.resources,
                "site": chosen(layout.sites, layout.resource_site),
                "unit": pa.array(["hours"] * count),
                "capacity": capacity,
                "overtime_max": np.concatenate([np.floor(0.1 * capacity[:own]), np.zeros(count - own)]),
                "overtime_cost": np.concatenate([np.round(wage, 2), np.zeros(count - own)]),
            }
        )
    }
    # Some machines stand still for maintenance, some workshops are on holiday in a quarter.
    stop = np.flatnonzero(rng.random(own) < 0.3)
    when = rng.integers(0, periods, len(stop))
    left = np.maximum(0.85 * capacity[stop], use[stop, when] * (1 + layout.profile.slack))
    if len(stop):
        tables["capacity"] = pa.table(
            {
                "resource": layout.resources.take(pa.array(stop)),
                "period": chosen(layout.periods, when),
                "capacity": np.minimum(np.ceil(left), capacity[stop]),
            }
        )
    return tables


def _investments(layout: Layout, capacity: NDArray[np.float64]) -> dict[str, pa.Table]:
    """Return cells of machines for the plants, and training for the workshops."""
    rng = layout.stream(LAYOUT_STREAM, _SKILLED)
    periods, projects, workshops = len(layout.periods), layout.projects, layout.workshops
    group = np.arange(layout.groups)
    project = layout.project_of(group)
    added = np.ceil(np.maximum(capacity[: layout.groups] * rng.uniform(0.25, 0.5, layout.groups), 40))
    hours = np.bincount(project, added, projects) * 12 / MONTHS
    capex = layout.profile.module_capex * (hours / 4000) ** 0.7 * rng.uniform(0.8, 1.25, projects)
    skilled = np.ceil(np.maximum(0.2 * capacity[layout.groups : layout.groups + workshops], 20))
    training = skilled * rng.uniform(15, 30, workshops)
    cells = numbered("cell-", np.arange(1, projects + 1), projects)
    courses = numbered("training-", np.arange(1, workshops + 1), workshops)
    lead = np.minimum(rng.integers(0, 3, projects), periods - 1)
    site = np.concatenate([np.arange(projects) % layout.plants, layout.plants + np.arange(workshops)])
    return {
        "investments": pa.table(
            {
                "investment": pa.concat_arrays([cells, courses]),
                "site": chosen(layout.sites, site),
                "capex": np.round(np.concatenate([capex, training]), -2),
                "upkeep_cost": np.round(np.concatenate([0.01 * capex, 0.05 * training]), -1),
                "lead_time_periods": np.concatenate([lead, np.full(workshops, min(1, periods - 1))]),
                "max_copies": np.concatenate([rng.integers(1, 4, projects), np.full(workshops, 3)]),
                "salvage_share": np.concatenate(
                    [np.round(rng.uniform(0.4, 0.75, projects), 2), np.zeros(workshops)]
                ),
            }
        ),
        "expansions": pa.table(
            {
                "investment": pa.concat_arrays([cells.take(pa.array(project)), courses]),
                "resource": layout.resources.slice(0, layout.groups + workshops),
                "capacity_added": np.concatenate([added, skilled]),
            }
        ),
    }


def _budgets(layout: Layout, totals: Totals, investments: pa.Table) -> pa.Table:
    periods = len(layout.periods)
    capex = investments.column("capex").to_numpy() * investments.column("max_copies").to_numpy()
    weight = np.linspace(1.5, 0.5, periods) if periods > 1 else np.ones(1)
    room = layout.profile.budget_share * capex.sum() * weight / weight.sum()
    limit = np.ceil((totals.tooling * (1 + layout.profile.slack) + room) / 1000) * 1000
    return pa.table({"period": pa.array(layout.periods), "capex_limit": limit})


def _limits(layout: Layout, totals: Totals) -> pa.Table:
    slack = layout.profile.slack
    share = totals.outsourced_spend / totals.spend
    emissions = totals.emissions.max()
    if layout.scenarios:
        # Tiers reached or missed move the share by at most their total discount.
        share, emissions = share * MOST_PRICE * 1.15, emissions * MOST_DEMAND
    watched = np.sort(
        np.argsort(-totals.lines_at.max(axis=1), kind="stable")[: min(10, layout.suppliers // 2)]
    )
    most = np.ceil(totals.lines_at[watched].max(axis=1) * (1 + slack)) + 1
    suppliers = numbered("supplier-", watched + 1, layout.suppliers)
    count = len(watched)

    def column(first: object, second: object, rest: list[object]) -> list[object]:
        return [first, second, *rest]

    none: list[object] = [None] * count
    return pa.table(
        {
            "limit": pa.concat_arrays(
                [
                    pa.array(["outsourced-share", "emissions-cap"]),
                    joined(pa.array(["lines-at"] * count), suppliers),
                ]
            ),
            "measure": pa.array(column("spend", "emissions", ["lines"] * count)),
            "mode": pa.array(column("outsourced", None, none), pa.string()),
            "site": pa.array(column(None, None, suppliers.to_pylist()), pa.string()),
            "period": pa.array(column(None, "each", none), pa.string()),
            "max": pa.array(
                column(None, float(np.ceil(emissions * (1 + slack))), most.tolist()), pa.float64()
            ),
            "max_share": pa.array(
                column(min(1.0, float(np.ceil(share * (1 + slack) * 1e4) / 1e4)), None, none), pa.float64()
            ),
        }
    )
