"""One run of a solver through PuLP in a process of its own."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.backends.contract import Answer, Options, Progress, Status, proven_status, relative_gap
from prodmode.backends.via_pulp.cbc_log import rounded_down
from prodmode.backends.via_pulp.point import (
    better_of,
    infeasible_or_unbounded,
    polished,
    with_constant_as_column,
)
from prodmode.backends.via_pulp.process import Run, follow
from prodmode.backends.via_pulp.solvers import PulpSolver, arguments, known
from prodmode.formulation.scaling import Scaled, scaled

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from prodmode.formulation.mip import Mip

START_SECONDS = 15.0
"""How much longer than its time limit a run may take: PuLP is loaded and the program built on top of it."""

DEFAULT_GAP_OF_OTHERS = 1e-4
"""The relative gap within which a solver that takes none is believed to stop."""


@dataclass(slots=True)
class Job:
    """One run of a solver through PuLP, in a folder and a process of its own.

    Attributes
    ----------
    name, version : str
        Of the solver.
    mip, options
        What to solve, and how.
    folder : Path
        An empty folder.
    solve : callable
        Solves another program in the same way.
    on_progress, cancel
        As in the contract of backends.
    """

    name: str
    version: str
    mip: Mip
    options: Options
    folder: Path
    solve: Callable[..., Answer]
    on_progress: Callable[[Progress], None] | None
    cancel: threading.Event | None
    program: Scaled = field(init=False)
    solver: PulpSolver = field(init=False)
    _logged: str | None = None
    _proved: bool = False

    def __post_init__(self) -> None:
        self.program = scaled(self.mip)
        self.solver = known(self.name)

    def run(self, start: NDArray[np.float64] | None) -> Run:
        """Leave the job in the folder and have another process do it."""
        limit = self.options.time_limit
        if limit is not None and limit <= 0:
            return Run(overran=True)
        if self.cancel is not None and self.cancel.is_set():
            return Run(cancelled=True)
        mip = with_constant_as_column(self.program.mip)
        arrays: dict[str, Any] = {
            "cost": mip.cost,
            "data": mip.matrix.data,
            "indices": mip.matrix.indices,
            "indptr": mip.matrix.indptr,
            "integer": mip.integer,
        }
        arrays |= {name: getattr(mip, name) for name in ("row_lower", "row_upper", "lower", "upper")}
        if start is not None and self.solver.warm_start:
            arrays["start"] = np.append(self.program.scale(start), 1.0)
        np.savez(self.folder / "job.npz", **arrays)
        job = {
            "solver": self.name,
            "arguments": arguments(
                self.solver,
                time_limit=limit,
                # Some measure the gap by the larger of objective and bound, we by the objective.
                gap=self.options.gap / (1 + self.options.gap),
                threads=self.options.threads,
                seed=self.options.seed,
                warm_start=start is not None,
            ),
        }
        (self.folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        script = Path(__file__).with_name("child.py")
        # -P: a script's folder would come before the solvers' own packages.
        command = [sys.executable, "-P", "-W", "ignore", str(script), str(self.folder)]
        return follow(
            command, self.folder, self._listen, time_limit=limit, cancel=self.cancel, overrun=START_SECONDS
        )

    def answer(self, run: Run, start: NDArray[np.float64] | None) -> Answer:
        """Make an answer of what the other process left behind."""
        told = self._told()
        name = f"{self.name} {self.version}".strip()
        limit = self.options.time_limit
        out_of_time = run.overran or (limit is not None and run.seconds >= limit)
        # A point that comes with an unbounded ray is no plan.
        raw = None if told.get("unbounded") else self._point()
        x = None if raw is None else polished(self.mip, raw)
        ended = Answer(Status.ERROR, x, None, _whole(told.get("nodes")), run.seconds, name)
        error = told.get("error") or ("" if told else f"its process ended with code {run.code}")
        if x is None and not (run.stopped or out_of_time or error):
            return self._without_a_point(ended, run, start, told, raw)
        x = better_of(self.mip, x, start)
        objective = None if x is None else self.mip.objective(x)
        bound, note = self._bound(told, objective, finished=not (run.stopped or out_of_time or error))
        proven = proven_status(relative_gap(objective, bound), self.options.gap)
        if proven is not None:
            status = proven
        elif run.cancelled:
            status = Status.INTERRUPTED
        elif out_of_time:
            status = Status.TIME_LIMIT
        else:
            note = error or "the solver stopped without reaching the gap asked for"
            status, note = Status.ERROR, " | ".join([note, *run.last[-1:]])[:400] if error else note
        return replace(ended, status=status, x=x, bound=bound, message=note)

    def _told(self) -> dict[str, Any]:
        try:
            told: dict[str, Any] = json.loads((self.folder / "answer.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told

    def _point(self) -> NDArray[np.float64] | None:
        try:
            x: NDArray[np.float64] = np.load(self.folder / "answer.npy")
        except (OSError, ValueError, EOFError):
            return None
        columns = len(self.mip.cost)
        return self.program.unscale(x[:columns]) if x.shape == (columns + 1,) else None

    def _bound(
        self, told: dict[str, Any], objective: float | None, *, finished: bool
    ) -> tuple[float | None, str]:
        """Return the proven bound, in the user's units and never above the plan, and what to say of it."""
        bound, note = told.get("bound"), ""
        if bound is None and self._logged is not None:
            bound = rounded_down(self._logged)
        if bound is not None:
            bound /= self.program.objective
        optimal = finished and told.get("optimal") and objective is not None
        if optimal and (self._proved or not self.mip.integer.any()):
            bound = objective
        elif bound is None and optimal and not self.solver.tells_bound:
            gap = self.options.gap if self.solver.gap is not None else DEFAULT_GAP_OF_OTHERS
            bound = (objective or 0.0) - gap * abs(objective or 0.0)
            note = f"{self.name} tells no bound; this one is what its 'optimal' stands for"
        if bound is None or objective is None:
            return bound, note
        return min(bound, objective), note

    def _without_a_point(
        self,
        ended: Answer,
        run: Run,
        start: NDArray[np.float64] | None,
        told: dict[str, Any],
        raw: NDArray[np.float64] | None,
    ) -> Answer:
        if raw is not None and told["optimal"]:
            message = f"the point that {self.name} calls optimal is not feasible"
            return replace(ended, x=start, message=message)
        if start is not None:
            return replace(ended, x=start, message=f"{self.name} lost a feasible start")
        if not self.mip.cost.any() and not told["infeasible"]:
            return replace(ended, message=f"{self.name} ended without a plan")
        limit = self.options.time_limit
        remaining = None if limit is None else max(0.0, limit - run.seconds)
        options = replace(self.options, time_limit=remaining)
        return infeasible_or_unbounded(
            self.mip, ended, lambda mip: self.solve(mip, options, cancel=self.cancel)
        )

    def _listen(self, lines: Sequence[str], seconds: float) -> None:
        for line in lines:
            if self.solver.bound is not None and (match := self.solver.bound.search(line)):
                self._logged = match[1]
            if self.solver.proof is not None and self.solver.proof.search(line):
                self._proved = True
        if self.on_progress is not None:
            self.on_progress(Progress(seconds))


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
