"""What to do, for a terminal: how each line is made over time, and what is bought."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.document.page import count, money
from prodmode.instance.fields import MODES
from prodmode.plan.tables import places
from prodmode.report.terminal import MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from prodmode.document.page import Align, Page
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

MOST_WAYS = 8
"""Ways through the horizon that are told of a portfolio of many lines."""

_MOST_NAMED = 6
_MOST_CHANGES = 6
_MOST_PERIODS = 10
_COLOURS = {"mass": "cyan", "custom": "yellow", "outsourced": "magenta"}
_NOT_OFFERED, _OFF_MARKET = "not offered", "off the market"


def modes_text(instance: Instance, plan: Plan, page: Page) -> str:
    """Return how the lines are made: each where they are few, and counted where they are many.

    Parameters
    ----------
    instance : Instance
        What was planned.
    plan : Plan
        A plan of it.
    page : Page
        What to set the text on.
    """
    if len(instance.lines) > MOST_ROWS:
        sets = _mode_sets(instance, plan)
        text = f"{_counts(sets, plan, page)}\n\n{_ways(sets, instance, plan, page)}"
    else:
        text = page.glossary(("what to do", "how it is made"), _each_line(instance, plan))
    return _coloured(text, page)


def purchases_text(instance: Instance, plan: Plan, page: Page) -> str:
    """Return what is bought in each period, empty where there is nothing to buy."""
    if instance.investments.empty:
        return ""
    if plan.purchases.empty:
        return f"{page.style('what to buy', 'dim')}\n  {page.wrapped('no investment', 2)}"
    capex = instance.investments["capex"].to_numpy()
    at = places(plan.purchases["investment"], pd.Index(instance.investments["investment"]))
    bought: dict[str, list[str]] = {}
    rows = zip(plan.purchases["investment"], plan.purchases["period"], plan.purchases["copies"], strict=True)
    for row, (investment, period, copies) in zip(at.tolist(), rows, strict=True):
        price = money(float(capex[row]) * copies, plan.currency)
        bought.setdefault(str(period), []).append(f"{copies:,} x {investment} for {price}")
    entries = [(period, _named(bought[period])) for period in plan.periods if period in bought]
    text = page.glossary(("what to buy", ""), entries[:_MOST_PERIODS])
    more = len(entries) - _MOST_PERIODS
    return f"{text}\nand in {count(more, 'more period')}" if more > 0 else text


def _each_line(instance: Instance, plan: Plan) -> list[tuple[str, str]]:
    lines, options = instance.lines, instance.options
    labels = _labels(instance)
    ways: dict[str, dict[str, list[str]]] = {}
    rows = zip(plan.assignments["line"], plan.assignments["period"], plan.assignments["option"], strict=True)
    for line, period, option in rows:
        ways.setdefault(str(line), {}).setdefault(str(period), []).append(labels[str(option)])
    market = _on_market(instance)
    at_first = dict(zip(options["option"].astype(str), options["line"].astype(str), strict=True))
    entries = []
    for row, (line, current) in enumerate(zip(lines["line"], lines["current_option"], strict=True)):
        used = ways.get(str(line), {})
        cells = [
            " + ".join(used.get(period, [_NOT_OFFERED if market[row, at] else _OFF_MARKET]))
            for at, period in enumerate(plan.periods)
        ]
        text = _through(cells, plan.periods)
        if isinstance(current, str) and current in at_first:
            today = labels[current]
            text += f" (today {today})" if today not in used.get(plan.periods[0], []) else ""
        entries.append((str(line), text))
    return entries


def _labels(instance: Instance) -> dict[str, str]:
    """Return mode and site of each option, with its name where another of the line is like it."""
    options = instance.options
    table = pd.DataFrame({"line": options["line"].astype(str), "way": options["mode"].astype(str)})
    site = options["site"].astype(str)
    table["way"] = table["way"].where(options["site"].isna(), table["way"] + " @ " + site)
    alike = table.duplicated(keep=False)
    names = options["option"].astype(str)
    words = table["way"].where(~alike, table["way"] + " '" + names + "'")
    return dict(zip(names, words, strict=True))


def _through(cells: Sequence[str], periods: Sequence[str]) -> str:
    """Return a way through the horizon: what it begins with, and each change."""
    changes = [
        f"from {period} {cell}"
        for (before, cell), period in zip(pairwise(cells), periods[1:], strict=True)
        if cell != before
    ]
    more = len(changes) - _MOST_CHANGES
    told = [*changes[:_MOST_CHANGES], f"and {count(more, 'more change')}"] if more > 0 else changes
    return ", ".join([cells[0], *told])


def _on_market(instance: Instance) -> NDArray[np.bool_]:
    """Return whether each line is on the market, by line and period."""
    periods = len(instance.periods)
    first = instance.lines["first_period"].cat.codes.to_numpy()[:, None]
    last = instance.lines["last_period"].cat.codes.to_numpy()[:, None]
    at = np.arange(periods)
    inside: NDArray[np.bool_] = (at >= first) & ((at <= last) | (last < 0))
    return inside


def _counts(sets: NDArray[np.int8], plan: Plan, page: Page) -> str:
    """Return the number of lines made in each mode by period; of many periods as many as fit."""
    number = {mode: (sets & (1 << at) > 0).sum(axis=0) for at, mode in enumerate(MODES)}
    modes = [mode for mode in MODES if number[mode].any()]
    figures = {
        period: [f"{int(number[mode][at]):,}" for mode in modes] for at, period in enumerate(plan.periods)
    }
    head = "what to do: lines"
    shown = _fitting(plan.periods, figures, max(map(len, [head, *modes]), default=0), page)
    cells = [[mode, *(figures[period][at] for period in shown)] for at, mode in enumerate(modes)]
    sides: list[Align] = ["<", *([">"] * len(shown))]  # type: ignore[list-item]
    text = page.table([head, *shown], cells, sides)
    left_out = len(plan.periods) - len(shown)
    return (
        f"{text}\n{page.wrapped(f'{left_out:,} of {len(plan.periods):,} periods not shown')}"
        if left_out
        else text
    )


def _fitting(
    periods: Sequence[str], figures: dict[str, list[str]], first: int, page: Page
) -> tuple[str, ...]:
    """Return the periods whose columns fit, spread over the horizon, the first and last among them."""
    wide = max(max(map(len, [page.sayable(period), *figures[period]])) for period in periods)
    room = max(2, (page.width - first) // (wide + 2))
    if len(periods) <= room:
        return tuple(periods)
    chosen = np.unique(np.linspace(0, len(periods) - 1, room).round().astype(int))
    return tuple(periods[at] for at in chosen)


def _ways(sets: NDArray[np.int8], instance: Instance, plan: Plan, page: Page) -> str:
    """Return the ways through the horizon that lines go, the most common first."""
    ways, first, place, number = np.unique(
        sets, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -number))
    names = instance.lines["line"].astype(str).to_numpy()
    by_way = np.argsort(place.reshape(-1), kind="stable")
    start = np.append(0, np.cumsum(number))
    rows = []
    for way in order[:MOST_WAYS].tolist():
        members = names[by_way[start[way] : min(start[way] + _MOST_NAMED, start[way + 1])]].tolist()
        cells = [_set_words(int(code)) for code in ways[way]]
        if len(members) < number[way]:
            members.append("…")
        rows.append((f"{int(number[way]):,}", f"{_through(cells, plan.periods)}: {', '.join(members)}"))
    text = page.glossary(("lines", "mode over time"), rows)
    remarks = [_changes(instance, plan)]
    if len(order) > MOST_WAYS:
        rest = int(number[order[MOST_WAYS:]].sum())
        remarks.insert(0, f"{count(rest, 'line')} in {len(order) - MOST_WAYS:,} other ways;")
    remarks.append("--output DIR or --json lists each line.")
    return f"{text}\n{page.wrapped(' '.join(filter(None, remarks)))}"


_OFF = 1 << len(MODES)


def _mode_sets(instance: Instance, plan: Plan) -> NDArray[np.int8]:
    """Return the modes of each line by period as bits, with one more for off the market; shape (L, T)."""
    sets = np.where(_on_market(instance), 0, _OFF).astype(np.int8)
    rows = plan.assignments
    line = places(rows["line"], pd.Index(instance.lines["line"]))
    period = places(rows["period"], pd.Index(plan.periods))
    bit = np.left_shift(1, places(rows["mode"], pd.Index(MODES))).astype(np.int8)
    np.bitwise_or.at(sets, (line, period), bit)
    return sets


def _set_words(code: int) -> str:
    if code & _OFF:
        return _OFF_MARKET
    used = [mode for at, mode in enumerate(MODES) if code & (1 << at)]
    return " + ".join(used) or _NOT_OFFERED


def _changes(instance: Instance, plan: Plan) -> str:
    """Return how many lines leave today's option at once, empty where no line has one."""
    current = instance.lines.set_index("line")["current_option"].dropna().astype(str)
    if current.empty:
        return ""
    first = plan.assignments[plan.assignments["period"] == plan.periods[0]]
    kept = set(first["option"]) & set(current)
    left = f"{len(current) - len(kept):,} of {count(len(current), 'line')} with an option today"
    return f"{left} leave it in {plan.periods[0]};"


def _named(items: Sequence[str]) -> str:
    shown = ", ".join(items[:_MOST_NAMED])
    return f"{shown} and {len(items) - _MOST_NAMED:,} more" if len(items) > _MOST_NAMED else shown


def _coloured(text: str, page: Page) -> str:
    """Return text with the modes in their colours; the words say the same."""
    if not page.colour:
        return text

    def paint(found: re.Match[str]) -> Any:
        return page.style(found.group(), _COLOURS[found.group()])

    return re.sub(rf"(?<![\w-])({'|'.join(_COLOURS)})(?![\w-])", paint, text)
