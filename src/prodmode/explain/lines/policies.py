"""Which policies over many lines (limits) a plan is at the edge of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.instance.fields import EACH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

EDGE = 1e-6
"""Relative distance to its bound within which a policy is at its limit."""


def at_limit(instance: Instance, plan: Plan, option: str | None = None) -> tuple[str, ...]:
    """Return the policies that a plan is at the limit of, in some scenario and period.

    Policies on capex are left out: what they measure belongs to investments.

    Parameters
    ----------
    instance : Instance
    plan : Plan
        A plan of it.
    option : str, optional
        Only policies that count this option, and not all options alike.
    """
    limits = [
        {str(name): value for name, value in row.items()}
        for row in instance.limits.astype(object).to_dict("records")
    ]
    measured = _Measured(instance, plan)
    place = instance.options["option"].tolist().index(option) if option is not None else None
    found = []
    for limit in limits:
        counted = measured.counted(limit)
        if limit["measure"] == "capex" or (place is not None and (not counted[place] or counted.all())):
            continue
        if _at_limit(limit, measured.amount(limit, counted), measured.amount(limit, np.ones_like(counted))):
            found.append(str(limit["limit"]))
    return tuple(found)


def _at_limit(limit: dict[str, Any], part: NDArray[np.float64], whole: NDArray[np.float64]) -> bool:
    for name in ("min", "max", "min_share", "max_share"):
        if not isinstance(limit[name], int | float) or np.isnan(limit[name]):
            continue
        bound = limit[name] * whole if name.endswith("share") else np.full_like(part, limit[name])
        left = part - bound if name.startswith("min") else bound - part
        if ((left <= EDGE * np.maximum(1.0, np.abs(bound))) & (whole > 0)).any():
            return True
    return False


class _Measured:
    """The measures of a plan by scenario, option and period."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self._instance = instance
        self._place = {
            "scenario": {name: number for number, name in enumerate(plan.scenarios)},
            "option": {name: number for number, name in enumerate(instance.options["option"])},
            "period": {name: number for number, name in enumerate(instance.periods)},
        }
        options = instance.options
        made, cost, setup = (self._dense(plan.production, name) for name in ("made", "cost", "setup"))
        used = np.zeros(made.shape)
        rows = plan.assignments
        used[:, rows["option"].map(self._place["option"]), rows["period"].map(self._place["period"])] = 1.0
        by_option = {
            name: options[name].to_numpy(dtype=np.float64)[:, None]
            for name in ("setup_cost", "fixed_cost", "emissions_per_unit")
        }
        self._amounts = {
            "lines": used,
            "units": made,
            "spend": cost + by_option["setup_cost"] * setup + by_option["fixed_cost"] * used,
            "revenue": self._dense(plan.sales, "revenue"),
            "emissions": by_option["emissions_per_unit"] * made,
            "setups": setup,
        }

    def counted(self, limit: dict[str, Any]) -> NDArray[np.bool_]:
        """Return the options that a policy counts."""
        options, lines = self._instance.options, self._instance.lines
        counted = np.ones(len(options), dtype=bool)
        for name in ("line", "mode", "site"):
            if isinstance(limit[name], str):
                counted &= (options[name] == limit[name]).to_numpy(dtype=bool)
        if isinstance(limit["family"], str):
            mine = (lines["family"] == limit["family"]).to_numpy(dtype=bool)
            counted &= mine[options["line"].cat.codes.to_numpy()]
        return counted

    def amount(self, limit: dict[str, Any], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return what a policy measures, by scenario and group of periods."""
        if limit["measure"] not in self._amounts:
            return np.zeros((1, 1))
        amount: NDArray[np.float64] = self._amounts[limit["measure"]][:, counted].sum(axis=1)
        period = limit["period"]
        if period == EACH or (not isinstance(period, str) and limit["measure"] == "lines"):
            return amount
        if isinstance(period, str):
            return amount[:, [self._instance.periods.index(period)]]
        return np.asarray(amount.sum(axis=1, keepdims=True))

    def _dense(self, table: Any, column: str) -> NDArray[np.float64]:
        dense = np.zeros(tuple(len(names) for names in self._place.values()))
        where = tuple(table[kind].map(names).to_numpy(dtype=np.int64) for kind, names in self._place.items())
        dense[where] = table[column].to_numpy(dtype=np.float64)
        return dense
