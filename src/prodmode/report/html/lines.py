"""The lines of the plan: the picture, and the table to search, sort and filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.html import escaped
from prodmode.document.page import count
from prodmode.instance.fields import MODES
from prodmode.report.html.grid import rows_of
from prodmode.report.html.markup import Section, name
from prodmode.report.html.picture import chip, picture

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from prodmode.report.html.amounts import Amounts
    from prodmode.report.html.grid import Row

MOST_SHOWN = 300
"""Rows of the table that stand open at first; a button shows the others."""

MOST_LETTERS = 32
"""Letters that the labels of the periods may have together to stand side by side."""


def plan_by_line(amounts: Amounts, explained: Collection[str]) -> Section:
    """Return the plan by line.

    Parameters
    ----------
    amounts : Amounts
        The plan.
    explained : collection of str
        Lines whose why is further down on the page.
    """
    rows = rows_of(amounts)
    body = f"{_controls(rows)}\n{picture(rows, amounts.plan.periods)}\n{_table(amounts, rows, explained)}"
    return Section("lines", "The plan by line", body)


def _controls(rows: list[Row]) -> str:
    families, sites = _families(rows), _sites(rows)
    modes = [mode for mode in MODES if any(mode in row.modes for row in rows)]
    choices = [
        _select("mode", "Mode", [(mode, mode) for mode in modes]),
        _select("family", "Family", [(str(at), family) for at, family in enumerate(families)]),
        _select("site", "Site", [(str(at), site) for at, site in enumerate(sites)]),
    ]
    total = count(len(rows), "line")
    return (
        '<form class="controls" id="controls" role="search" aria-label="Lines" hidden>'
        '<label>Search <input type="search" id="search" autocomplete="off"></label>'
        f"{''.join(choices)}"
        '<button type="reset">Clear</button>'
        f'<output id="shown" aria-live="polite">{total}</output></form>'
        '<p class="quiet" id="none" hidden>No line fits. “Clear” takes search and filters away.</p>'
    )


def _select(key: str, label: str, choices: list[tuple[str, str]]) -> str:
    if len(choices) < 2:
        return ""
    options = "".join(f'<option value="{value}">{escaped(word)}</option>' for value, word in choices)
    return f'<label>{label} <select id="by-{key}"><option value="">all</option>{options}</select></label>'


def _table(amounts: Amounts, rows: list[Row], explained: Collection[str]) -> str:
    periods, currency = amounts.plan.periods, amounts.currency
    head = [
        _head("line", "text"), _head("family", "text"), _head("site", "text"),
        *(_head(period, "text", "p") for period in periods),
        _head("made", "number", "n"), _head("sold", "number", "n"), _head("fill rate", "number", "n"),
        _head(f"revenue, {currency}", "number", "n"), _head(f"contribution, {currency}", "number", "n"),
    ]  # fmt: skip
    families = {family: at for at, family in enumerate(_families(rows))}
    sites = {site: at for at, site in enumerate(_sites(rows))}
    money = amounts.by_line.to_dict("index")
    service = amounts.service.to_dict("index")
    body = []
    for at, row in enumerate(rows):
        numbers, served = money.get(row.line, {}), service.get(row.line, {})
        demand = served.get("demand", 0.0)
        figures = [numbers.get(key, 0.0) for key in ("made", "sold")]
        figures.append(served["served"] / demand if demand else None)
        figures += [numbers.get(key, 0.0) for key in ("revenue", "present_value")]
        tail = "".join(_figure(value, share=place == 2) for place, value in enumerate(figures))
        title = name(row.title)
        linked = f'<a href="#why-{at}">{title}</a>' if row.line in explained else title
        key = f" <small>{name(row.line)}</small>" if row.title != row.line else ""
        cells = "".join(_cell(row, place) for place in range(len(periods)))
        marks = (
            f'data-m="{" ".join(row.modes)}" data-f="{families.get(row.family, "")}" '
            f'data-s="{" ".join(str(sites[site]) for site in row.sites)}"'
        )
        further = ' class="more"' if at >= MOST_SHOWN else ""
        body.append(
            f'<tr{further} {marks}><th scope="row">{linked}{key}</th><td>{name(row.family)}</td>'
            f"<td>{name(', '.join(row.sites))}</td>{cells}{tail}</tr>"
        )
    # Long labels of periods stand upright, so that the figures stay on the page.
    looks = ["tall"] if sum(len(period) for period in periods) > MOST_LETTERS else []
    looks += ["short"] if len(rows) > MOST_SHOWN else []
    classes = f' class="{" ".join(looks)}"' if looks else ""
    others = count(len(rows) - MOST_SHOWN, "more line")
    button = (
        f'<p><button type="button" id="more" hidden>Show {others}</button></p>' if "short" in looks else ""
    )
    caption = (
        "Modes by period; units and undiscounted revenue expected over the scenarios. The contribution is "
        "revenue less the line's own costs, in today's money."
    )
    return (
        '<div class="scroll" role="region" tabindex="0" aria-label="Table of lines">'
        f'<table id="plan-table"{classes} data-most="{MOST_SHOWN}"><caption>{escaped(caption)}</caption>'
        f"<thead><tr>{''.join(head)}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>{button}"
    )


def _head(word: str, kind: str, mark: str = "") -> str:
    class_ = f' class="{mark}"' if mark else ""
    return f'<th scope="col"{class_} data-sort="{kind}">{escaped(word)}</th>'


def _cell(row: Row, at: int) -> str:
    told = escaped(row.told[at])
    chips = "".join(chip(mode) for mode in row.cells[at]) or '<b class="none">-</b>'
    return f'<td class="p" title="{told}">{chips}<span class="sr">{told}</span></td>'


def _figure(value: float | None, *, share: bool) -> str:
    if value is None:
        return '<td class="n" data-v="">-</td>'
    shown = f"{100 * value:.1f} %" if share else f"{value + 0.0:,.0f}"
    return f'<td class="n" data-v="{value:.10g}">{shown}</td>'


def _families(rows: Iterable[Row]) -> list[str]:
    return sorted({row.family for row in rows if row.family})


def _sites(rows: Iterable[Row]) -> list[str]:
    return sorted({site for row in rows for site in row.sites})
