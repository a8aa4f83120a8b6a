"""A document as data: headings, paragraphs, facts, lists and tables, in no format yet."""

from __future__ import annotations

from dataclasses import dataclass

from prodmode.document.page import Align  # noqa: TC001 (part of the data)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a document.

    Attributes
    ----------
    text : str
    level : int
        1 for a section, 2 for a part of one.
    """

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """Points of a list, each one sentence or two."""

    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Words with a figure or a short text each."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells under a header.

    Attributes
    ----------
    header : tuple of str
        One word or two a column, with the unit where the cells do not state it.
    rows : tuple of tuple of str
        Cells, ready to read.
    align : tuple of {"<", ">"}
        Alignment of each column, figures to the right; empty stands for all to the left.
    caption : str
        What the table shows; empty where the text before it says so.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: tuple[Align, ...] = ()
    caption: str = ""


Block = Heading | Paragraph | Bullets | Facts | Table


@dataclass(frozen=True, slots=True)
class Document:
    """What a person reads about one thing.

    Attributes
    ----------
    title : str
    blocks : tuple of Block
        In reading order.

    Examples
    --------
    >>> Document("Stools", (Paragraph("All stools are bought."),)).blocks
    (Paragraph(text='All stools are bought.'),)
    """

    title: str
    blocks: tuple[Block, ...]

    def under(self, level: int = 1) -> tuple[Block, ...]:
        """Return the blocks as part of another document: the title as a heading, its headings below that."""
        lowered = tuple(
            Heading(block.text, block.level + level) if isinstance(block, Heading) else block
            for block in self.blocks
        )
        return (Heading(self.title, level), *lowered)
