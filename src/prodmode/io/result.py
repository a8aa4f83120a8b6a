"""What reading a container gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodmode.errors import Issue
    from prodmode.instance.raw import RawInstance


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The raw instance of a container, and what is wrong with the container.

    Attributes
    ----------
    raw : RawInstance
        Settings and tables as far as they could be read.
    issues : tuple of Issue
        Faults of the container: files, sheets, cells and keys that cannot be read.
    unreadable : frozenset of str
        Tables (or "settings") that are there but could not be read at all.
    """

    raw: RawInstance
    issues: tuple[Issue, ...]
    unreadable: frozenset[str] = frozenset()
