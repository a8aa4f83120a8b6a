"""The tiny portfolios that tests of this folder look at."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING

from tests.oracle.optimum import optimum
from tests.oracle.tiny import tiny

if TYPE_CHECKING:
    from tests.oracle.tiny import Tiny

TELLING = (1366, 1149, 1012, 627, 610, 463, 405, 360, 312, 273, 268, 243, 239, 218, 194, 187, 180, 172)
"""Seeds of portfolios where a feature matters that seldom does."""

SEEDS = (*TELLING, *range(132))
"""Seeds of portfolios in which, together, every feature matters."""


@cache
def portfolio(seed: int) -> Tiny:
    """Return the portfolio of a seed; copy it before changing it."""
    return tiny(random.Random(seed))  # noqa: S311


@cache
def optimum_of(seed: int) -> float | None:
    """Return the optimum of the portfolio of a seed, None where no plan is feasible."""
    return optimum(portfolio(seed).instance())
