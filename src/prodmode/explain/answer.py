"""What all answers have in common: they are data, and documents, text and differences are views of them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodmode.document.blocks import Document, Paragraph
from prodmode.document.readable import Readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd


@dataclass(frozen=True, slots=True)
class Change:
    """A figure or word that differs between two answers to the same question.

    Attributes
    ----------
    path : str
        Where it stands in `Answer.to_dict`, such as ``alternatives[oak-bought].loss.lower``.
    before, after : object
        None where the answer has nothing there.
    """

    path: str
    before: Any
    after: Any


class Answer(Readable):
    """An answer to a planner's question."""

    __slots__ = ()

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return the answer as data that JSON can hold, in a stable order."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the answer's tables by name."""
        return {}

    def diff(self, other: Answer) -> tuple[Change, ...]:
        """Return what is different in another answer to the same question.

        Parameters
        ----------
        other : Answer
            The later answer.

        Raises
        ------
        TypeError
            If it answers another question.
        """
        if type(other) is not type(self):
            raise TypeError(f"{type(other).__name__} answers another question than {type(self).__name__}")
        before, after = dict(_leaves(self.to_dict(), "")), dict(_leaves(other.to_dict(), ""))
        return tuple(
            Change(path, before.get(path), after.get(path))
            for path in dict.fromkeys([*before, *after])
            if before.get(path) != after.get(path)
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002 (as IPython calls it)
        printer.text(str(self))


class Answers(Readable, dict[str, Answer]):
    """Answers by the word of their question, which print and show in notebooks as one document."""

    def document(self) -> Document:
        """Return all answers as one document."""
        if len(self) == 1:
            return next(iter(self.values())).document()
        parts = tuple(block for answer in self.values() for block in answer.document().under())
        return Document("The plan explained", parts or (Paragraph("Nothing was asked."),))


KEYS = ("name", "line", "option", "resource", "investment", "limit", "edit", "kind", "period")
"""What a row in a list is known by, so that two lists are compared row by row whatever their order."""


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        seen: dict[str, int] = {}
        for number, part in enumerate(value):
            label = _label(part, number)
            seen[label] = seen.get(label, 0) + 1
            suffix = "" if seen[label] == 1 else f"#{seen[label]}"
            yield from _leaves(part, f"{path}[{label}{suffix}]")
    else:
        yield path, value


def _label(row: Any, number: int) -> str:
    if isinstance(row, dict):
        words = [str(row[key]) for key in KEYS if isinstance(row.get(key), str)]
        if words:
            return ",".join(words)
    return str(number)
