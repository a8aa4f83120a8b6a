"""Write an instance as an Excel workbook: text stays text, numbers read back exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from prodmode.errors import ProdmodeError
from prodmode.instance.fields import columns
from prodmode.io.periods import write_periods
from prodmode.io.text import MAX_CELL
from prodmode.io.written import cells, written_settings, written_tables

if TYPE_CHECKING:
    from pathlib import Path

    from prodmode.instance.instance import Instance

MAX_ROWS = 1_048_576
"""Most rows of a sheet."""


class ExactWorksheet(Worksheet):  # type: ignore[misc]
    """A worksheet that writes numbers so that they read back exactly, and never reads text as markup."""

    def _xml_number_element(self, number: float, attributes: Any = ()) -> None:
        written = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{written}><v>{number!r}</v></c>")

    def _xml_rich_inline_string(self, string: str, attributes: Any = ()) -> None:
        self._xml_inline_string(string, string != string.strip(), attributes)


def open_workbook(path: Path, **options: Any) -> xlsxwriter.Workbook:
    """Return a new workbook in which text is never a formula or a link."""
    options |= {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    return xlsxwriter.Workbook(str(path), options)


def write_workbook(instance: Instance, path: Path) -> None:
    """Write a sheet of settings and a sheet per table.

    Raises
    ------
    ProdmodeError
        If a table has more rows, or a text more characters, than a workbook can hold.
    """
    try:
        with open_workbook(path, constant_memory=True) as book:
            bold = book.add_format({"bold": True})
            sheet = book.add_worksheet("settings", worksheet_class=ExactWorksheet)
            sheet.set_column(0, 0, 20)
            sheet.set_column(1, 1, 40)
            _write_row(sheet, 0, ["setting", "value"], bold)
            for number, (name, value) in enumerate(written_settings(instance).items(), start=1):
                shown = write_periods(value) if name == "periods" else value
                _write_row(sheet, number, [name, shown])
            for name, frame in written_tables(instance):
                if len(frame) >= MAX_ROWS:
                    raise ProdmodeError(
                        f"a workbook cannot hold the {len(frame):,} rows of '{name}': "
                        "save a folder of CSV or Parquet files"
                    )
                _write_table(
                    book, name, list(frame.columns), [cells(frame[column]) for column in frame.columns]
                )
    except XlsxWriterException as error:
        raise ProdmodeError(f"the workbook cannot be written: {error}") from error


def _write_table(book: xlsxwriter.Workbook, name: str, names: list[str], values: list[list[Any]]) -> None:
    bold = book.add_format({"bold": True})
    italic = book.add_format({"italic": True})
    sheet = book.add_worksheet(name, worksheet_class=ExactWorksheet)
    required = {field.name for field in columns(name) if field.required}
    sheet.freeze_panes(1, 0)
    for position, column in enumerate(names):
        sheet.set_column(position, position, max(10, len(column) + 2))
        sheet.write_string(0, position, column, bold if column in required else italic)
    for number, row in enumerate(zip(*values, strict=True), start=1):
        _write_row(sheet, number, row)


def _write_row(sheet: Worksheet, number: int, row: Any, style: Any = None) -> None:
    for position, value in enumerate(row):
        if value is None:
            continue
        if isinstance(value, bool):
            sheet.write_boolean(number, position, value, style)
        elif isinstance(value, str):
            if len(value.encode("utf-16-le")) // 2 > MAX_CELL:
                raise ProdmodeError(
                    f"a workbook cannot hold a text of {len(value):,} characters: {value[:40]!r}..."
                )
            sheet.write_string(number, position, value, style)
        else:
            sheet.write_number(number, position, value, style)
