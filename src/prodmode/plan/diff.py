"""Plan against plan: what differs in decisions, purchases, money, use of resources and service."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.document.readable import Readable
from prodmode.errors import InputError, Issue
from prodmode.plan.by_line import CENT
from prodmode.plan.diffing import figures, words
from prodmode.plan.diffing.amounts import ALIKE, MoneyChange, ServedChange, UnitsChange, UseChange
from prodmode.plan.diffing.choices import DecisionChange, PurchaseChange, Way
from prodmode.plan.diffing.decisions import common_periods, decision_changes, offered, purchase_changes

if TYPE_CHECKING:
    from prodmode.document.blocks import Document
    from prodmode.plan.plan import Plan

__all__ = [
    "DecisionChange",
    "MoneyChange",
    "PlanDiff",
    "PurchaseChange",
    "ServedChange",
    "UnitsChange",
    "UseChange",
    "Way",
    "diff",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDiff(Readable):
    """What differs between two plans, expected over their scenarios.

    Decisions, purchases and use of resources are compared in the periods that both plans have; money and
    units are those of the whole horizon of each.

    Attributes
    ----------
    name_before, name_after : str
        Names of the instances.
    currency : str
        ISO 4217 code of all money.
    npv_before, npv_after : float
        Net present values.
    periods_before, periods_after : tuple of str
        Periods of each plan.
    notes : tuple of str
        What makes the plans not alike: other instances, periods or scenarios. Whole sentences.
    lines_new, lines_gone : tuple of str
        Lines that only the plan after, or only that before, offers in any period.
    decisions : tuple of DecisionChange
        Runs of periods in which a line is made in another way, in the order of lines and periods.
    purchases : tuple of PurchaseChange
        Other numbers of copies bought, in the order of investments and periods.
    money : tuple of MoneyChange
        Every kind, the largest change of present value first. The changes add up to that of the net present
        value.
    fill_rate_before, fill_rate_after : float or None
        Units served over units asked for of the lines offered; None where nothing is asked for.
    units : tuple of UnitsChange
        Units made and sold in every mode.
    served : tuple of ServedChange
        Lines of which more or less is served, in their order.
    utilisation : tuple of UseChange
        Every resource and period.
    """

    name_before: str
    name_after: str
    currency: str
    npv_before: float
    npv_after: float
    periods_before: tuple[str, ...]
    periods_after: tuple[str, ...]
    notes: tuple[str, ...]
    lines_new: tuple[str, ...]
    lines_gone: tuple[str, ...]
    decisions: tuple[DecisionChange, ...]
    purchases: tuple[PurchaseChange, ...]
    money: tuple[MoneyChange, ...]
    fill_rate_before: float | None
    fill_rate_after: float | None
    units: tuple[UnitsChange, ...]
    served: tuple[ServedChange, ...]
    utilisation: tuple[UseChange, ...]

    @property
    def npv_change(self) -> float:
        """Net present value gained (or, where negative, lost)."""
        return self.npv_after - self.npv_before

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs, but for what rounding in a solver leaves."""
        gross = sum(abs(part.before) + abs(part.after) for part in self.money)
        tiny = CENT + 1e-9 * gross
        same_decisions = not (self.decisions or self.purchases or self.lines_new or self.lines_gone)
        same_money = all(
            abs(change) <= tiny for part in self.money for change in (part.change, part.undiscounted_change)
        )
        same_units = not self.served and not any(part.differs for part in self.units)
        same_use = not any(part.differs for part in self.utilisation)
        return (
            self.periods_before == self.periods_after
            and same_decisions
            and same_money
            and same_units
            and same_use
        )

    def sentences(self) -> tuple[str, ...]:
        """Return the changes of decisions, then of purchases, in words, without a full stop."""
        return (*words.decision_sentences(self), *words.purchase_sentences(self.purchases))

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as data that JSON can hold, in a stable order."""
        return {
            "instance": {"before": self.name_before, "after": self.name_after},
            "currency": self.currency,
            "npv": {"before": self.npv_before, "after": self.npv_after, "change": self.npv_change},
            "is_empty": self.is_empty,
            "periods": {"before": list(self.periods_before), "after": list(self.periods_after)},
            "notes": list(self.notes),
            "lines_new": list(self.lines_new),
            "lines_gone": list(self.lines_gone),
            "decisions": [
                change.to_dict() | {"words": told}
                for change, told in zip(self.decisions, words.decision_sentences(self), strict=True)
            ],
            "purchases": [change.to_dict() | {"words": str(change)} for change in self.purchases],
            "money": [change.to_dict() for change in self.money],
            "fill_rate": {"before": self.fill_rate_before, "after": self.fill_rate_after},
            "units": [change.to_dict() for change in self.units],
            "served": [change.to_dict() for change in self.served],
            "utilisation": [change.to_dict() for change in self.utilisation],
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the difference as tables: decisions, purchases, money, units, served, utilisation.

        In `decisions`, ``before`` and ``after`` are the options in force in words.
        """
        decisions = [
            {
                "line": change.line,
                "first_period": change.periods[0],
                "last_period": change.periods[-1],
                "before": " and ".join(way.words(with_option=True) for way in change.before),
                "after": " and ".join(way.words(with_option=True) for way in change.after),
            }
            for change in self.decisions
        ]
        columns = {
            "decisions": ["line", "first_period", "last_period", "before", "after"],
            "purchases": ["investment", "period", "before", "after", "change"],
            "served": ["line", "before", "after", "change", "fill_rate_before", "fill_rate_after"],
        }
        rows: dict[str, list[dict[str, Any]]] = {"decisions": decisions}
        for name in ("purchases", "money", "units", "served", "utilisation"):
            rows[name] = [change.to_dict() for change in getattr(self, name)]
        return {name: pd.DataFrame(part, columns=columns.get(name)) for name, part in rows.items()}

    def document(self) -> Document:
        """Return the difference as a document."""
        return words.document(self)


