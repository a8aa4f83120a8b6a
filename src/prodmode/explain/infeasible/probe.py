"""Whether rules can hold together: programs without an objective, solved by any backend, answers kept."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends import registry
from prodmode.backends.choice import choose
from prodmode.backends.contract import Options, Status
from prodmode.backends.isolation import solve_isolated
from prodmode.backends.soundness import sound
from prodmode.errors import BackendError
from prodmode.explain.infeasible.lifted import carried, lifted_program

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.backends.contract import Answer
    from prodmode.explain.infeasible.loosened import Loosened
    from prodmode.formulation.mip import Mip

TOLERANCE = 1e-6
"""Largest relative violation of a row at which a point counts as keeping it."""

SHORTEST = 0.05
"""Seconds below which no run is begun."""

SHARE_OF_REST = 0.12
"""Share of the time that is left that one question may take, so that a hard one does not take it all."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where a diagnosis stands.

    Attributes
    ----------
    stage : str
        "reasons", "feasibility", "conflict" or "repair".
    words : str
        What has just been found.
    seconds : float
        Since its start.
    """

    stage: str
    words: str
    seconds: float


@dataclass(slots=True)
class Clock:
    """What a diagnosis may still take.

    Attributes
    ----------
    time_limit : float or None
        Seconds from its start.
    cancel : threading.Event or None
        Ends it once set.
    on_progress : callable or None
        Called with a `Step` now and then.
    """

    time_limit: float | None = None
    cancel: threading.Event | None = None
    on_progress: Callable[[Step], None] | None = None
    began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.began

    @property
    def left(self) -> float | None:
        """Seconds left; None for any number of them."""
        if self.cancel is not None and self.cancel.is_set():
            return 0.0
        return None if self.time_limit is None else max(0.0, self.time_limit - self.seconds)

    @property
    def over(self) -> bool:
        """Whether nothing should be begun any more."""
        left = self.left
        return left is not None and left < SHORTEST

    def part(self, share: float) -> Clock:
        """Return a clock over a share of the time that is left."""
        left = self.left
        limit = None if left is None else self.seconds + share * left
        return Clock(limit, self.cancel, self.on_progress, self.began)

    def tell(self, stage: str, words: str) -> None:
        """Report progress."""
        if self.on_progress is not None:
            self.on_progress(Step(stage, words, self.seconds))


def run(backend: str, mip: Mip, clock: Clock, *, share: float = 1.0, gap: float = 1e-6) -> Answer | None:
    """Minimise a program within a share of the time that is left; None where there is too little.

    Raises
    ------
    BackendError
        If the backend cannot run, or cannot prove that a program with integers and quantities is infeasible.
    """
    if clock.over:
        return None
    left = clock.left
    limit = None if left is None else max(SHORTEST, share * left)
    asked = Options(time_limit=limit, gap=gap)
    name = choose(mip, asked).backend if backend == registry.AUTO else backend
    refuse_unable(name)
    engine = registry.backend(name)
    can = engine.capabilities()
    if not can.time_limit:
        asked = Options(gap=gap)
    if not can.in_process:
        return solve_isolated(name, mip, asked, cancel=clock.cancel)
    began = time.perf_counter()
    answer = engine.solve(mip, asked, cancel=clock.cancel)
    return sound(answer, mip, time.perf_counter() - began)


def refuse_unable(backend: str) -> None:
    """Raise where a backend is of no use here.

    Raises
    ------
    BackendError
        If it is unknown, cannot run here, or cannot prove that a program with integers and quantities is
        infeasible.
    """
    can = registry.backend(backend).capabilities()
    if not (can.integers and can.valid_bound):
        raise BackendError(
            f"backend '{backend}' cannot prove that a portfolio is infeasible; take another, such as 'highs'"
        )


@dataclass(slots=True)
class Prober:
    """Answers whether sets of rules can hold together.

    What is known of one set is used for others: with a set, all its subsets can hold, and whatever else the
    point that shows it keeps; without one, none of its supersets can.

    Attributes
    ----------
    loosened : Loosened
    backend : str
    clock : Clock
    solves : int
        Programs solved so far.
    """

    loosened: Loosened
    backend: str
    clock: Clock
    solves: int = 0
    _held: list[NDArray[np.bool_]] = field(default_factory=list)
    _broken: list[NDArray[np.bool_]] = field(default_factory=list)

    def known(self, rules: NDArray[np.bool_]) -> bool | None:
        """Return what follows for a set of rules from those asked about before, None where nothing does."""
        if any(not (rules & ~held).any() for held in self._held):
            return True
        if any(not (broken & ~rules).any() for broken in self._broken):
            return False
        return None

    def can_hold(self, rules: NDArray[np.bool_], *, share: float = SHARE_OF_REST) -> bool | None:
        """Return whether a set of rules can hold together, None where that was not found out in time.

        Parameters
        ----------
        rules : ndarray of bool, shape (number of rules,)
        share : float
            Share of the time left that it may take.
        """
        known = self.known(rules)
        if known is not None:
            return known
        if self.clock.over:
            return None
        program, context = lifted_program(self.loosened, rules)
        found, x = self._solved(program, share)
        if found is False:
            self._broken.append(rules.copy())
        elif x is not None:
            self._held.append(rules | self.loosened.kept(carried(self.loosened, context, x)))
        return found

    def items_can_hold(self, on: NDArray[np.bool_], rules: NDArray[np.bool_]) -> bool | None:
        """Return whether single rows of a set of rules can hold together.

        Parameters
        ----------
        on : ndarray of bool, shape (I,)
            The rows.
        rules : ndarray of bool, shape (number of rules,)
            The rules that they belong to.
        """
        return self._solved(self.loosened.program(on, self.loosened.where(rules)), SHARE_OF_REST)[0]

    def _solved(self, mip: Mip, share: float) -> tuple[bool | None, NDArray[np.float64] | None]:
        if not mip.shape[1]:
            # Nothing can be decided; some solvers call such a program empty, whatever its rows ask for.
            held = bool((mip.row_lower <= 0).all() and (mip.row_upper >= 0).all())
            return held, np.zeros(0) if held else None
        answer = run(self.backend, mip, self.clock, share=share)
        if answer is None:
            return None, None
        self.solves += 1
        if answer.status is Status.INFEASIBLE:
            return False, None
        if answer.x is not None and mip.violation(answer.x) <= TOLERANCE:
            return True, answer.x
        return None, None
