"""The same program to several backends, each in a process of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.backends import registry
from prodmode.backends.choice import refused
from prodmode.backends.contract import DEFAULT_GAP, Options, Status
from prodmode.backends.interrupt import interruptible
from prodmode.backends.isolation import IsolatedRun, run_isolated
from prodmode.comparison import chart, views
from prodmode.comparison.entry import Entry
from prodmode.comparison.trace import (
    GAPS,
    Point,
    first_plan_seconds,
    gap_seconds,
    primal_dual_integral,
    primal_integral,
    trace,
)
from prodmode.comparison.verdicts import Known, disagreements, known, verdict
from prodmode.document.notebook import notebook
from prodmode.errors import BackendError
from prodmode.formulation import formulate
from prodmode.judging import in_profit, judge

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable

    from matplotlib.axes import Axes

    from prodmode.backends.contract import Progress
    from prodmode.formulation import Formulation
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan


@dataclass(frozen=True, repr=False)
class Comparison:
    """What several backends made of one instance.

    Attributes
    ----------
    instance : Instance
    entries : tuple of Entry
        An answer per backend and repeat.
    build_seconds : float
        Spent once on the formulation that all were given.
    plan : Plan or None
        The best verified plan.
    """

    instance: Instance
    entries: tuple[Entry, ...]
    build_seconds: float
    plan: Plan | None

    @cached_property
    def known(self) -> Known:
        """What the verified answers prove together."""
        return known(self.entries)

    @cached_property
    def disagreements(self) -> tuple[str, ...]:
        """A sentence for every claim that is false."""
        return disagreements(self.entries, self.known, self.instance.currency)

    @cached_property
    def horizon(self) -> float:
        """Seconds that the integrals run over: those of the longest run."""
        return max((entry.solve_seconds for entry in self.entries), default=0.0)

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per answer, as data."""
        return pd.DataFrame([self._row(entry) for entry in self.entries])

    @cached_property
    def traces(self) -> pd.DataFrame:
        """Incumbent and bound over time: backend, repeat, seconds, incumbent, bound."""
        rows = [
            (entry.backend, entry.repeat, point.seconds, point.incumbent, point.bound)
            for entry in self.entries
            for point in entry.points
        ]
        return pd.DataFrame(rows, columns=["backend", "repeat", "seconds", "incumbent", "bound"])

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON-ready values."""
        return {
            "instance": self.instance.name,
            "currency": self.instance.currency,
            "best": self.known.best,
            "best_by": self.known.by,
            "build_seconds": self.build_seconds,
            "disagreements": list(self.disagreements),
            "backends": [self._row(entry) for entry in self.entries],
        }

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw incumbent and bound over time for each backend; needs matplotlib.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw; by default on a new figure, which is not shown.

        Returns
        -------
        matplotlib axes
        """
        return chart.draw(self, ax)

    def __repr__(self) -> str:
        return f"<Comparison '{self.instance.name}': {views.headline(self)}>"

    def __str__(self) -> str:
        return views.text(self)

    def _repr_html_(self) -> str:
        return notebook(views.document(self))

    def _row(self, entry: Entry) -> dict[str, Any]:
        return {
            "backend": entry.backend,
            "version": entry.version,
            "repeat": entry.repeat,
            "ending": entry.ending,
            "status": entry.status.value,
            "objective": entry.objective,
            "bound": entry.bound,
            "gap": entry.gap,
            "verified": entry.verified,
            "build_seconds": self.build_seconds,
            "solve_seconds": entry.solve_seconds,
            "wall_seconds": entry.wall_seconds,
            "seconds_to_first_plan": first_plan_seconds(entry.points),
            **{f"seconds_to_{name}": gap_seconds(entry.points, gap) for name, gap in GAPS.items()},
            "primal_integral": primal_integral(entry.points, self.known.best, self.horizon),
            "primal_dual_integral": primal_dual_integral(entry.points, self.horizon),
            "nodes": entry.nodes,
            "peak_memory": entry.peak_memory,
            "verdict": verdict(entry, self.known, self.instance.currency),
            "message": entry.message,
        }


