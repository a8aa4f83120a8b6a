"""What the failure of each supplier costs: with the decisions of the plan, and decided anew."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.errors import InputError, Issue
from prodmode.explain.answer import Answer
from prodmode.explain.changes import apply_edits
from prodmode.explain.interval import UNKNOWN, Interval
from prodmode.explain.restriction import NOTHING, Hold, Restriction
from prodmode.explain.study import Case
from prodmode.explain.suppliers.failure import failing, suppliers_of, without_fill_rates
from prodmode.explain.suppliers.outcomes import Outcome, no_worse, outcome_of
from prodmode.explain.suppliers.words import suppliers_document
from prodmode.instance.faults import listing, show, suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from prodmode.document.blocks import Document
    from prodmode.explain.study import Study
    from prodmode.explain.suppliers.failure import Supplier


@dataclass(frozen=True, slots=True)
class SupplierFailure:
    """One supplier's failure.

    Attributes
    ----------
    supplier : Supplier
    lines : tuple of str
        Lines that the plan has made by it from the failure on.
    made : float
        Units that it makes in the plan from the failure on, expected.
    edits : tuple of str
        The changes that stand for the failure.
    held : Outcome
        Options and investments stay as in the plan; quantities are free.
    replanned : Outcome
        Everything from the failure on is decided anew.
    reacting : Interval
        What deciding anew is worth.
    """

    supplier: Supplier
    lines: tuple[str, ...]
    made: float
    edits: tuple[str, ...]
    held: Outcome
    replanned: Outcome
    reacting: Interval

    def to_dict(self) -> dict[str, Any]:
        """Return the failure as data."""
        return {
            "name": self.supplier.name,
            "kind": self.supplier.kind,
            "title": self.supplier.title,
            "lines": list(self.lines),
            "made": self.made,
            "held": self.held.to_dict(),
            "replanned": self.replanned.to_dict(),
            "value_of_reacting": self.reacting.to_dict(),
            "edits": list(self.edits),
        }


@dataclass(frozen=True)
class Suppliers(Answer):
    """What the failure of each supplier costs, the dearest first.

    Attributes
    ----------
    currency : str
    period : str
        The first period without the supplier.
    npv : Interval
        The best net present value while all deliver.
    failures : tuple of SupplierFailure
    """

    currency: str
    period: str
    npv: Interval
    failures: tuple[SupplierFailure, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as data that JSON can hold."""
        return {
            "question": "suppliers",
            "currency": self.currency,
            "period": self.period,
            "npv": self.npv.to_dict(),
            "failures": [failure.to_dict() for failure in self.failures],
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row per supplier."""
        return {"suppliers": pd.DataFrame([_row(failure) for failure in self.failures])}

    def document(self) -> Document:
        """Return the answer as a document."""
        return suppliers_document(self)


def suppliers(
    study: Study,
    *,
    names: Iterable[str] = (),
    period: str | None = None,
    cancel: threading.Event | None = None,
    on_progress: Callable[[int, int, Case], None] | None = None,
) -> Suppliers:
    """Find out what the failure of each supplier costs, and what reacting to it is worth.

    Parameters
    ----------
    study : Study
        A plan and its instance.
    names : iterable of str, optional
        Suppliers (sites, or outsourced options that name no site); all by default.
    period : str, optional
        The first period in which they make nothing; by default the first of all.
    cancel : threading.Event, optional
        Ends it once set; what is not done then is said to be unknown.
    on_progress : callable, optional
        Called with the cases done, the number of all and the case just done.

    Raises
    ------
    InputError
        If a name or the period is unknown.
    """
    period = study.instance.periods[0] if period is None else period
    cancel = cancel or threading.Event()  # one word to stop for both rounds
    chosen = _chosen(study, list(names), period)
    used = [supplier for supplier in chosen if _made(study, supplier, period)[1]]
    found = dict(zip(used, _outcomes(study, used, period, cancel, on_progress), strict=True))
    calm = Outcome("optimal", True, study.value, Interval.exact(0.0), 0.0, 0, ())
    failures = [_failure(study, supplier, period, found.get(supplier, (calm, calm))) for supplier in chosen]
    return Suppliers(study.instance.currency, period, study.value, tuple(sorted(failures, key=_rank)))


def _chosen(study: Study, names: list[str], period: str) -> list[Supplier]:
    instance = study.instance
    known = {supplier.name: supplier for supplier in suppliers_of(instance)}
    labels = list(known)
    issues = [
        Issue(
            f"there is no supplier {show(name)}.",
            hint=suggest(name, labels) or (f"There are: {listing(labels, 12)}." if labels else None),
            code="unknown-supplier",
        )
        for name in names
        if name not in known
    ]
    if period not in instance.periods:
        hint = suggest(period, instance.periods) or f"The periods are {listing(instance.periods)}."
        issues.append(Issue(f"there is no period {show(period)}.", hint=hint, code="unknown-period"))
    if issues:
        raise InputError(issues)
    return [known[name] for name in dict.fromkeys(names or labels)]


def _made(study: Study, supplier: Supplier, period: str) -> tuple[float, tuple[str, ...]]:
    """Return what the plan has made by a supplier from a period on, and the lines that it is for."""
    instance, production = study.instance, study.plan.production
    options = instance.options["option"][supplier.options(instance)]
    later = instance.periods[instance.periods.index(period) :]
    rows = production[production["option"].isin(options) & production["period"].isin(later)]
    rows = rows[rows["made"] > 0]
    share = rows["scenario"].map(dict(study.plan.scenarios)).to_numpy(dtype=np.float64)
    lines = set(rows["line"])
    return float(share @ rows["made"].to_numpy()), tuple(
        line for line in instance.lines["line"] if line in lines
    )


def _outcomes(
    study: Study,
    chosen: Sequence[Supplier],
    period: str,
    cancel: threading.Event | None,
    on_progress: Callable[[int, int, Case], None] | None,
) -> list[tuple[Outcome, Outcome]]:
    """Return what becomes of the plan for each supplier: with its decisions held, and decided anew."""
    instance, plan = study.instance, study.plan
    first = instance.periods.index(period)
    anew = Restriction(hold=Hold(plan, until=instance.periods[first - 1])) if first else NOTHING
    cases = []
    for supplier in chosen:
        without = apply_edits(instance, failing(instance, supplier, period))
        cases += [
            Case(f"without '{supplier.name}', decisions held", Restriction(hold=Hold(plan)), without),
            Case(f"without '{supplier.name}', decided anew", anew, without),
        ]
    results = study.solve_all(cases, cancel=cancel, on_progress=on_progress)
    again = [
        number
        for number, result in enumerate(results)
        if result is not None
        and result.status.value == "infeasible"
        and without_fill_rates(instance, chosen[number // 2])
    ]
    dropped = [
        replace(case, name=f"{case.name}, fill rates given up", instance=apply_edits(
            case.instance or instance, without_fill_rates(instance, chosen[number // 2])
        ))
        for number, case in ((number, cases[number]) for number in again)
    ]  # fmt: skip
    kept = [True] * len(cases)
    for number, result in zip(
        again, study.solve_all(dropped, cancel=cancel, on_progress=on_progress), strict=True
    ):
        results[number], kept[number] = result, False
    found = [outcome_of(study, result, first, kept=flag) for result, flag in zip(results, kept, strict=True)]
    return list(zip(found[::2], found[1::2], strict=True))


def _failure(
    study: Study, supplier: Supplier, period: str, outcomes: tuple[Outcome, Outcome]
) -> SupplierFailure:
    held, replanned = outcomes
    replanned = no_worse(replanned, held)
    reacting = replanned.npv - held.npv if held.has_plan and replanned.has_plan else UNKNOWN
    if held.fill_rates_kept == replanned.fill_rates_kept and reacting != UNKNOWN:
        reacting = reacting.at_least(0.0)
    made, lines = _made(study, supplier, period)
    return SupplierFailure(
        supplier=supplier,
        lines=lines,
        made=made,
        edits=tuple(str(edit) for edit in failing(study.instance, supplier, period)),
        held=held,
        replanned=replanned,
        reacting=reacting.snapped(study.value.lower or 0.0),
    )


def _rank(failure: SupplierFailure) -> tuple[bool, float, float]:
    def most(interval: Interval) -> float:
        return -(interval.lower if interval.lower is not None else interval.upper or 0.0)

    return failure.replanned.status != "infeasible", most(failure.replanned.loss), most(failure.held.loss)


def _row(failure: SupplierFailure) -> dict[str, Any]:
    cells: dict[str, Any] = {"supplier": failure.supplier.name, "lines": ", ".join(failure.lines)}
    for name, outcome in (("held", failure.held), ("replanned", failure.replanned)):
        cells |= {
            f"{name}_status": outcome.status,
            f"{name}_loss_lower": outcome.loss.lower,
            f"{name}_loss_upper": outcome.loss.upper,
            f"{name}_unserved": outcome.unserved,
            f"{name}_back_after": outcome.back_after,
        }
    return cells | {"reacting_lower": failure.reacting.lower, "reacting_upper": failure.reacting.upper}
