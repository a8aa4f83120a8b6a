"""What each line is worth to the plan as a whole: the plan without it, beside what its own ledger says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.backends.contract import Status
from prodmode.document.blocks import Bullets, Document, Paragraph, Table
from prodmode.document.page import money
from prodmode.explain.answer import Answer
from prodmode.explain.changes import Edit, apply_edits
from prodmode.explain.interval import Interval
from prodmode.explain.lines.accounts import Accounts
from prodmode.explain.lines.knock_on import knock_on
from prodmode.explain.selector import lines_named
from prodmode.explain.study import Case

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable

    from prodmode.explain.lines.knock_on import KnockOn
    from prodmode.explain.study import Study
    from prodmode.instance.instance import Instance
    from prodmode.result import Result


@dataclass(frozen=True)
class Worth:
    """What a line is worth.

    Attributes
    ----------
    line : str
    earned : float
        What its own ledger says: revenue less the costs that are its own (present value).
    incremental : Interval or None
        What the best plan earns more than the best plan for a portfolio without the line; None without a
        figure.
    status : str
        Why the run without the line stopped; "infeasible" where the rules cannot be kept without it.
    without : KnockOn or None
        What would change without it.
    """

    line: str
    earned: float
    incremental: Interval | None
    status: str
    without: KnockOn | None = None

    @property
    def burden(self) -> Interval | None:
        """What it costs the rest of the plan: its own earnings less what the plan earns more with it."""
        return None if self.incremental is None else Interval.exact(self.earned) - self.incremental

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "line": self.line,
            "earned": self.earned,
            "incremental": None if self.incremental is None else self.incremental.to_dict(),
            "burden": None if self.burden is None else self.burden.to_dict(),
            "status": self.status,
            "without": None if self.without is None else self.without.to_dict(),
        }


@dataclass(frozen=True)
class Subsidy(Answer):
    """Which lines carry others.

    Attributes
    ----------
    instance : Instance
    npv : float
        Net present value of the plan.
    lines : tuple of Worth
        In the order of the table.
    common : float
        Investments, with upkeep and what is left of them, and overtime: what belongs to no line (negative).
    """

    instance: Instance = field(repr=False)
    npv: float
    lines: tuple[Worth, ...]
    common: float

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as data that JSON can hold."""
        return {
            "instance": self.instance.name,
            "currency": self.instance.currency,
            "npv": self.npv,
            "common": self.common,
            "lines": [row.to_dict() for row in self.lines],
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row per line."""
        columns = ["line", "earned", "incremental_at_least", "incremental_at_most", "status"]
        rows = [
            {
                "line": row.line,
                "earned": row.earned,
                "incremental_at_least": None if row.incremental is None else row.incremental.lower,
                "incremental_at_most": None if row.incremental is None else row.incremental.upper,
                "status": row.status,
            }
            for row in self.lines
        ]
        return {"lines": pd.DataFrame(rows, columns=columns)}

    def document(self) -> Document:
        """Return the answer as a document."""
        currency = self.instance.currency
        rows, points = [], []
        for row in self.lines:
            known = row.incremental
            rows.append(
                (
                    row.line,
                    money(row.earned, currency),
                    known.words(currency) if known is not None else _unknown(row),
                    _burden(row, currency),
                )
            )
            sentence = _verdict(row, currency)
            if sentence:
                points.append(sentence)
        note = (
            f"Investments and overtime ({money(-self.common, currency)}) belong to no line. Sharing them out "
            "among lines would be a convention, and other keys would call other lines profitable; what the "
            "plan loses without a line is a fact."
        )
        return Document(
            "What each line is worth to the plan",
            (
                Paragraph(
                    "'By itself' is what a line earns less the costs that are its own. 'With it' is what the "
                    "best plan earns more than the best plan without the line: the hours, budget and room "
                    "under policies that it sets free are used for others then, and what it alone needs is "
                    "not bought. The difference is what it takes from others or, where it is negative, "
                    "gives them."
                ),
                Table(
                    ("line", "by itself", "with it", "taken from others"), tuple(rows), ("<", ">", ">", ">")
                ),
                *([Bullets(tuple(points))] if points else []),
                Paragraph(note),
            ),
        )


def subsidy(
    study: Study,
    lines: Iterable[str] | None = None,
    *,
    processes: int | None = None,
    on_progress: Callable[[int, int, Case], None] | None = None,
    cancel: threading.Event | None = None,
) -> Subsidy:
    """Find what each line is worth to the plan: the plan for the portfolio without it is solved.

    Parameters
    ----------
    study : Study
        An instance with its plan.
    lines : iterable of str, optional
        Keys of the lines; by default all.
    processes, on_progress, cancel
        As in `Study.solve_all`.

    Raises
    ------
    InputError
        If lines are unknown.
    ProdmodeError
        If the study has no plan.
    """
    instance = study.instance
    wanted = lines_named(instance, lines)
    chosen = Accounts(instance, study.plan)
    cases: dict[str, Case] = {}
    for line in wanted:
        if len(instance.lines) > 1:
            removed = Edit("lines", (("line", line),), None, "remove", None)
            cases[line] = Case(f"without '{line}'", instance=apply_edits(instance, [removed]))
    results = study.solve_all(
        list(cases.values()), processes=processes, on_progress=on_progress, cancel=cancel
    )
    found = dict(zip(cases, results, strict=True))
    common = sum(chosen.overtime.values()) + sum(chosen.investments.values())
    worth = tuple(
        _alone(study, line, chosen) if line not in cases else _worth(study, line, chosen, found[line])
        for line in wanted
    )
    return Subsidy(instance, study.plan.npv, worth, common)


def _alone(study: Study, line: str, chosen: Accounts) -> Worth:
    return Worth(line, chosen.earned[line], study.value, "the only line")


def _worth(study: Study, line: str, chosen: Accounts, result: Result | None) -> Worth:
    if result is None:
        return Worth(line, chosen.earned[line], None, "not begun")
    status = result.status.value
    if result.status is Status.INFEASIBLE:
        return Worth(line, chosen.earned[line], None, status)
    gain = study.loss(result, restricted=False)
    if gain.lower is None and gain.upper is None:
        return Worth(line, chosen.earned[line], None, status)
    other = Accounts(result.instance, result.plan) if result.verified else None
    return Worth(
        line, chosen.earned[line], gain, status, None if other is None else knock_on(line, chosen, other)
    )


def _unknown(row: Worth) -> str:
    return "cannot be left out" if row.status == Status.INFEASIBLE.value else "not settled"


def _burden(row: Worth, currency: str) -> str:
    return "" if row.burden is None else row.burden.words(currency)


def _verdict(row: Worth, currency: str) -> str:
    """Return what stands out about a line, empty where nothing does."""
    if row.status == Status.INFEASIBLE.value:
        return f"Without '{row.line}' the rules of the instance cannot be kept."
    if row.incremental is None or row.burden is None:
        return ""
    if row.incremental.sign < 0:
        lost = (-row.incremental).words(currency)
        return f"Without '{row.line}' the plan would earn {lost} more: others carry it."
    if row.earned < 0 < row.incremental.sign:
        return f"'{row.line}' loses money by itself, but others earn more because of it."
    lines = row.without.lines if row.without is not None else ()
    most = max(lines, key=lambda other: other.earned, default=None)
    if most is not None and most.earned > 0 and 2 * most.earned >= (row.burden.lower or 0.0) > 0:
        gains = money(most.earned, currency)
        return f"Without '{row.line}', '{most.line}' would gain most: {gains} more."
    return ""
