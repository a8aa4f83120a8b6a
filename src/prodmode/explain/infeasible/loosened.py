"""The program of an instance with every rule lifted, and the rows that impose them again.

The bounds of the plain program hide rules: what an option can make goes into the bound of each quantity, and
what cannot be in force has no column. So the instance is loosened first and formulated then; every rule
comes back as rows of its own. Imposing all of them leaves the same plans as the plain program does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from prodmode.explain.infeasible.imposed import Imposed
from prodmode.explain.infeasible.line_rules import (
    impose_choices,
    impose_eligibility,
    impose_fill_rates,
    impose_quantities,
)
from prodmode.explain.infeasible.shared_rules import (
    impose_budget,
    impose_capacity,
    impose_investments,
    impose_limits,
)
from prodmode.formulation.blocks import Builder
from prodmode.formulation.columns import place_columns
from prodmode.formulation.constants import Constants
from prodmode.formulation.context import Context
from prodmode.formulation.formulate import FAMILIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.explain.infeasible.items import Items
    from prodmode.explain.infeasible.rules import Rule
    from prodmode.formulation.mip import Mip
    from prodmode.instance.instance import Instance

KINDS = (
    impose_capacity, impose_budget, impose_limits, impose_fill_rates, impose_choices, impose_quantities,
    impose_investments, impose_eligibility,
)  # fmt: skip
"""What adds the rows of rules, kind by kind."""

GROWS = ("units", "spend", "emissions")
"""Measures for which a limit can ask for more units than sell, so that the bound of a quantity matters."""


class Unbounded(Constants):
    """Constants of a loosened instance: what an option can make is bounded by no resource."""

    @cached_property
    def most_by_capacity(self) -> NDArray[np.float64]:
        """Any number of units, shape (W, O, T)."""
        return np.full(self.shape, np.inf)


class Within(Unbounded):
    """The same where options can be in force only in some periods."""

    def __init__(self, instance: Instance, where: NDArray[np.bool_]) -> None:
        super().__init__(instance)
        object.__setattr__(self, "_where", where)

    @cached_property
    def available(self) -> NDArray[np.bool_]:
        """Where each option can be in force, shape (O, T)."""
        where: NDArray[np.bool_] = self.__dict__["_where"]
        return where


@dataclass(frozen=True)
class Loosened:
    """A program without an objective in which rules are imposed at will.

    Attributes
    ----------
    instance : Instance
        The instance as it was stated.
    context : Context
        Columns and constants of the loosened one.
    rules : tuple of Rule
    mip : Mip
        The program with all rows of rules free.
    items : Items
        The rows of rules.
    exclusions : ndarray of int, shape (X, 3)
        Rule, option and period: the rule keeps the option from being in force.
    purchases : ndarray of int, shape (P, 3)
        Rule, investment and period: the rule keeps the investment from being bought.
    copies : ndarray, shape (K,)
        Copies of each investment beyond which no more are of use.
    joining : ndarray of int
        Rows that no rule lifts but that join lines which have nothing else in common.
    """

    instance: Instance
    context: Context
    rules: tuple[Rule, ...]
    mip: Mip
    items: Items
    exclusions: NDArray[np.int64]
    purchases: NDArray[np.int64]
    copies: NDArray[np.float64]
    joining: NDArray[np.int64]

    @cached_property
    def plain(self) -> Constants:
        """Constants of the instance as it was stated."""
        return Constants(self.instance)

    @cached_property
    def positions(self) -> dict[str, pd.Index[str]]:
        """Names of the rows of tables, in their order."""
        tables = {"lines": "line", "options": "option", "investments": "investment", "resources": "resource"}
        return {table: pd.Index(self.instance.table(table)[key]) for table, key in tables.items()}

    @property
    def all(self) -> NDArray[np.bool_]:
        """The set of all rules."""
        return np.ones(len(self.rules), dtype=bool)

    def program(self, on: NDArray[np.bool_], where: NDArray[np.bool_] | None = None) -> Mip:
        """Return the program with some items imposed.

        Parameters
        ----------
        on : ndarray of bool, shape (I,)
            The items.
        where : ndarray of bool, shape (O, T), optional
            Where options can be in force under the rules in question; see `where`.
        """
        lower, upper = self.mip.row_lower.copy(), self.mip.row_upper.copy()
        lower[self.items.row[on]], upper[self.items.row[on]] = self.items.lower[on], self.items.upper[on]
        most = self.mip.upper
        if where is not None and self._bounds_matter and not where.all():
            made = self.context.columns.made
            most = most.copy()
            most[made[made >= 0]] = Within(self.context.constants.instance, where).most_made[made >= 0]
        return replace(self.mip, row_lower=lower, row_upper=upper, upper=most)

    def where(self, rules: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return where options can be in force under a set of rules, shape (O, T)."""
        where = np.array(self.context.constants.available)
        kept = self.exclusions[rules[self.exclusions[:, 0]]]
        where[kept[:, 1], kept[:, 2]] = False
        return where

    @cached_property
    def _bounds_matter(self) -> bool:
        limits = self.instance.limits
        grows = limits["measure"].isin(GROWS)
        return bool(limits.loc[grows, ["min", "min_share", "max_share"]].notna().any(axis=None))

    def kept(self, x: NDArray[np.float64], tolerance: float = 1e-6) -> NDArray[np.bool_]:
        """Return which rules a point keeps, shape (number of rules,)."""
        items = self.items
        rows = self.mip.matrix[items.row]
        activity, size = rows @ x, np.maximum(1.0, abs(rows) @ np.abs(x))
        broken = (items.lower - activity > tolerance * size) | (activity - items.upper > tolerance * size)
        kept = np.ones(len(self.rules), dtype=bool)
        kept[items.need_rule[broken[items.need_item]]] = False
        return kept


