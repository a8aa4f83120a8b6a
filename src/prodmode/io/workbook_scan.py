"""Guards of a workbook, and what its reader cannot tell: formulas without a value, and error cells."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.parsers import expat

from prodmode.errors import Place
from prodmode.io.text import fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_UNPACKED = 2 * 2**30
"""Most bytes that the parts of a workbook may take unpacked."""

MAX_CELLS = 100_000_000
"""Most cells of the rectangle that a sheet spans."""

_RATIO = 1_000
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_ERROR = re.compile(rb"""\bt=["']e["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["'](\d+)["']""")
_WIDE = re.compile(rb"""\br=["'][A-Z]{2,3}\d""")
_CELL = re.compile(rb"""\br=["']([A-Z]{1,3})(\d+)["']""")


@dataclass(frozen=True, slots=True)
class Flaw:
    """A cell whose value cannot be used: 0-based row and column, and what is wrong."""

    row: int
    column: int
    code: str
    text: str


class Scan:
    """The parts of a workbook, opened beside its reader.

    Parameters
    ----------
    path : Path
        The workbook.

    Raises
    ------
    InputError
        If the workbook is damaged, or would unpack to more than is reasonable.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sheets: dict[str, str] = {}
        self._stale = False
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            packed = sum(entry.compress_size for entry in entries)
            if unpacked > MAX_UNPACKED or unpacked > max(2**26, _RATIO * packed):
                raise fault(
                    "zip-bomb",
                    f"the workbook of {packed:,} bytes unpacks to {unpacked:,} bytes.",
                    Place(str(path)),
                    hint="Use a folder of CSV or Parquet files for tables of this size.",
                )
            self._read_workbook(archive)

    def _read_workbook(self, archive: zipfile.ZipFile) -> None:
        identifiers: dict[str, str] = {}
        targets: dict[str, str] = {}

        def in_workbook(tag: str, attributes: dict[str, str]) -> None:
            name = _local(tag)
            if name == "sheet":
                for key, value in attributes.items():
                    if _local(key) == "id" and ":" in key:
                        identifiers[attributes["name"]] = value
            elif name == "calcPr":
                self._stale = attributes.get("fullCalcOnLoad") in ("1", "true")

        def in_relations(tag: str, attributes: dict[str, str]) -> None:
            if _local(tag) == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        _parse(archive.read("xl/workbook.xml"), in_workbook)
        _parse(archive.read("xl/_rels/workbook.xml.rels"), in_relations)
        for sheet, identifier in identifiers.items():
            target = targets.get(identifier, "")
            self._sheets[sheet] = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            )

    def flaws(self, sheet: str) -> list[Flaw]:
        """Return the cells of a sheet that hold an error, or a formula that was never calculated.

        Raises
        ------
        InputError
            If the sheet spans too many cells to be read.
        """
        with zipfile.ZipFile(self._path) as archive:
            try:
                content = archive.read(self._sheets[sheet])
            except KeyError:
                return []
        self._check_span(content, sheet)
        if not _FORMULA.search(content) and not _ERROR.search(content):
            return []
        finder = _FlawFinder(stale=self._stale)
        _parse(content, finder.start, finder.end, finder.data)
        return finder.flaws

    def _check_span(self, content: bytes, sheet: str) -> None:
        rows = max((int(number) for number in _ROW.findall(content)), default=1)
        if rows * (16_384 if _WIDE.search(content) else 26) <= MAX_CELLS:
            return
        width = max((column_number(letters.decode()) for letters, _ in _CELL.findall(content)), default=1)
        if rows * width > MAX_CELLS:
            raise fault(
                "too-large",
                f"the sheet spans {rows:,} rows and {width:,} columns.",
                Place(str(self._path), sheet),
                hint="Maybe a far cell is filled by mistake: delete the rows and columns after the table.",
                table=sheet,
            )


class _FlawFinder:
    """Handlers of a parser that collect the flaws of a sheet."""

    def __init__(self, *, stale: bool) -> None:
        self.flaws: list[Flaw] = []
        self._stale = stale
        self._row = -1
        self._column = -1
        self._kind = ""
        self._formula = False
        self._value: str | None = None
        self._collecting = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "c":
            reference = attributes.get("r")
            if reference:
                letters = reference.rstrip("0123456789")
                self._column = column_number(letters) - 1
                self._row = int(reference[len(letters) :]) - 1
            else:
                self._column += 1
            self._kind = attributes.get("t", "n")
            self._formula = False
            self._value = None
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif name == "f":
            self._formula = True
        elif name == "v":
            self._value = ""
            self._collecting = True

    def data(self, text: str) -> None:
        if self._collecting and self._value is not None:
            self._value += text

    def end(self, tag: str) -> None:
        name = _local(tag)
        if name == "v":
            self._collecting = False
        elif name == "c":
            if self._kind == "e":
                self.flaws.append(Flaw(self._row, self._column, "error-value", self._value or "an error"))
            elif self._formula and self._uncalculated():
                self.flaws.append(Flaw(self._row, self._column, "formula-without-value", ""))

    def _uncalculated(self) -> bool:
        # Programs that write formulas without calculating them leave the value out, or write 0 and ask the
        # spreadsheet program to calculate on load; one that has calculated does not ask.
        if self._value is None or (self._value == "" and self._kind != "str"):
            return True
        return self._stale and self._value == "0" and self._kind == "n"


def column_letters(number: int) -> str:
    """Return the letters of a 1-based column.

    Examples
    --------
    >>> column_letters(3), column_letters(28)
    ('C', 'AB')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the 1-based number of a column.

    Examples
    --------
    >>> column_number("AB")
    28
    """
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _parse(
    content: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    data: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.Parse(content, True)


def _no_doctype(*_: object) -> None:
    raise expat.ExpatError("a document type declaration is not allowed")
