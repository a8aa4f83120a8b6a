"""Read an Excel workbook: a sheet per table, and a sheet of settings."""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import numpy as np
import pandas as pd
import python_calamine as calamine

from prodmode.errors import InputError, Issue, Place, nearest
from prodmode.instance.fields import TABLES
from prodmode.instance.raw import RawInstance, RawTable
from prodmode.io.frames import Headers, drop_blank_rows, oversize_cells
from prodmode.io.origins import RowOrigin, SettingsOrigin
from prodmode.io.periods import parse_periods
from prodmode.io.result import ReadResult
from prodmode.io.text import fault
from prodmode.io.workbook_scan import Scan, column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SETTINGS_HEADERS = ("setting", "settings", "key", "field")
"""First cells that tell that the first row of the settings sheet is a header."""

_FLAWS_SHOWN = 50
_CALCULATE = "Open the workbook in a spreadsheet program, let it calculate and save it again."


def read_workbook(path: Path) -> ReadResult:
    """Read the settings and tables of a workbook; nothing but the container is checked.

    Raises
    ------
    InputError
        If it cannot be read at all.
    """
    issues: list[Issue] = []
    unreadable: set[str] = set()
    tables: dict[str, RawTable] = {}
    settings: dict[str, Any] | None = None
    origin = SettingsOrigin(Place(str(path)))
    try:
        scan = Scan(path)
        with calamine.CalamineWorkbook.from_path(str(path)) as book:
            for sheet in book.sheets_metadata:
                if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                try:
                    rows = _rows(book, scan, sheet.name, path, issues)
                except InputError as error:
                    issues.extend(error.issues)
                    unreadable.add(sheet.name)
                    continue
                if sheet.name == "settings":
                    settings, origin = _settings(rows, path, issues)
                elif rows or sheet.name in TABLES:
                    tables[sheet.name] = _table(rows, sheet.name, path, issues)
    except (
        calamine.CalamineError,
        expat.ExpatError,
        zipfile.BadZipFile,
        zlib.error,
        LookupError,
        OSError,
        RuntimeError,  # an encrypted part, or a compression that zipfile does not know
        ValueError,
    ) as error:
        raise _damaged(path, error) from error
    if settings is None:
        near = next((name for name in tables if name not in TABLES and nearest(name, ["settings"])), None)
        rename = f"Maybe rename sheet '{near}'. " if near else ""
        issues.insert(
            0,
            Issue(
                "the workbook has no sheet 'settings'.",
                "settings",
                Place(str(path)),
                f"{rename}Settings stand in two columns, setting and value; 'name' and 'periods' are needed.",
                code="missing-settings",
            ),
        )
        unreadable.add("settings")
    return ReadResult(RawInstance(settings or {}, tables, origin), tuple(issues), frozenset(unreadable))


def _damaged(path: Path, error: Exception) -> InputError:
    if isinstance(error, calamine.PasswordError):
        return fault("password", "the workbook is protected by a password.", Place(str(path)))
    message = f"the workbook cannot be read: {str(error).rstrip('.')}."
    return fault("unreadable", message, Place(str(path)), hint="Maybe it is damaged: save it again as .xlsx.")


def _rows(
    book: calamine.CalamineWorkbook, scan: Scan, sheet: str, path: Path, issues: list[Issue]
) -> list[list[Any]]:
    """Return all rows from A1 on, blanks as None; unusable cells are reported and blank."""
    flaws = scan.flaws(sheet)
    if sheet == "settings":
        # What stands beside the settings is not read.
        flaws = [flaw for flaw in flaws if flaw.column < 2]
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    cells: list[list[Any]] = [[_cell(value) for value in row] for row in rows]
    header = _header_row(cells)
    names = cells[header] if header is not None else []
    for flaw in flaws[:_FLAWS_SHOWN]:
        label = names[flaw.column] if flaw.column < len(names) else None
        place = Place(str(path), sheet, flaw.row + 1, _shown(label, flaw.column))
        if flaw.code == "error-value":
            message, hint = (
                f"the cell holds the error {flaw.text}.",
                "Correct its formula, or clear the cell.",
            )
        else:
            message, hint = "the formula has no calculated value.", _CALCULATE
        issues.append(Issue(message, sheet, place, hint, code=flaw.code))
    if len(flaws) > _FLAWS_SHOWN:
        message = f"{len(flaws) - _FLAWS_SHOWN} more cells hold errors or formulas without a value."
        issues.append(
            Issue(message, sheet, Place(str(path), sheet), _CALCULATE, code="formula-without-value")
        )
    for flaw in flaws:
        if flaw.row < len(cells) and flaw.column < len(cells[flaw.row]):
            cells[flaw.row][flaw.column] = None
    return cells if header is not None else []


def _cell(value: Any) -> Any:
    if value == "" or value is None:
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return str(value)
    return value


def _header_row(cells: Sequence[Sequence[Any]]) -> int | None:
    return next((number for number, row in enumerate(cells) if any(map(_filled, row))), None)


def _filled(cell: Any) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


def _shown(label: Any, position: int) -> str:
    letters = column_letters(position + 1)
    return f"{str(label).strip()} (column {letters})" if _filled(label) else f"column {letters}"


def _table(rows: list[list[Any]], sheet: str, path: Path, issues: list[Issue]) -> RawTable:
    header = _header_row(rows)
    if header is None:
        return RawTable(pd.DataFrame(), RowOrigin(str(path), lambda: np.empty(0, np.int64), sheet))
    head = ["" if cell is None else str(cell) for cell in rows[header]]

    def place(position: int) -> Place:
        return Place(str(path), sheet, header + 1, _shown(head[position], position))

    headers = Headers(head, sheet, issues, place)
    body = rows[header + 1 :]
    frame = headers.apply(pd.DataFrame(body, columns=range(len(head)), dtype="object"))
    frame, kept = drop_blank_rows(frame.infer_objects())
    origin = RowOrigin(
        str(path),
        lambda: np.flatnonzero(kept) + header + 2,
        sheet,
        {headers.names[position]: _shown(head[position], position) for position in headers.positions},
        header + 1,
    )
    issues.extend(oversize_cells(frame, sheet, origin))
    return RawTable(frame, origin)


def _settings(
    rows: list[list[Any]], path: Path, issues: list[Issue]
) -> tuple[dict[str, Any], SettingsOrigin]:
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    first = _header_row(rows)
    for number, row in enumerate(rows):
        if not row or not _filled(row[0]):
            continue
        name = str(row[0]).strip()
        if number == first and name.casefold() in SETTINGS_HEADERS:
            continue
        place = Place(str(path), "settings", number + 1, f"{name} (column B)")
        if name in values:
            message = f"the setting '{name}' is given twice, first in row {places[name].row}."
            issues.append(Issue(message, "settings", place, "Remove one of them.", code="duplicate-key"))
            continue
        values[name] = row[1] if len(row) > 1 else None
        places[name] = place
    if "periods" in values:
        values["periods"] = parse_periods(values["periods"])
    return values, SettingsOrigin(Place(str(path), "settings"), places)
