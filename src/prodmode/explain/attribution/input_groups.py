"""Groups of input, and what differs between two instances in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.explain.changes.work import text_of
from prodmode.instance.fields import TABLES, columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodmode.instance.instance import Instance

GROUPS: dict[str, str] = {
    "options": "lines, options and sites",
    "demand": "demand",
    "prices": "prices",
    "costs": "costs",
    "capacity": "capacity",
    "rules": "rules",
    "scenarios": "scenarios",
    "discounting": "discounting",
}
"""Every group of input, in words, in the order in which groups are told."""

TABLE_GROUPS: dict[str, str] = {
    "lines": "rules",
    "demand": "demand",
    "sites": "options",
    "options": "costs",
    "tiers": "costs",
    "resources": "capacity",
    "capacity": "capacity",
    "usage": "capacity",
    "investments": "options",
    "expansions": "capacity",
    "budgets": "rules",
    "limits": "rules",
    "scenarios": "scenarios",
    "changes": "scenarios",
}
"""Group of each table's columns where `COLUMN_GROUPS` does not say otherwise."""

COLUMN_GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "lines": {
        "options": ("line", "name", "family", "current_option", "initial_stock", "first_period",
                    "last_period"),
        "prices": ("price",),
        "costs": ("lost_sale_penalty", "holding_cost"),
    },
    "demand": {"prices": ("price",)},
    "options": {
        "options": ("option", "line", "mode", "site", "requires", "first_period", "last_period",
                    "lead_time_days", "quality", "emissions_per_unit"),
        "prices": ("price_factor",),
        "demand": ("demand_factor",),
        "capacity": ("min_lot", "max_units", "yield"),
    },
    "resources": {"options": ("resource", "site", "unit"), "costs": ("overtime_cost",)},
    "investments": {"costs": ("capex", "upkeep_cost", "salvage_share")},
    "settings": {
        "discounting": ("discount_rate", "months_per_period"),
        "costs": ("carbon_price",),
        "rules": ("budget_carryover",),
        "scenarios": ("risk_aversion", "cvar_level"),
    },
}  # fmt: skip
"""Columns of each table that belong to another group than the table, and the settings of each group."""

ENTITIES = ("lines", "sites", "options", "resources", "investments")
"""Tables whose rows come and go with the group "options"."""


def group_of(table: str, column: str) -> str | None:
    """Return the group of a column or a setting; None for a setting that decides nothing."""
    for group, names in COLUMN_GROUPS.get(table, {}).items():
        if column in names:
            return group
    return TABLE_GROUPS.get(table)


def keys_of(table: str) -> list[str]:
    """Return the columns that tell the rows of a table apart; all of them where it has no key."""
    fields = columns(table)
    return [field.name for field in fields if field.key] or [field.name for field in fields]


@dataclass(frozen=True, slots=True)
class InputChange:
    """What differs in one column of one table, or in a setting.

    Attributes
    ----------
    group : str
        One of `GROUPS`.
    table, column : str
        "settings" and the setting; the column is "rows" for rows that come and go.
    count : int
        Cells or rows that differ.
    example : str
        The first of them in words.
    """

    group: str
    table: str
    column: str
    count: int
    example: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "group": self.group,
            "name": f"{self.table}.{self.column}",
            "count": self.count,
            "example": self.example,
        }


def input_changes(before: Instance, after: Instance) -> tuple[InputChange, ...]:
    """Return what differs between two instances, table by table; the order of rows does not matter.

    Parameters
    ----------
    before, after : Instance
        Instances of the same periods.
    """
    found = list(_settings(before, after))
    for table in TABLES:
        old, new = (side.table(table).astype(object) for side in (before, after))
        if table not in ENTITIES:
            # the rows of what comes or goes are no change of their own
            old, new = _shared(table, old, after), _shared(table, new, before)
        found += _table(table, old, new)
    order = list(GROUPS)
    return tuple(sorted(found, key=lambda change: order.index(change.group)))


def _settings(before: Instance, after: Instance) -> Iterator[InputChange]:
    old, new = before.settings.model_dump(), after.settings.model_dump()
    for name, value in old.items():
        group = group_of("settings", name)
        if group is not None and new[name] != value:
            yield InputChange(group, "settings", name, 1, f"{name}: {_shown(value)} to {_shown(new[name])}")


def references(table: str) -> list[tuple[str, str]]:
    """Return the columns of a table that name a row of one of `ENTITIES`, with that table."""
    found = [(field.name, (field.references or "").partition(".")[0]) for field in columns(table)]
    return [(name, target) for name, target in found if target in ENTITIES and name != "family"]


def _shared(table: str, frame: pd.DataFrame, other: Instance) -> pd.DataFrame:
    """Return the rows of a table whose lines, options and so on another instance knows too."""
    known = np.ones(len(frame), dtype=bool)
    for name, target in references(table):
        keys = set(other.table(target)[columns(target)[0].name])
        known &= (frame[name].isin(keys) | frame[name].isna()).to_numpy(dtype=bool)
    return frame[known]


def _table(table: str, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[InputChange]:
    keys = keys_of(table)
    old, new = (_indexed(frame, keys) for frame in (before, after))
    gone, come = ~old.index.isin(new.index), ~new.index.isin(old.index)
    if count := int(gone.sum() + come.sum()):
        own = "options" if table in ENTITIES else TABLE_GROUPS[table]
        first = _who(old.index[gone][0], keys) if gone.any() else _who(new.index[come][0], keys)
        yield InputChange(own, table, "rows", count, f"{first}: {'gone' if gone.any() else 'new'}")
    old = old[~gone]
    new = new.reindex(old.index)
    for name in old.columns:
        one, other = old[name].to_numpy(dtype=object), new[name].to_numpy(dtype=object)
        differs = np.asarray((one != other) & ~(pd.isna(one) & pd.isna(other)), dtype=bool)
        group = group_of(table, str(name))
        if differs.any() and group is not None:
            row = int(np.flatnonzero(differs)[0])
            told = f"{_who(old.index[row], keys)}: {_shown(one[row])} to {_shown(other[row])}"
            yield InputChange(group, table, str(name), int(differs.sum()), told)


def _indexed(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return a table by its key; equal rows of a table without a key are numbered."""
    if len(keys) < frame.shape[1]:
        return frame.set_index(keys)
    filled = frame.fillna("").astype(str)
    number = filled.groupby(keys, sort=False).cumcount()
    return filled.assign(number=number.to_numpy()).set_index([*keys, "number"])


def _who(index: Any, keys: list[str]) -> str:
    values = index if isinstance(index, tuple) else (index,)
    pairs = zip(keys, values, strict=False)
    return ", ".join(f"{key} '{text_of(value)}'" for key, value in pairs if value != "")


def _shown(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 (NaN)
        return "blank"
    return f"{value:.10g}" if isinstance(value, float) else text_of(value)
