"""Constraint family 9, limits: policies over many lines, with shares linearised against the total."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.formulation.constants import codes
from prodmode.formulation.measures import Sum, sums_of
from prodmode.instance.fields import EACH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.compressed import Entries
    from prodmode.formulation.context import Context

SIDES = ("min", "max", "min_share", "max_share")
"""The bounds a limit may have, in the order of the row key ``side``."""

FILTERS = ("mode", "site", "line", "family")
"""What a limit may be confined to."""


def add_limits(context: Context) -> None:
    """Add the rows of every limit, per scenario where what it measures differs between scenarios."""
    sums = cache(lambda measure: sums_of(context, measure))
    for position, limit in enumerate(context.constants.tables["limits"].to_dict("records")):
        _add_limit(context, position, limit, sums(limit["measure"]))


def _add_limit(context: Context, position: int, limit: dict[Any, Any], sums: list[Sum]) -> None:
    """Rows are (scenario, group of periods) pairs; a group is one period, or the whole horizon."""
    scenarios, _, _ = context.constants.shape
    group = _groups(context, limit)
    groups = int(group.max()) + 1
    same = not any(part.by_scenario for part in sums)
    rows_per_scenario = 1 if same else scenarios
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
        target = 0.0 if share else bound
        low, high = (target, np.inf) if name.startswith("min") else (-np.inf, target)
        context.builder.add_rows(
            "limits", keys, "{side} of limit '{limit}' in {period}, {scenario}",
            [
                _entries(part, _matches(context, limit, part), group, scenario, bound if share else None)
                for scenario in range(rows_per_scenario)
                for part in sums
            ],
            lower=low, upper=high,
        )  # fmt: skip


def _entries(
    part: Sum, inside: NDArray[np.bool_], group: NDArray[np.int64], scenario: int, share: float | None
) -> Entries:
    """Return what a sum adds to the rows of one scenario; a share is taken of what is outside as well."""
    counted, taken = group >= 0, inside | (share is not None)
    columns, value = part.columns, part.value
    if columns.ndim == 3:
        columns, value = columns[scenario], value[scenario]
    if not taken.all():
        columns, value = columns[taken], value[taken]
    if not counted.all():
        columns, value = columns[:, counted], value[:, counted]
    if share is not None:
        value = value * (inside - share)[:, None]
    return scenario * (int(group.max()) + 1) + group[counted], columns, value


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


def _matches(context: Context, limit: dict[Any, Any], part: Sum) -> NDArray[np.bool_]:
    """Return which rows of columns pass a limit's filters.

    Purchases pass where no line, family or mode is given.
    """
    tables = context.constants.tables
    options, lines, investments = tables["options"], tables["lines"], tables["investments"]
    wanted = {name: limit[name] for name in FILTERS if isinstance(limit[name], str)}
    if part.option is None:
        if wanted.keys() - {"site"}:
            return np.zeros(len(investments), dtype=bool)
        passes = np.ones(len(investments), dtype=bool)
        return passes & (investments["site"] == wanted["site"]).to_numpy() if wanted else passes
    passes = np.ones(len(options), dtype=bool)
    for name, label in wanted.items():
        if name == "family":
            passes &= (lines["family"] == label).to_numpy(dtype=bool)[codes(options["line"])]
        else:
            passes &= (options[name] == label).to_numpy(dtype=bool)
    return passes[part.option]
