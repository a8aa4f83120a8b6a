"""A document as plain text on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from prodmode.document.blocks import Bullets, Facts, Heading, Paragraph, Table

if TYPE_CHECKING:
    from prodmode.document.blocks import Block, Document
    from prodmode.document.page import Page


def text(document: Document, page: Page) -> str:
    """Return a document as text that fits a page.

    Parameters
    ----------
    document : Document
        What to set.
    page : Page
        What to set it on: width, and whether it takes colour.

    Examples
    --------
    >>> from prodmode.document.blocks import Document, Facts, Paragraph
    >>> from prodmode.document.page import Page
    >>> document = Document("Stools", (Paragraph("All are bought."), Facts((("price", "4.00 EUR"),))))
    >>> print(text(document, Page()))
    Stools
    <BLANKLINE>
    All are bought.
    <BLANKLINE>
      price  4.00 EUR
    """
    title = page.style(page.sayable(document.title), "bold")
    return "\n\n".join([title, *(_set(block, page) for block in document.blocks)])


def _set(block: Block, page: Page) -> str:
    match block:
        case Heading():
            return page.style(page.sayable(block.text), "bold" if block.level == 1 else "dim")
        case Paragraph():
            return page.wrapped(page.sayable(block.text))
        case Bullets():
            return "\n".join(page.wrapped(f"  - {page.sayable(point)}", 4) for point in block.points)
        case Facts():
            return page.facts(block.pairs)
        case Table():
            table = page.table(block.header, block.rows, block.align or None)
            return f"{page.wrapped(page.sayable(block.caption))}\n{table}" if block.caption else table
        case _:
            assert_never(block)
