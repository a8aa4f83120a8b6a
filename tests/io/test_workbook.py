from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
import xlsxwriter

from prodmode.errors import InputError
from prodmode.io import load, read, save, scan
from prodmode.io.workbook_scan import MAX_UNPACKED
from tests.io.portfolio import issues_of, only_issue, portfolio

if TYPE_CHECKING:
    from pathlib import Path

Sheets = Mapping[str, Sequence[Sequence[Any]]]

SETTINGS: list[list[Any]] = [["setting", "value"], ["name", "test"], ["periods", "Q1, Q2"]]
LINES: list[list[Any]] = [["line", "price"], ["stool", 40], ["table", 300]]
DEMAND: list[list[Any]] = [["line", "Q1", "Q2"], ["stool", 100, 120], ["table", 10, 12]]
OPTIONS: list[list[Any]] = [
    ["option", "line", "mode", "unit_cost"],
    ["a", "stool", "custom", 25],
    ["b", "table", "mass", 200],
]
SHEETS: dict[str, list[list[Any]]] = {
    "settings": SETTINGS,
    "lines": LINES,
    "demand": DEMAND,
    "options": OPTIONS,
}


def write(path: Path, sheets: Sheets) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_of_openpyxl(tmp_path: Path) -> None:
    instance = load(write(tmp_path / "a.xlsx", SHEETS))
    assert instance.lines["price"].tolist() == [40, 300]
    assert instance.demand["units"].tolist() == [100, 120, 10, 12]


def test_a_workbook_of_pandas(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "a.xlsx") as writer:
        for name, rows in SHEETS.items():
            pd.DataFrame(rows[1:], columns=rows[0]).to_excel(writer, sheet_name=name, index=False)
    assert load(tmp_path / "a.xlsx") == load(write(tmp_path / "b.xlsx", SHEETS))


