"""CP-SAT through OR-Tools."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from prodmode.backends.contract import (
    OPTIMAL_GAP,
    Answer,
    Availability,
    Capabilities,
    Options,
    refuse_unsound,
    relative_gap,
)
from prodmode.backends.via_ortools import mathopt
from prodmode.backends.via_ortools.answer import Teller, better, conclude, infeasible, is_start, polished
from prodmode.backends.via_ortools.cp_sat_bounds import bounded
from prodmode.backends.via_ortools.cp_sat_grid import gridded
from prodmode.backends.via_ortools.run import Outcome, Run
from prodmode.errors import BackendError
from prodmode.formulation.scaling import Scaled, scaled

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from prodmode.backends.contract import Progress
    from prodmode.backends.via_ortools.cp_sat_grid import Grid
    from prodmode.backends.via_ortools.run import News
    from prodmode.formulation.mip import Mip

COARSE = 10
"""Bits of the first grid: a coarse one gives plans soonest."""

PROVING = (20, 26)
"""Bits of the grids that follow, one after the other while the bound is not close enough.

Beyond the last, coefficients would lose what the grid gains: CP-SAT's integers have 63 bits."""

SEARCH_SECONDS, SEARCH_SHARE = 60.0, 0.5
"""Most seconds, and share of the time limit, given to the first grid, which proves nothing."""

WORKERS = 8
"""Fewest threads where none are asked for: each runs a search of another kind, and CP-SAT is weak without."""

SPECIFICS = {
    "grid_bits": f"bits of the first grid that continuous columns move on, {COARSE} unless told",
    "linearization_level": "how much of the program goes into LPs: 0, 1 or 2",
    "symmetry_level": "effort on symmetry, 0 to 4",
    "cp_model_probing_level": "effort on probing, 0 to 3",
    "use_lns_only": "true to look for plans alone and prove nothing",
}


def availability() -> Availability:
    """Return whether OR-Tools is installed."""
    return mathopt.availability()


def capabilities() -> Capabilities:
    """Return what CP-SAT can do here."""
    return Capabilities(
        time_limit=True, gap=True, threads=True, seed=True, warm_start=True, progress=True, interrupt=True,
        in_process=False, specifics=SPECIFICS,
    )  # fmt: skip


def solve(
    mip: Mip,
    options: Options,
    *,
    start: NDArray[np.float64] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
) -> Answer:
    """Minimise a program with CP-SAT.

    It knows integers alone: `prodmode.backends.via_ortools.cp_sat_grid` says what becomes of other columns.
    Where the grid's plan is best there but not proved good enough here, a finer grid follows.

    Parameters
    ----------
    mip : Mip
        The program, in any units.
    options : Options
        Limits and options.
    start : ndarray, shape (n,), optional
        A feasible point to start from; one that is not feasible is passed over and said in the message.
    on_progress : callable, optional
        Called from the calling thread with a `Progress`; what it raises ends the run and is raised again.
    cancel : threading.Event, optional
        Stops the run once set; the incumbent is kept.

    Raises
    ------
    BackendError
        If CP-SAT refuses the program or an option.
    """
    refuse_unsound(mip)
    specifics = dict(options.specifics)
    coarse = _bits(specifics.pop("grid_bits", COARSE))
    parameters = _parameters(replace(options, specifics=specifics))
    notes: tuple[str, ...] = ()
    if start is not None and not is_start(mip, start):
        start, notes = None, (mathopt.NOT_FEASIBLE_START,)
    sound = mip.uncrossed()
    if sound is None:
        return infeasible(_version())
    mip = sound
    search = _Search(mip, scaled(mip), Teller(on_progress), start)
    narrow, began = bounded(search.program.mip), time.perf_counter()
    for bits in _grids(mip, coarse):
        proving = bits != coarse
        grid = gridded(narrow, bits, widen=proving)
        seconds = None
        if options.time_limit is not None:
            seconds = max(0.0, options.time_limit - (time.perf_counter() - began))
        if not proving:
            seconds = SEARCH_SECONDS if seconds is None else min(SEARCH_SECONDS, SEARCH_SHARE * seconds)
        outcome = search.on(grid, parameters, seconds, cancel)
        gap = relative_gap(search.teller.incumbent, search.teller.bound)
        reached = gap is not None and gap <= max(options.gap, OPTIMAL_GAP)
        ended = outcome.stopped == "cancel" or (proving and outcome.reason != "optimal")
        if reached or ended or (proving and not grid.relaxes):
            break
    outcome = replace(outcome, seconds=time.perf_counter() - began)
    if proving and not grid.relaxes and outcome.reason in ("optimal", "infeasible"):
        notes += ("nothing is proved: there are columns without bounds",)
    best, bound = search.best, search.teller.bound
    if outcome.reason == "optimal" and gap is not None and not reached:
        notes += (f"the finest grid proves its plan to within {gap:.1e} and no further",)
    return conclude(
        mip, options, outcome, x=best, bound=bound, version=_version(), proofs=grid.relaxes, notes=notes
    )


