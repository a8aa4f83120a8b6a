"""What a person reads on a terminal: faults and an instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.page import Page, count, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodmode.errors import Issue
    from prodmode.instance.instance import Instance

MOST_ROWS = 30
"""Rows of a list shown before the rest is only counted."""

_COUNTED = ("sites", "resources", "investments", "limits", "scenarios")


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
        lines += [f"  {_issue_line(issue, page)}" for issue in members]
    return "\n".join(lines)


def rejection_text(issues: Sequence[Issue], page: Page) -> str:
    """Return every fault, and how many there are at the end."""
    verdict = page.style(f"{count(len(issues), 'fault')}: the input was rejected", "bold", "red")
    return f"{issues_text(issues, page)}\n\n{verdict}"


def instance_text(instance: Instance, page: Page) -> str:
    """Return what an instance holds, with the options that cannot be chosen.

    Parameters
    ----------
    instance : Instance
        A valid instance.
    page : Page
        What to set the text on.
    """
    figures = instance.summary()
    modes = ", ".join(f"{number:,} {mode}" for mode, number in figures["options_by_mode"].items() if number)
    periods = instance.periods
    span = f" ({periods[0]} to {periods[-1]})" if len(periods) > 1 else f" ({periods[0]})"
    facts = [
        ("lines", f"{figures['lines']:,}"),
        ("options", f"{figures['options']:,} ({modes})" if modes else "0"),
        ("periods", f"{figures['periods']:,}{span}"),
        ("demand", f"{figures['demand']:,.0f} units"),
        *(
            (noun, f"{figures[noun]:,}")
            for noun in ("sites", "resources", "investments", "limits", "scenarios")
        ),
    ]
    if figures["capex_limit"] is not None:
        facts.append(("budget", f"{figures['capex_limit']:,.0f} {instance.currency} of capex"))
    lines = [page.style(plain(instance.name), "bold")]
    if instance.settings.description:
        lines.append(page.wrapped(plain(instance.settings.description)))
    lines += ["", page.facts(facts), *_ineligible(instance, page)]
    return "\n".join(lines)


def other_warnings(instance: Instance) -> list[Issue]:
    """Return the warnings of an instance but those on options that cannot be chosen, told on their own."""
    return [issue for issue in instance.warnings if issue.code != "ineligible-option"]


def _ineligible(instance: Instance, page: Page) -> list[str]:
    table = instance.ineligible
    if table.empty:
        return []
    cells = [[str(row.option), str(row.line), str(row.reason)] for row in table.head(MOST_ROWS).itertuples()]
    more = len(table) - len(cells)
    return [
        "",
        page.style(f"{count(len(table), 'option')} cannot be chosen", "bold"),
        page.table(["option", "line", "reason"], cells),
        *([f"and {more:,} more"] if more else []),
    ]


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
    return f"{page.style(where, 'cyan')}: {message}" if where else message
