"""A comparison as plain text, and as a document for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.comparison.cells import answers, effort, names, remarks
from prodmode.comparison.verdicts import TOLERANCE
from prodmode.document.blocks import Bullets, Document, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodmode.comparison.cells import Column
    from prodmode.comparison.compare import Comparison
    from prodmode.document.blocks import Block
    from prodmode.document.page import Align


def headline(comparison: Comparison) -> str:
    """Return what the best verified plan earns and how far it is proved."""
    known, currency = comparison.known, comparison.instance.currency
    if known.best is None:
        said = {entry.status.value for entry in comparison.entries if entry.ending == "answered"}
        return "infeasible" if said == {"infeasible"} else "no verified plan"
    words = f"best verified plan {known.best:,.2f} {currency}, by {known.by}"
    bound = best_bound(comparison)
    if bound is None:
        return f"{words}; no bound"
    value, by = bound
    return f"{words}; no plan can beat {value:,.2f} {currency}, says {by}"


def best_bound(comparison: Comparison) -> tuple[float, str] | None:
    """Return the smallest bound that no verified plan contradicts, and who told it."""
    best = comparison.known.best
    if best is None:
        return None
    least = best - TOLERANCE * max(1.0, abs(best))
    told = [
        (max(entry.bound, best), entry.backend)
        for entry in comparison.entries
        if entry.bound is not None and entry.bound >= least
    ]
    return min(told, default=None)


def text(comparison: Comparison) -> str:
    """Return a comparison as plain text of any width."""
    columns = [names(comparison), *_brief(comparison)]
    parts = [f"{comparison.instance.name}: {headline(comparison)}", "", *_aligned(columns)]
    said = [*comparison.disagreements, *remarks(comparison)]
    return "\n".join([*parts, *(["", *said] if said else [])])


def document(comparison: Comparison) -> Document:
    """Return a comparison as a document: tables of the answers and of the effort, then remarks."""
    blocks: list[Block] = [Paragraph(f"{_capital(headline(comparison))}.")]
    for columns in (answers(comparison), effort(comparison)):
        table = [names(comparison), *columns]
        rows = tuple(zip(*(column.cells for column in table), strict=True))
        sides: tuple[Align, ...] = tuple(">" if column.figures else "<" for column in table)
        blocks.append(Table(tuple(column.heading for column in table), rows, sides))
    said = (*comparison.disagreements, *remarks(comparison))
    if said:
        blocks.append(Bullets(said))
    return Document(f"{comparison.instance.name}: backends compared", tuple(blocks))


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _brief(comparison: Comparison) -> list[Column]:
    solve_seconds = next(column for column in effort(comparison) if column.heading == "solve s")
    *first, verdict, _version = answers(comparison)
    return [*first, solve_seconds, verdict]


def _aligned(columns: Sequence[Column]) -> list[str]:
    set_columns = []
    for column in columns:
        cells = [column.heading, *column.cells]
        width = max(map(len, cells))
        set_columns.append([cell.rjust(width) if column.figures else cell.ljust(width) for cell in cells])
    return ["  ".join(row).rstrip() for row in zip(*set_columns, strict=True)]
