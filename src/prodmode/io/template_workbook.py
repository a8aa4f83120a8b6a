"""The input template: a workbook with notes, units, drop-downs, and an example to overwrite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodmode.instance.fields import REQUIRED_TABLES, TABLES, WIDE_TABLES, columns, record_of
from prodmode.io.periods import write_periods
from prodmode.io.template_rules import LIMIT_PERIODS, MOST_PERIODS, PERIODS, period_formula, rule_of
from prodmode.io.wording import describe, sentence
from prodmode.io.workbook_scan import column_number
from prodmode.io.write_workbook import MAX_ROWS, open_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from prodmode.instance.fields import Column

_BLUE, _PALE, _YELLOW = "#1f4e79", "#dbe7f3", "#fff2cc"
_LOOKS: dict[str, dict[str, Any]] = {
    "required": {"bold": True, "font_color": "#ffffff", "bg_color": _BLUE, "border": 1},
    "optional": {"italic": True, "bg_color": _PALE, "border": 1},
    "text": {"num_format": "@", "valign": "top"},
    "money": {"num_format": "#,##0.00##", "valign": "top"},
    "number": {"valign": "top"},
    "figure": {"valign": "top", "align": "left"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "link": {"font_color": "#0563c1", "underline": 1, "valign": "top"},
    "grey": {"font_color": "#606060", "valign": "top"},
    "example": {"bg_color": _YELLOW},
}
_A4 = 9

_WIDE_NOTE = "Or, in place of the columns period and {value}, a column for each period, named as the period."
_GUIDE = (
    "Cells in yellow are an example that can be solved as it is: overwrite them, and delete rows of it that "
    "are left. Columns with a dark head must be filled in, all others may stay blank; a sheet that is not "
    "needed stays empty. Notes on the heads, and hints on the cells, tell meaning and unit."
)


def write_workbook_template(
    path: Path, settings: Mapping[str, Any], tables: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Write the template with settings and rows that are an example to overwrite.

    Parameters
    ----------
    path : Path
        The file.
    settings : mapping
        Settings of the example.
    tables : mapping of str to sequence of mapping
        Rows of the example; the other tables stay empty.
    """
    with open_workbook(path) as book:
        book.set_calc_mode("auto")
        looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
        _settings_sheet(book, settings, looks)
        for table in TABLES:
            sheet = _sheet(book, table, looks)
            for number, row in enumerate(tables.get(table, ()), start=1):
                _example(sheet, table, number, row, looks["example"])


def _sheet(book: xlsxwriter.Workbook, table: str, looks: Mapping[str, Format]) -> Worksheet:
    sheet = book.add_worksheet(table)
    sheet.set_tab_color(_BLUE if table in REQUIRED_TABLES else "#a6a6a6")
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for position, field in enumerate(columns(table)):
        sheet.set_column(position, position, _width(field), looks[_look(field)])
        sheet.write_string(0, position, field.name, looks["required" if field.required else "optional"])
        about = f"{sentence(record_of(table))}\n\n" if position == 0 else ""
        note = about + describe(field)
        if WIDE_TABLES.get(table) == field.name:
            note += f"\n\n{_WIDE_NOTE.format(value=field.name)}"
        sheet.write_comment(0, position, note, {"x_scale": 2, "y_scale": 1.2 if position else 1.6})
        sheet.data_validation(1, position, MAX_ROWS - 1, position, rule_of(field, table))
    return sheet


def _example(sheet: Worksheet, table: str, number: int, row: Mapping[str, Any], look: Format) -> None:
    for position, field in enumerate(columns(table)):
        if field.name in row:
            _cell(sheet, number, position, row[field.name], look)


def _cell(
    sheet: Worksheet, row: int, column: int, value: Any, look: Format, base: Format | None = None
) -> None:
    """Write a cell of the example, in yellow until it is overwritten; without a base as its column looks."""
    if isinstance(value, str):
        sheet.write_string(row, column, value, base)
        equal = '"' + value.replace('"', '""') + '"'
    else:
        sheet.write_number(row, column, value, base)
        equal = repr(value)
    rule = {"type": "cell", "criteria": "==", "value": equal, "format": look}
    sheet.conditional_format(row, column, row, column, rule)


