"""The program of an instance with some of its rules lifted, as tight as that of any instance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from prodmode.formulation.blocks import Builder
from prodmode.formulation.columns import place_columns
from prodmode.formulation.constants import Constants, codes
from prodmode.formulation.context import Context
from prodmode.formulation.formulate import FAMILIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.explain.infeasible.loosened import Loosened
    from prodmode.explain.infeasible.rules import Rule
    from prodmode.formulation.mip import Mip
    from prodmode.instance.scenarios import Effective

LINES, OPTIONS, INVESTMENTS = "lines", "options", "investments"

COLUMN = {
    "fill_rate": (LINES, "min_fill_rate"),
    "required": (LINES, "required"),
    "max_options": (LINES, "max_options"),
    "max_switches": (LINES, "max_switches"),
    "max_units": (OPTIONS, "max_units"),
    "min_lot": (OPTIONS, "min_lot"),
    "max_copies": (INVESTMENTS, "max_copies"),
    "delivery": (INVESTMENTS, "lead_time_periods"),
}
"""Table and column of the kinds of rules that are one figure of a row."""

KEYS = {LINES: "line", OPTIONS: "option", INVESTMENTS: "investment"}


class Lifted(Constants):
    """Constants of an instance with some rules lifted; figures may be infinite where no input could be.

    An option whose minimum lot is lifted still has its setup.

    Parameters
    ----------
    loosened : Loosened
        Knows the rules and what they keep out.
    kept : ndarray of bool, shape (number of rules,)
        The rules that stay.
    """

    def __init__(self, loosened: Loosened, kept: NDArray[np.bool_]) -> None:
        super().__init__(loosened.instance)
        self.__dict__.update(_loosened=loosened, _kept=kept)

    @property
    def _all(self) -> Loosened:
        known: Loosened = self.__dict__["_loosened"]
        return known

    @cached_property
    def _lifted(self) -> dict[str, list[Rule]]:
        found: dict[str, list[Rule]] = defaultdict(list)
        for at in np.flatnonzero(~self.__dict__["_kept"]):
            rule = self._all.rules[at]
            found[rule.kind].append(rule)
        return found

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables with the lifted figures in them."""
        tables = dict(self._all.plain.tables)
        for kind, (table, column) in COLUMN.items():
            if kind in self._lifted:
                frame = tables[table] = tables[table].copy(deep=False)
                rows = self._positions(table, [rule.name for rule in self._lifted[kind]])
                frame[column] = self._free(kind, frame[column].to_numpy(), rows)
        if "limit" in self._lifted:
            frame = tables["limits"] = tables["limits"].copy(deep=False)
            for rule in self._lifted["limit"]:
                frame[rule.side] = frame[rule.side].where(frame["limit"] != rule.name)
        if "budget" in self._lifted:
            frame = tables["budgets"] = tables["budgets"].copy(deep=False)
            names = [rule.name for rule in self._lifted["budget"]]
            frame["capex_limit"] = frame["capex_limit"].mask(frame["period"].isin(names).to_numpy(), np.inf)
        return tables

    def _positions(self, table: str, names: list[str]) -> NDArray[np.int64]:
        return self._all.positions[table].get_indexer(pd.Index(names)).astype(np.int64)

    def _free(self, kind: str, values: NDArray[np.generic], rows: NDArray[np.int64]) -> NDArray[np.generic]:
        """Return a column with the figures of some rows such that they restrict nothing."""
        if kind == "max_units":
            free: NDArray[np.generic] = np.full(len(values), np.nan)
        elif kind == "max_copies":
            free = np.maximum(self._all.copies, values.astype(np.float64)).astype(np.int64)
        elif kind == "max_options":
            free = np.maximum(np.bincount(self.line, minlength=len(values)), 1)
        elif kind == "max_switches":
            free = np.full(len(values), len(self.line) * len(self.instance.periods) + 1)
        else:
            free = np.zeros_like(values)
        freed = values.copy()
        freed[rows] = free[rows]
        return freed

    @cached_property
    def line(self) -> NDArray[np.int64]:
        """Line of each option, shape (O,)."""
        return self._all.plain.line

    @cached_property
    def effective(self) -> Effective:
        """The figures by scenario, lifted capacities infinite."""
        plain = self._all.plain.effective
        if "capacity" not in self._lifted:
            return plain
        capacity = np.array(plain.capacity)
        rows = self._positions("resources", [rule.name for rule in self._lifted["capacity"]])
        labels = self.instance.periods
        capacity[:, rows, [labels.index(rule.period or "") for rule in self._lifted["capacity"]]] = np.inf
        return replace(plain, capacity=capacity)

    @cached_property
    def has_setup(self) -> NDArray[np.bool_]:
        """Options with a setup decision, shape (O,)."""
        return self._all.plain.has_setup

    @cached_property
    def purchasable(self) -> NDArray[np.bool_]:
        """Where each investment can be bought, shape (K, T)."""
        copies = self.tables[INVESTMENTS]["max_copies"].to_numpy()
        can = np.repeat((copies > 0)[:, None], len(self.instance.periods), axis=1)
        return self._without(can, self._all.purchases)

    @cached_property
    def serviceable(self) -> NDArray[np.bool_]:
        """Where a copy of each investment can be in service, shape (K, T)."""
        periods = len(self.instance.periods)
        first = np.where(self.purchasable.any(axis=1), self.purchasable.argmax(axis=1), periods)
        ready = first + self.tables[INVESTMENTS]["lead_time_periods"].to_numpy()
        return np.asarray(np.arange(periods) >= ready[:, None])

    @cached_property
    def available(self) -> NDArray[np.bool_]:
        """Where each option can be in force, shape (O, T)."""
        can = self._without(self.on_market[self.line], self._all.exclusions)
        needs = codes(self.tables[OPTIONS]["requires"])
        rows = np.flatnonzero(needs >= 0)
        can[rows] &= self.serviceable[needs[rows]]
        return can

    def _without(self, can: NDArray[np.bool_], out: NDArray[np.int64]) -> NDArray[np.bool_]:
        kept: NDArray[np.bool_] = self.__dict__["_kept"]
        out = out[kept[out[:, 0]]]
        can = can.copy()
        can[out[:, 1], out[:, 2]] = False
        return can


