"""One change of input: as data, and as the text that means it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Op = Literal["*", "+", "-", "=", "add", "remove"]
"""Multiply, add, subtract, set; add a row, remove rows."""

SIGNS = ("*", "+", "-", "=")
"""What the last word of a change begins with."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of input.

    Attributes
    ----------
    head : str
        A quantity (demand, price, unit_cost, capacity, yield), a table, or "settings".
    filters : tuple of (str, str)
        Which rows: a name and the value it must have, "" for a blank; for a row to add, its cells.
    column : str or None
        The column or setting; None for the main figure of the head.
    op : {"*", "+", "-", "=", "add", "remove"}
        What is done.
    value : str, float or None
        With what; None after "=" clears to the default.

    Examples
    --------
    >>> str(Edit("demand", (("line", "oak table"),), None, "*", 1.2))
    'demand.line="oak table" *1.2'
    >>> str(Edit("options", (("option", "stool-2"), ("line", "stool")), None, "add", None))
    '+options option=stool-2 line=stool'
    """

    head: str
    filters: tuple[tuple[str, str], ...]
    column: str | None
    op: Op
    value: str | float | None

    def __str__(self) -> str:
        pairs = [f"{name}={quoted(value)}" for name, value in self.filters]
        if self.op == "add":
            return " ".join([f"+{self.head}", *pairs])
        first = ".".join([self.head, *pairs[:1]])
        if self.op == "remove":
            return " ".join([f"-{first}", *pairs[1:]])
        column = [] if self.column is None else [self.column]
        return " ".join([first, *pairs[1:], *column, f"{self.op}{_value(self.value)}"])


def number_text(value: float) -> str:
    """Return a number as short as it reads back the same.

    Examples
    --------
    >>> number_text(1.2), number_text(50000.0), number_text(0.1 + 0.2)
    ('1.2', '50000', '0.30000000000000004')
    """
    value = float(value)
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)


def as_number(text: str) -> float | None:
    """Return the number that a text is written for by `number_text`, None where it is another text."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value - value == 0 and number_text(value) == text else None


def quoted(text: str) -> str:
    r"""Return a value in quotes where it needs them.

    Examples
    --------
    >>> quoted("oak-table"), quoted("oak table"), quoted("")
    ('oak-table', '"oak table"', '""')
    """
    if text and not any(char.isspace() or char == '"' for char in text):
        return text
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))


def _value(value: str | float | None) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return number_text(value)
    # a text that looks like a number stays a text
    return f'"{value}"' if as_number(value) is not None else quoted(value)
