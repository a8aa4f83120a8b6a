"""The tables of a plan as codes and numbers, and what is wrong with them as tables (rule "domain")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.plan.checking.arrays import Array, Columns, pick
from prodmode.plan.checking.verdict import LISTED
from prodmode.plan.tables import COLUMNS, KEYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.plan.checking.verdict import Findings
    from prodmode.plan.plan import Plan

NONNEGATIVE = {
    "production": ("made",),
    "sales": ("sold",),
    "stock": ("stock",),
    "purchases": ("copies",),
    "resource_use": ("overtime",),
}
"""Decisions, which cannot be negative."""

_REPEATED = (
    ("assignments", "line"),
    ("assignments", "mode"),
    ("assignments", "site"),
    ("production", "line"),
    ("stock", "line"),
)


def read_tables(instance: Instance, plan: Plan, findings: Findings) -> dict[str, Columns]:
    """Return the tables with codes in place of names; rows that mean nothing are reported and left out.

    Codes of whole tables are narrow integers. Columns that repeat what the option says are checked, and left
    out but for the lines that sales name.
    """
    tables = {name: _read(instance, name, getattr(plan, name), findings) for name in COLUMNS}
    for name in ("assignments", "production", "sales", "stock"):
        _check_line(instance, name, tables[name], findings)
    for column in ("mode", "site"):
        _check_label(instance, column, tables["assignments"], findings)
    for name, column in _REPEATED:
        del tables[name][column]
    return tables


def _read(instance: Instance, name: str, table: pd.DataFrame, findings: Findings) -> Columns:
    missing = [column for column in COLUMNS[name] if column not in table.columns]
    for column in missing:
        message = f"table {name} has no column {column}"
        findings.add("domain", message, where={"table": name, "column": column})
    if missing:
        return {column: np.empty(0, dtype=np.intp) for column in COLUMNS[name]}
    keep = np.ones(len(table), dtype=bool)
    read: Columns = {}
    for column, kind in COLUMNS[name].items():
        cells = table[column]
        if column in findings.names:
            read[column] = _codes(name, cells, findings)
            keep &= read[column] >= 0
        elif kind == "text":
            read[column] = _label_codes(cells, instance.options[column].cat.categories)
        elif kind == "flag":
            read[column] = cells.fillna(value=False).astype(bool).to_numpy()
        else:
            read[column] = _numbers(name, table, column, kind, findings)
    if not keep.all():
        read = pick(read, keep)
    words = ", ".join(f"{column} '{{{column}}}'" for column in KEYS[name])
    key = np.zeros(len(read[KEYS[name][0]]), dtype=np.int64)
    for column in KEYS[name]:
        key = key * max(1, len(findings.names[column])) + read[column]
    double = pd.Series(key).duplicated().to_numpy()
    if double.any():
        codes = {column: read[column] for column in KEYS[name]}
        _mark(findings, codes, double, f"table {name} has two rows for {words}")
        read = pick(read, ~double)
    for column in NONNEGATIVE.get(name, ()):
        told = {part: read[part] for part in (*KEYS[name], column)}
        message = f"{column} in table {name} is {{{column}}}, below 0, for {words}"
        findings.rows("domain", told, -read[column], [], message)
    return read


def _codes(name: str, cells: pd.Series[Any], findings: Findings) -> NDArray[np.int32]:
    column = str(cells.name)
    known = findings.index(column)
    place, labels = pd.factorize(cells.astype("str"))
    codes = known.get_indexer(pd.Index(labels))
    for label in labels[codes < 0]:
        message = f"table {name} names {column} '{label}', which the instance does not have"
        findings.add("domain", message, where={"table": name, column: str(label)})
    blank = int((place < 0).sum())
    if blank:
        message = f"table {name} leaves {column} blank in {blank:,} {'row' if blank == 1 else 'rows'}"
        findings.add("domain", message, where={"table": name})
    return np.append(codes, -1).astype(np.int32)[place]


def _numbers(
    name: str, table: pd.DataFrame, column: str, kind: str, findings: Findings
) -> NDArray[np.float64]:
    numbers = np.array(pd.to_numeric(table[column], errors="coerce"), dtype=np.float64)
    if column == "utilisation":
        return numbers
    finite = np.isfinite(numbers)
    faults = [(~finite, "is not a number")]
    if kind == "count":
        faults.append((finite & (numbers != np.round(numbers)), "is not a whole number"))
    if column == "setup":
        faults.append((finite & ~np.isin(numbers, (0.0, 1.0)), "is neither 0 nor 1"))
    for bad, fault in faults:
        rows = np.flatnonzero(bad)
        for row in rows[:LISTED]:
            place = {key: str(table[key].iloc[row]) for key in KEYS[name]}
            words = ", ".join(f"{key} '{label}'" for key, label in place.items())
            message = f"{column} in table {name} {fault} for {words}: {table[column].iloc[row]}"
            findings.add("domain", message, where={"table": name, **place})
        findings.count("domain", len(rows[LISTED:]))
    numbers[~finite] = 0.0
    return numbers


def _mark(findings: Findings, table: Columns, bad: Array, message: str) -> None:
    findings.marked("domain", table, np.flatnonzero(bad), np.ones(len(bad)), message)


def _check_line(instance: Instance, name: str, table: Columns, findings: Findings) -> None:
    own = instance.options["line"].cat.codes.to_numpy()[table["option"]]
    wrong = table["line"] != own
    if wrong.any():
        told = {part: table[part] for part in ("option", "period", "line")}
        told["own"] = np.asarray(findings.names["line"], dtype=object)[own]
        message = (
            f"table {name} gives option '{{option}}' to line '{{line}}' in period {{period}}, "
            "but it is of line '{own}'"
        )
        _mark(findings, told, wrong, message)


def _label_codes(cells: pd.Series[Any], known: pd.Index[Any]) -> NDArray[np.int32]:
    """Return the code of each label, -1 for a blank and -2 for a label that the instance does not have."""
    place, labels = pd.factorize(cells.astype("str"))
    codes = known.get_indexer(pd.Index(labels))
    return np.append(np.where(codes < 0, -2, codes), -1).astype(np.int32)[place]


def _check_label(instance: Instance, column: str, table: Columns, findings: Findings) -> None:
    """Report rows whose mode or site is not that of their option."""
    labels = instance.options[column]
    own, stated = labels.cat.codes.to_numpy()[table["option"]], table[column]
    wrong = stated != own
    if wrong.any():
        names = np.array([*labels.cat.categories, "unknown", "blank"], dtype=object)
        told = {part: table[part] for part in ("line", "option", "period")}
        told |= {"own": names[own], "stated": names[stated]}
        message = (
            f"table assignments gives option '{{option}}' in period {{period}} the {column} {{stated}}; "
            "it is {own}"
        )
        _mark(findings, told, wrong, message)
