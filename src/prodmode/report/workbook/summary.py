"""The first sheet: what to do, what it earns, what limits it, how sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodmode.explain.words import ENTRIES
from prodmode.instance.fields import MODES
from prodmode.plan.by_line import MONEY
from prodmode.plan.kpis import kpis
from prodmode.plan.tables import COSTS
from prodmode.report.workbook.pages import WIDTHS, across, section
from prodmode.report.workbook.writer import put

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan
    from prodmode.report.workbook.writer import Writer
    from prodmode.result import Result

    Cell = tuple[Any, str]
    """A value, and how it looks."""

MOST_PURCHASES = 15
"""Purchases listed one by one; the sheet of purchases has all."""

MOST_RESOURCES = 8
"""Resources listed, the busiest first."""


def write_summary(
    writer: Writer, instance: Instance, plan: Plan, result: Result | None, sheets: Mapping[str, str]
) -> None:
    """Write the first sheet.

    Parameters
    ----------
    writer : Writer
    instance : Instance
    plan : Plan
        A plan of it.
    result : Result or None
        What found the plan, with its proof; None where that is not known.
    sheets : mapping of str to str
        The other sheets, with what each shows.
    """
    page = _Summary(writer)
    figures = plan.kpis or kpis(instance, plan)
    span = plan.periods[0] if len(plan.periods) == 1 else f"{plan.periods[0]} to {plan.periods[-1]}"
    put(page.sheet, 0, 0, plan.name, writer.look("title"))
    page.row = 1
    page.text(_headline(plan, span))
    if instance.settings.description:
        page.text(instance.settings.description)
    _how_sure(page, plan, result)
    _what_to_do(page, instance, plan, figures)
    _what_it_earns(page, plan)
    _what_limits_it(page, instance, plan, figures)
    _service(page, figures)
    page.section("In this workbook")
    for name, words in sheets.items():
        page.sheet.write_url(page.row, 0, f"internal:'{name}'!A1", None, name)
        put(page.sheet, page.row, 1, words)
        page.row += 1


class _Summary:
    """The sheet, and the next free row of it."""

    def __init__(self, writer: Writer) -> None:
        self.writer, self.row = writer, 0
        self.sheet = writer.sheet("summary", "#1f4e79")
        self.sheet.hide_gridlines(2)
        for position, wide in enumerate(WIDTHS):
            self.sheet.set_column(position, position, wide)

    def section(self, text: str) -> None:
        section(self.writer, self.sheet, self.row + 1, text)
        self.row += 2

    def text(self, text: str) -> None:
        self.row = across(self.writer, self.sheet, self.row, text)

    def header(self, *names: str) -> None:
        """Write a header; names of columns of figures begin with ">"."""
        self.cells(*((name.lstrip(">"), "header>" if name.startswith(">") else "header") for name in names))

    def cells(self, *cells: Cell) -> None:
        for position, (value, look) in enumerate(cells):
            put(self.sheet, self.row, position, value, self.writer.look(look))
        self.row += 1

    def fact(self, label: str, value: Any, look: str, note: str = "") -> None:
        self.cells((label, "label"), (value, look), *([(note, "grey")] if note else []))


def _headline(plan: Plan, span: str) -> str:
    futures = f", on average over {len(plan.scenarios):,} scenarios" if len(plan.scenarios) > 1 else ""
    return f"What to make how over {span}{futures}. Money is in {plan.currency}."


def _how_sure(page: _Summary, plan: Plan, result: Result | None) -> None:
    page.section("How sure")
    page.fact("net present value", plan.npv, "money", f"{plan.currency}, of the plan in this workbook")
    if result is None:
        page.text("How good the plan is among all plans is not known here: it came without its proof.")
        return
    page.fact(
        "no plan earns more than",
        result.bound,
        "money",
        "proven" if result.bound is not None else "not known",
    )
    page.fact("gap", result.gap, "gap", "what is left between plan and bound")
    page.fact("status", result.status.value, "wrapped", "why the solver stopped")
    word, look = ("verified", "good") if result.verified else ("rejected", "bad")
    page.fact("referee", word, look, "every rule and all money recomputed on its own")
    for violation in result.verdict.violations[:MOST_RESOURCES] if result.verdict else ():
        page.text(f"{violation.rule}: {violation.message}")
    page.fact("solved by", f"{result.backend} {result.backend_version}".strip(), "wrapped")
    if result.message:
        page.text(result.message)


def _what_to_do(page: _Summary, instance: Instance, plan: Plan, figures: Mapping[str, Any]) -> None:
    page.section("What to do")
    shares = figures["mode_shares"]
    page.header("mode", ">share of options in use", ">share of units", ">share of spend")
    for mode in MODES:
        told = [(shares[kind][mode], "percent") for kind in ("lines", "units", "spend")]
        page.cells((mode, "label"), *told)
    page.text("The sheet 'modes' shows the mode of each line in each period.")
    page.row += 1
    if plan.purchases.empty:
        page.text("The plan buys no investment.")
        return
    page.header("investment", "period", "name", ">copies", ">capex")
    table = instance.investments
    capex = dict(zip(table["investment"], table["capex"], strict=True))
    names = dict(zip(table["investment"], table["name"], strict=True))
    bought = plan.purchases.head(MOST_PURCHASES)
    columns: Sequence[list[Any]] = [bought[name].tolist() for name in ("investment", "period", "copies")]
    for name, period, copies in zip(*columns, strict=True):
        page.cells(
            (name, "label"), (period, "wrapped"), (names[name], "wrapped"), (copies, "count"),
            (copies * float(capex[name]), "money"),
        )  # fmt: skip
    more = len(plan.purchases) - len(bought)
    if more:
        page.text(f"And {more:,} more: see the sheet 'purchases'.")


def _what_it_earns(page: _Summary, plan: Plan) -> None:
    page.section("What it earns")
    page.header("kind of money", f">over the horizon, {plan.currency}", f">present value, {plan.currency}")
    flow, factor = plan.cash_flow, plan.cash_flow["discount_factor"]
    for kind in MONEY:
        if flow[kind].to_numpy().any():
            sign = -1.0 if kind in COSTS else 1.0
            page.cells(
                (ENTRIES[kind].label, "label"),
                (sign * float(flow[kind].sum()), "money"),
                (sign * float((flow[kind] * factor).sum()), "money"),
            )
    total = float(flow["present_value"].sum())
    page.cells(("net", "bold"), (float(flow["net"].sum()), "money"), (total, "money"))


def _what_limits_it(page: _Summary, instance: Instance, plan: Plan, figures: Mapping[str, Any]) -> None:
    page.section("What limits it")
    known = instance.summary()["capex_limit"]
    if known is not None:
        note = f"{plan.currency}, of a budget of {known:,.2f} in all"
        page.fact("investments and tooling", float(figures["capex"]), "money", note)
    rows = plan.resource_use.dropna(subset="utilisation").sort_values(
        "utilisation", ascending=False, kind="stable"
    )
    peaks = rows.drop_duplicates("resource").head(MOST_RESOURCES)
    if peaks.empty:
        page.text("No resource has a capacity.")
        return
    page.header("busiest resources", ">highest use of capacity", "in", ">used", ">capacity")
    for row in peaks.to_dict("records"):
        where = str(row["period"])
        if len(plan.scenarios) > 1:
            where += f", {row['scenario']}"
        page.cells(
            (row["resource"], "label"), (row["utilisation"], "percent"), (where, "indented"),
            (row["used"], "units."), (row["capacity"], "units."),
        )  # fmt: skip


def _service(page: _Summary, figures: Mapping[str, Any]) -> None:
    page.section("Service and volume")
    page.fact("fill rate", figures["fill_rate"], "percent", "units served of those asked for")
    for name, label, note in (
        ("units_made", "units made or ordered", "rejects included"),
        ("units_sold", "units sold", ""),
        ("units_unserved", "units of demand not served", ""),
        ("mean_stock", "mean stock", "units at the end of a period"),
        ("emissions_kg", "emissions", "kg CO2e"),
    ):
        page.fact(label, figures[name], "units.", note)
