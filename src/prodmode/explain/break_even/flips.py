"""Where decisions flip, as rows of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prodmode.explain.break_even.flip import Found
    from prodmode.explain.break_even.levers import Lever, Missing
    from prodmode.explain.study import Study


@dataclass(frozen=True, slots=True)
class Flip:
    """Where the decision flips along one figure.

    Attributes
    ----------
    parameter : str
        One of `prodmode.explain.break_even.levers.PARAMETERS`.
    subject : str or None
        The option, line, resource or investment whose figure it is; None where there is none to turn.
    kind : {"figure", "multiple", "amount"}
        Whether values are the figure itself, multiples of today's figures, or an amount taken off.
    unit : str
        Unit of the figure: money, units or what the resource is counted in.
    today : float or None
        Value today.
    figure : float or None
        Today's figure where values are multiples of it and it is one number.
    outcome : {"flips", "none", "skipped", "unknown"}
        "none": proven not to flip where it was looked at in the range; "skipped": there is no such figure;
        "unknown": a limit of time ended the search before anything was proven.
    kept : float or None
        Last value at which it is proven not to flip.
    flips : float or None
        First value at which it flips: the best plan with the option throughout is as good as any.
    scanned : tuple of float or None
        Range that was looked at.
    single : bool or None
        Whether it flips once in that range, as far as it was looked at; None where unknown.
    brackets : tuple of (float, float)
        Neighbouring values looked at first between which it flips.
    part_kept, part_used : float or None
        Where the best plan uses the option in part (in some periods, or beside others) before the flip: the
        last value at which it is proven not to use it at all, and the first at which using it somewhere is as
        good as any plan.
    stopped : bool
        Whether a limit of time ended the search, so that `kept` and `flips` are wider apart than they need.
    edit, edit_before, part_edit : str or None
        Changes of input that show the flip, the plan just before it, and the first use in part.
    solves : int
    note : str
        Why there is nothing to say, or what else there is.
    """

    parameter: str
    subject: str | None
    kind: str
    unit: str
    today: float | None
    figure: float | None
    outcome: str
    kept: float | None
    flips: float | None
    scanned: tuple[float, float] | None
    single: bool | None
    brackets: tuple[tuple[float, float], ...]
    part_kept: float | None
    part_used: float | None
    stopped: bool
    edit: str | None
    edit_before: str | None
    part_edit: str | None
    solves: int
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "kind": self.parameter,
            "subject": self.subject,
            "values": self.kind,
            "unit": self.unit,
            "today": self.today,
            "figure": self.figure,
            "outcome": self.outcome,
            "kept": self.kept,
            "flips": self.flips,
            "scanned": None if self.scanned is None else list(self.scanned),
            "single": self.single,
            "brackets": [list(pair) for pair in self.brackets],
            "part_kept": self.part_kept,
            "part_used": self.part_used,
            "stopped": self.stopped,
            "edit": self.edit,
            "edit_before": self.edit_before,
            "part_edit": self.part_edit,
            "solves": self.solves,
            "note": self.note,
        }


def flip_of(lever: Lever, found: Found, part: Found | None, study: Study) -> Flip:
    """Return what was found along a lever, and where the option is first used in part."""
    kept, flipped = found.kept, found.flipped
    first = None if part is None else part.flipped
    before = None if part is None or first is None else part.kept
    return Flip(
        parameter=lever.parameter,
        subject=lever.subject,
        kind={"=": "figure", "*": "multiple"}.get(lever.op, "amount"),
        unit=_unit(lever, study),
        today=lever.base,
        figure=lever.figure,
        outcome="flips" if flipped is not None else "unknown" if found.stopped else "none",
        kept=None if kept is None else kept.value,
        flips=None if flipped is None else flipped.value,
        scanned=found.scanned,
        single=found.single,
        brackets=found.brackets,
        part_kept=None if before is None else before.value,
        part_used=None if first is None else first.value,
        stopped=found.stopped or (part is not None and part.stopped),
        edit=None if flipped is None else str(lever.edit(flipped.value)),
        edit_before=None if kept is None else str(lever.edit(kept.value)),
        part_edit=None if first is None else str(lever.edit(first.value)),
        solves=found.solves if part is None else part.solves,
        note="it is paid in each period in force" if lever.column == "fixed_cost" else "",
    )


def _unit(lever: Lever, study: Study) -> str:
    if lever.parameter == "demand":
        return "units"
    if lever.parameter == "capacity":
        resources = study.instance.resources
        unit = resources["unit"][(resources["resource"] == lever.subject).to_numpy()].iloc[0]
        return unit if isinstance(unit, str) else "units"
    return study.instance.currency


def skipped(missing: Missing) -> Flip:
    """Return what is said of a parameter without a figure."""
    return Flip(
        missing.parameter, None, "figure", "", None, None, "skipped", None, None, None, None, (), None, None,
        False, None, None, None, 0, missing.reason,
    )  # fmt: skip
