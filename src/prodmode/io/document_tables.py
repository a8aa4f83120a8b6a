"""Tables of a YAML or JSON file: lists of rows, or for demand and capacity a value per label and period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.errors import Issue, Place
from prodmode.instance.fields import TABLES, WIDE_TABLES, columns
from prodmode.instance.raw import RawTable
from prodmode.io.frames import oversize_cells
from prodmode.io.origins import KeyOrigin, PathOrigin, join_key
from prodmode.io.periods import parse_periods

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads the tables of one file.

    Attributes
    ----------
    file : str
        Path of the file.
    issues : list of Issue
        Collects what is wrong.
    periods : object
        The setting `periods` as given, for lists of a value per period.
    """

    file: str
    issues: list[Issue]
    periods: Any

    def read(self, name: str, value: Any, line: int | None) -> RawTable:
        """Return a table from the value of its key, which stands on `line`."""
        if isinstance(value, list):
            return self._rows(name, value, line)
        if isinstance(value, dict) and name in WIDE_TABLES:
            return self._by_label(name, value, line)
        if value is not None:
            hint = f"Write each row as '- {{{columns(name)[0].name}: ...}}'." if name in TABLES else None
            message = f"the table '{name}' is {shape(value)}, not a list of rows."
            self._report("wrong-shape", name, message, Place(self.file, row=line, key=name), hint)
        return RawTable(pd.DataFrame(), KeyOrigin(self.file, name, line=line))

    def _report(self, code: str, table: str, message: str, place: Place, hint: str | None = None) -> None:
        self.issues.append(Issue(message, table, place, hint, code=code))

    def _rows(self, name: str, items: list[Any], line: int | None) -> RawTable:
        rows = [item for item in items if isinstance(item, dict)]
        indices = None
        if len(rows) < len(items):
            indices = np.flatnonzero([isinstance(item, dict) for item in items])
            for number, item in enumerate(items):
                if not isinstance(item, dict):
                    place = Place(self.file, row=line_of(items, number), key=f"{name}[{number}]")
                    message = f"a row of '{name}' is {shape(item)}, not a mapping of columns."
                    self._report("wrong-shape", name, message, place)
        names = list(dict.fromkeys(key for row in rows for key in row))
        lines = None
        if hasattr(items, "lines"):
            lines = np.array([[line_of(row, key) or 0 for key in names] for row in rows], dtype=np.int32)
            lines = lines.reshape(len(rows), len(names))
        origin = KeyOrigin(self.file, name, lines, names, line, indices)
        cells = {key: [row.get(key) for row in rows] for key in names}
        for key, column in cells.items():
            for number, cell in enumerate(column):
                if isinstance(cell, dict | list):
                    column[number] = None
                    message = f"the value of '{key}' is {shape(cell)}."
                    self._report("wrong-type", name, message, origin.place(number, key), "Give one value.")
        frame = pd.DataFrame(cells, index=range(len(rows)), columns=names, dtype="object")
        self.issues.extend(oversize_cells(frame, name, origin))
        return RawTable(frame, origin)

    def _by_label(self, name: str, value: dict[str, Any], line: int | None) -> RawTable:
        """Read ``{line: {period: units}}`` or ``{line: [units, ...]}`` as a long table."""
        rows: list[tuple[Any, Any, Any]] = []
        places: list[Place] = []
        for label, items in value.items():
            whole = Place(self.file, row=line_of(value, label), key=join_key(name, label))
            for period, cell, place in self._by_period(name, items, whole):
                if isinstance(cell, dict | list):
                    self._report("wrong-type", name, f"the value is {shape(cell)}.", place, "Give one value.")
                elif cell is not None:
                    rows.append((label, period, cell))
                    places.append(place)
        headers = [columns(name)[0].name, "period", WIDE_TABLES[name]]
        frame = pd.DataFrame(rows, columns=headers, dtype="object")
        return RawTable(frame, PathOrigin(Place(self.file, row=line, key=name), places))

    def _by_period(self, name: str, items: Any, whole: Place) -> Iterator[tuple[Any, Any, Place]]:
        """Yield period, value and place of what is stated for one label."""
        path = whole.key or ""
        if isinstance(items, dict):
            for period, cell in items.items():
                row = line_of(items, period) or whole.row
                yield period, cell, Place(self.file, row=row, key=join_key(path, period))
            return
        if not isinstance(items, list):
            message = f"{path} is {shape(items)}, not one value for each period."
            self._report("wrong-shape", name, message, whole, "Give a mapping of periods or a list.")
            return
        labels = self._labels()
        if labels is not None and len(labels) != len(items):
            message = f"{path} lists {len(items)} values for {len(labels)} periods."
            self._report("wrong-length", name, message, whole, "Give one value for each period.")
        for number, (period, cell) in enumerate(zip(labels or (), items, strict=False)):
            row = line_of(items, number) or whole.row
            yield period, cell, Place(self.file, row=row, key=f"{path}[{number}]")

    def _labels(self) -> list[Any] | None:
        stated = parse_periods(self.periods)
        if isinstance(stated, int) and not isinstance(stated, bool) and 0 < stated <= 100_000:
            return [str(number + 1) for number in range(stated)]
        return stated if isinstance(stated, list) else None


def line_of(container: Any, key: Any) -> int | None:
    """Return the line of a key or item, None where the format keeps no lines."""
    lines = getattr(container, "lines", None)
    if isinstance(lines, dict):
        return lines.get(key)
    return lines[key] if lines is not None else None


def shape(value: Any) -> str:
    """Return what a value is, in words for a message."""
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else f"'{value}'"
