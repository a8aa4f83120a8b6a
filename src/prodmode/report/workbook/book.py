"""The whole workbook, sheet by sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xlsxwriter.exceptions import XlsxWriterException

from prodmode.errors import ProdmodeError
from prodmode.explain.story.story import Story, story
from prodmode.explain.study import Study
from prodmode.io.atomic import atomic_file
from prodmode.plan.by_line import line_ledger
from prodmode.plan.plan import Plan
from prodmode.report.workbook.charts import write_capacity, write_charts
from prodmode.report.workbook.grid import LABELS, TOP, write_modes
from prodmode.report.workbook.pages import write_page
from prodmode.report.workbook.summary import write_summary
from prodmode.report.workbook.tables import write_table
from prodmode.report.workbook.writer import Writer, refuse_too_large

if TYPE_CHECKING:
    from os import PathLike

    from prodmode.instance.instance import Instance
    from prodmode.result import Result

LEDGER = "money_by_line"
"""The sheet of the money of a plan line by line."""

SHEETS: dict[str, str] = {
    "story": "the plan in words, for the board",
    "modes": "how each line is made in each period",
    "charts": "cash flow and use of capacity by period",
    "capacity": "utilisation of each resource in each period",
    "assignments": "each option in force in each period, with what it makes and sells",
    "production": "what is made or ordered",
    "sales": "what is sold, at which price",
    "stock": "what is in stock at the end of each period",
    "unserved": "demand, and what of it is served",
    "purchases": "what is invested in",
    "resource_use": "what is used of each resource",
    "cash_flow": "money of each period by kind",
    LEDGER: "money line by line, option by option; it adds up to the cash flow",
}
"""The sheets after the summary, in order, with what each shows."""


def write_plan_workbook(
    outcome: Result | Plan,
    instance: Instance,
    path: str | PathLike[str],
    *,
    told: Study | Story | None = None,
) -> None:
    """Write a plan as an Excel workbook that a planner can go on with.

    It has a summary (what to do, what it earns, what limits it, how sure), a grid of modes, charts of cash
    flow and capacity, a sheet per table of the plan and its money line by line. Figures are those of the
    plan, exactly; text is never a formula. The same plan gives the same file, byte by byte. The file appears
    whole or not at all.

    Parameters
    ----------
    outcome : Result or Plan
        The plan, with the proof of how good it is where it is a result.
    instance : Instance
        What was planned.
    path : path
        The file; its name ends in ``.xlsx``.
    told : Study or Story, optional
        The story of the plan, for a sheet of it in words; that of a study takes one solve.

    Raises
    ------
    InputError
        If the plan is none of this instance.
    ProdmodeError
        If the result has no plan, a table has more rows or columns than a sheet can hold, a text more
        characters than a cell can, or the name of the file ends otherwise.
    """
    result, plan = (None, outcome) if isinstance(outcome, Plan) else (outcome, outcome.plan)
    target = Path(path)
    if target.suffix.casefold() != ".xlsx":
        raise ProdmodeError(f"a workbook has a name that ends in .xlsx, not '{target.name}'")
    # Too large for a sheet is found out before anything is computed or written.
    for name, table in plan.tables().items():
        refuse_too_large(name, len(table), len(table.columns))
    refuse_too_large("modes", len(instance.lines) + TOP, len(LABELS) + len(plan.periods))
    ledger = line_ledger(instance, plan)
    refuse_too_large(LEDGER, len(ledger), len(ledger.columns))
    page = (story(told) if isinstance(told, Study) else told).document() if told is not None else None

    sheets = {name: words for name, words in SHEETS.items() if name != "story" or page is not None}
    try:
        with atomic_file(target) as staged, Writer(staged, f"{plan.name}: plan") as writer:
            write_summary(writer, instance, plan, result, sheets)
            if page is not None:
                write_page(writer, "story", page)
            write_modes(writer, instance, plan)
            write_charts(writer, plan)
            write_capacity(writer, plan)
            for name, table in plan.tables().items():
                write_table(writer, name, table, plan.currency)
            write_table(writer, LEDGER, ledger, plan.currency)
    except XlsxWriterException as error:
        raise ProdmodeError(f"the workbook cannot be written: {error}") from error
