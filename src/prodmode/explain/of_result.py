"""From a result to its explanation: what `Result.explain` answers with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.backends.contract import Status
from prodmode.explain.infeasible import diagnose
from prodmode.explain.lines.why import explain_line, explain_lines
from prodmode.explain.study import GAP, Study

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from prodmode.explain.answer import Answer
    from prodmode.explain.study import Case
    from prodmode.result import Result


def explain_result(
    result: Result,
    line: str | None = None,
    *,
    backend: str | None = None,
    time_limit: float | None = None,
    gap: float = GAP,
    processes: int | None = None,
    on_progress: Callable[[int, int, Case], None] | None = None,
    cancel: threading.Event | None = None,
) -> Answer:
    """Tell why a plan is as it is, or why there is none.

    Parameters
    ----------
    result : Result
        What solving an instance came to.
    line : str, optional
        The line to explain; all lines without it.
    backend : str, optional
        Who solves what the answer takes; by default who found the plan.
    time_limit : float, optional
        Most seconds for each solve, or for the diagnosis of an infeasible instance.
    gap : float
        Relative gap to stop each solve at.
    processes : int, optional
        How many solves run side by side.
    on_progress : callable, optional
        Called with the number of solves done, the number known so far, and the case just solved.
    cancel : threading.Event, optional
        Ends the solves once set.

    Returns
    -------
    Answer
        A `LineExplanation`, a `PlanExplanation` or a `Diagnosis`.

    Raises
    ------
    InputError
        If there is no such line.
    ProdmodeError
        If there is neither a plan nor a proof that there is none.
    """
    solver = backend or result.backend
    if result.status is Status.INFEASIBLE:
        return diagnose(result.instance, time_limit=time_limit, backend=solver, cancel=cancel)
    study = Study(result, solver, time_limit, gap)
    if line is not None:
        return explain_line(study, line, processes=processes, on_progress=on_progress, cancel=cancel)
    return explain_lines(study, processes=processes, on_progress=on_progress, cancel=cancel)
