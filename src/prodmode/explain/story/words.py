"""The story in words: one page, plain, with right numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.document.blocks import Block, Bullets, Document, Facts, Heading, Paragraph, Table
from prodmode.document.page import count, money, percent
from prodmode.explain.words import ENTRIES, listed, titled

if TYPE_CHECKING:
    from prodmode.document.page import Align
    from prodmode.explain.story.parts import Flip, LineStory, Purchase
    from prodmode.explain.story.story import Story

MOST_LINES = 15
"""Lines that the page lists one by one; more are summed up by mode."""

MOST_POINTS = 5
"""Points of a list on the page."""

LINE_ALIGN: tuple[Align, ...] = ("<", "<", "<", ">", ">")

SURE = 1e-6
"""Share of the plan's value below which what is left to the bound is not worth a word."""


def story_document(story: Story) -> Document:
    """Return a story as a page to read."""
    blocks: list[Block] = [Paragraph(story.description)] if story.description else []
    blocks += [Paragraph(_headline(story)), Heading("What to make how"), *_lines(story)]
    blocks += [Heading("What to invest in"), *_investments(story)]
    blocks += [Heading("What it earns"), *_money(story)]
    if story.scarce:
        points = tuple(scarce.sentence for scarce in story.scarce[:MOST_POINTS])
        blocks += [Heading("What limits it"), Bullets(points)]
    if story.flips or story.next_best is not None:
        blocks += [Heading("What could flip it"), *_next_best(story), *_flips(story)]
    return Document(f"{story.name}: the plan in short", tuple(blocks))


def _headline(story: Story) -> str:
    lower, upper = story.npv.lower, story.npv.upper
    span = story.periods[0] if len(story.periods) == 1 else f"{story.periods[0]} to {story.periods[-1]}"
    if lower is None:
        return "No plan is verified."
    figure = "is expected to earn" if story.scenarios > 1 else "earns"
    futures = f", on average over {story.scenarios} futures" if story.scenarios > 1 else ""
    text = f"The plan {figure} {money(lower, story.currency)} in today's money over {span}{futures}."
    if upper is None:
        return f"{text} How much better a plan could be is not known."
    left = upper - lower
    if left <= SURE * max(1.0, abs(lower)):
        return f"{text} It is proven that no plan earns more."
    share = f" ({percent(left / abs(lower))})" if lower else ""
    return f"{text} It is proven that no plan earns more than another {money(left, story.currency)}{share}."


def _lines(story: Story) -> list[Block]:
    blocks: list[Block] = [Paragraph(text) for text in (_moves(story.lines),) if text]
    if len(story.lines) > MOST_LINES:
        return [*blocks, _by_mode(story)]
    rows = tuple(row for line in story.lines for row in _runs(line, story.currency))
    note = "Contribution is revenue less the line's own costs, both in today's money."
    return [*blocks, Table(("line", "when", "how", "revenue", "contribution"), rows, LINE_ALIGN, note)]


def _runs(line: LineStory, currency: str) -> list[tuple[str, ...]]:
    """Return a row for each run of a line; its name and its money stand in the first."""
    figures = (money(line.revenue, currency), money(line.contribution, currency))
    return [
        (line.name, run.span, told, *figures) if not number else ("", run.span, told, "", "")
        for number, (run, told) in enumerate(zip(line.runs, line.told, strict=True))
    ]


def _moves(lines: tuple[LineStory, ...]) -> str:
    known = [line for line in lines if line.current_option is not None]
    if not known:
        return ""
    moving = [line for line in known if line.moves is not None]
    if not moving:
        return "Every line stays with what it does today." if len(known) == len(lines) else ""
    names = listed([f"'{line.name}' from {line.moves}" for line in moving[:MOST_LINES]])
    rest = len(moving) - MOST_LINES
    more = f", and {count(rest, 'more line')}" if rest > 0 else ""
    verb = "does" if len(moving) == 1 else "do"
    return f"{len(moving)} of {count(len(known), 'line')} {verb} something else than today: {names}{more}."


