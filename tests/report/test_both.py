"""Page and workbook asked for together."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from prodmode.cli.report import command
from prodmode.report.workbook import book
from tests.report.reading import tree

STARTER = Path(__file__).parents[2] / "instances" / "starter.yaml"


def test_the_story_is_told_once_for_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told_again(*_: object) -> None:
        pytest.fail("the workbook tells the story anew, which takes one more solve")

    monkeypatch.setattr(book, "story", told_again)
    html, excel = tmp_path / "plan.html", tmp_path / "plan.xlsx"
    done = CliRunner().invoke(command, [str(STARTER), "--html", str(html), "--excel", str(excel)])
    assert done.exit_code == 0, done.output
    sheet = openpyxl.load_workbook(excel)["story"]
    cells = [str(row[0]) for row in sheet.iter_rows(values_only=True) if row[0]]
    summary = tree(html.read_text(encoding="utf-8")).one("section", id="summary").text
    sentence = next(text for text in cells if "The plan is expected to earn" in text or "earns" in text)
    assert sentence in summary
