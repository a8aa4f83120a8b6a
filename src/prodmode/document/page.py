"""Plain text for people: a page of some width, with colour or without."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Align = Literal["<", ">"]
"""Left or right."""

_CODES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "magenta": 35, "cyan": 36}
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
    encoding : str
        What the page can show: characters outside it are written as escapes.
    terminal : bool
        Whether a person reads it on a screen, and not a program or a file.
    """

    width: int = 110
    colour: bool = False
    encoding: str = "utf-8"
    terminal: bool = False

    def sayable(self, text: str) -> str:
        r"""Return text on one line in the characters of the page.

        Examples
        --------
        >>> print(Page(encoding="latin-1").sayable("Stühle 椅"), Page(encoding="ascii").sayable("cut…"))
        Stühle \u6905 cut...
        """
        words = plain(text)
        if words.isascii() or self.encoding.replace("-", "").casefold() == "utf8":
            return words
        return "".join(self._shown(letter) for letter in words)

    def _shown(self, letter: str) -> str:
        try:
            letter.encode(self.encoding)
        except UnicodeEncodeError:
            return "..." if letter == "…" else letter.encode("ascii", "backslashreplace").decode()
        return letter

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
        rows = [[self.sayable(cell) for cell in row] for row in [header, *rows]]
        sides = align or ["<"] * len(header)
        widths = self._shrunk(_widths(rows), sides)
        if _total(widths) > self.width:
            return self._stacked(rows)
        cut = self.sayable("…")
        lines = [
            _GAP.join(
                _cell(text, width, side, cut) for text, width, side in zip(row, widths, sides, strict=True)
            )
            for row in rows
        ]
        return "\n".join([self.style(lines[0].rstrip(), "dim"), *(line.rstrip() for line in lines[1:])])

    def _stacked(self, rows: Sequence[Sequence[str]]) -> str:
        """Return each row of a table as words and values below its first cell, for a narrow page."""
        parts = []
        for row in rows[1:]:
            facts = [(word, cell) for word, cell in zip(rows[0][1:], row[1:], strict=True) if cell]
            parts.append("\n".join([self.style(self.cut(row[0]), "bold"), *self._facts(facts)]))
        return "\n".join([self.style(self.cut(rows[0][0]), "dim"), *parts])

    def cut(self, text: str) -> str:
        """Return text cut at the width of the page."""
        text = self.sayable(text)
        return text if _width(text) <= self.width else _cell(text, self.width, "<", self.sayable("…"))

    def facts(self, pairs: Sequence[tuple[str, str]]) -> str:
        """Return words and figures in two columns, indented, the figures broken at the width of the page."""
        return "\n".join(self._facts([(self.sayable(word), figure) for word, figure in pairs]))

    def _facts(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        wide = max((_width(word) for word, _ in pairs), default=0)
        indent = 2 + wide + len(_GAP)
        return [
            self.wrapped(f"  {_cell(word, wide, '<')}{_GAP}{self.sayable(figure)}", indent)
            for word, figure in pairs
        ]

    def wrapped(self, text: str, indent: int = 0) -> str:
        """Return text broken at the width of the page, the lines after the first indented."""
        width = max(self.width, min(indent, self.width // 2) + 20)
        hang = " " * min(indent, self.width // 2)
        # Names have hyphens in them: a name that is broken cannot be searched for.
        if text.isascii():
            return textwrap.fill(text, width, subsequent_indent=hang, break_on_hyphens=False)
        return _filled(text, width, hang)

    def glossary(self, header: tuple[str, str], entries: Sequence[tuple[str, str]]) -> str:
        """Return words with a text of any length each, in two columns, the second broken at the width.

        Where a word leaves too little room beside it, the text stands below it.
        """
        said = [(self.sayable(word), self.sayable(text)) for word, text in [header, *entries]]
        indent = max(_width(word) for word, _ in said) + len(_GAP)
        if indent > max(self.width // 2, 1):
            head, *parts = (
                f"{self.cut(word)}\n{self.wrapped(f'    {text}', 4)}" if at else self.cut(f"{word}: {text}")
                for at, (word, text) in enumerate(said)
            )
        else:
            head, *parts = (self.wrapped(_cell(word, indent, "<") + text, indent) for word, text in said)
        return "\n".join([self.style(head, "dim"), *parts])

    def _shrunk(self, widths: list[int], sides: Sequence[Align]) -> list[int]:
        widths = list(widths)
        # A figure that is cut is a wrong figure: only words give way.
        words = [at for at, side in enumerate(sides) if side == "<"]
        while words and (excess := _total(widths) - self.width) > 0:
            widest = max(words, key=lambda at: widths[at])
            if widths[widest] <= _NARROWEST:
                break
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
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _filled(text: str, width: int, hang: str) -> str:
    """Break text with characters of two columns, which `textwrap` takes for one."""
    lines, line = [], ""
    for chunk in re.findall(r"\s+|\S+", text):
        if _width(line) + _width(chunk) <= width:
            line += chunk
            continue
        if line.strip():
            lines.append(line.rstrip())
            line = hang
        if chunk.isspace():
            continue
        for letter in chunk:
            if _width(line) + _width(letter) > width:
                lines.append(line)
                line = hang
            line += letter
    return "\n".join([*lines, line.rstrip()] if line.strip() or not lines else lines)


def _cell(text: str, width: int, side: Align, cut: str = "…") -> str:
    if _width(text) > width:
        while text and _width(text) > width - len(cut):
            text = text[:-1]
        text += cut
    padding = " " * (width - _width(text))
    return padding + text if side == ">" else text + padding