def loosen(instance: Instance) -> Loosened:
    """Formulate an instance with every rule lifted, and the rows that impose them.

    Parameters
    ----------
    instance : Instance
        The portfolio.
    """
    constants, builder = Unbounded(loosened_instance(instance)), Builder()
    context = Context(builder, place_columns(builder, constants), constants)
    for add_family in FAMILIES:
        add_family(context)
    blocks, mip = tuple(builder.rows), builder.mip()
    imposed = Imposed(instance, context, blocks, mip, mip.lower.copy(), mip.upper.copy())
    for impose in KINDS:
        impose(imposed)
    matrix = csr_array(vstack([mip.matrix, imposed.matrix()]))
    matrix.sort_indices()
    free = np.full(imposed.added, np.inf)
    lower, upper = np.append(mip.row_lower, -free), np.append(mip.row_upper, free)
    # There is always a line, and so at least one item: its options at once, or that it is required.
    items = imposed.collector.items()
    for rows in (items.row, np.array(imposed.freed, dtype=np.int64)):
        lower[rows], upper[rows] = -np.inf, np.inf
    upper[imposed.kept] = 0.0
    program = replace(
        mip, cost=np.zeros_like(mip.cost), offset=0.0, matrix=matrix, row_lower=lower, row_upper=upper,
        lower=imposed.lower, upper=imposed.upper,
    )  # fmt: skip
    none = np.zeros((0, 3), dtype=np.int64)
    return Loosened(
        instance, context, tuple(imposed.collector.rules), program, items,
        exclusions=np.concatenate([none, *imposed.exclusions]),
        purchases=np.concatenate([none, *imposed.purchases]),
        copies=imposed.upper[context.columns.bought].max(axis=1, initial=0.0),
        joining=np.concatenate(
            [none[:, 0], *(imposed.rows_of(block) for block in imposed.of_family("budget_carryover"))]
        ),
    )  # fmt: skip


def loosened_instance(instance: Instance) -> Instance:
    """Return an instance with the rules lifted that the bounds and forms of its program hide."""
    lines, options, investments = instance.lines, instance.options, instance.investments
    several = np.bincount(options["line"].cat.codes.to_numpy(), minlength=len(lines))
    lines["required"] = False
    # A fill rate of one would make equalities of its rows, which could not be lifted alone.
    lines["min_fill_rate"] = np.minimum(lines["min_fill_rate"], np.nextafter(1.0, 0.0))
    lines["max_options"] = np.maximum(lines["max_options"], several)
    lines["max_lead_time_days"] = lines["min_quality"] = np.nan
    options["max_units"] = np.nan
    for table in (options, investments):
        table["first_period"] = table["last_period"] = None
    investments["lead_time_periods"] = 0
    investments["max_copies"] = np.maximum(investments["max_copies"], 1)
    changes = {"lines": lines, "options": options} | (
        {"investments": investments} if len(investments) else {}
    )
    return instance.replace(**changes)
