"""The explanation of a line as a document: a headline, ledgers side by side, every other option."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.blocks import Bullets, Document, Heading, Paragraph, Table
from prodmode.document.page import money, percent
from prodmode.explain.interval import EXACT
from prodmode.explain.lines.ledgers import CENT, LEDGER_NOTE, WORTH_NOTE, ledgers
from prodmode.explain.words import NOT_OFFERED, line_name, listed, quantity, signed, span, stretches, way

if TYPE_CHECKING:
    from prodmode.document.blocks import Block
    from prodmode.explain.interval import Interval
    from prodmode.explain.lines.explanation import Alternative, LineExplanation, PlanExplanation
    from prodmode.instance.instance import Instance
    from prodmode.plan.runs import Run

LOSS_NOTE = (
    "Loss: what the best whole plan in which the line uses the option alone, wherever it can, earns less "
    "than the plan (net present value)."
)
LUMP_SUM_NOTE = (
    "The loss of an option is also the sum at which it would draw level: paid once for using it, such as a "
    "grant, or taken off its one-off costs (present value)."
)


def headline(answer: LineExplanation) -> str:
    """Return how a line is made and what the closest other way would cost, in two or three sentences."""
    first = f"{line_name(answer.instance, answer.line)} is {made(answer.instance, answer.sold_runs)}."
    best, currency = answer.next_best, answer.instance.currency
    if best is None:
        return f"{first} There is no other way to serve it."
    name = _named(answer.instance, best)
    if best.standing == "tie":
        return f"{first} {_capital(name)} would be just as good: a tie."
    if best.standing == "close":
        return f"{first} {_capital(name)} cannot be told apart from it: {_unproven(best, currency)}."
    if best.standing == "better":
        gain = money(best.waterfall.total if best.waterfall else 0.0, currency)
        return f"{first} But the plan is not the best there is: with {name} it earns {gain} more."
    used = {part.option for run in answer.runs for part in run.ways}
    since = f" from {best.since} on" if best.since else " throughout" if best.option in used else ""
    second = (
        f"With the closest other way, {name}{since}, the whole plan would earn {_loss(best)} less"
        f"{_relative(answer, best.loss)}."
    )
    return " ".join([first, second, *_why(answer, best)])


def made(instance: Instance, runs: tuple[Run, ...]) -> str:
    """Return how a line is made over the horizon, after "is"."""
    parts = []
    for run in runs:
        ways = listed([f"{way(instance, part.option)} ('{part.option}')" for part in run.ways])
        parts.append((ways or NOT_OFFERED, span(run.first, run.last)))
    if len(parts) == 1:
        return parts[0][0]
    return listed([f"{what} {when}" for what, when in parts], "and then")


def document(answer: LineExplanation, *, notes: bool = True) -> Document:
    """Return the explanation of a line, with or without how to read it."""
    instance, currency = answer.instance, answer.instance.currency
    blocks: list[Block] = [Paragraph(answer.headline)]
    if len(answer.sold_runs) > 1:
        blocks.append(_runs(answer))
    blocks += _alternatives(answer, notes=notes)
    blocks += [Heading("What the line does and earns", 1), *ledgers(answer, notes=notes)]
    told = [row for row in answer.alternatives if row.waterfall is not None]
    if told:
        blocks.append(Heading("If the line were served otherwise", 1))
        for row in told:
            blocks += _details(answer, row)
    title = f"Why {line_name(instance, answer.line)} is made as it is"
    if notes:
        blocks.append(Paragraph(_proof(answer.value, currency)))
    return Document(title, tuple(blocks))


def overview(answer: PlanExplanation) -> Document:
    """Return a table of all lines, and the explanation of each."""
    rows, currency = [], answer.instance.currency
    for line in answer.lines:
        best = line.next_best
        rows.append(
            (
                line.line,
                made_short(line.sold_runs),
                "none" if best is None else best.option or NOT_OFFERED,
                "" if best is None else _figure(best, currency),
            )
        )
    blocks: list[Block] = []
    if len(answer.lines) > 1:
        blocks.append(
            Table(
                ("line", "in the plan", "closest other way", "loss"), tuple(rows),
                ("<", "<", "<", ">"), "Each line, what would come next, and what the best whole plan with "
                "that would earn less:",
            )
        )  # fmt: skip
    for line in answer.lines:
        blocks += document(line, notes=len(answer.lines) == 1).under()
    if len(answer.lines) > 1:
        points = (LOSS_NOTE, LEDGER_NOTE, WORTH_NOTE, LUMP_SUM_NOTE)
        blocks += [Heading("How to read this"), Bullets(points), Paragraph(_proof(answer.value, currency))]
    return Document(f"Why the lines of '{answer.instance.name}' are made as they are", tuple(blocks))


def made_short(runs: tuple[Run, ...]) -> str:
    """Return the modes of a line over the horizon."""
    if len(runs) == 1:
        return " + ".join(part.mode for part in runs[0].ways) or NOT_OFFERED
    return ", ".join(
        f"{' + '.join(part.mode for part in run.ways) or NOT_OFFERED} {run.span}" for run in runs
    )


def _runs(answer: LineExplanation) -> Table:
    rows = [(run.span, listed([part.option for part in run.ways]) or NOT_OFFERED) for run in answer.sold_runs]
    return Table(("periods", "option in use"), tuple(rows))


def _alternatives(answer: LineExplanation, *, notes: bool) -> list[Block]:
    if not answer.alternatives:
        return [Paragraph("The line has no option.")]
    currency = answer.instance.currency
    rows = []
    for row in answer.alternatives:
        what = "" if row.option is None else way(answer.instance, row.option)
        rows.append((row.option or NOT_OFFERED, what, _figure(row, currency), _verdict(row)))
    blocks: list[Block] = [
        Heading("Every way to serve it", 1),
        Table(
            ("option", "what it is", "loss", "verdict"), tuple(rows), ("<", "<", ">", "<"),
            LOSS_NOTE if notes else "",
        ),
    ]  # fmt: skip
    points = [
        f"'{row.option or NOT_OFFERED}': {' '.join(row.reasons)}"
        for row in answer.alternatives
        if row.reasons
    ]
    if points:
        blocks.append(Bullets(tuple(points)))
    priced = [row for row in answer.alternatives if row.standing in {"worse", "close"} and row.loss]
    if priced:
        frees = [f"'{row.option}'" for row in priced if row.frees_budget]
        text = [LUMP_SUM_NOTE] if notes else []
        if frees:
            text.append(
                f"For {listed(frees)} a smaller sum may do where it comes off tooling or an investment, "
                "since that leaves more of the budget for others."
            )
        blocks += [Paragraph(" ".join(text))] if text else []
    return blocks


def _details(answer: LineExplanation, row: Alternative) -> list[Block]:
    instance, currency = answer.instance, answer.instance.currency
    blocks: list[Block] = [Heading(_capital(_named(instance, row)), 2)]
    # The headline has told the closest one already.
    again = row is answer.next_best and row.standing == "worse"
    if not again:
        blocks.append(Paragraph(" ".join([_outcome(answer, row), *_why(answer, row)])))
    if row.waterfall is not None and row is answer.next_best:
        steps = [step for step in row.waterfall.steps if abs(step.amount) > CENT]
        if steps:
            rows = [(step.label, signed(-step.amount, currency)) for step in steps]
            rows.append(("in all", signed(-row.waterfall.total, currency)))
            caption = "Step by step from the plan to the best plan with it:"
            blocks.append(Table(("step", "change"), tuple(rows), ("<", ">"), caption))
    if row.knock_on is not None:
        changes = row.knock_on.sentences(currency, instance.periods)
        if changes:
            blocks += [Paragraph("What else would change:"), Bullets(changes)]
        else:
            blocks.append(Paragraph("Nothing else would change."))
        if row.knock_on.policies:
            blocks.append(Paragraph(row.knock_on.policies))
    return blocks


def _outcome(answer: LineExplanation, row: Alternative) -> str:
    when = f" from {row.since} on" if row.since else ""
    if row.standing == "tie":
        return f"Used{when}, it would be just as good as the plan: a tie."
    if row.standing == "better":
        return "The plan is not the best there is: more time for the solver would find a better one."
    if row.loss is None:
        return "How much it would lose is not known."
    if row.standing == "not_allowed":
        return _if_allowed(row, row.loss, answer.instance.currency)
    if row.standing == "close":
        return (
            f"Used{when}, it cannot be told apart from the plan: {_unproven(row, answer.instance.currency)}."
        )
    then = "With it" if row.option else "Then"
    return f"{then}{when} the whole plan would earn {_loss(row)} less{_relative(answer, row.loss)}."


def _if_allowed(row: Alternative, loss: Interval, currency: str) -> str:
    if loss.sign < 0:
        return f"If it were allowed, the whole plan would earn {(-loss).words(currency)} more."
    if loss.sign > 0:
        return f"Even if it were allowed, the whole plan would earn {_loss(row)} less with it."
    if loss.width == 0:
        return "If it were allowed, it would be just as good as the plan."
    return f"If it were allowed, neither a gain nor a loss is proven: {_unproven(row, currency)}."


def _why(answer: LineExplanation, row: Alternative) -> list[str]:
    """Return what makes up the difference, and the scarce resources behind it; sentences."""
    if row.waterfall is None or row.standing in {"tie", "close", "better"}:
        return []
    told = row.waterfall.sentence(answer.instance.currency, _above_all(row))
    found = [f"Against the plan, that means {told}."] if told else []
    had = {take.resource: take.units for take in answer.ledger.takes}
    for take in row.ledger.takes if row.ledger is not None else ():
        if take.resource not in row.scarce:
            continue
        before = had.get(take.resource, 0.0)
        than = f" instead of {quantity(before, take.unit)}" if before else ""
        text = f"It would take {quantity(take.units, take.unit)} of '{take.resource}'{than}"
        already = answer.full.get(take.resource, ())
        filled = row.knock_on.filled.get(take.resource, ()) if row.knock_on is not None else ()
        periods = answer.instance.periods
        if already:
            text += (
                f", of which the plan uses up the normal capacity already in {stretches(periods, already)}"
            )
        if filled:
            link = ", and" if already else ", of which"
            text += f"{link} the normal capacity would be used up in {stretches(periods, filled)}"
        found.append(f"{text}.")
    return found


def _above_all(row: Alternative) -> str | None:
    """Return the other line on which more than half of what other lines lose or gain is."""
    lines = row.knock_on.lines if row.knock_on is not None else ()
    whole = sum(line.earned for line in lines)
    if len(lines) < 2 or 2 * lines[0].earned * whole <= whole * whole:
        return None
    return lines[0].line


def _verdict(row: Alternative) -> str:
    since = f" (from {row.since} on)" if row.since else ""
    return {
        "chosen": f"in the plan{since}",
        "tie": f"just as good{since}",
        "close": f"cannot be told apart{since}",
        "worse": f"possible{since}",
        "better": "better than the plan",
        "not_allowed": "not allowed",
        "impossible": "impossible",
        "unknown": "not settled",
    }[row.standing]


def _figure(row: Alternative, currency: str) -> str:
    """Return the loss as it stands in a table."""
    if row.loss is None or row.standing == "chosen":
        return ""
    if row.standing == "tie":
        return "nothing"
    if row.standing == "better":
        return "less than nothing"
    if row.standing == "not_allowed":
        upper = row.loss.upper
        text = (
            f"a gain of {(-row.loss).words(currency)}"
            if upper is not None and upper < 0
            else row.loss.words(currency)
        )
        return f"({text})"
    return row.loss.words(currency)


def _loss(row: Alternative) -> str:
    currency = row.plan.currency if row.plan is not None else ""
    return "" if row.loss is None else row.loss.words(currency)


def _relative(answer: LineExplanation, loss: Interval | None) -> str:
    """Return a loss as a share of what the line earns, where that is sensible."""
    if loss is None or loss.middle is None or answer.ledger.earned <= 0:
        return ""
    earned = money(answer.ledger.earned, answer.instance.currency)
    return f" ({percent(loss.middle / answer.ledger.earned)} of the {earned} that the line earns)"


def _unproven(row: Alternative, currency: str) -> str:
    if row.loss is None:
        return "no difference is proven"
    return f"what is proven is a difference {row.loss.words(currency)}"


def _proof(value: Interval, currency: str) -> str:
    if value.lower is None or value.upper is None:
        return "How good the best plan is has not been proven."
    plan, width = (
        f"The plan earns {money(value.lower, currency)} (net present value)",
        value.upper - value.lower,
    )
    if width <= max(CENT, EXACT * abs(value.upper)):
        return f"{plan} and is proven to be the best."
    return f"{plan}; it is proven that no plan earns more than {money(width, currency)} besides."


def _named(instance: Instance, row: Alternative) -> str:
    if row.option is None:
        return "not offering it"
    return f"'{row.option}' ({way(instance, row.option)})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
