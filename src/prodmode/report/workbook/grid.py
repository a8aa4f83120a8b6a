"""The sheet of modes: a row per line, a column per period, coloured, with the letters of the modes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.fields import MODES
from prodmode.instance.windows import on_market
from prodmode.report.views import LETTERS, letters, modes_in_force
from prodmode.report.workbook.columns import MEANINGS
from prodmode.report.workbook.tables import width
from prodmode.report.workbook.writer import put

if TYPE_CHECKING:
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan
    from prodmode.report.workbook.writer import Writer

LABELS: tuple[str, ...] = ("line", "name", "family")
"""Columns before those of the periods."""

NOT_OFFERED = "–"  # noqa: RUF001
"""In a period in which a line is on the market and has no option in force."""

TOP = 1
"""Row of the header; the key of the letters stands above."""


def write_modes(writer: Writer, instance: Instance, plan: Plan) -> None:
    """Write the sheet of modes.

    Parameters
    ----------
    writer : Writer
    instance : Instance
    plan : Plan
        A plan of it.
    """
    lines = instance.lines[list(LABELS)]
    sheet = writer.sheet("modes", "#0072b2")
    for position, name in enumerate(LABELS):
        sheet.set_column(position, position, width(name, lines[name], MEANINGS[name]))
    first = len(LABELS)
    wide = min(max(4 + max(len(period) for period in plan.periods), 6), 16)
    sheet.set_column(first, first + len(plan.periods) - 1, wide)
    sheet.set_column(first + len(plan.periods), first + len(plan.periods) + 1, 14)

    key = [f"{LETTERS[mode]} = {mode}" for mode in MODES]
    put(sheet, 0, 0, f"{', '.join(key)}, {NOT_OFFERED} = not offered, blank = not on the market")
    for position, name in enumerate((*LABELS, *plan.periods)):
        put(sheet, TOP, position, name, writer.look("header" if position < first else "header^"))
    sheet.freeze_panes(TOP + 1, first)
    sheet.repeat_rows(TOP)
    if len(lines):
        sheet.autofilter(TOP, 0, TOP + len(lines), first + len(plan.periods) - 1)

    # A plan read from files may list the periods in another order than its instance.
    market = on_market(instance)[:, [instance.periods.index(period) for period in plan.periods]]
    used = modes_in_force(plan, lines["line"].tolist())
    looks = {code: _look(code) for code in np.ndindex(*(2,) * len(MODES))}
    labels = [lines[name].tolist() for name in LABELS]
    for row, told in enumerate(zip(*labels, strict=True)):
        for position, text in enumerate(told):
            put(sheet, TOP + 1 + row, position, text)
        for column, cell in enumerate(used[row]):
            if cell.any():
                code = tuple(int(on) for on in cell)
                put(sheet, TOP + 1 + row, first + column, letters(cell), writer.look(looks[code]))
            elif market[row, column]:
                put(sheet, TOP + 1 + row, first + column, NOT_OFFERED, writer.look("none"))


def _look(code: tuple[int, ...]) -> str:
    used = [mode for mode, on in zip(MODES, code, strict=True) if on]
    return used[0] if len(used) == 1 else "several"
