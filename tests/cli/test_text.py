"""Text for people: faults, tables and figures."""

from __future__ import annotations

import pytest

from prodmode.document.page import Page, percent
from prodmode.errors import Issue, Place
from prodmode.report.terminal import rejection_text


def test_faults_stand_under_their_file_with_the_count_at_the_end() -> None:
    issues = [
        Issue("units -3 is below 0.", table="demand", place=Place("demand.csv", row=3, column="units")),
        Issue(
            "'outsourcd' is no mode.", place=Place("options.csv", row=2), hint="Maybe you meant 'outsourced'?"
        ),
        Issue("units is blank.", table="demand", place=Place("demand.csv", row=7, column="units")),
        Issue("no line.", table="lines"),
    ]
    assert rejection_text(issues, Page()).splitlines() == [
        "demand.csv",
        "  row 3, column units: units -3 is below 0.",
        "  row 7, column units: units is blank.",
        "options.csv",
        "  row 2: 'outsourcd' is no mode. Maybe you meant 'outsourced'?",
        "lines",
        "  no line.",
        "",
        "4 faults: the input was rejected",
    ]


def test_a_table_is_cut_to_the_width_of_the_page() -> None:
    header, row = ["line", "way"], ["oak-table", "mass @ a plant with a very long name indeed"]
    assert not Page(width=30).fits(header, [row])
    lines = Page(width=30).table(header, [row]).splitlines()
    assert max(map(len, lines)) <= 30
    assert lines[1].endswith("…")


def test_wide_characters_keep_the_columns_straight() -> None:
    lines = Page().table(["line", "units"], [["椅子", "1"], ["stool", "2"]]).splitlines()
    assert lines[1:] == ["椅子   1", "stool  2"]


def test_control_characters_in_names_cannot_break_a_table() -> None:
    assert Page().table(["line"], [["two\nlines\x1b[2J"]]).splitlines() == ["line", "two lines?[2J"]


def test_colour_only_where_the_page_takes_it() -> None:
    assert Page(colour=False).style("ok", "bold", "green") == "ok"
    assert Page(colour=True).style("ok", "bold", "green") == "\x1b[1;32mok\x1b[0m"


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0 %"), (1.25, "125 %"), (0.0001, "0.01 %"), (3e-9, "3e-07 %"), (-0.5, "-50 %")]
)
def test_percent(share: float, text: str) -> None:
    assert percent(share) == text
