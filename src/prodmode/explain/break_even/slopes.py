"""What a plan's net present value changes by with a rate: its discounted, expected amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.instance.scenarios import Effective
    from prodmode.plan.plan import Plan


class Rates:
    """Discounted, expected amounts of a plan: what its net present value changes by with a rate.

    Parameters
    ----------
    figures : Effective
        Discount factors, probabilities and unit cost factors of the instance.
    instance : Instance
    """

    def __init__(self, figures: Effective, instance: Instance) -> None:
        self._discount = dict(zip(instance.periods, figures.discount.tolist(), strict=True))
        self._probability = dict(zip(figures.scenarios, figures.probability.tolist(), strict=True))
        self._factor = figures.unit_cost_factor
        self._last = float(figures.discount[-1])
        self._place = {
            "scenario": {name: at for at, name in enumerate(figures.scenarios)},
            "option": {name: at for at, name in enumerate(instance.options["option"])},
            "period": {name: at for at, name in enumerate(instance.periods)},
        }

    def starts(self, plan: Plan, option: str) -> float:
        """Discounted number of starts of an option."""
        rows = plan.assignments
        rows = rows[(rows["option"] == option) & rows["started"]]
        return float(sum(self._discount[period] for period in rows["period"]))

    def in_force(self, plan: Plan, option: str) -> float:
        """Discounted number of periods in which an option is in force."""
        rows = plan.assignments
        return float(sum(self._discount[period] for period in rows["period"][rows["option"] == option]))

    def copies(self, plan: Plan, investment: str, salvage: float) -> float:
        """Discounted number of copies bought, less what comes back of each at the end."""
        rows = plan.purchases[plan.purchases["investment"] == investment]
        pairs = zip(rows["period"], rows["copies"], strict=True)
        return float(sum(count * (self._discount[when] - salvage * self._last) for when, count in pairs))

    def made(self, plan: Plan, option: str) -> float:
        """Discounted units made, times the unit cost factor of their scenario."""
        rows = plan.production[plan.production["option"] == option]
        at = [rows[name].map(self._place[name]).to_numpy(dtype=np.int64) for name in self._place]
        factor = self._factor[at[0], at[1], at[2]] if len(rows) else np.zeros(0)
        return float(
            (self._weight(rows["scenario"], rows["period"]) * rows["made"].to_numpy() * factor).sum()
        )

    def spend(self, plan: Plan, option: str) -> float:
        """Discounted unit or tier cost."""
        rows = plan.production[plan.production["option"] == option]
        return float((self._weight(rows["scenario"], rows["period"]) * rows["cost"].to_numpy()).sum())

    def revenue(self, plan: Plan, option: str) -> float:
        """Discounted revenue."""
        rows = plan.sales[plan.sales["option"] == option]
        return float((self._weight(rows["scenario"], rows["period"]) * rows["revenue"].to_numpy()).sum())

    def _weight(self, scenario: object, period: object) -> NDArray[np.float64]:
        pairs = zip(list(scenario), list(period), strict=True)  # type: ignore[call-overload]
        return np.array([self._probability[one] * self._discount[when] for one, when in pairs], dtype=float)
