"""What drives the difference between two plans, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.blocks import Bullets, Document, Paragraph, Table
from prodmode.document.page import count, money
from prodmode.explain.words import signed

if TYPE_CHECKING:
    from prodmode.document.blocks import Block
    from prodmode.document.page import Align
    from prodmode.explain.attribution.attribution import Attribution, Driver, Effect
    from prodmode.explain.interval import Interval

MOST_COLUMNS = 4
"""Changed columns of a group that are named."""

CENT = 0.005
"""Money below which nothing is told."""


def attribution_document(answer: Attribution) -> Document:
    """Return which change of input drives the difference as a document."""
    title = "What drives the difference"
    if not answer.drivers:
        return Document(title, (Paragraph(_nothing(answer)),))
    averaged = answer.drivers[0].average is not None
    header = ("changed", "alone", "left out last", *(("on average",) if averaged else ()))
    rows = [_row(driver, answer, averaged=averaged) for driver in answer.drivers]
    rest = ["together", _known(answer.rest_first, answer), _known(answer.rest_last, answer)]
    rows.append((*rest, *(("",) if averaged else ())))
    if abs(answer.plans) >= CENT:
        told = signed(answer.plans, answer.currency)
        rows.append(("the plans themselves", told, told, *((told,) if averaged else ())))
    total = signed(answer.difference, answer.currency)
    rows.append(("net present value", total, total, *((total,) if averaged else ())))
    sides: tuple[Align, ...] = ("<", ">", ">", ">") if averaged else ("<", ">", ">")
    blocks: list[Block] = [
        Paragraph(_headline(answer)),
        Table(header, tuple(rows), sides),
        Bullets(tuple(_changes(driver) for driver in answer.drivers)),
        Paragraph(_notes(answer, averaged=averaged)),
    ]
    return Document(title, tuple(blocks))


def _nothing(answer: Attribution) -> str:
    if abs(answer.difference) < CENT:
        return "The two instances state the same, and the plans are worth the same."
    change = signed(answer.difference, answer.currency)
    return f"The two instances state the same: {change} is the difference of two plans for the same input."


def _row(driver: Driver, answer: Attribution, *, averaged: bool) -> tuple[str, ...]:
    cells = (driver.label, _effect(driver.first, answer), _effect(driver.last, answer))
    return (*cells, _effect(driver.average, answer)) if averaged and driver.average else cells


def _effect(effect: Effect, answer: Attribution) -> str:
    if effect.figure is None:
        return "unknown"
    return signed(effect.figure, answer.currency) + ("" if _sure(effect.interval) else " ?")


def _known(figure: float | None, answer: Attribution) -> str:
    return "unknown" if figure is None else signed(figure, answer.currency)


def _sure(interval: Interval) -> bool:
    """Whether a figure is told apart from zero, or proven to be zero."""
    return interval.sign != 0 or interval.width == 0


def _headline(answer: Attribution) -> str:
    change, currency = answer.difference, answer.currency
    verb = "rises" if change > 0 else "falls"
    text = f"The net present value {verb} by {money(abs(change), currency)}."
    if abs(change) < CENT:
        text = f"The net present value stays at {money(answer.npv_after, currency)}."
    top = answer.drivers[0]
    main = top.average or top.first
    if main.figure is None or main.interval.sign == 0:
        return f"{text} No single group of changes is proven to drive it."
    how = "on average over all orders of the changes" if top.average else "when it is the only change"
    return f"{text} The largest effect is that of {top.label}: {signed(main.figure, currency)} {how}."


def _changes(driver: Driver) -> str:
    named = driver.changes[:MOST_COLUMNS]
    told = "; ".join(
        f"{change.table} {change.column} ({count(change.count, 'change')}, such as {change.example})"
        for change in named
    )
    more = len(driver.changes) - len(named)
    return f"{driver.label}: {told}{f'; and {more} more columns' if more > 0 else ''}"


def _notes(answer: Attribution, *, averaged: bool) -> str:
    parts = [
        "Alone: only these changes are made to the input before.",
        "Left out last: what these changes add when all others are made already.",
        "Together: what is left because changes act on each other.",
    ]
    if averaged:
        parts.append("On average: over all orders in which the groups could change; this adds up by itself.")
    effects = [
        effect for each in answer.drivers for effect in (each.first, each.last, each.average) if effect
    ]
    if any(effect.figure is not None and not _sure(effect.interval) for effect in effects):
        parts.append("A figure with a question mark cannot be told apart from zero by what is proven.")
    if any(effect.figure is None for effect in effects):
        parts.append("Unknown: input mixed from the two makes no sense, allows no plan or took too long.")
    return " ".join(parts)
