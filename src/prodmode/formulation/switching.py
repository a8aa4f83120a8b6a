"""Constraint family 2, switching: starts and exits follow the options in force, and are limited in number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.columns import counted_starts, limited_switches
from prodmode.formulation.places import Places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.context import Context

BY_OPTION = ("option", "period")
"""The dimensions of starts and exits."""


def add_switching(context: Context) -> None:
    """Path form u - e = x[t] - x[t-1], and max_switches."""
    columns = context.columns
    places = Places.where(BY_OPTION, (columns.start >= 0) | (columns.leave >= 0))
    now, before, was = _states(context, places)
    side = -was
    context.builder.add_rows(
        "switching",
        places,
        "'{option}' in {period} is as in the period before, but for a start or an exit",
        [
            (None, before, 1.0),
            (None, now, -1.0),
            (None, places.take(columns.start), 1.0),
            (None, places.take(columns.leave), -1.0),
        ],
        lower=side,
        upper=side,
    )
    _add_exact_starts(context)
    _add_max_switches(context)


def _states(
    context: Context, places: Places
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Return the columns of x[t] and x[t-1], and x[0] as a number where t is the first period."""
    in_force = context.columns.in_force
    before, was = np.full_like(in_force, -1), np.zeros(in_force.shape)
    before[:, 1:] = in_force[:, :-1]
    was[:, 0] = context.constants.current
    return places.take(in_force), places.take(before), places.take(was)


def _add_exact_starts(context: Context) -> None:
    """Keep a start and an exit from both being counted in one period, where that could pay.

    With costs u and e are never both positive. A grant, or a limit on capex that asks for more, could make
    it pay; there u <= x[t] and u <= 1 - x[t-1] are added.
    """
    constants, columns = context.constants, context.columns
    pair = (
        constants.option("startup_cost") + constants.option("tooling_capex") + constants.option("exit_cost")
    )
    limits = constants.tables["limits"]
    capex = (limits["measure"] == "capex") & limits[["min", "min_share", "max_share"]].notna().any(axis=1)
    exact = (pair < 0) | (constants.option("tooling_capex") < 0) | bool(capex.any())
    exact |= constants.option("exit_cost") < 0
    if not exact.any():
        return
    places = Places.where(BY_OPTION, (columns.start >= 0) & exact[:, None])
    start = places.take(columns.start)
    now, before, was = _states(context, places)
    context.builder.add_rows(
        "start_in_force", places, "'{option}' starts in {period} only if it is then in force",
        [(None, now, -1.0), (None, start, 1.0)], upper=0.0,
    )  # fmt: skip
    context.builder.add_rows(
        "start_anew", places, "'{option}' starts in {period} only if it was not in force before",
        [(None, before, 1.0), (None, start, 1.0)], upper=1.0 - was,
    )  # fmt: skip


def _add_max_switches(context: Context) -> None:
    constants, columns = context.constants, context.columns
    line = np.flatnonzero(limited_switches(constants))
    row_of = np.full(len(constants.tables["lines"]), -1)
    row_of[line] = np.arange(len(line))
    counted = counted_starts(constants)[constants.line] & (row_of[constants.line] >= 0)[:, None]
    places = Places.where(BY_OPTION, (columns.start >= 0) & counted)
    context.builder.add_rows(
        "max_switches",
        {"line": line},
        "starts of options of '{line}' over the horizon",
        [(row_of[constants.line][places["option"]], places.take(columns.start), 1.0)],
        upper=constants.tables["lines"]["max_switches"].to_numpy(dtype=np.float64)[line],
    )
