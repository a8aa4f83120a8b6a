"""Changes applied to an instance, all faults told at once."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from prodmode.explain.changes.heads import HEADS, MAIN, column_of
from prodmode.explain.changes.parse import read_edits
from prodmode.explain.changes.quantities import change_quantity, scale
from prodmode.explain.changes.rows import add_rows, remove_rows
from prodmode.explain.changes.work import Work, cell
from prodmode.instance.fields import QUANTITIES, TABLES, columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prodmode.explain.changes.edit import Edit
    from prodmode.instance.instance import Instance

_NUMBERS = {"float", "int"}


def apply_edits(instance: Instance, edits: Iterable[Edit | str]) -> Instance:
    """Return an instance with changes applied one after the other, checked like any input.

    Parameters
    ----------
    instance : Instance
        What to change; it stays as it is.
    edits : iterable of Edit or str
        The changes.

    Raises
    ------
    InputError
        If texts are no changes, or names in them are unknown, match nothing or do not fit: every such fault
        is listed. Without any, if the changed instance is wrong: with its own faults.

    Examples
    --------
    >>> import prodmode as pm
    >>> from prodmode.instance.examples import examples
    >>> furniture = pm.load(examples()["furniture"])
    >>> changed = apply_edits(furniture, ["demand.line=oak-table *1.5", "investments capex *0.5"])
    >>> changed.demand["units"].head(3).tolist()
    [480.0, 450.0, 405.0]
    """
    work = Work(instance)
    parsed, faults = read_edits(edits)
    work.faults += faults
    for (head, op), group in groupby(parsed, key=lambda edit: (edit.head, edit.op)):
        if op == "add" and head in TABLES:
            add_rows(work, list(group))
        else:
            for edit in group:
                _apply(work, edit)
    work.raise_faults()
    changes = work.changed()
    return instance.replace(**changes) if changes else instance


def _apply(work: Work, edit: Edit) -> None:
    if edit.head not in HEADS:
        work.unknown(edit, "there is no quantity or table", edit.head, HEADS)
    elif edit.op in {"add", "remove"}:
        if edit.head not in TABLES:
            what = "settings" if edit.head == "settings" else f"the quantity '{edit.head}'"
            work.fail(edit, f"rows are added to and removed from tables; {what} has none.")
        else:
            remove_rows(work, edit)
    elif edit.head == "settings":
        _setting(work, edit)
    elif edit.head in QUANTITIES and edit.column in {None, *_figure(edit.head)}:
        change_quantity(work, edit)
    elif edit.head not in TABLES:
        work.fail(edit, f"'{edit.head}' is a quantity and has no column '{edit.column}'.", "Leave it out.")
    else:
        _table(work, edit)


def _figure(quantity: str) -> tuple[str, ...]:
    """Return the names that a quantity's own figure may be called by."""
    return (quantity, MAIN[quantity]) if quantity in TABLES else (quantity,)


def _setting(work: Work, edit: Edit) -> None:
    known = [column.name for column in columns("settings")]
    if edit.filters:
        work.fail(edit, "settings have no filters.", "Write for example: settings discount_rate =0.08")
    elif edit.column is None:
        work.fail(edit, "no setting is named.", f"The settings are {', '.join(known)}.")
    elif edit.column not in known:
        work.unknown(edit, "there is no setting", edit.column, known)
    elif edit.op == "=":
        work.settings[edit.column] = edit.value
    else:
        before = work.settings[edit.column]
        if isinstance(before, bool) or not isinstance(before, int | float):
            work.fail(edit, f"the setting '{edit.column}' is no number.", "Set it with '='.")
        else:
            value = float(edit.value if edit.value is not None else np.nan)
            after = {"*": before * value, "+": before + value, "-": before - value}
            work.settings[edit.column] = after[edit.op]


def _table(work: Work, edit: Edit) -> None:
    table, name = edit.head, edit.column or MAIN.get(edit.head)
    known = [column.name for column in columns(table)]
    if name is None:
        work.fail(edit, f"table '{table}' has no main figure.", f"Name a column: {', '.join(known)}.")
        return
    column = column_of(table, name)
    if column is None:
        work.unknown(edit, f"table '{table}' has no column", name, known)
    mask = work.rows(edit, table, edit.filters)
    if column is None or mask is None:
        return
    if not mask.any():
        told = " and ".join(f"{key} '{value}'" for key, value in edit.filters)
        work.fail(
            edit, f"table '{table}' has no row with {told}." if told else f"table '{table}' has no rows."
        )
    elif edit.op == "=":
        work.assign(table, name, mask, cell(table, name, edit.value))
    elif column.type not in _NUMBERS:
        work.fail(edit, f"column '{name}' of table '{table}' holds no numbers.", "Set it with '='.")
    elif not scale(work, edit, table, name, mask):
        work.fail(
            edit, f"{name} is blank there, and a blank cannot be changed by '{edit.op}'.", "Set it with '='."
        )
