"""The state of a run: its clock, what it tells, the best plan and the best bound so far."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends import highs
from prodmode.backends.contract import Options, Progress, relative_gap
from prodmode.decomposition.pricer import Stop
from prodmode.errors import BackendError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.decomposition.split import Split
    from prodmode.formulation.mip import Mip

LOG = logging.getLogger(__name__)

FEASIBLE = 1e-6
"""Largest relative violation of a plan."""


@dataclass
class Run:
    """A run.

    Attributes
    ----------
    split : Split
        The program taken apart.
    options : Options
        What is asked.
    x : ndarray or None
        The best plan so far.
    bound : float
        The best bound so far.
    """

    split: Split
    options: Options
    on_progress: Callable[[Progress], None] | None
    cancel: threading.Event | None
    began: float = field(default_factory=time.perf_counter)
    x: NDArray[np.float64] | None = None
    bound: float = -np.inf
    objective: float = np.inf
    nodes: int = 0
    infeasible: bool = False
    phase: str = "prices"
    _told: float = -np.inf

    # -- the clock -------------------------------------------------------------------------------------

    def left(self) -> float:
        """Return the seconds left; infinite without a limit."""
        limit = self.options.time_limit
        return np.inf if limit is None else limit - (time.perf_counter() - self.began)

    def late(self, share: float) -> bool:
        """Return whether a share of the time is gone."""
        limit = self.options.time_limit
        return limit is not None and self.left() < (1 - share) * limit

    def look(self) -> None:
        """Tell progress now and then; raise `Stop` where the time is over or the run is cancelled."""
        self.tell()
        if self.left() <= 0 or (self.cancel is not None and self.cancel.is_set()):
            raise Stop

    def tell(self, *, at_once: bool = False) -> None:
        """Tell progress, at most ten times a second unless `at_once`."""
        now = time.perf_counter()
        if self.on_progress is None or (now - self._told < 0.1 and not at_once):
            return
        self._told = now
        incumbent = self.objective if self.x is not None else None
        bound = self.bound if np.isfinite(self.bound) else None
        self.on_progress(
            Progress(
                now - self.began, incumbent, bound, relative_gap(incumbent, bound), self.nodes, self.phase
            )
        )

    def gap(self) -> float:
        """Return the relative gap; infinite where there is no plan."""
        if self.x is None:
            return np.inf
        return relative_gap(self.objective, self.bound) or 0.0

    def done(self) -> bool:
        """Return whether the gap asked for is reached."""
        return self.gap() <= self.options.gap

    def offer(self, x: NDArray[np.float64]) -> bool:
        """Take a point as the incumbent if it is feasible and better."""
        mip = self.split.mip
        x = np.clip(np.where(mip.integer, np.round(x), x), mip.lower, mip.upper)
        objective = mip.objective(x)
        if objective >= self.objective or mip.violation(x) > FEASIBLE:
            return False
        self.x, self.objective = x, objective
        self.tell(at_once=True)
        return True

    def ask(
        self, mip: Mip, seconds: float, start: NDArray[np.float64] | None, gap: float
    ) -> NDArray[np.float64] | None:
        """Return the best point that HiGHS finds for a small program."""
        self.look()
        asked = replace(
            self.options, time_limit=max(0.1, min(seconds, self.left())), gap=max(1e-5, gap), specifics={}
        )
        try:
            return highs.solve(mip, asked, start=start, cancel=self.cancel).x
        except BackendError as error:
            # One neighbourhood less; the run goes on with others.
            LOG.debug("a small program was given up: %s", error)
            return None

    def now(self) -> float:
        """Return the seconds since the start."""
        return time.perf_counter() - self.began
