"""What two answers to the same question differ in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from prodmode.document.blocks import Document, Paragraph
from prodmode.explain.answer import Answer, Change


@dataclass(frozen=True)
class Losses(Answer):
    rows: tuple[tuple[str, float], ...]

    def to_dict(self) -> dict[str, Any]:
        return {"rows": [{"line": line, "loss": loss} for line, loss in self.rows]}

    def document(self) -> Document:
        return Document("Losses", tuple(Paragraph(f"'{line}' loses {loss}.") for line, loss in self.rows))


@dataclass(frozen=True)
class Other(Losses):
    pass


def test_rows_are_compared_by_what_they_are_about() -> None:
    before, after = Losses((("oak", 1.0), ("elm", 2.0))), Losses((("elm", 2.0), ("oak", 3.0), ("ash", 4.0)))
    assert before.diff(after) == (
        Change("rows[oak].loss", 1.0, 3.0),
        Change("rows[ash].line", None, "ash"),
        Change("rows[ash].loss", None, 4.0),
    )
    assert before.diff(before) == ()


def test_answers_to_different_questions_do_not_compare() -> None:
    with pytest.raises(TypeError, match="Other answers another question than Losses"):
        Losses(()).diff(Other(()))


def test_views_hold_the_same() -> None:
    losses = Losses((("oak", 1.0),))
    assert str(losses) == "Losses\n\n'oak' loses 1.0."
    assert losses.to_markdown() == "# Losses\n\n'oak' loses 1.0."
