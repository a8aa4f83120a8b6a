"""The page: one file that needs nothing else, and lets nothing in its data run."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING

from prodmode.document.blocks import Heading
from prodmode.document.html import blocks_html, escaped
from prodmode.explain.bottlenecks.bottlenecks import Bottlenecks
from prodmode.explain.lines.explanation import PlanExplanation
from prodmode.report.html.amounts import Amounts
from prodmode.report.html.capacity import bottlenecks, capacity_and_budget
from prodmode.report.html.charts import MISSING, available
from prodmode.report.html.decisions import emissions, investments, suppliers
from prodmode.report.html.lines import plan_by_line
from prodmode.report.html.markup import Section, folded, paragraph
from prodmode.report.html.money import cash_flow
from prodmode.report.html.proof import assumptions, proof
from prodmode.report.html.summary import cards, summary
from prodmode.report.html.why import why

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prodmode.document.blocks import Document
    from prodmode.explain.answer import Answer
    from prodmode.result import Result


def page(result: Result, answers: Mapping[str, Answer]) -> str:
    """Return a plan as a page of HTML; the same result and answers give the same page.

    Parameters
    ----------
    result : Result
        What was solved, with a plan.
    answers : mapping of str to Answer
        Of the questions "story", "lines" and "bottlenecks", those that were asked.

    Raises
    ------
    ProdmodeError
        If the result has no plan.
    """
    amounts = Amounts(result.instance, result.plan)
    sections = _sections(result, amounts, answers)
    links = "".join(f'<li><a href="#{part.anchor}">{escaped(part.title)}</a></li>' for part in sections)
    missing = "" if available() else paragraph(MISSING)
    body = "\n".join(part.html() for part in sections)
    style, script = _own("style.css"), _own("script.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    title = escaped(f"{result.instance.name}: the plan")
    periods = result.plan.periods
    span = periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the plan</a>
<header><h1>{title}</h1><p>{escaped(span)}, amounts in {escaped(result.instance.currency)}</p>
{cards(result, amounts)}</header>
<nav aria-label="Parts of the page"><ul>{links}</ul></nav>
<main id="main">
{missing}
{body}
</main>
<script>{script}</script>
</body>
</html>
"""


def _sections(result: Result, amounts: Amounts, answers: Mapping[str, Answer]) -> list[Section]:
    explanation, scarce = answers.get("lines"), answers.get("bottlenecks")
    known = explanation if isinstance(explanation, PlanExplanation) else None
    lines = result.instance.lines["line"].astype("str").tolist()
    explained = {line.line for line in known.lines} if known is not None else set()
    narrow = bottlenecks(amounts)
    if narrow is not None and isinstance(scarce, Bottlenecks):
        narrow = Section(narrow.anchor, narrow.title, f"{narrow.body}\n{_worth(scarce.document())}")
    parts = [
        summary(result, amounts, answers.get("story")),
        plan_by_line(amounts, explained),
        cash_flow(amounts),
        investments(amounts),
        capacity_and_budget(amounts),
        narrow,
        suppliers(amounts),
        emissions(amounts),
        why(known, {line: at for at, line in enumerate(lines)}),
        proof(result),
        assumptions(result.instance),
    ]
    return [part for part in parts if part is not None]


def _worth(document: Document) -> str:
    """Return what more of each bottleneck is worth, the words below the table folded."""
    blocks = document.blocks
    end = next((at for at, block in enumerate(blocks) if isinstance(block, Heading)), len(blocks))
    words = blocks_html(blocks[end:], 2)
    rest = folded("What more or less of each would change, in words", words) if words else ""
    return f"{blocks_html(blocks[:end], 2)}\n{rest}"


def _own(file: str) -> str:
    """Return the page's own style or script."""
    return files("prodmode.report.html").joinpath(file).read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
