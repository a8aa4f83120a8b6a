"""What a person reads on a terminal about faults and oddities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.page import Page, count, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodmode.errors import Issue
    from prodmode.instance.instance import Instance

MOST_ROWS = 30
"""Rows of a list shown before the rest is only counted."""


def issues_text(issues: Iterable[Issue], page: Page) -> str:
    """Return issues under the file, sheet or table that they stand in.

    Parameters
    ----------
    issues : iterable of Issue
        Faults or warnings.
    page : Page
        What to set the text on.
    """
    groups: dict[str, list[Issue]] = {}
    for issue in issues:
        groups.setdefault(_heading(issue), []).append(issue)
    lines = []
    for heading, members in groups.items():
        lines.append(page.style(plain(heading), "bold"))
        lines += [_issue_line(issue, page) for issue in members]
    return "\n".join(lines)


def rejection_text(issues: Sequence[Issue], page: Page) -> str:
    """Return every fault, and how many there are at the end."""
    verdict = page.style(f"{count(len(issues), 'fault')}: the input was rejected", "bold", "red")
    return f"{issues_text(issues, page)}\n\n{verdict}"


def other_warnings(instance: Instance) -> list[Issue]:
    """Return the warnings of an instance but those on options that cannot be chosen, told on their own."""
    return [issue for issue in instance.warnings if issue.code != "ineligible-option"]


def _heading(issue: Issue) -> str:
    place = issue.place
    if place.file and place.sheet:
        return f"{place.file}, sheet {place.sheet}"
    return place.file or issue.table or "the instance"


def _issue_line(issue: Issue, page: Page) -> str:
    place = issue.place
    parts = [
        f"row {place.row}" if place.row is not None else None,
        f"column {place.column}" if place.column else None,
        place.key,
    ]
    where = plain(", ".join(part for part in parts if part))
    message = plain(f"{issue.message} {issue.hint}" if issue.hint else issue.message)
    text = page.sayable(f"{where}: {message}" if where else message)
    # A pipe gets an issue a line, for grep; on a terminal they are broken between words.
    text = page.wrapped(f"  {text}", 4) if page.terminal else f"  {text}"
    return text.replace(where, page.style(where, "cyan"), 1) if where and where in text else text
