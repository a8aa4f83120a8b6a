"""Who is right where backends disagree: the referee and the other answers decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodmode.backends.contract import DEFAULT_GAP, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodmode.comparison.entry import Entry

TOLERANCE = 1e-6
"""Relative difference between two answers that rounding explains."""

ROUNDING = 1e-9
"""Relative difference of two plans that are worth the same."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the verified answers prove together.

    Attributes
    ----------
    best : float or None
        Profit of the best verified plan.
    by : str or None
        Backend that found it.
    """

    best: float | None
    by: str | None


def known(entries: Sequence[Entry]) -> Known:
    """Return the best verified plan among entries; of plans that rounding alone sets apart, the first."""
    verified = [
        (entry.objective, entry.backend)
        for entry in entries
        if entry.verified and entry.objective is not None
    ]
    if not verified:
        return Known(None, None)
    best = max(objective for objective, _ in verified)
    least = best - ROUNDING * max(1.0, abs(best))
    first = next(backend for objective, backend in verified if objective >= least)
    return Known(best, first)


def verdict(entry: Entry, facts: Known, currency: str) -> str:
    """Return in words what an answer is worth beside what is known.

    Parameters
    ----------
    entry : Entry
        The answer of a backend.
    facts : Known
        What the verified answers prove.
    currency : str
        Currency of the amounts.

    Returns
    -------
    str
        "proved", "verified, not proved", "no plan", "says infeasible", or what is wrong.
    """
    if entry.ending != "answered":
        return f"{entry.ending}: {entry.message}"
    false = _false_claim(entry, facts, currency)
    if false is not None:
        return false
    if entry.objective is not None and not entry.verified:
        return f"its plan breaks rules: {entry.message}"
    if entry.status is Status.ERROR:
        return f"failed: {entry.message}" if entry.message else "failed"
    if entry.objective is None:
        return "says infeasible" if entry.status is Status.INFEASIBLE else "no plan"
    return "proved" if _proved(entry) else "verified, not proved"


def _proved(entry: Entry) -> bool:
    """Return whether the bound is as near as the status says; the plan counts as the referee values it."""
    if entry.gap is None:
        return False
    return entry.status is Status.GAP_REACHED or (
        entry.status is Status.OPTIMAL and entry.gap <= DEFAULT_GAP + TOLERANCE
    )


def _false_claim(entry: Entry, facts: Known, currency: str) -> str | None:
    best = facts.best
    if best is None:
        return None
    slack = TOLERANCE * max(1.0, abs(best))
    there = f"{facts.by} has a verified plan of {best:,.2f} {currency}"
    if entry.status in (Status.INFEASIBLE, Status.UNBOUNDED):
        return f"false: it says {entry.status.value}, but {there}"
    beaten = entry.bound is not None and entry.bound < best - slack
    claimed = entry.objective if entry.status is Status.OPTIMAL else None
    # Within the default gap of the best a plan may be called optimal, where the bound allows for the best.
    margin = slack if beaten else max(slack, DEFAULT_GAP * abs(best))
    if claimed is not None and claimed < best - margin:
        return f"false: it says {claimed:,.2f} optimal, but {there}"
    return f"false: it says that no plan can beat {entry.bound:,.2f}, but {there}" if beaten else None


def disagreements(entries: Sequence[Entry], facts: Known, currency: str) -> tuple[str, ...]:
    """Return a sentence for every claim that is false, in the order of the entries."""
    found = []
    for entry in entries:
        words = verdict(entry, facts, currency)
        if words.startswith("false: it says "):
            found.append(f"{entry.backend} says {words.removeprefix('false: it says ')}.")
    return tuple(dict.fromkeys(found))
