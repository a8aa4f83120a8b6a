"""What CP-SAT is told of a program's relaxation: cuts, bounds and whole columns that keep every optimum."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from prodmode.backends import highs
from prodmode.backends.contract import Options
from prodmode.backends.via_ortools.cp_sat_bounds import bounded, may_be_whole, tightened
from prodmode.backends.via_ortools.cp_sat_dive import dive
from prodmode.backends.via_ortools.cp_sat_grid import gridded
from prodmode.backends.via_ortools.cp_sat_root import relaxed
from prodmode.formulation.scaling import scaled
from tests.backends.programs import program

from .cases import SMALL, random_program, shipped

if TYPE_CHECKING:
    from prodmode.backends.via_ortools.cp_sat_root import Relaxation
    from prodmode.formulation.mip import Mip

EXACT = Options(gap=0.0)


def whole(mip: Mip) -> Mip:
    """Return a scaled program as CP-SAT's relaxation takes it."""
    narrow = bounded(scaled(mip).mip)
    return tightened(replace(narrow, integer=narrow.integer | may_be_whole(narrow)))


def relaxation(mip: Mip) -> Relaxation | None:
    return relaxed(whole(mip), lambda: False, lambda _: None, lambda: False)


@cache
def furniture() -> Relaxation:
    found = relaxation(shipped("furniture"))
    assert found is not None
    return found


def minimum(mip: Mip) -> float:
    answer = highs.solve(mip, EXACT)
    assert answer.x is not None
    return mip.objective(answer.x)


@pytest.mark.slow
class TestCuts:
    @pytest.mark.parametrize("name", SMALL)
    def test_minimum_of_shipped_instances_stays(self, name: str) -> None:
        mip = shipped(name)
        best = minimum(mip) * scaled(mip).objective
        found = relaxation(mip)
        assert found is not None
        assert found.bound <= best + 1e-7 * abs(best)
        assert minimum(found.mip) == pytest.approx(best, rel=1e-7)

    @pytest.mark.parametrize("seed", range(15))
    def test_minimum_of_random_programs_stays(self, seed: int) -> None:
        mip = random_program(seed)
        found = relaxation(mip)
        answer = highs.solve(mip, EXACT)
        if found is None:
            assert answer.x is None
            return
        within = highs.solve(found.mip, EXACT)
        assert (within.x is None) == (answer.x is None)
        if answer.x is not None:
            best = mip.objective(answer.x) * scaled(mip).objective
            assert minimum(found.mip) == pytest.approx(best, rel=1e-6, abs=1e-6)

    def test_they_close_most_of_the_gap(self) -> None:
        mip = whole(shipped("furniture"))
        linear = highs.solve(replace(mip, integer=np.zeros_like(mip.integer)), EXACT)
        assert linear.x is not None
        # The minimum of the furniture maker's program, and how much of the way to it the LP leaves.
        best = -2_999_192.4639 * scaled(shipped("furniture")).objective
        assert best - furniture().bound < 0.3 * (best - mip.objective(linear.x))

    def test_stopped_at_once(self) -> None:
        bounds: list[float] = []
        mip = whole(shipped("starter.yaml"))
        relaxed(mip, lambda: True, bounds.append, lambda: False)
        assert len(bounds) <= 1


class TestNarrowing:
    def test_reduced_costs_keep_the_minimum(self) -> None:
        root, mip = furniture(), shipped("furniture")
        best = minimum(mip) * scaled(mip).objective
        narrow = root.narrowed(best)
        assert minimum(narrow) == pytest.approx(best, rel=1e-7)
        assert (narrow.lower == narrow.upper).sum() > (root.mip.lower == root.mip.upper).sum()

    def test_dive_ends_at_a_point_of_the_program(self) -> None:
        x = dive(furniture(), 0.5, lambda: False)
        assert x is not None
        assert furniture().mip.violation(x) <= 1e-6


class TestWholeColumns:
    """``x - y + u - e = 0``: u and e are the start and the exit of something that is on or off."""

    def link(self, cost: list[float], other: list[float] | None = None, upper: float = 1) -> Mip:
        rows: list[list[float]] = [[1, -1, 1, -1], other or [0, 0, 0, 0]]
        return program(cost, rows, row_lower=[0, -np.inf], row_upper=[0, 1.5],
                       upper=[1, 1, upper, upper], integer=[1, 1, 0, 0])  # fmt: skip

    def test_pairs_that_cost_and_rows_want_small(self) -> None:
        assert may_be_whole(self.link([1, 1, 2, 3], [0, 0, 1, 1])).tolist() == [False, False, True, True]

    @pytest.mark.parametrize(
        "mip",
        [
            pytest.param("paid", id="a grant for each start"),
            pytest.param("asked", id="a row that asks for starts"),
            pytest.param("broken", id="bounds that are not whole"),
        ],
    )
    def test_pairs_that_may_be_fractional(self, mip: str) -> None:
        made = {
            "paid": self.link([1, 1, -2, 3]),
            "asked": self.link([1, 1, 2, 3], [0, 0, -1, 0]),
            "broken": self.link([1, 1, 2, 3], upper=0.5),
        }[mip]
        assert not may_be_whole(made).any()

    def test_column_that_an_equation_determines(self) -> None:
        mip = program([1, -1], [2, 2], row_lower=4, row_upper=4, upper=3, integer=[1, 0])
        assert may_be_whole(mip).tolist() == [False, True]
        mip = program([1, -1], [1, 2], row_lower=4, row_upper=4, upper=3, integer=[1, 0])
        assert not may_be_whole(mip).any()


class TestGrid:
    def test_fixed_columns_are_left_out_and_come_back(self) -> None:
        mip = program([1, 1, 1], [[1, 1, 1], [1, 0, 0]], row_lower=[0.1 + 0.2, 0], row_upper=[9, 1],
                      lower=[0, 0.1, 0], upper=[1, 0.1, 4], integer=[1, 0, 0])  # fmt: skip
        grid = gridded(mip, 10)
        assert grid.mip.shape == (1, 2)
        assert grid.point(grid.nearest(np.array([1, 0.1, 2.5]))) == pytest.approx([1, 0.1, 2.5], abs=0.01)

    def test_row_of_fixed_columns_that_does_not_hold(self) -> None:
        mip = program([1, 1], [[1, 0]], row_lower=2, upper=[1, 3], lower=[1, 0], integer=True)
        assert gridded(mip, 10).is_empty()
