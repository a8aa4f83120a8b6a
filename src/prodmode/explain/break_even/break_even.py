"""What would have to change for a line to use another option: one figure at a time, proven by re-solving."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.errors import InputError, Issue, nearest
from prodmode.explain.answer import Answer
from prodmode.explain.break_even.alone import Alone, alone
from prodmode.explain.break_even.flip import Found, Probe, state_of, tie_of
from prodmode.explain.break_even.flips import Flip, flip_of, skipped
from prodmode.explain.break_even.levers import PARAMETERS, Lever, Missing, levers
from prodmode.explain.break_even.seek import Seeker
from prodmode.explain.break_even.words import document
from prodmode.explain.interval import UNKNOWN, Interval
from prodmode.explain.restricted import honoured
from prodmode.explain.restriction import Restriction, parse_restriction
from prodmode.explain.rounds import walk
from prodmode.explain.selector import Selector, unknown
from prodmode.explain.study import Case
from prodmode.instance.windows import available

if TYPE_CHECKING:
    import threading
    from collections.abc import Generator, Sequence

    from prodmode.document.blocks import Document
    from prodmode.explain.rounds import Progress
    from prodmode.explain.study import Study
    from prodmode.result import Result


@dataclass(frozen=True, slots=True)
class BreakEven(Answer):
    """What would have to change for a line to use an option throughout.

    Attributes
    ----------
    line, option, mode : str
    currency : str
    now : tuple of str
        Options that the line uses in the plan.
    state : {"stays", "flips", "unknown", "used", "infeasible"}
        How things stand today: "flips" is a tie within what is proven, "used" means that the plan uses the
        option throughout already, "infeasible" that no plan does.
    loss : Interval
        What the net present value loses if the line must use the option.
    flips : tuple of Flip
    alone : Alone or None
        The textbook volume at which the two options cost the same, all else left aside.
    """

    line: str
    option: str
    mode: str
    currency: str
    now: tuple[str, ...]
    state: str
    loss: Interval
    flips: tuple[Flip, ...]
    alone: Alone | None

    @property
    def solves(self) -> int:
        """How many programs were solved."""
        return 2 + sum(flip.solves for flip in self.flips)

    def flip(self, parameter: str, subject: str | None = None) -> Flip:
        """Return the flip along a parameter.

        Raises
        ------
        KeyError
            If it was not asked for.
        """
        for flip in self.flips:
            if flip.parameter == parameter and subject in {None, flip.subject}:
                return flip
        raise KeyError(parameter)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as data that JSON can hold."""
        return {
            "line": self.line,
            "option": self.option,
            "mode": self.mode,
            "currency": self.currency,
            "now": list(self.now),
            "state": self.state,
            "loss": self.loss.to_dict(),
            "break_even": [flip.to_dict() for flip in self.flips],
            "alone": None if self.alone is None else self.alone.to_dict(),
            "solves": self.solves,
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the break-even values as a table."""
        rows = [flip.to_dict() for flip in self.flips]
        names = ("kind", "subject", "values", "unit", "today", "kept", "flips", "outcome", "edit", "solves")
        return {"break_even": pd.DataFrame([{name: row[name] for name in names} for row in rows])}

    def document(self) -> Document:
        """Return the answer as a document."""
        return document(self)


def break_even(
    study: Study,
    line: str,
    option: str | None = None,
    parameters: Sequence[str] = PARAMETERS,
    *,
    newton: bool = True,
    processes: int | None = None,
    on_progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> BreakEven:
    """Find at which value of each figure the best plan makes a line by another option throughout.

    A decision flips where the best plan that uses the option in every period in which it can be in force is
    as good as any plan, both solved anew at that value. Lump sums, costs and prices are found by steps along
    the slopes of the plans (Newton's method; a plan's value is linear in them) and shown by re-solving just
    before and just beyond; demand and capacity are looked at over a range and then halved.

    Parameters
    ----------
    study : Study
        The plan under study.
    line : str
    option : str, optional
        The option that the line might use; by default the one that loses least.
    parameters : sequence of str
        Which figures to turn, of `prodmode.explain.break_even.levers.PARAMETERS`.
    newton : bool
        Whether to step along the slopes; without, all intervals are halved.
    processes, on_progress, cancel
        As in `Study.solve_all`.

    Raises
    ------
    InputError
        If a name is unknown, or the option can never be in force.
    ProdmodeError
        If the study has no plan.
    """
    _check(study, line, option, parameters)
    if option is None:
        option = _nearest(study, line, processes, on_progress, cancel)
    case = Two(line, option)
    parse_restriction(study.instance, force=[str(case.selector)])
    base, somewhere = study.solve_all(
        [Case(case.name, case.throughout), Case(case.name, case.somewhere)], processes=1, cancel=cancel
    )
    state = _state(study, case, base)
    found: tuple[Flip, ...] = ()
    if state in {"stays", "infeasible"}:
        plan = base.plan if base is not None and base.has_plan else None
        wanted = [
            lever
            for parameter in PARAMETERS
            if parameter in parameters
            for lever in levers(study.instance, study.plan, plan, line, option, parameter)
        ]
        searches = [
            _search(study, case, lever, base, somewhere, newton=newton)
            for lever in wanted
            if isinstance(lever, Lever)
        ]
        flips = iter(walk(study, searches, processes=processes, on_progress=on_progress, cancel=cancel))
        found = tuple(skipped(lever) if isinstance(lever, Missing) else next(flips) for lever in wanted)
    options, assignments = study.instance.options, study.plan.assignments
    return BreakEven(
        line=line,
        option=option,
        mode=str(options["mode"][(options["option"] == option).to_numpy()].iloc[0]),
        currency=study.instance.currency,
        now=tuple(dict.fromkeys(assignments["option"][assignments["line"] == line])),
        state=state,
        loss=UNKNOWN if base is None or state == "infeasible" else study.loss(base),
        flips=found,
        alone=alone(study.instance, study.plan, line, option),
    )


@dataclass(frozen=True, slots=True)
class Two:
    """A line and the option that it might use: throughout, or somewhere."""

    line: str
    option: str

    @property
    def name(self) -> str:
        return f"'{self.line}' by '{self.option}'"

    @property
    def selector(self) -> Selector:
        return Selector(line=self.line, option=self.option)

    @property
    def throughout(self) -> Restriction:
        return Restriction(force=(self.selector,))

    @property
    def somewhere(self) -> Restriction:
        return Restriction(use=(self.selector,))


def _state(study: Study, case: Two, base: Result | None) -> str:
    if base is not None and base.status.value == "infeasible":
        return "infeasible"
    if not honoured(study.instance, study.plan, case.throughout):
        return "used"
    return state_of(study.result, base, case.throughout, tie_of(study))


def _check(study: Study, line: str, option: str | None, parameters: Sequence[str]) -> None:
    issues = []
    instance = study.instance
    lines = instance.lines["line"].tolist()
    if line not in lines:
        issues.append(unknown(line, "line", line, lines))
    elif option is not None:
        mine = instance.options["option"][(instance.options["line"] == line).to_numpy()].tolist()
        if option not in mine:
            issues.append(unknown(option, f"option of '{line}'", option, mine))
    for parameter in parameters:
        if parameter not in PARAMETERS:
            close = nearest(parameter, list(PARAMETERS))
            hint = f"Maybe you meant '{close}'?" if close else f"There are: {', '.join(PARAMETERS)}."
            issues.append(
                Issue(f"there is no break-even in '{parameter}'", hint=hint, code="unknown-parameter")
            )
    if issues:
        raise InputError(issues)


def _nearest(
    study: Study,
    line: str,
    processes: int | None,
    on_progress: Progress | None,
    cancel: threading.Event | None,
) -> str:
    """Return the option of a line that loses least, of those that the plan does not use throughout."""
    instance, plan = study.instance, study.plan
    mine = instance.options["option"][
        (instance.options["line"] == line).to_numpy() & available(instance).any(axis=1)
    ]
    used = set(plan.assignments["option"][plan.assignments["line"] == line])
    others = [option for option in mine if used != {option}]
    if not others:
        raise InputError(
            [Issue(f"'{line}' has no other option that can be in force", code="no-other-option")]
        )
    cases = [Case(Two(line, option).name, Two(line, option).throughout) for option in others]
    results = study.solve_all(cases, processes=processes, on_progress=on_progress, cancel=cancel)
    values = [
        float("-inf") if result is None or result.objective is None else result.objective
        for result in results
    ]
    return str(others[values.index(max(values))])


def _search(
    study: Study, case: Two, lever: Lever, base: Result | None, somewhere: Result | None, *, newton: bool
) -> Generator[list[Case], list[Result | None], Flip]:
    """Look for where the option is used throughout, and where it is first used if that is before."""
    seeker = Seeker(study, case.throughout, lever, newton=newton)
    found = yield from seeker.seek(Probe(lever.base, "stays", study.result, base))
    part: Found | None = None
    last = found.last
    if not _uses(study.result, case) and last is not None and _uses(last.free, case):
        state = state_of(study.result, somewhere, case.somewhere, tie_of(study))
        if state == "stays":
            near = replace(lever, scan=(), far=last.value)
            seeker = Seeker(study, case.somewhere, near, newton=newton, solves=found.solves)
            end = Probe(last.value, "flips", last.free, last.free)
            part = yield from seeker.seek(Probe(lever.base, state, study.result, somewhere), end)
    return flip_of(lever, found, part, study)


def _uses(result: Result | None, case: Two) -> bool:
    if result is None or not result.has_plan:
        return False
    return not honoured(result.instance, result.plan, case.somewhere)


__all__ = ["PARAMETERS", "BreakEven", "Flip", "break_even"]
