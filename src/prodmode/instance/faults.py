"""Gathers the faults of an instance, and holds back floods of the same one."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from prodmode.errors import Issue, Place, nearest
from prodmode.instance.fields import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from prodmode.errors import Severity
    from prodmode.instance.sheet import Sheet

    Describe = Callable[[int], tuple[str, str | None]]

MOST = 20
"""Issues of one code that are told one by one for a column; the rest are counted."""

MOST_WARNINGS = 3
"""The same of warnings: what is common in a portfolio is told by example."""

_LONGEST_LIST = 2000
_ORDER = {table: number for number, table in enumerate((None, "settings", *TABLES))}


class Faults:
    """Faults and suspicions found so far."""

    def __init__(self) -> None:
        self._issues: list[Issue] = []
        self._found: dict[tuple[str, str | None, str], int] = {}
        self._last: dict[tuple[str, str | None, str], tuple[int, Place]] = {}

    @property
    def any_error(self) -> bool:
        """Whether an error was found."""
        return any(issue.severity == "error" for issue in self._issues)

    def add(
        self,
        code: str,
        table: str | None,
        message: str,
        place: Place | None = None,
        *,
        hint: str | None = None,
        severity: Severity = "error",
    ) -> None:
        """Add one issue."""
        self._issues.append(Issue(message, table, place or Place(), hint, severity, code))

    def add_rows(
        self,
        code: str,
        sheet: Sheet,
        column: str | None,
        rows: np.ndarray[Any, Any],
        describe: Describe,
        *,
        severity: Severity = "error",
    ) -> None:
        """Add an issue for each of some rows, up to `MOST` (of warnings fewer) in all for a column and code.

        Parameters
        ----------
        code : str
            Code of the issues.
        sheet : Sheet
            The table that they are in.
        column : str or None
            The column that they are in.
        rows : array of int
            Rows of the sheet.
        describe : callable
            Gives the message and the hint for a row.
        severity : {"error", "warning"}
            Severity of the issues.
        """
        if not len(rows):
            return
        rows = sheet.distinct_cells(rows, column)
        key = (sheet.table, column, code)
        found = self._found.get(key, 0)
        most = MOST if severity == "error" else MOST_WARNINGS
        for row in rows[: max(most - found, 0)].tolist():
            message, hint = describe(row)
            self.add(code, sheet.table, message, sheet.place(row, column), hint=hint, severity=severity)
        self._found[key] = found + len(rows)
        if found < most:
            self._last[key] = (len(self._issues) - 1, sheet.place(None, column))

    def issues(self) -> list[Issue]:
        """Return the issues in the order of the tables, with the count of those held back."""
        listed = list(enumerate(self._issues))
        for key, (position, place) in self._last.items():
            table, column, code = key
            warns = self._issues[position].severity == "warning"
            more = self._found[key] - (MOST_WARNINGS if warns else MOST)
            if more > 0:
                where = f"column '{column}' of table '{table}'" if column else f"table '{table}'"
                message = f"{more:,} more of this kind in {where}."
                listed.append(
                    (position, Issue(message, table, place, None, self._issues[position].severity, code))
                )
        listed.sort(key=lambda item: (_ORDER[item[1].table], item[0]))
        return [issue for _, issue in listed]


def show(value: object) -> str:
    """Return a value as messages quote it, cut where it is long."""
    text = value if isinstance(value, str) else str(value)
    text = text if len(text) <= 60 else f"{text[:57]}..."
    return repr(text) if not text.isprintable() else f"'{text}'"


def near(word: str, known: Sequence[str]) -> str | None:
    """Return the known name most like a word; of very many names only those that begin or end alike count."""
    if len(known) > _LONGEST_LIST:
        folded = word.casefold()
        start, end = folded[:3], folded[-3:]
        alike = (name for name in known if name.casefold().startswith(start) or name.casefold().endswith(end))
        known = list(islice(alike, _LONGEST_LIST))
    return nearest(word[:200], list(known))


def suggest(word: str, known: Sequence[str]) -> str | None:
    """Return the hint "Maybe you meant ...?", None where no known name is near."""
    close = near(word, known)
    return f"Maybe you meant '{close}'?" if close is not None else None


def listing(names: Sequence[str], most: int = 8) -> str:
    """Return names as a sentence lists them, cut where they are many."""
    shown = ", ".join(str(name) for name in names[:most])
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown
