"""CBC, the solver that PuLP brings.

PuLP supplies and locates CBC; PuLP's own objects are passed by. The scaled program goes to CBC as an MPS file
written by HiGHS, and its log and solution file are read here. Of 450,000 coefficients HiGHS makes that file
in 0.3 s; PuLP needs 2.1 s for its objects, 1.8 s for the file and 390 MB. PuLP also tells neither bound nor
progress, calls stopped runs optimal, and leaves CBC running when a run is interrupted.
"""

from __future__ import annotations

import math
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodmode.backends.contract import (
    Answer,
    Availability,
    Capabilities,
    Options,
    Progress,
    Status,
    proven_status,
    refuse_unsound,
    relative_gap,
)
from prodmode.backends.via_pulp.cbc_log import CbcLog, CbcSolution, read_solution, write_start
from prodmode.backends.via_pulp.locate import CbcMissing, cbc_version, find_cbc
from prodmode.backends.via_pulp.point import (
    better_of,
    infeasible_or_unbounded,
    polished,
    usable_start,
    with_constant_as_column,
)
from prodmode.backends.via_pulp.process import POSIX, Run, follow
from prodmode.errors import BackendError
from prodmode.formulation.scaling import Scaled, scaled
from prodmode.formulation.silent_highs import highs_with, highspy

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from prodmode.formulation.mip import Mip

PROGRESS_SECONDS = 0.5
"""Time between two progress events when nothing new is known."""

LARGEST_SEED = 2**31 - 2

SPECIFICS = {
    "presolve": "'on', 'off' or 'more': presolve of the relaxation",
    "preprocess": "'on', 'off', 'equal', 'sos' or 'trysos': preprocessing of the integer program",
    "cuts": "'on', 'off', 'root', 'ifmove' or 'forceOn'",
    "heuristics": "'on' or 'off'",
    "strong_branching": "number of variables to look at in strong branching, 0 or more",
    "feasibility_pump_passes": "passes of the feasibility pump, 0 or more",
}

_CHOICES = {
    "presolve": ("presolve", ("on", "off", "more")),
    # Of its other words "strategy" has made CBC call the relaxation an optimal plan.
    "preprocess": ("preprocess", ("on", "off", "equal", "sos", "trysos")),
    "cuts": ("cuts", ("on", "off", "root", "ifmove", "forceOn")),
    "heuristics": ("heur", ("on", "off")),
}
_COUNTS = {"strong_branching": "strong", "feasibility_pump_passes": "passF"}


def availability() -> Availability:
    """Return whether there is a CBC here that runs; PuLP is not imported."""
    try:
        found = cbc_version(find_cbc())
    except CbcMissing as missing:
        return Availability(available=False, reason=str(missing))
    return Availability(available=True, version=found)


def capabilities() -> Capabilities:
    """Return what CBC can do here."""
    return Capabilities(
        time_limit=True, gap=True, threads=True, seed=True, warm_start=True, progress=True, interrupt=POSIX,
        specifics=SPECIFICS,
    )  # fmt: skip


def solve(
    mip: Mip,
    options: Options,
    *,
    start: NDArray[np.float64] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
) -> Answer:
    """Minimise a program with CBC.

    Parameters
    ----------
    mip : Mip
        The program, in any units; it is scaled before CBC sees it.
    options : Options
        Limits and options. Without `threads` CBC uses one.
    start : ndarray, shape (n,), optional
        A feasible point to start from; one that is not feasible is passed over and said in the message.
    on_progress : callable, optional
        Called with a `Progress`; what it raises ends the run and is raised again.
    cancel : threading.Event, optional
        Stops the run once set; the incumbent is kept.

    Raises
    ------
    BackendError
        If the program is unsound, there is no CBC, or it does not take an option.
    """
    refuse_unsound(mip)
    arguments = _arguments(options)
    try:
        binary = find_cbc()
        version = cbc_version(binary)
    except CbcMissing as missing:
        raise BackendError(str(missing)) from missing
    sound = mip.uncrossed()
    if sound is None:
        return Answer(Status.INFEASIBLE, None, None, None, 0.0, f"CBC {version}")
    mip = sound
    start, note = usable_start(mip, start)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="prodmode-cbc-") as name:
        job = _Job(mip, options, Path(name), binary, arguments, on_progress, cancel)
        answer = job.answer(job.run(start), start, f"CBC {version}")
    return replace(
        answer,
        seconds=time.perf_counter() - began,
        message="; ".join(filter(None, [note, answer.message])),
    )


