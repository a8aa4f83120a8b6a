"""The backend under test: every run in a process of its own, every answer looked over."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.backends import registry
from prodmode.backends.contract import Answer, Capabilities, Options, Status, proven_status, relative_gap
from prodmode.backends.isolation import run_isolated
from prodmode.testing.finding import Unmet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from prodmode.backends.contract import Progress
    from prodmode.backends.registry import BackendInfo
    from prodmode.formulation.mip import Mip

PATIENCE_SECONDS = 120.0
"""How long a run without a time limit may take before it is ended."""

TOLERANCE = 1e-6


@dataclass(slots=True)
class Subject:
    """A backend under test.

    Attributes
    ----------
    name : str
        A registered name, or "module:" and a module.
    solver_modules : tuple of str
        Top-level modules of its solver, beside those known.
    instance_seconds : float
        Time limit for a shipped instance.
    """

    name: str
    solver_modules: tuple[str, ...] = ()
    instance_seconds: float = 120.0
    _info: BackendInfo | None = field(default=None, repr=False)

    @property
    def info(self) -> BackendInfo:
        """What the registry says of it."""
        if self._info is None:
            self._info = registry.info(self.name)
        return self._info

    @property
    def can(self) -> Capabilities:
        """What it says it can do."""
        return self.info.capabilities or Capabilities()

    def lacks(self, needs: Iterable[str]) -> str:
        """Return in words what it says it cannot do of what is needed; empty where nothing is."""
        needs = tuple(needs)
        if needs and not self.info.available:
            return f"it cannot run here: {self.info.reason}"
        missing = [need for need in needs if need != "run" and not getattr(self.can, need)]
        return f"it does not say it can: {', '.join(missing)}" if missing else ""

    def options(self, **asked: Any) -> Options:
        """Return options to run to proof with, and what is asked besides."""
        if self.can.time_limit:
            asked.setdefault("time_limit", PATIENCE_SECONDS / 2)
        return Options(**{"gap": 0.0, **asked})

    def run(
        self,
        mip: Mip,
        options: Options | None = None,
        *,
        start: NDArray[np.float64] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> Answer:
        """Run it in a process of its own.

        Raises
        ------
        Unmet
            If it gives no answer.
        """
        asked = self.options() if options is None else options
        ending, answer, message = self._run(mip, asked, start, on_progress, cancel)
        if answer is None:
            raise Unmet(f"{ending}: {message}")
        return answer

    def refuses(self, mip: Mip, options: Options | None = None) -> None:
        """Raise `Unmet` unless it refuses to run, with a reason."""
        ending, answer, message = self._run(mip, self.options() if options is None else options)
        if ending != "refused":
            what = f"it answers {answer.status}" if answer is not None else f"it {ending}: {message}"
            raise Unmet(f"it must raise BackendError, but {what}")
        if not message:
            raise Unmet("it refuses, but its BackendError does not say why")

    def _run(
        self,
        mip: Mip,
        options: Options,
        start: NDArray[np.float64] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> tuple[str, Answer | None, str]:
        stop = cancel if cancel is not None else threading.Event()
        patience = threading.Timer(PATIENCE_SECONDS, stop.set)
        patience.daemon = True
        patience.start()
        try:
            run = run_isolated(self.name, mip, options, start=start, on_progress=on_progress, cancel=stop)
        finally:
            patience.cancel()
        return run.ending, run.answer, run.message

    def look_over(self, answer: Answer, mip: Mip, options: Options, *, known: float | None = None) -> None:
        """Raise `Unmet` where an answer claims what does not hold.

        Parameters
        ----------
        answer : Answer
            What it returned.
        mip : Mip
            The program.
        options : Options
            What was asked.
        known : float, optional
            The optimum, or the objective of some plan: no bound may lie above it.
        """
        faults = [*_faults_of_point(answer, mip), *_faults_of_status(answer)]
        if self.can.valid_bound:
            faults += _faults_of_proof(answer, mip, options, known)
        if faults:
            raise Unmet("; ".join([*faults, answer.message] if answer.message else faults))


def told(answer: Answer) -> str:
    """Return what an answer says in words."""
    return f"{answer.status} ({answer.message})" if answer.message else answer.status.value


def slack(mip: Mip, value: float) -> float:
    """Return how far two figures for an objective may lie apart."""
    return TOLERANCE * max(abs(value), abs(mip.offset), float(np.abs(mip.cost).max(initial=0.0)), 1e-9)


def _faults_of_point(answer: Answer, mip: Mip) -> list[str]:
    if answer.x is None:
        return []
    faults = []
    violation = mip.violation(answer.x)
    if violation > TOLERANCE:
        faults.append(f"its point violates the program by {violation:g}")
    if (answer.x[mip.integer] != np.round(answer.x[mip.integer])).any():
        faults.append("its integer columns are not exactly whole")
    return faults


def _faults_of_status(answer: Answer) -> list[str]:
    faults = []
    proofs = (Status.OPTIMAL, Status.GAP_REACHED)
    if answer.x is None and answer.status in proofs:
        faults.append(f"it says {answer.status} without a point")
    if answer.x is not None and answer.status in (Status.INFEASIBLE, Status.UNBOUNDED):
        faults.append(f"it says {answer.status} and returns a point")
    if answer.status is Status.ERROR and not answer.message:
        faults.append("it says error, but not why")
    if not answer.version and answer.status is not Status.ERROR:
        faults.append("it does not say which version of the solver ran")
    return faults


def _faults_of_proof(answer: Answer, mip: Mip, options: Options, known: float | None) -> list[str]:
    faults = []
    objective = None if answer.x is None else mip.objective(answer.x)
    for what, value in (("objective", objective), ("known objective", known)):
        if answer.bound is not None and value is not None and answer.bound > value + slack(mip, value):
            faults.append(f"its bound {answer.bound:.9g} is above the {what} {value:.9g}")
    if answer.status in (Status.OPTIMAL, Status.GAP_REACHED) and objective is not None:
        gap = relative_gap(objective, answer.bound)
        earned = proven_status(gap, options.gap)
        if earned is not answer.status:
            faults.append(f"it says {answer.status}, but its gap {gap} earns {earned or 'no proof'}")
    return faults