def compare(
    instance: Instance,
    *,
    backends: Iterable[str] | None = None,
    time_limit: float = 60.0,
    gap: float = DEFAULT_GAP,
    repeat: int = 1,
    threads: int | None = None,
    seed: int | None = None,
    memory_limit: int | None = None,
    on_progress: Callable[[str, Progress], None] | None = None,
    on_entry: Callable[[Entry], None] | None = None,
    cancel: threading.Event | None = None,
) -> Comparison:
    """Give one program to several backends and referee every answer.

    Each backend runs in a process of its own; one that crashes, hangs, runs out of memory or lies becomes a
    row that says so.

    Parameters
    ----------
    instance : Instance
        The portfolio.
    backends : iterable of str, optional
        Names of backends; by default all that can run here and take integers.
    time_limit : float, default 60
        Seconds for each run.
    gap : float
        Relative gap at which a backend may stop.
    repeat : int, default 1
        Runs of each backend, with seeds one apart where the backend takes one.
    threads, seed : int, optional
        For every backend; one that cannot honour them refuses and gets a row.
    memory_limit : int, optional
        Most bytes of address space for each process.
    on_progress : callable, optional
        Called with the backend's name and a `Progress`.
    on_entry : callable, optional
        Called with each `Entry` once it is there.
    cancel : threading.Event, optional
        Once set, the running backend stops, and those not yet started are left out.

    Returns
    -------
    Comparison
        A row per backend and repeat, with traces and the best verified plan. Ctrl-C sets `cancel`: what has
        been answered by then is kept.

    Raises
    ------
    BackendError
        If a name is unknown, or there is none.
    """
    names = list(dict.fromkeys(backends)) if backends is not None else takers_of_integers()
    for name in names:
        registry.known(name)
    if not names:
        raise BackendError(
            "there is no backend to compare; 'prodmode backends' tells why each cannot run here"
        )
    began = time.perf_counter()
    formulation = formulate(instance)
    build_seconds = time.perf_counter() - began
    entries: list[Entry] = []
    best: tuple[float, Plan] | None = None
    runs = [(name, number) for name in names for number in range(1, repeat + 1)]
    with interruptible(cancel) as stop:
        for name, number in runs:
            if stop.is_set():
                break
            asked = Options(time_limit, gap, threads, None if seed is None else seed + number - 1)
            entry, plan = _run(formulation, name, number, asked, memory_limit, on_progress, stop)
            entries.append(entry)
            if plan is not None and entry.verified and (best is None or plan.npv > best[0]):
                best = (plan.npv, plan)
            if on_entry is not None:
                on_entry(entry)
    return Comparison(instance, tuple(entries), build_seconds, None if best is None else best[1])


def _run(
    formulation: Formulation,
    name: str,
    number: int,
    asked: Options,
    memory_limit: int | None,
    on_progress: Callable[[str, Progress], None] | None,
    cancel: threading.Event | None,
) -> tuple[Entry, Plan | None]:
    events: list[Progress] = []

    def hear(event: Progress) -> None:
        events.append(event)
        if on_progress is not None:
            on_progress(name, event)

    began = time.perf_counter()
    refusal = _refusal(name, asked)
    run = refusal or run_isolated(
        name, formulation.mip, asked, on_progress=in_profit(hear), cancel=cancel, memory_limit=memory_limit
    )
    wall_seconds = time.perf_counter() - began
    answer = run.answer
    if answer is None:
        points = trace(events, None)
        return Entry(
            backend=name, version="", repeat=number,
            ending=run.ending, status=Status.ERROR, objective=None, bound=None, gap=None, verified=False,
            solve_seconds=wall_seconds, wall_seconds=wall_seconds, nodes=None,
            peak_memory=run.peak_memory, message=run.message, points=points,
        ), None  # fmt: skip
    judged = judge(formulation, answer)
    last = Point(answer.seconds, judged.objective, judged.bound)
    return Entry(
        backend=name, version=answer.version, repeat=number, ending=run.ending, status=answer.status,
        objective=judged.objective, bound=None if answer.bound is None else -answer.bound, gap=judged.gap,
        verified=judged.verified, solve_seconds=answer.seconds, wall_seconds=wall_seconds, nodes=answer.nodes,
        peak_memory=run.peak_memory, message="; ".join(judged.notes), points=trace(events, last),
    ), judged.plan  # fmt: skip


def _refusal(name: str, asked: Options) -> IsolatedRun | None:
    """Return the refusal of a backend that cannot run here or cannot honour what is asked."""
    try:
        # The time limit is kept for those that cannot: their process is ended.
        found = refused(
            registry.backend(name).capabilities(), replace(asked, time_limit=None), warm_start=False
        )
    except BackendError as error:
        return IsolatedRun("refused", None, str(error), None)
    words = f"backend '{name}' cannot honour: {', '.join(found)}"
    return IsolatedRun("refused", None, words, None) if found else None


def takers_of_integers() -> list[str]:
    """Return the backends that can run here and take integer columns."""
    return [
        info.name
        for info in registry.available()
        if info.available and info.capabilities is not None and info.capabilities.integers
    ]
