"""What a backend must make of whole instances: the verified optimum of each that comes with prodmode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.backends.contract import Status
from prodmode.errors import BackendError
from prodmode.instance.examples import examples
from prodmode.instance.instance import Instance
from prodmode.io import load
from prodmode.solving import solve
from prodmode.testing.finding import Requirement, Unmet, requirement

if TYPE_CHECKING:
    from pathlib import Path

    from prodmode.result import Result
    from prodmode.testing.subject import Subject

OPTIMA = {
    "better-products": -3_260.0,
    "better-products-no-splitting": -3_290.0,
    "electro-poly": -453_300.0,
    "factory-schedule": -12_906_400.0,
    "furniture": 2_999_192.463931,
    "mid-size": 10_326_730.861741,
    "pasta": -457.0,
    "starter": 155_962.222222,
    "sunoil": -23_751.0,
    "sunoil-single-source": -25_313.0,
}
"""Net present value of the best plan of each example, most of them published."""

GAPS = {"mid-size": 1e-4}
"""Gaps within which the larger ones are solved; the others are solved to proof."""


def _shipped(name: str, path: Path) -> Requirement:
    def check(subject: Subject) -> None:
        gap = GAPS.get(name, 1e-6)
        result = _solved(subject, load(path), gap)
        optimum = OPTIMA[name]
        leeway = max(gap, 1e-6) * abs(optimum)
        if result.objective is None or result.objective > optimum + 1e-6 * abs(optimum):
            raise Unmet(f"its plan is worth {result.objective}, but the optimum is {optimum:,.2f}")
        if not subject.can.valid_bound:
            return
        if result.objective < optimum - leeway or result.status not in (Status.OPTIMAL, Status.GAP_REACHED):
            note = f". {result.message}" if result.message else ""
            raise Unmet(
                f"{result.status}, a plan of {result.objective:,.2f} and a bound of {result.bound}, but the "
                f"optimum is {optimum:,.2f}{note}"
            )

    text = f"The verified optimum of the example '{name}'."
    return Requirement(f"example_{name.replace('-', '_')}", text, ("run", "integers"), check)


@requirement("run", "integers")
def names_may_be_in_any_script(subject: Subject) -> None:
    """Names with umlauts, ideographs, spaces and quotes reach the plan unchanged."""
    line, option = "Stühle \u6905\u5b50 🪑", 'in "Łódź", <x> & =y; #1'
    instance = Instance.from_tables(
        {"name": "Möbel \u5bb6\u5177", "periods": ["Frühling", "\u590f"]},
        {
            "lines": [{"line": line, "price": 40.0}],
            "demand": [{"line": line, "period": period, "units": 100.0} for period in ("Frühling", "\u590f")],
            "options": [{"option": option, "line": line, "mode": "outsourced", "unit_cost": 25.0}],
        },
    )
    result = _solved(subject, instance, 1e-6)
    told = result.plan.assignments[["line", "option"]].drop_duplicates().to_numpy().tolist()
    if told != [[line, option]]:
        raise Unmet(f"the plan names {told}")
    if result.objective is None or abs(result.objective - 3000) > 1e-3:
        raise Unmet(f"its plan is worth {result.objective}, but the optimum is 3,000")


def _solved(subject: Subject, instance: Instance, gap: float) -> Result:
    """Solve an instance; without a verified plan the requirement is unmet."""
    limit = subject.instance_seconds if subject.can.time_limit else None
    try:
        result = solve(instance, backend=subject.name, gap=gap, time_limit=limit, isolated=True)
    except BackendError as error:
        raise Unmet(str(error)) from error
    if not result.verified:
        what = "its plan breaks rules" if result.has_plan else "it has no plan"
        violations = [str(violation) for violation in result.verdict.violations[:3]] if result.verdict else []
        raise Unmet("; ".join([f"{what}: {result.status}", *violations, result.message]).rstrip("; "))
    return result


REQUIREMENTS = (
    names_may_be_in_any_script,
    *(_shipped(name, path) for name, path in examples().items() if name in OPTIMA),
)
