"""Which inputs move the net present value or flip decisions most: one at a time, down and up, re-solved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.explain.answer import Answer
from prodmode.explain.changes import apply_edits
from prodmode.explain.interval import UNKNOWN, Interval, interval_of
from prodmode.explain.moves import differences
from prodmode.explain.restriction import Hold, Restriction
from prodmode.explain.sensitivity.inputs import MOST_LINES, given_inputs, inputs_of
from prodmode.explain.sensitivity.words import document
from prodmode.explain.study import Case

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence

    from prodmode.document.blocks import Document
    from prodmode.explain.changes import Edit
    from prodmode.explain.moves import Difference
    from prodmode.explain.study import Study
    from prodmode.result import Result


@dataclass(frozen=True, slots=True)
class Side:
    """What comes of an input at one end of its range.

    Attributes
    ----------
    edit : str
        The change of input.
    status : str
        Why the run stopped; "infeasible" where no plan is left.
    change : Interval
        Change of the best net present value.
    flips : tuple
        Decisions of the best plan that differ from the plan under study.
    regret : Interval
        What keeping today's decisions loses against deciding anew: zero where no decision differs; unknown
        where today's decisions are not feasible any more.
    holds : bool or None
        Whether today's decisions are still feasible; None where it was not found out.
    """

    edit: str
    status: str
    change: Interval
    flips: tuple[Difference, ...]
    regret: Interval
    holds: bool | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "edit": self.edit,
            "status": self.status,
            "change": self.change.to_dict(),
            "flips": [flip.to_dict() for flip in self.flips],
            "regret": self.regret.to_dict(),
            "holds": self.holds,
        }


@dataclass(frozen=True, slots=True)
class Swing:
    """An input, moved down and up.

    Attributes
    ----------
    name, kind : str
    low, high : Side
    """

    name: str
    kind: str
    low: Side
    high: Side

    @property
    def spread(self) -> float:
        """The larger change of the net present value, without its sign; what is unknown counts as zero."""
        return max(abs(side.change.middle or 0.0) for side in (self.low, self.high))

    @property
    def regret(self) -> float:
        """The larger loss of keeping today's decisions."""
        return max(side.regret.middle or 0.0 for side in (self.low, self.high))

    @property
    def flips(self) -> bool:
        """Whether a decision differs on either side."""
        return bool(self.low.flips or self.high.flips)

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "name": self.name,
            "kind": self.kind,
            "spread": self.spread,
            "low": self.low.to_dict(),
            "high": self.high.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Sensitivity(Answer):
    """Inputs in the order of how far they move the net present value.

    Attributes
    ----------
    currency : str
    value : Interval
        The plan's net present value and its bound.
    swing : float
        Share by which inputs were moved unless they have a range of their own.
    grouped : bool
        Whether lines and quotations were left out because there are many.
    swings : tuple of Swing
    solves : int
    missing : int
        Cases that were not solved because it was cancelled.
    """

    currency: str
    value: Interval
    swing: float
    grouped: bool
    swings: tuple[Swing, ...]
    solves: int
    missing: int

    @property
    def to_verify(self) -> tuple[Swing, ...]:
        """Inputs on which today's decisions lose something if they are wrong, the dearest first.

        Knowing better what changes no decision is worth nothing, however far it moves the profit.
        """
        asked = [swing for swing in self.swings if swing.regret > 0]
        return tuple(sorted(asked, key=lambda swing: -swing.regret))

    def swing_of(self, name: str) -> Swing:
        """Return an input by name.

        Raises
        ------
        KeyError
            If it was not moved.
        """
        for swing in self.swings:
            if swing.name == name:
                return swing
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as data that JSON can hold."""
        return {
            "currency": self.currency,
            "value": self.value.to_dict(),
            "swing": self.swing,
            "grouped": self.grouped,
            "inputs": [swing.to_dict() for swing in self.swings],
            "to_verify": [swing.name for swing in self.to_verify],
            "solves": self.solves,
            "missing": self.missing,
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row per input and side."""
        rows = [
            (swing.name, swing.kind, end, side.edit, side.status, side.change.lower, side.change.upper,
             len(side.flips), side.regret.lower, side.regret.upper)
            for swing in self.swings
            for end, side in (("low", swing.low), ("high", swing.high))
        ]  # fmt: skip
        names = ["input", "kind", "end", "edit", "status", "change_lower", "change_upper", "flips"]
        return {"sensitivity": pd.DataFrame(rows, columns=[*names, "regret_lower", "regret_upper"])}

    def document(self) -> Document:
        """Return the answer as a document."""
        return document(self)


