"""A comparison as plain text and as HTML for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from prodmode.comparison.cells import answers, effort, names, remarks
from prodmode.comparison.verdicts import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodmode.comparison.cells import Column
    from prodmode.comparison.compare import Comparison


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


def html(comparison: Comparison) -> str:
    """Return a comparison as an HTML table with what there is to say below it."""
    columns = [names(comparison), *answers(comparison), *effort(comparison)]
    head = "".join(f"<th>{escape(column.heading)}</th>" for column in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for row in zip(*(column.cells for column in columns), strict=True)
    )
    caption = escape(f"{comparison.instance.name}: {headline(comparison)}")
    said = [*comparison.disagreements, *remarks(comparison)]
    below = f"<ul>{''.join(f'<li>{escape(words)}</li>' for words in said)}</ul>" if said else ""
    table = f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f"<table>{table}</table>{below}"


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
