"""The search for the value of a lever at which a decision flips: exact re-solves on both sides of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from prodmode.explain.break_even.flip import Found, Probe, state_of, tie_of, tightened
from prodmode.explain.restricted import honoured
from prodmode.explain.restriction import NOTHING
from prodmode.explain.study import Case

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from prodmode.explain.break_even.levers import Lever
    from prodmode.explain.restriction import Restriction
    from prodmode.explain.study import Study
    from prodmode.result import Result

STEPS = 12
"""Steps of Newton's method before halving takes over."""

HALVINGS = 40
"""Most halvings of an interval."""

FINE = 1e-3
"""Width of an interval, relative to today's figure, at which halving ends."""

MARGIN = 2.0
"""Distance from the flip, in units of what counts as a tie, at which it is shown on either side."""


@dataclass(slots=True)
class Seeker:
    """Looks for the flip of one decision along one lever.

    Attributes
    ----------
    study : Study
    restriction : Restriction
        Forces the option.
    lever : Lever
    newton : bool
        Whether to step along the slopes of the plans, where the lever knows them.
    """

    study: Study
    restriction: Restriction
    lever: Lever
    newton: bool = True
    solves: int = 0
    _tie: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._tie = tie_of(self.study)

    def seek(
        self, base: Probe, end: Probe | None = None
    ) -> Generator[list[Case], list[Result | None], Found]:
        """Look for the flip nearest to today's value; generator of cases, see `rounds.walk`.

        Parameters
        ----------
        base : Probe
            What is known at today's value.
        end : Probe, optional
            What is known at the far end of the range.
        """
        if self.lever.scan:
            return (yield from self._scan(base))
        return (yield from self._one_way(base, end))

    def probe(self, values: list[float]) -> Generator[list[Case], list[Result | None], list[Probe]]:
        """Solve at values of the lever; with the option being forced only where it is not used anyway."""
        texts = [str(self.lever.edit(value)) for value in values]
        instances = [self.lever.apply(self.study.instance, value) for value in values]
        free = yield [Case(text, NOTHING, instance) for text, instance in zip(texts, instances, strict=True)]
        wanted = [number for number, result in enumerate(free) if not self._used(result)]
        forced = dict(enumerate(free))
        if wanted:
            results = yield [
                Case(f"{texts[number]}, with the option", self.restriction, instances[number])
                for number in wanted
            ]
            forced |= dict(zip(wanted, results, strict=True))
        self.solves += len(values) + len(wanted)
        return [
            Probe(value, state_of(free[at], forced[at], self.restriction, self._tie), free[at], forced[at])
            for at, value in enumerate(values)
        ]

    def _used(self, result: Result | None) -> bool:
        if result is None or not result.has_plan:
            return False
        return not honoured(result.instance, result.plan, self.restriction)

    def _scan(self, base: Probe) -> Generator[list[Case], list[Result | None], Found]:
        today = self.lever.base
        found = yield from self.probe([value for value in self.lever.scan if value != today])
        probes = sorted([*found, base], key=lambda probe: probe.value)
        pairs = [
            (one, other) for one, other in pairwise(probes) if {one.state, other.state} == {"stays", "flips"}
        ]
        solved = [probe.value for probe in probes if probe.state in {"stays", "flips"}]
        scanned = (min(solved, default=today), max(solved, default=today))
        brackets = tuple((one.value, other.value) for one, other in pairs)
        unknown = any(probe.state == "unknown" for probe in probes)
        single = None if unknown else len(pairs) <= 1
        if not pairs:
            return Found(base, None, scanned, (), single, self.solves, stopped=unknown, end=None)
        nearest = min(pairs, key=lambda pair: _distance(pair, today))
        kept, flipped = sorted(nearest, key=lambda probe: probe.state == "flips")
        beside = min(
            (probe for probe in probes if probe.state == "stays" and probe is not kept),
            key=lambda probe: abs(probe.value - kept.value), default=None,
        )  # fmt: skip
        kept, flipped, stopped = yield from self._halve(kept, flipped, beside)
        return Found(kept, flipped, scanned, brackets, single, self.solves, stopped=stopped)

    def _one_way(self, base: Probe, end: Probe | None) -> Generator[list[Case], list[Result | None], Found]:
        """Step towards the far end of the range; the option gains all the way."""
        if end is None:
            (end,) = yield from self.probe([self.lever.far])
        kept, flipped = base, end if end.state == "flips" else None
        shown = False
        for _ in range(STEPS if self.newton else 0):
            root = self._root(kept, flipped)
            if root is None:
                break
            low, high = self._around(root, kept, flipped)
            known = {kept.value} if flipped is None else {kept.value, flipped.value}
            probes = yield from self.probe([value for value in (low, high) if value not in known])
            before = kept, flipped
            kept, flipped = tightened([kept, *probes, *([flipped] if flipped else [])], kept, flipped)
            shown = kept.value == low and flipped is not None and flipped.value == high
            if shown or (kept is before[0] and flipped is before[1]):
                break
        scanned = (base.value, end.value)
        if flipped is None:
            stopped = end.state == "unknown"
            single = None if stopped else True
            return Found(kept, None, scanned, (), single, self.solves, stopped=stopped, end=end)
        stopped = False
        if not shown:
            kept, flipped, stopped = yield from self._halve(kept, flipped, None)
        bracket = (min(kept.value, flipped.value), max(kept.value, flipped.value))
        single = {"flips": True, "stays": False}.get(end.state)
        return Found(kept, flipped, scanned, (bracket,), single, self.solves, stopped=stopped, end=end)

    def _root(self, kept: Probe, flipped: Probe | None) -> float | None:
        """Return where the lines through both values meet, along the slopes of their plans."""
        near = kept if flipped is None else flipped
        free, forced, at = kept.free, near.forced, near.value
        slope = self.lever.slope
        if slope is None or free is None or forced is None or not (free.has_plan and forced.has_plan):
            return None
        gain, rent = slope(forced.plan, at), slope(free.plan, kept.value)
        if free.objective is None or forced.objective is None or abs(gain - rent) < 1e-12:
            return None
        root = (free.objective - forced.objective + gain * at - rent * kept.value) / (gain - rent)
        toward = 1.0 if self.lever.far > self.lever.base else -1.0
        far = flipped.value if flipped is not None else self.lever.far
        inside = toward * (root - kept.value) >= 0 and toward * (far - root) >= 0
        return root if inside else None

    def _around(self, root: float, kept: Probe, flipped: Probe | None) -> tuple[float, float]:
        """Return short numbers on the near and the far side of a root, far enough off it to tell."""
        slope, near = self.lever.slope, kept if flipped is None else flipped
        free, forced, steep = kept.free, near.forced, 1.0
        if slope is not None and free is not None and forced is not None:
            steep = abs(slope(forced.plan, near.value) - slope(free.plan, kept.value))
        margin = MARGIN * self._tie / max(steep, 1e-12)
        size = max(abs(root) * 1e-4, margin)
        if root != self.lever.base:
            size = min(size, max(abs(root - self.lever.base) / 50, margin))
        step = 10.0 ** math.floor(math.log10(max(size, 1e-9)))
        below, above = _rounded(root - margin, step, math.floor), _rounded(root + margin, step, math.ceil)
        upward = self.lever.far > self.lever.base
        low, high = (below, above) if upward else (above, below)
        if _beyond(kept.value, low, upward=upward):
            low = kept.value
        end = self.lever.far if flipped is None else flipped.value
        if _beyond(high, end, upward=upward):
            high = end
        return low, high

    def _close(self, kept: Probe, flipped: Probe) -> bool:
        size = max(abs(self.lever.base), abs(flipped.value))
        return abs(flipped.value - kept.value) <= FINE * max(size, 1e-9)

    def _halve(
        self, kept: Probe, flipped: Probe, beside: Probe | None
    ) -> Generator[list[Case], list[Result | None], tuple[Probe, Probe, bool]]:
        """Narrow an interval, guessing along the last two values that stay wherever that may help."""
        for _ in range(HALVINGS):
            if self._close(kept, flipped):
                break
            guessed = self._guess(beside, kept, flipped)
            middle = _short((kept.value + flipped.value) / 2, abs(flipped.value - kept.value))
            probes = yield from self.probe(guessed or [middle])
            if any(probe.state not in {"stays", "flips"} for probe in probes):
                return kept, flipped, any(probe.state == "unknown" for probe in probes)
            before = kept
            kept, flipped_now = tightened([kept, *probes, flipped], kept, flipped)
            flipped = flipped_now or flipped
            # A guess that missed is followed by a halving, so that the interval shrinks in any case.
            beside = None if guessed else before if kept is not before else beside
        return kept, flipped, False

    def _guess(self, beside: Probe | None, kept: Probe, flipped: Probe) -> list[float]:
        """Return values on both sides of where the shortfall would end if it went on as it did."""
        if not self.newton or beside is None or beside.excess is None or kept.excess is None:
            return []
        fallen = beside.excess - kept.excess
        if fallen <= 0:
            return []
        root = kept.value + kept.excess * (kept.value - beside.value) / fallen
        near = 0.4 * FINE * max(abs(self.lever.base), abs(flipped.value))
        low, high = sorted((kept.value, flipped.value))
        return [
            value for value in (_short(root - near, near), _short(root + near, near)) if low < value < high
        ]


def _distance(pair: tuple[Probe, Probe], today: float) -> float:
    near = min(pair, key=lambda probe: abs(math.log(probe.value / today)))
    return abs(math.log(near.value / today))


def _beyond(value: float, other: float, *, upward: bool) -> bool:
    return value > other if upward else value < other


def _rounded(value: float, step: float, whole: Callable[[float], int]) -> float:
    return float(f"{whole(value / step) * step:.10g}")


def _short(value: float, width: float) -> float:
    """Return a short number near a value, within a hundredth of a width."""
    step = 10.0 ** math.floor(math.log10(max(width / 50, 1e-12)))
    return float(f"{round(value / step) * step:.10g}")
