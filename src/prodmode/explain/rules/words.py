"""What rules cost, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.blocks import Bullets, Document, Heading, Paragraph, Table
from prodmode.document.page import count
from prodmode.explain.rules.rules_list import KINDS
from prodmode.explain.words import listed

if TYPE_CHECKING:
    from prodmode.document.blocks import Block
    from prodmode.explain.interval import Interval
    from prodmode.explain.rules.rule_costs import RuleCost, RuleCosts

MOST_ROWS = 15
"""Rules told one by one."""


def rule_costs_document(answer: RuleCosts) -> Document:
    """Return what each rule costs as a document."""
    title = "What each rule costs"
    if not answer.rules:
        return Document(title, (Paragraph("The instance has no rule that could be given up."),))
    dear = [rule for rule in answer.rules if rule.cost.sign > 0]
    blocks: list[Block] = [Paragraph(_headline(answer, dear))]
    if dear:
        shown = dear[:MOST_ROWS]
        rows = tuple((rule.name, rule.sentence, _cell(rule.cost, answer.currency)) for rule in shown)
        blocks.append(Table(("about", "rule", "costs"), rows, ("<", "<", ">")))
        points = [_beyond(rule) for rule in shown if rule.beyond]
        if points:
            blocks += [Heading("How far the best plan goes without each"), Bullets(tuple(points))]
        if len(dear) > len(shown):
            blocks.append(Paragraph(f"And {count(len(dear) - len(shown), 'rule')} more that cost less."))
    blocks += _kinds(answer)
    blocks.append(
        Paragraph(
            "Each cost is what the best plan earns more, as net present value, without that rule alone; the "
            "costs of several do not add up."
        )
    )
    return Document(title, tuple(blocks))


def _headline(answer: RuleCosts, dear: list[RuleCost]) -> str:
    total, open_ = len(answer.rules), [rule for rule in answer.rules if _unproven(rule.cost)]
    text = f"Of {count(total, 'rule')} {len(dear):,} {'costs' if len(dear) == 1 else 'cost'} something"
    if not dear:
        text = f"Of {count(total, 'rule')} none is proven to cost anything"
    if not dear and not open_:
        text = f"Of {count(total, 'rule')} none costs anything"
    if open_:
        text += f"; what {count(len(open_), 'other')} cost cannot be told apart from nothing"
    if dear:
        first = dear[0]
        text += f". The dearest: {first.sentence}, {first.cost.words(answer.currency)}"
    return f"{text}."


def _unproven(cost: Interval) -> bool:
    return cost.sign == 0 and cost.width != 0


def _cell(cost: Interval, currency: str) -> str:
    return cost.words(currency).removeprefix("between ").replace(" and ", " to ")


def _beyond(rule: RuleCost) -> str:
    found = (rule.beyond or "").removesuffix(".")
    return f"{rule.sentence[0].upper()}{rule.sentence[1:]}: {found}."


def _kinds(answer: RuleCosts) -> list[Block]:
    """Say what kinds cost as a whole: nothing, or more than their rules one by one."""
    free = [kind for kind in answer.kinds if kind.cost.width == 0 and kind.cost.sign == 0]
    blocks: list[Block] = []
    if free:
        names = [
            f"{KINDS[kind.kind]} ({kind.rules:,})" if kind.rules > 1 else KINDS[kind.kind] for kind in free
        ]
        blocks.append(Paragraph(f"These cost nothing, even given up all together: {listed(names)}."))
    rows = tuple(
        (KINDS[kind.kind], f"{kind.rules:,}", _cell(kind.cost, answer.currency))
        for kind in answer.kinds
        if kind.rules > 1 and kind not in free
    )
    if rows:
        caption = "Given up all together."
        blocks.append(Table(("kind of rule", "rules", "costs"), rows, ("<", ">", ">"), caption))
    return blocks
