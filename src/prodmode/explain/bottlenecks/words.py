"""Bottlenecks in words: three figures beside each other, and what they do and do not say."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from prodmode.document.blocks import Bullets, Document, Heading, Paragraph, Table
from prodmode.document.page import count, money, percent
from prodmode.explain.moves import in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodmode.document.blocks import Block
    from prodmode.document.page import Align
    from prodmode.explain.bottlenecks.bottlenecks import Bottleneck, Bottlenecks, Investing
    from prodmode.explain.bottlenecks.duals import Price
    from prodmode.explain.bottlenecks.steps import Value

MOST_MOVES = 2
"""Differences of a step that are named."""

SIDES = {"min": "at least", "max": "at most", "min_share": "at least", "max_share": "at most"}

THREE = (
    "Three figures stand beside each other, all in present value, because they answer different questions. "
    "'Divisible' is the price of a unit if every decision could be taken in part, half a setup or a tenth of "
    "a machine: a guide to where it is scarce, not what a unit earns. 'Kept' is what one unit more earns "
    "while every option, setup, price break and investment stays as planned and only quantities move; it is "
    "often nothing although the capacity matters, because what it would be good for is another decision."
)
"""What the two prices mean."""

EXACT_STEPS = " The steps are exact: everything was decided again with that much less or more."


def document(answer: Bottlenecks) -> Document:
    """Return bottlenecks as a document."""
    shown = [row for row in answer.rows if row.scarce.tight or (row.steps and row.scarce.kind != "budget")]
    tight = [row for row in answer.rows if row.scarce.tight and row.scarce.used > 0]
    blocks: list[Block] = [Paragraph(_opening(answer, tight))]
    if shown:
        solved = any(row.steps for row in shown)
        text = THREE + EXACT_STEPS if solved else THREE.replace("Three", "Two")
        blocks += [_table(shown, answer, solved=solved), Paragraph(text)]
    points = tuple(text for row in shown if (text := _remark(row, answer)))
    if points:
        blocks += [Heading("What that means"), Bullets(points)]
    rules = [text for row in _once(answer.rows) if (text := _lifting(row, answer))]
    if rules:
        blocks += [Heading("Without the rule"), Bullets(tuple(rules))]
    copies = [text for part in answer.investments for text in _investing(part, answer)]
    if copies:
        blocks += [Heading("Investments"), Bullets(tuple(copies))]
    rest = [row for row in answer.rows if row not in shown and row.scarce.kind == "capacity"]
    if rest:
        blocks.append(Paragraph(f"Enough is left of: {_left(rest)}."))
    return Document("Bottlenecks", tuple(blocks))


def _opening(answer: Bottlenecks, tight: Sequence[Bottleneck]) -> str:
    earns = f"The plan earns {money(answer.value.lower or 0.0, answer.currency)}."
    names = list(dict.fromkeys(_name(row) for row in tight))
    if not names:
        return f"{earns} Nothing is nearly used up: of every capacity, budget and limit 10 % is left."
    return f"{earns} Nearly used up (90 % or more), or just met, are: {', '.join(names)}."


def _name(row: Bottleneck) -> str:
    return "the budget" if row.scarce.kind == "budget" else f"'{row.scarce.name}'"


def _titled(row: Bottleneck) -> str:
    scarce = row.scarce
    if scarce.kind == "limit":
        return f"'{scarce.name}' ({SIDES[scarce.side]})"
    return f"{_name(row)} in {scarce.period}"


def _table(rows: Sequence[Bottleneck], answer: Bottlenecks, *, solved: bool) -> Table:
    header = ("what", "period", "used", "of", "unit", "share", "divisible", "kept", "10 % less", "10 % more")
    width = len(header) if solved else len(header) - 2
    cells = tuple(
        (
            row.scarce.name,
            row.scarce.period or SIDES[row.scarce.side],
            _amount(row, row.scarce.used),
            _amount(row, row.scarce.bound),
            {"share": "", "options in force": "options"}.get(row.scarce.unit, row.scarce.unit),
            "" if row.scarce.share is None else percent(min(row.scarce.share, 99.0)),
            _price(row.if_divisible, row),
            "" if _counts(row) else _price(row.plan_held, row),
            _step(row.step("10 % less") or row.step("one less")),
            _step(row.step("10 % more") or row.step("one more")),
        )[:width]
        for row in rows
    )
    caption = f"Money in {answer.currency}; 'divisible' and 'kept' for each unit."
    if any(row.scarce.overtime > 0 for row in rows):
        caption += " A share above 100 % is overtime."
    if any(_counts(row) for row in rows):
        caption += " Options and setups are moved by one instead of 10 %."
    align: tuple[Align, ...] = ("<", "<", ">", ">", "<", ">", ">", ">", ">", ">")
    return Table(header[:width], cells, align[:width], caption)


def _counts(row: Bottleneck) -> bool:
    """Return whether decisions are counted: with those kept there is nothing to move."""
    return row.scarce.unit in {"options in force", "setups"}


def _amount(row: Bottleneck, value: float) -> str:
    if row.scarce.unit == "share":
        return percent(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.4g}"


def _price(price: Price, row: Bottleneck) -> str:
    if price.more is None:
        return "none"
    return f"{_figure(price.more)} *" if price.one_sided and row.scarce.bound else _figure(price.more)


def _figure(value: float) -> str:
    return "0" if value == 0 else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def _step(step: Value | None) -> str:
    if step is None:
        return ""
    if step.status == "infeasible":
        return "no plan"
    if step.change_of_value.width is None:
        return "unknown"
    if step.change_of_value.sign == 0:
        return "0" if not step.change_of_value.width else "0 (within the proof)"
    return f"{step.change_of_value.middle or 0.0:+,.0f}"


def _remark(row: Bottleneck, answer: Bottlenecks) -> str:
    """Return what the three figures say together."""
    floor = row.scarce.side.startswith("min")
    less, more = (row.step(f"10 % {word}") or row.step(f"one {word}") for word in ("less", "more"))
    relaxed, tightened = (less, more) if floor else (more, less)
    parts = [_kept_against_exact(row, relaxed, answer), _losing(tightened, answer)]
    # Where there is nothing there is nothing to have less of.
    if not _counts(row) and row.scarce.bound:
        parts.append(_two_sides("if every decision could be taken in part", row.if_divisible, answer))
        parts.append(_two_sides("with the plan's decisions kept", row.plan_held, answer))
    text = " ".join(part for part in parts if part)
    return f"{_titled(row)}: {text}" if text else ""


def _kept_against_exact(row: Bottleneck, step: Value | None, answer: Bottlenecks) -> str:
    kept = row.plan_held.more
    if step is None or step.change_of_value.width is None:
        return ""
    moved = in_words(step.differences, MOST_MOVES)
    if step.change_of_value.sign <= 0:
        if step.change_of_value.width:
            return f"{step.label} is not proven to be worth anything."
        return f"{step.label} is worth nothing: it is used, but it is not what holds the plan back."
    worth = step.change_of_value.words(answer.currency)
    if kept == 0 and not _counts(row):
        why = f", because decisions change: {moved}" if moved else ", because setups or price breaks change"
        return (
            f"with the plan's decisions kept one unit more earns nothing, and yet {step.label} is worth "
            f"{worth}{why}."
        )
    each = _each(row, step)
    how = f", with other decisions: {moved}" if moved else ", with the decisions as they are"
    return f"{step.label} is worth {worth}{each}{how}."


def _each(row: Bottleneck, step: Value) -> str:
    """Return what each unit of a step is worth, and the first one where that is much more."""
    if step.per_unit is None or step.amount is None or row.scarce.unit == "share" or _counts(row):
        return ""
    text = f" for {_amount(row, abs(step.amount))} {row.scarce.unit}, {_figure(abs(step.per_unit))} each"
    first = row.plan_held.more
    if first is not None and first > 1.2 * abs(step.per_unit):
        text += f" (the first {_figure(first)})"
    return text


def _two_sides(when: str, price: Price, answer: Bottlenecks) -> str:
    if not price.one_sided:
        return ""
    more, less = (
        None if value is None else f"{_figure(value)} {answer.currency}" for value in (price.more, price.less)
    )
    gained = "one unit more cannot be had" if more is None else f"one unit more earns {more}"
    lost = "one less is not feasible" if less is None else f"one less costs {less}"
    return f"* {when} {gained}, but {lost}: there is no single price."


def _losing(step: Value | None, answer: Bottlenecks) -> str:
    if step is None:
        return ""
    if step.status == "infeasible":
        return f"With {step.label} no plan is feasible."
    if step.change_of_value.sign >= 0 or not step.differences:
        return ""
    lost = (-step.change_of_value).words(answer.currency)
    return f"With {step.label} {lost} would be lost: {in_words(step.differences, MOST_MOVES)}."


def _once(rows: Sequence[Bottleneck]) -> list[Bottleneck]:
    """Return the limits, and the first row of the budget."""
    budget = [row for row in rows if row.scarce.kind == "budget"][:1]
    return [*budget, *(row for row in rows if row.scarce.kind == "limit")]


def _lifting(row: Bottleneck, answer: Bottlenecks) -> str:
    step = row.step("lifted")
    if step is None:
        return ""
    name = "the budget, in all periods" if row.scarce.kind == "budget" else _titled(row)
    if step.change_of_value.sign > 0:
        moved = in_words(step.differences)
        how = f": {moved}" if moved else ""
        return f"Without {name}, {step.change_of_value.words(answer.currency)} more{how}."
    if step.change_of_value.width is None:
        return f"Without {name}: not known, the time given ran out."
    return f"Without {name}, nothing more is earned."


def _investing(part: Investing, answer: Bottlenecks) -> list[str]:
    found = []
    name = f"'{part.investment}' ({part.bought} of {part.most} bought)"
    for step in part.steps:
        worth = step.change_of_value
        label = f"{name}, {step.label}"
        moved = in_words(step.differences)
        how = f" ({moved})" if moved else ""
        if step.status == "infeasible":
            found.append(f"{label}: no plan is feasible.")
        elif worth.width is None:
            found.append(f"{label}: not known, the time given ran out.")
        elif worth.sign > 0:
            found.append(f"{label}, its cost included, would earn {worth.words(answer.currency)} more{how}.")
        elif worth.sign < 0:
            lost = (-worth).words(answer.currency)
            text = f"{label}, its cost and upkeep included, would lose {lost}{how}."
            if step.label == "one more copy":
                text += f" It would pay if it came {lost} cheaper (present value)."
            found.append(text)
        else:
            found.append(f"{label}: the plan earns the same, as far as is proven.")
    return found


def _left(rows: Sequence[Bottleneck]) -> str:
    words = []
    for name, group in groupby(rows, key=lambda row: row.scarce.name):
        shares = [row.scarce.share or 0.0 for row in group]
        low, high = percent(min(shares)), percent(max(shares))
        span = low if low == high else f"{low} to {high}"
        words.append(f"'{name}' ({span} used in {count(len(shares), 'period')})")
    return ", ".join(words)
