"""Searches that solve case after case, walked side by side: each round solves what all of them ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Generator, Sequence

    from prodmode.explain.study import Case, Study
    from prodmode.result import Result

    Progress = Callable[[int, int, Case], None]

Value = TypeVar("Value")

PARALLEL_SECONDS = 15.0
"""Expected seconds of a round from which its cases are solved side by side: each round begins anew."""


def walk(
    study: Study,
    searches: Sequence[Generator[list[Case], list[Result | None], Value]],
    *,
    processes: int | None = None,
    on_progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> list[Value]:
    """Run searches to their ends, the cases of each round solved together.

    Parameters
    ----------
    study : Study
        Solves the cases.
    searches : sequence of generators
        Each yields lists of cases, is sent their results (None for those that were not begun) and returns
        what it found.
    processes, cancel
        As in `Study.solve_all`.
    on_progress : callable, optional
        Called with the number of cases solved, the number known so far, and the case just solved.

    Returns
    -------
    list
        What the searches return, in their order.
    """
    found: dict[int, Value] = {}
    asked: dict[int, list[Case]] = {}
    for number, search in enumerate(searches):
        try:
            asked[number] = next(search)
        except StopIteration as end:
            found[number] = end.value
    solved = 0
    while asked:
        cases = [case for group in asked.values() for case in group]
        expected = len(cases) * study.result.solve_seconds
        several = 1 if processes is None and expected < PARALLEL_SECONDS else processes
        results = study.solve_all(
            cases, processes=several, on_progress=_shifted(on_progress, solved), cancel=cancel
        )
        solved += len(cases)
        answers = iter(results)
        following: dict[int, list[Case]] = {}
        for number, group in asked.items():
            try:
                following[number] = searches[number].send([next(answers) for _ in group])
            except StopIteration as end:
                found[number] = end.value
        asked = following
    return [found[number] for number in range(len(searches))]


def _shifted(on_progress: Progress | None, before: int) -> Progress | None:
    if on_progress is None:
        return None
    return lambda done, total, case: on_progress(before + done, before + total, case)
