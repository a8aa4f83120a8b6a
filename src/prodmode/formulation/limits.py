"""Constraint family 9, limits: policies over many lines, with shares linearised against the total."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.formulation.constants import codes
from prodmode.formulation.measures import Terms, terms_of
from prodmode.instance.fields import EACH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.context import Context

SIDES = ("min", "max", "min_share", "max_share")
"""The bounds a limit may have, in the order of the row key ``side``."""


def add_limits(context: Context) -> None:
    """Add the rows of every limit, per scenario where what it measures differs between scenarios."""
    terms = cache(lambda measure: terms_of(context, measure))
    for position, limit in enumerate(context.constants.tables["limits"].to_dict("records")):
        _add_limit(context, position, limit, terms(limit["measure"]))


def _add_limit(context: Context, position: int, limit: dict[Any, Any], terms: Terms) -> None:
    """Rows are (scenario, group of periods) pairs; a group is one period, or the whole horizon."""
    scenarios, _, _ = context.constants.shape
    group = _groups(context, limit)
    groups = int(group.max()) + 1
    inside = _matches(context, limit, terms)
    counted = group[terms.period] >= 0
    if np.isnan(limit["min_share"]) and np.isnan(limit["max_share"]):
        counted &= inside
    taken = np.flatnonzero(counted)
    same = bool((terms.scenario < 0).all())
    rows_per_scenario = 1 if same else scenarios
    rows, columns, values, member = [], [], [], []
    for scenario in range(rows_per_scenario):
        mine = taken[(terms.scenario[taken] < 0) | (terms.scenario[taken] == scenario)]
        rows.append(scenario * groups + group[terms.period[mine]])
        columns.append(terms.column[mine])
        values.append(terms.value[mine])
        member.append(inside[mine])
    row, column, value, own = (np.concatenate(part) for part in (rows, columns, values, member))
    period_of = np.array([np.flatnonzero(group == number)[0] for number in range(groups)])
    size = rows_per_scenario * groups
    for side, name in enumerate(SIDES):
        bound = limit[name]
        if np.isnan(bound):
            continue
        keys = {
            "limit": np.full(size, position),
            "side": np.full(size, side),
            "period": np.tile(period_of if groups > 1 or _one_period(limit) else [-1], rows_per_scenario),
            "scenario": np.full(size, -1) if same else np.repeat(np.arange(scenarios), groups),
        }
        share = name.endswith("share")
        coefficient = value * (own - bound) if share else value * own
        target = 0.0 if share else bound
        low, high = (target, np.inf) if name.startswith("min") else (-np.inf, target)
        context.builder.add_rows(
            "limits", keys, "{side} of limit '{limit}' in {period}, {scenario}",
            [(row, column, coefficient)], lower=low, upper=high,
        )  # fmt: skip


def _one_period(limit: dict[Any, Any]) -> bool:
    return isinstance(limit["period"], str) or limit["measure"] == "lines"


def _groups(context: Context, limit: dict[Any, Any]) -> NDArray[np.int64]:
    """Return the group of each period, -1 where the limit does not count it; shape (T,).

    A count of lines is made in every period also where the period is blank.
    """
    labels = context.constants.instance.periods
    period = limit["period"]
    if period == EACH or (not isinstance(period, str) and limit["measure"] == "lines"):
        return np.arange(len(labels))
    if isinstance(period, str):
        return np.where(np.array(labels) == period, 0, -1)
    return np.zeros(len(labels), dtype=np.int64)


def _matches(context: Context, limit: dict[Any, Any], terms: Terms) -> NDArray[np.bool_]:
    """Return which terms pass a limit's filters; purchases pass where no line, family or mode is given."""
    tables = context.constants.tables
    options, lines, investments = tables["options"], tables["lines"], tables["investments"]
    option_passes = np.ones(len(options), dtype=bool)
    investment_passes = np.ones(len(investments), dtype=bool)
    for name in ("mode", "site", "line", "family"):
        wanted = limit[name]
        if not isinstance(wanted, str):
            continue
        labels = lines["family"].iloc[codes(options["line"])] if name == "family" else options[name]
        option_passes &= (labels == wanted).to_numpy(dtype=bool)
        investment_passes &= (investments["site"] == wanted).to_numpy(dtype=bool) if name == "site" else False
    if not len(investments):
        return option_passes[terms.option]
    return np.where(
        terms.option >= 0,
        option_passes[terms.option] if len(options) else False,
        investment_passes[terms.investment] if len(investments) else False,
    )
