"""Rows added, and rows removed with what refers to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.explain.changes.work import cell, new_rows
from prodmode.instance.fields import TABLES, columns

if TYPE_CHECKING:
    import pandas as pd

    from prodmode.explain.changes.edit import Edit
    from prodmode.explain.changes.work import Mask, Work


def add_rows(work: Work, edits: list[Edit]) -> None:
    """Add rows to the one table that the changes are about, all at once; cells are what the filters say."""
    table = edits[0].head
    known = [column.name for column in columns(table)]
    rows = []
    for edit in edits:
        wrong = [name for name, _ in edit.filters if name not in known]
        for name in wrong:
            work.unknown(edit, f"table '{table}' has no column", name, known)
        if not wrong:
            rows.append({name: cell(table, name, value) for name, value in edit.filters})
    if rows:
        names = dict.fromkeys(name for row in rows for name in row)
        cells = {name: [row.get(name) for row in rows] for name in names}
        work.put(table, new_rows(work.frame(table), table, cells))


def remove_rows(work: Work, edit: Edit) -> None:
    """Remove rows of a table with all rows that refer to them.

    A line whose current option goes is left without one, and without the stock that belonged to it.
    """
    mask = work.rows(edit, edit.head, edit.filters)
    if mask is None:
        return
    if not mask.any():
        work.no_rows(edit, edit.head)
        return
    _drop(work, edit.head, mask)


def _drop(work: Work, table: str, mask: Mask) -> None:
    """Remove rows, then what named them, then what named those."""
    frame = work.frame(table)
    gone, kept = frame[mask], frame[~mask]
    work.put(table, kept)
    key = columns(table)[0].name
    targets = {f"{table}.{key}": gone[key].astype(object)}
    if table == "lines":
        lost = set(gone["family"].dropna()) - set(kept["family"].dropna())
        targets["lines.family"] = gone["family"][gone["family"].isin(lost)].astype(object)
    for other in TABLES:
        for column in columns(other):
            if column.references in targets and not column.name == key == other:
                _drop_referring(work, other, column.name, targets[column.references])


def _drop_referring(work: Work, table: str, column: str, names: pd.Series[str]) -> None:
    hit = np.asarray(work.frame(table)[column].astype(object).isin(names))
    if not hit.any():
        return
    if column == "current_option":
        work.assign(table, "initial_stock", hit, 0.0)
        work.assign(table, column, hit, None)
    else:
        _drop(work, table, hit)
