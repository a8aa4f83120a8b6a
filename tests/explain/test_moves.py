"""Differences of plans in words, searches side by side, and options that must be used somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from prodmode.explain.moves import Move, Purchase, differences, in_words, span
from prodmode.explain.restricted import honoured
from prodmode.explain.restriction import Restriction, parse_restriction
from prodmode.explain.rounds import walk
from prodmode.explain.selector import Selector
from prodmode.explain.study import Case, Study
from tests.explain.portfolios import workshop

if TYPE_CHECKING:
    from collections.abc import Generator

    from prodmode.result import Result


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.of(workshop())


def test_lines_and_investments_that_differ_are_told_over_adjoining_periods(study: Study) -> None:
    restriction = parse_restriction(
        study.instance, force=["option=bench-pressed", "investment=second-press period=H1"]
    )
    other = study.solve(Case("benches pressed", restriction)).plan
    found = differences(study.instance, study.plan, other)
    assert found == (
        Move("bench", ("H1", "H2"), ("bench-bought",), ("bench-pressed",)),
        Purchase("second-press", "H1", 0, 1),
    )
    assert in_words(found) == (
        "'bench' moves from 'bench-bought' to 'bench-pressed' from H1 to H2; 'second-press' is bought in H1"
    )
    assert in_words(found, 1).endswith("; and 1 more difference")
    assert differences(study.instance, study.plan, study.plan) == ()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((), ("a",), "'stool' is offered, by 'a', in Q2"),
        (("a",), (), "'stool' is no longer offered in Q2"),
        (("a",), ("a", "b"), "'stool' uses 'b' besides in Q2"),
        (("a", "b"), ("a",), "'stool' does without 'b' in Q2"),
        (("a",), ("b", "c"), "'stool' moves from 'a' to 'b' and 'c' in Q2"),
    ],
)
def test_each_kind_of_move_has_its_words(before: tuple[str, ...], after: tuple[str, ...], words: str) -> None:
    assert Move("stool", ("Q2",), before, after).words == words
    assert span(("Q1", "Q2", "Q3")) == "from Q1 to Q3"


def test_copies_in_words() -> None:
    assert Purchase("press", "Q1", 1, 0).words == "'press' is not bought in Q1"
    assert Purchase("press", "Q1", 0, 2).words == "'press' is bought in Q1 (2 copies)"
    assert Purchase("press", "Q1", 1, 2).words == "2 copies of 'press' bought in Q1, not 1"


def test_an_option_to_be_used_is_used_where_that_costs_least(study: Study) -> None:
    restriction = Restriction(use=(Selector(option="bench-pressed"),))
    result = study.solve(Case("somewhere", restriction))
    assert result.verified
    used = result.plan.assignments["option"] == "bench-pressed"
    assert used.sum() == 1
    assert study.loss(result).middle == pytest.approx(500)
    assert honoured(study.instance, study.plan, restriction) == [
        "what is to be used is not used: option=bench-pressed"
    ]


def test_searches_are_walked_together(study: Study) -> None:
    told: list[tuple[int, int, str]] = []

    def search(rounds: int) -> Generator[list[Case], list[Result | None], list[float]]:
        values = []
        for number in range(rounds):
            results = yield [Case(f"{rounds}.{number}")]
            values += [result.objective or 0.0 for result in results if result is not None]
        return values

    found = walk(
        study,
        [search(0), search(1), search(2)],
        on_progress=lambda done, of, case: told.append((done, of, case.name)),
    )
    value = study.plan.npv
    assert found == [[], [pytest.approx(value)], [pytest.approx(value)] * 2]
    assert told == [(1, 2, "1.0"), (2, 2, "2.0"), (3, 3, "2.1")]
