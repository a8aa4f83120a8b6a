"""A document as a sheet to read: headings, running text, points, facts and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from prodmode.document.blocks import Bullets, Facts, Heading, Paragraph, Table
from prodmode.document.page import plain
from prodmode.report.workbook.writer import put

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from prodmode.document.blocks import Block, Document
    from prodmode.report.workbook.writer import Writer

WIDTHS: tuple[int, ...] = (34, 24, 32, 20, 20)
"""Widths of the columns of a page."""

_LINE = 15.0
"""Points of height of a line of text."""


def write_page(writer: Writer, name: str, document: Document) -> None:
    """Write a document into a sheet of its own.

    Parameters
    ----------
    writer : Writer
    name : str
        Name of the sheet.
    document : Document
    """
    sheet = writer.sheet(name)
    sheet.hide_gridlines(2)
    for position, wide in enumerate(WIDTHS):
        sheet.set_column(position, position, wide)
    put(sheet, 0, 0, document.title, writer.look("title"))
    row = 2
    for block in document.blocks:
        row = _set(writer, sheet, row, block)


def _set(writer: Writer, sheet: Worksheet, row: int, block: Block) -> int:
    """Write a block from a row on; return the row after it."""
    match block:
        case Heading():
            section(writer, sheet, row, block.text)
            return row + 1
        case Paragraph():
            return across(writer, sheet, row, block.text) + 1
        case Bullets():
            for point in block.points:
                row = across(writer, sheet, row, f"• {point}")
            return row + 1
        case Facts():
            for word, figure in block.pairs:
                put(sheet, row, 0, word, writer.look("label"))
                put(sheet, row, 1, figure, writer.look("right"))
                row += 1
            return row + 1
        case Table():
            return _table(writer, sheet, row, block) + 1
        case _:
            assert_never(block)


def _table(writer: Writer, sheet: Worksheet, row: int, block: Table) -> int:
    if block.caption:
        row = across(writer, sheet, row, block.caption)
    sides = block.align or ("<",) * len(block.header)
    for position, text in enumerate(block.header):
        put(sheet, row, position, text, writer.look("header" if sides[position] == "<" else "header>"))
    for number, cells in enumerate(block.rows, start=row + 1):
        # A row that is written piece by piece does not grow with its text either.
        needs = max(-(-len(text) // wide) for text, wide in zip(cells, WIDTHS, strict=False))
        sheet.set_row(number, _LINE * max(needs, 1))
        for position, (text, side) in enumerate(zip(cells, sides, strict=True)):
            if text:
                put(sheet, number, position, text, writer.look("wrapped" if side == "<" else "right"))
    return row + 1 + len(block.rows)


def section(writer: Writer, sheet: Worksheet, row: int, text: str) -> None:
    """Write a heading with a rule under it, across the page."""
    for position in range(len(WIDTHS)):
        put(sheet, row, position, text if position == 0 else None, writer.look("section"))


def across(writer: Writer, sheet: Worksheet, row: int, text: str) -> int:
    """Write running text across the page, the row as high as it needs; return the row after it."""
    text = plain(text)
    lines = -(-len(text) // int(sum(WIDTHS) * 1.05))
    # Merged cells do not grow with their text.
    sheet.set_row(row, _LINE * max(lines, 1) + 1)
    look = writer.look("wrapped")
    sheet.merge_range(row, 0, row, len(WIDTHS) - 1, "", look)
    put(sheet, row, 0, text, look)
    return row + 1
