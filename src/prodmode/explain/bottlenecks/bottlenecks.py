"""What stands in a plan's way and what it would be worth to have more of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from prodmode.errors import InputError
from prodmode.explain.answer import Answer
from prodmode.explain.bottlenecks.duals import Price, held, relaxed
from prodmode.explain.bottlenecks.scarce import Scarcity
from prodmode.explain.bottlenecks.steps import Step, Value, copies_steps, lifted, steps_of, valued
from prodmode.explain.bottlenecks.words import document
from prodmode.explain.selector import unknown

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from prodmode.document.blocks import Document
    from prodmode.explain.bottlenecks.scarce import Scarce
    from prodmode.explain.interval import Interval
    from prodmode.explain.study import Case, Study

Exact = Literal["tight", "all", "none"]


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """Something scarce with three figures, kept apart because they differ on purpose.

    Attributes
    ----------
    scarce : Scarce
        What it is and how much of it is used.
    if_divisible : Price
        Price of a unit if every decision could be taken in part (the relaxation).
    plan_held : Price
        Price of a unit with the plan's options, setups, tiers and investments kept.
    steps : tuple of Value
        Steps solved anew, everything decided again: what they are worth exactly.
    """

    scarce: Scarce
    if_divisible: Price
    plan_held: Price
    steps: tuple[Value, ...]

    def step(self, label: str) -> Value | None:
        """Return a step by its label, None where it was not solved."""
        return next((step for step in self.steps if step.label == label), None)

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        scarce = self.scarce
        return {
            "kind": scarce.kind,
            "name": scarce.name,
            "period": scarce.period,
            "side": scarce.side,
            "unit": scarce.unit,
            "used": scarce.used,
            "bound": scarce.bound,
            "slack": scarce.slack,
            "share": scarce.share if scarce.share is not None and scarce.share < float("inf") else None,
            "overtime": scarce.overtime,
            "tightest": scarce.tightest,
            "tight": scarce.tight,
            "price_if_divisible": self.if_divisible.to_dict(),
            "marginal_value_plan_held": self.plan_held.to_dict(),
            "steps": [step.to_dict() for step in self.steps],
        }


@dataclass(frozen=True, slots=True)
class Investing:
    """An investment, with what one more copy and one fewer are worth.

    Attributes
    ----------
    investment : str
    bought, most : int
        Copies in the plan and the most there may be.
    adds_to : tuple of str
        Resources whose capacity it adds to.
    steps : tuple of Value
    """

    investment: str
    bought: int
    most: int
    adds_to: tuple[str, ...]
    steps: tuple[Value, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "investment": self.investment,
            "bought": self.bought,
            "most": self.most,
            "adds_to": list(self.adds_to),
            "steps": [step.to_dict() for step in self.steps],
        }


@dataclass(frozen=True, slots=True)
class Bottlenecks(Answer):
    """What a plan may run out of.

    Attributes
    ----------
    currency : str
    value : Interval
        The plan's net present value and its bound.
    rows : tuple of Bottleneck
        Every resource and period, the budget of every period, every side of every limit.
    investments : tuple of Investing
    exact : {"tight", "all", "none"}
        Which rows had steps solved anew.
    solves : int
    """

    currency: str
    value: Interval
    rows: tuple[Bottleneck, ...]
    investments: tuple[Investing, ...]
    exact: str
    solves: int

    def row(self, name: str, period: str | None = None, side: str | None = None) -> Bottleneck:
        """Return a row by the name of its resource or limit ("budget" for the budget).

        Raises
        ------
        KeyError
            If there is none.
        """
        for row in self.rows:
            scarce = row.scarce
            if scarce.name == name and period in {None, scarce.period} and side in {None, scarce.side}:
                return row
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as data that JSON can hold."""
        return {
            "currency": self.currency,
            "value": self.value.to_dict(),
            "exact": self.exact,
            "rows": [row.to_dict() for row in self.rows],
            "investments": [investing.to_dict() for investing in self.investments],
            "solves": self.solves,
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the rows, and every step, as tables."""
        rows, steps = [], []
        for row in self.rows:
            data = row.to_dict()
            head: dict[str, Any] = {key: data[key] for key in ("kind", "name", "period", "side")}
            steps += [head | _flat(step) for step in data.pop("steps")]
            for name in ("price_if_divisible", "marginal_value_plan_held"):
                price = data.pop(name)
                data |= {f"{name}_{side}": price[side] for side in ("more", "less")}
            rows.append(data)
        for investing in self.investments:
            head = {"kind": "investment", "name": investing.investment, "period": None, "side": None}
            steps += [head | _flat(step.to_dict()) for step in investing.steps]
        return {"bottlenecks": pd.DataFrame(rows), "steps": pd.DataFrame(steps)}

    def document(self) -> Document:
        """Return the answer as a document."""
        return document(self)


def bottlenecks(
    study: Study,
    of: Sequence[str] = (),
    *,
    exact: Exact = "tight",
    processes: int | None = None,
    on_progress: Callable[[int, int, Case], None] | None = None,
    cancel: threading.Event | None = None,
) -> Bottlenecks:
    """Find what a plan runs out of, and what more of it would be worth.

    Parameters
    ----------
    study : Study
        The plan under study.
    of : sequence of str
        Resources and limits ("budget" for the budget) whose steps are solved whatever `exact` says.
    exact : {"tight", "all", "none"}
        Which rows have steps solved anew: those of which 90 % or more is used, all, or none. Copies of
        investments and limits to be lifted are solved unless it is "none".
    processes, on_progress, cancel
        As in `Study.solve_all`.

    Raises
    ------
    InputError
        If a name in `of` is unknown.
    BackendError
        If the linear programs cannot be solved.
    ProdmodeError
        If the study has no plan.
    """
    scarcity = Scarcity(study.formulation, study.plan)
    free, kept = relaxed(study.formulation), held(study.formulation, study.plan)
    rows = [*scarcity.capacities(), *scarcity.budgets(), *scarcity.limits(kept.x)]
    known = list(dict.fromkeys(row.name for row in rows))
    if issues := [unknown(name, "resource or limit", name, known) for name in of if name not in known]:
        raise InputError(issues)
    asked = [
        _steps(study, row, wanted=row.name in of or exact == "all" or (exact == "tight" and row.tight))
        for row in rows
    ]
    for row, group in zip(rows, asked, strict=True):
        if row.kind != "capacity" and (exact != "none" or row.name in of):
            group.append(lifted(study, row))
    copies = [] if exact == "none" else _copies(study)
    steps = [step for group in (*asked, *(group for *_, group in copies)) for step in group]
    # A change that several rows ask for is solved once.
    distinct = {step.change: step for step in steps}
    results = study.solve_all(
        [step.case for step in distinct.values()],
        processes=processes, on_progress=on_progress, cancel=cancel,
    )  # fmt: skip
    worth = {
        change: valued(study, step, result)
        for (change, step), result in zip(distinct.items(), results, strict=True)
    }
    found = []
    for row, group in zip(rows, asked, strict=True):
        divisible, fixed = (
            Price(0.0, 0.0) if (way := scarcity.direction(row, program.x)) is None else program.price(way)
            for program in (free, kept)
        )
        found.append(Bottleneck(row, divisible, fixed, tuple(worth[step.change] for step in group)))
    return Bottlenecks(
        currency=study.instance.currency,
        value=study.value,
        rows=tuple(found),
        investments=tuple(
            Investing(name, bought, most, adds_to, tuple(worth[step.change] for step in group))
            for name, bought, most, adds_to, group in copies
        ),
        exact=exact,
        solves=len(distinct),
    )


def _steps(study: Study, row: Scarce, *, wanted: bool) -> list[Step]:
    return steps_of(study, row) if wanted else []


def _copies(study: Study) -> list[tuple[str, int, int, tuple[str, ...], list[Step]]]:
    instance, bought = study.instance, study.plan.purchases
    found = []
    table = instance.investments
    for name, most in zip(table["investment"], table["max_copies"], strict=True):
        number = int(bought["copies"][bought["investment"] == name].sum())
        adds = instance.expansions["resource"][(instance.expansions["investment"] == name).to_numpy()]
        steps = copies_steps(study, name, number, int(most))
        found.append((name, number, int(most), tuple(dict.fromkeys(adds.astype(object))), steps))
    return found


def _flat(step: dict[str, Any]) -> dict[str, Any]:
    value = step.pop("value")
    moved = step.pop("differences")
    named = {"step": step.pop("name")} | step
    return named | {
        "value_lower": value["lower"],
        "value_upper": value["upper"],
        "differences": len(moved),
    }
