"""Where the cells of tables stand in the files they were read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from prodmode.errors import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class RowOrigin:
    """Origin of a table that stands in rows and columns: a CSV or Parquet file, or a sheet.

    Attributes
    ----------
    file : str
        Path of the file.
    rows : callable
        Gives the row numbers, as the user sees them, of the rows of the table; called at the first question.
    sheet : str or None
        Sheet of a workbook.
    headers : mapping of str to str
        Column headers as they are shown; a column not in it shows its own name.
    header_row : int
        Row number of the header.
    """

    file: str
    rows: Callable[[], npt.NDArray[np.int64]]
    sheet: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    header_row: int | None = 1

    @cached_property
    def _numbers(self) -> npt.NDArray[np.int64]:
        return self.rows()

    def place(self, row: int | None = None, column: str | None = None) -> Place:
        """Return the place of a cell, a row, a column or the whole table."""
        number = None
        if row is not None:
            number = int(self._numbers[row]) if 0 <= row < len(self._numbers) else None
        elif column is not None:
            number = self.header_row
        shown = None if column is None else self.headers.get(column, column)
        return Place(file=self.file, sheet=self.sheet, row=number, column=shown)


@dataclass(frozen=True)
class KeyOrigin:
    """Origin of a table that is a list of mappings in a YAML or JSON file.

    Attributes
    ----------
    file : str
        Path of the file.
    key : str
        Key path of the table.
    lines : array of int or None
        Line of each row and column, 0 where a row has no such cell; None where the format keeps no lines.
    columns : sequence of str
        The columns of `lines`.
    line : int or None
        Line of the table's own key.
    indices : array of int or None
        Position in the file's list of each row; None where every item is a row.
    """

    file: str
    key: str
    lines: npt.NDArray[np.int32] | None = None
    columns: Sequence[str] = ()
    line: int | None = None
    indices: npt.NDArray[np.int64] | None = None

    def place(self, row: int | None = None, column: str | None = None) -> Place:
        """Return the place of a cell, a row, a column or the whole table."""
        if row is None:
            return Place(file=self.file, row=self.line, key=self.key)
        index = row if self.indices is None else int(self.indices[row])
        key = f"{self.key}[{index}]"
        return Place(
            file=self.file, row=self._line(row, column), key=join_key(key, column) if column else key
        )

    def _line(self, row: int, column: str | None) -> int | None:
        if self.lines is None or not 0 <= row < len(self.lines):
            return self.line
        if column in self.columns:
            line = int(self.lines[row, self.columns.index(column)])
            if line:
                return line
        written = self.lines[row][self.lines[row] > 0]
        return int(written.min()) if len(written) else self.line


@dataclass(frozen=True)
class PathOrigin:
    """Origin of a table whose rows each have their own key path, such as ``demand.stool.Q1``.

    Attributes
    ----------
    whole : Place
        Place of the table.
    places : sequence of Place
        Place of each row.
    """

    whole: Place
    places: Sequence[Place]

    def place(self, row: int | None = None, column: str | None = None) -> Place:  # noqa: ARG002
        """Return the place of a row, or of the whole table; its cells have no places of their own."""
        return self.places[row] if row is not None and 0 <= row < len(self.places) else self.whole


@dataclass(frozen=True)
class SettingsOrigin:
    """Origin of the settings: the place of each, by name.

    Attributes
    ----------
    whole : Place
        Place of the settings as a whole.
    places : mapping of str to Place
        Place of each setting given.
    """

    whole: Place
    places: Mapping[str, Place] = field(default_factory=dict)

    def place(self, row: int | None = None, column: str | None = None) -> Place:  # noqa: ARG002
        """Return the place of a setting, or of the settings as a whole."""
        return self.places.get(column, self.whole) if column is not None else self.whole


def join_key(path: str, key: Any) -> str:
    """Return the key path of a key below `path`.

    Examples
    --------
    >>> join_key("options[3]", "unit_cost")
    'options[3].unit_cost'
    >>> join_key("demand", "oak table")
    "demand['oak table']"
    """
    text = str(key)
    simple = bool(text) and all(letter.isalnum() or letter in "_-" for letter in text)
    if not path:
        return text
    return f"{path}.{text}" if simple else f"{path}[{text!r}]"
