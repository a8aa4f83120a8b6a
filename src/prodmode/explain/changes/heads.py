"""What a change can begin with, and which filters fit it; all read from the field table."""

from __future__ import annotations

from functools import cache

from prodmode.instance.fields import QUANTITIES, TABLES, Column, columns

BASES: dict[str, tuple[str, ...]] = {
    "demand": ("demand",),
    "price": ("lines", "demand"),
    "unit_cost": ("options",),
    "capacity": ("resources", "capacity"),
    "yield": ("options",),
}
"""Tables whose rows a quantity is stated in or filtered by."""

MAIN: dict[str, str] = {
    "demand": "units",
    "capacity": "capacity",
    "resources": "capacity",
    "lines": "price",
    "options": "unit_cost",
    "tiers": "unit_cost",
    "usage": "per_unit",
    "investments": "capex",
    "expansions": "capacity_added",
    "budgets": "capex_limit",
    "scenarios": "probability",
    "changes": "factor",
}
"""The main figure of each table that has one."""

HEADS: tuple[str, ...] = tuple(dict.fromkeys((*QUANTITIES, *TABLES, "settings")))
"""Everything that a change can begin with."""


@cache
def column_of(table: str, name: str) -> Column | None:
    """Return a column of a table, None where it has no such column."""
    return next((column for column in columns(table) if column.name == name), None)


@cache
def links(table: str) -> tuple[tuple[str, str], ...]:
    """Return the columns of a table that name a row of another, with that table.

    Only those that bear the name of what they refer to: the line of an option, but not what it requires.
    """
    found = []
    for column in columns(table):
        target, _, key = (column.references or "").partition(".")
        if key == column.name and target != table and target in TABLES and key != "family":
            found.append((column.name, target))
    return tuple(found)


@cache
def paths(table: str) -> dict[str, tuple[str, ...]]:
    """Return every filter of a table: the columns to follow to it, the last in the table that has it.

    A table's own columns come first, then those of what it refers to, the nearest first.
    """
    found: dict[str, tuple[str, ...]] = {column.name: (column.name,) for column in columns(table)}
    own = set(found)
    for link, target in links(table):
        for name, path in paths(target).items():
            if name not in own and (name not in found or len(path) + 1 < len(found[name])):
                found[name] = (link, *path)
    return found


@cache
def filters_of(head: str) -> tuple[str, ...]:
    """Return the names of the filters that fit a head."""
    if head == "settings":
        return ()
    if head == "price":
        return (*paths("lines"), "period", *(name for name in ("option", "mode", "site", "region", "kind")))
    if head == "capacity":
        return (*paths("resources"), "period")
    return tuple(paths(BASES[head][0] if head in QUANTITIES else head))
