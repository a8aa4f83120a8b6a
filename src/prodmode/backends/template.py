"""A backend to copy: `scipy.optimize.milp`, which stands in here for the solver you bring.

It runs as it stands, though it is not registered: ``prodmode solve PATH --backend
module:prodmode.backends.template``. To bring your own solver:

1. Copy this file into your package and put your solver in the places marked "yours".
2. Try it as ``module:your_package.your_file`` wherever prodmode takes the name of a backend.
3. Test it with the conformance kit: a class with ``backend = "module:your_package.your_file"`` under
   `prodmode.testing.BackendConformance`, or `prodmode.testing.check_backend`.
4. Register it, and it has a name of its own, in ``prodmode backends``, ``compare`` and all else. In your
   package's ``pyproject.toml``::

       [project.entry-points."prodmode.backends"]
       yours = "your_package.your_file"

5. For "auto" to choose it before others it needs a rule in `prodmode.backends.choice`, with a benchmark to
   show for it; without one it is taken where no backend with a rule can run.

What prodmode does for you: it formulates, it refuses the options your `capabilities` leave out, it gives you
a process of your own where you say ``in_process=False``, and it lets a referee check every plan.
"""

from __future__ import annotations

import time
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from prodmode.backends.contract import (
    Answer,
    Availability,
    Capabilities,
    Options,
    Status,
    proven_status,
    refuse_unsound,
    relative_gap,
)
from prodmode.backends.highs import minimise_with_fixed_integers
from prodmode.errors import BackendError
from prodmode.formulation.scaling import scaled

# Your solver is not imported here: a module of a backend is loaded to ask whether it can run, which must be
# quick, and must not fail where the solver is absent. Import it inside `solve`.
if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.backends.contract import Progress
    from prodmode.formulation.mip import Mip

SPECIFICS = {"presolve": "true or false"}
"""Yours: options of the solver itself that users may set, with what each means."""

FEASIBILITY = 1e-6
"""Largest violation of a point that is returned; see `Mip.violation`."""


def availability() -> Availability:
    """Return whether the solver can run here and, if not, what to do about it."""
    # Yours: look for the package, a licence, a version known to be wrong; but import nothing of it.
    if find_spec("scipy") is None:
        return Availability(available=False, reason="scipy is not installed; try 'pip install scipy'")
    try:
        return Availability(available=True, version=version("scipy"))
    except PackageNotFoundError:
        return Availability(available=False, reason="scipy has no version; install it anew")


def capabilities() -> Capabilities:
    """Return what the solver can do, which the conformance kit then holds it to."""
    # Yours. What is left out is refused before `solve` is called: milp takes neither threads nor a seed,
    # starts from no plan, and is silent and deaf while it runs. Say in_process=False where the solver may
    # crash, or cannot share a process with others.
    return Capabilities(time_limit=True, gap=True, specifics=SPECIFICS)


def solve(
    mip: Mip,
    options: Options,
    *,
    start: NDArray[np.float64] | None = None,
    on_progress: Callable[[Progress], None] | None = None,  # noqa: ARG001  # milp tells nothing
    cancel: threading.Event | None = None,
) -> Answer:
    """Minimise a program.

    Parameters
    ----------
    mip : Mip
        The program, in any units.
    options : Options
        Limits and options.
    start : ndarray, shape (n,), optional
        Refused: milp starts from no point. Where yours does, pass over one that is not feasible
        (``mip.violation(start) > 1e-6``) and say so in the message.
    on_progress : callable, optional
        Never called. Where yours tells incumbents and bounds, call it with a `Progress` of the minimisation,
        offset included, with None for what is not known yet.
    cancel : threading.Event, optional
        Looked at before the run. Where yours can be stopped, stop it once this is set and keep the incumbent.

    Raises
    ------
    BackendError
        If the program or an option is refused.
    """
    # Solvers take NaN and wrong lengths without complaint, so look before they do.
    refuse_unsound(mip)
    if start is not None or options.threads is not None or options.seed is not None:
        raise BackendError("milp takes neither a start nor 'threads' nor 'seed'")
    if cancel is not None and cancel.is_set():
        return Answer(Status.INTERRUPTED, None, None, None, 0.0, _version())

    # Scaling keeps quantities near one: with units near 1e9 beside binaries, solvers return wrong optima.
    program = scaled(mip)
    began = time.perf_counter()
    outcome = _minimise(program.mip, _settings(options))
    seconds = time.perf_counter() - began

    # Back in the units of the program: a point that holds in them, and a bound with the offset.
    x = None if outcome.x is None else _point(mip, program.unscale(outcome.x))
    objective = None if x is None else mip.objective(x)
    bound = _bound(outcome, mip, objective, program.objective)
    status, message = _status(outcome, mip, options, objective, bound)
    if outcome.x is not None and x is None:
        status, message = Status.ERROR, "its point does not hold in the units of the program"
    return Answer(status, x, bound, _nodes(outcome), seconds, _version(), message)


