"""The ends of a frontier: where plans begin to exist, and where the limit no longer costs anything."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from prodmode.explain.changes import apply_edits
from prodmode.explain.study import Case

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from prodmode.explain.frontier.levers import Lever
    from prodmode.explain.study import Study
    from prodmode.instance.instance import Instance
    from prodmode.result import Result

    Progress = Callable[[int, int, Case], None]

ANY_PLAN = 1e9
"""Relative gap that any plan is within."""

CLOSE = 1 / 64
"""Width of the bracket around the tightest possible level, relative to the whole frontier."""

MOST_DOUBLINGS = 20
"""Times a level is doubled in search of one that has no plan."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a frontier begins and ends.

    Attributes
    ----------
    possible : float or None
        The tightest level at which a plan was found; None where it was not looked for.
    impossible : float or None
        A tighter level that is proven to have no plan; None where there is none, or none was proven.
    enough : float or None
        The level from which on the limit costs nothing: that of the best plan without it. None where that
        is at no level, or was not found.
    loose : float or None
        The loosest level worth looking at: `enough` where it is known.
    loosest : Result or None
        What solving without the limit came to.
    """

    possible: float | None
    impossible: float | None
    enough: float | None
    loose: float | None
    loosest: Result | None = field(default=None, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return them as data."""
        return {"possible": self.possible, "impossible": self.impossible, "enough": self.enough}


def ends_of(
    study: Study,
    lever: Lever,
    measuring: Instance,
    *,
    tight: bool,
    on_progress: Progress | None,
    cancel: threading.Event,
) -> Ends:
    """Return the ends of a frontier.

    Parameters
    ----------
    study : Study
        Solves the cases.
    lever : Lever
        What is limited.
    measuring : Instance
        The instance with the limit at some level.
    tight : bool
        Whether the tightest possible level is looked for.
    on_progress : callable or None
        Called as in `Study.solve_all`.
    cancel : threading.Event
        Ends it once set.
    """
    search = _Search(study, lever, measuring, on_progress, cancel)
    loosest = search.without()
    enough = lever.level_of(measuring, loosest.plan) if loosest is not None and loosest.verified else None
    loose = enough if enough is not None else _guess(lever, measuring, study)
    if not tight or loose is None:
        return Ends(None, None, enough, loose, loosest)
    own = lever.level_of(measuring, study.plan)
    start = loose if own is None else lever.sign * min(lever.sign * own, lever.sign * loose)
    possible, impossible = search.tightest(start)
    return Ends(possible, impossible, enough, loose, loosest)


def _guess(lever: Lever, measuring: Instance, study: Study) -> float | None:
    """Return a level at which there is a plan, looser than that in force where there is one."""
    if lever.today is None:
        return lever.level_of(measuring, study.plan)
    return 2 * lever.today if lever.sign > 0 else 0.0


class _Search:
    """Solves for ends, one case after the other."""

    def __init__(
        self,
        study: Study,
        lever: Lever,
        measuring: Instance,
        on_progress: Progress | None,
        cancel: threading.Event,
    ) -> None:
        self._study, self._lever, self._measuring = study, lever, measuring
        self._on_progress, self._cancel = on_progress, cancel
        self._feasible = replace(study, gap=ANY_PLAN)
        self._done = 0

    def without(self) -> Result | None:
        """Return the best plan without the limit."""
        edits = self._lever.without()
        if not edits:
            return self._study.result
        case = Case(f"without {self._lever.title}", instance=apply_edits(self._study.instance, edits))
        return self._run(self._study, case)

    def tightest(self, start: float) -> tuple[float, float | None]:
        """Return the tightest level with a plan, from one that has one, and a tighter one without."""
        goal = self._lever.tightest
        possible, impossible = start, None
        if goal is None:
            possible, impossible = self._doubled(start)
        elif (goal - start) * self._lever.sign < 0:
            found, proven = self._try(goal)
            if found is not None:
                return goal, None
            if not proven:
                return possible, None
            impossible = goal
        return self._bisected(possible, impossible, abs(start - (goal if goal is not None else possible)))

    def _doubled(self, start: float) -> tuple[float, float | None]:
        possible, level = start, max(2 * start, 1.0)
        for _ in range(MOST_DOUBLINGS):
            found, proven = self._try(level)
            if found is None:
                return possible, level if proven else None
            possible, level = max(found, level), 2 * max(found, level)
        return possible, None

    def _bisected(
        self, possible: float, impossible: float | None, width: float
    ) -> tuple[float, float | None]:
        sign, whole = self._lever.sign, self._lever.whole
        while impossible is not None and not self._cancel.is_set():
            distance = abs(possible - impossible)
            if distance <= (1.0 if whole else CLOSE * max(width, 1e-12)):
                break
            level = (possible + impossible) / 2
            if whole:
                level = float(round(level))
            found, proven = self._try(level)
            if found is not None:
                # the plan may keep to an even tighter level
                possible = sign * min(sign * found, sign * level)
            elif proven:
                impossible = level
            else:
                break
        return possible, impossible

    def _try(self, level: float) -> tuple[float | None, bool]:
        """Return the level that some plan at a level keeps to, and whether there is proven to be none."""
        instance = apply_edits(self._study.instance, self._lever.edits(level))
        result = self._run(self._feasible, Case(f"any plan at {level:g}", instance=instance))
        if result is None:
            return None, False
        if result.verified:
            return self._lever.level_of(self._measuring, result.plan), False
        return None, result.status.value == "infeasible"

    def _run(self, study: Study, case: Case) -> Result | None:
        if self._cancel.is_set():
            return None
        result = study.solve(case, cancel=self._cancel)
        self._done += 1
        if self._on_progress is not None:
            self._on_progress(self._done, self._done, case)
        return result