def _settings_sheet(
    book: xlsxwriter.Workbook, settings: Mapping[str, Any], looks: Mapping[str, Format]
) -> None:
    sheet = book.add_worksheet("settings")
    sheet.set_tab_color(_BLUE)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    for letter, width in zip("ABCDEFGHIJ", (20, 34, 76, 3, 14, 84, 9, 3, 12, 12), strict=True):
        sheet.set_column(f"{letter}:{letter}", width, looks["text"] if letter == "B" else None)
    heads = ("setting", "value", "meaning (this column is not read)")
    for position, head in enumerate(heads):
        sheet.write_string(0, position, head, looks["required"])
    for number, field in enumerate(columns("settings"), start=1):
        sheet.write_string(number, 0, field.name, looks["required" if field.required else "optional"])
        sheet.write_string(number, 2, describe(field, name=False), looks["wrapped"])
        sheet.data_validation(number, 1, number, 1, rule_of(field, "settings"))
        value = settings.get(field.name)
        base = looks["figure"] if field.type in ("float", "int") else None
        if value is not None:
            shown = write_periods(tuple(value)) if field.name == "periods" else value
            _cell(sheet, number, 1, shown, looks["example"], base)
        elif base is not None:
            sheet.write_blank(number, 1, None, base)
    _guide(sheet, looks)
    names = [field.name for field in columns("settings")]
    _periods(sheet, f"$B${names.index('periods') + 2}", [str(label) for label in settings["periods"]], looks)


def _guide(sheet: Worksheet, looks: Mapping[str, Format]) -> None:
    """List the sheets with what a row of each is, beside the settings, where nothing is read."""
    for letter, head in zip("EFG", ("sheet", "a row of it is", "needed"), strict=True):
        sheet.write_string(f"{letter}1", head, looks["required"])
    for row, table in enumerate(TABLES, start=2):
        sheet.write_url(f"E{row}", f"internal:'{table}'!A1", looks["link"], table)
        sheet.write_string(f"F{row}", sentence(record_of(table)), looks["wrapped"])
        sheet.write_string(f"G{row}", "yes" if table in REQUIRED_TABLES else "", looks["grey"])
    first = len(TABLES) + 3
    sheet.merge_range(f"E{first}:G{first + 5}", _GUIDE, looks["wrapped"])


def _periods(sheet: Worksheet, cell: str, labels: Sequence[str], looks: Mapping[str, Format]) -> None:
    """List the labels of the periods, calculated from the setting, for the drop-downs of other sheets."""
    known = [*labels, *[""] * (MOST_PERIODS - len(labels))]
    first, second = column_number(PERIODS) - 1, column_number(LIMIT_PERIODS) - 1
    for column, head, note in (
        (first, "periods", "Calculated from the setting 'periods', for the drop-downs; not read."),
        (second, "for limits", "The periods and the word 'each', for the sheet limits; not read."),
    ):
        sheet.write_string(0, column, head, looks["optional"])
        sheet.write_comment(0, column, note)
    sheet.write_string(1, second, "each", looks["grey"])
    for number, label in enumerate(known, start=1):
        sheet.write_formula(number, first, period_formula(cell, number), looks["grey"], label)
        sheet.write_formula(number + 1, second, f"={PERIODS}{number + 1}", looks["grey"], label)


def _look(field: Column) -> str:
    if field.type in ("float", "int"):
        return "money" if (field.unit or "").startswith("currency") else "number"
    return "text"


def _width(field: Column) -> float:
    """Return the width of a column: names need more room than figures."""
    if field.type == "str" and (field.references or field.key or field.required):
        return float(max(18, len(field.name) + 3))
    return float(max(11, len(field.name) + 3))
