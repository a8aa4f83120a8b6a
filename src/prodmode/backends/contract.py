"""What every backend offers and returns.

A backend is a module with three functions, registered under the entry-point group ``prodmode.backends``:

``availability() -> Availability``
    Whether it can run here and, if not, why; answered without importing the solver.
``capabilities() -> Capabilities``
    What it can do, as data.
``solve(mip, options, *, start, on_progress, cancel) -> Answer``
    Minimise a `Mip`. Objective, bound and progress are those of the minimisation.
"""

from __future__ import annotations

import threading  # noqa: TC003
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from prodmode.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from prodmode.formulation.mip import Mip

OPTIMAL_GAP = 1e-6
"""A plan proved within this relative gap is optimal whatever gap was asked for."""

DEFAULT_GAP = 1e-4
"""Relative gap asked for when nothing else is said."""


class Status(StrEnum):
    """Why a run stopped. Whether there is a plan is told apart from it."""

    OPTIMAL = "optimal"
    GAP_REACHED = "gap_reached"
    TIME_LIMIT = "time_limit"
    INTERRUPTED = "interrupted"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a backend can run here; true in an ``if`` where it can.

    Attributes
    ----------
    available : bool
    reason : str or None
        Why not.
    version : str or None
        Version of the solver.
    """

    available: bool
    reason: str | None = None
    version: str | None = None

    def __bool__(self) -> bool:
        return self.available


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do.

    Attributes
    ----------
    time_limit, gap, threads, seed : bool
        Whether it honours the option.
    warm_start : bool
        Whether it starts from a plan.
    progress : bool
        Whether it tells incumbent and bound while it runs.
    interrupt : bool
        Whether it stops on request and keeps the incumbent.
    integers : bool
        Whether it takes integer columns.
    valid_bound : bool
        Whether its bound holds where there are continuous columns; where not, its "optimal" and "infeasible"
        do not hold either.
    in_process : bool
        Whether it may run in the process of its caller; where not, `prodmode.solve` gives it one of its own.
    specifics : mapping of str to str
        Its own options, with what each means.
    """

    time_limit: bool = False
    gap: bool = False
    threads: bool = False
    seed: bool = False
    warm_start: bool = False
    progress: bool = False
    interrupt: bool = False
    integers: bool = True
    valid_bound: bool = True
    in_process: bool = True
    specifics: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a run.

    Attributes
    ----------
    time_limit : float or None
        Seconds.
    gap : float
        Relative gap at which to stop.
    threads, seed : int or None
        None leaves the choice to the solver.
    specifics : mapping of str to object
        Options of the backend itself.
    """

    time_limit: float | None = None
    gap: float = DEFAULT_GAP
    threads: int | None = None
    seed: int | None = None
    specifics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands.

    Attributes
    ----------
    seconds : float
        Since the solver started.
    incumbent, bound : float or None
        Objective of the best plan so far and the proven bound.
    gap : float or None
        Their relative distance.
    nodes : int or None
        Nodes explored.
    phase : str
        What is being done.
    """

    seconds: float
    incumbent: float | None = None
    bound: float | None = None
    gap: float | None = None
    nodes: int | None = None
    phase: str = "solve"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a backend returns: why it stopped, and what it has.

    Attributes
    ----------
    status : Status
    x : ndarray or None
        The best point, None where there is none.
    bound : float or None
        Proven lower bound on the minimum.
    nodes : int or None
    seconds : float
        Spent in the solver.
    version : str
        Version of the solver.
    message : str
        What else there is to say.
    """

    status: Status
    x: NDArray[np.float64] | None
    bound: float | None
    nodes: int | None
    seconds: float
    version: str
    message: str = ""


class Backend(Protocol):
    """The functions of a backend's module."""

    def availability(self) -> Availability:
        """Return whether it can run here."""
        ...

    def capabilities(self) -> Capabilities:
        """Return what it can do."""
        ...

    def solve(
        self,
        mip: Mip,
        options: Options,
        *,
        start: NDArray[np.float64] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> Answer:
        """Minimise a program."""
        ...


def refuse_unsound(mip: Mip) -> None:
    """Raise where a program would make a solver stumble; asked before any of them sees it.

    Raises
    ------
    BackendError
        With every fault of the program.
    """
    faults = mip.faults()
    if faults:
        raise BackendError(f"the program is not sound: {'; '.join(faults)}")


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Return |objective - bound| / |objective|, None where either is unknown.

    At an objective of zero the distance itself counts.

    Examples
    --------
    >>> relative_gap(100.0, 101.0)
    0.01
    >>> relative_gap(None, 101.0) is None
    True
    """
    if objective is None or bound is None:
        return None
    distance = abs(objective - bound)
    return distance / abs(objective) if abs(objective) > 1e-9 else distance


def proven_status(gap: float | None, asked: float) -> Status | None:
    """Return the status that a proven gap earns, None where it earns none.

    ``optimal`` within 1e-6, or within the asked gap where that is no looser than the default;
    ``gap_reached`` within a looser gap that was asked for.
    """
    if gap is None:
        return None
    if gap <= max(OPTIMAL_GAP, min(asked, DEFAULT_GAP)):
        return Status.OPTIMAL
    return Status.GAP_REACHED if gap <= asked else None
