"""The textbook break-even of two options: the volume at which they cost the same, all else left aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.instance.scenarios import effective
from prodmode.instance.windows import on_market

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alone:
    """Two options of a line compared on their own, as if nothing else were in the plan.

    Attributes
    ----------
    against : str
        The option compared with: the one that the plan uses most.
    fixed : float
        How much more the option costs whatever the volume: starts, tooling, setups and fixed cost, present
        value.
    per_unit : float
        How much more each unit of today's demand earns with it, present value.
    multiple : float or None
        Multiple of today's demand at which both earn the same, None where no volume does.
    """

    against: str
    fixed: float
    per_unit: float
    multiple: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "against": self.against,
            "fixed": self.fixed,
            "per_unit": self.per_unit,
            "multiple": self.multiple,
        }


def alone(instance: Instance, plan: Plan, line: str, option: str) -> Alone | None:
    """Return fixed cost over unit margin, dF/dc: no capacity, lots, other lines or choices of period.

    One setup is counted in each period, tiers at the price of today's demand.

    Parameters
    ----------
    instance : Instance
    plan : Plan
        Tells what the line uses.
    line, option : str

    Returns
    -------
    Alone or None
        None where the line uses no other option or has no demand.
    """
    rows = plan.assignments[(plan.assignments["line"] == line) & (plan.assignments["option"] != option)]
    if rows.empty:
        return None
    against = str(rows["option"].value_counts(sort=True).index[0])
    figures = effective(instance)
    at = instance.lines["line"].tolist().index(line)
    demand = np.einsum("w,wt->t", figures.probability, figures.demand[:, at]) * on_market(instance)[at]
    total = float(demand.sum())
    if total <= 0:
        return None
    weight = figures.discount * (demand > 0)
    mine, other = (_sides(instance, name, demand, weight) for name in (option, against))
    fixed, earned = mine[0] - other[0], mine[1] - other[1]
    multiple = fixed / earned if abs(earned) > 1e-9 and fixed / earned > 0 else None
    return Alone(against, fixed, earned / total, multiple)


def _sides(instance: Instance, option: str, demand: Floats, weight: Floats) -> tuple[float, float]:
    """Return fixed cost and the margin of all demand, present values."""
    options = instance.options
    number = options["option"].tolist().index(option)
    row = options.iloc[number]
    figures = effective(instance)
    lines = instance.lines
    current = lines["current_option"][(lines["line"] == row["line"]).to_numpy()].iloc[0]
    first = float(weight[weight > 0][0])
    fixed = 0.0 if current == option else first * float(row["startup_cost"] + row["tooling_capex"])
    fixed += float((weight * (row["fixed_cost"] + row["setup_cost"])).sum())
    price = np.einsum("w,wt->t", figures.probability, figures.price[:, number])
    factor = np.einsum("w,wt->t", figures.probability, figures.unit_cost_factor[:, number])
    good = np.einsum("w,wt->t", figures.probability, figures.yield_[:, number])
    sold = demand * row["demand_factor"]
    made = np.divide(sold, good, out=np.zeros_like(sold), where=good > 0)
    tiers = instance.tiers[(instance.tiers["option"] == option).to_numpy()]
    unit = np.full(len(demand), float(row["unit_cost"]) if len(tiers) == 0 else 0.0)
    if len(tiers):
        unit = _tier_cost(
            tiers["from_units"].to_numpy(), tiers["unit_cost"].to_numpy(), made, row["tier_kind"]
        )
    carbon = float(row["emissions_per_unit"]) * instance.settings.carbon_price / 1000
    return fixed, float((weight * (price * sold - (unit * factor + carbon) * made)).sum())


def _tier_cost(start: Floats, cost: Floats, made: Floats, kind: str) -> Floats:
    """Return the cost per unit at some volumes."""
    if kind == "all_units":
        return np.asarray(cost[np.searchsorted(start, made, side="right") - 1])
    width = np.append(start[1:], np.inf) - start
    total = (np.clip(made[:, None] - start, 0.0, width) * cost).sum(axis=1)
    return np.asarray(np.divide(total, made, out=np.full(len(made), cost[0]), where=made > 0))
