"""Break-even values in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.blocks import Bullets, Document, Facts, Heading, Paragraph, Table
from prodmode.document.page import money, percent

if TYPE_CHECKING:
    from prodmode.document.blocks import Block
    from prodmode.explain.break_even.break_even import BreakEven
    from prodmode.explain.break_even.flips import Flip

LABELS = {
    "lump_sum": "grant",
    "unit_cost": "unit cost",
    "price": "price",
    "tooling_capex": "tooling",
    "investment_capex": "capex",
    "unit_cost_now": "unit cost of what is used now",
    "demand": "demand",
    "capacity": "capacity",
}
"""What each parameter is called."""


def document(answer: BreakEven) -> Document:
    """Return a break-even answer as a document."""
    blocks: list[Block] = [Paragraph(_opening(answer))]
    flips = [flip for flip in answer.flips if flip.outcome == "flips"]
    if flips:
        blocks.append(Paragraph("The decision flips if, everything else as it is:"))
        blocks.append(Bullets(tuple(_sentence(flip, answer) for flip in flips)))
    none = [flip for flip in answer.flips if flip.outcome in {"none", "unknown"}]
    if none:
        blocks.append(Paragraph("It does not flip, or this was not proven, with:"))
        blocks.append(Bullets(tuple(_without(flip, answer) for flip in none)))
    skipped: dict[str, list[str]] = {}
    for flip in answer.flips:
        if flip.outcome == "skipped":
            skipped.setdefault(flip.note, []).append(LABELS[flip.parameter])
    if skipped:
        text = "; ".join(f"{' and '.join(labels)}: {note}" for note, labels in skipped.items())
        blocks.append(Paragraph(f"Not asked: {text}."))
    if answer.alone is not None and any(flip.parameter == "demand" for flip in answer.flips):
        blocks.append(Paragraph(_alone(answer)))
    if flips:
        blocks += _table(flips, answer)
    return Document(f"What would make '{answer.line}' use '{answer.option}'", tuple(blocks))


def _opening(answer: BreakEven) -> str:
    now = " and ".join(f"'{option}'" for option in answer.now)
    made = f"'{answer.line}' is made by {now}" if now else f"'{answer.line}' is not offered"
    other = f"'{answer.option}' ({answer.mode})"
    match answer.state:
        case "used":
            return f"'{answer.line}' uses {other} throughout already."
        case "infeasible":
            return f"{made}. No plan can use {other} in every period in which it can be in force."
        case "flips":
            return (
                f"{made}. Using {other} in every period in which it can be in force does as well: the "
                "difference is within what is proven, and the two cannot be told apart."
            )
        case "unknown":
            return f"{made}. Whether {other} would be better was not proven in the time given."
        case _:
            loss = answer.loss.words(answer.currency)
            return (
                f"{made}. Using {other} in every period in which it can be in force would lower the net "
                f"present value by {loss}. Paid today on condition that it is so used, that sum would make "
                "up for it."
            )


def _sentence(flip: Flip, answer: BreakEven) -> str:
    text = f"{_condition(flip, flip.flips, answer)}."
    if flip.single is False:
        where = " and ".join(f"{low:g} and {high:g} times today's" for low, high in flip.brackets)
        if len(flip.brackets) > 1:
            text += f" It flips more than once: between {where}; this is the flip nearest to today."
        else:
            text += " Further on it flips back."
    if flip.part_used is not None:
        text += f" In part the best plan uses it from {value(flip, flip.part_used, answer)} on."
    if flip.stopped:
        text += f" The time given ran out: the point lies between that and {value(flip, flip.kept, answer)}."
    return text


def _condition(flip: Flip, at: float | None, answer: BreakEven) -> str:
    if at is None:
        return LABELS[flip.parameter]
    new = value(flip, at, answer)
    change = _change(flip, at)
    today = "" if flip.kind == "multiple" and flip.figure is None else f" instead of {_today(flip, answer)}"
    if flip.parameter in {"unit_cost", "unit_cost_now"} and flip.kind == "multiple":
        return f"all price breaks of '{flip.subject}' changed by {change}"
    if flip.parameter == "lump_sum" and flip.note:
        return f"{new} were paid for '{flip.subject}' in each period in force"
    start = {
        "lump_sum": f"a grant of {new} came with the start of '{flip.subject}'",
        "unit_cost": f"a unit of '{flip.subject}' cost {new}",
        "unit_cost_now": f"a unit of '{flip.subject}' cost {new}",
        "price": f"'{flip.subject}' sold at {new}",
        "tooling_capex": f"tooling for '{flip.subject}' cost {new}",
        "investment_capex": f"'{flip.subject}' cost {new}",
        "demand": f"demand for '{flip.subject}' over the horizon were {new}",
        "capacity": f"the capacity of '{flip.subject}' were {new}",
    }[flip.parameter]
    return start if flip.parameter == "lump_sum" else f"{start}{today} ({change})"


def value(flip: Flip, at: float | None, answer: BreakEven) -> str:
    """Return a value of a lever with its unit."""
    if at is None:
        return "an unknown figure"
    if flip.parameter in {"demand", "capacity"}:
        if flip.figure is None:
            return f"{at:,.4g} times today's"
        each = "" if flip.parameter == "demand" else " a period"
        return f"{at * flip.figure:,.5g} {flip.unit}{each}"
    amount = at if flip.kind != "multiple" else at * flip.figure if flip.figure is not None else None
    if amount is None:
        return f"{at:,.4g} times today's"
    return precise(amount, answer.currency)


def both(flip: Flip, answer: BreakEven) -> tuple[str, str]:
    """Return the values just before and just beyond the flip, with the digits that tell them apart."""
    if flip.kept is None or flip.flips is None:
        return ("", "")
    if flip.parameter in {"demand", "capacity"} or (flip.kind == "multiple" and flip.figure is None):
        return (f"{flip.kept:.7g} times today's", f"{flip.flips:.7g} times today's")
    scale = 1.0 if flip.figure is None else flip.figure
    currency = answer.currency
    return (f"{flip.kept * scale:,.9g} {currency}", f"{flip.flips * scale:,.9g} {currency}")


def precise(amount: float, currency: str) -> str:
    """Return an amount with the digits that a price needs.

    Examples
    --------
    >>> precise(441.312, "EUR"), precise(0.0431, "EUR"), precise(118238.0, "EUR")
    ('441.31 EUR', '0.0431 EUR', '118,238 EUR')
    """
    return f"{amount:,.4g} {currency}" if 0 < abs(amount) < 1 else money(amount, currency)


def _today(flip: Flip, answer: BreakEven) -> str:
    return value(flip, flip.today, answer)


def _change(flip: Flip, at: float) -> str:
    today = flip.today or 0.0
    if not today:
        return ""
    share = at / today - 1
    return f"{'+' if share > 0 else '-'}{percent(abs(share))}"


def _without(flip: Flip, answer: BreakEven) -> str:
    label = f"{LABELS[flip.parameter]} of '{flip.subject}'"
    if flip.parameter == "lump_sum":
        label = f"a grant paid when '{flip.subject}' starts, whatever follows"
    if flip.outcome == "unknown" or flip.scanned is None:
        return f"{label}: the time given ran out before anything was proven."
    low, high = (value(flip, end, answer) for end in flip.scanned)
    if flip.parameter in {"demand", "capacity"}:
        text = f"{label}: not at any of the values looked at, from {low} to {high}."
    elif flip.parameter == "lump_sum":
        text = f"{label}: not even with {high}."
    else:
        text = f"{label}: not even at {high}, from {low} today."
    if flip.part_used is not None:
        text += (
            f" But from {value(flip, flip.part_used, answer)} on the best plan uses it in part: "
            "not in every period, or not alone."
        )
    return text


def _alone(answer: BreakEven) -> str:
    found = answer.alone
    if found is None:
        return ""
    more = "more" if found.fixed >= 0 else "less"
    earn = "more" if found.per_unit >= 0 else "less"
    currency = answer.currency
    text = (
        f"Taken alone, against '{found.against}', without capacities, lots, other lines and rules: "
        f"'{answer.option}' costs {money(abs(found.fixed), currency)} {more} whatever the volume and earns "
        f"{precise(abs(found.per_unit), currency)} {earn} on each unit of demand (present values)"
    )
    if found.multiple is None:
        better = found.fixed <= 0 and found.per_unit >= 0
        return f"{text}: it would be {'better' if better else 'worse'} at any volume."
    side = "more" if found.per_unit > 0 else "less"
    return f"{text}: it would pay with {found.multiple:,.3g} times today's demand or {side}."


def _table(flips: list[Flip], answer: BreakEven) -> list[Block]:
    rows = tuple(
        (
            LABELS[flip.parameter],
            str(flip.subject),
            value(flip, flip.today, answer),
            *both(flip, answer),
            f"{flip.solves:,}",
        )
        for flip in flips
    )
    edits = Facts(tuple((f"{LABELS[flip.parameter]} of '{flip.subject}'", str(flip.edit)) for flip in flips))
    return [
        Heading("Proof"),
        Table(
            ("figure", "of", "today", "not yet at", "flips at", "solves"),
            rows,
            ("<", "<", ">", ">", ">", ">"),
            "Solved anew at both values, with the option and without it being asked for:",
        ),
        Paragraph("Changes that show it, for `prodmode what-if --set`:"),
        edits,
    ]
