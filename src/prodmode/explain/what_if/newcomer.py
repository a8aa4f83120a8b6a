"""A new line that is like one there is, as changes of input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.explain.changes.edit import Edit
from prodmode.explain.changes.work import text_of

if TYPE_CHECKING:
    from prodmode.instance.instance import Instance


def typical_line(instance: Instance) -> str:
    """Return the line whose revenue, were all its demand served, is the middle one of the portfolio."""
    lines, demand = instance.lines, instance.demand
    of_line = demand["line"].cat.codes.to_numpy()
    price = demand["price"].fillna(pd.Series(lines["price"].to_numpy()[of_line], index=demand.index))
    revenue = np.bincount(of_line, price.to_numpy() * demand["units"].to_numpy(), minlength=len(lines))
    return str(lines["line"].iloc[np.argsort(revenue, kind="stable")[len(lines) // 2]])


def newcomer(instance: Instance, line: str, factor: float) -> tuple[Edit, ...]:
    """Return the changes by which a new line enters that is like another, with options like its options.

    It has neither a current option nor stock; what the options need of resources and investments is the same.

    Parameters
    ----------
    instance : Instance
    line : str
        The line to copy.
    factor : float
        Scales its demand.
    """
    taken = {*instance.lines["line"], *instance.options["option"]}
    new = _prefix(taken, [line, *instance.options["option"][instance.options["line"] == line]])
    edits = _rows(instance, "lines", "line", [line], new, {"current_option": None, "initial_stock": None})
    edits[0] = _renamed(edits[0], "name", f"new line like {line}")
    demand = _rows(instance, "demand", "line", [line], new, {})
    edits += [_scaled(edit, factor) for edit in demand]
    options = instance.options["option"][instance.options["line"] == line].tolist()
    for table in ("options", "tiers", "usage"):
        edits += _rows(instance, table, "option", options, new, {})
    return tuple(edits)


def _prefix(taken: set[str], names: list[str]) -> str:
    number, prefix = 1, "new-"
    while any(f"{prefix}{name}" in taken for name in names):
        number += 1
        prefix = f"new{number}-"
    return prefix


def _rows(
    instance: Instance, table: str, key: str, names: list[str], prefix: str, changed: dict[str, Any]
) -> list[Edit]:
    """Return the additions that copy rows of a table, names of lines and options with a prefix."""
    frame = instance.table(table)
    edits = []
    for row in frame[frame[key].isin(names)].astype(object).to_dict("records"):
        cells = {str(name): value for name, value in row.items()} | changed
        renamed = {
            name: f"{prefix}{value}" if name in {"line", "option"} else text_of(value)
            for name, value in cells.items()
            if not (value is None or value != value)  # noqa: PLR0124 (NaN)
        }
        edits.append(Edit(table, tuple(renamed.items()), None, "add", None))
    return edits


def _renamed(edit: Edit, column: str, value: str) -> Edit:
    cells = {**dict(edit.filters), column: value}
    return Edit(edit.head, tuple(cells.items()), None, "add", None)


def _scaled(edit: Edit, factor: float) -> Edit:
    cells = dict(edit.filters)
    return _renamed(edit, "units", text_of(round(float(cells["units"]) * factor, 9)))
