"""The reference of the Python interface: what mkdocstrings is told to take from the docstrings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading with names below it.

    Attributes
    ----------
    title : str
    names : tuple of str
        Dotted names.
    words : str
        What stands before them.
    """

    title: str
    names: tuple[str, ...]
    words: str = ""


RECORDS = (
    "Settings", "Line", "Demand", "Site", "Option", "Tier", "Resource", "Capacity", "Usage", "Investment",
    "Expansion", "Budget", "Limit", "Scenario", "Change",
)  # fmt: skip
"""The record classes, whose fields are those of the tables."""

USE = (
    Chapter(
        "Read and write",
        ("prodmode.load", "prodmode.save", "prodmode.generate", "prodmode.json_schema", "prodmode.Instance"),
    ),
    Chapter("Solve", ("prodmode.solve", "prodmode.Result", "prodmode.Status", "prodmode.Progress")),
    Chapter("Plan", ("prodmode.Plan", "prodmode.check", "prodmode.Verdict")),
    Chapter("Pictures", ("prodmode.report.plots.PlanPlots",), "`plan.plot`; needs the extra `plot`."),
    Chapter("Compare solvers", ("prodmode.compare", "prodmode.Comparison")),
    Chapter("Formulate", ("prodmode.formulation.formulate.formulate", "prodmode.Formulation")),
    Chapter(
        "Errors", ("prodmode.ProdmodeError", "prodmode.InputError", "prodmode.Issue", "prodmode.BackendError")
    ),
)
"""The page of what one works with."""

ANSWERS = (
    Chapter("Ask", ("prodmode.Study", "prodmode.ask", "prodmode.explain.questions.QUESTIONS")),
    Chapter("Change", ("prodmode.what_if", "prodmode.apply_edits")),
    Chapter("Trade off", ("prodmode.frontier",)),
    Chapter("Where no plan is possible", ("prodmode.diagnose",)),
    Chapter(
        "Answers",
        (
            "prodmode.explain.answer.Answer",
            "prodmode.explain.interval.Interval",
            "prodmode.explain.lines.explanation.LineExplanation",
            "prodmode.explain.lines.explanation.PlanExplanation",
            "prodmode.explain.bottlenecks.bottlenecks.Bottlenecks",
            "prodmode.explain.story.story.Story",
            "prodmode.explain.break_even.break_even.BreakEven",
            "prodmode.explain.sensitivity.sensitivity.Sensitivity",
            "prodmode.explain.next_best.NextBest",
            "prodmode.explain.rules.rule_costs.RuleCosts",
            "prodmode.explain.suppliers.suppliers.Suppliers",
            "prodmode.explain.timing.Timing",
            "prodmode.explain.subsidy.Subsidy",
            "prodmode.explain.what_if.what_if.WhatIf",
            "prodmode.explain.frontier.answer.Frontier",
            "prodmode.explain.infeasible.diagnosis.Diagnosis",
            "prodmode.plan.diff.PlanDiff",
        ),
        "Each is data first: text, Markdown, tables and JSON are views of it.",
    ),
)
"""The page of questions and what they are answered with."""

BACKENDS = (
    Chapter(
        "What a backend offers",
        (
            "prodmode.backends.contract.Backend",
            "prodmode.backends.contract.Availability",
            "prodmode.backends.contract.Capabilities",
        ),
    ),
    Chapter(
        "What it is given and returns",
        (
            "prodmode.formulation.mip.Mip",
            "prodmode.backends.contract.Options",
            "prodmode.backends.contract.Answer",
        ),
    ),
    Chapter(
        "The conformance kit",
        (
            "prodmode.testing.BackendConformance",
            "prodmode.testing.check_backend",
            "prodmode.testing.Finding",
            "prodmode.testing.Requirement",
        ),
    ),
)
"""The page for those who bring a solver."""


def pages() -> dict[str, str]:
    """Return the pages as Markdown, by name in the site."""
    records = ", ".join(f"`pm.{name}`" for name in RECORDS)
    return {
        "reference/python.md": _page(
            "Python",
            "`import prodmode as pm` brings these names. "
            "[Use it in scripts](../how-to/scripts.md) shows them at work.\n\n"
            f"The records {records} have the columns of their [tables](tables.md) as fields.",
            USE,
        ),
        "reference/python-answers.md": _page(
            "Python: answers to questions",
            "What `Result.explain`, `pm.ask`, `pm.what_if`, `pm.diagnose` and `Plan.diff` take and return. "
            "[Ask why, and what if](../how-to/explain.md) shows them at work.",
            ANSWERS,
        ),
        "reference/python-backends.md": _page(
            "Python: backends",
            "For those who bring a solver; [Add a backend](../how-to/add-a-backend.md) goes through it.",
            BACKENDS,
        ),
    }


def _page(title: str, words: str, chapters: tuple[Chapter, ...]) -> str:
    parts = [f"# {title}", words]
    for chapter in chapters:
        parts.append(f"## {chapter.title}")
        if chapter.words:
            parts.append(chapter.words)
        parts += [f"::: {name}" for name in chapter.names]
    return "\n\n".join(parts) + "\n"
