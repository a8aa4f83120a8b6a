"""From what a backend answers to a refereed plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodmode.backends.contract import Progress, Status, relative_gap
from prodmode.backends.highs import minimise_with_fixed_integers
from prodmode.plan.assemble import assemble
from prodmode.plan.checker import check
from prodmode.plan.solution import decisions_of, integers_of, with_chosen_tiers

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from prodmode.backends.contract import Answer
    from prodmode.formulation import Formulation
    from prodmode.plan.checker import Verdict
    from prodmode.plan.plan import Plan

OBJECTIVE_TOLERANCE = 1e-6
"""How far, relatively, the solver's objective may be from that of the plan made of its answer."""

TIER_ROUNDS = 5
"""How often the tiers of a plan are chosen anew before it is taken as it is."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer after the referee.

    Attributes
    ----------
    status : Status
        The backend's, or "error" where its plan or its claims do not hold.
    plan : Plan or None
    verdict : Verdict or None
    objective, bound : float or None
        Profit of the plan and proven upper bound on profit.
    notes : tuple of str
        What else there is to say.
    """

    status: Status
    plan: Plan | None
    verdict: Verdict | None
    objective: float | None
    bound: float | None
    notes: tuple[str, ...]

    @property
    def gap(self) -> float | None:
        """Relative distance of objective and bound."""
        return relative_gap(self.objective, self.bound)

    @property
    def verified(self) -> bool:
        """Whether there is a plan and the referee found nothing against it."""
        return self.verdict is not None and self.verdict.verified


def judge(formulation: Formulation, answer: Answer) -> Judged:
    """Make a plan of a backend's answer and let the referee check it.

    Parameters
    ----------
    formulation : Formulation
        What the backend was given.
    answer : Answer
        What it returned.
    """
    notes = [answer.message] if answer.message else []
    if answer.x is None:
        return Judged(answer.status, None, None, None, _bound(answer, None), tuple(notes))
    status = answer.status
    plan, verdict, said = _refereed(formulation, answer.x)
    objective = plan.npv
    tolerance = _tolerance(plan)
    if objective < said - tolerance:
        notes.append(f"the solver's objective {said:,.6g} is not the plan's {objective:,.6g}")
        status = Status.ERROR
    if answer.bound is not None and objective > -answer.bound + tolerance:
        notes.append(f"the solver's bound {-answer.bound:,.6g} is below the plan's {objective:,.6g}")
        status = Status.ERROR
    if not verdict.verified:
        status = Status.ERROR
        notes.append("the plan did not pass the referee")
    return Judged(status, plan, verdict, objective, _bound(answer, objective), tuple(notes))


def in_profit(on_progress: Callable[[Progress], None]) -> Callable[[Progress], None]:
    """Turn the progress of a minimisation into that of the profit."""

    def tell(event: Progress) -> None:
        incumbent = None if event.incumbent is None else -event.incumbent
        bound = None if event.bound is None else -event.bound
        on_progress(Progress(event.seconds, incumbent, bound, event.gap, event.nodes, event.phase))

    return tell


def _refereed(formulation: Formulation, x: NDArray[np.float64]) -> tuple[Plan, Verdict, float]:
    """Return the plan of a point, what the referee says, and the objective in the program."""
    instance = formulation.instance
    plan, said = _settled(formulation, x)
    verdict = check(instance, plan)
    if not verdict.verified and len(formulation.constants.tables["tiers"]):
        decisions = with_chosen_tiers(formulation, decisions_of(formulation, x), x)
        dearer = assemble(instance, decisions)
        second = check(instance, dearer)
        if second.verified:
            return dearer, second, -formulation.mip.objective(x)
    return plan, verdict, said


def _settled(formulation: Formulation, x: NDArray[np.float64]) -> tuple[Plan, float]:
    """Return the plan of a point and the objective that the program gives it.

    The point of a stopped run may hold the quantity at which a price break begins without choosing that
    tier; the accounts of a plan do. Then the tiers are chosen anew and the quantities follow.
    """
    mip, decisions = formulation.mip, decisions_of(formulation, x)
    plan, said = assemble(formulation.instance, decisions), -mip.objective(x)
    for _ in range(TIER_ROUNDS if len(formulation.constants.tables["tiers"]) else 0):
        if plan.npv <= said + _tolerance(plan):
            break
        better = minimise_with_fixed_integers(mip, integers_of(formulation, decisions))
        if better is None:
            break
        decisions, said = decisions_of(formulation, better), -mip.objective(better)
        plan = assemble(formulation.instance, decisions)
    return plan, said


def _bound(answer: Answer, objective: float | None) -> float | None:
    """Return the proven upper bound on profit; never below the plan in hand."""
    if answer.bound is None:
        return None
    return -answer.bound if objective is None else max(-answer.bound, objective)


def _tolerance(plan: Plan) -> float:
    """Return how far two figures for a plan's NPV may lie apart: relative to all the money that moves."""
    flows = plan.cash_flow.drop(columns=["period", "discount_factor", "net", "present_value"])
    return OBJECTIVE_TOLERANCE * max(1.0, float(flows.abs().to_numpy().sum()))
