"""What "auto" stands for: a backend for the size and structure of a program, and why that one.

The rules are data, tried in order; the first whose program it is, and whose backend can run here and honour
what is asked, decides. Benchmarks are meant to change the table, not the code.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from prodmode.backends import registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prodmode.backends.contract import Capabilities, Options
    from prodmode.backends.registry import BackendInfo
    from prodmode.formulation.mip import Mip


@dataclass(frozen=True, slots=True)
class Shape:
    """Size and structure of a program.

    Attributes
    ----------
    rows, columns, integers, nonzeros : int
    lines, periods : int
        Of the portfolio; 0 where the program does not say.
    """

    rows: int
    columns: int
    integers: int
    nonzeros: int
    lines: int = 0
    periods: int = 0

    @property
    def continuous_share(self) -> float:
        """Share of the columns that need not be whole; 1 where there are no columns."""
        return 1 - self.integers / self.columns if self.columns else 1.0

    def __str__(self) -> str:
        return f"{self.integers:,} of {self.columns:,} columns integer"


@dataclass(frozen=True, slots=True)
class Rule:
    """A backend, the programs it is the choice for, and why.

    Attributes
    ----------
    backend : str
    because : str
        What it does better for these programs than the backends of later rules.
    integers : bool or None
        Whether the programs have integer columns; None for both.
    nonzeros : tuple of int or None
        Least and largest number of nonzeros.
    continuous_share : tuple of float or None
        Least and largest share of columns that need not be whole.
    lines, periods : int
        Least number of lines and of periods.
    needs : str or None
        A module that must be installed, though the backend itself runs without it.
    """

    backend: str
    because: str
    integers: bool | None = None
    nonzeros: tuple[int, int] | None = None
    continuous_share: tuple[float, float] | None = None
    lines: int = 0
    periods: int = 0
    needs: str | None = None

    def fits(self, shape: Shape) -> bool:
        """Return whether this is the rule for programs of a shape."""
        return (
            self.integers in (None, shape.integers > 0)
            and _within(shape.nonzeros, self.nonzeros)
            and _within(shape.continuous_share, self.continuous_share)
            and shape.lines >= self.lines
            and shape.periods >= self.periods
            and (self.needs is None or find_spec(self.needs) is not None)
        )


RULES = (
    Rule(
        "decomposition",
        "finds and proves plans of many lines over time where general solvers find none in a minute",
        integers=True,
        nonzeros=(150_000, sys.maxsize),
        lines=200,
        periods=2,
        needs="numba",
    ),
    Rule("highs", "solves linear programs to a vertex and its bound is their optimum", integers=False),
    Rule("glop", "solves linear programs to a vertex", integers=False),
    Rule("highs", "proves bounds with integers", integers=True),
    Rule("cp-sat", "is made for programs of whole numbers", integers=True, continuous_share=(0.0, 0.0)),
    Rule("scip", "proves bounds with integers", integers=True),
    Rule("cbc", "proves bounds with integers, if slowly", integers=True),
)
"""The table, best first. HiGHS runs wherever prodmode does; `decomposition` comes before it from the size on
where it was measured to win: after a minute 0.32 % were left at 500 lines x 4 periods, HiGHS left 0.76 %,
and at 300 x 12 HiGHS had no plan (``benchmarks/scale``)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, and why.

    Attributes
    ----------
    backend : str
    reason : str
        A sentence's worth of words.
    """

    backend: str
    reason: str

    def __str__(self) -> str:
        return f"{self.backend}: {self.reason}"


def shape_of(mip: Mip) -> Shape:
    """Return size and structure of a program."""
    rows, columns = mip.shape
    lines = periods = 0
    if mip.structure is not None:
        lines = len(mip.structure.constants.tables["lines"])
        periods = mip.structure.columns.in_force.shape[1]
    return Shape(rows, columns, int(mip.integer.sum()), int(mip.matrix.nnz), lines, periods)


def choose(
    mip: Mip,
    asked: Options | None = None,
    *,
    warm_start: bool = False,
    infos: Iterable[BackendInfo] | None = None,
    rules: Iterable[Rule] = RULES,
) -> Choice:
    """Choose a backend for a program.

    Parameters
    ----------
    mip : Mip
        The program.
    asked : Options, optional
        What it must honour; where no backend can, this is passed over, and the one chosen refuses.
    warm_start : bool
        Whether it must start from a plan.
    infos : iterable of BackendInfo, optional
        The backends to choose among; by default all that are registered.
    rules : iterable of Rule, optional
        The table to go by.

    Raises
    ------
    BackendError
        If none can run here.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from prodmode.formulation.mip import Mip
    >>> one = np.ones(1)
    >>> choose(Mip(one, 0.0, csr_array([[1.0]]), one, one, one, one, one > 0)).backend
    'highs'
    """
    shape = shape_of(mip)
    known = {info.name: info for info in (registry.available() if infos is None else infos)}
    able = {name: info.capabilities for name, info in known.items() if info.available and info.capabilities}
    if not able:
        return Choice(registry.choose(), "the only one that can run here")
    fitting = {name: can for name, can in able.items() if can.integers or not shape.integers}
    honouring = {name: can for name, can in fitting.items() if not refused(can, asked, warm_start=warm_start)}
    candidates = honouring or fitting or able
    for rule in rules:
        if rule.backend in candidates and rule.fits(shape):
            beside = _beside(rule.backend, candidates, able)
            return Choice(rule.backend, f"{rule.because} ({shape}); {beside}")
    # Of those without a rule, one whose bound holds.
    name = min(candidates, key=lambda name: (not candidates[name].valid_bound, name))
    return Choice(name, f"no rule is made for it ({shape}); {_beside(name, candidates, able)}")


def refused(can: Capabilities, asked: Options | None, *, warm_start: bool) -> list[str]:
    """Return what is asked that a backend cannot honour.

    Parameters
    ----------
    can : Capabilities
        What the backend can do.
    asked : Options or None
        What is asked.
    warm_start : bool
        Whether it is to start from a plan.
    """
    wanted = {"warm_start": warm_start}
    if asked is not None:
        wanted = {
            "time_limit": asked.time_limit is not None,
            "threads": asked.threads is not None,
            "seed": asked.seed is not None,
            **wanted,
        }
    found = [option for option, given in wanted.items() if given and not getattr(can, option)]
    return found + [option for option in (asked.specifics if asked else ()) if option not in can.specifics]


def _beside(chosen: str, candidates: Iterable[str], able: Iterable[str]) -> str:
    """Return words on the backends that were not chosen."""
    rest = sorted(set(able) - {chosen})
    fit = sorted(set(candidates) - {chosen})
    if not rest:
        return "the only backend here"
    if not fit:
        return f"it alone takes this with what is asked, {', '.join(rest)} cannot"
    return f"preferred to {', '.join(fit)}"


def _within(value: float, limits: tuple[float, float] | None) -> bool:
    return limits is None or limits[0] <= value <= limits[1]
