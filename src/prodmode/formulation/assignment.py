"""Constraint family 1, assignment: how many options of a line are in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.places import Places

if TYPE_CHECKING:
    from prodmode.formulation.context import Context


def add_assignment(context: Context) -> None:
    """Between one and max_options options in force on the market; none is enough where not required."""
    constants, columns = context.constants, context.columns
    lines = constants.tables["lines"]
    line, period = np.nonzero(constants.on_market)
    row_of = np.full(constants.on_market.shape, -1)
    row_of[line, period] = np.arange(len(line))
    places = Places.where(("option", "period"), columns.in_force >= 0)
    entries = (places.take(row_of[constants.line]), places.take(columns.in_force), 1.0)
    context.builder.add_rows(
        "assignment",
        {"line": line, "period": period},
        "options of '{line}' in force in {period}",
        [entries],
        lower=np.where(lines["required"].to_numpy(dtype=bool)[line], 1.0, -np.inf),
        upper=lines["max_options"].to_numpy(dtype=np.float64)[line],
    )
    _add_offered(context)


def _add_offered(context: Context) -> None:
    """Define m as one where any option is in force: m >= x for each option, m <= their sum."""
    constants, columns = context.constants, context.columns
    option, period = np.nonzero((columns.in_force >= 0) & (columns.offered[constants.line] >= 0))
    offered = columns.offered[constants.line[option], period]
    context.builder.add_rows(
        "offered",
        {"option": option, "period": period},
        "the line of '{option}' is offered in {period} where the option is in force",
        [(None, columns.in_force[option, period], 1.0), (None, offered, -1.0)],
        upper=0.0,
    )
    line, when = np.nonzero(columns.offered >= 0)
    row_of = np.full(columns.offered.shape, -1)
    row_of[line, when] = np.arange(len(line))
    context.builder.add_rows(
        "offered_by",
        {"line": line, "period": when},
        "'{line}' is offered in {period} only by an option in force",
        [
            (row_of[constants.line[option], period], columns.in_force[option, period], -1.0),
            (None, columns.offered[line, when], 1.0),
        ],
        upper=0.0,
    )
