"""Small pieces of HTML; all text from outside passes through `escaped`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodmode.document.blocks import Table
from prodmode.document.html import escaped, table_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodmode.document.page import Align


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page.

    Attributes
    ----------
    anchor, title : str
        Where links lead, and its heading.
    body : str
        HTML.
    """

    anchor: str
    title: str
    body: str

    def html(self) -> str:
        """Return the part with its heading."""
        heading = f'<h2 id="{self.anchor}-title">{escaped(self.title)}</h2>'
        opening = f'<section id="{self.anchor}" aria-labelledby="{self.anchor}-title">'
        return f"{opening}\n{heading}\n{self.body}\n</section>"


def name(text: str) -> str:
    """Return a name from the input, its direction of writing kept from what stands around it."""
    return f"<bdi>{escaped(text)}</bdi>"


def paragraph(text: str, *, quiet: bool = False) -> str:
    """Return a paragraph."""
    return f"<p{' class=quiet' if quiet else ''}>{escaped(text)}</p>"


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    figures_from: int,
    caption: str,
    *,
    fold: bool = True,
) -> str:
    """Return a table of text.

    Parameters
    ----------
    header : sequence of str
    rows : iterable of sequence of str
    figures_from : int
        Columns from this one on are set to the right.
    caption : str
    fold : bool
        Whether a long table is folded; not where it stands in something folded already.
    """
    align: list[Align] = ["<"] * min(figures_from, len(header))
    align += [">"] * (len(header) - len(align))
    block = Table(tuple(header), tuple(tuple(row) for row in rows), tuple(align), caption)
    return table_html(block, fold=fold)


def folded(summary: str, body: str) -> str:
    """Return something that opens when asked."""
    return f"<details><summary>{escaped(summary)}</summary>{body}</details>"


def figure(title: str, told: str, drawing: str, figures: str) -> str:
    """Return a chart with its figures beneath; without a drawing the figures stand open.

    Parameters
    ----------
    title : str
    told : str
        What a person sees on the chart, for those who do not see it.
    drawing : str
        SVG, empty where it could not be drawn.
    figures : str
        A table of what is drawn, as HTML.
    """
    caption = f"<figcaption>{escaped(title)}</figcaption>"
    if not drawing:
        return f"<figure>{caption}{figures}</figure>"
    picture = f'<div class="chart" role="img" aria-label="{escaped(told)}">{drawing}</div>'
    return f"<figure>{caption}{picture}{folded(f'Figures: {title}', figures)}</figure>"
