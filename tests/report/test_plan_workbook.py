"""The plan as an Excel workbook, read back by openpyxl and calamine."""

from __future__ import annotations

import dataclasses
import itertools
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
import python_calamine
from openpyxl.utils import range_boundaries

import prodmode as pm
from prodmode.plan.assemble import assemble
from prodmode.plan.by_line import line_ledger
from prodmode.plan.tables import COLUMNS, frame
from prodmode.report.views import COLOURS, money_in_and_out, use_of_capacity
from prodmode.report.workbook import write_plan_workbook
from prodmode.report.workbook.book import LEDGER, SHEETS
from tests.plan.portfolio import decide, portfolio

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from openpyxl.workbook import Workbook

CHART = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@x",
    "-2",
    "{=1}",
    "http://example.org/#a",
    "<r>bold</r>",
    "_x0041_",
    "0012",
    "TRUE",
    "nan",
    "椅子 & <b>",
    "x" * 5000,
)


@pytest.fixture(scope="module")
def instance() -> pm.Instance:
    return portfolio()


@pytest.fixture(scope="module")
def plan(instance: pm.Instance) -> pm.Plan:
    return assemble(instance, decide())


@pytest.fixture(scope="module")
def path(instance: pm.Instance, plan: pm.Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("book") / "plan.xlsx"
    write_plan_workbook(plan, instance, file)
    return file


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def tables(instance: pm.Instance, plan: pm.Plan) -> dict[str, pd.DataFrame]:
    return plan.tables() | {LEDGER: line_ledger(instance, plan)}


def rows_of(table: pd.DataFrame) -> list[list[Any]]:
    rows = table.astype(object).where(table.notna(), None).to_numpy(dtype=object).tolist()
    return [list(table.columns), *rows]


def solved(settings: dict[str, Any], records: list[Any]) -> pm.Result:
    return pm.solve(pm.Instance.from_records(settings, records), backend="highs")


@pytest.fixture(scope="module")
def result() -> pm.Result:
    return solved(
        {
            "name": "stools",
            "periods": ["2026", "2027"],
            "currency": "EUR",
            "description": "What a stool costs.",
        },
        [
            pm.Line(line="stool", price=40),
            pm.Demand(line="stool", period="2026", units=100),
            pm.Demand(line="stool", period="2027", units=120),
            pm.Option(option="bought", line="stool", mode="outsourced", unit_cost=25),
            pm.Option(option="made", line="stool", mode="mass", unit_cost=15, tooling_capex=1500),
            pm.Usage(option="made", resource="hours", per_unit=1),
            pm.Resource(resource="hours", capacity=200),
        ],
    )


@pytest.mark.parametrize("name", [*COLUMNS, LEDGER])
def test_figures_are_those_of_the_plan(book: Workbook, tables: dict[str, pd.DataFrame], name: str) -> None:
    assert [list(row) for row in book[name].iter_rows(values_only=True)] == rows_of(tables[name])
    for column in tables[name].select_dtypes("bool"):
        position = list(tables[name].columns).index(str(column))
        cells = [row[position].value for row in book[name].iter_rows(min_row=2)]
        assert all(isinstance(value, bool) for value in cells)


@pytest.mark.parametrize("name", [*COLUMNS, LEDGER])
def test_another_reader_sees_the_same(path: Path, tables: dict[str, pd.DataFrame], name: str) -> None:
    sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name(name)
    read = [[None if cell == "" else cell for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    assert read == rows_of(tables[name])


def test_sheets_are_in_reading_order_and_listed_with_links(book: Workbook) -> None:
    expected = ["summary", *(name for name in SHEETS if name != "story")]
    assert book.sheetnames == expected
    links = [cell.hyperlink.location for row in book["summary"] for cell in row if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in expected[1:]]


@pytest.mark.parametrize("name", [*COLUMNS, LEDGER])
def test_headers_are_frozen_noted_and_filtered(
    book: Workbook, tables: dict[str, pd.DataFrame], name: str
) -> None:
    sheet = book[name]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions
    for cell in sheet[1]:
        assert cell.comment is not None
        assert sheet.column_dimensions[cell.column_letter].width >= len(cell.value) + 2
    assert sheet.max_row == len(tables[name]) + 1


def test_numbers_are_shown_as_what_they_are(book: Workbook) -> None:
    money, use = book["cash_flow"], book["resource_use"]
    assert money["C2"].number_format.startswith("#,##0.00;[Red]")
    assert "EUR" in money["C1"].comment.text
    assert use["G1"].value == "utilisation"
    assert use["G2"].number_format == "0.0%"
    assert book["purchases"]["C2"].number_format == "#,##0"
    assert [book["unserved"].cell(1, 4).value, book["unserved"].cell(2, 4).number_format] == [
        "demand",
        "#,##0",
    ]


def test_units_have_decimals_only_where_there_are_any(tmp_path: Path, result: pm.Result) -> None:
    plan = result.plan
    halves = plan.production.assign(made=plan.production["made"] + 0.5)
    write_plan_workbook(plan.replace(production=halves), result.instance, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book["production"]["E2"].number_format == "#,##0.00"
    assert book["sales"]["E2"].number_format == "#,##0"


def test_the_grid_shows_the_modes(book: Workbook) -> None:
    sheet = book["modes"]
    grid = {row[0]: list(row[3:]) for row in sheet.iter_rows(min_row=3, values_only=True)}
    header = [cell.value for cell in sheet[2]]
    assert header == ["line", "name", "family", "Q1", "Q2", "Q3", "Q4"]
    assert grid["table"] == ["M", "M+O", "M", "M"]
    assert grid["chair"] == ["O", "M", "M", "M"]
    assert grid["lamp"][3] is None, "after its last period a line is not on the market"
    assert set(grid["bench"]) == {"–"}, "on the market and not offered"  # noqa: RUF001
    assert sheet.freeze_panes == "D3"
    fills = {
        cell.value: cell.fill.fgColor.rgb for row in sheet.iter_rows(min_row=3, min_col=4) for cell in row
    }
    assert fills["M"] == f"FF{COLOURS['mass'][1:].upper()}"
    assert fills["O"] == f"FF{COLOURS['outsourced'][1:].upper()}"
    assert len({fills["M"], fills["O"], fills["M+O"], fills["–"]}) == 4  # noqa: RUF001


def charts_of(path: Path) -> list[ET.Element]:
    with zipfile.ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith("xl/charts/chart"))
        return [ET.fromstring(archive.read(name)) for name in names]  # noqa: S314 (our own file)


def cells_at(book: Workbook, reference: str) -> list[Any]:
    sheet, _, area = reference.replace("$", "").partition("!")
    left, top, right, bottom = range_boundaries(area)
    cells = book[sheet].iter_rows(top, bottom, left, right, values_only=True)
    return list(itertools.chain(*cells))


def series_of(book: Workbook, chart: ET.Element) -> dict[str, list[Any]]:
    """Return each series by its name, having checked that what it shows at once is what the cells hold."""
    found = {}
    for series in chart.iterfind(".//c:ser", CHART):
        for part in ("c:cat", "c:val"):
            place = series.find(part, CHART)
            assert place is not None
            reference = place.findtext(".//c:f", namespaces=CHART)
            assert reference is not None
            cells = cells_at(book, reference)
            points = place.findall(".//c:pt", CHART)
            told = {int(point.get("idx", "")): point.findtext("c:v", "", CHART) for point in points}
            assert told == {i: str(cell) for i, cell in enumerate(cells) if cell is not None} or [
                float(told[i]) for i in sorted(told)
            ] == [cell for cell in cells if cell is not None]
        found["".join(series.find("c:tx", CHART).itertext()).rpartition("!")[2]] = cells  # type: ignore[union-attr]
    return found


def test_charts_show_cash_flow_and_capacity(path: Path, book: Workbook, plan: pm.Plan) -> None:
    money, use = charts_of(path)
    titles = ["".join(chart.find(".//c:title/c:tx", CHART).itertext()) for chart in (money, use)]  # type: ignore[union-attr]
    assert titles == [
        "Cash flow by period (EUR, expected over the scenarios)",
        "Use of capacity by period (% of capacity, highest of the scenarios)",
    ]
    table = money_in_and_out(plan)
    shown = series_of(book, money)
    assert shown["revenue and salvage"] == table["in"].tolist()
    assert shown["operating costs"] == table["operating"].tolist()
    assert shown["investments and tooling"] == table["capital"].tolist()
    assert shown["net"] == plan.cash_flow["net"].tolist()
    figures = [row[-1] for row in book["charts"].iter_rows(min_row=52, max_col=6, values_only=True)]
    assert figures == table["npv_so_far"].tolist()
    assert figures[-1] == pytest.approx(plan.npv)
    busiest = use_of_capacity(plan)
    assert list(series_of(book, use).values()) == busiest.to_numpy().tolist()


def test_periods_that_read_as_numbers_stay_text_in_charts(tmp_path: Path, result: pm.Result) -> None:
    write_plan_workbook(result, result.instance, tmp_path / "a.xlsx")
    for chart in charts_of(tmp_path / "a.xlsx"):
        for axis in chart.iterfind(".//c:cat", CHART):
            assert axis.find("c:strRef", CHART) is not None
            assert axis.find("c:numRef", CHART) is None


def test_the_same_plan_gives_the_same_file(path: Path, instance: pm.Instance, tmp_path: Path) -> None:
    again = assemble(portfolio(), decide())
    write_plan_workbook(again, instance, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def first_cells(book: Workbook, sheet: str) -> list[str]:
    return [str(row[0]) for row in book[sheet].iter_rows(values_only=True) if row[0]]


def facts_of(book: Workbook) -> dict[str, Any]:
    return {row[0]: row[1] for row in book["summary"].iter_rows(values_only=True) if row[0]}


def test_summary_of_a_result(tmp_path: Path, result: pm.Result) -> None:
    write_plan_workbook(result, result.instance, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    facts = facts_of(book)
    assert facts["net present value"] == result.plan.npv
    assert facts["no plan earns more than"] == result.bound
    assert facts["status"] == "optimal"
    assert facts["referee"] == "verified"
    assert facts["solved by"].startswith("highs")
    assert facts["fill rate"] == 1.0
    assert facts["units sold"] == 220
    assert facts["hours"] == pytest.approx(0.6)
    assert facts["revenue"] == 8800
    assert facts["unit cost"] == -3300
    assert facts["tooling"] == -1500
    assert facts["net"] == pytest.approx(4000)
    assert facts["mass"] == 1.0
    assert book["summary"]["A1"].value == "stools"
    assert book.properties.title == "stools: plan"


def test_summary_of_a_rejected_plan_says_so(tmp_path: Path, result: pm.Result) -> None:
    verdict = pm.check(result.instance, result.plan.replace(npv=result.plan.npv + 1.0))
    rejected = dataclasses.replace(result, verdict=verdict)
    write_plan_workbook(rejected, result.instance, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert facts_of(book)["referee"] == "rejected"
    text = first_cells(book, "summary")
    assert any(verdict.violations[0].message in line for line in text)


def test_summary_of_a_plan_alone_claims_no_proof(book: Workbook, plan: pm.Plan) -> None:
    facts = facts_of(book)
    assert facts["net present value"] == plan.npv
    assert not {"no plan earns more than", "status", "referee"} & set(facts)
    assert any(str(label).startswith("How good the plan is") for label in facts)


def test_story_in_words(tmp_path: Path, result: pm.Result) -> None:
    told = pm.Study(result, "highs")
    write_plan_workbook(result, result.instance, tmp_path / "a.xlsx", told=told)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames[:2] == ["summary", "story"]
    text = first_cells(book, "story")
    assert text[0] == "stools: the plan in short"
    assert any("The plan earns 4,000 EUR" in line for line in text)
    assert {"What to make how", "What to invest in", "What it earns"} <= set(text)


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    lines = [
        part
        for name in HOSTILE
        for part in (
            pm.Line(line=name, name=name, family=name, price=10, required=False),
            pm.Demand(line=name, period="=p", units=3),
            pm.Option(option=name, line=name, mode="custom", site="@s", unit_cost=1),
            pm.Usage(option=name, resource="=r()", per_unit=1),
        )
    ]
    shared = [
        pm.Site(site="@s", name="=s", kind="plant"),
        pm.Resource(resource="=r()", capacity=100),
        pm.Scenario(scenario="-w", probability=1),
    ]
    outcome = solved({"name": "=cmd()", "periods": ["=p", "nan"], "description": "+1"}, [*lines, *shared])
    write_plan_workbook(outcome, outcome.instance, tmp_path / "a.xlsx", told=pm.Study(outcome, "highs"))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "b", "inlineStr"}, "no formula, no error"
    assert not [
        cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.hyperlink and sheet.title != "summary"
    ]
    expected = outcome.plan.assignments
    read = python_calamine.CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    rows = read.get_sheet_by_name("assignments").to_python()[1:]
    assert [row[0] for row in rows] == expected["line"].tolist()
    assert {row[0] for row in rows} == set(HOSTILE)
    assert {(row[1], row[4]) for row in rows} <= {("=p", "@s"), ("nan", "@s")}
    assert [row[0] for row in read.get_sheet_by_name("modes").to_python()[2:]] == list(HOSTILE)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        for name in archive.namelist():
            text = archive.read(name)
            assert b"<f>" not in text
            if name.endswith((".xml", ".rels")):
                ET.fromstring(text)  # noqa: S314 (our own file)


def test_control_characters_do_no_harm(tmp_path: Path, instance: pm.Instance, plan: pm.Plan) -> None:
    odd = plan.replace(name="a\x01b\x1b[31m\nc\ufffe", currency="E\x02R")
    write_plan_workbook(odd, instance, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.properties.title == "a?b?[31m c?: plan"
    assert book["summary"]["A1"].value.startswith("a")
    for chart in charts_of(tmp_path / "a.xlsx"):
        assert "\x02" not in "".join(chart.itertext())


def test_text_too_long_for_a_cell_is_refused(tmp_path: Path, instance: pm.Instance, plan: pm.Plan) -> None:
    with pytest.raises(pm.ProdmodeError, match="cannot hold a text of 40,000 characters"):
        write_plan_workbook(plan.replace(name="x" * 40_000), instance, tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_more_rows_than_a_sheet_are_refused(tmp_path: Path, instance: pm.Instance, plan: pm.Plan) -> None:
    one = {name: [0.0 if kind == "number" else "x"] * 1_048_576 for name, kind in COLUMNS["stock"].items()}
    large = plan.replace(stock=frame("stock", one))
    (tmp_path / "a.xlsx").write_bytes(b"what was there")
    with pytest.raises(pm.ProdmodeError, match=r"1,048,576 rows of 'stock'.* CSV or Parquet"):
        write_plan_workbook(large, instance, tmp_path / "a.xlsx")
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]
    assert (tmp_path / "a.xlsx").read_bytes() == b"what was there"


def test_more_columns_than_a_sheet_are_refused(tmp_path: Path, instance: pm.Instance, plan: pm.Plan) -> None:
    periods = tuple(str(number) for number in range(16_384))
    with pytest.raises(pm.ProdmodeError, match=r"16,387 columns of 'modes'.* CSV or Parquet"):
        write_plan_workbook(plan.replace(periods=periods), instance, tmp_path / "a.xlsx")


def test_the_plan_of_another_instance_is_refused(tmp_path: Path, plan: pm.Plan, result: pm.Result) -> None:
    with pytest.raises(pm.InputError, match="the plan"):
        write_plan_workbook(plan, result.instance, tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_result_without_a_plan_is_refused(tmp_path: Path) -> None:
    none = solved(
        {"name": "none", "periods": 1},
        [
            pm.Line(line="stool", price=40, min_fill_rate=1),
            pm.Demand(line="stool", period="1", units=100),
            pm.Option(option="made", line="stool", mode="mass", max_units=1),
        ],
    )
    with pytest.raises(pm.ProdmodeError, match="there is no plan"):
        write_plan_workbook(none, none.instance, tmp_path / "a.xlsx")


def test_another_suffix_is_refused(tmp_path: Path, instance: pm.Instance, plan: pm.Plan) -> None:
    with pytest.raises(pm.ProdmodeError, match=r"ends in \.xlsx, not 'plan\.xls'"):
        write_plan_workbook(plan, instance, tmp_path / "plan.xls")


def test_a_plan_that_buys_and_uses_nothing(tmp_path: Path) -> None:
    idle = solved(
        {"name": "idle", "periods": 1},
        [
            pm.Line(line="stool", price=1, required=False),
            pm.Demand(line="stool", period="1", units=1),
            pm.Option(option="made", line="stool", mode="mass", unit_cost=5),
        ],
    )
    write_plan_workbook(idle, idle.instance, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [cell.value for cell in book["assignments"][1]] == list(COLUMNS["assignments"])
    assert len(charts_of(tmp_path / "a.xlsx")) == 1
    shares = next(row for row in book["summary"].iter_rows(values_only=True) if row[0] == "mass")
    assert shares[2] is None, "a share of nothing made is blank"
