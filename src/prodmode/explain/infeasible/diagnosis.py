"""Why an instance has no plan, in layers, the cheapest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from prodmode.backends import registry
from prodmode.backends.choice import choose
from prodmode.backends.contract import Options
from prodmode.document.page import count
from prodmode.explain.answer import Answer
from prodmode.explain.infeasible.conflict import find_conflict
from prodmode.explain.infeasible.loosened import loosen
from prodmode.explain.infeasible.probe import Clock, Prober, refuse_unable
from prodmode.explain.infeasible.reasons import find_reasons
from prodmode.explain.infeasible.repair import cheapest_first, find_repairs
from prodmode.explain.infeasible.text import document_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from prodmode.document.blocks import Document
    from prodmode.explain.infeasible.conflict import Conflict
    from prodmode.explain.infeasible.probe import Step
    from prodmode.explain.infeasible.reasons import Reason
    from prodmode.explain.infeasible.repair import Repair
    from prodmode.instance.instance import Instance

Depth = Literal["reasons", "conflict", "repair"]

DEPTHS: tuple[Depth, ...] = ("reasons", "conflict", "repair")
"""How far a diagnosis may go; each includes those before it."""

CONFLICT_SHARE = 0.5
"""Share of the time that a conflict may take where a repair is asked for as well."""


@dataclass(frozen=True)
class Diagnosis(Answer):
    """Why an instance has no plan, and what would make one possible.

    Attributes
    ----------
    name, currency : str
        Of the instance.
    feasible : bool or None
        Whether there is a plan; None where that was not found out.
    reasons : tuple of Reason
        What arithmetic alone proves; empty also for many an infeasible instance.
    conflict : Conflict or None
        Rules that cannot hold together.
    repair : Repair or None
        The cheapest changes that make a plan possible.
    alternatives : tuple of Repair
        Other changes, of none of the kinds of rules that the repairs before them move.
    depth : str
        How far it was to go: "reasons", "conflict" or "repair".
    seconds : float
        What it took.
    complete : bool
        Whether everything asked for was answered, and the conflict proved minimal, within the time.
    """

    name: str
    currency: str
    feasible: bool | None
    reasons: tuple[Reason, ...]
    conflict: Conflict | None
    repair: Repair | None
    alternatives: tuple[Repair, ...]
    depth: Depth
    seconds: float
    complete: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the diagnosis as data that JSON can hold."""
        return {
            "instance": self.name,
            "currency": self.currency,
            "feasible": self.feasible,
            "reasons": [reason.to_dict() for reason in self.reasons],
            "conflict": None if self.conflict is None else self.conflict.to_dict(),
            "repair": None if self.repair is None else self.repair.to_dict(),
            "alternatives": [repair.to_dict() for repair in self.alternatives],
            "depth": self.depth,
            "seconds": self.seconds,
            "complete": self.complete,
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return ``reasons``, ``conflict`` and ``repairs``; the repair is number 1 of these."""
        repairs = [repair for repair in (self.repair, *self.alternatives) if repair is not None]
        moves = [
            {"repair": number} | move.to_dict()
            for number, repair in enumerate(repairs, 1)
            for move in repair.moves
        ]
        members = self.conflict.members if self.conflict else ()
        return {
            "reasons": pd.DataFrame(
                [reason.to_dict() for reason in self.reasons],
                columns=["kind", "name", "periods", "needed", "possible", "sentence"],
            ),
            "conflict": pd.DataFrame(
                [member.to_dict() for member in members],
                columns=["kind", "name", "period", "side", "figure", "sentence", "needed", "periods"],
            ),
            "repairs": pd.DataFrame(moves, columns=["repair", "edit", "sentence", "percent", "money"]),
        }

    def document(self) -> Document:
        """Return the diagnosis as a document."""
        return document_of(self)


def diagnose(
    instance: Instance,
    *,
    time_limit: float | None = None,
    backend: str = registry.AUTO,
    depth: Depth = "repair",
    on_progress: Callable[[Step], None] | None = None,
    cancel: threading.Event | None = None,
) -> Diagnosis:
    """Find out why an instance has no plan.

    Three layers, each asked only as far as `depth` says:

    1. reasons, by arithmetic on single rows and without a solver;
    2. the conflict, a minimal set of rules that cannot hold together, found by halving (Junker 2004) from the
       certificate of the linear relaxation or from what the smallest stretch moves, and proved minimal by
       solving without each of its rules in turn;
    3. repairs, the smallest changes of figures in percent that make a plan possible (an elastic program, see
       Chinneck 2008, "Feasibility and infeasibility in optimization"), rounded outward, applied, and solved.

    Parameters
    ----------
    instance : Instance
        The portfolio.
    time_limit : float, optional
        Most seconds in all. What is found by then is told, with how far it got.
    backend : str, default "auto"
        A backend that takes integers and proves bounds.
    depth : {"repair", "conflict", "reasons"}
        How far to go.
    on_progress : callable, optional
        Called with a `Step` now and then.
    cancel : threading.Event, optional
        Ends it once set; what is found by then is told.

    Returns
    -------
    Diagnosis
        A feasible instance says so.

    Raises
    ------
    ValueError
        If `depth` is none of the three, or `time_limit` is negative.
    BackendError
        If the backend is unknown, cannot run here, or cannot prove that a program is infeasible.

    Examples
    --------
    >>> from prodmode import Demand, Instance, Line, Option, Settings
    >>> instance = Instance.from_records(
    ...     Settings(name="workshop", periods=["Q1"]),
    ...     [
    ...         Line(line="stool", price=40, min_fill_rate=0.9),
    ...         Demand(line="stool", period="Q1", units=100),
    ...         Option(option="stool-bought", line="stool", mode="outsourced", max_units=72),
    ...     ],
    ... )
    >>> diagnosis = diagnose(instance)
    >>> [rule.kind for rule in diagnosis.conflict.rules]
    ['fill_rate', 'required', 'max_units']
    >>> [str(edit) for edit in diagnosis.repair.edits], round(diagnosis.repair.cost, 6)
    (['lines.line=stool min_fill_rate =0.72'], 20.0)
    """
    if depth not in DEPTHS:
        raise ValueError(f"depth is '{depth}'; it must be one of {', '.join(DEPTHS)}")
    if time_limit is not None and not time_limit >= 0:
        raise ValueError(f"time_limit is {time_limit}; it must be a number of seconds, 0 or more")
    refuse_unable(backend)
    clock = Clock(time_limit, cancel, on_progress)
    reasons = find_reasons(instance)
    clock.tell("reasons", f"{count(len(reasons), 'reason')} by arithmetic")
    if depth == "reasons":
        feasible = False if reasons else None
        return _diagnosis(instance, clock, depth, feasible, reasons, complete=True)
    loosened = loosen(instance)
    if backend == registry.AUTO:
        backend = choose(loosened.mip, Options(time_limit)).backend
    prober = Prober(loosened, backend, clock)
    feasible = prober.can_hold(loosened.all, share=1.0)
    if feasible is None and reasons:
        feasible = False
    if feasible is not False:
        return _diagnosis(instance, clock, depth, feasible, reasons, complete=feasible is not None)
    clock.tell("feasibility", "there is no plan")
    if depth == "repair":
        prober.clock = clock.part(CONFLICT_SHARE)
    conflict = find_conflict(prober) if prober.known(loosened.all) is False else None
    near = [loosened.rules.index(rule) for rule in conflict.rules] if conflict else []
    repairs = cheapest_first(find_repairs(loosened, backend, clock, near)) if depth == "repair" else ()
    complete = conflict is not None and conflict.proved_minimal
    if depth == "repair":
        complete &= bool(repairs) and repairs[0].smallest
    return _diagnosis(
        instance, clock, depth, feasible, reasons, complete=complete, conflict=conflict, repairs=repairs
    )


def short_text(instance: Instance) -> str:
    """Return in a few sentences why an instance has no plan, as far as arithmetic alone can tell.

    Parameters
    ----------
    instance : Instance
        An instance that was proved infeasible.

    Returns
    -------
    str
        The reasons, or where to ask.
    """
    told = [reason.sentence for reason in find_reasons(instance)[:MOST_TOLD]]
    pointer = "'prodmode explain' tells which rules cannot hold together and the cheapest way out."
    if not told:
        return f"No plan keeps all rules, and no single rule is to blame: {pointer}"
    return "\n".join([*told, f"{pointer[:1].upper()}{pointer[1:]}"])


MOST_TOLD = 3
"""Reasons that the short text tells."""


def _diagnosis(
    instance: Instance,
    clock: Clock,
    depth: Depth,
    feasible: bool | None,
    reasons: tuple[Reason, ...],
    *,
    complete: bool,
    conflict: Conflict | None = None,
    repairs: tuple[Repair, ...] = (),
) -> Diagnosis:
    return Diagnosis(
        instance.name, instance.currency, feasible, reasons, conflict,
        repairs[0] if repairs else None, repairs[1:], depth, clock.seconds, complete,
    )  # fmt: skip
