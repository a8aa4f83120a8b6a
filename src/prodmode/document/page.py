"""Plain text for people: a page of some width, with colour or without."""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Align = Literal["<", ">"]
"""Left or right."""

_CODES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}
_GAP = "  "
_NARROWEST = 8


@dataclass(frozen=True, slots=True)
class Page:
    """What text is set on.

    Attributes
    ----------
    width : int
        Columns of the terminal.
    colour : bool
        Whether styles are written as ANSI codes or left out.
    """

    width: int = 110
    colour: bool = False

    def style(self, text: str, *names: str) -> str:
        """Return text in bold, dim or a colour.

        Examples
        --------
        >>> Page(colour=False).style("verified", "bold", "green")
        'verified'
        """
        if not self.colour or not text:
            return text
        codes = ";".join(str(_CODES[name]) for name in names)
        return f"\x1b[{codes}m{text}\x1b[0m"

    def fits(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
        """Return whether a table fits without cutting a cell."""
        return _total(_widths([header, *rows])) <= self.width

    def table(
        self, header: Sequence[str], rows: Sequence[Sequence[str]], align: Sequence[Align] | None = None
    ) -> str:
        """Return rows under a header, cells cut where the page is too narrow.

        Parameters
        ----------
        header : sequence of str
            One word a column.
        rows : sequence of sequence of str
            Cells.
        align : sequence of {"<", ">"}, optional
            Alignment of each column; left by default.

        Examples
        --------
        >>> print(Page().table(["line", "units"], [["stool", "40"], ["table", "1,200"]], ["<", ">"]))
        line   units
        stool     40
        table  1,200
        """
        rows = [[plain(cell) for cell in row] for row in [header, *rows]]
        widths = self._shrunk(_widths(rows))
        sides = align or ["<"] * len(header)
        lines = [
            _GAP.join(_cell(text, width, side) for text, width, side in zip(row, widths, sides, strict=True))
            for row in rows
        ]
        return "\n".join([self.style(lines[0].rstrip(), "dim"), *(line.rstrip() for line in lines[1:])])

    def wrapped(self, text: str, indent: int = 0) -> str:
        """Return text broken at the width of the page, the lines after the first indented."""
        width = max(self.width, indent + 20)
        # Names have hyphens in them: a name that is broken cannot be searched for.
        return textwrap.fill(text, width, subsequent_indent=" " * indent, break_on_hyphens=False)

    def glossary(self, header: tuple[str, str], entries: Sequence[tuple[str, str]]) -> str:
        """Return words with a text of any length each, in two columns, the second broken at the width."""
        indent = max(_width(plain(word)) for word, _ in [header, *entries]) + len(_GAP)
        head, *lines = (
            self.wrapped(_cell(plain(word), indent, "<") + plain(text), indent)
            for word, text in [header, *entries]
        )
        return "\n".join([self.style(head, "dim"), *lines])

    def _shrunk(self, widths: list[int]) -> list[int]:
        widths = list(widths)
        while (excess := _total(widths) - self.width) > 0 and max(widths) > _NARROWEST:
            widest = widths.index(max(widths))
            widths[widest] -= min(excess, widths[widest] - _NARROWEST)
        return widths


def money(value: float, currency: str) -> str:
    """Return an amount with thousands separators and its currency.

    Examples
    --------
    >>> money(1234567.4, "EUR"), money(-12.345, "USD")
    ('1,234,567 EUR', '-12.35 USD')
    """
    return f"{value:,.0f} {currency}" if abs(value) >= 1000 else f"{value:,.2f} {currency}"


def percent(share: float) -> str:
    """Return a share in percent, with as many digits as a small one needs.

    Examples
    --------
    >>> percent(0.987), percent(1.0), percent(0.00012), percent(0.0)
    ('98.7 %', '100 %', '0.012 %', '0 %')
    """
    if abs(share) < 1e-9:
        return "0 %"
    if abs(share) >= 0.001:
        return f"{100 * share:.1f}".removesuffix(".0") + " %"
    return f"{100 * share:.2g} %" if abs(share) >= 1e-6 else f"{100 * share:.0e} %"


def plain(text: str) -> str:
    r"""Return text on one line, without the control characters that a name in a file could smuggle in.

    Examples
    --------
    >>> plain("oak \n table\x1b[31m")
    'oak table?[31m'
    """
    words = " ".join(text.split())
    return words if words.isprintable() else "".join(char if char.isprintable() else "?" for char in words)


def count(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count(1, "fault"), count(1200, "line")
    ('1 fault', '1,200 lines')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _cell(text: str, width: int, side: Align) -> str:
    if _width(text) > width:
        while _width(text) > width - 1:
            text = text[:-1]
        text += "…"
    padding = " " * (width - _width(text))
    return padding + text if side == ">" else text + padding