def _by_mode(story: Story) -> Block:
    tally: dict[str, list[float]] = {}
    for line in story.lines:
        modes = dict.fromkeys(way.mode for run in line.runs for way in run.ways)
        words = " and ".join(modes) or "not offered"
        sums = tally.setdefault(words, [0.0, 0.0, 0.0])
        for position, figure in enumerate((1.0, line.revenue, line.contribution)):
            sums[position] += figure
    rows = tuple(
        (words, f"{sums[0]:,.0f}", money(sums[1], story.currency), money(sums[2], story.currency))
        for words, sums in sorted(tally.items(), key=lambda item: -item[1][1])
    )
    header = ("how, over the whole horizon", "lines", "revenue", "contribution")
    return Table(header, rows, ("<", ">", ">", ">"))


def _investments(story: Story) -> list[Block]:
    tooling = story.money["tooling_capex"]
    points = [_purchase(purchase, story.currency) for purchase in story.purchases[:MOST_LINES]]
    if len(story.purchases) > MOST_LINES:
        points.append(f"And {count(len(story.purchases) - MOST_LINES, 'more purchase')}.")
    if tooling:
        points.append(f"Tools and moulds for {money(tooling, story.currency)} in today's money.")
    return [Bullets(tuple(points))] if points else [Paragraph("Nothing: the plan buys no investment.")]


def _purchase(purchase: Purchase, currency: str) -> str:
    copies = "" if purchase.copies == 1 else f"{purchase.copies:,} x "
    name = titled(purchase.investment, purchase.name)
    return f"{copies}{name} in {purchase.period}, for {money(purchase.capex, currency)}."


def _money(story: Story) -> list[Block]:
    earned = [(kind, figure) for kind, figure in story.money.items() if figure]
    gains = ("revenue", "salvage")
    pairs = [
        (ENTRIES[kind].label, money(figure if kind in gains else -figure, story.currency))
        for kind, figure in earned
    ]
    total = sum(figure if kind in gains else -figure for kind, figure in earned)
    pairs.append(("in all", money(total, story.currency)))
    text = _today(story)
    return [*([Paragraph(text)] if text else []), Facts(tuple(pairs))]


def _today(story: Story) -> str:
    today = story.today
    if today.status == "none":
        return ""
    if today.status == "unasked":
        return f"What {count(today.lines, 'line')} would earn with today's options is not worked out."
    except_for = f", {listed([repr(line) for line in today.free])} apart" if today.free else ""
    if today.status == "infeasible":
        reason = f": {today.reason}" if today.reason else "."
        return f"Today's options{except_for} cannot go on for all lines{reason}"
    if today.npv.lower is None:
        return f"No plan with today's options{except_for} was found in the time given."
    if today.gain.sign == 0:
        return f"Keeping today's options{except_for} earns as much, as far as is proven."
    gain, npv = today.gain.words(story.currency), today.npv.words(story.currency)
    return f"Keeping today's options{except_for} would earn {npv}: the plan is worth {gain} more."


def _next_best(story: Story) -> list[Block]:
    if story.next_best is None or not story.next_best.runners:
        return []
    runner = story.next_best.runners[0]
    if runner.tie:
        text = f"Another plan cannot be told apart from this one by what it earns: {runner.name}."
    else:
        text = f"The next best plan earns {runner.loss.words(story.currency)} less: {runner.name}."
    return [Paragraph(text)]


def _flips(story: Story) -> list[Block]:
    if not story.flips:
        return []
    points = []
    for flip in story.flips[:MOST_POINTS]:
        if flip.loss.sign == 0:
            within = "the difference is within what is proven"
            points.append(f"'{flip.line}' might as well {_be(flip)}: {within}.")
        else:
            loss = flip.loss.words(story.currency)
            points.append(f"'{flip.line}' would {_be(flip)} if that were better by {loss} today.")
    return [Paragraph("For the whole horizon, the closest decisions are:"), Bullets(tuple(points))]


def _be(flip: Flip) -> str:
    return "not be offered" if flip.option is None else f"be {flip.way}"
