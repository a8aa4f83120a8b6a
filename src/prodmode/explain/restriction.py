"""What a plan must or must not do besides the constraints of its instance, as data and as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.errors import InputError, Issue
from prodmode.explain.selector import Copies, Selector, pairs, quoted
from prodmode.instance.windows import available

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class Hold:
    """Decisions that stay as a plan has them; quantities are free.

    Attributes
    ----------
    plan : Plan
    free_lines : tuple of str
        Lines whose options are decided anew.
    investments : bool
        Whether the copies bought stay too.
    until : str or None
        Last period in which decisions stay; None for all.
    """

    plan: Plan
    free_lines: tuple[str, ...] = ()
    investments: bool = True
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a plan must or must not do besides the constraints of its instance.

    Attributes
    ----------
    forbid : tuple of Selector
        Options that are not in force.
    force : tuple of Selector
        In every period in which a selected option can be in force, its line uses selected options alone, and
        at least one of them.
    copies : tuple of Copies
        How many copies of investments are bought.
    hold : Hold or None
        Decisions that stay as they are in a plan.
    exclude : tuple of Plan
        Plans whose modes are not to come again: another option is in force somewhere.
    use : tuple of Selector
        At least one selected option is in force in some period.
    """

    forbid: tuple[Selector, ...] = ()
    force: tuple[Selector, ...] = ()
    copies: tuple[Copies, ...] = ()
    hold: Hold | None = None
    exclude: tuple[Plan, ...] = ()
    use: tuple[Selector, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is restricted."""
        return self == Restriction()

    def lines(self, instance: Instance) -> NDArray[np.bool_]:
        """Return the lines whose options are forbidden, forced or to be used, shape (L,)."""
        line = instance.options["line"].cat.codes.to_numpy()
        touched = np.zeros(len(instance.lines), dtype=bool)
        for selector in (*self.forbid, *self.force, *self.use):
            touched[line[selector.mask(instance).any(axis=1)]] = True
        return touched


NOTHING = Restriction()


def parse_restriction(
    instance: Instance, *, forbid: Iterable[str] = (), force: Iterable[str] = ()
) -> Restriction:
    """Read what is to be forbidden and forced, and check it against an instance.

    Parameters
    ----------
    instance : Instance
        What the names are looked up in.
    forbid, force : iterable of str
        Selectors of options (``line=oak-table mode=outsourced``) or of investments
        (``investment=press-2 period=2027``).

    Raises
    ------
    InputError
        With every fault of every text.
    """
    issues: list[Issue] = []
    selectors: dict[bool, list[Selector]] = {False: [], True: []}
    copies: list[Copies] = []
    for texts, forced in ((forbid, False), (force, True)):
        for text in texts:
            try:
                if "investment=" in text:
                    asked = pairs(text, ("investment", "period"))
                    side = {"at_least": 1} if forced else {"at_most": 0}
                    copies.append(Copies(asked.get("investment", ""), asked.get("period"), **side))
                    issues += copies[-1].faults(instance)
                else:
                    selectors[forced].append(Selector.parse(text))
                    issues += selectors[forced][-1].faults(instance)
            except InputError as error:
                issues += error.issues
    restriction = Restriction(tuple(selectors[False]), tuple(selectors[True]), tuple(copies))
    if not issues:
        issues += [fault for selector in restriction.force for fault in _out_of_reach(instance, selector)]
    if issues:
        raise InputError(issues)
    return restriction


def _out_of_reach(instance: Instance, selector: Selector) -> list[Issue]:
    mask = selector.mask(instance)
    if (mask & available(instance)).any():
        return []
    table = instance.ineligible
    options = set(instance.options["option"].to_numpy()[mask.any(axis=1)])
    reasons = [str(row.reason) for row in table.itertuples() if row.option in options]
    why = reasons[0] if reasons else "outside its periods, its line's market or what it requires"
    return [Issue(f"'{selector}' cannot be forced: {why}", code="cannot-be-forced")]


def as_text(restriction: Restriction) -> tuple[str, ...]:
    """Return what is forbidden and forced, as it is written on the command line."""
    found = [f"--forbid '{selector}'" for selector in restriction.forbid]
    found += [f"--force '{selector}'" for selector in restriction.force]
    for copies in restriction.copies:
        where = "" if copies.period is None else f" period={quoted(copies.period)}"
        word = "--force" if copies.at_least else "--forbid"
        found.append(f"{word} 'investment={quoted(copies.investment)}{where}'")
    return tuple(found)
