"""The tables of a plan as codes and numbers, and what is wrong with them as tables (rule "domain")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.plan.checking.verdict import LISTED
from prodmode.plan.tables import COLUMNS, KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

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


def read_tables(plan: Plan, findings: Findings) -> dict[str, pd.DataFrame]:
    """Return the tables with codes in place of names; rows that mean nothing are reported and left out."""
    return {name: _read(name, getattr(plan, name), findings) for name in COLUMNS}


def _read(name: str, table: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    missing = [column for column in COLUMNS[name] if column not in table.columns]
    for column in missing:
        findings.add(
            "domain", f"table {name} has no column {column}", where={"table": name, "column": column}
        )
    if missing:
        return pd.DataFrame({column: np.empty(0, dtype=np.int64) for column in COLUMNS[name]})
    keep = np.ones(len(table), dtype=bool)
    read: dict[str, Any] = {}
    for column, kind in COLUMNS[name].items():
        cells = table[column]
        if column in findings.names:
            read[column] = _codes(name, cells, findings)
            keep &= read[column] >= 0
        elif kind == "text":
            read[column] = cells.astype(object).to_numpy()
        elif kind == "flag":
            read[column] = cells.fillna(value=False).astype(bool).to_numpy()
        else:
            read[column] = _numbers(name, table, column, kind, findings)
    coded = pd.DataFrame(read)[keep].reset_index(drop=True)
    key = list(KEYS[name])
    double = coded.duplicated(key).to_numpy()
    words = ", ".join(f"{column} '{{{column}}}'" for column in key)
    _mark(findings, coded[key], double, f"table {name} has two rows for {words}")
    coded = coded[~double].reset_index(drop=True)
    for column in NONNEGATIVE.get(name, ()):
        below = -coded[column].to_numpy(dtype=np.float64)
        message = f"{column} in table {name} is {{{column}}}, below 0, for {words}"
        findings.rows("domain", coded[[*key, column]], below, [], message)
    return coded


def _codes(name: str, cells: pd.Series[Any], findings: Findings) -> NDArray[np.intp]:
    column = str(cells.name)
    known = pd.Index(pd.Series(findings.names[column], dtype="str"))
    codes = known.get_indexer(pd.Index(cells.astype("str")))
    for label in cells[codes < 0].drop_duplicates():
        message = f"table {name} names {column} '{label}', which the instance does not have"
        findings.add("domain", message, where={"table": name, column: str(label)})
    return np.asarray(codes, dtype=np.intp)


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


def _mark(findings: Findings, table: pd.DataFrame, bad: NDArray[np.bool_], message: str) -> None:
    findings.marked("domain", table, np.flatnonzero(bad), np.ones(len(table)), message)


def check_labels(tables: Mapping[str, pd.DataFrame], options: pd.DataFrame, findings: Findings) -> None:
    """Report rows whose line, mode or site is not that of their option.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        What `read_tables` returned.
    options : pandas.DataFrame
        Options of the instance, with the code of their line, and mode and site as text.
    findings : Findings
        Where to report.
    """
    for name in ("assignments", "production", "sales", "stock"):
        table = tables[name]
        option = table["option"].to_numpy()
        own = options["line"].to_numpy()[option]
        told = table[["option", "period", "line"]].assign(own=np.asarray(findings.names["line"])[own])
        wrong = table["line"].to_numpy() != own
        message = (
            f"table {name} gives option '{{option}}' to line '{{line}}' in period {{period}}, "
            "but it is of line '{own}'"
        )
        _mark(findings, told, wrong, message)
    table = tables["assignments"]
    for column in ("mode", "site"):
        own = options[column].to_numpy()[table["option"].to_numpy()]
        stated = table[column].to_numpy()
        both_blank = pd.isna(own) & pd.isna(stated)
        told = table[["line", "option", "period"]].assign(own=own, stated=stated)
        message = (
            f"table assignments gives option '{{option}}' in period {{period}} the {column} {{stated}}; "
            "it is {own}"
        )
        _mark(findings, told, (own != stated) & ~both_blank, message)
