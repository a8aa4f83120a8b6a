"""What holds of any answer, whatever stopped the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodmode.backends.contract import Answer
    from prodmode.formulation.mip import Mip


def tolerance(optimum: float) -> float:
    """Return by how much objectives may differ that count as equal."""
    return 1e-5 * max(1.0, abs(optimum))


def assert_holds(mip: Mip, answer: Answer, optimum: float) -> None:
    """Assert that no bound is beyond the optimum, and that a plan is one and no better than it."""
    assert answer.bound is None or answer.bound <= optimum + tolerance(optimum)
    if answer.x is not None:
        assert mip.violation(answer.x) <= 1e-6
        assert mip.objective(answer.x) >= optimum - tolerance(optimum)
