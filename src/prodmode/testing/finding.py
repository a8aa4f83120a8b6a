"""Requirements on backends, and what was found of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodmode.testing.subject import Subject

Outcome = Literal["met", "unmet", "skipped"]


class Unmet(Exception):  # noqa: N818
    """Raised by a requirement that is not met; the message says what is wrong."""


class Skipped(Exception):  # noqa: N818
    """Raised by a requirement that does not concern the backend; the message says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one requirement.

    Attributes
    ----------
    requirement : str
        Its name.
    outcome : str
        "met", "unmet" or "skipped".
    message : str
        What is wrong, or why it was skipped; empty where it is met.
    """

    requirement: str
    outcome: Outcome
    message: str = ""

    def __str__(self) -> str:
        text = f"{self.requirement.replace('_', ' ')}: {self.outcome}"
        return f"{text}: {self.message}" if self.message else text


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something every backend must do that says it can.

    Attributes
    ----------
    name : str
        Words joined by underscores.
    text : str
        What is required.
    needs : tuple of str
        Capabilities without which it is skipped.
    check : callable
        Raises `Unmet` or `Skipped`.
    """

    name: str
    text: str
    needs: tuple[str, ...]
    check: Callable[[Subject], None]

    def examine(self, subject: Subject) -> Finding:
        """Return what is found of a backend."""
        try:
            lacking = subject.lacks(self.needs)
            if lacking:
                return Finding(self.name, "skipped", lacking)
            self.check(subject)
        except Skipped as reason:
            return Finding(self.name, "skipped", str(reason))
        except Unmet as fault:
            return Finding(self.name, "unmet", str(fault))
        return Finding(self.name, "met")


def requirement(*needs: str) -> Callable[[Callable[[Subject], None]], Requirement]:
    """Make a requirement of a function: its name, its docstring, and the capabilities that it needs."""

    def made(check: Callable[[Subject], None]) -> Requirement:
        return Requirement(check.__name__, (check.__doc__ or "").partition("\n")[0], needs, check)

    return made
