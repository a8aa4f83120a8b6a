"""A plan, read into positions of its instance's tables, option by option and period by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.errors import InputError, Issue, maybe
from prodmode.plan.ledger import starts_and_exits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

    Codes = NDArray[np.int64]
    Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Where anything of a plan is, expected over the scenarios.

    A cell is an option in a period, or a line in a period, for demand that no single option answers for: it
    stands where several options of a line are in force at once. Cells are in the order of lines, periods and
    options, that of the line itself last.

    Attributes
    ----------
    line, option, period : ndarray of int, shape (n,)
        Positions in the instance's tables; the option is -1 for a line's own cell.
    in_force, started, left : ndarray of bool, shape (n,)
    made, setup, sold, stock, unserved : ndarray of float, shape (n,)
        Units, and the number of setups.
    revenue, unit_cost : ndarray of float, shape (n,)
        Money that the plan states, undiscounted.
    copies : ndarray of int, shape (K, T)
        Copies bought.
    overtime : ndarray of float, shape (R, T)
        Resource units.
    """

    line: Codes
    option: Codes
    period: Codes
    in_force: NDArray[np.bool_]
    started: NDArray[np.bool_]
    left: NDArray[np.bool_]
    made: Numbers
    setup: Numbers
    sold: Numbers
    stock: Numbers
    unserved: Numbers
    revenue: Numbers
    unit_cost: Numbers
    copies: Codes
    overtime: Numbers


def cells(instance: Instance, plan: Plan) -> Cells:
    """Read a plan into cells.

    Parameters
    ----------
    instance : Instance
        What was planned.
    plan : Plan
        A plan of it, made here or read from files.

    Raises
    ------
    InputError
        If the plan names what the instance does not have, or has other periods or scenarios.
    """
    periods, options = len(instance.periods), len(instance.options)
    reader = _Reader(instance, plan)
    in_force = np.zeros((options, periods), dtype=bool)
    in_force[reader.codes("assignments", "option"), reader.codes("assignments", "period")] = True
    started, left = starts_and_exits(instance, in_force)
    line_of = instance.options["line"].cat.codes.to_numpy().astype(np.int64)

    at = {name: reader.keys(name, "option") for name in ("production", "sales", "stock")}
    at["unserved"] = _unserved_at(reader, in_force, line_of)
    keys = np.unique(np.concatenate([np.flatnonzero(in_force | left), *at.values()]))
    owner, period = np.divmod(keys, periods)
    own = owner < options
    option = np.where(own, owner, -1)
    line = np.where(own, np.append(line_of, 0)[np.minimum(owner, options)], owner - options)
    order = np.lexsort((owner, period, line))

    def expected(table: str, column: str) -> Numbers:
        amount = reader.weights(table) * getattr(plan, table)[column].to_numpy(dtype=np.float64)
        place = np.searchsorted(keys, at[table])
        return np.asarray(np.bincount(place, amount, minlength=len(keys)), dtype=np.float64)[order]

    def flag(where: NDArray[np.bool_]) -> NDArray[np.bool_]:
        told = np.zeros(len(keys), dtype=bool)
        told[own] = where[option[own], period[own]]
        return told[order]

    return Cells(
        line=line[order],
        option=option[order],
        period=period[order],
        in_force=flag(in_force),
        started=flag(started),
        left=flag(left),
        made=expected("production", "made"),
        setup=expected("production", "setup"),
        sold=expected("sales", "sold"),
        stock=expected("stock", "stock"),
        unserved=expected("unserved", "unserved"),
        revenue=expected("sales", "revenue"),
        unit_cost=expected("production", "cost"),
        copies=reader.dense("purchases", "investment", "copies").astype(np.int64),
        overtime=reader.dense("resource_use", "resource", "overtime"),
    )


def _unserved_at(reader: _Reader, in_force: NDArray[np.bool_], line_of: Codes) -> Codes:
    """Return the keys of unserved demand: of the option in force, or of the line where several are."""
    options, periods = in_force.shape
    key = reader.keys("unserved", "line")
    option, period = np.nonzero(in_force)
    slot = line_of[option] * periods + period
    size = int(max(key.max(initial=-1), slot.max(initial=-1))) + 1
    number = np.bincount(slot, minlength=size)
    only = np.zeros(size, dtype=np.int64)
    only[slot] = option * periods + period
    return np.where(number[key] == 1, only[key], options * periods + key)


class _Reader:
    """Looks labels up in the instance."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self.instance, self.plan = instance, plan
        scenarios = instance.scenarios
        probability = scenarios["probability"].to_numpy(dtype=np.float64)
        self.probability = probability if len(scenarios) else np.ones(1)
        self.names: dict[str, Sequence[str]] = {
            "scenario": scenarios["scenario"].tolist() or list(plan.scenarios)[:1],
            "period": instance.periods,
            **{
                kind: instance.table(f"{kind}s")[kind].tolist()
                for kind in ("line", "option", "resource", "investment")
            },
        }
        for kind, told in (("period", plan.periods), ("scenario", tuple(plan.scenarios))):
            known = self.names[kind]
            if set(told) != set(known):
                raise _foreign(
                    f"the plan is for the {kind}s {', '.join(told)}; the instance has {', '.join(known)}"
                )

    def codes(self, table: str, kind: str) -> Codes:
        """Return the positions of the labels of a column."""
        place, labels = pd.factorize(getattr(self.plan, table)[kind], use_na_sentinel=False)
        position = pd.Index(self.names[kind]).get_indexer(pd.Index(labels))
        if (position < 0).any():
            name = str(labels[int(np.argmin(position))])
            text = f"table {table} of the plan has the {kind} '{name}', which the instance does not have"
            raise _foreign(text, maybe(name, list(self.names[kind])))
        return np.asarray(position[place], dtype=np.int64)

    def keys(self, table: str, kind: str) -> Codes:
        return self.codes(table, kind) * len(self.instance.periods) + self.codes(table, "period")

    def weights(self, table: str) -> Numbers:
        """Return the probability of the scenario of each row."""
        return np.asarray(self.probability[self.codes(table, "scenario")], dtype=np.float64)

    def dense(self, table: str, kind: str, column: str) -> Numbers:
        """Return the expected amounts of a table, shape (things, T)."""
        amount = getattr(self.plan, table)[column].to_numpy(dtype=np.float64)
        if "scenario" in getattr(self.plan, table):
            amount = self.weights(table) * amount
        shape = (len(self.names[kind]), len(self.instance.periods))
        size = shape[0] * shape[1]
        total: NDArray[Any] = np.bincount(self.keys(table, kind), amount, minlength=size)
        return np.asarray(total.reshape(shape), dtype=np.float64)


def _foreign(message: str, hint: str | None = None) -> InputError:
    return InputError([Issue(message, hint=hint, code="foreign-plan")])
