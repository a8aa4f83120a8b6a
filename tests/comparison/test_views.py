"""A comparison as text, as HTML and as a live table."""

from __future__ import annotations

import io
import os
import pty
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

import prodmode as pm
from prodmode.backends.contract import Progress, Status
from prodmode.document.page import Page
from prodmode.report.comparison import comparison_text
from prodmode.report.comparison_live import Board, live_board
from tests.comparison.made import OPTIMAL, TIME_LIMIT, comparison, entry, failed, usual

SENTENCE = "cbc says 1,200,000.00 optimal, but scip has a verified plan of 1,230,000.00 EUR."


def test_a_wide_page_takes_one_table() -> None:
    lines = comparison_text(usual(), Page(width=250)).splitlines()
    assert lines[0] == "stools: 3 backends compared, 2 verified plans"
    assert "  best plan      1,230,000.00 EUR, verified, by scip" in lines
    assert "  no plan beats  1,230,010.00 EUR, 0.00081 % more, says scip" in lines
    heads = [line.split() for line in lines if line.startswith("backend")]
    assert len(heads) == 1
    row = next(line for line in lines if line.startswith("scip")).split()
    assert row[:2] == ["scip", "optimal"]
    assert row[6:9] == ["proved", "SCIP", "1.0"]
    assert row[-10:] == ["0.25", "4.00", "2.00", "2.00", "2.00", "2.00", "2.00", "2.00", "2.00", "123"]


@pytest.mark.parametrize("width", [60, 80, 110])
def test_a_narrow_page_takes_stacked_tables_and_cuts_nothing(width: int) -> None:
    text = comparison_text(usual(), Page(width=width))
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    heads = " ".join(line for line in text.splitlines() if line.startswith("backend"))
    for heading in ("objective", "bound", "gap", "version", "verdict", "first plan", "to 0.01 %", "peak MB"):
        assert heading in heads
    if width == 110:
        assert heads.count("backend") == 2


def test_false_claims_and_failures_are_told_in_words() -> None:
    text = comparison_text(usual(), Page(width=200))
    assert f"disagreements\n  {SENTENCE}" in text
    assert "notes\n  cp-sat: crashed: its process crashed (SIGSEGV) and gave no answer" in text


def test_agreement_needs_no_words() -> None:
    text = comparison_text(comparison(entry("scip", OPTIMAL, 100.0, 100.0)), Page())
    assert "disagreements" not in text
    assert "notes" not in text
    assert "1 backend compared, 1 verified plan" in text


def test_a_note_of_a_solver_is_told() -> None:
    made = comparison(entry("scip", OPTIMAL, 100.0, 100.0, message="started twice"))
    assert "scip: proved; started twice" in comparison_text(made, Page())


def test_repeats_are_told_apart() -> None:
    made = comparison(*(entry("scip", OPTIMAL, 100.0, 100.0, repeat=number) for number in (1, 2)))
    text = comparison_text(made, Page())
    assert "1 backend compared in 2 runs, 2 verified plans" in text
    assert "scip (1)" in text
    assert "scip (2)" in text


def test_no_plan_has_no_best_and_no_figures() -> None:
    text = comparison_text(comparison(entry("scip", Status.INFEASIBLE)), Page())
    assert "best plan" not in text
    assert "says infeasible" in text


def test_a_plan_of_no_worth_has_no_relative_gap() -> None:
    text = comparison_text(comparison(entry("scip", TIME_LIMIT, 0.0, 5.0)), Page())
    assert "no plan beats  5.00 EUR, says scip\n" in text


def test_the_bound_told_is_the_best_that_no_plan_contradicts() -> None:
    text = comparison_text(
        comparison(
            entry("scip", TIME_LIMIT, 100.0, 120.0),
            entry("highs", TIME_LIMIT, 90.0, 110.0),
            entry("cbc", TIME_LIMIT, 80.0, 95.0),
        ),
        Page(),
    )
    assert "110.00 EUR, 10.00 % more, says highs" in text


def test_str_is_short_and_repr_is_a_line() -> None:
    made = usual()
    assert str(made).splitlines()[0] == (
        "stools: best verified plan 1,230,000.00 EUR, by scip; no plan can beat 1,230,010.00 EUR, says scip"
    )
    assert SENTENCE in str(made)
    assert repr(made).startswith("<Comparison 'stools': best verified plan 1,230,000.00 EUR")
    assert "\n" not in repr(made)
    assert "no verified plan" in repr(comparison(failed("odd", "crashed", "gone")))
    assert "infeasible" in repr(comparison(entry("odd", Status.INFEASIBLE)))


def test_html_is_escaped_and_well_formed() -> None:
    made = comparison(
        entry("<b>&", OPTIMAL, 100.0, 100.0), failed("odd", "crashed", "<script>"), name="<i>stools</i>"
    )
    html = made._repr_html_()
    assert "<script>" not in html
    assert "<i>" not in html
    assert "&lt;b&gt;&amp;" in html
    root = ET.fromstring(f"<div>{html}</div>")  # noqa: S314
    for table in root.iter("table"):
        assert len(table.findall("tbody/tr")) == 2
        assert len(table.findall("thead/tr/th")) == len(table.findall("tbody/tr[1]/td"))


def test_the_table_and_the_traces_are_data() -> None:
    made = usual()
    assert list(made.table["backend"]) == ["scip", "cbc", "cp-sat"]
    assert list(made.traces.columns) == ["backend", "repeat", "seconds", "incumbent", "bound"]
    assert set(made.traces["backend"]) == {"scip", "cbc"}


def drawn(board: Board, width: int = 120) -> list[list[str]]:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    with console.capture() as capture:
        console.print(board.render())
    return [line.split() for line in capture.get().splitlines()]


def test_the_live_table_has_a_row_per_backend() -> None:
    board = Board(["scip", "[red]odd", "cbc"], currency="EUR")
    assert [row[1] for row in board.rows()] == ["start", "waiting", "waiting"]
    board.update("scip", Progress(1.0, 1_200_000.0, 1_250_000.0, 0.0417))
    scip = drawn(board)[1]
    assert scip[:2] == ["scip", "solve"]
    assert scip[-4:] == ["1,200,000", "1,250,000", "4.17", "%"]
    board.finish(entry("scip", OPTIMAL, 1_230_000.0, 1_230_010.0))
    board.finish(failed("[red]odd", "crashed", "gone"))
    rows = drawn(board)
    assert rows[1][:4] == ["scip", "proved", "4.0", "s"]
    assert rows[2][:2] == ["[red]odd", "crashed"]
    assert rows[3][:2] == ["cbc", "start"]


def test_the_live_table_counts_repeats() -> None:
    board = Board(["scip"], currency="EUR", repeat=2)
    board.finish(entry("scip", OPTIMAL, 1.0, 1.0))
    assert board.rows()[0][1] == "start, run 2 of 2"


def test_the_live_table_is_drawn_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    with live_board(stream, ["scip"], currency="EUR") as board:
        assert board is None
    assert stream.getvalue() == ""
    monkeypatch.setenv("TERM", "xterm")
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal, live_board(terminal, ["scip"], currency="EUR") as board:
        assert board is not None
        board.update("scip", Progress(0.1, 1.0, 2.0, 1.0))
    assert b"scip" in os.read(master, 65536)
    os.close(master)


def test_no_backend_is_an_error() -> None:
    with pytest.raises(pm.BackendError, match="no backend to compare"):
        pm.compare(comparison().instance, backends=[])
