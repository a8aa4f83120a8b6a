"""Programs: what is unsound about them, how far points are from them, and scaling there and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from prodmode.formulation.mip import Mip
from prodmode.formulation.scaling import scaled
from tests.backends.programs import program


def small() -> Mip:
    return Mip(
        cost=np.array([1.0, -2.0, 3.0]),
        offset=5.0,
        matrix=csr_array(np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 4.0]])),
        row_lower=np.array([-np.inf, 0.0]),
        row_upper=np.array([4.0, 0.0]),
        lower=np.array([0.0, 0.0, -np.inf]),
        upper=np.array([1.0, np.inf, np.inf]),
        integer=np.array([True, False, False]),
    )


def test_sound_program() -> None:
    assert small().faults() == []
    assert small().shape == (2, 3)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"row_upper": np.zeros(1)}, "row_upper has length 1, not 2"),
        ({"lower": np.zeros(4)}, "lower has length 4, not 3"),
        ({"upper": np.ones(2)}, "upper has length 2, not 3"),
        ({"integer": np.zeros(0, dtype=bool)}, "integer has length 0, not 3"),
        ({"matrix": csr_array((2, 2))}, "the matrix has shape (2, 2), not (2, 3)"),
        ({"cost": np.array([np.nan, 0, 0])}, "cost holds NaN"),
        ({"row_lower": np.array([np.nan, 0])}, "row_lower holds NaN"),
        ({"upper": np.array([np.nan, 1, 1])}, "upper holds NaN"),
        ({"cost": np.array([np.inf, 0, 0])}, "a coefficient is not finite"),
        ({"offset": np.inf}, "a coefficient is not finite"),
        ({"matrix": csr_array(np.array([[np.inf, 0, 0], [0, 0, 1.0]]))}, "a coefficient is not finite"),
        ({"matrix": csr_array(np.array([[np.nan, 0, 0], [0, 0, 1.0]]))}, "a coefficient is not finite"),
    ],
)
def test_fault(change: dict[str, Any], fault: str) -> None:
    assert fault in replace(small(), **change).faults()


@pytest.mark.parametrize(
    ("x", "violation"),
    [
        ([1.0, 1.0, 0.25], 0.0),
        ([0.5, 1.0, 0.25], 0.5),  # not whole
        ([0.0, 4.0, 1.0], 4 / 8),  # the first row: 8 against 4
        ([0.0, 1.0, 0.0], 1.0),  # the second row: -1 against 0
        ([0.0, -1.0, -0.25], 1.0),  # below its bound
        ([2.0, 0.0, 0.0], 0.5),  # above its bound, relative to 2
    ],
)
def test_violation(x: list[float], violation: float) -> None:
    assert small().violation(np.array(x)) == pytest.approx(violation)


def test_objective() -> None:
    assert small().objective(np.array([1.0, 2.0, 3.0])) == 1 - 4 + 9 + 5


MAGNITUDES = st.floats(-1e9, 1e9, allow_subnormal=False).filter(lambda value: value == 0 or abs(value) > 1e-6)


@st.composite
def programs(draw: st.DrawFn) -> Mip:
    rows, columns = draw(st.integers(0, 4)), draw(st.integers(1, 5))

    def numbers(size: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array(draw(st.lists(MAGNITUDES, min_size=size, max_size=size)), dtype=float)

    integer = np.array(draw(st.lists(st.booleans(), min_size=columns, max_size=columns)), dtype=bool)
    side, bound, width = numbers(rows), numbers(columns), np.abs(numbers(columns))
    free = np.array(draw(st.lists(st.booleans(), min_size=columns, max_size=columns)), dtype=bool)
    matrix = csr_array(numbers(rows * columns).reshape(rows, columns))
    matrix.eliminate_zeros()
    return Mip(
        cost=numbers(columns), offset=draw(MAGNITUDES), matrix=matrix,
        row_lower=np.full(rows, -np.inf), row_upper=side,
        lower=np.where(free, -np.inf, bound), upper=np.where(free, np.inf, bound + width), integer=integer,
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(mip=programs(), data=st.data())
def test_scaling_is_exact_there_and_back(mip: Mip, data: st.DataObject) -> None:
    """Powers of two change no digit: not of a point, nor of its objective, nor of what a row says of it."""
    size = len(mip.cost)
    x = np.array(data.draw(st.lists(MAGNITUDES, min_size=size, max_size=size)), dtype=float)
    program = scaled(mip)
    there = program.scale(x)
    assert np.array_equal(program.unscale(there), x)
    assert program.mip.faults() == []
    assert np.array_equal(there[mip.integer], x[mip.integer])
    # Terms are equal digit by digit, their sums but for the order of rounding.
    assert np.array_equal(program.mip.cost * there, mip.cost * x * program.objective)
    factors = np.divide(program.mip.row_upper, mip.row_upper, out=np.ones(len(mip.row_upper)),
                        where=mip.row_upper != 0)  # fmt: skip
    assert np.array_equal(factors, 2.0 ** np.round(np.log2(factors)))
    assert np.array_equal(there >= program.mip.lower, x >= mip.lower)
    assert np.array_equal(there <= program.mip.upper, x <= mip.upper)


@settings(max_examples=100, deadline=None)
@given(mip=programs())
def test_scaled_numbers_are_near_one(mip: Mip) -> None:
    program = scaled(mip).mip
    assert np.abs(program.cost).max(initial=0) < 2048
    whole = program.integer
    for bounds in (program.lower[~whole], program.upper[~whole]):
        finite = np.abs(bounds[np.isfinite(bounds)])
        assert finite.max(initial=0) <= 1.5
    for row in range(program.matrix.shape[0]):
        size = np.abs(program.matrix.data[program.matrix.indptr[row] : program.matrix.indptr[row + 1]])
        assert size.size == 0 or 0.7 <= size.max() <= 1.5


def test_scaling_leaves_the_program_alone() -> None:
    mip = small()
    before = mip.matrix.data.copy(), mip.cost.copy()
    scaled(mip)
    assert np.array_equal(mip.matrix.data, before[0])
    assert np.array_equal(mip.cost, before[1])


def test_scaling_without_rows_costs_or_columns() -> None:
    empty = np.zeros(0)
    mip = Mip(empty, 0.0, csr_array((0, 0)), empty, empty, empty, empty, np.zeros(0, dtype=bool))
    program = scaled(mip)
    assert program.mip.shape == (0, 0)
    assert program.objective > 0


class TestSides:
    def test_crossing_by_rounding_is_mended(self) -> None:
        mip = program([1], [1], row_lower=0.1 + 0.2, row_upper=0.3)
        sound = mip.uncrossed()
        assert sound is not None
        assert sound.row_lower.tolist() == sound.row_upper.tolist() == [0.3]

    def test_true_crossing_is_not(self) -> None:
        assert program([1], [1], lower=2, upper=1).uncrossed() is None
