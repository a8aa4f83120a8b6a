"""What other options of all lines of a large portfolio would lose, from the prices of what lines share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.errors import ProdmodeError
from prodmode.explain.answer import Answer
from prodmode.explain.fast.priced_lines import SAFETY, BlockSolver, PricedLines
from prodmode.explain.fast.prices import capacity_prices, relax
from prodmode.explain.interval import Interval, interval_of
from prodmode.explain.restricted import restricted
from prodmode.explain.restriction import Hold, Restriction
from prodmode.explain.selector import lines_named
from prodmode.explain.study import Case, Study
from prodmode.formulation import formulate
from prodmode.plan.solution import decisions_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from prodmode.document.blocks import Document
    from prodmode.explain.fast.prices import Relaxation
    from prodmode.formulation import Formulation
    from prodmode.instance.instance import Instance

MOST_WHOLE = 300
"""Lines up to which each is decided in whole numbers; beyond, its decisions may be fractions."""


@dataclass(frozen=True, slots=True)
class FastPrice:
    """What a line would lose with an option, at the prices of what lines share.

    Attributes
    ----------
    line, option, mode : str
    site : str or None
    in_plan : bool
        Whether the plan uses it, and it alone, wherever it can be used.
    possible : bool
        False where the line cannot use it at all, or nowhere but against its own constraints: proven.
    at_least : float or None
        Proven: the best plan in which the line uses it throughout earns at least this much less than the
        plan under study. None without a plan.
    estimate : float or None
        What it would lose if the prices stayed as they are; negative where it would gain. It is no bound.
    """

    line: str
    option: str
    mode: str
    site: str | None
    in_plan: bool
    possible: bool
    at_least: float | None
    estimate: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True)
class FastPrices(Answer):
    """Every option of every line at the prices of what lines share.

    Attributes
    ----------
    instance : Instance
    value : Interval
        The best net present value as far as it is known: that of the plan, and the least proven bound.
    priced_bound : float
        What these prices prove that no plan exceeds.
    options : tuple of FastPrice
        In the order of lines and options.
    resources : pandas.DataFrame
        A row per resource and period with a price: resource, unit, period, price (present value of one more
        unit in the relaxation, over all scenarios).
    """

    instance: Instance = field(repr=False)
    value: Interval
    priced_bound: float
    options: tuple[FastPrice, ...]
    resources: pd.DataFrame = field(repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the prices as data that JSON can hold."""
        return {
            "instance": self.instance.name,
            "currency": self.instance.currency,
            "npv": self.value.to_dict(),
            "priced_bound": self.priced_bound,
            "options": [row.to_dict() for row in self.options],
            "resources": [
                {
                    "resource": name,
                    "unit": unit if isinstance(unit, str) else None,
                    "period": when,
                    "price": price,
                }
                for name, unit, when, price in self.resources.itertuples(index=False)
            ],
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the options and the prices of resources."""
        columns = list(FastPrice.__slots__)
        rows = pd.DataFrame([row.to_dict() for row in self.options], columns=columns)
        return {"options": rows, "resources": self.resources.copy()}

    def document(self) -> Document:
        """Return the closest other option of each line, and the prices of resources."""
        from prodmode.explain.fast.text import document  # noqa: PLC0415 (text is a view of the data)

        return document(self)


def fast_prices(
    source: Study | Instance,
    lines: Iterable[str] | None = None,
    *,
    whole: bool | None = None,
    on_progress: Callable[[int, int, Case], None] | None = None,
) -> FastPrices:
    """Price every option of every line at the prices of what lines share, in tens of milliseconds a line.

    The rows that several lines share (capacities, budgets, limits, investments) are replaced by their prices
    in the relaxation; then each line is decided on its own, freely and with each option forced. With V the
    net present value of the plan, L the bound that the prices prove, f the least cost of a line and f_o that
    with an option forced, no plan with the option earns more than L - (f_o - f), so that at least
    V - L + f_o - f is lost. The estimate is f_o less the cost of the line as the plan has it, at prices with
    the copies of investments as in the plan.

    Parameters
    ----------
    source : Study or Instance
        With the plan of a study losses have proven lower bounds; without one there are estimates alone.
    lines : iterable of str, optional
        Lines whose options are priced; by default all.
    whole : bool, optional
        Whether each line is decided in whole numbers: better bounds in more time. By default up to
        `MOST_WHOLE` lines.
    on_progress : callable, optional
        Called with the number of lines done, that of all, and a case named by the line just done.

    Raises
    ------
    InputError
        If lines are unknown.
    ProdmodeError
        If the relaxation has no solution: the instance is infeasible.
    """
    study = source if isinstance(source, Study) else None
    instance = source.instance if isinstance(source, Study) else source
    wanted = set(lines_named(instance, lines))
    formulation = study.formulation if study is not None else formulate(instance)
    relaxation = relax(formulation)
    if relaxation is None:
        raise ProdmodeError("there are no prices: not even the relaxation of the instance has a solution")
    whole = len(instance.lines) <= MOST_WHOLE if whole is None else whole
    proving = _Pricing(formulation, relaxation.duals, study, whole=whole)
    held = None if study is None else _investments_held(study)
    guessing = proving if held is None else _Pricing(formulation, held.duals, study, whole=whole)
    for number, line in enumerate(instance.lines["line"]):
        proving.price(number, wanted=line in wanted)
        if guessing is not proving and line in wanted:
            guessing.price(number, wanted=True)
        if on_progress is not None:
            on_progress(number + 1, len(instance.lines["line"]), Case(line))
    value = Interval(None, None) if study is None else interval_of(study.result)
    bound = min(proving.bound(), relaxation.value)
    uppers = [side for side in (value.upper, bound) if side is not None]
    prices = _prices(formulation, capacity_prices(formulation, relaxation))
    options = _options(formulation, proving, guessing, study, value.lower)
    return FastPrices(instance, Interval(value.lower, min(uppers)), bound, options, prices)


def _investments_held(study: Study) -> Relaxation | None:
    """Return the relaxation with investments as the plan has them: fractions of a copy mislead."""
    if not len(study.instance.investments):
        return None
    hold = Hold(study.plan, free_lines=tuple(study.instance.lines["line"]))
    return relax(restricted(study.formulation, Restriction(hold=hold)))


class _Pricing:
    """Least costs of the lines, gathered one by one."""

    def __init__(
        self, formulation: Formulation, duals: NDArray[np.float64], study: Study | None, *, whole: bool
    ) -> None:
        self._formulation, self._whole = formulation, whole
        self._priced = PricedLines.of(formulation, duals)
        self._line = formulation.constants.line
        self._columns = formulation.columns.in_force
        self._used = None if study is None else decisions_in(study.plan, formulation).in_force
        lines = len(formulation.instance.lines)
        nothing = np.zeros(0, dtype=np.int64)
        shared = BlockSolver(self._priced.block(lines)).least_cost(nothing, nothing)
        self._free: dict[int, float] = {}
        self._shared = -np.inf if shared is None else shared
        self._held: dict[int, float | None] = {}
        self.forced: dict[int, float | None] = {}

    def price(self, line: int, *, wanted: bool) -> None:
        """Decide a line freely and, where wanted, as in the plan and with each option forced."""
        solver = BlockSolver(self._priced.block(line, integers=self._whole))
        options = np.flatnonzero(self._line == line)
        columns = self._columns[options].astype(np.int64)
        nothing = np.zeros(0, dtype=np.int64)
        free = solver.least_cost(nothing, nothing)
        self._free[line] = -np.inf if free is None else free
        if not wanted:
            return
        own = columns >= 0
        if self._used is not None:
            used = self._used[options]
            self._held[line] = solver.least_cost(columns[own & ~used], columns[own & used])
        for at, option in enumerate(options):
            when = own[at]
            others = own & when
            others[at] = False
            self.forced[int(option)] = (
                solver.least_cost(columns[others], columns[at, when]) if when.any() else None
            )

    def bound(self) -> float:
        """Return the net present value that no plan exceeds."""
        return -(self._priced.constant + self._shared + sum(self._free.values()))

    def proven(self, option: int, value: float) -> float:
        """Return what an option is proven to lose at least against a plan of some value."""
        forced = self.forced[option]
        if forced is None:
            return 0.0
        proven = value - self.bound() + forced - self._free[int(self._line[option])]
        return max(proven, 0.0) if np.isfinite(proven) else 0.0

    def guess(self, option: int) -> float | None:
        """Return what an option would lose at these prices against the line as the plan has it."""
        line, forced = int(self._line[option]), self.forced[option]
        before = self._held.get(line)
        before = self._free.get(line) if before is None else before
        if forced is None or before is None or not np.isfinite(forced - before):
            return None
        # What is smaller than the tolerances of the two bounds is nothing.
        tiny = 4 * SAFETY * max(1.0, abs(forced), abs(before))
        return 0.0 if abs(forced - before) <= tiny else forced - before


def _options(
    formulation: Formulation, proving: _Pricing, guessing: _Pricing, study: Study | None, value: float | None
) -> tuple[FastPrice, ...]:
    table, line = formulation.instance.options, formulation.constants.line
    used = None if study is None else decisions_in(study.plan, formulation).in_force
    found = []
    for option, forced in proving.forced.items():
        row, when = table.iloc[option], formulation.columns.in_force[option] >= 0
        in_plan = False
        if used is not None and when.any():
            others = used[(line == line[option]) & (np.arange(len(line)) != option)]
            in_plan = bool(used[option, when].all() and not others[:, when].any())
        at_least = (
            None if value is None or forced is None else 0.0 if in_plan else proving.proven(option, value)
        )
        estimate = 0.0 if in_plan else guessing.guess(option)
        site = row["site"] if isinstance(row["site"], str) else None
        found.append(
            FastPrice(
                str(row["line"]), str(row["option"]), str(row["mode"]), site,
                in_plan, forced is not None, at_least, estimate,
            )
        )  # fmt: skip
    return tuple(found)


def _prices(formulation: Formulation, prices: NDArray[np.float64]) -> pd.DataFrame:
    resources, periods = formulation.instance.resources, formulation.instance.periods
    total = prices.sum(axis=0)
    resource, period = np.nonzero(total > 0)
    return pd.DataFrame(
        {
            "resource": resources["resource"].to_numpy()[resource],
            "unit": resources["unit"].to_numpy()[resource],
            "period": np.array(periods, dtype=object)[period],
            "price": total[resource, period],
        }
    )
