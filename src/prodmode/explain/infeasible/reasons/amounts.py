"""The least and the most of what limits measure, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.explain.infeasible.reasons.capacities import units_per_demand, unserved
from prodmode.formulation.constants import codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.explain.infeasible.reasons.facts import Facts


@dataclass(frozen=True)
class Amounts:
    """Bounds on a measure.

    Attributes
    ----------
    facts : Facts
    standing : ndarray, shape (W, O, T)
        Amount of an option in force, whatever it makes.
    moving : ndarray, shape (W, O, T)
        Least amount for what it must make or sell where it alone is in force.
    rate : ndarray, shape (W, O, T), or None
        Amount of a unit made, where what is sold may be made in other periods; None where it is sold that is
        measured, or counted.
    top : ndarray, shape (W, O, T)
        Most that an option can come to.
    """

    facts: Facts
    standing: NDArray[np.float64]
    moving: NDArray[np.float64]
    rate: NDArray[np.float64] | None
    top: NDArray[np.float64]

    def least(self, inside: NDArray[np.bool_], periods: list[int]) -> NDArray[np.float64]:
        """Return the least that each line comes to among some options over periods, shape (W, L)."""
        facts, mask = self.facts, inside[:, None]
        whole = facts.least_of_line((self.standing + self.moving) * mask)
        standing, moving = (facts.least_of_line(part * mask) for part in (self.standing, self.moving))
        now = np.where(facts.several[:, None], standing + moving, whole) * facts.served
        total = now[:, :, periods].sum(axis=2)
        # A sum over all periods up to one covers what is made ahead as well.
        if self.rate is None or periods[0] != 0:
            return np.asarray(total)
        rate = np.where(facts.constants.available, self.rate * units_per_demand(facts) * mask, np.inf)
        until = np.full(facts.least.shape[:2], np.inf)
        np.minimum.at(until.T, facts.constants.line, rate[:, :, periods].min(axis=2).T)
        ahead = np.where(np.isfinite(until), until, 0.0) * unserved(facts)[:, :, periods[-1]]
        fixed = (standing * facts.served)[:, :, periods].sum(axis=2)
        return np.asarray(np.maximum(total, ahead + fixed))

    def most(self, inside: NDArray[np.bool_], periods: list[int]) -> NDArray[np.float64]:
        """Return the most that each line can come to among some options over periods, shape (W, L)."""
        facts, top = self.facts, self.top * inside[:, None] * self.facts.constants.available
        at_once = facts.instance.lines["max_options"].to_numpy()
        most = np.zeros((top.shape[0], len(facts.lines), top.shape[2]))
        np.maximum.at(most.swapaxes(0, 1), facts.constants.line, top.swapaxes(0, 1))
        for line in np.flatnonzero(facts.several):
            ranked = -np.sort(-top[:, facts.members[line]], axis=1)
            most[:, line] = ranked[:, : at_once[line]].sum(axis=1)
        return np.asarray(most[:, :, periods].sum(axis=2))


def amounts_of(facts: Facts, measure: str) -> Amounts | None:
    """Return bounds on a measure, None where there are none: where prices are negative, and for capex.

    Parameters
    ----------
    facts : Facts
        Figures of the instance.
    measure : str
        What a limit measures.
    """
    constants = facts.constants
    nothing, most = np.zeros(constants.shape), constants.most_made
    if measure == "lines":
        one = np.ones(constants.shape)
        return Amounts(facts, one, nothing, None, one)
    if measure == "setups":
        has = np.broadcast_to(constants.has_setup[:, None], constants.shape)
        return Amounts(
            facts, nothing, np.where((facts.made > 0) & has, 1.0, 0.0), None, has.astype(np.float64)
        )
    if measure in {"units", "emissions"}:
        each = np.ones(len(facts.options)) if measure == "units" else constants.option("emissions_per_unit")
        rate = np.broadcast_to(each[:, None], constants.shape)
        return Amounts(facts, nothing, rate * facts.made, rate, rate * most)
    if measure == "revenue":
        price = np.broadcast_to(constants.effective.price, constants.shape)
        if (price < 0).any():
            return None
        return Amounts(facts, nothing, price * facts.sold, None, price * constants.market)
    return _spend(facts) if measure == "spend" else None


def _spend(facts: Facts) -> Amounts | None:
    constants = facts.constants
    tiers = constants.tables["tiers"]
    low = np.nan_to_num(np.where(constants.tiered, np.nan, constants.option("unit_cost")), nan=np.inf)
    high = np.nan_to_num(np.where(constants.tiered, np.nan, constants.option("unit_cost")), nan=-np.inf)
    np.minimum.at(low, codes(tiers["option"]), tiers["unit_cost"].to_numpy())
    np.maximum.at(high, codes(tiers["option"]), tiers["unit_cost"].to_numpy())
    low, high = (np.where(np.isfinite(cost), cost, 0.0) for cost in (low, high))
    fixed, setup = (
        constants.option("fixed_cost"),
        np.where(constants.has_setup, constants.option("setup_cost"), 0.0),
    )
    if min(low.min(initial=0.0), fixed.min(initial=0.0), setup.min(initial=0.0)) < 0:
        return None
    factor = np.broadcast_to(constants.effective.unit_cost_factor, constants.shape)
    rate = low[:, None] * factor
    standing = np.broadcast_to(fixed[:, None], constants.shape)
    moving = rate * facts.made + np.where(facts.made > 0, setup[:, None], 0.0)
    top = standing + high[:, None] * factor * constants.most_made + setup[:, None]
    return Amounts(facts, standing, moving, rate, top)
