"""The best plan when a line must use another option: which cases are solved, and what comes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prodmode.backends.contract import Status
from prodmode.explain.interval import Interval
from prodmode.explain.restriction import Restriction
from prodmode.explain.selector import Selector
from prodmode.explain.study import Case
from prodmode.instance.windows import available

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from prodmode.explain.study import Study
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan
    from prodmode.result import Result

    Search = Generator[list[Case], list[Result | None], "Found"]


@dataclass(frozen=True, slots=True)
class Found:
    """What came of asking for an option.

    Attributes
    ----------
    option : str or None
        None stands for not offering the line.
    periods : tuple of str
        In which it can be in force; empty where it never can.
    since : str or None
        First period from which it can be used until the end, where that is not the first of `periods`; None
        also where there is no such period.
    chosen : bool
        Whether the plan under study uses it alone, wherever it can.
    allowed : bool
        Whether it is eligible; else the result is that of the instance in which it were.
    result : Result or None
        The best plan with it, None where nothing had to be solved or it was not begun.
    unserved : Result or None
        Where it cannot serve the line, the best plan with it when the least fill rate is dropped.
    allowed_if : str
        Which single rule or capacity, lifted, would let it be used where it cannot; a sentence, or empty.
    """

    option: str | None
    periods: tuple[str, ...]
    since: str | None = None
    chosen: bool = False
    allowed: bool = True
    result: Result | None = None
    unserved: Result | None = None
    allowed_if: str = ""

    @property
    def impossible(self) -> bool:
        """Whether it is proven that no plan uses it."""
        return not self.periods or (self.result is not None and self.result.status is Status.INFEASIBLE)


def searches(study: Study, line: str) -> list[Search]:
    """Return a search for every option of a line, and for not offering it where that is allowed.

    Parameters
    ----------
    study : Study
        What the plan is.
    line : str
        A line of its instance.
    """
    table = study.instance.options
    options = table["option"][(table["line"] == line).to_numpy()].tolist()
    found: list[Search] = [_option(study, line, option) for option in options]
    lines = study.instance.lines
    if not lines.loc[lines["line"] == line, "required"].iloc[0]:
        found.append(_dropped(study, line))
    return found


def loss_of(study: Study, found: Found) -> Interval | None:
    """Return what using an option loses against the plan under study; None where no figure is known.

    For an option that is not eligible it is what using it would lose if it were; that may be a gain.
    """
    if found.chosen:
        return Interval.exact(0.0)
    if found.result is None or found.impossible:
        return None
    loss = study.loss(found.result, restricted=found.allowed)
    return None if loss.lower is None and loss.upper is None else loss


def _option(study: Study, line: str, option: str) -> Search:
    instance = study.instance
    if option in set(instance.ineligible["option"]):
        return (yield from _if_allowed(instance, option))
    periods = _periods(instance, option)
    if not periods:
        return Found(option, ())
    used = _used_alone_from(study.plan, line, option, periods)
    if used == 0:
        return Found(option, periods, chosen=True)

    def case(start: int) -> Case:
        return forced(f"'{line}' by '{option}' from {periods[start]} on", option, periods[start:], periods)

    (result,) = yield [case(0)]
    if result is None or result.status is not Status.INFEASIBLE:
        return Found(option, periods, result=result)
    return (yield from _later(study, line, option, periods, used, result, case))


def _later(
    study: Study,
    line: str,
    option: str,
    periods: tuple[str, ...],
    used: int,
    never: Result,
    case: Callable[[int], Case],
) -> Search:
    """Look for the first period from which an option can be used, by bisection: later asks for less."""
    low, high = 0, used
    best: Result | None = study.result if used < len(periods) else None
    if best is None:
        high = len(periods) - 1
        (best,) = (yield [case(high)]) if high else (never,)
        if best is None or best.status is Status.INFEASIBLE or not best.has_plan:
            loosened = _without_fill_rate(study.instance, line, option, periods)
            (unserved,) = (yield loosened) if loosened else (None,)
            return Found(option, periods, result=never, unserved=unserved)
    while high - low > 1:
        middle = (low + high) // 2
        (result,) = yield [case(middle)]
        if result is None:
            return Found(option, periods)
        if result.status is Status.INFEASIBLE or not result.has_plan:
            low = middle
        else:
            high, best = middle, result
    chosen = high == used
    return Found(option, periods, since=periods[high], chosen=chosen, result=None if chosen else best)


def _if_allowed(instance: Instance, option: str) -> Search:
    options = instance.options
    mine = (options["option"] == option).to_numpy()
    options.loc[mine, "lead_time_days"] = 0.0
    options.loc[mine, "quality"] = np.nan
    changed = instance.replace(options=options)
    periods = _periods(changed, option)
    if not periods:
        return Found(option, (), allowed=False)
    case = replace(forced(f"'{option}' if it were allowed", option, periods, periods), instance=changed)
    (result,) = yield [case]
    return Found(option, periods, allowed=False, result=result)


def _dropped(study: Study, line: str) -> Search:
    if not (study.plan.assignments["line"] == line).any():
        return Found(None, study.instance.periods, chosen=True)
    (result,) = yield [Case(f"'{line}' not offered", Restriction(forbid=(Selector(line=line),)))]
    return Found(None, study.instance.periods, result=result)


def _without_fill_rate(instance: Instance, line: str, option: str, periods: tuple[str, ...]) -> list[Case]:
    lines = instance.lines
    mine = (lines["line"] == line).to_numpy()
    if not lines.loc[mine, "min_fill_rate"].iloc[0]:
        return []
    lines.loc[mine, "min_fill_rate"] = 0.0
    asked = forced(f"'{line}' by '{option}' as far as it goes", option, periods, periods)
    return [replace(asked, instance=instance.replace(lines=lines))]


def forced(name: str, option: str, periods: tuple[str, ...], all_periods: tuple[str, ...]) -> Case:
    """Return the case in which an option is used alone in some of the periods in which it can be."""
    if periods == all_periods:
        return Case(name, Restriction(force=(Selector(option=option),)))
    return Case(name, Restriction(force=tuple(Selector(option=option, period=when) for when in periods)))


def _periods(instance: Instance, option: str) -> tuple[str, ...]:
    """Return in which periods an option can be in force."""
    mine = (instance.options["option"] == option).to_numpy()
    can = available(instance)[mine][0]
    return tuple(period for period, yes in zip(instance.periods, can, strict=True) if yes)


def _used_alone_from(plan: Plan, line: str, option: str, periods: tuple[str, ...]) -> int:
    """Return the position of the first period from which a plan uses an option alone until the end."""
    rows = plan.assignments[plan.assignments["line"] == line]
    used: dict[str, set[str]] = {}
    for period, name in zip(rows["period"], rows["option"], strict=True):
        used.setdefault(period, set()).add(name)
    first = len(periods)
    while first and used.get(periods[first - 1], set()) == {option}:
        first -= 1
    return first
