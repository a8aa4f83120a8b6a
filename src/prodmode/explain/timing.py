"""When to switch and when to invest: the same step one period earlier or later, everything else free."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from prodmode.backends.contract import Status
from prodmode.document.blocks import Bullets, Document, Paragraph, Table
from prodmode.explain.answer import Answer
from prodmode.explain.restriction import Restriction
from prodmode.explain.selector import Copies, Selector, lines_named
from prodmode.explain.study import Case
from prodmode.explain.words import listed, titled
from prodmode.instance.windows import available, on_market, purchasable

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable

    from prodmode.explain.interval import Interval
    from prodmode.explain.study import Study
    from prodmode.instance.instance import Instance
    from prodmode.result import Result

Shift = Literal["earlier", "later", "never"]
"""How a step is moved: by one period, or left out where no later period is possible."""

Schedule = dict[str, tuple[str, ...]]
"""Options of a line by period; none where it is not offered."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A step of the plan at another time.

    Attributes
    ----------
    line, investment : str or None
        What switches or is bought; one of them is None.
    step : str
        The step in words.
    planned : str
        The period in which the plan takes it.
    shift : str
        "earlier" or "later" by one period, or "never" for a purchase that has no later period.
    period : str or None
        The period that it is moved to.
    loss : Interval or None
        What the best plan with it then earns less; None without a figure.
    status : str
        Why the run stopped: "infeasible" where the step cannot be moved so.
    reason : str
        Why it cannot be moved, where that is known.
    """

    line: str | None
    investment: str | None
    step: str
    planned: str
    shift: Shift
    period: str | None
    loss: Interval | None
    status: str
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            **{name: getattr(self, name) for name in self.__slots__},
            "loss": None if self.loss is None else self.loss.to_dict(),
        }


@dataclass(frozen=True)
class Timing(Answer):
    """What each step of a plan is worth at its time.

    Attributes
    ----------
    instance : Instance
    steps : tuple of Moved
        In the order of lines and investments, each earlier and later.
    """

    instance: Instance = field(repr=False)
    steps: tuple[Moved, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as data that JSON can hold."""
        return {
            "instance": self.instance.name,
            "currency": self.instance.currency,
            "steps": [row.to_dict() for row in self.steps],
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row per step and shift."""
        columns = [
            "line", "investment", "step", "planned", "shift", "period",
            "loss_at_least", "loss_at_most", "status", "reason",
        ]  # fmt: skip
        rows = []
        for row in self.steps:
            sides = {"loss_at_least": None, "loss_at_most": None} if row.loss is None else {
                "loss_at_least": row.loss.lower, "loss_at_most": row.loss.upper,
            }  # fmt: skip
            rows.append(row.to_dict() | sides)
        return {"steps": pd.DataFrame(rows, columns=columns)}

    def document(self) -> Document:
        """Return the answer as a document."""
        title = "When to switch and when to invest"
        if not self.steps:
            return Document(title, (Paragraph("Nothing switches and nothing is bought in the plan."),))
        rows = tuple(
            (row.step, row.planned, _moved_to(row), _words(row, self.instance.currency)) for row in self.steps
        )
        why_not = tuple(
            f"{row.step} in {row.planned}: not in {row.period} instead, since {row.reason}."
            for row in self.steps
            if row.reason and row.status == Status.INFEASIBLE.value
        )
        return Document(
            title,
            (
                Paragraph(
                    "Each step of the plan taken one period earlier or later, the rest of the plan being "
                    "decided anew. The loss is what the best such plan earns less (present value)."
                ),
                Table(("step", "planned", "moved to", "loss"), rows, ("<", "<", "<", ">")),
                *([Bullets(why_not)] if why_not else []),
            ),
        )


def timing(
    study: Study,
    lines: Iterable[str] | None = None,
    *,
    processes: int | None = None,
    on_progress: Callable[[int, int, Case], None] | None = None,
    cancel: threading.Event | None = None,
) -> Timing:
    """Find what every switch of a line and every purchase loses one period earlier or later.

    Parameters
    ----------
    study : Study
        An instance with its plan.
    lines : iterable of str, optional
        Lines whose switches are moved; by default all, and the purchases of all investments.
    processes, on_progress, cancel
        As in `Study.solve_all`.

    Raises
    ------
    InputError
        If lines are unknown.
    ProdmodeError
        If the study has no plan.
    """
    wanted = lines_named(study.instance, lines)
    asked = [pair for line in wanted for pair in _switches(study, line)]
    if lines is None:
        asked += _purchases(study)
    cases = [case for _, case in asked if case is not None]
    results = iter(study.solve_all(cases, processes=processes, on_progress=on_progress, cancel=cancel))
    steps = [row if case is None else _answered(study, row, next(results)) for row, case in asked]
    return Timing(study.instance, tuple(steps))


def _answered(study: Study, row: Moved, result: Result | None) -> Moved:
    values = {name: getattr(row, name) for name in Moved.__slots__}
    if result is None:
        return Moved(**values | {"status": "not begun"})
    loss = None if result.status is Status.INFEASIBLE else study.loss(result)
    reason = row.reason if result.status is Status.INFEASIBLE else ""
    return Moved(**values | {"status": result.status.value, "loss": loss, "reason": reason})


def _switches(study: Study, line: str) -> list[tuple[Moved, Case | None]]:
    """Return the switches of a line in the plan, each earlier and later."""
    instance = study.instance
    lines = instance.lines
    mine = (lines["line"] == line).to_numpy()
    periods = [
        period for period, sold in zip(instance.periods, on_market(instance)[mine][0], strict=True) if sold
    ]
    plan = study.plan.assignments
    schedule: Schedule = dict.fromkeys(periods, ())
    for period, option in plan.loc[plan["line"] == line, ["period", "option"]].itertuples(index=False):
        schedule[period] = (*schedule[period], option)
    current = lines.loc[mine, "current_option"].iloc[0]
    found = []
    for number, period in enumerate(periods):
        before = (
            schedule[periods[number - 1]] if number else ((current,) if isinstance(current, str) else None)
        )
        after = schedule[period]
        if before is None or before == after:
            continue
        step = f"'{line}' moves to {_named(after)}" if after else f"'{line}' is no longer offered"
        if number:
            moved = schedule | {periods[number - 1]: after}
            found.append(_switch(study, line, step, period, "earlier", periods[number - 1], moved))
        moved = schedule | {period: before}
        later = periods[number + 1] if number + 1 < len(periods) else None
        if later is not None and schedule[later] == after:
            found.append(_switch(study, line, step, period, "later", later, moved))
        elif later is None or schedule[later] == before:
            found.append(_switch(study, line, step, period, "never", None, moved))
    return found


def _switch(
    study: Study, line: str, step: str, planned: str, shift: Shift, to: str | None, schedule: Schedule
) -> tuple[Moved, Case | None]:
    instance = study.instance
    can, place = available(instance), instance.options["option"].tolist()
    force, forbid = [], []
    for period, options in schedule.items():
        when = instance.periods.index(period)
        for option in options:
            if not can[place.index(option), when]:
                reason = f"'{option}' cannot be used in {period}"
                return Moved(
                    line, None, step, planned, shift, to, None, Status.INFEASIBLE.value, reason
                ), None
        force += [Selector(option=option, period=period) for option in options]
        forbid += [] if options else [Selector(line=line, period=period)]
    case = Case(f"{step}, {to or 'never'}", Restriction(force=tuple(force), forbid=tuple(forbid)))
    return Moved(line, None, step, planned, shift, to, None, "", _why_not(study, schedule)), case


def _purchases(study: Study) -> list[tuple[Moved, Case | None]]:
    """Return the purchases of the plan, each earlier and later."""
    instance = study.instance
    found: list[tuple[Moved, Case | None]] = []
    table = instance.investments
    names, can = table["investment"].tolist(), purchasable(instance)
    bought = {
        (name, period): int(copies)
        for name, period, copies in study.plan.purchases.itertuples(index=False)
        if copies
    }
    for (name, period), copies in bought.items():
        number, when = names.index(name), instance.periods.index(period)
        what = titled(name, table["name"].iloc[number])
        step = f"{what} is bought" if copies == 1 else f"{copies} copies of {what} are bought"
        for shift, to in (("earlier", when - 1), ("later", when + 1)):
            label = instance.periods[to] if 0 <= to < len(instance.periods) and can[number, to] else None
            if label is None and shift == "earlier":
                continue
            asked = [Copies(name, period, at_most=0)]
            if label is not None:
                asked.append(Copies(name, label, at_least=copies + bought.get((name, label), 0)))
            else:
                total = sum(amount for (other, _), amount in bought.items() if other == name)
                asked = [Copies(name, at_most=total - copies)]
            reason = _budget_reason(instance, number, label) if label is not None else ""
            kind: Shift = "never" if label is None else "earlier" if shift == "earlier" else "later"
            case = Case(f"{step}, {label or 'never'}", Restriction(copies=tuple(asked)))
            found.append((Moved(None, name, step, period, kind, label, None, "", reason), case))
    return found


def _why_not(study: Study, schedule: Schedule) -> str:
    """Return why a schedule is impossible, as far as the budget for what its options require tells."""
    instance = study.instance
    table = instance.options
    names = instance.investments["investment"].tolist()
    for period, options in schedule.items():
        for option in options:
            required = table.loc[table["option"] == option, "requires"].iloc[0]
            if isinstance(required, str):
                number = names.index(required)
                lead = int(instance.investments["lead_time_periods"].iloc[number])
                bought = instance.periods[instance.periods.index(period) - lead]
                told = _budget_reason(instance, number, bought)
                if told:
                    return f"'{required}' cannot be bought in time: {told}"
    return ""


def _budget_reason(instance: Instance, investment: int, period: str) -> str:
    """Return why a purchase is impossible in a period, as far as the budget tells."""
    budgets = instance.budgets
    if len(budgets):
        left = budgets["capex_limit"].to_numpy()
        left = np.cumsum(left) if instance.settings.budget_carryover else left
        if left[instance.periods.index(period)] < instance.investments["capex"].iloc[investment]:
            return f"the budget up to {period} is below its price"
    return ""


def _named(options: tuple[str, ...]) -> str:
    return listed([f"'{option}'" for option in options])


def _moved_to(row: Moved) -> str:
    return "not at all" if row.period is None else row.period


def _words(row: Moved, currency: str) -> str:
    if row.loss is not None:
        if row.loss.upper == 0:
            return "nothing: a tie"
        return row.loss.words(currency)
    return "not possible" if row.status == Status.INFEASIBLE.value else "not settled"
