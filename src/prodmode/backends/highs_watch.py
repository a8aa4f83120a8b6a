"""An eye on a run of HiGHS: progress, the word to stop, and the gap that was asked for."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.backends.contract import Options, Progress, relative_gap

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from prodmode.formulation.scaling import Scaled

FULL_PROOF_SECONDS = 2.0
"""A run that has reached the asked gap goes on to full proof until it is this old: small ones end exact."""

PROGRESS_SECONDS = 0.1
"""Least time between two progress events without a new incumbent."""


@dataclass(slots=True)
class Watch:
    """Looks at a run from its callbacks: tells progress, stops it on request or when the gap is reached."""

    program: Scaled
    options: Options
    on_progress: Callable[[Progress], None] | None
    cancel: threading.Event | None
    has_integers: bool
    error: BaseException | None = None
    cancelled: bool = False
    _told: float = field(default=-np.inf)
    _incumbent: float | None = None

    def attach(self, engine: Any) -> None:
        """Register with the callbacks that HiGHS polls often enough."""
        engine.cbMipInterrupt += self._guarded
        engine.cbMipImprovingSolution += self._guarded
        engine.cbSimplexInterrupt += self._guarded
        engine.cbIpmInterrupt += self._guarded

    def _guarded(self, event: Any) -> None:
        # HiGHS swallows exceptions of callbacks, so the first is kept for the caller.
        if self.error is not None:
            event.interrupt()
            return
        try:
            self._look(event)
        except BaseException as error:  # noqa: BLE001
            self.error = error
            event.interrupt()

    def _look(self, event: Any) -> None:
        if self.cancel is not None and self.cancel.is_set():
            self.cancelled = True
            event.interrupt()
            return
        data = event.data_out
        incumbent, bound = self._finite(data.mip_primal_bound), self._finite(data.mip_dual_bound)
        if not self.has_integers:
            incumbent, bound = None, None
        gap = relative_gap(incumbent, bound)
        if gap is not None and gap <= self.options.gap and data.running_time > FULL_PROOF_SECONDS:
            event.interrupt()
        if self.on_progress is None:
            return
        now = time.perf_counter()
        if now - self._told < PROGRESS_SECONDS and incumbent == self._incumbent:
            return
        self._told, self._incumbent = now, incumbent
        nodes = int(data.mip_node_count) if data.mip_node_count >= 0 else None
        self.on_progress(Progress(float(data.running_time), incumbent, bound, gap, nodes))

    def _finite(self, value: float) -> float | None:
        # HiGHS uses values near infinity for "none yet".
        return value / self.program.objective if abs(value) < 1e30 else None