def test_the_name_of_the_file_does_not_matter(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", SHEETS).rename(tmp_path / "a.dat")
    assert load(tmp_path / "a.dat").name == "test"


def test_numbers_as_labels_and_counts(tmp_path: Path) -> None:
    sheets = SHEETS | {
        "settings": [["name", 7], ["periods", 2]],
        "demand": [["line", "period", "units"], ["stool", 1, 5], ["stool", 2, 6], ["table", 1, 5]],
    }
    instance = load(write(tmp_path / "a.xlsx", sheets))
    assert instance.name == "7"
    assert instance.periods == ("1", "2")


def test_numbers_as_headers_of_periods(tmp_path: Path) -> None:
    sheets = SHEETS | {
        "settings": [["name", "x"], ["periods", 2]],
        "demand": [["line", 1, 2], ["stool", 5, 6], ["table", 1, 2]],
    }
    assert load(write(tmp_path / "a.xlsx", sheets)).demand["units"].tolist() == [5, 6, 1, 2]


def test_places_are_those_of_the_spreadsheet(tmp_path: Path) -> None:
    lines: list[list[Any]] = [
        [],
        [None, "price", None, "line"],
        [],
        [None, 40, None, "stool"],
        [],
        [],
        [None, 300, None, "table"],
    ]
    table = read(write(tmp_path / "a.xlsx", SHEETS | {"lines": lines})).tables["lines"]
    assert table.frame["line"].tolist() == ["stool", "table"]
    place = table.origin.place(1, "line")
    assert (place.sheet, place.row, place.column) == ("lines", 7, "line (column D)")
    assert table.origin.place(0, "price").row == 4
    assert table.origin.place(column="price").row == 2
    settings = read(tmp_path / "a.xlsx").settings_origin.place(column="periods")
    assert (settings.sheet, settings.row) == ("settings", 3)


def test_dates_are_text(tmp_path: Path) -> None:
    lines: list[list[Any]] = [
        ["line", "name", "family"],
        ["stool", dt.date(2025, 1, 2), dt.datetime(2025, 1, 2, 3, 4)],  # noqa: DTZ001
    ]
    frame = read(write(tmp_path / "a.xlsx", SHEETS | {"lines": lines})).tables["lines"].frame
    assert [frame["name"][0], frame["family"][0]] == ["2025-01-02", "2025-01-02 03:04:00"]


def test_empty_sheets_that_are_no_tables_are_ignored(tmp_path: Path) -> None:
    assert load(write(tmp_path / "a.xlsx", SHEETS | {"Sheet1": []})).name == "test"


def test_unknown_and_empty_sheets_are_reported(tmp_path: Path) -> None:
    issues = issues_of(write(tmp_path / "a.xlsx", SHEETS | {"optoins": OPTIONS, "demand": []}))
    assert any("optoins" in issue.message and "options" in (issue.hint or "") for issue in issues)
    assert any(issue.table == "demand" for issue in issues)


def test_formulas_without_a_value(tmp_path: Path) -> None:
    lines: list[list[Any]] = [["line", "price"], ["stool", "=20+20"], ["table", 300]]
    issue = only_issue(write(tmp_path / "a.xlsx", SHEETS | {"lines": lines}))
    assert (issue.code, issue.table) == ("formula-without-value", "lines")
    assert (issue.place.sheet, issue.place.row, issue.place.column) == ("lines", 2, "price (column B)")
    assert "let it calculate" in (issue.hint or "")


@pytest.mark.parametrize(("value", "found"), [(0, True), (40, False), ("", True)])
def test_formulas_of_a_program_that_does_not_calculate(value: object, found: bool, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        for name, rows in SHEETS.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        book.get_worksheet_by_name("lines").write_formula(1, 1, "=20+20", None, value)
    codes = [issue.code for issue in scan(tmp_path / "a.xlsx").issues]
    assert codes == (["formula-without-value"] if found else [])


def test_error_cells(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", SHEETS)
    book = openpyxl.load_workbook(path)
    book["options"]["B2"] = "#REF!"
    book["options"]["D3"] = "#N/A"
    book.save(path)
    issues = issues_of(path)
    assert [(issue.code, issue.place.row) for issue in issues] == [("error-value", 2), ("error-value", 3)]
    assert "#REF!" in issues[0].message


def test_faulty_headers(tmp_path: Path) -> None:
    lines: list[list[Any]] = [["line", "price", "price", None], ["stool", 1, 2, 3], ["table", 1, 2, 3]]
    issues = issues_of(write(tmp_path / "a.xlsx", SHEETS | {"lines": lines}))
    assert [(issue.code, issue.place.column) for issue in issues] == [
        ("duplicate-column", "price (column C)"),
        ("blank-header", "column D"),
    ]


def test_settings_twice(tmp_path: Path) -> None:
    issue = only_issue(write(tmp_path / "a.xlsx", SHEETS | {"settings": [*SETTINGS, ["name", "x"]]}))
    assert (issue.code, issue.place.row) == ("duplicate-key", 4)


def test_no_settings(tmp_path: Path) -> None:
    sheets = {name: rows for name, rows in SHEETS.items() if name != "settings"}
    assert only_issue(write(tmp_path / "a.xlsx", sheets)).code == "missing-settings"


def test_text_is_never_a_formula_or_a_link(tmp_path: Path) -> None:
    instance = portfolio(("=1+1", "http://a.b", "{=2}"), text="mailto:x@y.org")
    save(instance, tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"<f>" not in content
    assert b"hyperlink" not in content
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book["lines"]["A2"].value == "=1+1"
    assert book["lines"]["A2"].data_type == "s"


def rewritten(path: Path, part: str, change: Any) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_a_cell_far_away(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", SHEETS)
    book = openpyxl.load_workbook(path)
    book["demand"]["XFD1048576"] = 1
    book.save(path)
    issues = scan(path).issues
    assert [(issue.code, issue.table) for issue in issues] == [("too-large", "demand")]


def test_a_zip_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_UNPACKED >= 2**30
    path = write(tmp_path / "a.xlsx", SHEETS)
    monkeypatch.setattr("prodmode.io.workbook_scan.MAX_UNPACKED", 1000)
    with pytest.raises(InputError, match="unpacks") as caught:
        scan(path)
    assert caught.value.issues[0].code == "zip-bomb"


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/_rels/workbook.xml.rels"]
)
@pytest.mark.parametrize("change", [lambda data: data[: len(data) // 2], lambda _: b"", lambda _: b"<x/>"])
def test_damaged_parts_never_escape(part: str, change: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load(rewritten(write(tmp_path / "a.xlsx", SHEETS), part, change))


def test_entities_are_refused(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'

    def change(data: bytes) -> bytes:
        return bomb + data.replace(b"<v>40</v>", b"<f>1</f><v>&b;</v>")

    with pytest.raises(InputError):
        load(rewritten(write(tmp_path / "a.xlsx", SHEETS), "xl/worksheets/sheet2.xml", change))


def test_a_truncated_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", SHEETS)
    path.write_bytes(path.read_bytes()[:3000])
    assert only_issue(path).code == "unreadable"


def test_a_long_text_is_reported(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.xlsx", SHEETS | {"lines": [["line", "name"], ["stool", "x" * 32_767], ["table", "y"]]}
    )
    rewritten(path, "xl/worksheets/sheet2.xml", lambda data: data.replace(b"xxxx", b"xxxxxxxx"))
    assert only_issue(path).code == "oversize-cell"


def test_a_misspelt_sheet_of_settings(tmp_path: Path) -> None:
    sheets = {name.replace("settings", "Setings"): rows for name, rows in SHEETS.items()}
    issue = only_issue(write(tmp_path / "a.xlsx", sheets))
    assert (issue.hint or "").startswith("Maybe rename sheet 'Setings'.")


def test_a_damaged_stream(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", SHEETS)
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("xl/worksheets/sheet2.xml").header_offset + 60
    data = bytearray(path.read_bytes())
    data[start : start + 40] = b"\xff" * 40
    path.write_bytes(data)
    with pytest.raises(InputError):
        load(path)


def test_an_unknown_encoding(tmp_path: Path) -> None:
    def change(data: bytes) -> bytes:
        return b'<?xml version="1.0" encoding="es"?>' + data.replace(b"<v>40</v>", b"<f>1</f><v></v>")

    with pytest.raises(InputError):
        load(rewritten(write(tmp_path / "a.xlsx", SHEETS), "xl/worksheets/sheet2.xml", change))
