"""The plan that a planner holds, in place of the equally good one that solving found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from prodmode.backends.contract import Status
from prodmode.errors import InputError, Issue
from prodmode.explain.study import Study
from prodmode.plan.checker import check
from prodmode.result import Result

if TYPE_CHECKING:
    from prodmode.instance.instance import Instance
    from prodmode.plan.checking.verdict import Verdict
    from prodmode.plan.plan import Plan

CENT = 0.005
"""Money below which two plans are equally good."""


def baseline(study: Study, plan: Plan) -> tuple[Study, float | None]:
    """Return a study of a given plan where it is as good as the one found, within the gap asked for.

    Parameters
    ----------
    study : Study
        An instance with its best plan.
    plan : Plan
        The plan that a planner holds.

    Returns
    -------
    study : Study
        That of the given plan, or the study itself.
    behind : float or None
        What the given plan earns less than the one found; None where it is as good.

    Raises
    ------
    InputError
        If the plan is none of this instance: it breaks a rule of it, or its figures do not hold.
    """
    verdict = fits(study.instance, plan)
    found = study.result.objective
    behind = (found if found is not None else plan.npv) - plan.npv
    if behind > max(CENT, study.gap * abs(plan.npv)):
        return study, behind
    bound = study.result.bound
    result = replace(
        study.result,
        objective=plan.npv,
        bound=None if bound is None else max(bound, plan.npv),
        verdict=verdict,
        _plan=plan,
    )
    return replace(study, result=result), None


def given(instance: Instance, plan: Plan) -> Study:
    """Return a study of a plan that was made elsewhere; nothing is solved and nothing proven.

    Parameters
    ----------
    instance : Instance
    plan : Plan
        A plan of it.

    Raises
    ------
    InputError
        If it is none of this instance.
    """
    verdict = fits(instance, plan)
    result = Result(
        instance=instance, status=Status.INTERRUPTED, backend="none", backend_version="", objective=plan.npv,
        bound=None, gap=None, nodes=None, build_seconds=0.0, solve_seconds=0.0, verdict=verdict,
        message="the plan was given", _plan=plan,
    )  # fmt: skip
    return Study(result)


def fits(instance: Instance, plan: Plan) -> Verdict:
    """Return the referee's word on a plan that is one of an instance.

    Raises
    ------
    InputError
        If it is none: it breaks a rule of it, or its figures do not hold.
    """
    verdict = check(instance, plan)
    if not verdict.verified:
        broken = str(verdict.violations[0]).removesuffix(".")
        message = f"the plan given is none for '{instance.name}': {broken}."
        raise InputError([Issue(message, hint="Solve the instance anew.", code="plan-does-not-fit")])
    return verdict
