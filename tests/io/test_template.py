from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from prodmode.errors import InputError, ProdmodeError
from prodmode.instance.fields import REQUIRED_TABLES, TABLES, columns
from prodmode.io import load, scan, write_template
from prodmode.io.writing import Container, container_for
from prodmode.solving import solve
from tests.io.filled_in import OPTIMUM, fill_in, filled
from tests.io.portfolio import CONTAINERS, FILES, issues_of

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation


@pytest.mark.parametrize("container", ["csv", "parquet"])
def test_a_blank_template_lacks_only_rows(container: Container, tmp_path: Path) -> None:
    path = tmp_path / FILES[container]
    write_template(path, container)
    result = scan(path)
    assert not result.issues
    assert set(result.raw.tables) == set(TABLES)
    for name, table in result.raw.tables.items():
        assert list(table.frame.columns) == [field.name for field in columns(name)]
    issues = issues_of(path)
    assert {issue.table for issue in issues} >= set(REQUIRED_TABLES)
    assert all("empty" in issue.code for issue in issues), issues


def test_a_starter_loads(tmp_path: Path) -> None:
    write_template(tmp_path / "a.yaml")
    write_template(tmp_path / "a.json")
    write_template(tmp_path / "a.xlsx")
    instance = load(tmp_path / "a.yaml")
    assert load(tmp_path / "a.json") == instance
    assert load(tmp_path / "a.xlsx") == instance
    assert not instance.warnings
    text = (tmp_path / "a.yaml").read_text()
    for table in TABLES:
        assert f"# {table}: " in text
        assert all(f"#   {field.name}" in text for field in columns(table))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    path = tmp_path_factory.mktemp("template") / "a.xlsx"
    write_template(path)
    return openpyxl.load_workbook(path)


def rules_of(book: Workbook, sheet: str) -> dict[str, DataValidation]:
    """Return the rule of each column, by its name."""
    found = {}
    for rule in book[sheet].data_validations.dataValidation:
        letter, _, rows = str(rule.sqref).partition("2:")
        assert rows.endswith("1048576"), "a rule holds down to the last row"
        found[str(book[sheet][f"{letter}1"].value)] = rule
    return found


def test_every_column_of_the_workbook_has_a_note_a_hint_and_its_unit(book: Workbook) -> None:
    for table in TABLES:
        sheet, rules = book[table], rules_of(book, table)
        assert sheet.freeze_panes == "B2"
        assert [cell.value for cell in sheet[1]] == [field.name for field in columns(table)]
        for cell, field in zip(sheet[1], columns(table), strict=True):
            assert cell.font.b == field.required
            assert field.meaning in cell.comment.text
            assert field.meaning in rules[field.name].prompt
            assert not field.unit or field.unit in rules[field.name].prompt
    read = {row[0]: row[2] for row in book["settings"].iter_rows(values_only=True) if row[0]}
    assert [*read][1:] == [field.name for field in columns("settings")]
    assert "months" in read["months_per_period"]
    listed = [row[4] for row in book["settings"].iter_rows(min_row=2, max_row=15, values_only=True)]
    assert tuple(listed) == TABLES, "the sheets are listed, with links"
    assert all(book["settings"].cell(row, 5).hyperlink for row in range(2, 16))


def test_drop_downs_of_the_workbook(book: Workbook) -> None:
    options, limits = rules_of(book, "options"), rules_of(book, "limits")
    assert options["mode"].formula1 == '"mass,custom,outsourced"'
    assert options["mode"].errorStyle in (None, "stop")
    assert rules_of(book, "sites")["kind"].formula1 == '"plant,workshop,supplier"'
    assert rules_of(book, "lines")["required"].formula1 == '"true,false"'
    # Names of another sheet are listed down to its last row; one that is not there yet is only warned of.
    names = "OFFSET(lines!$A$2,0,0,MAX(1,COUNTA(lines!$A$2:$A$1048576)),1)"
    assert options["line"].formula1 == names
    assert options["line"].errorStyle == "warning"
    assert limits["family"].formula1.startswith("OFFSET(lines!$C$2,")
    assert options["first_period"].formula1.startswith("OFFSET(settings!$I$2,")
    assert limits["period"].formula1.startswith("OFFSET(settings!$J$2,")
    for table in TABLES:
        rules = rules_of(book, table)
        for field in columns(table):
            listed = field.type in ("choice", "bool") or field.references is not None
            assert listed <= (rules[field.name].type == "list"), (table, field.name)
            assert len(rules[field.name].formula1 or "") <= 255


def test_numbers_of_the_workbook_have_bounds_and_labels_stay_text(book: Workbook) -> None:
    rules = rules_of(book, "options")
    assert (rules["yield"].type, rules["yield"].formula1, rules["yield"].formula2) == ("decimal", "0", "1")
    assert rules["yield"].error == "This takes a number above 0 and at most 1."
    whole = rules_of(book, "lines")["max_options"]
    assert (whole.type, whole.formula1) == ("whole", "1")
    # "0012" and "2027-01" stay what they are when they are typed.
    assert book["options"].column_dimensions["A"].width >= 18
    for cell in ("A2", "B2", "C2"):
        assert book["options"][cell].number_format == "@"
    assert book["options"]["E2"].number_format.startswith("#,##0.00")


def test_a_workbook_filled_in_loads(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    fill_in(tmp_path / "a.xlsx")
    instance = load(tmp_path / "a.xlsx")
    assert instance == filled()
    assert solve(instance, backend="highs").objective == pytest.approx(OPTIMUM)


def test_what_is_left_of_the_example_is_found(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book["lines"]["A2"] = "bench"
    book.save(tmp_path / "a.xlsx")
    places = [(issue.table, issue.place.row) for issue in issues_of(tmp_path / "a.xlsx")]
    assert {("demand", 2), ("demand", 3), ("options", 2), ("options", 3)} <= set(places)


@pytest.mark.parametrize("container", CONTAINERS)
def test_nothing_is_overwritten(container: Container, tmp_path: Path) -> None:
    path = tmp_path / FILES[container]
    write_template(path, container)
    with pytest.raises(ProdmodeError, match="already"):
        write_template(path, container)


def test_the_container_is_told_by_the_path(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").mkdir()
    assert container_for(tmp_path / "new") == "csv"
    assert container_for(tmp_path / "a.b") == "csv"
    assert container_for(tmp_path / "old.yaml") == "csv"
    assert container_for(tmp_path / "A.XLSX") == "xlsx"
    assert container_for(tmp_path / "a.yml") == "yaml"
    assert container_for(tmp_path / "plain", "json") == "json"
    for name, container in (("a.csv", None), ("a.json", "yaml"), ("old.yaml", "yaml"), ("a", "ods")):
        with pytest.raises(ProdmodeError):
            container_for(tmp_path / name, container)  # type: ignore[arg-type]


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("a\n1\n")
    with pytest.raises(ProdmodeError, match=r"sales\.csv"):
        write_template(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["sales.csv"]


def test_errors_are_input_errors() -> None:
    assert issubclass(InputError, ProdmodeError)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")
    with pytest.raises(ProdmodeError, match="is a file"):
        write_template(tmp_path / "plain")
