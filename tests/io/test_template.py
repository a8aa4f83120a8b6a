from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from prodmode.errors import InputError, ProdmodeError
from prodmode.instance.fields import REQUIRED_TABLES, TABLES, columns
from prodmode.io import load, scan, write_template
from prodmode.io.writing import Container, container_for
from tests.io.portfolio import CONTAINERS, FILES, issues_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("container", ["csv", "parquet", "xlsx"])
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
    instance = load(tmp_path / "a.yaml")
    assert load(tmp_path / "a.json") == instance
    assert not instance.warnings
    text = (tmp_path / "a.yaml").read_text()
    for table in TABLES:
        assert f"# {table}: " in text
        assert all(f"#   {field.name}" in text for field in columns(table))


def test_notes_and_drop_downs_of_a_workbook(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["options"]
    assert sheet["C1"].font.b
    assert not sheet["D1"].font.b
    assert "mass, custom or outsourced" in sheet["C1"].comment.text
    rules = {
        str(rule.sqref).partition("2:")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation
    }
    assert rules["C"] == '"mass,custom,outsourced"'
    assert rules["B"] == "lines!$A$2:$A$1048576"


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
