"""A blank workbook: headers with notes, drop-downs for choices and for names that stand in other sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodmode.instance.fields import MODES, TABLES, columns, record_of
from prodmode.io.periods import write_periods
from prodmode.io.wording import describe, sentence, shown_default
from prodmode.io.workbook_scan import column_letters
from prodmode.io.write_workbook import MAX_ROWS, open_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

    from prodmode.instance.fields import Column


def write_workbook_template(path: Path, settings: Mapping[str, Any]) -> None:
    """Write a blank workbook with the given settings filled in."""
    with open_workbook(path) as book:
        bold = book.add_format({"bold": True})
        italic = book.add_format({"italic": True})
        _settings_sheet(book, settings, bold, italic)
        for table in TABLES:
            sheet = book.add_worksheet(table)
            sheet.freeze_panes(1, 0)
            for position, field in enumerate(columns(table)):
                sheet.set_column(position, position, max(10, len(field.name) + 3))
                sheet.write_string(0, position, field.name, bold if field.required else italic)
                about = f"{sentence(record_of(table))}\n\n" if position == 0 else ""
                sheet.write_comment(0, position, about + describe(field), {"x_scale": 2, "y_scale": 1.2})
                _add_drop_down(sheet, position, field)


def _settings_sheet(book: xlsxwriter.Workbook, settings: Mapping[str, Any], bold: Any, italic: Any) -> None:
    sheet = book.add_worksheet("settings")
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, 2, 80)
    for position, header in enumerate(("setting", "value", "meaning (this column is not read)")):
        sheet.write_string(0, position, header, bold)
    for number, field in enumerate(columns("settings"), start=1):
        sheet.write_string(number, 0, field.name, bold if field.required else italic)
        sheet.write_string(number, 2, describe(field, name=False))
        value = settings.get(field.name)
        if value is not None:
            sheet.write_string(
                number, 1, write_periods(tuple(value)) if field.name == "periods" else str(value)
            )
        if field.type == "bool":
            sheet.data_validation(number, 1, number, 1, _list(["true", "false"]))


def _add_drop_down(sheet: Worksheet, position: int, field: Column) -> None:
    if field.type == "choice":
        source: Any = list(field.choices or MODES)
    elif field.type == "bool":
        source = ["true", "false"]
    elif field.references and field.references != "periods":
        table, name = field.references.split(".")
        letters = column_letters(1 + [other.name for other in columns(table)].index(name))
        source = f"={table}!${letters}$2:${letters}${MAX_ROWS}"
    else:
        return
    sheet.data_validation(1, position, MAX_ROWS - 1, position, _list(source, shown_default(field)))


def _list(source: Any, default: str = "") -> dict[str, Any]:
    rule = {
        "validate": "list",
        "source": source,
        "error_title": "Not in the list",
        "error_message": "Choose one of the list, or leave the cell blank.",
        # A name may be written before the sheet it stands in is filled; prodmode check has the last word.
        "error_type": "stop" if isinstance(source, list) else "warning",
    }
    if default:
        rule |= {"input_message": f"Blank means {default}."}
    return rule
