"""What a backend must answer to small programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.backends.contract import Status
from prodmode.testing.cases import Case, cases
from prodmode.testing.finding import Requirement, Skipped, Unmet
from prodmode.testing.subject import slack, told

if TYPE_CHECKING:
    from prodmode.backends.contract import Answer
    from prodmode.testing.subject import Subject


def _required(case: Case) -> Requirement:
    def check(subject: Subject) -> None:
        if case.status is Status.OPTIMAL:
            _optimum(subject, case)
        else:
            _no_optimum(subject, case)

    needs = ("run", "integers") if case.has_integers else ("run",)
    return Requirement(case.name, f"Of the {case.name.replace('_', ' ')}: {_known(case)}.", needs, check)


def _known(case: Case) -> str:
    return f"the optimum is {case.optimum:g}" if case.optimum is not None else f"it is {case.status}"


def _optimum(subject: Subject, case: Case) -> None:
    options = subject.options()
    answer = subject.run(case.mip, options)
    _honest_where_it_cannot_tell(case, answer)
    if answer.x is None or case.optimum is None:
        raise Unmet(f"it has no point, but {_known(case)}: {told(answer)}")
    subject.look_over(answer, case.mip, options, known=case.optimum)
    objective = case.mip.objective(answer.x)
    if abs(objective - case.optimum) > slack(case.mip, case.optimum):
        raise Unmet(f"its objective is {objective:.9g}, but {_known(case)}")
    if subject.can.valid_bound and answer.status is not Status.OPTIMAL:
        raise Unmet(f"it does not say optimal, but {told(answer)}")


def _no_optimum(subject: Subject, case: Case) -> None:
    options = subject.options()
    answer = subject.run(case.mip, options)
    _honest_where_it_cannot_tell(case, answer)
    if case.status is Status.INFEASIBLE and answer.x is not None:
        raise Unmet(f"it has a point of a program without any, {answer.status}")
    if answer.status is case.status:
        subject.look_over(answer, case.mip, options)
        return
    if answer.status is not Status.ERROR:
        raise Unmet(f"{_known(case)}, but it says {told(answer)}")
    raise Unmet(f"{_known(case)}, but it fails: {told(answer)}")


def _honest_where_it_cannot_tell(case: Case, answer: Answer) -> None:
    if case.open and answer.status is Status.ERROR and answer.message:
        raise Skipped(f"it cannot tell, and says so: {answer.message}")


REQUIREMENTS = tuple(_required(case) for case in cases())