def _arguments(options: Options) -> list[str]:
    """Return CBC's words for the options; CBC itself would pass over what it does not know."""
    # CBC measures the gap by the larger of objective and bound, we by the objective.
    arguments = ["-timeMode", "elapsed", "-ratio", repr(options.gap / (1 + options.gap))]
    if options.threads is not None and options.threads > 1:
        arguments += ["-threads", str(options.threads)]
    if options.seed is not None:
        # 0 stands for the time of day.
        seed = str(1 + options.seed % LARGEST_SEED)
        arguments += ["-randomSeed", seed, "-randomCbcSeed", seed]
    for name, value in options.specifics.items():
        arguments += _specific(name, value)
    return arguments


def _specific(name: str, value: Any) -> list[str]:
    if name in _CHOICES:
        word, choices = _CHOICES[name]
        if value in choices:
            return [f"-{word}", value]
    elif name in _COUNTS:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31:
            return [f"-{_COUNTS[name]}", str(value)]
    else:
        raise BackendError(f"CBC has no option {name!r}. There are: {', '.join(SPECIFICS)}.")
    raise BackendError(f"CBC does not take {name}={value!r}; it takes {SPECIFICS[name]}")


@dataclass(slots=True)
class _Job:
    """One run of CBC in a folder of its own."""

    mip: Mip
    options: Options
    folder: Path
    binary: Path
    arguments: list[str]
    on_progress: Callable[[Progress], None] | None
    cancel: threading.Event | None
    program: Scaled = field(init=False)
    log: CbcLog = field(default_factory=CbcLog)
    _told: float = -math.inf
    _last: tuple[float | None, float | None] = (None, None)

    def __post_init__(self) -> None:
        self.program = scaled(self.mip)

    def run(self, start: NDArray[np.float64] | None) -> Run:
        """Write the files and run CBC on them."""
        began = time.perf_counter()
        engine = highs_with(with_constant_as_column(self.program.mip), {})
        if engine.writeModel(str(self.folder / "program.mps")) == highspy().HighsStatus.kError:
            raise BackendError(f"the program cannot be written to {self.folder}")
        command = [str(self.binary), "program.mps", *self.arguments]
        if start is not None and self.mip.integer.any():
            write_start(self.folder / "start.sol", start, self.mip.integer)
            command += ["-mips", "start.sol"]
        limit = self.options.time_limit
        if limit is not None:
            limit -= time.perf_counter() - began
            command += ["-sec", repr(limit)]
        cancelled = self.cancel is not None and self.cancel.is_set()
        if cancelled or (limit is not None and limit <= 0):
            return Run(cancelled=cancelled, overran=not cancelled)
        command += ["-solve", "-solution", "answer.sol"]
        return follow(
            command,
            self.folder,
            self._listen,
            time_limit=limit,
            cancel=self.cancel,
            # Before the root relaxation is solved it does not listen, and has nothing to hand over.
            worth_waiting_for=lambda: self.log.phase != "read",
        )

    def answer(self, run: Run, start: NDArray[np.float64] | None, version: str) -> Answer:
        """Make an answer of what CBC left behind."""
        found = read_solution(self.folder / "answer.sol", len(self.mip.cost) + 1)
        no_optimum = found is not None and (found.infeasible or found.unbounded or self.log.infeasible)
        if found is not None and no_optimum and not run.stopped:
            limit = self.options.time_limit
            if limit is None or run.seconds < limit:
                return self._without_a_point(found, run, start, version)
        x = None
        if found is not None and found.has_point:
            x = polished(self.mip, self.program.unscale(found.x[: len(self.mip.cost)]))
        claimed = found is not None and found.optimal
        lost = claimed and x is None
        x = better_of(self.mip, x, start)
        objective = None if x is None else self.mip.objective(x)
        bound = self._bound(found, objective)
        proven = proven_status(relative_gap(objective, bound), self.options.gap)
        message = ""
        if run.killed and self.log.incumbent is not None and x is start:
            message = "CBC did not stop when asked and was killed with its plan"
        if lost:
            status, message = Status.ERROR, "the point that CBC calls optimal is not feasible"
        elif proven is not None:
            status = proven
        elif run.cancelled:
            status = Status.INTERRUPTED
        elif self._out_of_time(run, found):
            status = Status.TIME_LIMIT
        else:
            status, message = Status.ERROR, _what_happened(run, found)
        return Answer(status, x, bound, self.log.nodes, run.seconds, version, message)

    def _out_of_time(self, run: Run, found: CbcSolution | None) -> bool:
        limit = self.options.time_limit
        if limit is None:
            return False
        said = found is not None and found.status.startswith("Stopped on time")
        return said or run.overran or run.seconds >= limit

    def _bound(self, found: CbcSolution | None, objective: float | None) -> float | None:
        """Return the proven bound in the user's units; never above the plan in hand."""
        bound = self.log.bound
        if found is not None and found.optimal:
            # Of a bound within the gap the log may show fewer digits than the gap has.
            within_gap = self.log.within_gap or "gap" in found.status
            claimed = found.objective - abs(found.objective) * (self.options.gap if within_gap else 0.0)
            bound = claimed if bound is None or not within_gap else max(bound, claimed)
        if bound is None:
            return None
        bound /= self.program.objective
        return bound if objective is None else min(bound, objective)

    def _without_a_point(
        self, found: CbcSolution, run: Run, start: NDArray[np.float64] | None, version: str
    ) -> Answer:
        """Judge "infeasible" and "unbounded", which CBC mixes up."""
        ended = Answer(Status.INFEASIBLE, None, None, self.log.nodes, 0.0, version)
        infeasible = found.infeasible or self.log.infeasible
        if infeasible and start is not None:
            message = "CBC calls infeasible what has a feasible start"
            return replace(ended, status=Status.ERROR, x=start, message=message)
        if self.log.infeasible or (infeasible and self.log.relaxed):
            return ended
        limit = self.options.time_limit
        remaining = None if limit is None else max(0.0, limit - run.seconds)
        options = replace(self.options, time_limit=remaining)
        return infeasible_or_unbounded(self.mip, ended, lambda mip: solve(mip, options, cancel=self.cancel))

    def _listen(self, lines: list[str], seconds: float) -> None:
        for line in lines:
            self.log.read(line)
        if self.on_progress is None:
            return
        incumbent, bound = self.log.incumbent, self.log.bound
        if (incumbent, bound) == self._last and seconds - self._told < PROGRESS_SECONDS:
            return
        self._told, self._last = seconds, (incumbent, bound)
        incumbent = None if incumbent is None else incumbent / self.program.objective
        bound = None if bound is None else bound / self.program.objective
        if incumbent is not None and bound is not None:
            bound = min(bound, incumbent)
        gap = relative_gap(incumbent, bound)
        self.on_progress(Progress(seconds, incumbent, bound, gap, self.log.nodes, self.log.phase))


def _what_happened(run: Run, found: CbcSolution | None) -> str:
    if found is not None:
        return f"CBC ended with '{found.status}'"
    if run.code:
        return f"CBC ended with code {run.code}: {' | '.join(run.last[-2:])[-300:]}"
    return f"CBC left no solution: {' | '.join(run.last[-2:])[-300:]}"
