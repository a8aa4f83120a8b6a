"""What a person reads on a terminal about a comparison of backends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.comparison.cells import answers, effort, names, remarks, share
from prodmode.comparison.views import best_bound
from prodmode.document.page import count, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodmode.comparison.cells import Column
    from prodmode.comparison.compare import Comparison
    from prodmode.document.page import Align, Page

_LEGEND = (
    "Seconds to build, to solve, to the first plan and to each gap; primal and primal-dual: integrals of the "
    "gap over time, in seconds, less is better."
)


def comparison_text(comparison: Comparison, page: Page) -> str:
    """Return a comparison: the best plan, the table, false claims and failures.

    Parameters
    ----------
    comparison : Comparison
        What `prodmode.compare` returned.
    page : Page
        What to set the text on.
    """
    parts = [_headline(comparison, page), _best(comparison, page), _tables(comparison, page)]
    if comparison.entries:
        parts[-1] += f"\n{page.wrapped(f'Amounts in {plain(comparison.instance.currency)}. {_LEGEND}')}"
    if comparison.disagreements:
        parts.append(_sentences("disagreements", comparison.disagreements, page, "red"))
    if said := remarks(comparison):
        parts.append(_sentences("notes", said, page))
    return "\n\n".join(part for part in parts if part)


def _headline(comparison: Comparison, page: Page) -> str:
    runs = len(comparison.entries)
    verified = sum(entry.verified for entry in comparison.entries)
    backends = count(len({entry.backend for entry in comparison.entries}), "backend")
    what = f"{backends} compared, {count(verified, 'verified plan')}"
    if runs > len({entry.backend for entry in comparison.entries}):
        what = f"{backends} compared in {count(runs, 'run')}, {count(verified, 'verified plan')}"
    colour = "green" if verified else "red"
    return f"{page.style(plain(comparison.instance.name), 'bold')}: {page.style(what, 'bold', colour)}"


def _best(comparison: Comparison, page: Page) -> str:
    known, currency = comparison.known, comparison.instance.currency
    if known.best is None:
        return ""
    facts = [("best plan", f"{known.best:,.2f} {currency}, verified, by {known.by}")]
    bound = best_bound(comparison)
    if bound is not None:
        value, by = bound
        more = value > known.best and known.best
        gap = f", {share((value - known.best) / abs(known.best))} more" if more else ""
        facts.append(("no plan beats", f"{value:,.2f} {currency}{gap}, says {by}"))
    return page.facts(facts)


def _tables(comparison: Comparison, page: Page) -> str:
    if not comparison.entries:
        return ""
    first = names(comparison)
    answered, spent = answers(comparison), effort(comparison)
    whole = [first, *answered, *spent]
    if page.fits(*_grid(whole)):
        return _table(whole, page)
    parts = [*_split(first, answered, page), *_split(first, spent, page)]
    return "\n\n".join(_table(part, page) for part in parts)


def _split(first: Column, columns: Sequence[Column], page: Page) -> list[list[Column]]:
    """Break columns into tables that fit the page, each with the first column at its left."""
    parts = [[first]]
    for column in columns:
        if len(parts[-1]) > 1 and not page.fits(*_grid([*parts[-1], column])):
            parts.append([first])
        parts[-1].append(column)
    return parts


def _table(columns: Sequence[Column], page: Page) -> str:
    sides: list[Align] = [">" if column.figures else "<" for column in columns]
    return page.table(*_grid(columns), sides)


def _grid(columns: Sequence[Column]) -> tuple[list[str], list[list[str]]]:
    rows = [list(row) for row in zip(*(column.cells for column in columns), strict=True)]
    return [column.heading for column in columns], rows


def _sentences(heading: str, sentences: Sequence[str], page: Page, *colours: str) -> str:
    lines = [page.wrapped(f"  {plain(sentence)}", 4) for sentence in sentences]
    return "\n".join([page.style(heading, "bold", *colours), *lines])
