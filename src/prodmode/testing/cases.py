"""Small programs with what is known of them, as data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends.contract import Status
from prodmode.testing.programs import knapsack, linear, program

if TYPE_CHECKING:
    from prodmode.formulation.mip import Mip


@dataclass(frozen=True, slots=True)
class Case:
    """A program and its answer.

    Attributes
    ----------
    name : str
        Words joined by underscores.
    mip : Mip
    optimum : float or None
        Least objective, offset included; None where there is none.
    status : Status
        Optimal, infeasible or unbounded.
    open : bool
        Whether columns without bounds matter to it: a solver of bounded columns may say that it cannot tell.
    """

    name: str
    mip: Mip
    optimum: float | None
    status: Status = Status.OPTIMAL
    open: bool = False

    @property
    def has_integers(self) -> bool:
        """Whether a column must be whole."""
        return bool(self.mip.integer.any())


def cases() -> tuple[Case, ...]:
    """Return all cases."""
    return (*_linear(), *_integer(), *_without_optimum())


def _linear() -> tuple[Case, ...]:
    nothing = np.zeros((0, 2))
    ranged = program([-1, -2], [1, 1], row_lower=2, row_upper=5, upper=3)
    free = program([1, 0], [[1, 1], [1, -1]], row_lower=[1, -3], lower=-np.inf, upper=[np.inf, 2])
    negative = program([2, -1], [1, -1], row_lower=0, lower=[-5, -4], upper=[-1, -2])
    tied = program([3, 2, 1], [[1, 1, 1], [1, -1, 0]], row_lower=[10, 2], row_upper=[10, 2])
    hollow = program([1, 2], [[1, 1], [0, 0]], row_lower=[3, -1], row_upper=[np.inf, 1], upper=2)
    aimless = program([0, 0], [1, 1], row_lower=1, upper=3, offset=5)
    fixed = program([1, 1], [1, 1], row_lower=5, lower=[2, 0], upper=[2, 9])
    large = program([3e-4, 5e-4], [1, 1], row_lower=4e9, upper=[3e9, 5e9], offset=-7e5)
    return (
        Case("linear_program", linear(), 4),
        Case("linear_program_with_offset", replace(linear(), offset=-1000.0), -996),
        Case("linear_program_with_a_ranged_row", ranged, -8),
        Case("linear_program_with_free_columns", free, -1, open=True),
        Case("linear_program_with_negative_bounds", negative, -4),
        Case("linear_program_with_equations", tied, 14),
        Case("linear_program_with_an_empty_row", hollow, 4),
        Case("linear_program_without_rows", program([1, -2], nothing, upper=3), -6),
        Case("linear_program_without_an_objective", aimless, 5),
        Case("linear_program_with_a_fixed_column", fixed, 5),
        Case("linear_program_with_large_quantities", large, 3e9 * 3e-4 + 1e9 * 5e-4 - 7e5),
    )


def _integer() -> tuple[Case, ...]:
    nothing = np.zeros((0, 2))
    charge = program([10, -3], [-5, 1], row_upper=0, upper=[1, 4], integer=[1, 0])
    ranged = program([1, 3], [2, 2], row_lower=3, row_upper=5, upper=9, integer=True)
    negative = program([3, 2], [2, 5], row_lower=-19, lower=[-4, -3], upper=[3, -1], integer=True)
    tied = program([1, 1], [3, 5], row_lower=19, row_upper=19, upper=9, integer=True)
    free = program([1], [2], row_lower=-7, lower=-np.inf, upper=50, integer=True)
    halves = program([-1, 1], nothing, lower=0.5, upper=2.7, integer=True)
    hollow = program([-1, -1], [[2, 2], [0, 0]], row_lower=-1, row_upper=[5, 1], upper=9, integer=True)
    aimless = program([0, 0], [2, 2], row_lower=3, row_upper=5, upper=9, integer=True, offset=-5)
    # Units near 1e9 behind a binary: a solver that sees them lets the binary be 1e-9.
    large = program([1e4, -1e-3], [-2e9, 1], row_upper=0, upper=[1, 2e9], integer=[1, 0])
    tiny = program([-1e-6, -2e-6], [1, 1], row_upper=3.5, upper=2, integer=True)
    return (
        Case("integer_program", knapsack(), -20),
        Case("integer_program_with_offset", replace(knapsack(), offset=1000.0), 980),
        Case("integer_program_at_zero", replace(knapsack(), offset=20.0), 0),
        Case("mixed_program", charge, -2),
        Case("mixed_program_without_rows", program([1, -2], nothing, upper=3, integer=[0, 1]), -6),
        Case("integer_program_with_a_ranged_row", ranged, 2),
        Case("integer_program_with_negative_bounds", negative, -16),
        Case("integer_program_with_an_equation", tied, 5),
        Case("integer_program_with_a_column_free_below", free, -3, open=True),
        Case("integer_program_with_fractional_bounds", halves, -1),
        Case("integer_program_with_an_empty_row", hollow, -2),
        Case("integer_program_without_an_objective", aimless, -5),
        Case("mixed_program_with_large_quantities", large, 1e4 - 2e6),
        Case("integer_program_with_small_costs", tiny, -5e-6),
    )


def _without_optimum() -> tuple[Case, ...]:
    odd = program([1, 1], [2, 2], row_lower=3, row_upper=3, upper=9, integer=True)
    between = program([1], [1], lower=0.2, upper=0.8, integer=True)
    crossed = program([1, 1], [1, 1], row_lower=0, lower=[0, 3], upper=[9, 2])
    hollow = program([1, 1], [[1, 1], [0, 0]], row_lower=[0, 1], upper=9)
    both = program([-1, 0, 0], [[0, 2, 2]], row_lower=3, row_upper=3, integer=True)
    infeasible = (
        Case("infeasible_linear_program", program([1, 1], [1, 1], row_lower=3, upper=1), None),
        Case("infeasible_by_an_empty_row", hollow, None),
        Case("infeasible_by_crossed_bounds", crossed, None),
        Case("infeasible_in_integers", odd, None),
        Case("infeasible_between_integers", between, None),
        Case("infeasible_rather_than_unbounded", both, None, open=True),
    )
    ray = program([-2, 1], [1, -1], row_upper=5)
    unbounded = (
        Case("unbounded_linear_program", ray, None, open=True),
        Case("unbounded_integer_program", replace(ray, integer=np.array([True, True])), None, open=True),
    )
    return (
        *(replace(case, status=Status.INFEASIBLE) for case in infeasible),
        *(replace(case, status=Status.UNBOUNDED) for case in unbounded),
    )
