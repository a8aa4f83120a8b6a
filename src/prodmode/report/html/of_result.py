"""From a result to its page: what `Result.report` and `prodmode report` write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.errors import ProdmodeError
from prodmode.explain.questions import ask
from prodmode.explain.story.story import story as tell
from prodmode.explain.study import GAP, Study
from prodmode.io.atomic import atomic_file
from prodmode.report.html.page import page

if TYPE_CHECKING:
    from pathlib import Path

    from prodmode.explain.answer import Answer
    from prodmode.explain.questions import Steps
    from prodmode.result import Result

SECONDS = 60.0
"""Default time limit of each solve that the page takes."""


def report_result(
    result: Result,
    file: str | Path,
    *,
    story: bool = True,
    explain: bool = False,
    backend: str | None = None,
    time_limit: float | None = SECONDS,
    gap: float = GAP,
    processes: int | None = None,
    steps: Steps | None = None,
) -> dict[str, Answer]:
    """Write a plan as one page of HTML; the file appears whole or not at all.

    Parameters
    ----------
    result : Result
        What solving an instance came to.
    file : path
        Where the page goes.
    story : bool
        Whether the summary is the story of the plan, which takes a solve: what keeping today's options is
        worth. Without it, it is what the plan itself tells.
    explain : bool
        Whether each line's why is told, and what more of each bottleneck is worth: some solves a line.
    backend : str, optional
        Who solves what that takes; by default who found the plan.
    time_limit : float or None
        Most seconds for each of those solves; None for no limit.
    gap : float
        Relative gap to stop each of them at.
    processes : int, optional
        How many of them run side by side.
    steps : Steps, optional
        Who is told how far the work is.

    Returns
    -------
    dict of str to Answer
        What was asked for the page: "story" unless it is left out; with `explain` "lines" and "bottlenecks".

    Raises
    ------
    ProdmodeError
        If there is no plan, or the referee rejected it.
    """
    result.plan  # noqa: B018 (raises where there is none)
    if not result.verified:
        raise ProdmodeError("the referee rejected the plan: it is not put on a page")
    solver = backend or ("auto" if result.backend == "none" else result.backend)
    study = Study(result, solver, time_limit, gap)
    answers: dict[str, Answer] = {}
    if explain:
        words = ["lines", "bottlenecks", *(["story"] if story else [])]
        answers = ask(study, words, processes=processes, steps=steps)
    elif story:
        if steps is not None:
            steps.step("story")
        answers = {"story": tell(study)}
    text = page(result, answers)
    with atomic_file(file) as target:
        target.write_text(text, encoding="utf-8", newline="\n")
    return answers
