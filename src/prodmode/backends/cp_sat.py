"""CP-SAT through OR-Tools."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

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
from prodmode.backends.via_ortools.answer import Teller, conclude, infeasible, is_start
from prodmode.backends.via_ortools.cp_sat_benders import Benders
from prodmode.backends.via_ortools.cp_sat_bounds import bounded, may_be_whole, tightened
from prodmode.backends.via_ortools.cp_sat_grid import gridded
from prodmode.backends.via_ortools.cp_sat_near import first_plan, search_near
from prodmode.backends.via_ortools.cp_sat_root import relaxed
from prodmode.backends.via_ortools.cp_sat_search import Search
from prodmode.backends.via_ortools.run import Outcome
from prodmode.errors import BackendError
from prodmode.formulation.scaling import scaled

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.backends.contract import Progress
    from prodmode.backends.via_ortools.cp_sat_root import Relaxation
    from prodmode.formulation.mip import Mip

COARSE = 10
"""Bits of the first grid: a coarse one gives plans soonest."""

PROVING = (20, 26)
"""Bits of the grids that follow, one after the other while the bound is not close enough.

Beyond the last, coefficients would lose what the grid gains: CP-SAT's integers have 63 bits."""

SEARCH_SECONDS, SEARCH_SHARE = 60.0, 0.5
"""Most seconds, and share of the time limit, given to the first grid, which proves nothing."""

ROOT_SECONDS, ROOT_SHARE = 60.0, 0.25
"""Most seconds, and share of the time left, for the relaxation and its cuts."""

NEAR_SHARE = 0.6
"""Share of the time left for plans near the relaxation and near the best plan."""

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

    It knows integers alone. A program with other columns is decomposed: CP-SAT decides the integers, LPs find
    the quantities (`prodmode.backends.via_ortools.cp_sat_benders`), after cuts have tightened the relaxation
    (`cp_sat_root`), first near the relaxation and near the best plan (`cp_sat_near`), then everywhere. What
    is open after that goes to CP-SAT as a whole, the other columns on a grid (`cp_sat_grid`); where the
    grid's plan is best there but not proved good enough here, a finer grid follows.

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
    # Presolve shaves grids point by point in search of dominated ones: seconds where a relaxation takes none.
    parameters.cp_sat.keep_all_feasible_solutions_in_presolve = _is_mixed(mip)
    notes: tuple[str, ...] = ()
    if start is not None and not is_start(mip, start):
        start, notes = None, (mathopt.NOT_FEASIBLE_START,)
    sound = mip.uncrossed()
    if sound is None:
        return infeasible(_version())
    mip = sound
    search = Search(mip, scaled(mip), options, parameters, Teller(on_progress), cancel, start)
    search.tell_plan()
    narrow = bounded(search.program.mip)
    provable = bool((np.isfinite(narrow.lower) & np.isfinite(narrow.upper)).all())
    root = _root(search, narrow) if provable and _is_mixed(mip) else None
    if root is not None:
        root = _decomposed(search, root)
    outcome, grid = Outcome("optimal"), gridded(narrow, coarse)
    for bits in () if search.reached() else _grids(search, coarse):
        proving = bits != coarse
        cutoff = search.cutoff()
        if root is not None and cutoff is not None:
            root = _root(search, tightened(root.narrowed(cutoff)), cutoff) or root
            if search.reached():
                break
            grid = gridded(root.narrowed(cutoff), bits, widen=proving)
        else:
            cutoff, grid = None, gridded(narrow, bits, widen=proving)
        seconds = search.left()
        if not proving:
            seconds = SEARCH_SECONDS if seconds is None else min(SEARCH_SECONDS, SEARCH_SHARE * seconds)
        outcome = search.on(grid, seconds, cutoff=cutoff)
        ended = outcome.stopped == "cancel" or (proving and outcome.reason != "optimal")
        if search.reached() or ended or (proving and not grid.relaxes):
            break
    outcome = replace(outcome, seconds=time.perf_counter() - search.began)
    if search.cancelled():
        outcome = replace(outcome, stopped="cancel")
    if outcome.reason == "infeasible" and not grid.relaxes:
        outcome = replace(outcome, reason="no_solution_found")
    return _concluded(search, outcome, notes, provable=provable)


def _is_mixed(mip: Mip) -> bool:
    return bool(mip.integer.any() and not mip.integer.all())


def _decomposed(search: Search, root: Relaxation) -> Relaxation:
    """Let CP-SAT decide the integers and LPs the quantities; return the last relaxation."""
    first_plan(search, root)
    cutoff = search.cutoff()
    if cutoff is not None and not search.reached() and not search.stopped():
        root = _root(search, tightened(root.narrowed(cutoff)), cutoff) or root
    if search.reached() or search.stopped():
        return root
    benders = Benders(search, root)
    search_near(search, root, benders, NEAR_SHARE)
    cutoff = search.cutoff()
    if cutoff is not None and not search.reached() and not search.stopped():
        root = _root(search, tightened(root.narrowed(cutoff)), cutoff) or root
        if not search.reached():
            benders = Benders(search, root)
            benders.search(np.zeros(len(root.x), dtype=bool), root.x, search.left())
    return root


def _root(search: Search, narrow: Mip, cutoff: float | None = None) -> Relaxation | None:
    """Return the relaxation with cuts, None where it has no optimum or none in time."""
    left, began = search.left(), time.perf_counter()
    seconds = ROOT_SECONDS if left is None else min(ROOT_SECONDS, ROOT_SHARE * left)
    whole = narrow.integer | may_be_whole(narrow)
    return relaxed(
        tightened(replace(narrow, integer=whole)),
        lambda: search.stopped() or time.perf_counter() - began > seconds,
        lambda bound: search.tell_bound(bound, cutoff),
        search.reached,
    )


def _concluded(search: Search, outcome: Outcome, notes: tuple[str, ...], *, provable: bool) -> Answer:
    if not provable and outcome.reason in ("optimal", "infeasible"):
        notes += ("nothing is proved: there are columns without bounds",)
    if search.runs == 0 and search.reached():
        notes += ("the LP relaxation with cuts, rounded, left nothing for CP-SAT to decide",)
    gap = relative_gap(search.teller.incumbent, search.teller.bound)
    if outcome.reason == "optimal" and gap is not None and not search.reached():
        notes += (f"the finest grid proves its plan to within {gap:.1e} and no further",)
    return conclude(
        search.mip, search.options, outcome, x=search.best, bound=search.teller.bound, version=_version(),
        proofs=provable, notes=notes,
    )  # fmt: skip


def _grids(search: Search, coarse: int) -> tuple[int, ...]:
    """Return the bits of the grids to search; without continuous columns they are all the same."""
    if search.mip.integer.all():
        return PROVING[:1]
    return (coarse, *PROVING) if search.best is None else PROVING


def _version() -> str:
    return f"CP-SAT in OR-Tools {availability().version}"


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