def _grids(mip: Mip, coarse: int) -> tuple[int, ...]:
    """Return the bits of the grids to search; without continuous columns they are all the same."""
    return PROVING[:1] if mip.integer.all() else (coarse, *PROVING)


def _version() -> str:
    return f"CP-SAT in OR-Tools {availability().version}"


@dataclass(slots=True)
class _Search:
    """The best plan and bound over all grids."""

    mip: Mip
    program: Scaled
    teller: Teller
    best: NDArray[np.float64] | None

    def on(
        self, grid: Grid, parameters: Any, time_limit: float | None, cancel: threading.Event | None
    ) -> Outcome:
        """Search one grid."""
        if grid.is_empty():
            return Outcome("infeasible")
        hint = None if self.best is None else grid.nearest(self.program.scale(self.best))
        if time_limit is not None:
            parameters.time_limit.FromMicroseconds(round(time_limit * 1e6))
        run = Run("CP_SAT", mathopt.program(grid.mip), parameters, events=("MIP", "MIP_SOLUTION"), hint=hint)
        if self.best is not None:
            self.teller.tell(self.mip.objective(self.best), None, None)

        def listen(news: News) -> None:
            if news.point is not None:
                self._take(grid, news.point)
            self._tell(grid, news.bound)

        outcome = run.watch(listen, time_limit=time_limit, cancel=cancel)
        if outcome.point is not None:
            self._take(grid, outcome.point)
        self._tell(grid, outcome.bound)
        return outcome

    def _take(self, grid: Grid, z: NDArray[np.float64]) -> None:
        """Let an LP find the quantities to the integers of a plan on the grid."""
        x = polished(self.mip, self.program.unscale(grid.point(z)))
        self.best = better(self.mip, self.best, x)

    def _tell(self, grid: Grid, bound: float | None) -> None:
        proved = None
        if bound is not None and grid.relaxes:
            proved = grid.bound(bound) / self.program.objective
        self.teller.tell(None if self.best is None else self.mip.objective(self.best), proved, None)


def _bits(value: Any) -> int:
    if not isinstance(value, int) or not 1 <= value < PROVING[0]:
        raise BackendError(f"CP-SAT does not take grid_bits={value!r}: they are 1 to {PROVING[0] - 1}")
    return value


def _parameters(options: Options) -> Any:
    parameters = mathopt.common_parameters(options)
    if options.threads is None:
        parameters.threads = max(WORKERS, os.cpu_count() or 1)
    # Half of the gap, as the grid takes its share.
    parameters.relative_gap_tolerance = max(options.gap / 2, OPTIMAL_GAP / 10)
    parameters.absolute_gap_tolerance = 0.0
    own = parameters.cp_sat
    own.catch_sigint_signal = False
    # Bounds beyond the default of 1e7 would be cut, and feasible programs called infeasible.
    own.mip_max_bound = 2.0**50
    # The numbers are integers already: nothing is to be rounded, widened or presolved in floating point.
    own.mip_wanted_precision = 1e-15
    own.mip_presolve_level = 0
    own.mip_automatically_scale_variables = False
    for name, value in options.specifics.items():
        if name not in SPECIFICS:
            raise BackendError(f"CP-SAT does not take {name}={value!r}")
        mathopt.set_specific(own, name, value, "CP-SAT")
    return parameters
