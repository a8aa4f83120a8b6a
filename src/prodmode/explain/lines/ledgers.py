"""Ledgers of a line side by side: its plan, and the best plans with other options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.blocks import Paragraph, Table
from prodmode.explain.words import EARNED, ENTRIES, NOT_OFFERED, amount, quantity

if TYPE_CHECKING:
    from prodmode.document.blocks import Block
    from prodmode.document.page import Align
    from prodmode.explain.lines.accounts import Ledger
    from prodmode.explain.lines.explanation import LineExplanation

MOST_COLUMNS = 3
"""Ledgers beside that of the plan in one table."""

CENT = 0.005
"""Money up to which there is nothing to tell."""

LEDGER_NOTE = (
    "A ledger has a column for the plan and one for the best plan with each other option, expected over the "
    "horizon; costs are negative."
)
WORTH_NOTE = (
    "What a resource is worth is an estimate, from the prices at which all lines together would just use it "
    "up if decisions could be split; it is no cost and part of no sum."
)


def ledgers(answer: LineExplanation, *, notes: bool) -> list[Block]:
    """Return the ledger of a line in the plan beside those in the best plans with other options."""
    others = [
        (row.option or NOT_OFFERED, row.ledger) for row in answer.alternatives if row.ledger is not None
    ]
    groups = [others[at : at + MOST_COLUMNS] for at in range(0, len(others), MOST_COLUMNS)] or [[]]
    caption = f"Money as present value in {answer.instance.currency}." + (f" {LEDGER_NOTE}" if notes else "")
    captions = [caption, *["The same for the other options:"] * (len(groups) - 1)]
    tables: list[Block] = [
        _ledger([("the plan", answer.ledger), *group], text)
        for group, text in zip(groups, captions, strict=True)
    ]
    shown = [answer.ledger, *(ledger for _, ledger in others)]
    if any((take.worth or 0.0) > CENT for ledger in shown for take in ledger.takes):
        tables += [Paragraph(WORTH_NOTE)] if notes else []
    return tables


def _ledger(columns: list[tuple[str, Ledger]], caption: str) -> Table:
    largest = max((abs(value) for _, part in columns for value in part.money.values()), default=0.0)
    rows = []
    for name in columns[0][1].amounts:
        figures = [part.amounts[name] for _, part in columns]
        if name == "sold" or any(abs(figure) > 1e-9 for figure in figures):
            rows.append((ENTRIES[name].label, *(amount(figure) for figure in figures)))
    for name in columns[0][1].money:
        figures = [part.money[name] for _, part in columns]
        if any(abs(figure) > CENT for figure in figures):
            rows.append((ENTRIES[name].label, *(_cash(figure, largest) for figure in figures)))
    rows.append((EARNED, *(_cash(part.earned, largest) for _, part in columns)))
    units = {take.resource: take.unit for _, part in columns for take in part.takes}
    for resource, unit in units.items():
        takes = [next((t for t in part.takes if t.resource == resource), None) for _, part in columns]
        rows.append((f"takes of {resource}", *(quantity(t.units if t else 0.0, unit) for t in takes)))
        worth = [t.worth or 0.0 if t else 0.0 for t in takes]
        if any(abs(figure) > CENT for figure in worth):
            rows.append(("  worth about", *(_cash(figure, largest) for figure in worth)))
    right: Align = ">"
    align: tuple[Align, ...] = ("<", *([right] * len(columns)))
    return Table(("", *(name for name, _ in columns)), tuple(rows), align, caption)


def _cash(figure: float, largest: float) -> str:
    """Return an amount without its currency, with cents where all amounts are small."""
    return f"{figure + 0.0:,.2f}" if largest < 1000 else f"{round(figure) + 0:,}"
