"""A table as a sheet: header with notes, filter, widths and number formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.report.workbook.columns import MEANINGS, Meaning
from prodmode.report.workbook.writer import put

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from xlsxwriter.worksheet import Worksheet

    from prodmode.report.workbook.writer import Writer

_SAMPLE = 2000
"""Rows looked at for the width of a column of text."""

_NARROWEST, _WIDEST = 8, 44
_NOTE = {"x_scale": 1.4, "y_scale": 0.6, "font_size": 9}


def write_table(writer: Writer, name: str, table: pd.DataFrame, currency: str) -> Worksheet:
    """Write a table into a sheet of its own, its column names in the first row.

    Parameters
    ----------
    writer : Writer
    name : str
        Name of the sheet.
    table : DataFrame
        Its columns have names of `MEANINGS`.
    currency : str
        Of its money.
    """
    sheet = writer.sheet(name)
    meanings = {str(column): MEANINGS[str(column)] for column in table.columns}
    frame_sheet(writer, sheet, table, meanings)
    header(writer, sheet, 0, meanings, currency)
    body(writer, sheet, 1, table, meanings)
    return sheet


def frame_sheet(
    writer: Writer, sheet: Worksheet, table: pd.DataFrame, meanings: Mapping[str, Meaning], top: int = 0
) -> None:
    """Freeze the header, and set the filter, the widths and what is repeated in print."""
    for position, column in enumerate(table.columns):
        name = str(column)
        look = writer.look(style(table[column], meanings[name]))
        sheet.set_column(position, position, width(name, table[column], meanings[name]), look)
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    if len(table):
        sheet.autofilter(top, 0, top + len(table), len(table.columns) - 1)


def header(
    writer: Writer, sheet: Worksheet, row: int, meanings: Mapping[str, Meaning], currency: str
) -> None:
    """Write the names of columns, each with a note of its meaning and unit."""
    for position, (name, meaning) in enumerate(meanings.items()):
        look = "header" if meaning.shown in ("text", "flag") else "header>"
        put(sheet, row, position, name, writer.look(look))
        if meaning.words:
            sheet.write_comment(row, position, meaning.note(currency), _NOTE)


def body(
    writer: Writer, sheet: Worksheet, top: int, table: pd.DataFrame, meanings: Mapping[str, Meaning]
) -> None:
    """Write the rows of a table, the first one at `top`."""
    looks = [writer.look(style(table[column], meanings[str(column)])) for column in table.columns]
    columns = [table[column].tolist() for column in table.columns]
    for number, row in enumerate(zip(*columns, strict=True), start=top):
        for position, (value, look) in enumerate(zip(row, looks, strict=True)):
            if value is not None and value == value:  # noqa: PLR0124 (NaN stays a blank cell)
                put(sheet, number, position, value, look)


def style(values: pd.Series[Any], meaning: Meaning) -> str:
    """Return the format of a column: units have decimals only where there are any."""
    if meaning.shown == "units" and len(values):
        known = values.to_numpy(dtype=float)
        known = known[np.isfinite(known)]
        return "units." if (np.abs(known - np.round(known)) > 1e-6).any() else "units"
    return meaning.shown


def width(name: str, values: pd.Series[Any], meaning: Meaning) -> float:
    """Return how wide a column is: fit for its header with the filter's button, and for its cells."""
    longest = len(name) + 3
    if meaning.shown == "text":
        seen = values.head(_SAMPLE).dropna().unique()
        longest = max([longest, *(len(str(text)) + 1 for text in seen)])
    elif meaning.shown in ("money", "units") and len(values):
        known = values.to_numpy(dtype=float)
        most = float(np.max(np.abs(known[np.isfinite(known)]), initial=0.0))
        longest = max(longest, len(f"-{most:,.2f}") + 1)
    return float(min(max(longest, _NARROWEST), _WIDEST))
