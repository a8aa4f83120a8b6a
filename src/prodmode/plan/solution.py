"""Between the columns of a formulation and the decisions of a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from prodmode.plan.decisions import Decisions
from prodmode.plan.tables import places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation import Formulation
    from prodmode.plan.plan import Plan


def decisions_of(formulation: Formulation, x: NDArray[np.float64]) -> Decisions:
    """Read the decisions off a point.

    Parameters
    ----------
    formulation : Formulation
        Tells where each decision stands.
    x : ndarray, shape (n,)
        A point of its program.
    """
    columns = formulation.columns
    values = np.append(x, 0.0)
    return Decisions(
        in_force=values[columns.in_force] > 0.5,
        copies=np.rint(values[columns.bought]).astype(np.int64),
        made=values[columns.made],
        setup=values[columns.setup] > 0.5,
        sold=values[columns.sold],
        stock=values[columns.stock],
        overtime=values[columns.overtime],
    )


def with_chosen_tiers(formulation: Formulation, decisions: Decisions, x: NDArray[np.float64]) -> Decisions:
    """Return decisions with the cost of the tiers that a point chooses.

    At the threshold of an all-units tier two prices are right, and a limit on spend may ask for the dearer.

    Parameters
    ----------
    formulation : Formulation
        Tells where each decision stands.
    decisions : Decisions
        Decisions read off the point.
    x : ndarray, shape (n,)
        The point.
    """
    constants, columns = formulation.constants, formulation.columns
    tiers = constants.tables["tiers"]
    option = tiers["option"].cat.codes.to_numpy()
    values = np.append(x, 0.0)[columns.tier_made] * tiers["unit_cost"].to_numpy()[:, None]
    cost = np.where(constants.tiered[:, None], np.zeros(constants.shape), np.nan)
    np.add.at(
        cost.swapaxes(0, 1), option, (values * constants.effective.unit_cost_factor[:, option]).swapaxes(0, 1)
    )
    return replace(decisions, tier_cost=cost)


def integers_of(formulation: Formulation, decisions: Decisions) -> NDArray[np.float64]:
    """Return a vector whose integer columns state the decisions; the others are zero.

    Parameters
    ----------
    formulation : Formulation
        Tells where each decision stands.
    decisions : Decisions
        Decisions for the same instance.

    Returns
    -------
    ndarray, shape (n,)
        Decisions without a column are passed over.
    """
    columns = formulation.columns
    x = np.zeros(len(formulation.mip.cost) + 1)
    x[columns.in_force] = decisions.in_force
    x[columns.bought] = decisions.copies
    x[columns.setup] = decisions.setup
    tiers = formulation.constants.tables["tiers"]
    if len(tiers):
        option = tiers["option"].cat.codes.to_numpy()
        start = tiers["from_units"].to_numpy()
        made = decisions.made[:, option]
        reached = (made > start[:, None] * (1 + 1e-9)) & decisions.setup[:, option]
        all_units = (formulation.constants.tables["options"]["tier_kind"] == "all_units").to_numpy()[option]
        reached_exactly = (made >= start[:, None] * (1 - 1e-9)) & decisions.setup[:, option]
        last = np.append(option[1:] != option[:-1], [True])
        above = np.concatenate([reached_exactly[:, 1:], np.zeros_like(reached_exactly[:, :1])], axis=1)
        chosen = np.where(all_units[:, None], reached_exactly & ~(above & ~last[:, None]), reached)
        own = columns.tier_chosen >= 0
        first = (start == 0)[:, None] & ~all_units[:, None]
        own &= ~np.broadcast_to(first, own.shape)
        x[columns.tier_chosen[own]] = chosen[own]
    return x[:-1]


def decisions_in(plan: Plan, formulation: Formulation) -> Decisions:
    """Return the decisions that a plan states, in the order of a formulation's instance.

    Parameters
    ----------
    plan : Plan
        A plan, possibly for another version of the instance; what this one does not know is passed over.
    formulation : Formulation
        Gives the order of options, periods, scenarios, resources and investments.
    """
    instance = formulation.instance
    scenarios = formulation.constants.effective.scenarios
    positions = {
        "scenario": pd.Index(scenarios),
        "option": pd.Index(instance.options["option"]),
        "period": pd.Index(instance.periods),
        "resource": pd.Index(instance.resources["resource"]),
        "investment": pd.Index(instance.investments["investment"]),
    }
    size = {kind: len(index) for kind, index in positions.items()}

    def spread(table: pd.DataFrame, kinds: tuple[str, ...], column: str | None) -> NDArray[np.float64]:
        dense = np.zeros(tuple(size[kind] for kind in kinds))
        where = [places(table[kind], positions[kind]) for kind in kinds]
        known = np.logical_and.reduce([place >= 0 for place in where])
        values = table[column].to_numpy(dtype=np.float64) if column else np.ones(len(table))
        dense[tuple(place[known] for place in where)] = values[known]
        return dense

    by_option = ("scenario", "option", "period")
    return Decisions(
        in_force=spread(plan.assignments, ("option", "period"), None) > 0,
        copies=spread(plan.purchases, ("investment", "period"), "copies").astype(np.int64),
        made=spread(plan.production, by_option, "made"),
        setup=spread(plan.production, by_option, "setup") > 0,
        sold=spread(plan.sales, by_option, "sold"),
        stock=spread(plan.stock, by_option, "stock"),
        overtime=spread(plan.resource_use, ("scenario", "resource", "period"), "overtime"),
    )
