"""The tables of a plan: their columns, types and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kind = Literal["text", "number", "count", "flag"]

COLUMNS: dict[str, dict[str, Kind]] = {
    "assignments": {
        "line": "text",
        "period": "text",
        "option": "text",
        "mode": "text",
        "site": "text",
        "started": "flag",
        "made": "number",
        "sold": "number",
    },
    "production": {
        "scenario": "text",
        "line": "text",
        "option": "text",
        "period": "text",
        "made": "number",
        "setup": "count",
        "cost": "number",
    },
    "sales": {
        "scenario": "text",
        "line": "text",
        "option": "text",
        "period": "text",
        "sold": "number",
        "price": "number",
        "revenue": "number",
    },
    "stock": {"scenario": "text", "line": "text", "option": "text", "period": "text", "stock": "number"},
    "unserved": {
        "scenario": "text",
        "line": "text",
        "period": "text",
        "demand": "number",
        "served": "number",
        "unserved": "number",
    },
    "purchases": {"investment": "text", "period": "text", "copies": "count"},
    "resource_use": {
        "scenario": "text",
        "resource": "text",
        "period": "text",
        "used": "number",
        "capacity": "number",
        "overtime": "number",
        "utilisation": "number",
    },
    "cash_flow": {
        "period": "text",
        "discount_factor": "number",
        "revenue": "number",
        "unit_cost": "number",
        "setup_cost": "number",
        "fixed_cost": "number",
        "startup_cost": "number",
        "exit_cost": "number",
        "holding_cost": "number",
        "lost_sale_penalty": "number",
        "overtime_cost": "number",
        "carbon_cost": "number",
        "capex": "number",
        "tooling_capex": "number",
        "upkeep_cost": "number",
        "salvage": "number",
        "net": "number",
        "present_value": "number",
    },
}
"""Columns of every table, in order."""

KEYS: dict[str, tuple[str, ...]] = {
    "assignments": ("option", "period"),
    "production": ("scenario", "option", "period"),
    "sales": ("scenario", "option", "period"),
    "stock": ("scenario", "option", "period"),
    "unserved": ("scenario", "line", "period"),
    "purchases": ("investment", "period"),
    "resource_use": ("scenario", "resource", "period"),
    "cash_flow": ("period",),
}
"""Columns whose values no two rows of a table share."""

INDEXES: dict[str, tuple[str, ...]] = {
    "assignments": ("line", "period", "option"),
    "production": ("scenario", "line", "option", "period"),
    "sales": ("scenario", "line", "option", "period"),
    "stock": ("scenario", "line", "option", "period"),
    "unserved": ("scenario", "line", "period"),
    "purchases": ("investment", "period"),
    "resource_use": ("scenario", "resource", "period"),
    "cash_flow": ("period",),
}
"""Columns that name the rows of each table, where it is shown with an index: its key, and the line."""

COSTS: tuple[str, ...] = (
    "unit_cost",
    "setup_cost",
    "fixed_cost",
    "startup_cost",
    "exit_cost",
    "holding_cost",
    "lost_sale_penalty",
    "overtime_cost",
    "carbon_cost",
    "capex",
    "tooling_capex",
    "upkeep_cost",
)
"""Columns of the cash flow that are costs."""

DTYPES: dict[Kind, Any] = {"text": "str", "number": "float64", "count": "int64", "flag": "bool"}
"""The pandas type of each kind of column."""


def places(labels: pd.Series[Any], names: pd.Index[Any]) -> NDArray[np.intp]:
    """Return the position of each label among the names, -1 for a blank and for one that is not there."""
    # Labels are looked up once each: a table may have millions of rows.
    place, known = pd.factorize(labels)
    return np.append(names.get_indexer(pd.Index(known)), -1)[place]


def frame(table: str, data: Any = None) -> pd.DataFrame:
    """Return a table with the right columns, order and types.

    Parameters
    ----------
    table : str
        Name of the table.
    data : mapping of str to array, DataFrame or list of mappings, optional
        The columns; without them the table is empty.

    Raises
    ------
    ValueError
        If a column is missing or holds what cannot be its type.
    """
    columns = COLUMNS[table]
    if data is None or (isinstance(data, list) and not data):
        data = {name: np.empty(0) for name in columns}
    # A frame of the rows would be a copy of them all; columns are taken as they come.
    raw: Any = data if isinstance(data, pd.DataFrame | dict) else pd.DataFrame(data)
    missing = [name for name in columns if name not in raw]
    if missing:
        raise ValueError(f"table {table} of the plan has no column {', '.join(missing)}")
    try:
        typed = {
            name: pd.Series(raw[name], copy=False).astype(DTYPES[kind]).reset_index(drop=True)
            for name, kind in columns.items()
        }
    except (TypeError, ValueError) as error:
        raise ValueError(f"table {table} of the plan has a cell of the wrong type: {error}") from error
    if len({len(column) for column in typed.values()}) > 1:
        raise ValueError(f"the columns of table {table} of the plan differ in length")
    return pd.DataFrame(typed, columns=list(columns), copy=False)
