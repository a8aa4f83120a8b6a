"""A what-if in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.blocks import Bullets, Document, Heading, Paragraph
from prodmode.document.page import count, money

if TYPE_CHECKING:
    from prodmode.document.blocks import Block
    from prodmode.explain.interval import Interval
    from prodmode.explain.what_if.what_if import WhatIf

MOST_ASKED = 12
"""Changes listed one by one before the rest is only counted."""


def what_if_document(answer: WhatIf) -> Document:
    """Return a what-if as a document."""
    asked = answer.asked
    title = f"What if: {', '.join(answer.questions)}"
    if not answer.questions:
        title = f"What if: {asked[0]}" if len(asked) == 1 else f"What if, with {count(len(asked), 'change')}"
    blocks: list[Block] = [Paragraph(_headline(answer))]
    if len(asked) > 1 or answer.questions:
        points = asked[:MOST_ASKED]
        more = len(asked) - len(points)
        blocks += [Heading("Changes"), Bullets((*points, *([f"and {more:,} more"] if more else [])))]
    if answer.conflict:
        blocks += _conflict(answer)
    if answer.reason is not None:
        blocks += answer.reason.document().under()
    if answer.difference is not None:
        found = answer.difference.document().blocks
        # the first block tells of the net present value, which is said above with what is proven
        blocks += found if answer.difference.is_empty else found[1:]
    return Document(title, tuple(blocks))


def _headline(answer: WhatIf) -> str:
    currency, result = answer.currency, answer.after
    now = answer.npv_before.words(currency)
    if not result.verified:
        return f"{_no_plan(answer)} Now the best plan earns {now}."
    parts = [f"The best plan then earns {answer.npv_after.words(currency)}; now it is {now}."]
    change = answer.change
    if change.sign:
        side = "more" if change.sign > 0 else "less"
        size = change if change.sign > 0 else -change
        parts.append(f"That is {size.words(currency)} {side}.")
    elif change.width == 0:
        parts.append("That is the same.")
    else:
        parts.append(f"The two cannot be told apart: the difference is {_within(change, currency)}.")
        if answer.difference is not None and not answer.difference.is_empty:
            parts.append("Other decisions may be as good as those below.")
    return " ".join(parts)


def _within(change: Interval, currency: str) -> str:
    """Return what is proven of a difference that may be of either sign."""
    if change.lower is None and change.upper is None:
        return "not proven to be anything"
    if change.lower is None or change.upper is None:
        return f"{change.words(currency)}, and no more than that is proven"
    lower, upper = (money(round(side, 2) + 0.0, currency) for side in (change.lower, change.upper))
    return f"between {lower} and {upper}, and no more is proven"


def _no_plan(answer: WhatIf) -> str:
    status = answer.after.status.value
    if status == "infeasible":
        return "Then no plan keeps all rules."
    if status == "interrupted":
        return "The run was interrupted before a plan was found; there may be one."
    if status == "error":
        return "The run failed: its plan did not stand up to the check."
    return "No plan was found within the limits; there may be one."


def _conflict(answer: WhatIf) -> list[Block]:
    if len(answer.conflict) == len(answer.asked) == 1:
        return []
    if not answer.conflict_minimal:
        told = "These leave no plan together; it was not found out in time whether fewer of them do."
        return [Paragraph(told), Bullets(answer.conflict)]
    if len(answer.conflict) == 1:
        return [Paragraph(f"This alone leaves no plan: {answer.conflict[0]}")]
    return [
        Paragraph("These leave no plan together, and each of them is needed for that:"),
        Bullets(answer.conflict),
    ]
