"""A diagnosis as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.blocks import Bullets, Document, Heading, Paragraph
from prodmode.document.page import count, money, percent
from prodmode.explain.infeasible.rules import GROUPS
from prodmode.explain.words import listed

if TYPE_CHECKING:
    from prodmode.document.blocks import Block
    from prodmode.explain.infeasible.conflict import Conflict, Member
    from prodmode.explain.infeasible.diagnosis import Diagnosis
    from prodmode.explain.infeasible.repair import Repair
    from prodmode.explain.infeasible.rules import Kind

MOST_REASONS = 12
"""Reasons that a document lists."""

MOST_MEMBERS = 16
"""Rules of a conflict that a document lists one by one."""

MOST_NAMES = 6
"""Names of a kind of rule that it lists where they are more."""


def document_of(diagnosis: Diagnosis) -> Document:
    """Return a diagnosis as a document."""
    if diagnosis.feasible:
        return Document(f"'{diagnosis.name}' has a plan", (Paragraph("All rules can hold together."),))
    if diagnosis.feasible is None:
        title = f"Whether '{diagnosis.name}' has a plan is not known"
        said = (
            "No single rule rules a plan out. Whether the rules can hold together was not asked."
            if diagnosis.depth == "reasons"
            else "No single rule rules a plan out; whether all can hold together was not found out in time."
        )
        return Document(title, (Paragraph(said),))
    blocks = [*_reasons(diagnosis), *_conflict(diagnosis), *_repairs(diagnosis)]
    return Document(f"Why '{diagnosis.name}' has no plan", tuple(blocks))


def _reasons(diagnosis: Diagnosis) -> list[Block]:
    reasons = [reason.sentence for reason in diagnosis.reasons]
    if not reasons:
        said = "No single rule is to blame: each could be kept if the others were not there."
        return [Paragraph(said)] if diagnosis.depth != "reasons" else []
    more = len(reasons) - MOST_REASONS
    listing = [
        *reasons[:MOST_REASONS],
        *([f"{count(more, 'more reason')} of this sort."] if more > 0 else []),
    ]
    return [Heading("What no plan can do"), Bullets(tuple(listing))]


def _conflict(diagnosis: Diagnosis) -> list[Block]:
    conflict = diagnosis.conflict
    if conflict is None:
        if diagnosis.depth == "reasons":
            return []
        return [Paragraph("Which rules cannot hold together was not found out in time.")]
    points = _members(conflict)
    said = (
        f"These {count(len(conflict.members), 'rule')} cannot hold together. Without any one of them the "
        "others can; this was proved for each."
        if conflict.proved_minimal
        else f"Together these rules rule a plan out. {conflict.how_far}"
    )
    if not points:
        said = (
            "What is taken as given, such as demand and what options take of resources, rules out every plan."
        )
    elif len(conflict.members) == 1:
        said = "This rule alone cannot be kept."
    return [Heading("The conflict"), Paragraph(said), *([Bullets(points)] if points else [])]


def _members(conflict: Conflict) -> tuple[str, ...]:
    """Return the rules in words; where they are many, those of one kind together."""
    if len(conflict.members) <= MOST_MEMBERS:
        return tuple(_member(member, conflict) for member in conflict.members)
    groups: dict[Kind, list[str]] = {}
    for member in conflict.members:
        rule = member.rule
        where = f" in {rule.period}" if rule.period and rule.kind == "capacity" else ""
        groups.setdefault(rule.kind, []).append(f"'{rule.name}'{where}")
    told = []
    for kind, names in groups.items():
        more = len(names) - MOST_NAMES
        named = [*names[:MOST_NAMES], *([f"{more:,} more"] if more > 0 else [])]
        told.append(f"{len(names):,} of the {GROUPS[kind]}: {listed(named)}.")
    return tuple(told)


def _member(member: Member, conflict: Conflict) -> str:
    when = f" (it matters in {listed(member.periods)})" if member.periods else ""
    doubt = "" if member.needed or conflict.proved_minimal else " (it may play no part)"
    return f"{member.sentence[:1].upper()}{member.sentence[1:]}{when}{doubt}."


def _repairs(diagnosis: Diagnosis) -> list[Block]:
    if diagnosis.depth != "repair":
        return []
    if diagnosis.repair is None:
        return [Paragraph("No repair was found and tried out in time.")]
    blocks: list[Block] = [Heading("The cheapest repair"), *_repair(diagnosis, diagnosis.repair)]
    for number, repair in enumerate(diagnosis.alternatives, 1):
        blocks += [Heading(f"Another way, number {number}"), *_repair(diagnosis, repair)]
    return blocks


def _repair(diagnosis: Diagnosis, repair: Repair) -> list[Block]:
    points = tuple(
        f"{move.sentence[:1].upper()}{move.sentence[1:]} ({percent(move.share)}). As an edit: {move.edit}"
        for move in repair.moves
    )
    sure = (
        "but for rounding, no changes of other size or kind cost less"
        if repair.smallest
        else "cheaper changes may exist"
        if repair.least is None
        else f"cheaper changes may exist, but none below {percent(repair.least / 100)}"
    )
    paid = f", {money(repair.money, diagnosis.currency)} in money" if repair.money is not None else ""
    worth = ""
    if repair.npv is not None:
        worth = f" The plan then found is worth {money(repair.npv, diagnosis.currency)}"
        if repair.npv_bound is not None and repair.npv_bound - repair.npv > 0.005 * max(1.0, abs(repair.npv)):
            worth += f" (the best at most {money(repair.npv_bound, diagnosis.currency)})"
        worth += "; it was checked."
    size = percent(repair.cost / 100)
    said = f"{count(len(points), 'change')}, {size} of the figures in all{paid}; {sure}.{worth}"
    return [Paragraph(said), Bullets(points)]
