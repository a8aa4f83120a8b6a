"""What if: input changed, options forbidden or forced, and the best plan then beside the one in hand."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodmode.errors import InputError, Issue
from prodmode.explain.answer import Answer
from prodmode.explain.changes import apply_edits
from prodmode.explain.changes.parse import read_edits
from prodmode.explain.infeasible import diagnose
from prodmode.explain.interval import UNKNOWN, Interval, interval_of
from prodmode.explain.restriction import as_text
from prodmode.explain.study import GAP, Case, Study
from prodmode.explain.what_if.culprits import Asked, culprits
from prodmode.explain.what_if.standard import standard_edits
from prodmode.explain.what_if.words import what_if_document
from prodmode.plan.diff import diff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

    from prodmode.backends.contract import Progress
    from prodmode.document.blocks import Document
    from prodmode.explain.changes import Edit
    from prodmode.explain.infeasible import Diagnosis
    from prodmode.instance.instance import Instance
    from prodmode.plan.diff import PlanDiff
    from prodmode.result import Result

DIAGNOSIS_SECONDS = 30.0
"""Most seconds for finding out why changed input has no plan, where no limit is given."""


@dataclass(frozen=True)
class WhatIf(Answer):
    """The best plan under changes, beside the plan under study.

    Attributes
    ----------
    edits : tuple of str
        Changes of input, as `parse_edit` reads them.
    restrictions : tuple of str
        What is forbidden and forced, as on the command line.
    questions : tuple of str
        Standard questions that some of the changes stand for.
    before, after : Result
        What solving came to without and with the changes.
    npv_before, npv_after : Interval
        The best net present values; unknown where there is no plan.
    change : Interval
        What the changes are worth (negative: what they cost), between proven limits.
    difference : PlanDiff or None
        What differs between the two plans; None without a plan.
    conflict : tuple of str
        Without any plan: changes that exclude each other or the rules.
    conflict_minimal : bool
        Whether none of these is dispensable, proved by solving without each.
    reason : Diagnosis or None
        Without any plan: why the changed input has none, where it is not for what is forbidden or forced.
    """

    edits: tuple[str, ...]
    restrictions: tuple[str, ...]
    questions: tuple[str, ...]
    before: Result
    after: Result
    npv_before: Interval
    npv_after: Interval
    change: Interval
    difference: PlanDiff | None
    conflict: tuple[str, ...] = ()
    conflict_minimal: bool = False
    reason: Diagnosis | None = None

    @property
    def currency(self) -> str:
        """ISO 4217 code of all money."""
        return self.before.instance.currency

    @property
    def asked(self) -> tuple[str, ...]:
        """Everything that is changed, forbidden and forced."""
        return (*self.edits, *self.restrictions)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as data that JSON can hold."""
        return {
            "question": "what-if",
            "instance": self.before.instance.name,
            "questions": list(self.questions),
            "edits": list(self.edits),
            "restrictions": list(self.restrictions),
            "currency": self.currency,
            "status": self.after.status.value,
            "has_plan": self.after.has_plan,
            "verified": self.after.verified,
            "npv": {
                "before": self.npv_before.to_dict(),
                "after": self.npv_after.to_dict(),
                "change": self.change.to_dict(),
                "told_apart": self.change.sign != 0,
            },
            "conflict": list(self.conflict),
            "conflict_minimal": self.conflict_minimal,
            "reason": self.reason.to_dict() if self.reason else None,
            "diff": self.difference.to_dict() if self.difference else None,
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables of the difference between the plans; none without a plan."""
        return self.difference.tables() if self.difference else {}

    def document(self) -> Document:
        """Return the answer as a document."""
        return what_if_document(self)


def what_if(
    subject: Study | Result,
    *,
    set: Iterable[str | Edit] = (),  # noqa: A002 (the word of the command line)
    forbid: Iterable[str] = (),
    force: Iterable[str] = (),
    questions: Iterable[str] = (),
    backend: str = "auto",
    time_limit: float | None = None,
    gap: float = GAP,
    threads: int | None = None,
    seed: int | None = None,
    cancel: threading.Event | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> WhatIf:
    """Find the best plan under changes, and what is then different.

    Parameters
    ----------
    subject : Study or Result
        The plan in hand. A study brings its own solver settings.
    set : iterable of str or Edit
        Changes of input, applied in order: ``demand.line=oak-table *1.2``; see `parse_edit`.
    forbid, force : iterable of str
        Options (``line=oak-table mode=outsourced``) or investments (``investment=press-2 period=2027``) that
        must not, or must, be used; see `parse_restriction`.
    questions : iterable of str
        Standard questions, whose changes come before those of `set`: ``demand-drop=chairs:0.3``.
    backend, time_limit, gap, threads, seed
        As in `prodmode.solve`, for a Result.
    cancel : threading.Event, optional
        Ends the run once set; the best plan so far is kept.
    on_progress : callable, optional
        Called with a `Progress` now and then.

    Raises
    ------
    InputError
        If anything in the changes is wrong; it lists every fault.
    ProdmodeError
        If the subject has no plan.
    """
    study = subject if isinstance(subject, Study) else Study(subject, backend, time_limit, gap, threads, seed)
    plan = study.plan
    cancel = cancel or threading.Event()  # one word to stop for all that follows
    named = tuple(questions)
    asked, instance = read_asked(study.instance, set=set, forbid=forbid, force=force, questions=named)
    restriction = asked.restriction(instance)
    changed = None if not asked.edits else instance
    result = study.solve(Case("what if", restriction, changed), cancel=cancel, on_progress=on_progress)
    restricted = changed is None
    found: tuple[str, ...] = ()
    minimal, reason = False, None
    if result.status.value == "infeasible":
        found, minimal = culprits(study, asked, cancel=cancel)
        if not cancel.is_set() and _texts(asked).issuperset(found):
            seconds = DIAGNOSIS_SECONDS if study.time_limit is None else study.time_limit
            reason = diagnose(instance, time_limit=seconds, backend=study.backend, cancel=cancel)
    known = result.has_plan or result.status.value != "infeasible"
    return WhatIf(
        edits=tuple(str(edit) for edit in asked.edits),
        restrictions=as_text(restriction),
        questions=named,
        before=study.result,
        after=result,
        npv_before=study.value,
        npv_after=interval_of(result) if known else UNKNOWN,
        change=-study.loss(result, restricted=restricted) if known else UNKNOWN,
        difference=diff(plan, result.plan) if result.verified else None,
        conflict=found,
        conflict_minimal=minimal,
        reason=reason,
    )


def _texts(asked: Asked) -> frozenset[str]:
    """Return the changes of input as text."""
    return frozenset(str(edit) for edit in asked.edits)


def read_asked(
    instance: Instance,
    *,
    set: Iterable[str | Edit] = (),  # noqa: A002
    forbid: Iterable[str] = (),
    force: Iterable[str] = (),
    questions: Iterable[str] = (),
) -> tuple[Asked, Instance]:
    """Read what is asked, and the instance with its changes.

    Raises
    ------
    InputError
        With every fault of every text, or those of the changed instance.
    """
    faults: list[Issue] = []
    edits: list[Edit] = []
    for question in questions:
        try:
            edits += standard_edits(instance, question)
        except InputError as error:
            faults += error.issues
    own, wrong = read_edits(set)
    faults += wrong
    asked = Asked((*edits, *own), tuple(forbid), tuple(force))
    changed = instance
    try:
        changed = apply_edits(instance, asked.edits)
    except InputError as error:
        faults += error.issues
    if not faults or not any(edit.op == "add" for edit in asked.edits):
        # with a fault in the changes, names that they would have added are no faults
        try:
            asked.restriction(changed)
        except InputError as error:
            faults += error.issues
    if not faults and not (asked.edits or asked.forbid or asked.force):
        hint = (
            "Change, forbid or force something, such as --set 'demand *1.1', or ask a standard question;"
            " 'prodmode what-if --list' lists them."
        )
        faults.append(Issue("nothing is asked.", hint=hint, code="nothing-asked"))
    if changed.currency != instance.currency:
        told = f"the currency changes from {instance.currency} to {changed.currency}"
        hint = "Leave it as it is: money in two currencies cannot be compared."
        faults.append(Issue(f"{told}.", "settings", hint=hint, code="different-currencies"))
    if faults:
        raise InputError(faults)
    return asked, changed
