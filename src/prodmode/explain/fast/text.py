"""Prices of a large portfolio as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.blocks import Bullets, Document, Paragraph, Table
from prodmode.document.page import count, money

if TYPE_CHECKING:
    from prodmode.document.blocks import Block
    from prodmode.explain.fast.fast import FastPrice, FastPrices

MOST_ROWS = 40
"""Rows of a table; the others are counted."""

MOST_NEVER = 10
"""Options that cannot be used, by name; the others are counted."""


def document(answer: FastPrices) -> Document:
    """Return the closest other option of each line, what is proven of its loss, and prices."""
    by_line: dict[str, list[FastPrice]] = {}
    for row in answer.options:
        by_line.setdefault(row.line, []).append(row)
    blocks: list[Block] = [Paragraph(_summary(answer, by_line))]
    rows = _at_prices(answer, by_line) if answer.value.lower is None else _beside_plan(answer, by_line)
    if rows.rows:
        shown = Table(rows.header, rows.rows[:MOST_ROWS], rows.align, rows.caption)
        blocks.append(shown)
        if len(rows.rows) > MOST_ROWS:
            blocks.append(
                Paragraph(f"{count(len(rows.rows) - MOST_ROWS, 'more line')} with a clearer answer.")
            )
    never = _never(answer)
    if never:
        more = len(never) - MOST_NEVER
        rest = [f"{count(more, 'more option')} likewise."] if more > 0 else []
        blocks.append(Bullets((*never[:MOST_NEVER], *rest)))
    blocks += _resources(answer)
    return Document(f"What other options of '{answer.instance.name}' would lose, at a glance", tuple(blocks))


def _beside_plan(answer: FastPrices, by_line: dict[str, list[FastPrice]]) -> Table:
    """Return the closest other option of each line beside the plan's."""
    currency, closest = answer.instance.currency, []
    for line, rows in by_line.items():
        others = [row for row in rows if row.estimate is not None and not row.in_plan]
        if others:
            used = ", ".join(row.option for row in rows if row.in_plan) or "several options"
            closest.append((line, used, min(others, key=_estimate)))
    closest.sort(key=lambda part: _estimate(part[2]))
    cells = tuple(
        (
            line, used, best.option,
            money(best.at_least, currency) if best.at_least else "not proven",
            money((best.estimate or 0.0) + 0.0, currency),
        )
        for line, used, best in closest
    )  # fmt: skip
    return Table(
        ("line", "in the plan", "closest other option", "loss: at least", "about"), cells,
        ("<", "<", "<", ">", ">"), "For each line the option that would come next, the closest calls first:",
    )  # fmt: skip


def _at_prices(answer: FastPrices, by_line: dict[str, list[FastPrice]]) -> Table:
    """Return the two best options of each line at the prices, for an instance without a plan."""
    closest = []
    for line, rows in by_line.items():
        ranked = sorted((row for row in rows if row.estimate is not None), key=_estimate)
        if len(ranked) > 1:
            behind = _estimate(ranked[1]) - _estimate(ranked[0])
            closest.append((behind, line, ranked[0].option, ranked[1].option))
    closest.sort(key=lambda part: part[0])
    cells = tuple(
        (line, best, following, money(behind + 0.0, answer.instance.currency))
        for behind, line, best, following in closest
    )
    return Table(
        ("line", "best throughout", "next", "behind by about"), cells, ("<", "<", "<", ">"),
        "For each line the two options that are best at these prices, the closest calls first:",
    )  # fmt: skip


def _never(answer: FastPrices) -> list[str]:
    table = answer.instance.ineligible
    reasons = dict(zip(table["option"], table["reason"], strict=True))
    return [
        f"'{row.option}' may not be chosen: {reasons[row.option]}."
        if row.option in reasons
        else f"'{row.option}' cannot serve '{row.line}' throughout."
        for row in answer.options
        if not row.possible
    ]


def _summary(answer: FastPrices, by_line: dict[str, list[FastPrice]]) -> str:
    currency = answer.instance.currency
    what = f"{count(len(answer.options), 'option')} of {count(len(by_line), 'line')}"
    start = f"{what} at the prices of what lines share."
    exact = "A full explanation of a line solves the whole plan anew and is exact."
    if answer.value.lower is None:
        return (
            f"{start} There is no plan yet, so nothing is proven about losses: what is told is an estimate, "
            f"as if these prices stayed as they are, and may be off either way. {exact}"
        )
    about = (
        "'About' is an estimate, as if prices stayed as they are with the plan's investments: it may be off "
        f"either way, even in sign. {exact}"
    )
    room = max(answer.priced_bound - answer.value.lower, 0.0)
    return (
        f"{start} 'At least' is proven: with that option the whole plan earns at least so much less. These "
        f"prices prove the plan good to within {money(room, currency)}, so losses smaller than that are not "
        f"seen. {about}"
    )


def _resources(answer: FastPrices) -> list[Block]:
    table = answer.resources
    if not len(table):
        return [Paragraph("No resource has a price: there is more of each than the lines need.")]
    currency = answer.instance.currency
    table = table.sort_values("price", ascending=False, kind="stable").head(MOST_ROWS)
    cells = tuple(
        (name, when, f"{money(price, currency)} per {_one(unit)}")
        for name, unit, when, price in table.itertuples(index=False)
    )
    caption = "What one more unit of a resource is worth if decisions could be split (an estimate):"
    return [Table(("resource", "period", "price"), cells, ("<", "<", ">"), caption)]


def _one(unit: object) -> str:
    if not isinstance(unit, str) or not unit:
        return "unit"
    return unit.removesuffix("s") if len(unit) > 3 else unit


def _estimate(row: FastPrice) -> float:
    return row.estimate if row.estimate is not None else float("inf")
