"""The plan of today: every line that has a current option stays with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodmode.explain.changes import Edit, apply_edits
from prodmode.explain.infeasible import diagnose
from prodmode.explain.interval import UNKNOWN, Interval, interval_of
from prodmode.explain.restriction import Restriction
from prodmode.explain.selector import Selector
from prodmode.explain.study import Case
from prodmode.instance.windows import available

if TYPE_CHECKING:
    from prodmode.explain.study import Study
    from prodmode.instance.instance import Instance

REASON_SECONDS = 30.0
"""Most seconds to look for the reason why today's options cannot go on."""

MOST_FORCED = 2000
"""Lines beyond which today's plan is not worked out: it takes a program of its own size."""


@dataclass(frozen=True, slots=True)
class Today:
    """What keeping today's options is worth beside the plan.

    Attributes
    ----------
    status : str
        Why the run for it stopped; "none" where no line has a current option, "unasked" where there are too
        many lines to ask.
    lines : int
        Lines kept at their current option.
    free : tuple of str
        Lines whose current option cannot be used any more and which are decided anew.
    npv : Interval
        The best net present value with today's options.
    gain : Interval
        What the plan earns more.
    reason : str
        Why today's options cannot go on, where they cannot.
    """

    status: str
    lines: int
    free: tuple[str, ...]
    npv: Interval
    gain: Interval
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as data that JSON can hold."""
        return {
            "status": self.status,
            "lines": self.lines,
            "free_lines": list(self.free),
            "npv": self.npv.to_dict(),
            "gain": self.gain.to_dict(),
            "reason": self.reason or None,
        }


def today(study: Study) -> Today:
    """Find the best plan in which lines stay with their current option, and what the plan earns beside it.

    Lines without a current option are decided freely, as are quantities and investments.

    Parameters
    ----------
    study : Study
    """
    current, free = _current(study.instance)
    if not current:
        return Today("none", 0, free, UNKNOWN, UNKNOWN)
    if len(current) > MOST_FORCED:
        return Today("unasked", len(current), free, UNKNOWN, UNKNOWN)
    restriction = Restriction(force=tuple(Selector(option=option) for option in current))
    result = study.solve(Case("today's options", restriction))
    status = result.status.value
    if status == "infeasible":
        reason = _reason(study.instance, current, study.time_limit)
        return Today(status, len(current), free, UNKNOWN, UNKNOWN, reason)
    return Today(status, len(current), free, interval_of(result), study.loss(result))


def _reason(instance: Instance, current: tuple[str, ...], time_limit: float | None) -> str:
    """Return why no plan is possible with the current options of lines alone, empty where it is not found."""
    options = instance.options
    kept = options["option"].isin(current)
    others = options["option"][options["line"].isin(options["line"][kept]) & ~kept]
    remains = apply_edits(
        instance, [Edit("options", (("option", str(option)),), None, "remove", None) for option in others]
    )
    seconds = REASON_SECONDS if time_limit is None else min(time_limit, REASON_SECONDS)
    diagnosis = diagnose(remains, time_limit=seconds, depth="conflict")
    if diagnosis.reasons:
        return diagnosis.reasons[0].sentence
    if diagnosis.conflict is None:
        return ""
    sentences = [member.sentence.rstrip(".") for member in diagnosis.conflict.members]
    return f"these cannot hold together: {'; '.join(sentences)}."


def _current(instance: Instance) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the current options that can be in force at all, and the lines whose cannot."""
    usable = available(instance).sum(axis=1) > 0
    can = dict(zip(instance.options["option"], usable.tolist(), strict=True))
    lines = instance.lines.dropna(subset="current_option")
    kept = tuple(str(option) for option in lines["current_option"] if can[option])
    gone = ~lines["current_option"].map(can).to_numpy(dtype=bool)
    return kept, tuple(str(line) for line in lines["line"][gone])
