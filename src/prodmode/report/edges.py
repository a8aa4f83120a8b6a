"""What limits a plan, for a terminal: resources, the budget and policies, the tightest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.document.page import count, percent
from prodmode.instance.fields import EACH
from prodmode.plan.tables import places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from prodmode.document.page import Page
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

MOST_EDGES = 6
"""Limits listed; of the rest those that are reached are counted."""

EDGE = 1e-6
"""Relative distance to a limit within which it is reached."""

_SHARE = ("min_share", "max_share")


@dataclass(frozen=True, slots=True)
class Edge:
    """How near a plan comes to something that limits it, where it comes nearest.

    Attributes
    ----------
    name : str
        A resource, the budget or a policy.
    use : float
        What is used of what there is; for a least amount, the least over what there is.
    of : str
        What there is, in words.
    where : str
        Period and scenario.
    word : str
        Whether it is reached; empty where it is not.
    """

    name: str
    use: float
    of: str
    where: str
    word: str


def edges_text(instance: Instance, plan: Plan, page: Page) -> str:
    """Return what limits a plan, empty where nothing could."""
    found = sorted(edges(instance, plan), key=lambda edge: (not edge.word, -edge.use))
    if not found:
        return ""
    rows = [[edge.name, percent(edge.use), edge.of, edge.where, edge.word] for edge in found[:MOST_EDGES]]
    text = page.table(["what limits it", "use", "of", "in", ""], rows, ["<", ">", "<", "<", "<"])
    reached = [edge for edge in found if edge.word]
    if not reached:
        return f"{text}\n{page.wrapped('nothing is full: costs, prices and demand decide')}"
    more = len(reached) - MOST_EDGES
    return f"{text}\nand {count(more, 'other')} reached" if more > 0 else text


def edges(instance: Instance, plan: Plan) -> list[Edge]:
    """Return the nearest that a plan comes to each resource's capacity, the budget and each policy.

    Parameters
    ----------
    instance : Instance
        What was planned.
    plan : Plan
        A plan of it.
    """
    return [*_resources(instance, plan), *_budget(instance, plan), *_policies(instance, plan)]


def _where(plan: Plan, period: object, scenario: object) -> str:
    parts = [str(period)] if period is not None else []
    if len(plan.scenarios) > 1:
        parts.append(str(scenario))
    return ", ".join(parts)


def _resources(instance: Instance, plan: Plan) -> Iterator[Edge]:
    use = plan.resource_use.dropna(subset=["utilisation"])
    peaks = use.sort_values("utilisation", ascending=False, kind="stable").drop_duplicates("resource")
    table = instance.resources
    known = dict(zip(table["resource"], zip(table["overtime_max"], table["unit"], strict=True), strict=True))
    for row in peaks.to_dict("records"):
        name = str(row["resource"])
        most, unit = known[name]
        full = row["used"] >= (row["capacity"] + most) * (1 - EDGE)
        word = ""
        if full:
            word = "full, overtime too" if most else "full"
        elif row["used"] > row["capacity"] * (1 + EDGE):
            word = "in overtime"
        of = f"{_amount(row['capacity'])} {unit}" if isinstance(unit, str) else _amount(row["capacity"])
        yield Edge(name, row["utilisation"], of, _where(plan, row["period"], row["scenario"]), word)


def _budget(instance: Instance, plan: Plan) -> Iterator[Edge]:
    if instance.budgets.empty:
        return
    limit = np.zeros(len(plan.periods))
    limit[instance.budgets["period"].cat.codes.to_numpy()] = instance.budgets["capex_limit"].to_numpy()
    spent = (plan.cash_flow["capex"] + plan.cash_flow["tooling_capex"]).to_numpy(dtype=np.float64)
    if instance.settings.budget_carryover:
        limit, spent = np.cumsum(limit), np.cumsum(spent)
    share = np.divide(spent, limit, out=np.zeros_like(spent), where=limit > 0)
    at = int(share.argmax())
    if limit[at] > 0:
        since = "up to " if instance.settings.budget_carryover and at else ""
        word = "spent" if share[at] >= 1 - EDGE else ""
        of = f"{limit[at]:,.0f} {plan.currency}"
        yield Edge("budget", float(share[at]), of, f"{since}{plan.periods[at]}", word)


def _policies(instance: Instance, plan: Plan) -> Iterator[Edge]:
    if instance.limits.empty:
        return
    measured = Measured(instance, plan)
    for row, record in enumerate(instance.limits.to_dict("records")):
        limit = {str(name): value for name, value in record.items()}
        whole_horizon = pd.isna(limit["period"]) and limit["measure"] != "lines"
        part, whole = measured.by_period(limit["measure"], row), measured.by_period(limit["measure"], None)
        periods: list[str | None] = list(plan.periods)
        if whole_horizon:
            part, whole, periods = part.sum(1, keepdims=True), whole.sum(1, keepdims=True), [None]
        elif isinstance(limit["period"], str) and limit["period"] != EACH:
            at = [plan.periods.index(limit["period"])]
            part, whole, periods = part[:, at], whole[:, at], [limit["period"]]
        for side in ("min", "max", *_SHARE):
            if not pd.isna(limit[side]):
                yield from _nearest(plan, limit, side, part, whole, periods)


def _nearest(
    plan: Plan,
    limit: dict[str, Any],
    side: str,
    part: NDArray[np.float64],
    whole: NDArray[np.float64],
    periods: list[str | None],
) -> Iterator[Edge]:
    bound = limit[side] * (whole if side in _SHARE else np.ones_like(part))
    least = side.startswith("min")
    over, under = (bound, part) if least else (part, bound)
    # Where nothing is done there is no share to speak of, and a bound of 0 has no use in percent.
    use = np.divide(over, under, out=np.full(part.shape, -np.inf), where=under > 0)
    use[(under == 0) & (over == 0) & (whole > 0)] = 1.0
    scenario, period = np.unravel_index(int(use.argmax()), use.shape)
    nearest = float(use[scenario, period])
    if not np.isfinite(nearest):
        return
    word = "" if nearest < 1 - EDGE else f"at its {'least' if least else 'most'}"
    unit = {"spend": plan.currency, "revenue": plan.currency, "capex": plan.currency, "emissions": "kg"}
    measure = str(limit["measure"])
    if side in _SHARE:
        of = f"{percent(limit[side])} of {measure}"
    else:
        noun = measure.removesuffix("s") if limit[side] == 1 else measure
        of = f"{_amount(limit[side])} {unit.get(measure, noun)}"
    of = f"at least {of}" if least else of
    where = _where(plan, periods[period], list(plan.scenarios)[scenario])
    yield Edge(str(limit["limit"]), nearest, of, where, word)


class Measured:
    """What policies measure of a plan, by scenario and period.

    Parameters
    ----------
    instance : Instance
        What was planned.
    plan : Plan
        A plan of it.
    """

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self._instance, self._plan = instance, plan
        self._shape = (len(plan.scenarios), len(plan.periods))
        self._rows = {name: self._places(name) for name in ("production", "sales", "assignments")}

    def by_period(self, measure: str, row: int | None) -> NDArray[np.float64]:
        """Return a measure of what a policy counts, or of everything.

        Parameters
        ----------
        measure : str
            One of those of the table of limits.
        row : int or None
            The policy's row in that table.

        Returns
        -------
        ndarray, shape (W, T)
            In units, options in force, kilograms or money, not discounted.
        """
        counted = self._counted(row)
        amount = np.zeros(self._shape)
        for table, values in self._amounts(measure):
            amount += self._sum(table, np.asarray(values, dtype=np.float64), counted)
        return amount + self._purchases(row) if measure == "capex" else amount

    def _amounts(self, measure: str) -> list[tuple[str, Any]]:
        """Return what makes up a measure: tables of the plan with an amount for each of their rows."""
        plan, made = self._plan, self._plan.production
        if measure in {"units", "setups"}:
            return [("production", made["made" if measure == "units" else "setup"])]
        if measure == "revenue":
            return [("sales", plan.sales["revenue"])]
        if measure == "lines":
            return [("assignments", np.ones(len(plan.assignments)))]
        if measure == "emissions":
            return [("production", made["made"] * self._of("emissions_per_unit", "production"))]
        if measure == "capex":
            started = plan.assignments["started"].to_numpy()
            return [("assignments", self._of("tooling_capex", "assignments") * started)]
        cost = made["cost"] + made["setup"] * self._of("setup_cost", "production")
        return [("production", cost), ("assignments", self._of("fixed_cost", "assignments"))]

    def _of(self, column: str, table: str) -> NDArray[np.float64]:
        values = self._instance.options[column].to_numpy(dtype=np.float64)
        return values[self._rows[table][1]]

    def _counted(self, row: int | None) -> NDArray[np.bool_]:
        options, limits = self._instance.options, self._instance.limits
        counted = np.ones(len(options), dtype=bool)
        if row is None:
            return counted
        for name in ("line", "mode", "site"):
            if not pd.isna(wanted := limits[name].iloc[row]):
                counted &= (options[name] == wanted).to_numpy(dtype=bool)
        if not pd.isna(family := limits["family"].iloc[row]):
            mine = (self._instance.lines["family"] == family).to_numpy(dtype=bool)
            counted &= mine[options["line"].cat.codes.to_numpy()]
        return counted

    def _purchases(self, row: int | None) -> NDArray[np.float64]:
        limits, investments = self._instance.limits, self._instance.investments
        amount = np.zeros(self._shape)
        stated = {} if row is None else limits.iloc[row].dropna().to_dict()
        if stated.keys() & {"line", "family", "mode"}:
            return amount
        bought = self._plan.purchases
        which = places(bought["investment"], pd.Index(investments["investment"]))
        counted = np.ones(len(investments))
        if "site" in stated:
            counted = (investments["site"] == stated["site"]).to_numpy(dtype=np.float64)
        period = places(bought["period"], pd.Index(self._plan.periods))
        spent = (investments["capex"].to_numpy() * counted)[which] * bought["copies"].to_numpy()
        amount += np.bincount(period, spent, minlength=self._shape[1])
        return amount

    def _places(self, table: str) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp] | None]:
        rows = self._plan.tables()[table]
        period = places(rows["period"], pd.Index(self._plan.periods))
        option = places(rows["option"], pd.Index(self._instance.options["option"]))
        if "scenario" not in rows:
            return period, option, None
        return period, option, places(rows["scenario"], pd.Index(list(self._plan.scenarios)))

    def _sum(
        self, table: str, amount: NDArray[np.float64], counted: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        period, option, scenario = self._rows[table]
        weight = np.where(counted[option], amount, 0.0)
        scenarios, periods = self._shape
        if scenario is None:
            # What is decided before the future is known is the same in every scenario.
            return np.broadcast_to(np.bincount(period, weight, minlength=periods) + 0.0, self._shape)
        cell = scenario * periods + period
        summed: NDArray[np.float64] = np.zeros(scenarios * periods)
        summed += np.bincount(cell, weight, minlength=scenarios * periods)
        return summed.reshape(self._shape)


def _amount(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"
