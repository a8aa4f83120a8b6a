"""Sensitivity in words: a tornado as a table, what flips, and what to verify first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.blocks import Bullets, Document, Heading, Paragraph, Table
from prodmode.document.page import count, money, percent
from prodmode.explain.moves import in_words

if TYPE_CHECKING:
    from prodmode.document.blocks import Block
    from prodmode.explain.sensitivity.sensitivity import Sensitivity, Side, Swing

BAR = 16
"""Characters of the longest bar."""

MOST_VERIFIED = 5
"""Inputs to verify that are named."""


def document(answer: Sensitivity) -> Document:
    """Return a sensitivity answer as a document."""
    title = "Which inputs matter most"
    if not answer.swings:
        return Document(title, (Paragraph("There is no input to move."),))
    blocks: list[Block] = [Paragraph(_opening(answer)), _tornado(answer)]
    if answer.grouped:
        blocks.append(
            Paragraph(
                "The portfolio is large: families, modes, sites and resources were moved, not single lines "
                "and quotations. Name those that matter to see them."
            )
        )
    blocks += _flips(answer)
    blocks += _verify(answer)
    if answer.missing:
        blocks.append(Paragraph(f"{count(answer.missing, 'case')} had no time to be solved."))
    return Document(title, tuple(blocks))


def _opening(answer: Sensitivity) -> str:
    first = answer.swings[0]
    worth = money(answer.value.lower or 0.0, answer.currency)
    moved = f"by {percent(answer.swing)} down and up" if _even(answer) else "down and up as asked"
    text = f"The plan earns {worth}. Each input was moved alone, {moved}, and everything was decided anew. "
    return (
        f"{text}What matters most is {first.name}: {_change(first.low, answer)} with the lower value, "
        f"{_change(first.high, answer)} with the higher."
    )


def _even(answer: Sensitivity) -> bool:
    return all(swing.kind != "other" for swing in answer.swings)


def _change(side: Side, answer: Sensitivity) -> str:
    if side.status == "infeasible":
        return "no plan is left"
    if side.change.sign == 0:
        width = side.change.width
        if width is None:
            return "unknown"
        return (
            "no difference" if not width else f"no proven difference (within {money(width, answer.currency)})"
        )
    middle = side.change.middle
    sign = "+" if side.change.sign > 0 else ""
    if middle is None:
        return side.change.words(answer.currency)
    return f"{sign}{money(middle, answer.currency)}"


def _tornado(answer: Sensitivity) -> Table:
    widest = answer.swings[0].spread
    rows = tuple(
        (
            swing.name,
            _factor(swing.low),
            _change(swing.low, answer),
            _factor(swing.high),
            _change(swing.high, answer),
            "#" * round(BAR * swing.spread / widest) if widest else "",
            "yes" if swing.flips else "no",
        )
        for swing in answer.swings
    )
    return Table(
        ("input", "low", "change of NPV", "high", "change of NPV", "spread", "decisions flip"),
        rows,
        ("<", ">", ">", ">", ">", "<", "<"),
    )


def _factor(side: Side) -> str:
    """Return the factor of a change as a percentage: its text ends with it."""
    share = float(side.edit.rpartition("*")[2]) - 1
    return f"{'+' if share >= 0 else '-'}{percent(abs(share))}"


def _flips(answer: Sensitivity) -> list[Block]:
    points = tuple(
        f"{swing.name} {_factor(side)}: {in_words(side.flips)}."
        for swing in answer.swings
        for side in (swing.low, swing.high)
        if side.flips
    )
    steady = [swing.name for swing in answer.swings if not swing.flips]
    blocks: list[Block] = []
    if points:
        blocks += [Heading("Decisions that flip"), Bullets(points)]
    if steady and points:
        blocks.append(
            Paragraph(f"No decision flips with {count(len(steady), 'input')}: {', '.join(steady)}.")
        )
    elif steady:
        blocks.append(
            Paragraph("No decision flips with any of them: the plan is the same, whatever it earns.")
        )
    return blocks


def _verify(answer: Sensitivity) -> list[Block]:
    found = answer.to_verify
    broken = [swing for swing in answer.swings if False in {swing.low.holds, swing.high.holds}]
    blocks: list[Block] = []
    if found or broken:
        blocks.append(Heading("What to verify first"))
    if found:
        blocks.append(
            Paragraph(
                "What a wrong figure costs is not how far it moves the profit, but what is lost by having "
                "decided on it: today's decisions kept, against deciding anew."
            )
        )
        blocks.append(Bullets(tuple(_loss(swing, answer) for swing in found[:MOST_VERIFIED])))
        quotes = [swing for swing in found if swing.kind == "quote"]
        if quotes and found[0] is not quotes[0]:
            blocks.append(Paragraph(f"Of the quotations, verify {quotes[0].name} first."))
        if not quotes and any(swing.kind == "quote" for swing in answer.swings):
            blocks.append(Paragraph("No quotation changes a decision within the range."))
    if broken:
        names = ", ".join(
            f"{swing.name} {_factor(side)}"
            for swing in broken
            for side in (swing.low, swing.high)
            if side.holds is False
        )
        blocks.append(Paragraph(f"Today's decisions would not even be feasible with: {names}."))
    return blocks


def _loss(swing: Swing, answer: Sensitivity) -> str:
    side = max((swing.low, swing.high), key=lambda end: end.regret.middle or 0.0)
    return f"{swing.name}: {side.regret.words(answer.currency)} lost if it is {_factor(side)}."
