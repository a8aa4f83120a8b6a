"""What a backend must refuse, by raising `prodmode.BackendError`."""

# ruff: noqa: D401  # these docstrings are the requirements

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from prodmode.testing.finding import Skipped, Unmet, requirement
from prodmode.testing.programs import knapsack, linear

if TYPE_CHECKING:
    from prodmode.formulation.mip import Mip
    from prodmode.testing.subject import Subject


@requirement("run")
def unsound_programs_are_refused(subject: Subject) -> None:
    """Programs with NaN or with arrays of a wrong length are refused (`Mip.faults` finds them)."""
    for what, mip in _unsound().items():
        try:
            subject.refuses(mip)
        except Unmet as fault:
            raise Unmet(f"of a program with {what}: {fault}") from fault


@requirement("run")
def unknown_options_are_refused(subject: Subject) -> None:
    """An option of its own that it does not know is refused, not passed over."""
    subject.refuses(_simple(subject), subject.options(specifics={"no_such_option": 1}))


@requirement("run")
def integers_are_refused_where_not_taken(subject: Subject) -> None:
    """A backend that takes no integers refuses a program with some, and does not relax it."""
    if subject.can.integers:
        raise Skipped("it takes integers")
    subject.refuses(knapsack())


def _simple(subject: Subject) -> Mip:
    return knapsack() if subject.can.integers else linear()


def _unsound() -> dict[str, Mip]:
    mip = linear()
    hole = mip.matrix.copy()
    hole.data[0] = np.nan
    return {
        "NaN in the costs": replace(mip, cost=np.array([1.0, np.nan])),
        "NaN in the matrix": replace(mip, matrix=hole),
        "NaN in a bound": replace(mip, upper=np.array([np.nan, 2.0])),
        "an infinite offset": replace(mip, offset=np.inf),
        "too few bounds": replace(mip, lower=np.zeros(1)),
    }


REQUIREMENTS = (
    unsound_programs_are_refused,
    unknown_options_are_refused,
    integers_are_refused_where_not_taken,
)
