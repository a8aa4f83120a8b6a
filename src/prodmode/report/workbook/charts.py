"""The sheet of charts: cash flow and use of capacity by period, with the figures under them."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.document.page import plain
from prodmode.report.views import money_in_and_out, use_of_capacity
from prodmode.report.workbook.columns import MEANINGS
from prodmode.report.workbook.tables import body, header, style, width
from prodmode.report.workbook.writer import put

if TYPE_CHECKING:
    from prodmode.plan.plan import Plan
    from prodmode.report.workbook.writer import Writer

SHEET = "charts"
TABLE_TOP = 50
"""Row of the header of the cash flow's figures, below both charts."""

MOST_RESOURCES = 8
"""Resources in the chart, the busiest first; the sheet of capacity has all."""

_SIZE = {"width": 980, "height": 460}
_SECOND = 25
"""Row at which the second chart begins."""

_BARS = (
    ("in", "revenue and salvage", "#56b4e9", None),
    ("operating", "operating costs", "#e69f00", "wide_upward_diagonal"),
    ("capital", "investments and tooling", "#009e73", None),
)
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#8a8a8a")
_MARKERS = ("circle", "square", "triangle", "diamond", "x", "star", "plus", "long_dash")
_DASHES = ("solid", "dash", "round_dot", "dash_dot")


def write_charts(writer: Writer, plan: Plan) -> None:
    """Write the sheet with both charts and the figures of the cash flow's.

    Parameters
    ----------
    writer : Writer
    plan : Plan
    """
    sheet = writer.sheet(SHEET, "#d55e00")
    sheet.fit_to_pages(1, 1)
    table = money_in_and_out(plan).reset_index()
    meanings = {str(name): MEANINGS[str(name)] for name in table.columns}
    for position, name in enumerate(table.columns):
        look = writer.look(style(table[name], meanings[str(name)]))
        sheet.set_column(
            position, position, max(14.0, width(str(name), table[name], meanings[str(name)])), look
        )
    use = use_of_capacity(plan)
    if use.empty:
        put(sheet, _SECOND, 0, "No resource has a capacity: there is no use of it to show.")
    put(sheet, TABLE_TOP - 1, 0, "Figures of the cash flow", writer.look("section"))
    header(writer, sheet, TABLE_TOP, meanings, plan.currency)
    body(writer, sheet, TABLE_TOP + 1, table, meanings)
    sheet.insert_chart(0, 0, _cash_flow(writer, table, plan), {"description": "cash flow by period"})
    if not use.empty:
        sheet.insert_chart(
            _SECOND, 0, _capacity(writer, use, plan), {"description": "use of capacity by period"}
        )


