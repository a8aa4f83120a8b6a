"""What becomes of a plan when a supplier fails."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.explain.interval import UNKNOWN, Interval, interval_of
from prodmode.explain.moves import differences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.explain.moves import Difference
    from prodmode.explain.study import Study
    from prodmode.plan.plan import Plan
    from prodmode.result import Result

NOT_RUN = "not run"
"""Status of a case that was not begun when the study was cancelled."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of the plan when a supplier fails.

    Attributes
    ----------
    status : str
        Why the run stopped.
    fill_rates_kept : bool
        Whether the least fill rates of all lines hold; where no plan can keep them, those of the lines that
        the supplier can make are not asked for.
    npv, loss : Interval
        The best net present value, and what it is below that of the plan; unknown without a plan.
    unserved : float or None
        Units less served than in the plan, over all lines and the periods of the failure, expected.
    back_after : int or None
        Periods from the failure until every line is served as in the plan again, for good; 0 where service
        never suffers, None where it is not back within the horizon or there is no plan.
    changes : tuple of Difference
        Decisions that differ from the plan's.
    """

    status: str
    fill_rates_kept: bool
    npv: Interval
    loss: Interval
    unserved: float | None
    back_after: int | None
    changes: tuple[Difference, ...]

    @property
    def has_plan(self) -> bool:
        """Whether a plan was found."""
        return self.unserved is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as data."""
        return {
            "status": self.status,
            "fill_rates_kept": self.fill_rates_kept,
            "npv": self.npv.to_dict(),
            "loss": self.loss.to_dict(),
            "unserved": self.unserved,
            "back_after": self.back_after,
            "changes": [change.to_dict() for change in self.changes],
        }


def no_worse(free: Outcome, held: Outcome) -> Outcome:
    """Return what deciding anew comes to, given that holding on is one of its choices.

    Where the run for it ended with a worse plan than the one that holds on, that one is the answer.

    Parameters
    ----------
    free, held : Outcome
        Decided anew, and with decisions held.
    """
    floor = held.npv.lower
    if not held.has_plan or floor is None or held.fill_rates_kept != free.fill_rates_kept:
        return free
    if free.status == "infeasible" or (free.npv.lower or floor) > floor:
        return free
    most = held.loss.upper
    loss = Interval(free.loss.lower, free.loss.upper if most is None else min(free.loss.upper or most, most))
    better = free if free.npv.lower == floor else held
    return replace(better, status=free.status, npv=free.npv.at_least(floor), loss=loss)


def outcome_of(study: Study, result: Result | None, first: int, *, kept: bool) -> Outcome:
    """Return what a case comes to beside the plan under study.

    Parameters
    ----------
    study : Study
    result : Result or None
        None where the case was not begun.
    first : int
        The first period of the failure.
    kept : bool
        Whether the least fill rates hold.
    """
    status = NOT_RUN if result is None else result.status.value
    if status == "infeasible":
        return Outcome(status, kept, UNKNOWN, UNKNOWN, None, None, ())
    npv = UNKNOWN if result is None else interval_of(result)
    if kept:
        npv = _at_most(npv, study.value.upper)  # a failure allows no new plan
    loss = study.value - npv
    loss = (loss.at_least(0.0) if kept else loss).snapped(study.value.lower or 0.0)
    if result is None or not result.verified:
        return Outcome(status, kept, npv, loss, None, None, ())
    short = np.maximum(_served(study, study.plan) - _served(study, result.plan), 0.0)[:, first:]
    asked = _served(study, study.plan)[:, first:]
    lacking = np.any(short > 1e-6 * np.maximum(1.0, asked), axis=0)
    last = int(np.flatnonzero(lacking)[-1]) + 1 if lacking.any() else 0
    return Outcome(
        status=status,
        fill_rates_kept=kept,
        npv=npv,
        loss=loss,
        unserved=float(short[:, lacking].sum()),
        back_after=None if last == short.shape[1] else last,
        changes=differences(study.instance, study.plan, result.plan),
    )


def _at_most(interval: Interval, ceiling: float | None) -> Interval:
    if ceiling is None:
        return interval
    return Interval(interval.lower, ceiling if interval.upper is None else min(interval.upper, ceiling))


def _served(study: Study, plan: Plan) -> NDArray[np.float64]:
    """Return the units of demand served, expected, shape (L, T)."""
    instance, rows = study.instance, plan.unserved
    line = pd.Index(instance.lines["line"]).get_indexer(pd.Index(rows["line"]))
    period = pd.Index(instance.periods).get_indexer(pd.Index(rows["period"]))
    share = rows["scenario"].map(dict(plan.scenarios)).to_numpy(dtype=np.float64)
    served = np.zeros((len(instance.lines), len(instance.periods)))
    np.add.at(served, (line, period), share * rows["served"].to_numpy())
    return served