def _version() -> str:
    return f"HiGHS in SciPy {version('scipy')}"


def _settings(options: Options) -> dict[str, Any]:
    """Return the options in the words of the solver; yours."""
    settings: dict[str, Any] = {"disp": False, "mip_rel_gap": max(options.gap, 1e-7)}
    if options.time_limit is not None:
        settings["time_limit"] = float(options.time_limit)
    for name, value in options.specifics.items():
        if name not in SPECIFICS or not isinstance(value, bool):
            raise BackendError(f"milp does not take {name}={value!r}")
        settings[name] = value
    return settings


def _minimise(mip: Mip, settings: dict[str, Any]) -> Any:
    """Hand the program over and run; yours."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  # not while it is only probed

    rows = [LinearConstraint(mip.matrix, mip.row_lower, mip.row_upper)] if len(mip.row_lower) else None
    return milp(
        mip.cost,
        integrality=mip.integer.astype(int),
        bounds=Bounds(mip.lower, mip.upper),
        constraints=rows,
        options=cast("Any", settings),
    )


def _point(mip: Mip, x: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return a point with whole integers and the best rest for them; None where it does not hold."""
    polished = minimise_with_fixed_integers(mip, x)
    if polished is not None:
        x = polished
    return x if mip.violation(x) <= FEASIBILITY else None


def _bound(outcome: Any, mip: Mip, objective: float | None, scale: float) -> float | None:
    """Return the proven bound in the units of the program, None where there is none; yours."""
    if not mip.integer.any():
        return objective if outcome.status == 0 else None
    bound = outcome.get("mip_dual_bound")
    # Solvers write infinity, or a huge number, where they have nothing.
    if bound is None or not np.isfinite(bound) or abs(bound) >= 1e30:
        return None
    bound = float(bound) / scale + mip.offset
    # After scaling and polishing the objective may be a hair below the bound.
    return bound if objective is None else min(bound, objective)


def _status(
    outcome: Any, mip: Mip, options: Options, objective: float | None, bound: float | None
) -> tuple[Status, str]:
    """Return why the run stopped, judged by what is proved and not by the solver's word alone."""
    proven = proven_status(relative_gap(objective, bound), options.gap)
    if proven is not None:
        return proven, ""
    # Yours: the codes of the solver. A run that was stopped is neither optimal nor infeasible.
    if outcome.status == 1:
        return Status.TIME_LIMIT, ""
    if outcome.status == 2:
        return Status.INFEASIBLE, ""
    if outcome.status == 3:
        return Status.UNBOUNDED, ""
    if "nbounded" in outcome.message and np.any(mip.cost):
        # "Unbounded or infeasible": with a point, but without a cost, it is unbounded with one.
        feasibility = solve(replace(mip, cost=np.zeros_like(mip.cost), offset=0.0), options)
        return (Status.UNBOUNDED if feasibility.x is not None else feasibility.status), ""
    return Status.ERROR, f"milp ended with: {outcome.message}"


def _nodes(outcome: Any) -> int | None:
    nodes = outcome.get("mip_node_count")
    return None if nodes is None or nodes < 0 else int(nodes)
