"""A document as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, assert_never

from prodmode.document.blocks import Bullets, Facts, Heading, Paragraph, Table
from prodmode.document.page import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prodmode.document.blocks import Block, Document

LONG = 24
"""Rows of a table above which it is folded."""


def html(document: Document, level: int = 1) -> str:
    """Return a document as a piece of an HTML page; names cannot turn into markup.

    Parameters
    ----------
    document : Document
        What to set.
    level : int
        Level of its title, 1 for ``<h1>``; headings in it come below.

    Examples
    --------
    >>> from prodmode.document.blocks import Document, Paragraph
    >>> print(html(Document("Stools", (Paragraph("Make <b> & sell."),)), 2))
    <h2>Stools</h2>
    <p>Make &lt;b&gt; &amp; sell.</p>
    """
    return f"{_heading(document.title, level)}\n{blocks_html(document.blocks, level)}"


def blocks_html(blocks: Iterable[Block], level: int = 1) -> str:
    """Return blocks as HTML, their headings below a level."""
    return "\n".join(_set(block, level) for block in blocks)


def escaped(text: str) -> str:
    r"""Return text on one line that HTML shows as it stands, in elements and in quoted attributes.

    Examples
    --------
    >>> escaped("<b>'oak' & \"elm\"")
    '&lt;b&gt;&#x27;oak&#x27; &amp; &quot;elm&quot;'
    """
    return escape(plain(text), quote=True)


def table_html(block: Table, *, fold: bool = True) -> str:
    """Return a table as HTML that scrolls on its own where it is wide; a long one is folded if it may be."""
    sides = block.align or ("<",) * len(block.header)
    marks = [' class="n"' if side == ">" else "" for side in sides]
    caption = f"<caption>{escaped(block.caption)}</caption>" if block.caption else ""
    head = "".join(
        f'<th scope="col"{mark}>{escaped(cell)}</th>' for cell, mark in zip(block.header, marks, strict=True)
    )
    rows = "".join(f"<tr>{_cells(row, marks)}</tr>" for row in block.rows)
    table = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    named = escaped(block.caption or ", ".join(block.header))
    scrolled = f'<div class="scroll" role="region" tabindex="0" aria-label="{named}">{table}</div>'
    if not fold or len(block.rows) <= LONG:
        return scrolled
    return f"<details><summary>{named}: {len(block.rows):,} rows</summary>{scrolled}</details>"


def _set(block: Block, level: int) -> str:
    match block:
        case Heading():
            return _heading(block.text, level + block.level)
        case Paragraph():
            return f"<p>{escaped(block.text)}</p>"
        case Bullets():
            return f"<ul>{''.join(f'<li>{escaped(point)}</li>' for point in block.points)}</ul>"
        case Facts():
            pairs = "".join(
                f"<div><dt>{escaped(word)}</dt><dd>{escaped(figure)}</dd></div>"
                for word, figure in block.pairs
            )
            return f'<dl class="facts">{pairs}</dl>'
        case Table():
            return table_html(block)
        case _:
            assert_never(block)


def _heading(text: str, level: int) -> str:
    tag = f"h{min(level, 6)}"
    return f"<{tag}>{escaped(text)}</{tag}>"


def _cells(row: tuple[str, ...], marks: list[str]) -> str:
    return "".join(f"<td{mark}>{escaped(cell)}</td>" for cell, mark in zip(row, marks, strict=True))
