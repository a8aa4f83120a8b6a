"""Any solver that PuLP finds, under the name ``pulp:NAME``.

The solver runs in a process of its own that loads PuLP, builds the program from the arrays and asks the
solver's object for what PuLP leaves out: bound, nodes, and the point of a run that was stopped. Where there
is no such object the bound is read from the log. Nothing of PuLP is loaded here: its import changes how
other solvers' libraries are found, and a solver in a process of its own can be ended.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from prodmode.backends.contract import Answer, Availability, Capabilities, Options, Progress, refuse_unsound
from prodmode.backends.via_pulp.job import Job
from prodmode.backends.via_pulp.point import usable_start
from prodmode.backends.via_pulp.solvers import ELSEWHERE, SOLVERS, PulpSolver, known
from prodmode.errors import BackendError, maybe

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from prodmode.backends.contract import Backend
    from prodmode.formulation.mip import Mip

PREFIX = "pulp:"
"""Stands before the name of a solver in the name of its backend."""

INTERRUPTIBLE = frozenset({"COPT", "CPLEX_PY", "GUROBI", "SCIP_PY"})
"""Solvers seen to stop when asked and to hand over their incumbent."""

PROBE_SECONDS = 60.0

_MARK = "prodmode:"
_PROBE = (
    f"import json, pulp; print('\\n{_MARK}' + json.dumps(pulp.listSolvers(onlyAvailable=True)), flush=True)"
)


def backend_for(name: str) -> Backend:
    """Return the backend for one of PuLP's solvers.

    Parameters
    ----------
    name : str
        As PuLP spells it, such as "GUROBI"; the prefix "pulp:" may stand before it.

    Raises
    ------
    BackendError
        If the solver has a backend of its own.
    """
    name = name.removeprefix(PREFIX)
    if name in ELSEWHERE:
        other = ELSEWHERE[name]
        raise BackendError(f"'{PREFIX}{name}' is not offered; use the backend '{other}', which does more")
    return PulpBackend(name)


def found() -> list[str]:
    """Return the names of the solvers that PuLP finds here, without those that have a backend of their own.

    They are asked for in a process of its own, once.
    """
    return [name for name in _listed() if name not in ELSEWHERE]


@cache
def _listed() -> tuple[str, ...]:
    if _pulp_missing() is not None:
        return ()
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-W", "ignore", "-c", _PROBE],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    for line in done.stdout.decode(errors="replace").splitlines():
        if line.startswith(_MARK):
            return tuple(json.loads(line.removeprefix(_MARK)))
    return ()


def _pulp_missing() -> str | None:
    """Return why PuLP cannot be used, None where it can."""
    try:
        installed = version("pulp") if find_spec("pulp") is not None else ""
    except PackageNotFoundError:
        installed = ""
    if not installed:
        return "PuLP is not installed; try 'pip install \"pulp>=3.3,<4\"'"
    if not installed.startswith("3."):
        return f"PuLP {installed} is not known here; try 'pip install \"pulp>=3.3,<4\"'"
    return None


@dataclass(frozen=True, slots=True)
class PulpBackend:
    """A backend for one of PuLP's solvers.

    Attributes
    ----------
    name : str
        As PuLP spells it.
    """

    name: str

    @property
    def _solver(self) -> PulpSolver:
        return known(self.name)

    def availability(self) -> Availability:
        """Return whether PuLP finds the solver; PuLP is loaded in another process only."""
        reason = _pulp_missing()
        module, distribution = self._solver.module, self._solver.distribution
        if reason is None and module is not None and find_spec(module) is None:
            reason = f"{module} is not installed; try 'pip install {distribution}'"
        if reason is None and self.name not in _listed():
            hint = maybe(self.name, [*_listed(), *SOLVERS]) if self.name not in SOLVERS else None
            reason = f"PuLP does not find {self.name} on this machine"
            reason = f"{reason}. {hint}" if hint else reason
        if reason is not None:
            return Availability(available=False, reason=reason)
        return Availability(available=True, version=self._version())

    def capabilities(self) -> Capabilities:
        """Return what the solver can do through PuLP."""
        solver = self._solver
        return Capabilities(
            time_limit=solver.time_limit is not None,
            gap=solver.gap is not None,
            threads=solver.threads is not None,
            seed=solver.seed is not None,
            warm_start=solver.warm_start,
            interrupt=self.name in INTERRUPTIBLE,
            valid_bound=solver.tells_bound,
        )

    def solve(
        self,
        mip: Mip,
        options: Options,
        *,
        start: NDArray[np.float64] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> Answer:
        """Minimise a program.

        Parameters
        ----------
        mip : Mip
            The program, in any units; it is scaled before the solver sees it.
        options : Options
            Limits and options.
        start : ndarray, shape (n,), optional
            A feasible point to start from; one that is not feasible is passed over and said in the message.
        on_progress : callable, optional
            Called now and then with the time that has passed: PuLP tells no more while it runs.
        cancel : threading.Event, optional
            Stops the run once set.

        Raises
        ------
        BackendError
            If the program is unsound, or the solver is not there or does not take an option.
        """
        refuse_unsound(mip)
        if options.specifics:
            raise BackendError(
                f"{PREFIX}{self.name} takes no options of its own: {', '.join(options.specifics)}"
            )
        available = self.availability()
        if not available:
            raise BackendError(f"{PREFIX}{self.name} cannot run here: {available.reason}")
        start, note = usable_start(mip, start)
        began = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="prodmode-pulp-") as folder:
            job = Job(self.name, self._version(), mip, options, Path(folder), self.solve, on_progress, cancel)
            answer = job.answer(job.run(start), start)
        return replace(
            answer,
            seconds=time.perf_counter() - began,
            message="; ".join(filter(None, [note, answer.message])),
        )

    def _version(self) -> str:
        distribution = self._solver.distribution
        if distribution is not None:
            try:
                return version(distribution)
            except PackageNotFoundError:
                return ""
        return f"through PuLP {version('pulp')}"
