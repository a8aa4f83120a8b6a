"""Keys and references: every row has a key of its own, and every name that is used is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from prodmode.instance.cells import recode, text_of
from prodmode.instance.faults import listing, show, suggest
from prodmode.instance.fields import EACH, REQUIRED_TABLES, TABLES, columns

if TYPE_CHECKING:
    from prodmode.instance.faults import Faults
    from prodmode.instance.fields import Column
    from prodmode.instance.sheet import Codes, Sheet, Texts

SORTED = ("demand", "tiers", "capacity", "usage", "expansions", "budgets")
"""Tables that are kept in the order of their keys."""


def settle_references(sheets: dict[str, Sheet], periods: tuple[str, ...] | None, faults: Faults) -> None:
    """Settle the keys of all tables, turn references into row positions, and report what does not fit.

    Rows without a sound key, and rows whose key another row has, are reported and left out at the end.
    """
    named = [table for table in TABLES if table not in SORTED and columns(table)[0].key]
    targets: dict[str, Texts | None] = {
        f"{table}.{columns(table)[0].name}": _keys_of(sheets[table]) for table in named
    }
    targets["lines.family"] = _families(sheets["lines"])
    if periods is not None:
        targets["periods"] = np.array(periods, dtype=object)
        targets[EACH] = np.array([*periods, EACH], dtype=object)
    if not len(sheets["scenarios"]) and len(sheets["changes"]):
        targets["scenarios.scenario"] = None  # reported once for all
        message = "table 'changes' has rows, but there are no scenarios."
        hint = "Give a table scenarios with the columns scenario and probability."
        faults.add("changes-without-scenarios", "changes", message, sheets["changes"].place(), hint=hint)
    uses: dict[str, list[tuple[Sheet, Column]]] = {}
    for table in TABLES:
        for field in columns(table):
            target = EACH if (table, field.name) == ("limits", "period") else field.references
            if target is not None and field.name in sheets[table].cells:
                uses.setdefault(target, []).append((sheets[table], field))
    for target, referrers in uses.items():
        known = targets.get(target)
        pardoned = _pardoned(sheets.get(target.partition(".")[0]), known, referrers)
        for sheet, field in referrers:
            _refer(sheet, field, target, known, pardoned, faults)
    for table in TABLES:
        settle_keys(sheets[table], faults)


def settle_keys(sheet: Sheet, faults: Faults) -> None:
    """Leave out rows without a sound key, report rows with a key that an earlier row has, and sort."""
    keys = [field.name for field in columns(sheet.table) if field.key]
    if not len(sheet) or not keys:
        return
    lost = np.zeros(len(sheet), dtype=bool)
    for name in keys:
        lost |= sheet.cells[name].valueless
    if lost.any():
        sheet.complete = False
        sheet.take(np.flatnonzero(~lost))
    key = _combined(sheet, keys)
    if not (np.diff(key) > 0).all():
        order = np.argsort(key, kind="stable")
        same = np.flatnonzero(np.diff(key[order]) == 0) + 1
        if len(same):
            _report_duplicates(sheet, keys, order, same, faults)
        order = np.delete(order, same)
        sheet.take(order if sheet.table in SORTED else np.sort(order))
    cells = sheet.cells[keys[0]]
    if sheet.table not in SORTED and cells.labels is not None:
        # codes become row positions
        cells.labels, cells.data = cells.labels[cells.data], np.arange(len(sheet))


def _combined(sheet: Sheet, keys: list[str]) -> Codes:
    """Return a number for the key of each row, in the order of the keys."""
    combined: Codes = np.zeros(len(sheet), dtype=np.int64)
    for name in keys:
        cells = sheet.cells[name]
        if cells.labels is not None:
            size, codes = len(cells.labels), cells.data
        else:
            distinct, codes = np.unique(cells.data, return_inverse=True)
            size = len(distinct)
        combined = combined * max(size, 1) + codes
    return combined


def _report_duplicates(sheet: Sheet, keys: list[str], order: Codes, same: Codes, faults: Faults) -> None:
    head = np.arange(len(order))
    head[same] = 0
    first = np.empty(len(order), dtype=np.int64)
    first[order] = order[np.maximum.accumulate(head)]

    def describe(row: int) -> tuple[str, str | None]:
        one, two = sheet.place(int(first[row]), keys[-1]), sheet.place(row, keys[-1])
        if one.row is not None and one.row != two.row:
            rows = f"rows {one.row} and {two.row}"
        else:
            rows = f"{one.column or one.key or 'one row'} and {two.column or two.key or 'another'}"
        return f"{sheet.who(row)} stands twice in table '{sheet.table}': in {rows}.", None

    faults.add_rows("duplicate-key", sheet, keys[0], np.sort(order[same]), describe)


def _keys_of(sheet: Sheet) -> Texts | None:
    """Return the keys of a table in the order of its rows, None where they are not known."""
    cells = sheet.cells.get(columns(sheet.table)[0].name)
    if cells is None or cells.labels is None or not len(sheet):
        return None if not sheet.complete or sheet.table in REQUIRED_TABLES else np.zeros(0, dtype=object)
    codes = pd.unique(cells.data[cells.data >= 0])
    return cells.labels[codes] if len(codes) else None


def _families(lines: Sheet) -> Texts | None:
    if _keys_of(lines) is None:
        return None
    cells = lines.cells.get("family")
    if cells is None or cells.labels is None:
        return np.zeros(0, dtype=object)
    used: Texts = cells.labels[pd.unique(cells.data[cells.data >= 0])]
    return used


def _pardoned(
    target: Sheet | None, known: Texts | None, referrers: list[tuple[Sheet, Column]]
) -> frozenset[str]:
    """Return the unknown names that rows without a sound key may stand for: those rows were reported."""
    if target is None or known is None:
        return frozenset()
    lost = int(target.cells[columns(target.table)[0].name].valueless.sum()) if len(target) else 0
    names: set[str] = set()
    for sheet, field in referrers if lost else []:
        cells = sheet.cells[field.name]
        _, wrong = recode(cells, known)
        if cells.labels is not None:
            names.update(cells.labels[pd.unique(cells.data[wrong])].tolist())
    return frozenset(names) if len(names) <= lost else frozenset()


def _refer(
    sheet: Sheet, field: Column, target: str, known: Texts | None, pardoned: frozenset[str], faults: Faults
) -> None:
    """Turn the labels of a column into positions among the known ones, and report the others."""
    cells = sheet.cells[field.name]
    if known is None:
        cells.spoil(np.flatnonzero(cells.data >= 0))
        return
    found, wrong = recode(cells, known)
    table = target.partition(".")[0]

    def describe(row: int) -> tuple[str, str | None]:
        text, who = text_of(cells, row), sheet.who(row, field.name)
        thing = f"{field.name} {show(text)}{f' of {who}' if who else ''}"
        near = suggest(text, known.tolist())
        if target in {"periods", EACH}:
            return f"{thing} is outside the horizon.", near or f"The periods are {listing(known.tolist())}."
        if target == "lines.family":
            return f"{thing} is the family of no line.", near
        return f"{thing} is not in table '{table}'.", near or f"Maybe a row is missing from table '{table}'?"

    code = "unknown-period" if target in {"periods", EACH} else "dangling-reference"
    told = wrong
    if pardoned and cells.labels is not None:
        spared = np.array([label in pardoned for label in cells.labels], dtype=bool)
        told = wrong[~spared[cells.data[wrong]]]
    faults.add_rows(code, sheet, field.name, told, describe)
    found.bad[wrong] = True
    sheet.cells[field.name] = cells if target == "lines.family" else found
    if target == "lines.family":
        cells.spoil(wrong)
