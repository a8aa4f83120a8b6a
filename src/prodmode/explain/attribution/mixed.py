"""An instance between two: some groups of input as in the one, the others as in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.explain.attribution.input_groups import ENTITIES, TABLE_GROUPS, group_of, references
from prodmode.instance.fields import TABLES, columns
from prodmode.instance.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    Frames = dict[str, pd.DataFrame]


def mixed(before: Instance, after: Instance, groups: AbstractSet[str]) -> Instance:
    """Return the instance before with some groups of input as they are after.

    What only one of the two instances has (the demand of a new line, the cost of an option that goes) is
    taken from there wherever the thing itself is in the mixture.

    Parameters
    ----------
    before, after : Instance
        Instances of the same periods and currency.
    groups : set of str
        Groups taken from after, of `GROUPS`.

    Raises
    ------
    InputError
        If the mixture makes no sense, such as stock that nothing may hold.
    """
    sides = {False: _plain(before), True: _plain(after)}
    frames: Frames = {table: _entities(table, sides, groups) for table in ENTITIES}
    keys = {table: set(frames[table][columns(table)[0].name]) for table in ENTITIES}
    families = set(frames["lines"]["family"].dropna())
    for table in TABLES:
        if table not in ENTITIES:
            frames[table] = _dependants(table, sides, groups, keys, families)
    old, new = before.settings.model_dump(), after.settings.model_dump()
    settings = {
        name: new[name] if group_of("settings", name) in groups else value for name, value in old.items()
    }
    order = [table for table in TABLES if len(frames[table])]
    return Instance.from_tables(settings, {table: frames[table] for table in order})


def _plain(instance: Instance) -> Frames:
    return {table: instance.table(table).astype(object) for table in TABLES}


def _entities(table: str, sides: dict[bool, Frames], groups: AbstractSet[str]) -> pd.DataFrame:
    """Return the rows that the group "options" has, each cell as its own group has it."""
    key = columns(table)[0].name
    base = sides["options" in groups][table].set_index(key)
    cells: dict[str, Any] = {}
    for name in base.columns:
        source = sides[group_of(table, str(name)) in groups][table].set_index(key)
        own = base.index.isin(source.index)
        cells[str(name)] = np.where(own, source[name].reindex(base.index), base[name])
    return pd.DataFrame(cells, index=base.index, dtype=object).reset_index()


def _dependants(
    table: str,
    sides: dict[bool, Frames],
    groups: AbstractSet[str],
    keys: dict[str, set[Any]],
    families: set[Any],
) -> pd.DataFrame:
    """Return the rows of a table whose lines, options and so on are in the mixture."""
    late = TABLE_GROUPS[table] in groups
    source, other = sides[late], sides[not late]
    rows = source[table][_present(source[table], table, keys, families)]
    foreign = _present(other[table], table, keys, families) & _only_there(other[table], table, source)
    if foreign.any():
        rows = pd.concat([rows, other[table][foreign]], ignore_index=True)
    if table == "demand":
        return _priced(rows, sides["prices" in groups])
    return rows.reset_index(drop=True)


def _present(
    frame: pd.DataFrame, table: str, keys: dict[str, set[Any]], families: set[Any]
) -> NDArray[np.bool_]:
    mask = np.ones(len(frame), dtype=bool)
    for name, target in references(table):
        mask &= (frame[name].isin(keys[target]) | frame[name].isna()).to_numpy(dtype=bool)
    if "family" in frame.columns:
        mask &= (frame["family"].isin(families) | frame["family"].isna()).to_numpy(dtype=bool)
    return mask


def _only_there(frame: pd.DataFrame, table: str, source: Frames) -> NDArray[np.bool_]:
    """Return the rows that name something that the source of the table does not know."""
    mask = np.zeros(len(frame), dtype=bool)
    for name, target in references(table):
        known = set(source[target][columns(target)[0].name])
        mask |= (~frame[name].isin(known) & frame[name].notna()).to_numpy(dtype=bool)
    return mask


def _priced(rows: pd.DataFrame, source: Frames) -> pd.DataFrame:
    """Return rows of demand with the prices of their own group where that knows the line."""
    key = ["line", "period"]
    stated = source["demand"].set_index(key)["price"]
    known = rows["line"].isin(set(source["lines"]["line"])).to_numpy(dtype=bool)
    index = pd.MultiIndex.from_frame(rows[key])
    price = np.where(
        known, stated.reindex(index).to_numpy(dtype=object), rows["price"].to_numpy(dtype=object)
    )
    return rows.assign(price=price).reset_index(drop=True)
