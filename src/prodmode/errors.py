"""The errors prodmode raises, and the issues that input is rejected for."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Severity = Literal["error", "warning"]


class ProdmodeError(Exception):
    """Base of every error that prodmode raises on purpose."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value came from, as far as its container can tell.

    Attributes
    ----------
    file : str or None
        Path of the file.
    sheet : str or None
        Sheet of a workbook.
    row : int or None
        Row as an editor shows it: 1-based, the header included.
    column : str or None
        Column header, for a workbook with its letter ("demand (column C)").
    key : str or None
        Key path in a YAML or JSON file, such as ``options[3].unit_cost``.
    """

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    key: str | None = None

    def __str__(self) -> str:
        parts = [
            self.file,
            f"sheet {self.sheet}" if self.sheet else None,
            f"row {self.row}" if self.row is not None else None,
            f"column {self.column}" if self.column else None,
            self.key,
        ]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong (or odd) in an instance: what, where, and the way out.

    Attributes
    ----------
    message : str
        What is wrong, with the names and values concerned.
    table : str or None
        Table of the instance, or "settings".
    place : Place
        Where the value stands in the user's files.
    hint : str or None
        The way out: a sentence that begins with "Maybe" or an imperative.
    severity : {"error", "warning"}
        A warning is legal but suspicious.
    code : str
        Stable short name of the kind of issue, such as ``unknown-column``.
    """

    message: str
    table: str | None = None
    place: Place = field(default_factory=Place)
    hint: str | None = None
    severity: Severity = "error"
    code: str = "invalid"

    def __str__(self) -> str:
        where = str(self.place)
        text = f"{where}: {self.message}" if where else self.message
        return f"{text} {self.hint}" if self.hint else text


class InputError(ProdmodeError):
    """The instance was rejected; every fault found is listed.

    Attributes
    ----------
    issues : tuple of Issue
        All faults, in the order of the tables.
    """

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues: tuple[Issue, ...] = tuple(issues)
        count = len(self.issues)
        head = f"the input was rejected: {count} {'fault' if count == 1 else 'faults'}"
        super().__init__("\n".join([head, *(f"  {issue}" for issue in self.issues)]))


class BackendError(ProdmodeError):
    """A backend is unknown, missing, cannot honour an option, or failed."""


def nearest(word: str, known: Sequence[str]) -> str | None:
    """Return the known name most like `word`, or None where none is near.

    Examples
    --------
    >>> nearest("outsourcd", ["mass", "custom", "outsourced"])
    'outsourced'
    >>> nearest("zebra", ["mass", "custom"]) is None
    True
    """
    folded = {name.casefold(): name for name in reversed(known)}
    close = difflib.get_close_matches(word.strip().casefold(), list(folded), n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def maybe(word: str, known: Sequence[str]) -> str | None:
    """Return the hint "Maybe you meant ...?", or None where no known name is near."""
    close = nearest(word, known)
    return f"Maybe you meant '{close}'?" if close is not None else None
