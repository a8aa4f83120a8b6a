"""A document as a notebook shows it: in its theme, of bounded size, sections folded where it is long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from prodmode.document.blocks import Bullets, Facts, Heading, Paragraph, Table
from prodmode.document.html import blocks_html, escaped
from prodmode.document.page import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prodmode.document.blocks import Block, Document

LEVEL = 4
"""Level of the title: small beside the headings of the notebook itself."""

MOST_ROWS = 60
"""Rows of a table, points of a list and facts that are shown; the others are counted."""

MOST_BLOCKS = 150
"""Blocks that are shown; the others are counted."""

MOST_OPEN = 12
"""Blocks of a document up to which all of it is open; of a longer one the sections are folded."""

LONGEST = 1500
"""Characters of a text that are shown."""

# No colour is fixed: text and lines are those of the theme, light or dark.
STYLE = (
    ".prodmode-view .scroll{overflow-x:auto;margin:.4em 0}"
    ".prodmode-view .scroll table{border-collapse:collapse;margin:0;font-size:.95em;"
    "font-variant-numeric:tabular-nums}"
    ".prodmode-view .scroll caption{text-align:left;opacity:.75;padding:.2em 0}"
    ".prodmode-view .scroll tr>th,.prodmode-view .scroll tr>td{text-align:left;vertical-align:top;"
    "padding:.2em .7em .2em 0;max-width:30em;white-space:normal;overflow-wrap:anywhere}"
    ".prodmode-view .scroll tr>.n{text-align:right;white-space:nowrap}"
    ".prodmode-view .scroll thead th{border-bottom:1px solid currentColor}"
    ".prodmode-view tr>th.w{font-weight:normal;opacity:.75;white-space:nowrap}"
    ".prodmode-view summary{cursor:pointer;font-weight:bold}"
    ".prodmode-view details{margin:.3em 0}"
)


def notebook(document: Document) -> str:
    """Return a document as HTML for a notebook: what ``_repr_html_`` answers with.

    Names cannot turn into markup, nothing runs and nothing is fetched, and however much the document holds
    the page stays small: what is left out is counted. Without styles (untrusted notebooks, GitHub) it is
    plain HTML.

    Parameters
    ----------
    document : Document
        What to set.

    Examples
    --------
    >>> from prodmode.document.blocks import Document, Paragraph
    >>> shown = notebook(Document("Stools", (Paragraph("Make <b> & sell."),)))
    >>> print(shown.partition("</style>")[2])
    <h4>Stools</h4>
    <p>Make &lt;b&gt; &amp; sell.</p></div>
    """
    blocks = tuple(_bounded(document.blocks))
    title = _cut(document.title)
    parts = [_html(blocks)] if len(blocks) <= MOST_OPEN else list(_folded(blocks))
    body = "\n".join([f"<h{LEVEL}>{escaped(title)}</h{LEVEL}>", *parts])
    return f'<div class="prodmode-view"><style>{STYLE}</style>{body}</div>'


def _html(blocks: Sequence[Block]) -> str:
    return "\n".join(
        _facts(block) if isinstance(block, Facts) else blocks_html([block], LEVEL) for block in blocks
    )


def _facts(block: Facts) -> str:
    """Return facts as a table, which looks right without a style too."""
    rows = "".join(
        f'<tr><th scope="row" class="w">{escaped(word)}</th><td>{escaped(figure)}</td></tr>'
        for word, figure in block.pairs
    )
    return f'<div class="scroll"><table><tbody>{rows}</tbody></table></div>'


def _folded(blocks: Sequence[Block]) -> Iterator[str]:
    """Return what comes before the first section as it is, and each section folded under its heading."""
    starts = [place for place, block in enumerate(blocks) if _begins(block)]
    yield _html(blocks[: starts[0] if starts else len(blocks)])
    for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True):
        first = blocks[start]
        words = first.text if isinstance(first, Heading) else ""
        inside = _html(blocks[start + 1 : end])
        yield f"<details><summary>{escaped(words)}</summary>{inside}</details>"


def _begins(block: Block) -> bool:
    return isinstance(block, Heading) and block.level == 1


def _bounded(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks[:MOST_BLOCKS]:
        yield from _shortened(block)
    if len(blocks) > MOST_BLOCKS:
        yield _left_out(len(blocks) - MOST_BLOCKS, "more paragraph or table", "more paragraphs and tables")


def _shortened(block: Block) -> Iterator[Block]:
    """Return a block with what a notebook has room for, and how much more there is."""
    match block:
        case Heading() | Paragraph():
            yield replace(block, text=_cut(block.text))
        case Bullets():
            yield Bullets(tuple(map(_cut, block.points[:MOST_ROWS])))
            yield from _rest(len(block.points), "more point")
        case Facts():
            yield Facts(tuple((_cut(word), _cut(figure)) for word, figure in block.pairs[:MOST_ROWS]))
            yield from _rest(len(block.pairs), "more figure")
        case Table():
            rows = tuple(tuple(map(_cut, row)) for row in block.rows[:MOST_ROWS])
            header, caption = tuple(map(_cut, block.header)), _cut(block.caption)
            yield replace(block, header=header, rows=rows, caption=caption)
            yield from _rest(len(block.rows), "more row")


def _rest(number: int, noun: str) -> Iterator[Block]:
    if number > MOST_ROWS:
        yield _left_out(number - MOST_ROWS, noun)


def _left_out(number: int, noun: str, plural: str | None = None) -> Paragraph:
    words = f"{number:,} {plural}" if plural and number > 1 else count(number, noun)
    return Paragraph(f"{words} not shown here.")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
