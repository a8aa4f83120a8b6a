"""What a plan may run out of, how much of it is used, and which rows of the program say so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.explain.bottlenecks.duals import NUDGE, Direction
from prodmode.explain.changes import apply_edits
from prodmode.formulation.blocks import Builder
from prodmode.formulation.context import Context
from prodmode.formulation.limits import SIDES
from prodmode.formulation.measures import terms_of
from prodmode.instance.scenarios import effective

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from prodmode.formulation import Formulation
    from prodmode.plan.plan import Plan

TIGHT = 0.9
"""Share used from which something counts as nearly used up."""

POINT = 0.01
"""What a unit of a share is: a percentage point."""

MEASURED_IN = {"lines": "options in force", "units": "units", "emissions": "kg CO2e", "setups": "setups"}
"""Units of what limits measure; the others are money."""


@dataclass(frozen=True, slots=True)
class Scarce:
    """Something that a plan may run out of.

    Attributes
    ----------
    kind : {"capacity", "budget", "limit"}
    name : str
        The resource or limit; "budget".
    period : str or None
        None for limits: those of each period are moved together.
    side : str
        min, max, min_share or max_share for limits, else max.
    unit : str
    used : float
        In the scenario (and for limits the period) in which least is left.
    bound : float
        What may be used there, what investments in service add included; the least that must be for a floor.
    share : float or None
        used / bound, or bound / used for a floor; None where both are zero.
    overtime : float
        Units beyond normal capacity, expected over the scenarios.
    tightest : str
        The scenario, or the period of a limit, meant by `used`; empty where there is one only.
    stated : float
        The figure that the instance states: capacity without investments, the period's own budget, the limit.
    """

    kind: str
    name: str
    period: str | None
    side: str
    unit: str
    used: float
    bound: float
    share: float | None
    overtime: float
    tightest: str
    stated: float

    @property
    def tight(self) -> bool:
        """Whether it is nearly used up."""
        return self.share is None or self.share >= TIGHT

    @property
    def slack(self) -> float:
        """What is left; for a floor what is above it."""
        return self.used - self.bound if self.side.startswith("min") else self.bound - self.used


class Scarcity:
    """Finds what is scarce in a plan, and the rows of its program.

    Parameters
    ----------
    formulation : Formulation
    plan : Plan
    """

    def __init__(self, formulation: Formulation, plan: Plan) -> None:
        self.formulation, self.plan = formulation, plan
        self._instance = formulation.instance

    def capacities(self) -> list[Scarce]:
        """Return every resource in every period."""
        table, units = self.plan.resource_use, dict(self._instance.resources[["resource", "unit"]].to_numpy())
        stated = self._stated()
        found = []
        for (name, when), rows in table.groupby(["resource", "period"], sort=False):
            resource, period = str(name), str(when)
            used, capacity = rows["used"].to_numpy(), rows["capacity"].to_numpy()
            share = np.divide(used, capacity, out=np.where(used > 0, np.inf, -1.0), where=capacity > 0)
            at = int(share.argmax())
            weights = np.array([self.plan.scenarios[scenario] for scenario in rows["scenario"]])
            unit = units[resource]
            found.append(
                Scarce(
                    "capacity", resource, period, "max", unit if isinstance(unit, str) else "units",
                    float(used[at]), float(capacity[at]), None if share[at] < 0 else float(share[at]),
                    float(weights @ rows["overtime"].to_numpy()),
                    str(rows["scenario"].iloc[at]) if len(rows) > 1 else "", stated[resource, period],
                )
            )  # fmt: skip
        order = {resource: at for at, resource in enumerate(self._instance.resources["resource"])}
        return sorted(found, key=lambda part: order[part.name])

    def budgets(self) -> list[Scarce]:
        """Return the budget of every period, with what is carried over to it."""
        table, flow = self._instance.budgets, self.plan.cash_flow
        if table.empty:
            return []
        spent = (flow["capex"] + flow["tooling_capex"]).to_numpy()
        limits = np.zeros(len(spent))
        limits[table["period"].cat.codes.to_numpy()] = table["capex_limit"].to_numpy()
        carried = self._instance.settings.budget_carryover
        used, bound = (spent.cumsum(), limits.cumsum()) if carried else (spent, limits)
        return [
            Scarce(
                "budget", "budget", period, "max", self._instance.currency, float(used[at]), float(bound[at]),
                float(used[at] / bound[at]) if bound[at] > 0 else None, 0.0, "", float(limits[at]),
            )
            for at, period in enumerate(self._instance.periods)
        ]  # fmt: skip

    def limits(self, x: NDArray[np.float64]) -> list[Scarce]:
        """Return every side of every limit, as used at a point of the program."""
        found = []
        for number, limit in enumerate(self._instance.limits.to_dict("records")):
            for side, name in enumerate(SIDES):
                bound = float(limit[name]) if limit[name] is not None else np.nan
                if np.isnan(bound):
                    continue
                rows, scenario, period = self._limit_rows(number, side)
                if len(rows):
                    measured = self._measured(number, name, bound, rows, scenario, period, x)
                    found.append(self._limit(limit, name, bound, measured, scenario, period))
        return found

    def direction(self, scarce: Scarce, x: NDArray[np.float64]) -> Direction | None:
        """Return which sides move when one unit more is allowed; None where nothing of it is ever used.

        Parameters
        ----------
        scarce : Scarce
        x : ndarray
            A point of the program, for what shares are taken of.
        """
        if scarce.kind == "capacity":
            return self._capacity_direction(scarce)
        if scarce.kind == "budget":
            return self._budget_direction(scarce)
        return self._limit_direction(scarce, x)

    def _stated(self) -> dict[tuple[str, str], float]:
        resources = self._instance.resources
        found = {
            (name, period): float(capacity)
            for name, capacity in zip(resources["resource"], resources["capacity"], strict=True)
            for period in self._instance.periods
        }
        for name, period, capacity in self._instance.capacity[["resource", "period", "capacity"]].to_numpy():
            found[name, period] = float(capacity)
        return found

    def _capacity_direction(self, scarce: Scarce) -> Direction | None:
        resource = self._instance.resources["resource"].tolist().index(scarce.name)
        period = self._instance.periods.index(scarce.period or "")
        rows, by = [], []
        for block in self.formulation.row_blocks:
            if block.family != "capacity":
                continue
            mine = np.flatnonzero(
                (np.asarray(block.keys["resource"]) == resource)
                & (np.asarray(block.keys["period"]) == period)
            )
            rows.append(block.start + mine)
            scenario = np.asarray(block.keys["scenario"])[mine]
            by.append(self._factor[scenario, resource, period])
        if not rows or not sum(map(len, rows)):
            return None
        none = np.zeros(0, dtype=np.int64)
        step = NUDGE * max(1.0, scarce.bound)
        return Direction(np.concatenate(rows), np.concatenate(by), none, np.zeros(0), step)

    @cached_property
    def _factor(self) -> NDArray[np.float64]:
        """Return what one more unit stated comes to in each scenario, shape (W, R, T)."""
        before = effective(self._instance).capacity
        after = effective(apply_edits(self._instance, ["capacity +1"])).capacity
        return np.asarray(after - before)

    def _budget_direction(self, scarce: Scarce) -> Direction:
        at = self._instance.periods.index(scarce.period or "")
        none, step = np.zeros(0, dtype=np.int64), NUDGE * max(1.0, scarce.bound)
        spent = self.formulation.columns.spent
        if len(spent):
            # What is allowed in a period is allowed in all that follow.
            later = spent[at:].astype(np.int64)
            return Direction(none, np.zeros(0), later, np.ones(len(later)), step)
        start = next(block.start for block in self.formulation.row_blocks if block.family == "budget")
        return Direction(np.array([start + at]), np.ones(1), none, np.zeros(0), step)

    def _limit_direction(self, scarce: Scarce, x: NDArray[np.float64]) -> Direction:
        number = self._instance.limits["limit"].tolist().index(scarce.name)
        rows, scenario, period = self._limit_rows(number, SIDES.index(scarce.side))
        by = np.ones(len(rows))
        if scarce.side.endswith("share"):
            by = POINT * self._totals(number, scenario, period, x)
        if scarce.side.startswith("min"):
            by = -by
        size = max(1.0, scarce.bound / POINT if scarce.side.endswith("share") else scarce.bound)
        return Direction(rows, by, np.zeros(0, dtype=np.int64), np.zeros(0), NUDGE * size)

    def _limit_rows(
        self, number: int, side: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of a side of a limit with their scenario and period, -1 for all."""
        for block in self.formulation.row_blocks:
            if block.family != "limits":
                continue
            keys = {name: np.asarray(values) for name, values in block.keys.items()}
            if keys["limit"][0] == number and keys["side"][0] == side:
                return block.start + np.arange(block.size), keys["scenario"], keys["period"]
        none = np.zeros(0, dtype=np.int64)
        return none, none, none

    def _measured(
        self,
        number: int,
        side: str,
        bound: float,
        rows: NDArray[np.int64],
        scenario: NDArray[np.int64],
        period: NDArray[np.int64],
        x: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        activity = np.asarray(self.formulation.mip.matrix[rows] @ x)
        if not side.endswith("share"):
            return activity
        # A row of a share holds the measure less its share of the total.
        total = self._totals(number, scenario, period, x)
        return np.divide(activity + bound * total, total, out=np.zeros(len(rows)), where=total != 0)

    def _totals(
        self,
        number: int,
        scenario: NDArray[np.int64],
        period: NDArray[np.int64],
        x: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return the measure of a limit over all lines and modes, for each of its rows."""
        limit = self._instance.limits.iloc[number]
        context = Context(Builder(), self.formulation.columns, self.formulation.constants)
        terms = terms_of(context, limit["measure"])
        amount = terms.value * x[terms.column]
        return np.array(
            [
                amount[
                    ((terms.scenario < 0) | (terms.scenario == max(at, 0)))
                    & ((when < 0) | (terms.period == when))
                ].sum()
                for at, when in zip(scenario.tolist(), period.tolist(), strict=True)
            ]
        )

    def _limit(
        self,
        limit: dict[Hashable, Any],
        side: str,
        bound: float,
        measured: NDArray[np.float64],
        scenario: NDArray[np.int64],
        period: NDArray[np.int64],
    ) -> Scarce:
        floor = side.startswith("min")
        at = int(measured.argmin() if floor else measured.argmax())
        used = float(measured[at])
        share: float | None = None
        if floor and used > 0:
            share = bound / used
        elif not floor and bound > 0:
            share = used / bound
        scenarios = self.formulation.constants.effective.scenarios
        words = (
            [self._instance.periods[period[at]]] if period[at] >= 0 and len(set(period.tolist())) > 1 else []
        )
        words += [f"scenario '{scenarios[scenario[at]]}'"] if scenario[at] >= 0 and len(scenarios) > 1 else []
        unit = (
            "share"
            if side.endswith("share")
            else MEASURED_IN.get(str(limit["measure"]), self._instance.currency)
        )
        return Scarce(
            "limit", str(limit["limit"]), None, side, unit, used, bound, share, 0.0, ", ".join(words), bound
        )