def diff(before: Plan, after: Plan) -> PlanDiff:
    """Return what differs between two plans.

    Parameters
    ----------
    before, after : Plan
        Plans of one instance or of two, made here or read from files.

    Raises
    ------
    InputError
        If the plans are in different currencies, or the figures of one do not add up.
    """
    if before.currency != after.currency:
        told = f"'{before.name}' is in {before.currency}, '{after.name}' in {after.currency}"
        raise InputError(
            [
                Issue(
                    f"plans in different currencies cannot be compared: {told}.",
                    hint="State the money of both instances in one currency and solve again.",
                    code="different-currencies",
                )
            ]
        )
    for plan in (before, after):
        figures.check(plan)
    old, new = offered(before), offered(after)
    return PlanDiff(
        name_before=before.name,
        name_after=after.name,
        currency=before.currency,
        npv_before=before.npv,
        npv_after=after.npv,
        periods_before=tuple(before.periods),
        periods_after=tuple(after.periods),
        notes=tuple(_notes(before, after)),
        lines_new=_only(new, old),
        lines_gone=_only(old, new),
        decisions=decision_changes(before, after),
        purchases=purchase_changes(before, after),
        money=figures.money_changes(before, after),
        fill_rate_before=figures.fill_rate(before),
        fill_rate_after=figures.fill_rate(after),
        units=figures.units_changes(before, after),
        served=figures.served_changes(before, after),
        utilisation=figures.use_changes(before, after),
    )


def _only(labels: list[str], others: list[str]) -> tuple[str, ...]:
    known = set(others)
    return tuple(label for label in labels if label not in known)


def _notes(before: Plan, after: Plan) -> list[str]:
    notes = []
    if before.name != after.name:
        notes.append(f"The plan before is of '{before.name}', that after of '{after.name}'.")
    shared = common_periods(before, after)
    for plan, which in ((before, "before"), (after, "after")):
        own = [period for period in plan.periods if period not in shared]
        if own:
            flow = plan.cash_flow
            value = flow.loc[flow["period"].isin(own), "present_value"].sum()
            notes.append(
                f"Only the plan {which} covers {', '.join(own)}: its decisions there are not compared, but "
                f"their money, {value:,.2f} {plan.currency} of present value, is in the net present value."
            )
    if not _same_scenarios(before, after):
        told = [
            ", ".join(f"{name} ({share:.3g})" for name, share in plan.scenarios.items())
            for plan in (before, after)
        ]
        notes.append(f"Expectations are over other scenarios: before {told[0]}; after {told[1]}.")
    return notes


def _same_scenarios(before: Plan, after: Plan) -> bool:
    old, new = before.scenarios, after.scenarios
    return set(old) == set(new) and all(math.isclose(old[name], new[name], rel_tol=ALIKE) for name in old)
