"""A table while it is being checked: typed cells, the faulty ones marked, and the origin of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from prodmode.instance.faults import show
from prodmode.instance.fields import columns
from prodmode.instance.raw import ScriptOrigin

if TYPE_CHECKING:
    from prodmode.errors import Place
    from prodmode.instance.raw import Origin

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]


@dataclass(slots=True)
class Cells:
    """The cells of a column.

    Attributes
    ----------
    data : array
        Numbers and booleans as float64, NaN where there is no value; for labels the codes, -1 where there
        is no value.
    bad : array of bool
        Cells that were reported: they have no value, and nothing else is to be said about them.
    labels : array of str or None
        What the codes stand for.
    """

    data: npt.NDArray[Any]
    bad: Mask
    labels: Texts | None = None

    @property
    def valueless(self) -> Mask:
        """Cells that are blank or bad."""
        return np.isnan(self.data) if self.labels is None else self.data < 0

    @property
    def missing(self) -> Mask:
        """Blank cells."""
        return self.valueless & ~self.bad

    def spoil(self, rows: npt.NDArray[Any]) -> None:
        """Mark cells as bad."""
        self.data[rows] = np.nan if self.labels is None else -1
        self.bad[rows] = True

    def take(self, rows: npt.NDArray[Any]) -> Cells:
        """Return the cells of some rows."""
        return Cells(self.data[rows], self.bad[rows], self.labels)


@dataclass(slots=True)
class Sheet:
    """A table that is being checked.

    Attributes
    ----------
    table : str
        Name of the table.
    origin : Origin
        Tells where the cells come from.
    rows : array of int
        Row in the raw table of each row.
    cells : dict of str to Cells
        Cells by column of the field table, columns that are absent left out.
    headers : dict of str to str
        Header in the raw table of each column.
    wide : dict of str to str, or None
        Header in the raw table by period, where the table has a column per period.
    complete : bool
        Whether all rows are here: rows without a sound key are reported and left out.
    present : bool
        Whether the user gave the table.
    """

    table: str
    origin: Origin
    rows: Codes
    cells: dict[str, Cells] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    wide: dict[str, str] | None = None
    complete: bool = True
    present: bool = True

    @classmethod
    def absent(cls, table: str) -> Sheet:
        """Return the sheet of a table that the user did not give."""
        return cls(table, ScriptOrigin(table), np.zeros(0, dtype=np.int64), present=False)

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: npt.NDArray[Any]) -> None:
        """Keep only some rows, in the order given."""
        self.rows = self.rows[rows]
        self.cells = {name: cells.take(rows) for name, cells in self.cells.items()}

    def place(self, row: int | None = None, column: str | None = None) -> Place:
        """Return the place of a cell, a row, a column or the table in the user's files."""
        header = self.headers.get(column, column) if column is not None else None
        if self.wide is not None and column in {"period", "units", "capacity"}:
            header = None if row is None else self.wide.get(self.text(row, "period"))
        return self.origin.place(None if row is None else int(self.rows[row]), header)

    def distinct_cells(self, rows: npt.NDArray[Any], column: str | None) -> npt.NDArray[Any]:
        """Return the rows, but only one for each raw row where a wide table spread a cell over many."""
        if self.wide is None or column in {"period", "units", "capacity"}:
            return rows
        return rows[np.unique(self.rows[rows], return_index=True)[1]]

    def sound(self, *names: str) -> Mask:
        """Return the rows of which none of some cells is bad."""
        mask = np.ones(len(self), dtype=bool)
        for name in names:
            if name in self.cells:
                mask &= ~self.cells[name].bad
        return mask

    def text(self, row: int, column: str) -> str:
        """Return a cell as text, "" where it has no value."""
        cells = self.cells.get(column)
        if cells is None or cells.valueless[row : row + 1].all():
            return ""
        value = cells.data[row]
        return f"{value:g}" if cells.labels is None else str(cells.labels[value])

    def who(self, row: int, column: str | None = None) -> str:
        """Return what a row is about, such as "line 'oak', period 'Q1'", without the column in question."""
        keys = [key.name for key in columns(self.table) if key.key and key.name != column]
        named = [f"{key} {show(self.text(row, key))}" for key in keys if self.text(row, key)]
        return ", ".join(named)
