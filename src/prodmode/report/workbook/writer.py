"""A workbook being written: formats, sheets, and cells that are never formulas."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from prodmode.document.page import plain
from prodmode.errors import ProdmodeError
from prodmode.instance.fields import MODES
from prodmode.io.text import MAX_CELL
from prodmode.io.write_workbook import MAX_ROWS, ExactWorksheet, open_workbook
from prodmode.report.views import COLOURS, INK

if TYPE_CHECKING:
    from pathlib import Path

    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MAX_COLUMNS = 16_384
"""Most columns of a sheet."""

_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 (a fixed date, so that the same plan gives the same file)
_A4 = 9
_BLUE = "#1f4e79"

_DASH = '"–"'  # noqa: RUF001
_NUMBERS: dict[str, str] = {
    "text": "General",
    "flag": "General",
    "count": "#,##0",
    "units": "#,##0",
    "units.": "#,##0.00",
    "money": f"#,##0.00;[Red]-#,##0.00;{_DASH}",
    "percent": "0.0%",
    "gap": "0.0000%",
    "factor": "0.0000",
}

_LOOKS: dict[str, dict[str, Any]] = {
    "header": {"bold": True, "font_color": "#ffffff", "bg_color": _BLUE, "valign": "vcenter", "border": 1},
    "header>": {"bold": True, "font_color": "#ffffff", "bg_color": _BLUE, "valign": "vcenter", "border": 1,
                "align": "right"},
    "header^": {"bold": True, "font_color": "#ffffff", "bg_color": _BLUE, "valign": "vcenter", "border": 1,
                "align": "center"},
    "title": {"bold": True, "font_size": 16, "font_color": _BLUE},
    "section": {"bold": True, "font_size": 12, "font_color": _BLUE, "bottom": 1, "bottom_color": _BLUE},
    "label": {"valign": "top", "text_wrap": True},
    "wrapped": {"valign": "top", "text_wrap": True},
    "indented": {"valign": "top", "text_wrap": True, "align": "left", "indent": 1},
    "right": {"valign": "top", "align": "right"},
    "grey": {"font_color": "#606060", "valign": "top", "align": "left", "indent": 1},
    "bold": {"bold": True, "valign": "top"},
    "good": {"bold": True, "font_color": "#006100", "bg_color": "#c6efce", "align": "left"},
    "bad": {"bold": True, "font_color": "#9c0006", "bg_color": "#ffc7ce", "align": "left"},
    "none": {"align": "center", "font_color": "#606060", "bg_color": "#f2f2f2", "border": 1,
             "border_color": "#ffffff"},
    "several": {"align": "center", "bold": True, "bg_color": "#cc79a7", "border": 1,
                "border_color": "#ffffff"},
    **{
        mode: {"align": "center", "bold": True, "bg_color": COLOURS[mode], "font_color": INK[mode],
               "border": 1, "border_color": "#ffffff"}
        for mode in MODES
    },
}  # fmt: skip


class Writer:
    """A workbook that grows sheet by sheet, each from top to bottom.

    Parameters
    ----------
    path : Path
        The file.
    title : str
        Title in the properties of the file.

    Attributes
    ----------
    book : xlsxwriter.Workbook
    """

    def __init__(self, path: Path, title: str) -> None:
        self.book: xlsxwriter.Workbook = open_workbook(path, constant_memory=True)
        self.book.set_properties({"title": plain(title)[:200], "author": "prodmode", "created": _CREATED})
        self._formats: dict[str, Format] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # Of a workbook given up nothing is written but what its sheets have put aside so far.
        self.book.close()

    def look(self, name: str) -> Format:
        """Return the format for a kind of number, for a mode, or for a part of a page."""
        if name not in self._formats:
            look = _LOOKS.get(name) or {"num_format": _NUMBERS[name], "valign": "top"}
            self._formats[name] = self.book.add_format(look)
        return self._formats[name]

    def sheet(self, name: str, colour: str | None = None) -> Worksheet:
        """Return a new sheet that prints on wide pages with its name at the foot."""
        sheet = self.book.add_worksheet(name, worksheet_class=ExactWorksheet)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RPage &P of &N")
        if colour is not None:
            sheet.set_tab_color(colour)
        return sheet


def put(sheet: Worksheet, row: int, column: int, value: Any, look: Format | None = None) -> None:
    """Write a value into a cell as what it is; None and what is not a number leave it blank.

    Raises
    ------
    ProdmodeError
        If a text is longer than a cell can hold.
    """
    if value is None or value != value:  # noqa: PLR0124 (what is not equal to itself is NaN)
        if look is not None:
            sheet.write_blank(row, column, None, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif isinstance(value, str):
        if len(value.encode("utf-16-le", "replace")) // 2 > MAX_CELL:
            raise ProdmodeError(
                f"a workbook cannot hold a text of {len(value):,} characters: {value[:40]!r}..."
            )
        sheet.write_string(row, column, value, look)
    elif value in (float("inf"), float("-inf")):
        raise ProdmodeError(f"a workbook cannot hold the number {value}: the plan is damaged")
    else:
        sheet.write_number(row, column, value, look)


def refuse_too_large(name: str, rows: int, columns: int) -> None:
    """Refuse a table that has more rows or columns than a sheet.

    Raises
    ------
    ProdmodeError
        If it has.
    """
    way_out = "write the plan as CSV or Parquet files instead (Plan.write, prodmode solve --output)"
    if rows >= MAX_ROWS:
        raise ProdmodeError(
            f"a sheet of a workbook has {MAX_ROWS:,} rows, too few for the {rows:,} rows of '{name}' "
            f"with their header: {way_out}"
        )
    if columns > MAX_COLUMNS:
        raise ProdmodeError(
            f"a sheet of a workbook has {MAX_COLUMNS:,} columns, too few for the {columns:,} columns of "
            f"'{name}': {way_out}"
        )
