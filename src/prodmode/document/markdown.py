"""A document as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from prodmode.document.blocks import Bullets, Facts, Heading, Paragraph, Table
from prodmode.document.page import plain

if TYPE_CHECKING:
    from prodmode.document.blocks import Block, Document

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_LIST = re.compile(r"^(\d*)([-+.)])")
"""What would begin a list at the start of a paragraph."""


def markdown(document: Document) -> str:
    r"""Return a document as GitHub-flavoured Markdown; names cannot turn into markup.

    Parameters
    ----------
    document : Document
        What to set.

    Examples
    --------
    >>> from prodmode.document.blocks import Document, Table
    >>> print(markdown(Document("Stools", (Table(("line", "units"), (("bar_stool", "40"),), ("<", ">")),))))
    # Stools
    <BLANKLINE>
    | line | units |
    | :--- | ---: |
    | bar\_stool | 40 |
    """
    return "\n\n".join([f"# {escaped(document.title)}", *(_set(block) for block in document.blocks)])


def escaped(text: str) -> str:
    """Return text on one line that Markdown shows as it stands."""
    return _SPECIAL.sub(r"\\\1", plain(text))


def _set(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * min(block.level + 1, 6)} {escaped(block.text)}"
        case Paragraph():
            return _LIST.sub(r"\1\\\2", escaped(block.text))
        case Bullets():
            return "\n".join(f"- {escaped(point)}" for point in block.points)
        case Facts():
            return "\n".join(f"- **{escaped(word)}:** {escaped(figure)}" for word, figure in block.pairs)
        case Table():
            table = _table(block)
            return f"{escaped(block.caption)}\n\n{table}" if block.caption else table
        case _:
            assert_never(block)


def _table(block: Table) -> str:
    sides = block.align or ("<",) * len(block.header)
    rule = [":---" if side == "<" else "---:" for side in sides]
    rows = [[escaped(cell) for cell in row] for row in (block.header, *block.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:]))