def lifted_program(loosened: Loosened, kept: NDArray[np.bool_]) -> tuple[Mip, Context]:
    """Return the program without an objective of an instance under some of its rules, with its columns.

    Parameters
    ----------
    loosened : Loosened
        Knows the rules.
    kept : ndarray of bool, shape (number of rules,)
        The rules that stay.
    """
    constants, builder = Lifted(loosened, kept), Builder()
    context = Context(builder, place_columns(builder, constants), constants)
    for add_family in FAMILIES:
        add_family(context)
    return builder.mip(), context


SAME = (
    "in_force", "start", "leave", "offered", "bought", "owned", "spent", "made", "setup", "sold", "stock",
    "overtime", "tier_chosen", "tier_made",
)  # fmt: skip
"""Columns that mean the same in every program of an instance, whatever is lifted."""


def carried(loosened: Loosened, context: Context, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a point of a lifted program as one of the loosened program, as far as rules' rows ask.

    Parameters
    ----------
    loosened : Loosened
        Has the columns to fill.
    context : Context
        Columns of the lifted program.
    x : ndarray
        The point.
    """
    to, point = loosened.context.columns, np.zeros(loosened.mip.shape[1])
    for name in SAME:
        there, here = getattr(to, name), getattr(context.columns, name)
        both = (there >= 0) & (here >= 0) if there.shape == here.shape else np.zeros(there.shape, dtype=bool)
        point[there[both]] = x[here[both]]
    running = np.where(to.in_force >= 0, point[to.in_force], 0.0)
    was = np.concatenate([loosened.context.constants.current[:, None], running[:, :-1]], axis=1)
    started = to.start >= 0
    point[to.start[started]] = np.maximum(running - was, 0.0)[started]
    offered = np.zeros(to.offered.shape)
    np.maximum.at(offered, loosened.context.constants.line, running)
    some = to.offered >= 0
    point[to.offered[some]] = offered[some]
    return point