def sensitivity(
    study: Study,
    inputs: Mapping[str, tuple[float, float]] | Sequence[str] | None = None,
    swing: float = 0.1,
    *,
    detailed: bool | None = None,
    processes: int | None = None,
    on_progress: Callable[[int, int, Case], None] | None = None,
    cancel: threading.Event | None = None,
) -> Sensitivity:
    """Move one input at a time down and up and solve anew.

    Parameters
    ----------
    study : Study
        The plan under study.
    inputs : mapping of str to (float, float), or sequence of str, optional
        Changes of input without their operation (``"unit_cost.option=oak-baltic"``), each with two factors
        or with the same swing; by default demand and price by line, unit cost by mode and site, each
        quotation of a supplier, capacities, capex, discount rate, carbon price and yields.
    swing : float
        Share by which an input is moved, above 0 and below 1.
    detailed : bool, optional
        Whether lines and quotations are moved one by one. By default they are in portfolios of up to 12
        lines; in larger ones families, modes, sites and resources alone.
    processes, on_progress, cancel
        As in `Study.solve_all`.

    Raises
    ------
    ValueError
        If the swing is not above 0 and below 1.
    InputError
        If a named input is unknown.
    ProdmodeError
        If the study has no plan.
    """
    if not 0 < swing < 1:
        raise ValueError(f"the swing must be above 0 and below 1, not {swing}")
    instance, plan = study.instance, study.plan
    grouped = False
    if inputs is None:
        grouped = len(instance.lines) > MOST_LINES if detailed is None else not detailed
        moved = inputs_of(instance, swing, detailed=not grouped)
    else:
        moved = given_inputs(instance, inputs, swing)
    edits = [edit for part in moved for edit in (part.low, part.high)]
    changed = [apply_edits(instance, [edit]) for edit in edits]
    cases = [Case(str(edit), instance=case) for edit, case in zip(edits, changed, strict=True)]
    results = study.solve_all(cases, processes=processes, on_progress=on_progress, cancel=cancel)
    flips = [
        differences(instance, plan, result.plan) if result is not None and result.has_plan else ()
        for result in results
    ]
    held = _held(study, cases, [bool(found) for found in flips], processes, on_progress, cancel)
    sides = [
        _side(study, edit, result, found, kept)
        for edit, result, found, kept in zip(edits, results, flips, held, strict=True)
    ]
    swings = [
        Swing(part.name, part.kind, *sides[2 * number : 2 * number + 2]) for number, part in enumerate(moved)
    ]
    return Sensitivity(
        currency=instance.currency,
        value=study.value,
        swing=swing,
        grouped=grouped,
        swings=tuple(sorted(swings, key=lambda found: -found.spread)),
        solves=len(cases) + sum(kept is not None for kept in held),
        missing=sum(result is None for result in results),
    )


def _held(
    study: Study,
    cases: Sequence[Case],
    wanted: Sequence[bool],
    processes: int | None,
    on_progress: Callable[[int, int, Case], None] | None,
    cancel: threading.Event | None,
) -> list[Result | None]:
    """Solve the wanted cases with today's decisions kept; None for the others."""
    hold = Restriction(hold=Hold(study.plan))
    again = [
        Case(f"{case.name}, decisions kept", hold, case.instance)
        for case, want in zip(cases, wanted, strict=True)
        if want
    ]
    found = iter(study.solve_all(again, processes=processes, on_progress=on_progress, cancel=cancel))
    return [next(found) if want else None for want in wanted]


def _side(
    study: Study, edit: Edit, result: Result | None, flips: tuple[Difference, ...], held: Result | None
) -> Side:
    if result is None:
        return Side(str(edit), "not begun", UNKNOWN, (), UNKNOWN, None)
    scale = abs(study.value.lower or 0.0)
    if result.status.value == "infeasible":
        return Side(str(edit), "infeasible", UNKNOWN, (), UNKNOWN, False)
    change = (interval_of(result) - study.value).snapped(scale)
    if not flips:
        return Side(str(edit), result.status.value, change, flips, Interval.exact(0.0), True)
    if held is not None and held.verified:
        regret = (interval_of(result) - interval_of(held)).at_least(0.0).snapped(scale)
        return Side(str(edit), result.status.value, change, flips, regret, True)
    holds = False if held is not None and held.status.value == "infeasible" else None
    return Side(str(edit), result.status.value, change, flips, UNKNOWN, holds)
