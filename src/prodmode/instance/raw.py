"""Tables as a container states them, before anything is checked, with the origin of every cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from prodmode.errors import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


class Origin(Protocol):
    """Where the cells of a raw table stand in the user's files."""

    def place(self, row: int | None = None, column: str | None = None) -> Place:
        """Return the place of a cell, a row, a column or the whole table.

        Parameters
        ----------
        row : int or None
            0-based position of the row in the raw table.
        column : str or None
            Name of the column in the raw table.
        """
        ...


@dataclass(frozen=True, slots=True)
class ScriptOrigin:
    """Origin of tables that a script built: the table's name and the 0-based row."""

    table: str

    def place(self, row: int | None = None, column: str | None = None) -> Place:
        """Return the place as a key path, such as ``options[3].unit_cost``."""
        key = self.table if row is None else f"{self.table}[{row}]"
        return Place(key=f"{key}.{column}" if column else key)


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table with the user's own column headers and cells, nothing checked.

    Attributes
    ----------
    frame : pandas.DataFrame
        Cells as read: text, numbers, booleans or missing values, in any dtype. Columns are the headers.
    origin : Origin
        Tells the place of each cell.
    """

    frame: pd.DataFrame
    origin: Origin


@dataclass(frozen=True, slots=True)
class RawInstance:
    """Settings and tables of one container, nothing checked.

    Attributes
    ----------
    settings : mapping of str to object
        Raw value of each setting given.
    tables : mapping of str to RawTable
        Raw tables by the name the user gave them; unknown names are reported by `conform`.
    settings_origin : Origin
        Place of a setting is ``place(column=setting)``.
    """

    settings: Mapping[str, Any]
    tables: Mapping[str, RawTable]
    settings_origin: Origin = field(default_factory=lambda: ScriptOrigin("settings"))
