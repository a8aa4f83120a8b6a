"""Figures between two proven ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodmode.explain.interval import UNKNOWN, Interval

figures = st.floats(-1e9, 1e9)


@st.composite
def intervals(draw: st.DrawFn) -> tuple[Interval, float]:
    """Return an interval and the figure it holds; sides may be unknown."""
    figure = draw(figures)
    lower, upper = (draw(st.none() | st.floats(0, 1e6)) for _ in range(2))
    return Interval(
        None if lower is None else figure - lower, None if upper is None else figure + upper
    ), figure


@given(intervals(), intervals())
def test_a_difference_holds_it(one: tuple[Interval, float], other: tuple[Interval, float]) -> None:
    difference = one[0] - other[0]
    wide = Interval(
        None if difference.lower is None else difference.lower - 1e-6,
        None if difference.upper is None else difference.upper + 1e-6,
    )
    assert one[1] - other[1] in wide


@given(intervals())
def test_a_sign_is_claimed_only_where_it_is_proven(one: tuple[Interval, float]) -> None:
    interval, figure = one
    if interval.sign:
        assert figure * interval.sign > 0
    assert (-interval).sign == -interval.sign


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        (Interval(1234.4, 1234.4), "1,234 EUR"),
        (Interval(110_000, 125_000), "between 110,000 EUR and 125,000 EUR"),
        (Interval(-0.0, 0.0), "0.00 EUR"),
        (Interval(7.5, None), "at least 7.50 EUR"),
        (UNKNOWN, "an unknown amount"),
    ],
)
def test_words_tell_no_more_than_is_proven(interval: Interval, words: str) -> None:
    assert interval.words("EUR") == words


def test_rounding_around_zero_is_zero_but_a_gap_is_not() -> None:
    assert Interval(-0.5, 0.5).snapped(1e6) == Interval(0.0, 0.0)
    assert Interval(-50.0, 50.0).snapped(1e6) == Interval(-50.0, 50.0)
