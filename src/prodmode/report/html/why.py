"""Each line's why and why-not, folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.blocks import Paragraph
from prodmode.document.html import blocks_html, escaped
from prodmode.report.html.markup import Section, paragraph

if TYPE_CHECKING:
    from prodmode.document.blocks import Document
    from prodmode.explain.lines.explanation import PlanExplanation


def why(explanation: PlanExplanation | None, order: dict[str, int]) -> Section:
    """Return the explanation of each line, or how to get it.

    Parameters
    ----------
    explanation : PlanExplanation or None
        None where it was not asked for.
    order : dict of str to int
        Position of each line in the instance, which its anchor is made of.
    """
    title = "Why, and why not otherwise"
    if explanation is None:
        told = (
            "Why each line is made as it is, and what every other option would lose, takes more solves: "
            "'prodmode report --explain' adds it here, and 'prodmode explain' tells it for one line."
        )
        return Section("why", title, paragraph(told, quiet=True))
    parts = [_line(line.document(), order[line.line]) for line in explanation.lines]
    buttons = (
        '<p class="buttons" hidden><button type="button" id="open-all">Open all</button> '
        '<button type="button" id="close-all">Close all</button></p>'
    )
    return Section("why", title, buttons + "\n".join(parts))


def _line(document: Document, at: int) -> str:
    blocks = document.blocks
    headline = blocks[0].text if blocks and isinstance(blocks[0], Paragraph) else ""
    body = blocks_html(blocks[1:] if headline else blocks, 3)
    # The headline names the line already.
    summary = escaped(headline or document.title)
    return f'<details class="why" id="why-{at}"><summary>{summary}</summary>{body}</details>'
