"""A plan under study: the solves that questions about it ask for, warm-started, refereed, side by side."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from prodmode.backends.contract import Options, Status
from prodmode.backends.interrupt import interruptible
from prodmode.explain.interval import Interval, interval_of
from prodmode.explain.restricted import honoured, restricted
from prodmode.explain.restriction import NOTHING, Hold, Restriction
from prodmode.explain.side_by_side import side_by_side
from prodmode.formulation import formulate
from prodmode.plan.checking.verdict import Violation
from prodmode.solving import solve, solve_formulation

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from prodmode.backends.contract import Progress
    from prodmode.formulation import Formulation
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan
    from prodmode.result import Result

GAP = 1e-6
"""Relative gap of the solves: differences of plans are to be told, not only plans."""

SLOW_SECONDS = 2.0
"""Solving time of the plan under study from which a start is looked for around it first."""

START_SHARE = 0.2
"""Share of the time limit that looking for a start may take."""

PARALLEL_SECONDS = 6.0
"""Expected seconds of all solves from which they run side by side: a process takes one to begin."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is solved to answer a question.

    Attributes
    ----------
    name : str
        What the case is called in progress.
    restriction : Restriction
        What the plan must or must not do.
    instance : Instance or None
        A changed instance; None for the one under study.
    time_limit : float or None
        Seconds; None for the study's own limit.
    """

    name: str
    restriction: Restriction = NOTHING
    instance: Instance | None = None
    time_limit: float | None = None


@dataclass(frozen=True)
class Study:
    """An instance with its best plan.

    Attributes
    ----------
    result : Result
        What solving the instance came to; it must have a plan.
    backend : str
        Who solves the cases.
    time_limit : float or None
        Most seconds for each case.
    gap : float
        Relative gap to stop a case at.
    threads, seed : int or None
    """

    result: Result
    backend: str = "auto"
    time_limit: float | None = None
    gap: float = GAP
    threads: int | None = None
    seed: int | None = None

    @classmethod
    def of(
        cls,
        instance: Instance,
        *,
        backend: str = "auto",
        time_limit: float | None = None,
        gap: float = GAP,
        threads: int | None = None,
        seed: int | None = None,
        warm_start: Plan | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Study:
        """Solve an instance for a study of its plan; arguments as in `prodmode.solve`."""
        result = solve(
            instance, backend=backend, time_limit=time_limit, gap=gap, threads=threads, seed=seed,
            warm_start=warm_start, on_progress=on_progress,
        )  # fmt: skip
        return cls(result, backend, time_limit, gap, threads, seed)

    @property
    def instance(self) -> Instance:
        """The instance under study."""
        return self.result.instance

    @property
    def plan(self) -> Plan:
        """The plan under study.

        Raises
        ------
        ProdmodeError
            If there is none.
        """
        return self.result.plan

    @cached_property
    def formulation(self) -> Formulation:
        """The program of the instance, built once."""
        return formulate(self.instance)

    @property
    def value(self) -> Interval:
        """The best net present value: that of the plan, and the proven bound."""
        return interval_of(self.result)

    def loss(self, result: Result, *, restricted: bool = True) -> Interval:
        """Return what a case loses against the best plan; zero where rounding is all there is.

        Parameters
        ----------
        result : Result
            What solving the case came to.
        restricted : bool
            Whether the case is a restriction of the same instance, which can gain nothing.
        """
        loss = self.value - interval_of(result)
        if restricted:
            loss = loss.at_least(0.0)
        return loss.snapped(self.value.lower or 0.0)

    def solve(
        self,
        case: Case,
        *,
        cancel: threading.Event | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Result:
        """Find the best plan for a case.

        Parameters
        ----------
        case : Case
        cancel : threading.Event, optional
            Ends the run once set; the best plan so far is kept.
        on_progress : callable, optional
            Called with a `Progress` now and then.

        Returns
        -------
        Result
            Its plan has passed the referee, and keeps to the restriction.
        """
        began = time.perf_counter()
        whole = self.formulation if case.instance is None else formulate(case.instance)
        program = restricted(whole, case.restriction)
        limit = self.time_limit if case.time_limit is None else case.time_limit
        start = self._start(whole, case, limit, cancel)
        if limit is not None:
            limit = max(0.1, limit - (time.perf_counter() - began))
        result = self._run(program, limit, self.gap, start, cancel, on_progress)
        if not result.has_plan:
            return result
        broken = honoured(program.instance, result.plan, case.restriction)
        if not broken or result.verdict is None:
            return result
        violations = tuple(Violation("restriction", sentence, 1.0, {}) for sentence in broken)
        verdict = replace(
            result.verdict,
            violations=(*result.verdict.violations, *violations),
            counts={**result.verdict.counts, "restriction": len(violations)},
        )
        return replace(result, status=Status.ERROR, verdict=verdict)

    def solve_all(
        self,
        cases: Sequence[Case],
        *,
        processes: int | None = None,
        on_progress: Callable[[int, int, Case], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Result | None]:
        """Find the best plan for each of many cases.

        Parameters
        ----------
        cases : sequence of Case
        processes : int, optional
            How many run side by side; by default as many as there are processors where that saves time.
        on_progress : callable, optional
            Called with the number of cases done, the number of all, and the case just done.
        cancel : threading.Event, optional
            Ends it once set; Ctrl-C sets it.

        Returns
        -------
        list of Result or None
            In the order of the cases; None for those that were not begun when it was cancelled.

        Raises
        ------
        BackendError
            If a process dies.
        """
        if processes is None:
            expected = len(cases) * self.result.solve_seconds
            processes = min(len(cases), os.cpu_count() or 1) if expected > PARALLEL_SECONDS else 1
        with interruptible(cancel) as stop:
            if processes > 1:
                study = replace(self, threads=self.threads or 1)
                return side_by_side(study, cases, processes, on_progress=on_progress, stop=stop)
            results: list[Result | None] = [None] * len(cases)
            for number, case in enumerate(cases):
                if stop.is_set():
                    break
                results[number] = self.solve(case, cancel=stop)
                if on_progress is not None:
                    on_progress(number + 1, len(cases), case)
            return results

    def _run(
        self,
        program: Formulation,
        time_limit: float | None,
        gap: float,
        start: Plan | None,
        cancel: threading.Event | None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Result:
        asked = Options(time_limit, gap, self.threads, self.seed)
        return solve_formulation(
            program, asked, backend=self.backend, warm_start=start, on_progress=on_progress, cancel=cancel
        )

    def _start(
        self, whole: Formulation, case: Case, time_limit: float | None, cancel: threading.Event | None
    ) -> Plan | None:
        """Return a plan to start from: that under study, or the best one around it where it does not do."""
        if not self.result.has_plan or self.result.solve_seconds < SLOW_SECONDS or case.restriction.hold:
            return None
        touched = case.restriction.lines(whole.instance)
        if case.instance is None and not touched.any() and not case.restriction.copies:
            return self.plan if not case.restriction.exclude else None
        lines = tuple(whole.instance.lines["line"][touched])
        around = replace(case.restriction, hold=Hold(self.plan, free_lines=lines, investments=False))
        seconds = self.result.solve_seconds
        if time_limit is not None:
            seconds = min(seconds, START_SHARE * time_limit)
        found = self._run(restricted(whole, around), seconds, 1e-3, None, cancel)
        return found.plan if found.verified else None
