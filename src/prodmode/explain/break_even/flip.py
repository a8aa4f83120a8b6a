"""What is found of a decision at values of a lever, and where it flips between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from prodmode.explain.interval import EXACT, UNKNOWN, interval_of
from prodmode.explain.restricted import honoured

if TYPE_CHECKING:
    from prodmode.explain.restriction import Restriction
    from prodmode.explain.study import Study
    from prodmode.result import Result

State = Literal["stays", "flips", "unknown", "no plan"]


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found at a value of a lever.

    Attributes
    ----------
    value : float
    state : {"stays", "flips", "unknown", "no plan"}
        "stays": proven that every plan with the option throughout is worse than the best plan; "flips": the
        best plan with the option throughout is as good as any; "no plan": nothing is feasible.
    free, forced : Result or None
        The best plan, and the best one with the option.
    """

    value: float
    state: State
    free: Result | None
    forced: Result | None

    @property
    def excess(self) -> float | None:
        """How far the best plan with the option falls short, None where there is none."""
        if self.free is None or self.forced is None:
            return None
        free, forced = self.free.objective, self.forced.objective
        return None if free is None or forced is None else free - forced


@dataclass(frozen=True, slots=True)
class Found:
    """Where a decision flips along a lever.

    Attributes
    ----------
    kept : Probe or None
        The last value at which it is proven not to flip.
    flipped : Probe or None
        The first value at which it flips; None where it does not in the range.
    scanned : tuple of float
        The range looked at.
    brackets : tuple of (float, float)
        Pairs of neighbouring values that were looked at first with the flip between them; more than one where
        it flips there and back.
    single : bool or None
        Whether it flips once over the range as far as it was looked at; None where it is unknown.
    solves : int
    stopped : bool
        Whether a limit of time ended the search.
    end : Probe or None
        What was found at the end of the range.
    """

    kept: Probe | None
    flipped: Probe | None
    scanned: tuple[float, float]
    brackets: tuple[tuple[float, float], ...]
    single: bool | None
    solves: int
    stopped: bool = False
    end: Probe | None = None

    @property
    def last(self) -> Probe | None:
        """The probe just before the flip, or at the end of the range where there is none."""
        return self.kept if self.flipped is not None or self.end is None else self.end


def tie_of(study: Study) -> float:
    """Return the money below which two plans of a study are as good as each other."""
    return EXACT * max(1.0, abs(study.value.lower or 0.0))


def state_of(free: Result | None, forced: Result | None, restriction: Restriction, tie: float) -> State:
    """Tell whether a decision flips from what was solved.

    Parameters
    ----------
    free, forced : Result or None
        The best plan, and the best with the option; None where a case was not begun.
    restriction : Restriction
        Forces the option.
    tie : float
        Money below which two plans are as good as each other.
    """
    if free is not None and free.status.value == "infeasible":
        return "no plan"
    best = UNKNOWN if free is None else interval_of(free)
    if free is None or forced is None or best.lower is None:
        return "unknown"
    other = interval_of(forced)
    reached = other.lower is not None and other.lower >= best.lower - tie
    if reached or not honoured(free.instance, free.plan, restriction):
        return "flips"
    missed = other.upper is not None and other.upper < best.lower - tie
    return "stays" if missed or forced.status.value == "infeasible" else "unknown"


def tightened(probes: list[Probe], kept: Probe, flipped: Probe | None) -> tuple[Probe, Probe | None]:
    """Return the first value that flips and the last before it that stays."""
    start = kept.value
    order = sorted(probes, key=lambda probe: abs(probe.value - start))
    first = next((probe for probe in order if probe.state == "flips"), flipped)
    for probe in order:
        if probe.state == "stays" and (first is None or abs(probe.value - start) < abs(first.value - start)):
            kept = probe
    return kept, first
