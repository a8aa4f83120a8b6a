"""The input template and the plan's workbook, opened and saved again by LibreOffice.

Without a window LibreOffice saves no view of a sheet: frozen heads are looked at elsewhere.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

import prodmode as pm
from prodmode.instance.fields import TABLES
from prodmode.io import load, write_template
from prodmode.report.workbook import write_plan_workbook
from prodmode.report.workbook.book import SHEETS
from tests.io.filled_in import NAMES, OPTIMUM, fill_in, filled

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.workbook import Workbook

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")

pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


def saved_again(folder: Path, files: list[Path], kind: str) -> Path:
    """Return the folder into which LibreOffice saved files in a format."""
    target = folder / f"saved-{kind}"
    command = [
        str(SOFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
        "--convert-to", kind, "--outdir", str(target), *map(str, files),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if not target.is_dir():
        pytest.skip(f"LibreOffice does not run here: {done.stderr[-300:]}")
    return target


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the template, the template filled in, the same with a sheet that counts, and the plan of it."""
    folder = tmp_path_factory.mktemp("files")
    paths = [folder / f"{name}.xlsx" for name in ("template", "filled", "counted", "plan")]
    template, full, counted, plan = paths
    for path in (template, full):
        write_template(path)
    fill_in(full)
    book = openpyxl.load_workbook(full)
    sheet = book.create_sheet("counted")
    for row, (table, column) in enumerate((("options", "B"), ("demand", "B"), ("limits", "G")), start=1):
        rule = next(
            rule
            for rule in book[table].data_validations.dataValidation
            if str(rule.sqref).startswith(f"{column}2:")
        )
        sheet[f"A{row}"] = f"=COUNTA({rule.formula1})"
    book.save(counted)
    result = pm.solve(filled(), backend="highs")
    write_plan_workbook(result, result.instance, plan)
    return paths


@pytest.fixture(scope="module")
def again(files: list[Path]) -> Path:
    return saved_again(files[0].parent, files, "xlsx")


def kinds_of(book: Workbook, sheet: str) -> dict[str, tuple[str, str]]:
    """Return the kind and the source of the rule of each column that has a list."""
    return {
        str(rule.sqref).partition("2:")[0]: (rule.errorStyle or "stop", rule.formula1)
        for rule in book[sheet].data_validations.dataValidation
        if rule.type == "list"
    }


def test_the_template_is_the_same_template(files: list[Path], again: Path) -> None:
    before, after = openpyxl.load_workbook(files[0]), openpyxl.load_workbook(again / "template.xlsx")
    assert after.sheetnames == before.sheetnames
    for table in TABLES:
        assert kinds_of(after, table) == kinds_of(before, table), table
        for old, new in zip(before[table][1], after[table][1], strict=True):
            assert new.value == old.value
            assert new.font.b == old.font.b
            assert new.comment.text.split() == old.comment.text.split()
            under = [sheet[table][f"{old.column_letter}2"].number_format for sheet in (before, after)]
            assert under[0] == under[1], (table, old.value)
    assert load(again / "template.xlsx") == load(files[0])


def test_what_was_filled_in_loads_and_has_the_same_optimum(again: Path) -> None:
    instance = load(again / "filled.xlsx")
    assert instance == filled()
    assert pm.solve(instance, backend="highs").objective == pytest.approx(OPTIMUM)


def test_drop_downs_list_what_was_filled_in(again: Path) -> None:
    book = openpyxl.load_workbook(again / "counted.xlsx", data_only=True)
    counts = [book["counted"][f"A{row}"].value for row in (1, 2, 3)]
    assert counts == [len(NAMES), 2, 3], "all lines; both periods; both periods and 'each'"
    labels = [book["settings"][f"I{row}"].value for row in range(2, 5)]
    assert [label or None for label in labels] == ["2027", "2028", None]


def test_the_plan_keeps_its_figures_texts_and_looks(files: list[Path], again: Path) -> None:
    before, after = openpyxl.load_workbook(files[3]), openpyxl.load_workbook(again / "plan.xlsx")
    assert after.sheetnames == before.sheetnames
    for name in SHEETS:
        if name not in before.sheetnames:
            continue
        old, new = before[name], after[name]
        assert new.auto_filter.ref == old.auto_filter.ref
        for row in old.iter_rows():
            for cell in row:
                saved = new[cell.coordinate]
                if isinstance(cell.value, bool):
                    assert saved.value == f"={cell.value}()".upper(), "as LibreOffice writes it"
                elif isinstance(cell.value, float | int):
                    assert saved.value == pytest.approx(cell.value), (name, cell.coordinate)
                    looks = [
                        re.sub(r"\[\w+\]|[\\\"]", "", at.number_format).casefold() for at in (cell, saved)
                    ]
                    assert looks[0] == looks[1], (name, cell.coordinate)
                else:
                    assert saved.value == cell.value, (name, cell.coordinate)
                    assert saved.data_type != "f", (name, cell.coordinate)
    lines = {row[0] for row in after["modes"].iter_rows(min_row=3, max_col=1, values_only=True)}
    assert lines == set(NAMES)
    with zipfile.ZipFile(again / "plan.xlsx") as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 2


@pytest.mark.slow
def test_by_way_of_opendocument(files: list[Path]) -> None:
    """Who works in LibreOffice's own format saves as .xlsx in the end."""
    folder = files[0].parent
    sheets = saved_again(folder, files[:2], "ods")
    back = saved_again(sheets, [sheets / "template.ods", sheets / "filled.ods"], "xlsx")
    assert load(back / "template.xlsx") == load(files[0])
    assert load(back / "filled.xlsx") == filled()
    with pytest.raises(pm.InputError, match=r"OpenDocument.*Save it as \.xlsx"):
        load(sheets / "filled.ods")
