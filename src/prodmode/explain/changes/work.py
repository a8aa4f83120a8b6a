"""Tables while they are being changed, and the faults found on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.errors import InputError, Issue, Place
from prodmode.explain.changes.edit import number_text
from prodmode.explain.changes.heads import HEADS, column_of, paths
from prodmode.instance.cells import label_of
from prodmode.instance.faults import listing, show, suggest
from prodmode.instance.fields import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from prodmode.explain.changes.edit import Edit
    from prodmode.instance.instance import Instance

    Mask = NDArray[np.bool_]

_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Work:
    """An instance under change.

    Parameters
    ----------
    instance : Instance
        What the changes are applied to; it stays as it is.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.settings: dict[str, Any] = instance.settings.model_dump()
        self.faults: list[Issue] = []
        self._frames: dict[str, pd.DataFrame] = {}
        self._changed: set[str] = set()

    def frame(self, table: str) -> pd.DataFrame:
        """Return a table as it is now, labels as plain text; not to be written to."""
        if table not in self._frames:
            self._frames[table] = self.instance.table(table)
        return self._frames[table]

    def put(self, table: str, frame: pd.DataFrame) -> None:
        """Put a changed table in place of the one before."""
        self._frames[table] = frame.reset_index(drop=True)
        self._changed.add(table)

    def assign(self, table: str, column: str, mask: Mask, values: Any) -> None:
        """Write values into the rows of a column that a mask picks."""
        frame = self.frame(table)
        series = frame[column]
        cells = series.to_numpy(dtype=np.float64 if series.dtype.kind in "if" else object, copy=True)
        if cells.dtype.kind == "f" and not _numeric(values):
            cells = cells.astype(object)
        cells[mask] = values
        self.put(table, frame.assign(**{column: cells}))

    def changed(self) -> dict[str, Any]:
        """Return what has been changed, as `Instance.replace` takes it."""
        before = self.instance.settings.model_dump()
        settings = {name: value for name, value in self.settings.items() if value != before[name]}
        return settings | {table: self._frames[table] for table in self._changed}

    def fail(self, edit: Edit, message: str, hint: str | None = None) -> None:
        """Note a fault of a change."""
        table = edit.head if edit.head in HEADS else None
        issue = Issue(message, table, Place(key=str(edit)), hint, code="invalid-change")
        self.faults.append(issue)

    def unknown(self, edit: Edit, what: str, name: str, known: Sequence[str]) -> None:
        """Note that a name in a change is unknown, with the nearest known one."""
        hint = suggest(name, list(known)) or f"There are: {listing(list(known), 20)}."
        self.fail(edit, f"{what} {show(name)}.", hint)

    def no_rows(self, edit: Edit, table: str) -> None:
        """Note that no row of a table passes the filters of a change."""
        told = " and ".join(f"{name} {show(value)}" for name, value in edit.filters)
        self.fail(
            edit, f"table '{table}' has no row with {told}." if told else f"table '{table}' has no rows."
        )

    def raise_faults(self) -> None:
        """Raise what has been noted.

        Raises
        ------
        InputError
            If anything has.
        """
        if self.faults:
            raise InputError(self.faults)

    def rows(self, edit: Edit, table: str, filters: Sequence[tuple[str, str]]) -> Mask | None:
        """Return which rows of a table pass all filters; None, and faults, where a filter is none.

        A value that no row has is a fault, as a slip of the pen would be.
        """
        mask = np.ones(len(self.frame(table)), dtype=bool)
        sound = True
        for name, value in filters:
            path = paths(table).get(name)
            if path is None:
                known = list(paths(table))
                self.unknown(edit, f"'{table}' has no filter", name, known)
                sound = False
                continue
            found = self._follow(table, path, value)
            owner = self._owner(table, path)
            if not found.any() and not self._has(owner, path[-1], value):
                self._no_value(edit, owner, path[-1], value)
                sound = False
            mask = mask & found
        return mask if sound else None

    def _owner(self, table: str, path: tuple[str, ...]) -> str:
        for link in path[:-1]:
            column = column_of(table, link)
            table = (column.references or "").partition(".")[0] if column else table
        return table

    def _follow(self, table: str, path: tuple[str, ...], value: str) -> Mask:
        frame = self.frame(table)
        if len(path) == 1:
            return self._equal(table, path[0], value)
        column = column_of(table, path[0])
        target = (column.references or "").partition(".")[0] if column else table
        keys = self.frame(target)[path[0]][self._follow(target, path[1:], value)]
        return np.asarray(frame[path[0]].isin(keys.astype(object)))

    def _equal(self, table: str, name: str, value: str) -> Mask:
        series, column = self.frame(table)[name], column_of(table, name)
        if value == "":
            return np.asarray(series.isna())
        if column is not None and column.type in {"float", "int"}:
            try:
                return np.asarray(series.astype(np.float64) == float(value))
            except ValueError:
                return np.zeros(len(series), dtype=bool)
        if column is not None and column.type == "bool":
            return np.asarray(series.astype(object) == _TRUTH.get(value.casefold()))
        return np.asarray(series.astype(object).eq(value))

    def _has(self, table: str, name: str, value: str) -> bool:
        """Return whether a value exists at all: in the column, or where the column takes its values from."""
        column = column_of(table, name)
        target, _, key = (column.references or "").partition(".") if column else ("", "", "")
        if target == "periods" or (table == "limits" and name == "period"):
            return value in self.instance.periods
        if column is not None and column.type == "choice":
            return value in column.choices
        if key:
            return bool(self._equal(target, key, value).any())
        return bool(self._equal(table, name, value).any())

    def _no_value(self, edit: Edit, table: str, name: str, value: str) -> None:
        column = column_of(table, name)
        target, _, key = (column.references or "").partition(".") if column else ("", "", "")
        if target == "periods":
            known = list(self.instance.periods)
        elif column is not None and column.type == "choice":
            known = list(column.choices)
        else:
            values = self.frame(target)[key] if key else self.frame(table)[name]
            known = [text_of(value) for value in values.dropna().unique()]
        self.unknown(edit, f"there is no {name}", value, known)


def text_of(value: object) -> str:
    """Return a cell as a filter writes it."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return number_text(float(value))
    return label_of(value) or str(value)


def cell(table: str, name: str, value: str | float | None) -> Any:
    """Return a value in the type of a column as far as it can be read; validation tells what cannot."""
    column = column_of(table, name)
    if value is None or value == "" or column is None:
        return np.nan if column is not None and column.type in {"float", "int"} else None
    if column.type in {"float", "int"}:
        try:
            return float(value)
        except ValueError:
            return value
    if column.type == "bool" and isinstance(value, float):
        return text_of(value)
    return text_of(value) if isinstance(value, float) else value


def new_rows(frame: pd.DataFrame, table: str, cells: dict[str, Any]) -> pd.DataFrame:
    """Return a table with rows added; columns not given are blank and so get their defaults."""
    size = max(len(values) for values in cells.values())
    added = pd.DataFrame(
        {
            column.name: pd.Series(cells.get(column.name, [None] * size), dtype=object)
            for column in columns(table)
        }
    )
    return pd.concat([frame.astype(object), added], ignore_index=True) if len(frame) else added


def _numeric(values: Any) -> bool:
    return np.asarray(values).dtype.kind in "ifub"
