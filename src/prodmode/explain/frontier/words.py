"""A frontier in words: its ends, its points as a table, and what changes on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.blocks import Bullets, Document, Heading, Paragraph, Table
from prodmode.document.page import count, money, percent
from prodmode.explain.interval import UNKNOWN, interval_of
from prodmode.explain.moves import in_words
from prodmode.explain.words import amount

if TYPE_CHECKING:
    from prodmode.document.blocks import Block
    from prodmode.document.page import Align
    from prodmode.explain.frontier.answer import Frontier, Point, Step
    from prodmode.explain.frontier.levers import Lever
    from prodmode.explain.interval import Interval

_PER = {"kg CO2e": (1000.0, "tonne CO2e"), "options in use": (1.0, "option in use"),
        "units": (1.0, "unit"), "setups": (1.0, "setup")}  # fmt: skip


def document(answer: Frontier) -> Document:
    """Return a frontier as a document."""
    title = f"Profit against {answer.lever.title}"
    if not answer.points:
        return Document(title, (Paragraph("No level could be looked at: no plan was found in time."),))
    blocks: list[Block] = [Paragraph(_opening(answer)), _points(answer)]
    blocks += _changes(answer)
    bounded = all(point.value.upper is not None for point in answer.points if point.has_plan)
    proven = ", its bound proven" if bounded else ""
    blocks.append(
        Paragraph(
            f"{'The budgets of all periods are moved in proportion. ' if answer.lever.limit is None else ''}"
            f"Each row is the best whole plan with that limit, solved anew and refereed{proven}. "
            "Between two rows the profit is between theirs; it may rise in jumps."
        )
    )
    return Document(title, tuple(blocks))


def level_words(lever: Lever, level: float, currency: str) -> str:
    """Return a level with its unit."""
    if lever.share or lever.unit == currency:
        return percent(level) if lever.share else money(level + 0.0, currency)
    return f"{amount(level)} {_PER[lever.unit][1] if lever.whole and level == 1 else lever.unit}"


def level_figure(lever: Lever, level: float) -> str:
    """Return a level without its unit, but for the % of a share."""
    return percent(level) if lever.share else amount(level)


def _opening(answer: Frontier) -> str:
    lever, ends, currency = answer.lever, answer.ends, answer.currency
    side = "at most" if lever.sign > 0 else "at least"
    told = [f"The plan earns {answer.value.words(currency)}"]
    if lever.today is not None:
        told[0] += f" with {side} {level_words(lever, lever.today, currency)}"
    elif answer.level is not None:
        told[0] += f" and comes to {level_words(lever, answer.level, currency)}"
    if ends.enough is not None and lever.today is not None:
        words = level_words(lever, ends.enough, currency)
        best = UNKNOWN if ends.loosest is None else interval_of(ends.loosest)
        gain = (best - answer.value).snapped(answer.value.lower or 0.0)
        if gain.upper is not None and gain.upper <= 0:
            told.append(f"the limit costs nothing: the plan comes to {words}")
        elif best.lower is not None:
            told.append(f"without any limit the best plan earns {best.words(currency)} and comes to {words}")
    if ends.possible is not None:
        told.append(_tight(answer, ends.possible))
    return f"{'. '.join(part[0].upper() + part[1:] for part in told)}."


def _tight(answer: Frontier, possible: float) -> str:
    lever, impossible = answer.lever, answer.ends.impossible
    side = "with no more than" if lever.sign > 0 else "with no less than"
    tightest = next((point for point in answer.points if point.level == possible), None)
    text = f"there is still a plan {side} {level_words(lever, possible, answer.currency)}"
    if impossible is not None:
        text += f", but none with {level_words(lever, impossible, answer.currency)}"
    if tightest is not None:
        text += f"; it earns {tightest.value.words(answer.currency)}"
    return text


def _points(answer: Frontier) -> Table:
    """Return a row per level, from the tightest on."""
    lever, currency = answer.lever, answer.currency
    best = max((point.value.lower for point in answer.points if point.value.lower is not None), default=0.0)
    worth = {step.end: step for step in answer.steps}
    unit = f" ({lever.unit})" if lever.unit else ""
    columns: list[tuple[str, Align, list[str]]] = [
        (f"{'at most' if lever.sign > 0 else 'at least'}{unit}", ">", []),
        ("best NPV", ">", []),
        ("less than the best", ">", []),
        (f"one {_per(lever, currency)[1]} {'more' if lever.sign > 0 else 'less'} earns", ">", []),
        ("comes to", ">", []),
        ("", "<", []),
    ]
    for point in answer.points if lever.sign > 0 else answer.points[::-1]:
        cells = (
            level_figure(lever, point.level),
            _value(point, currency),
            _behind(point, best, currency),
            _worth(worth.get(point.level), lever, currency),
            "" if point.reached is None else level_figure(lever, point.reached),
            "today" if point.today else "",
        )
        for (_, _, column), cell in zip(columns, cells, strict=True):
            column.append(cell)
    shown = [column for column in columns if any(column[2])]
    rows = tuple(zip(*(cells for _, _, cells in shown), strict=True))
    return Table(tuple(head for head, _, _ in shown), rows, tuple(side for _, side, _ in shown))


def _value(point: Point, currency: str) -> str:
    if point.status == "infeasible":
        return "no plan"
    return "not known in time" if point.value.lower is None else _narrow(point.value, currency)


def _behind(point: Point, best: float, currency: str) -> str:
    if point.value.lower is None:
        return ""
    behind = max(best - point.value.lower, 0.0)
    return money(behind, currency) if behind > 0.005 else "-"


def _worth(step: Step | None, lever: Lever, currency: str) -> str:
    if step is None:
        return ""
    times, _ = _per(lever, currency)
    sides = [None if side is None else side * times for side in (step.worth.lower, step.worth.upper)]
    if sides[0] is None or sides[1] is None:
        return "unknown"
    if sides[1] < 0.005:
        return "nothing"
    if sides[1] - sides[0] <= max(0.01, 0.01 * sides[1]):
        return money((sides[0] + sides[1]) / 2, currency)
    return f"{money(sides[0], currency)} to {money(sides[1], currency)}"


def _per(lever: Lever, currency: str) -> tuple[float, str]:
    """Return of how many units of the level the worth is told, and what they are called."""
    if lever.share:
        return 0.01, "percentage point"
    return _PER.get(lever.unit, (1.0, currency if lever.unit == currency else lever.unit))


def _narrow(value: Interval, currency: str) -> str:
    return value.words(currency).removeprefix("between ").replace(" and ", " to ")


def _changes(answer: Frontier) -> list[Block]:
    lever, currency = answer.lever, answer.currency
    points = tuple(
        f"From {level_words(lever, step.start, currency)} to {level_words(lever, step.end, currency)}: "
        f"{in_words(step.moves)}."
        for step in answer.steps
        if step.moves
    )
    quiet = sum(not step.moves for step in answer.steps)
    blocks: list[Block] = []
    if points:
        blocks += [Heading("What changes on the way, from the tightest limit on"), Bullets(points)]
    if quiet and points:
        blocks.append(Paragraph(f"In {count(quiet, 'other step')} no decision changes."))
    elif quiet:
        blocks.append(Paragraph("No decision changes on the way."))
    return blocks
