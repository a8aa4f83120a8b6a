"""One answer of one backend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodmode.backends.contract import Status
    from prodmode.backends.isolation import Ending
    from prodmode.comparison.trace import Point


@dataclass(frozen=True, slots=True)
class Entry:
    """What a backend answered, refereed; profit is maximised.

    Attributes
    ----------
    backend, version : str
        Name, and version of the solver.
    repeat : int
        Number of the run, from 1.
    ending : str
        How its process ended: "answered", "refused", "crashed", "killed" or "out of memory".
    status : Status
        Why it stopped, in its own words.
    objective, bound, gap : float or None
        Profit of its plan, its proven upper bound, and their relative distance.
    verified : bool
        Whether the referee found nothing against its plan.
    solve_seconds, wall_seconds : float
        In the solver, and with starting its process and handing over the program.
    nodes, peak_memory : int or None
        Nodes explored, and bytes.
    message : str
        What else there is to say.
    points : tuple of Point
        Incumbent and bound over time.
    """

    backend: str
    version: str
    repeat: int
    ending: Ending
    status: Status
    objective: float | None
    bound: float | None
    gap: float | None
    verified: bool
    solve_seconds: float
    wall_seconds: float
    nodes: int | None
    peak_memory: int | None
    message: str
    points: tuple[Point, ...]
