"""Which of the changes asked for leave no plan, none of them dispensable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prodmode.errors import InputError
from prodmode.explain.changes import apply_edits
from prodmode.explain.restriction import parse_restriction
from prodmode.explain.study import Case

if TYPE_CHECKING:
    import threading

    from prodmode.explain.changes import Edit
    from prodmode.explain.restriction import Restriction
    from prodmode.explain.study import Study
    from prodmode.instance.instance import Instance


@dataclass(frozen=True, slots=True)
class Asked:
    """Changes of input, and what is forbidden and forced, as text.

    Attributes
    ----------
    edits : tuple of Edit
    forbid, force : tuple of str
    """

    edits: tuple[Edit, ...] = ()
    forbid: tuple[str, ...] = ()
    force: tuple[str, ...] = ()

    def restriction(self, instance: Instance) -> Restriction:
        """Return what is forbidden and forced; InputError where an instance does not know it."""
        return parse_restriction(instance, forbid=self.forbid, force=self.force)

    def parts(self) -> tuple[Asked, ...]:
        """Return each thing asked on its own."""
        return (
            *(Asked(edits=(edit,)) for edit in self.edits),
            *(Asked(forbid=(text,)) for text in self.forbid),
            *(Asked(force=(text,)) for text in self.force),
        )

    def __add__(self, other: Asked) -> Asked:
        return Asked(self.edits + other.edits, self.forbid + other.forbid, self.force + other.force)

    def __str__(self) -> str:
        words = [str(edit) for edit in self.edits]
        words += [f"--forbid '{text}'" for text in self.forbid]
        return " ".join([*words, *(f"--force '{text}'" for text in self.force)])


def culprits(
    study: Study, asked: Asked, *, cancel: threading.Event | None = None
) -> tuple[tuple[str, ...], bool]:
    """Return those of the things asked that leave no plan, and whether each of them is proved to be needed.

    One after the other is left out, and stays out where there is still proved to be no plan without it.

    Parameters
    ----------
    study : Study
        A plan and its instance, which is feasible.
    asked : Asked
        What leaves no plan, proved by solving.
    cancel : threading.Event, optional
        Ends the search once set; what is left then is returned.
    """
    quick = replace(study, gap=1.0)  # any plan will do
    parts = asked.parts()
    kept, proved = list(parts), True
    for part in parts:
        if len(kept) == 1:
            break
        if cancel is not None and cancel.is_set():
            return tuple(str(part) for part in kept), False
        rest = [other for other in kept if other is not part]
        feasible = _feasible(quick, sum(rest, Asked()), cancel)
        if feasible is False:
            kept = rest
        proved &= feasible is not None
    return tuple(str(part) for part in kept), proved


def _feasible(study: Study, asked: Asked, cancel: threading.Event | None) -> bool | None:
    """Return whether there is a plan, None where that is not found out."""
    try:
        instance = apply_edits(study.instance, asked.edits)
        restriction = asked.restriction(instance)
    except InputError:
        return True  # what remains needs what was left out to make sense
    result = study.solve(Case("conflict", restriction, instance), cancel=cancel)
    if result.status.value == "infeasible":
        return False
    return True if result.verified else None
