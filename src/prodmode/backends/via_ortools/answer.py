"""What becomes of the outcome of an OR-Tools run: progress on the way, an honest answer at the end."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends.contract import Answer, Options, Progress, Status, proven_status, relative_gap
from prodmode.backends.highs import minimise_with_fixed_integers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.backends.via_ortools.run import Outcome
    from prodmode.formulation.mip import Mip

FEASIBLE = 1e-6
"""Largest violation of a point that is handed back."""

REFUTED = 1e-6
"""A bound that lies above the objective by more than this share of the costs is no bound."""


@dataclass(slots=True)
class Teller:
    """Tells progress: incumbents and bounds that only get better.

    Attributes
    ----------
    on_progress : callable or None
        The listener.
    incumbent, bound : float or None
        The best so far.
    """

    on_progress: Callable[[Progress], None] | None
    began: float = field(default_factory=time.perf_counter)
    incumbent: float | None = None
    bound: float | None = None

    def tell(self, incumbent: float | None, bound: float | None, nodes: int | None) -> None:
        """Tell what is new; nothing where nothing got better."""
        if incumbent is not None and self.incumbent is not None:
            incumbent = min(incumbent, self.incumbent)
        if bound is not None and self.bound is not None:
            bound = max(bound, self.bound)
        incumbent = self.incumbent if incumbent is None else incumbent
        bound = self.bound if bound is None else bound
        if (incumbent, bound) == (self.incumbent, self.bound):
            return
        self.incumbent, self.bound = incumbent, bound
        if self.on_progress is not None:
            seconds = time.perf_counter() - self.began
            shown = bound if bound is None or incumbent is None else min(bound, incumbent)
            self.on_progress(Progress(seconds, incumbent, shown, relative_gap(incumbent, shown), nodes))


def polished(mip: Mip, x: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return a point with whole integers and the best of the rest, None where there is none.

    Parameters
    ----------
    mip : Mip
        The program.
    x : ndarray, shape (n,)
        A point that nearly holds.
    """
    best = minimise_with_fixed_integers(mip, x)
    if best is None:
        best = tidied(mip, x)
    return best if mip.violation(best) <= FEASIBLE else None


def tidied(mip: Mip, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a point with whole integers, within its bounds."""
    return np.clip(np.where(mip.integer, np.round(x), x), mip.lower, mip.upper)


def better(
    mip: Mip, first: NDArray[np.float64] | None, second: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    """Return the better of two points, either of which may be missing."""
    if first is None or second is None:
        return second if first is None else first
    return second if mip.objective(second) < mip.objective(first) else first


def is_start(mip: Mip, start: NDArray[np.float64]) -> bool:
    """Return whether a point is one of the program."""
    return len(start) == len(mip.cost) and mip.violation(start) <= FEASIBLE


def infeasible(version: str) -> Answer:
    """Return the answer to a program whose bounds or sides cross: MathOpt takes it for an error."""
    return Answer(Status.INFEASIBLE, None, None, None, 0.0, version, "lower bounds lie above upper bounds")


def conclude(
    mip: Mip,
    options: Options,
    outcome: Outcome,
    *,
    x: NDArray[np.float64] | None,
    bound: float | None,
    version: str,
    proofs: bool = True,
    notes: tuple[str, ...] = (),
) -> Answer:
    """Return the answer that an outcome earns.

    Parameters
    ----------
    mip : Mip
        The program as it was given.
    options : Options
        What was asked.
    outcome : Outcome
        How the run ended.
    x : ndarray or None
        Its best point, checked.
    bound : float or None
        Its bound, in the units of the program.
    version : str
        Version of the solver.
    proofs : bool
        Whether what the solver proves holds for the program.
    notes : tuple of str
        What else there is to say.
    """
    said = list(notes)
    objective = None if x is None else mip.objective(x)
    if not proofs:
        bound = None
    if x is not None and objective is not None and bound is not None:
        # The bound is off by what polishing corrects, or it is wrong.
        if bound > objective + REFUTED * max(1.0, abs(mip.offset), float(np.abs(mip.cost) @ np.abs(x))):
            said.append(f"its bound {bound:.9g} is refuted by its own plan {objective:.9g}")
            bound, proofs = None, False
        else:
            bound = min(bound, objective)
    status = _status(options, outcome, relative_gap(objective, bound), has_point=x is not None, proofs=proofs)
    if status is Status.ERROR:
        said.append(_why(outcome, has_point=x is not None))
    if status in (Status.INFEASIBLE, Status.UNBOUNDED):
        bound = None
    said = [note for note in said if note]
    return Answer(status, x, bound, outcome.nodes, outcome.seconds, version, "; ".join(said))


def _status(
    options: Options, outcome: Outcome, gap: float | None, *, has_point: bool, proofs: bool
) -> Status:
    proven = proven_status(gap, options.gap)
    if proven is not None:
        return proven
    if proofs and not has_point and outcome.reason in ("infeasible", "unbounded"):
        return Status.INFEASIBLE if outcome.reason == "infeasible" else Status.UNBOUNDED
    if outcome.stopped == "cancel":
        return Status.INTERRUPTED
    at_limit = outcome.stopped == "time" or outcome.limit == "time"
    # CP-SAT does not say which limit it was.
    limit = options.time_limit
    if at_limit or (outcome.limit == "undetermined" and limit is not None and outcome.seconds > 0.9 * limit):
        return Status.TIME_LIMIT
    return Status.INTERRUPTED if outcome.limit == "interrupted" else Status.ERROR


def _why(outcome: Outcome, *, has_point: bool) -> str:
    ended = outcome.reason.replace("_", " ")
    if outcome.limit != "unspecified":
        ended += f", limit: {outcome.limit.replace('_', ' ')}"
    if outcome.detail:
        ended += f" ({outcome.detail})"
    if outcome.reason == "optimal":
        what = "its plan is proved no further" if has_point else "its point does not hold"
        return f"the solver ended with '{ended}', but {what}"
    return f"the solver ended with '{ended}'"