def write_capacity(writer: Writer, plan: Plan) -> None:
    """Write the sheet of capacity: the utilisation of each resource in each period, the busiest first.

    Parameters
    ----------
    writer : Writer
    plan : Plan
    """
    sheet = writer.sheet("capacity", "#009e73")
    use = use_of_capacity(plan)
    names = pd.Series(use.index, dtype="str")
    sheet.set_column(0, 0, width("resource", names, MEANINGS["resource"]))
    sheet.set_column(1, 1, 10)
    wide = min(max(5 + max(len(period) for period in plan.periods), 9), 18)
    sheet.set_column(2, 1 + len(plan.periods), wide)
    for position, name in enumerate(("resource", "peak", *plan.periods)):
        put(sheet, 0, position, name, writer.look("header>" if position else "header"))
    most = "utilisation" if len(plan.scenarios) == 1 else "highest utilisation of all scenarios"
    sheet.write_comment(0, 0, f"{most}: use over capacity, above 100 % with overtime", {"x_scale": 1.6})
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)
    values = use.to_numpy(dtype=float).tolist()
    for row, (name, told) in enumerate(zip(names.tolist(), values, strict=True), start=1):
        peak = max(value for value in told if value == value)  # noqa: PLR0124 (NaN is no use)
        put(sheet, row, 0, name)
        for position, value in enumerate((peak, *told), start=1):
            put(sheet, row, position, value, writer.look("percent"))
    if len(use):
        sheet.autofilter(0, 0, len(use), 1 + len(plan.periods))
        scale: dict[str, Any] = {"type": "2_color_scale", "min_color": "#ffffff", "max_color": "#f4a582"}
        scale |= {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
        sheet.conditional_format(1, 1, len(use), 1 + len(plan.periods), scale)


def _cash_flow(writer: Writer, table: pd.DataFrame, plan: Plan) -> Any:
    chart = writer.book.add_chart({"type": "column", "subtype": "stacked"})
    place = _Places(SHEET, TABLE_TOP + 1, TABLE_TOP + len(table))
    periods = table["period"].tolist()
    for column, words, colour, pattern in _BARS:
        look: dict[str, Any] = {"fill": {"color": colour}}
        if pattern is not None:
            look = {"pattern": {"pattern": pattern, "fg_color": "#ffffff", "bg_color": colour}}
        chart.add_series({"name": words, "gap": 60, **place(table, column, periods), **look})
    lines = writer.book.add_chart({"type": "line"})
    look = {"line": {"color": "#000000", "width": 2}, "marker": _marker("circle", "#000000")}
    lines.add_series({"name": "net", **place(table, "net", periods), **look})
    chart.combine(lines)
    expected = ", expected over the scenarios" if len(plan.scenarios) > 1 else ""
    currency = plain(plan.currency)
    _dress(chart, f"Cash flow by period ({currency}{expected})", f"amount in {currency}", "#,##0")
    return chart


def _capacity(writer: Writer, use: pd.DataFrame, plan: Plan) -> Any:
    shown = use.head(MOST_RESOURCES)
    chart = writer.book.add_chart({"type": "line"})
    looks = zip(cycle(_COLOURS), cycle(_MARKERS), cycle(_DASHES), strict=False)
    periods = list(plan.periods)
    for row, (name, (colour, marker, dash)) in enumerate(zip(shown.index, looks, strict=False), start=1):
        values = [None if value != value else value for value in shown.iloc[row - 1].tolist()]  # noqa: PLR0124
        chart.add_series(
            {
                "name": ["capacity", row, 0],
                "name_data": [str(name)],
                "categories": ["capacity", 0, 2, 0, 1 + len(periods)],
                "categories_data": [_Label(period) for period in periods],
                "values": ["capacity", row, 2, row, 1 + len(periods)],
                "values_data": values,
                "line": {"color": colour, "width": 2, "dash_type": dash},
                "marker": _marker(marker, colour),
            }
        )
    which = "" if len(use) <= MOST_RESOURCES else f", the {MOST_RESOURCES} busiest of {len(use):,} resources"
    highest = ", highest of the scenarios" if len(plan.scenarios) > 1 else ""
    _dress(chart, f"Use of capacity by period (% of capacity{highest}{which})", "use of capacity", "0%")
    chart.set_y_axis(_axis("use of capacity", "0%") | {"min": 0})
    return chart


class _Label(str):
    """A label that stays text in a chart, though it may read as a number: "2026", or "nan"."""

    __slots__ = ()

    def __float__(self) -> float:
        raise ValueError(self)


class _Places:
    """Where the figures of a chart stand."""

    def __init__(self, sheet: str, first: int, last: int) -> None:
        self._sheet, self._first, self._last = sheet, first, last

    def __call__(self, table: pd.DataFrame, column: str, periods: list[str]) -> dict[str, Any]:
        """Return the categories and values of a series, with the figures that viewers show at once."""
        at = list(table.columns).index(column)
        return {
            "categories": [self._sheet, self._first, 0, self._last, 0],
            "categories_data": [_Label(period) for period in periods],
            "values": [self._sheet, self._first, at, self._last, at],
            "values_data": table[column].tolist(),
        }


def _dress(chart: Any, title: str, axis: str, numbers: str) -> None:
    chart.set_title({"name": title, "name_font": {"size": 13}, "overlay": False})
    chart.set_size(_SIZE)
    chart.set_legend({"position": "right"})
    chart.set_x_axis({"label_position": "low", "num_font": {"size": 9}, "text_axis": True})
    chart.set_y_axis(_axis(axis, numbers))


def _axis(name: str, numbers: str) -> dict[str, Any]:
    return {
        "name": name,
        "name_font": {"size": 10, "bold": False},
        "num_format": numbers,
        "major_gridlines": {"visible": True, "line": {"color": "#dddddd", "width": 0.75}},
    }


def _marker(kind: str, colour: str) -> dict[str, Any]:
    return {"type": kind, "size": 7, "border": {"color": colour}, "fill": {"color": colour}}
