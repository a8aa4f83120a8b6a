"""Tables as arrays in codes, and the joins that the rules need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from prodmode.instance.instance import Instance

Array = NDArray[Any]
Columns = dict[str, Array]
"""A table: arrays of the same length by column."""


def encode(instance: Instance, table: str) -> Columns:
    """Return the numbers of a table, and the codes of what it names (-1 for a blank); no free text.

    Families are coded by their order of appearance among the lines.
    """
    columns: Columns = {}
    frame = instance.table(table)
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            columns[name] = column.cat.codes.to_numpy().astype(np.intp)
        elif name == "family":
            families = pd.Index(instance.lines["family"].dropna().unique())
            columns[name] = families.get_indexer(pd.Index(column))
        elif not isinstance(column.dtype, pd.StringDtype):
            columns[name] = column.to_numpy()
    return columns


def pick(columns: Columns, rows: Array) -> Columns:
    """Return some rows of a table."""
    return {name: column[rows] for name, column in columns.items()}


def length(columns: Columns) -> int:
    """Return the number of rows."""
    return len(next(iter(columns.values())))


def look_up(keys: Array, values: Array, wanted: Array, default: float) -> NDArray[np.float64]:
    """Return the value at each wanted key, or the default; no key stands twice."""
    order = np.argsort(keys, kind="stable")
    at = np.searchsorted(keys, wanted, sorter=order)
    found = np.full(len(wanted), default, dtype=np.float64)
    if len(keys):
        row = order[np.minimum(at, len(keys) - 1)]
        hit = keys[row] == wanted
        found[hit] = values[row[hit]]
    return found


def pairs(left: Array, right: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows of both sides of a join on equal keys."""
    order = np.argsort(right, kind="stable")
    first = np.searchsorted(right, left, side="left", sorter=order)
    count = np.searchsorted(right, left, side="right", sorter=order) - first
    rows = np.repeat(np.arange(len(left)), count)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    return rows, order[np.repeat(first, count) + within]


def total(at: Array, amount: Array, size: int) -> NDArray[np.float64]:
    """Return sums of the amounts by place, for the places 0 to size - 1."""
    return np.bincount(at, np.asarray(amount, dtype=np.float64), minlength=size).astype(np.float64)
