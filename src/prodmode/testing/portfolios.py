"""What a backend must make of whole instances: the verified optimum of each that comes with prodmode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.backends.contract import Status
from prodmode.errors import BackendError
from prodmode.instance.examples import examples
from prodmode.instance.instance import Instance
from prodmode.io import load
from prodmode.solving import solve
from prodmode.testing.finding import Requirement, Skipped, Unmet, requirement

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
"""Gaps within which the larger ones are solved."""

GAP = 1e-5
"""Gap within which the others are."""


def _shipped(name: str, path: Path) -> Requirement:
    def check(subject: Subject) -> None:
        gap = GAPS.get(name, GAP)
        result = _solved(subject, load(path), gap)
        optimum = OPTIMA[name]
        leeway = gap * abs(optimum)
        if result.objective is None or result.objective > optimum + 1e-6 * abs(optimum):
            raise Unmet(f"its plan is worth {result.objective}, but the optimum is {optimum:,.2f}")
        if result.bound is not None and result.bound < optimum - leeway:
            raise Unmet(
                f"it says that no plan can beat {result.bound:,.2f}, but the optimum is {optimum:,.2f}"
            )
        # Whoever has the best plan need not have proved it in time.
        if result.objective < optimum - leeway:
            note = f" ({result.message})" if result.message else ""
            if result.status is Status.TIME_LIMIT:
                short = (optimum - result.objective) / abs(optimum)
                raise Skipped(f"not solved in {subject.instance_seconds:g} s: its plan is {short:.2%} short")
            raise Unmet(f"{result.status}{note}: {result.objective:,.2f}, but the optimum is {optimum:,.2f}")

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
    """Solve an instance; a plan that is not verified is a fault, none in time is not."""
    limit = subject.instance_seconds if subject.can.time_limit else None
    try:
        result = solve(instance, backend=subject.name, gap=gap, time_limit=limit, isolated=True)
    except BackendError as error:
        raise Unmet(str(error)) from error
    if not result.has_plan and result.status is Status.TIME_LIMIT:
        raise Skipped(f"no plan in {subject.instance_seconds:g} s, and it says so")
    if not result.verified:
        what = "its plan breaks rules" if result.has_plan else "it has no plan"
        violations = [str(violation) for violation in result.verdict.violations[:3]] if result.verdict else []
        raise Unmet("; ".join([f"{what}: {result.status}", *violations, result.message]).rstrip("; "))
    return result


REQUIREMENTS = (
    names_may_be_in_any_script,
    *(_shipped(name, path) for name, path in examples().items() if name in OPTIMA),
)
