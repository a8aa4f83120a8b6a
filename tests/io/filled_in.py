"""The input template as a planner fills it in, with names that spreadsheet programs like to misread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl

import prodmode as pm

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("=1+1", "+shelf", "-2", "@bench", "0012", "2027-01", "TRUE")
"""Names of lines: formulas, numbers, a date, a truth value, and all of it text."""

OPTIMUM = 6 * 220 * (40 - 30) + 220 * (40 - 15) - 2000.0
"""Each line sells 100 and 120 units at 40: the first is made at 15, with tooling, the others bought at 30."""


def tables() -> dict[str, list[dict[str, Any]]]:
    """Return what is filled in, sheet by sheet."""
    demand = [{"line": name, "period": period, "units": units}
              for name in NAMES for period, units in (("2027", 100), ("2028", 120))]  # fmt: skip
    bought = [
        {"option": f"{name} bought", "line": name, "mode": "outsourced", "site": "+s", "unit_cost": 30}
        for name in NAMES
    ]
    made = {"option": "=made", "line": NAMES[0], "mode": "mass", "site": "-p", "unit_cost": 15,
            "tooling_capex": 2000, "emissions_per_unit": 0.25}  # fmt: skip
    return {
        "lines": [
            {"line": name, "name": f"Name of {name}", "price": 40, "required": name != "-2"} for name in NAMES
        ],
        "demand": demand,
        "sites": [{"site": "-p", "kind": "plant"}, {"site": "+s", "kind": "supplier"}],
        "options": [*bought, made],
        "resources": [{"resource": "hours", "site": "-p", "unit": "h", "capacity": 120}],
        "usage": [{"option": "=made", "resource": "hours", "per_unit": 1}],
        "limits": [{"limit": "cap", "measure": "emissions", "period": "each", "max": 5000}],
    }


def fill_in(path: Path) -> None:
    """Overwrite the example of a template."""
    book = openpyxl.load_workbook(path)
    values = {"name": "filled in", "periods": "2027, 2028", "currency": "EUR", "months_per_period": 12}
    for row in book["settings"].iter_rows(min_row=2, max_col=2):
        if row[0].value in values:
            row[1].value = values[row[0].value]
    for table, rows in tables().items():
        sheet = book[table]
        head = {cell.value: cell.column for cell in sheet[1]}
        for number, given in enumerate(rows, start=2):
            for name, value in given.items():
                cell = sheet.cell(number, head[name], value)
                if isinstance(value, str):
                    cell.data_type = "s"  # as typed into a cell of text
    book.save(path)


def filled() -> pm.Instance:
    """Return the same from a script."""
    records = {
        "lines": pm.Line, "demand": pm.Demand, "sites": pm.Site, "options": pm.Option,
        "resources": pm.Resource, "usage": pm.Usage, "limits": pm.Limit,
    }  # fmt: skip
    return pm.Instance.from_records(
        pm.Settings(name="filled in", periods=("2027", "2028"), currency="EUR"),
        [records[table](**row) for table, rows in tables().items() for row in rows],
    )
