"""Load an instance from any container."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from prodmode.errors import InputError, Issue
from prodmode.instance.conform import conform
from prodmode.instance.fields import TABLES, columns
from prodmode.instance.instance import Instance
from prodmode.io.document import read_document
from prodmode.io.folder import read_folder
from prodmode.io.result import ReadResult
from prodmode.io.sniff import sniff
from prodmode.io.workbook import read_workbook

if TYPE_CHECKING:
    from prodmode.instance.raw import RawInstance

__all__ = ["ReadResult", "load", "read", "scan"]


def load(path: str | Path, *, thorough: bool = False) -> Instance:
    """Load an instance from files.

    Parameters
    ----------
    path : str or Path
        A folder of CSV (also .csv.gz, .csv.zst) or Parquet files with the settings in ``instance.yaml``, an
        Excel workbook with a sheet per table and a sheet ``settings``, or one YAML or JSON file.
    thorough : bool
        Whether the warnings of the instance tell all that is odd, as ``prodmode check`` does, and not only
        what is probably wrong. At 100,000 lines that takes a second.

    Returns
    -------
    Instance
        The checked instance.

    Raises
    ------
    InputError
        If anything is wrong; it lists every fault with its file, sheet, row and column or key path.
    """
    result = scan(path)
    if not result.issues:
        return Instance(result.raw, thorough=thorough)
    issues = list(result.issues)
    if "settings" not in result.unreadable:
        issues += _further(result)
    raise InputError(issues)


def read(path: str | Path) -> RawInstance:
    """Read settings and tables as files state them, with the origin of every cell, and check nothing.

    Parameters
    ----------
    path : str or Path
        Any container that `load` reads.

    Raises
    ------
    InputError
        If the container is faulty.
    """
    result = scan(path)
    if result.issues:
        raise InputError(result.issues)
    return result.raw


def scan(path: str | Path) -> ReadResult:
    """Read as much as can be read of a container, and gather what is wrong with it.

    Parameters
    ----------
    path : str or Path
        Any container that `load` reads.

    Raises
    ------
    InputError
        If nothing of it can be read.
    """
    path = Path(path)
    kind = sniff(path)
    if kind == "folder":
        return read_folder(path)
    if kind == "workbook":
        return read_workbook(path)
    return read_document(path, kind)


def _further(result: ReadResult) -> list[Issue]:
    """Return the faults of the values, without those that only follow from faults of the container."""
    known = {
        (issue.place.file, issue.place.sheet, issue.place.row, issue.place.column, issue.place.key)
        for issue in result.issues
    }
    further = []
    for issue in conform(result.raw).issues:
        place = issue.place
        if issue.severity != "error":
            continue
        if (place.file, place.sheet, place.row, place.column, place.key) in known:
            continue
        if result.unreadable and _depends(issue, result.unreadable):
            continue
        further.append(issue)
    return further


def _depends(issue: Issue, unreadable: frozenset[str]) -> bool:
    """Tell whether an issue concerns a table that could not be read, or refers to one."""
    if issue.table in unreadable:
        return True
    if issue.table not in TABLES:
        return False
    shown = issue.place.column or (issue.place.key or "").rpartition(".")[2]
    referring = {
        field.name
        for field in columns(issue.table)
        if field.references and field.references.partition(".")[0] in unreadable
    }
    if shown.partition(" (column ")[0] in referring:
        return True
    # What is said of a whole row or table, such as a line without an option, may rest on the unreadable one.
    return issue.place.column is None and issue.place.key is None
