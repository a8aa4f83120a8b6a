"""The failure of suppliers in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.blocks import Bullets, Document, Paragraph, Table
from prodmode.document.page import count, money
from prodmode.explain.moves import in_words
from prodmode.explain.words import amount, listed, titled

if TYPE_CHECKING:
    from prodmode.document.blocks import Block
    from prodmode.explain.interval import Interval
    from prodmode.explain.suppliers.outcomes import Outcome
    from prodmode.explain.suppliers.suppliers import SupplierFailure, Suppliers

HEADER = ("supplier", "plan held", "decided anew", "reacting", "units short", "back after")


def suppliers_document(answer: Suppliers) -> Document:
    """Return what the failure of each supplier costs as a document."""
    title = f"If a supplier fails from {answer.period} on"
    if not answer.failures:
        return Document(title, (Paragraph("No supplier makes anything: there is nothing to fail."),))
    table = Table(
        HEADER,
        tuple(_row(failure) for failure in answer.failures),
        ("<", ">", ">", ">", ">", ">"),
        "What is lost without a supplier: with the plan held and decided anew, and what reacting is worth; "
        f"in {answer.currency}; units short and periods until service is back, held / anew",
    )
    blocks: list[Block] = [table]
    blocks += [Paragraph(_sentences(failure, answer)) for failure in answer.failures]
    points = [
        (
            "Plan held: options and investments stay as they are, and only quantities follow. Decided anew: "
            f"options and investments from {answer.period} on are chosen again."
        ),
        (
            "Quantities of all periods are planned knowing of the failure; units short are those less served "
            "than in the plan, expected over the scenarios; losses are net present values."
        ),
    ]
    if any(
        not outcome.fill_rates_kept for each in answer.failures for outcome in (each.held, each.replanned)
    ):
        points.append(
            "* The least fill rates cannot be kept: those of the lines that the supplier can make are not "
            "asked for there."
        )
    return Document(title, (*blocks, Bullets(tuple(points))))


def _row(failure: SupplierFailure) -> tuple[str, ...]:
    held, anew = failure.held, failure.replanned
    return (
        failure.supplier.name,
        _loss(held),
        _loss(anew),
        _cell(failure.reacting),
        f"{_units(held)} / {_units(anew)}",
        f"{_back(held)} / {_back(anew)}",
    )


def _loss(outcome: Outcome) -> str:
    if not outcome.has_plan:
        return "no plan" if outcome.status == "infeasible" else "unknown"
    return _cell(outcome.loss) + ("" if outcome.fill_rates_kept else " *")


def _cell(interval: Interval) -> str:
    """Return money without its currency, which stands above the table."""
    if interval.lower is None or interval.upper is None:
        return "unknown"
    lower, upper = (f"{round(side) + 0:,}" for side in (interval.lower, interval.upper))
    return lower if lower == upper else f"{lower} to {upper}"


def _units(outcome: Outcome) -> str:
    return "-" if outcome.unserved is None else amount(outcome.unserved)


def _back(outcome: Outcome) -> str:
    if not outcome.has_plan:
        return "-"
    return "never" if outcome.back_after is None else str(outcome.back_after)


def _sentences(failure: SupplierFailure, answer: Suppliers) -> str:
    who, currency = titled(failure.supplier.name, failure.supplier.title), answer.currency
    if not failure.lines:
        return f"Without {who} from {answer.period} on nothing changes: the plan does not use it then."
    made = listed([f"'{line}'" for line in failure.lines])
    parts = [
        f"In the plan {who} makes {amount(failure.made)} units of {made} from {answer.period} on.",
        f"Without it the plan as it stands {_outcome(failure.held, currency)}.",
        f"Decided anew it {_outcome(failure.replanned, currency)}.",
    ]
    if failure.reacting.sign > 0:
        parts.append(f"Reacting is worth {failure.reacting.words(currency)}.")
    elif failure.held.has_plan and failure.replanned.has_plan:
        parts.append(_no_worth(failure.reacting, currency))
    if failure.replanned.changes and failure.reacting.sign > 0:
        words = in_words(failure.replanned.changes)
        parts.append(f"The reaction: {words}.")
    return " ".join(parts)


def _no_worth(reacting: Interval, currency: str) -> str:
    if reacting.sign < 0:
        return (
            f"It costs {(-reacting).words(currency)} more than holding on, because it keeps the fill rates "
            "that the plan as it stands gives up."
        )
    if reacting.width == 0:
        return "Reacting is worth nothing."
    return (
        "What reacting is worth cannot be told apart from nothing: the difference is within what is proven."
    )


def _outcome(outcome: Outcome, currency: str) -> str:
    if not outcome.has_plan:
        if outcome.status == "infeasible":
            return "breaks a rule whatever is made, even with the fill rates of its lines given up"
        return "could not be worked out within the limits"
    loss = outcome.loss
    given_up = "" if outcome.fill_rates_kept else ", below the fill rates asked for"
    if loss.sign > 0:
        told = f"loses {loss.words(currency)}"
    elif loss.sign < 0:
        told = f"gains {(-loss).words(currency)}, for the fill rates are given up"
    elif loss.width == 0:
        told = "loses nothing"
    else:
        most = "an unknown amount" if loss.upper is None else money(loss.upper, currency)
        told = f"loses nothing that could be told apart from zero: at most {most}"
    if not outcome.unserved:
        return f"{told} and serves every line as before{given_up}"
    back = (
        "which lasts to the end"
        if outcome.back_after is None
        else f"service is back after {count(outcome.back_after, 'period')}"
    )
    return f"{told} and serves {amount(outcome.unserved)} units less ({back}){given_up}"
