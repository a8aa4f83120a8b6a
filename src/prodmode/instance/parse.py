"""Raw tables to sheets of typed cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.instance.cells import distinct, parse
from prodmode.instance.fields import columns
from prodmode.instance.headers import Headers, match_headers, raw_header
from prodmode.instance.sheet import Cells, Sheet

if TYPE_CHECKING:
    from prodmode.instance.faults import Faults
    from prodmode.instance.raw import RawTable


def read_sheet(table: str, raw: RawTable, periods: tuple[str, ...] | None, faults: Faults) -> Sheet:
    """Read a raw table cell by cell; blank rows are left out, a wide table becomes long.

    Parameters
    ----------
    table : str
        The table that it is.
    raw : RawTable
        Its cells.
    periods : tuple of str or None
        The periods, None where they are faulty.
    faults : Faults
        Takes what is wrong.
    """
    headers = match_headers(table, raw, periods, faults)
    frame = raw.frame
    sheet = Sheet(table, raw.origin, np.arange(len(frame), dtype=np.int64))
    sheet.headers = {name: raw_header(frame, position) for name, position in headers.fields.items()}
    if not headers.readable:
        sheet.rows, sheet.complete = sheet.rows[:0], False
        return sheet
    if headers.periods is not None:
        _read_wide(sheet, raw, headers, faults)
    else:
        _read_long(sheet, raw, headers, faults)
    _report_missing(sheet, faults)
    return sheet


def _read_long(sheet: Sheet, raw: RawTable, headers: Headers, faults: Faults) -> None:
    fields = sorted(columns(sheet.table), key=lambda field: not field.key)  # keys first: messages name them
    for field in fields:
        if field.name in headers.fields:
            series = raw.frame.iloc[:, headers.fields[field.name]]
            sheet.cells[field.name] = parse(field, series, sheet, faults)
    _drop_blank_rows(sheet)


def _drop_blank_rows(sheet: Sheet) -> None:
    blank = np.ones(len(sheet), dtype=bool)
    for cells in sheet.cells.values():
        blank &= cells.missing
        if not blank.any():
            return
    sheet.take(np.flatnonzero(~blank))


def _read_wide(sheet: Sheet, raw: RawTable, headers: Headers, faults: Faults) -> None:
    """Read a table with a column per period: a row for each cell that is not blank."""
    key, period, value = (columns(sheet.table)[number] for number in range(3))
    found = headers.periods or {}
    names = list(found)
    positions = list(found.values())
    sheet.wide = {name: raw_header(raw.frame, position) for name, position in found.items()}
    block = raw.frame.iloc[:, positions]
    cells = pd.Series(_matrix(block).ravel())
    rows, count = len(raw.frame), len(names)
    where = np.arange(rows * count)
    labels = np.array(names, dtype=object)
    sheet.rows = where // max(count, 1)
    sheet.cells[period.name] = Cells(where % max(count, 1), np.zeros(len(where), dtype=bool), labels)
    filled = cells.notna().to_numpy() if cells.dtype.kind in "iuf" else distinct(cells)[0] >= 0
    if key.name in headers.fields:
        narrow = Sheet(sheet.table, sheet.origin, np.arange(rows, dtype=np.int64), headers=sheet.headers)
        series = raw.frame.iloc[:, headers.fields[key.name]]
        narrow.cells[key.name] = parse(key, series, narrow, faults)
        sheet.cells = {key.name: narrow.cells[key.name].take(sheet.rows)} | sheet.cells
    sheet.take(np.flatnonzero(filled))
    sheet.cells[value.name] = parse(value, cells[filled], sheet, faults)


def _matrix(block: pd.DataFrame) -> Any:
    """Return the cells row by row, in as plain a dtype as their columns allow."""
    plain = all(block.dtypes.iloc[number].kind in "iuf" for number in range(block.shape[1]))
    return block.to_numpy(dtype="float64", na_value=np.nan) if plain else block.astype("object").to_numpy()


def _report_missing(sheet: Sheet, faults: Faults) -> None:
    for field in columns(sheet.table):
        if not field.required:
            continue
        if field.name not in sheet.cells:
            labels = None if field.type in {"float", "int", "bool"} else np.zeros(0, dtype=object)
            values = np.full(len(sheet), np.nan) if labels is None else np.full(len(sheet), -1)
            sheet.cells[field.name] = Cells(values, np.ones(len(sheet), dtype=bool), labels)
            continue

        def describe(row: int, name: str = field.name) -> tuple[str, str | None]:
            who = sheet.who(row, name)
            return (f"{who} has no {name}." if who else f"{name} is missing."), None

        cells = sheet.cells[field.name]
        rows = np.flatnonzero(cells.missing)
        faults.add_rows("missing-value", sheet, field.name, rows, describe)
        cells.spoil(rows)
