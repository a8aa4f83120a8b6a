"""The difference between two plans as a document."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from prodmode.document.blocks import Bullets, Document, Heading, Paragraph, Table
from prodmode.document.page import money, percent
from prodmode.plan.by_line import CENT
from prodmode.plan.diffing.choices import copies, ways
from prodmode.plan.words import MONEY_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prodmode.document.blocks import Block
    from prodmode.plan.diff import PlanDiff
    from prodmode.plan.diffing.amounts import UseChange
    from prodmode.plan.diffing.choices import PurchaseChange

    Part = TypeVar("Part")

MOST_DECISIONS = 40
"""Decisions told one by one before the rest is only counted."""

MOST_ROWS = 20
"""Rows of a table of figures before the rest is only counted."""

POINT = 0.0005
"""Change of utilisation that is worth a row."""


def document(diff: PlanDiff) -> Document:
    """Return the difference between two plans as a document.

    Parameters
    ----------
    diff : PlanDiff
        The difference.
    """
    blocks: list[Block] = [Paragraph(_npv(diff)), *(Paragraph(note) for note in diff.notes)]
    if diff.is_empty:
        blocks[0] = Paragraph(
            f"Nothing differs: both plans decide the same, and the net present value is "
            f"{money(diff.npv_after, diff.currency)}."
        )
    else:
        blocks += [*_decisions(diff), *_purchases(diff), *_money(diff), *_service(diff), *_use(diff)]
    names = (
        f"'{diff.name_after}'"
        if diff.name_before == diff.name_after
        else f"'{diff.name_before}' and '{diff.name_after}'"
    )
    return Document(f"What differs between two plans of {names}", tuple(blocks))


def decision_sentences(diff: PlanDiff) -> tuple[str, ...]:
    """Return a sentence, without a full stop, for each change of decisions."""
    new, gone = set(diff.lines_new), set(diff.lines_gone)
    return tuple(
        f"'{change.line}' is new: {ways(change.after)} in {change.span}"
        if change.line in new
        else f"'{change.line}' is gone: it was {ways(change.before)} in {change.span}"
        if change.line in gone
        else str(change)
        for change in diff.decisions
    )


def purchase_sentences(changes: Sequence[PurchaseChange]) -> tuple[str, ...]:
    """Return a sentence, without a full stop, for each change of purchases; one where copies only move."""
    told: list[str] = []
    for investment, group in groupby(changes, key=lambda change: change.investment):
        rows = list(group)
        if len(rows) == 2 and rows[0].change == -rows[1].change and not (rows[0].before and rows[0].after):
            more, less = sorted(rows, key=lambda change: -change.change)
            verb = "are" if more.change > 1 else "is"
            text = f"{copies(more.change)} of '{investment}' {verb} bought in {more.period}"
            told.append(f"{text} instead of in {less.period}")
        else:
            told += [str(change) for change in rows]
    return tuple(told)


def _npv(diff: PlanDiff) -> str:
    change, currency = diff.npv_change, diff.currency
    before, after = money(diff.npv_before, currency), money(diff.npv_after, currency)
    if abs(change) < CENT:
        return f"The net present value stays at {after}."
    share = f" ({percent(abs(change / diff.npv_before))})" if diff.npv_before else ""
    verb = "rises" if change > 0 else "falls"
    return f"The net present value {verb} by {money(abs(change), currency)}{share}, from {before} to {after}."


def _decisions(diff: PlanDiff) -> list[Block]:
    blocks: list[Block] = [Heading("Decisions")]
    if not set(diff.periods_before) & set(diff.periods_after):
        return [*blocks, Paragraph("No decision can be compared: the plans have no period in common.")]
    told = {change.line for change in diff.decisions}
    for lines, which in ((diff.lines_new, "after"), (diff.lines_gone, "before")):
        # Offered in periods alone that the other plan does not have.
        if own := [f"'{line}'" for line in lines if line not in told]:
            rest = f" and {len(own) - MOST_ROWS:,} more" if len(own) > MOST_ROWS else ""
            blocks.append(Paragraph(f"Only the plan {which} offers {', '.join(own[:MOST_ROWS])}{rest}."))
    if not diff.decisions:
        return [*blocks, Paragraph("Every line is made in the same way in the periods of both plans.")]
    points = [f"{text}." for text in decision_sentences(diff)]
    blocks.append(Bullets(tuple(points[:MOST_DECISIONS])))
    if len(points) > MOST_DECISIONS:
        blocks.append(Paragraph(f"And {len(points) - MOST_DECISIONS:,} more."))
        blocks.append(_by_mode(diff))
    return blocks


def _by_mode(diff: PlanDiff) -> Table:
    number: Counter[tuple[str, str]] = Counter()
    for change in diff.decisions:
        modes = [
            " + ".join(way.mode for way in side) or "not offered" for side in (change.before, change.after)
        ]
        number[modes[0], modes[1]] += len(change.periods)
    rows = tuple((old, new, f"{times:,}") for (old, new), times in number.most_common())
    caption = "All changes by mode: how many times a line is made in another way in a period."
    return Table(("before", "after", "lines and periods"), rows, ("<", "<", ">"), caption)


def _purchases(diff: PlanDiff) -> list[Block]:
    if not diff.purchases:
        return []
    points = tuple(f"{text}." for text in purchase_sentences(diff.purchases))
    rest = len(points) - MOST_DECISIONS
    blocks: list[Block] = [Heading("Investments"), Bullets(points[:MOST_DECISIONS])]
    return [*blocks, Paragraph(f"And {rest:,} more.")] if rest > 0 else blocks


def _money(diff: PlanDiff) -> list[Block]:
    rows = [part for part in diff.money if max(abs(part.change), abs(part.undiscounted_change)) >= CENT]
    if not rows:
        return []
    size = max(max(abs(part.before), abs(part.after)) for part in rows)
    total = (
        "net present value",
        diff.npv_before,
        diff.npv_after,
        diff.npv_change,
        sum(part.undiscounted_change for part in diff.money),
    )
    told = [
        (MONEY_WORDS[part.kind], part.before, part.after, part.change, part.undiscounted_change)
        for part in rows
    ]
    cells = tuple(
        (
            word,
            _amount(before, size),
            _amount(after, size),
            _change(change, size),
            _change(undiscounted, size),
        )
        for word, before, after, change, undiscounted in [*told, total]
    )
    header = ("", "before", "after", "change", "undiscounted change")
    caption = f"Present values in {diff.currency}; what is paid is negative."
    return [Heading("Money"), Table(header, cells, ("<", ">", ">", ">", ">"), caption)]


def _service(diff: PlanDiff) -> list[Block]:
    units = [part for part in diff.units if part.differs]
    if not units and not diff.served and _same(diff.fill_rate_before, diff.fill_rate_after):
        return []
    blocks: list[Block] = [Heading("Units")]
    if not _same(diff.fill_rate_before, diff.fill_rate_after):
        old, new = (_percent(rate) for rate in (diff.fill_rate_before, diff.fill_rate_after))
        blocks.append(Paragraph(f"The fill rate goes from {old} to {new}."))
    if units:
        rows = tuple(
            (
                part.mode,
                _amount(part.made_before, 1000),
                _amount(part.made_after, 1000),
                _change(part.made_after - part.made_before, 1000),
            )
            for part in units
        )
        caption = "Units made over the whole horizon."
        blocks.append(Table(("mode", "before", "after", "change"), rows, ("<", ">", ">", ">"), caption))
    if diff.served:
        shown = _largest(diff.served, lambda part: abs(part.change))
        rows = tuple(
            (
                part.line,
                _amount(part.before, 1000),
                _amount(part.after, 1000),
                _change(part.change, 1000),
            )
            for part in shown
        )
        rest = _rest(len(diff.served), len(shown), "line", "lines")
        caption = f"Units of demand served over the whole horizon{rest}."
        blocks.append(Table(("line", "before", "after", "change"), rows, ("<", ">", ">", ">"), caption))
    return blocks


def _use(diff: PlanDiff) -> list[Block]:
    changed = sorted(filter(_worth_telling, diff.utilisation), key=lambda part: -abs(part.change or 0.0))
    if not changed:
        return []
    shown = changed[:MOST_ROWS]
    rows = tuple(
        (
            part.resource,
            part.period,
            _percent(part.before),
            _percent(part.after),
            "" if part.change is None else f"{100 * part.change:+.1f}",
        )
        for part in shown
    )
    header = ("resource", "period", "before", "after", "change in points")
    rest = _rest(len(changed), len(shown), "resource and period", "resources and periods")
    caption = f"Use of capacity, the largest change first{rest}."
    return [Heading("Resources"), Table(header, rows, ("<", "<", ">", ">", ">"), caption)]


def _worth_telling(part: UseChange) -> bool:
    if part.change is None:
        return part.before is not None or part.after is not None
    return abs(part.change) >= POINT


def _largest(parts: Sequence[Part], size: Callable[[Part], float]) -> list[Part]:
    """Return the parts with the largest changes, in the order that they had."""
    ranked = sorted(range(len(parts)), key=lambda place: -size(parts[place]))
    return [parts[place] for place in sorted(ranked[:MOST_ROWS])]


def _rest(number: int, shown: int, noun: str, plural: str) -> str:
    rest = number - shown
    if rest <= 0:
        return ""
    return f"; {rest:,} more {noun if rest == 1 else plural} left out"


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < POINT


def _percent(share: float | None) -> str:
    return "none" if share is None else percent(share)


def _amount(value: float, size: float) -> str:
    text = f"{value:,.0f}" if size >= 1000 else f"{value:,.2f}"
    return text.removeprefix("-") if not float(text.replace(",", "")) else text


def _change(value: float, size: float) -> str:
    text = _amount(value, size)
    return f"+{text}" if value > 0 and float(text.replace(",", "")) else text
