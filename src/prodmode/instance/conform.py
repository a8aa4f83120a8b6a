"""Turn a raw instance into canonical tables, and gather everything that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.draft import Draft
from prodmode.instance.faults import Faults, listing, near, show, suggest
from prodmode.instance.fields import REQUIRED_TABLES, TABLES
from prodmode.instance.frames import build_frames
from prodmode.instance.oddities import check_oddities
from prodmode.instance.parse import read_sheet
from prodmode.instance.references import settle_references
from prodmode.instance.rules import check_rules
from prodmode.instance.settings import parse_settings
from prodmode.instance.sheet import Sheet
from prodmode.instance.suspicions import check_suspicions

if TYPE_CHECKING:
    import pandas as pd

    from prodmode.errors import Issue
    from prodmode.instance.fields import Settings
    from prodmode.instance.raw import RawInstance, RawTable


@dataclass(frozen=True, slots=True)
class Conformed:
    """What `conform` makes of a raw instance.

    Attributes
    ----------
    settings : Settings or None
        The settings, None where they are faulty.
    frames : dict of str to pandas.DataFrame
        Every table in canonical form; faulty cells are blank, rows without a sound key are left out.
    issues : list of Issue
        Errors and warnings, in the order of the tables.
    """

    settings: Settings | None
    frames: dict[str, pd.DataFrame]
    issues: list[Issue]


def conform(raw: RawInstance, *, thorough: bool = False) -> Conformed:
    """Check a raw instance and give its tables in canonical form.

    All faults are gathered, and one slip makes one fault: what depends on a faulty cell is not checked.
    Warnings are looked for only where there are no errors.

    Parameters
    ----------
    raw : RawInstance
        Settings and tables as a container or a script states them.
    thorough : bool
        Whether to look for all that is odd, and not only for what is probably wrong.

    Returns
    -------
    Conformed
        Settings, tables and issues; bad input raises nothing.
    """
    faults = Faults()
    settings, periods = parse_settings(raw, faults)
    tables = _match_tables(raw, faults)
    sheets = {
        table: read_sheet(table, tables[table], periods, faults) if table in tables else Sheet.absent(table)
        for table in TABLES
    }
    _report_empty(sheets, faults)
    made = _lines_made(sheets["options"])
    said = sheets["options"].complete and sheets["options"].sound("line").all()
    settle_references(sheets, periods, faults)
    orphans = tuple(sorted(made - _lines_made(sheets["options"]))) if said else None
    draft = Draft(settings, periods or (), sheets, build_frames(sheets, periods or ()), faults, orphans)
    check_rules(draft)
    if not faults.any_error:
        check_suspicions(draft)
        if thorough:
            check_oddities(draft, raw.settings_origin)
    return Conformed(settings, draft.frames, faults.issues())


def _match_tables(raw: RawInstance, faults: Faults) -> dict[str, RawTable]:
    """Return the raw tables by name; an unknown one stands for the absent one that it resembles."""
    given = {str(name).strip(): table for name, table in raw.tables.items()}
    found = {name: table for name, table in given.items() if name in TABLES and table.frame.shape[1]}
    for name, table in given.items():
        if name not in TABLES:
            hint = suggest(name, TABLES) or f"The tables are {listing(TABLES, 14)}."
            faults.add(
                "unknown-table", None, f"there is no table {show(name)}.", table.origin.place(), hint=hint
            )
            close = near(name, TABLES)
            if close is not None and close not in given:
                found[close] = table
    return found


def _report_empty(sheets: dict[str, Sheet], faults: Faults) -> None:
    for table in REQUIRED_TABLES:
        sheet = sheets[table]
        if not sheet.present:
            hint = f"Give a table {table}; a blank template shows its columns."
            faults.add("empty-table", table, f"table '{table}' is missing or empty.", hint=hint)
        elif not len(sheet) and sheet.complete:
            hint = "Fill it in: 'prodmode new other --example starter' shows how."
            faults.add("empty-table", table, f"table '{table}' has no rows.", sheet.place(), hint=hint)


def _lines_made(options: Sheet) -> set[str]:
    """Return the lines that the options name."""
    cells = options.cells.get("line")
    if cells is None or cells.labels is None:
        return set()
    codes = np.unique(cells.data)
    return set(cells.labels[codes[codes >= 0]].tolist())
