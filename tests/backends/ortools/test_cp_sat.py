"""CP-SAT: plans and proofs on a grid, and no claim that the program itself does not bear out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from prodmode.backends import cp_sat, highs
from prodmode.backends.contract import Options, Status, relative_gap
from prodmode.backends.via_ortools import mathopt
from prodmode.errors import BackendError
from tests.backends.programs import hard, knapsack, program, without_a_point_in_reach

from .cases import EXACT, SMALL, assert_events_get_better, objective, random_program, shipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.backends.contract import Answer
    from prodmode.formulation.mip import Mip

    from .child import Reply

    Solve = Callable[..., Reply]


def assert_true(answer: Answer, reference: Answer, mip: Mip, gap: float) -> None:
    """Whatever is claimed holds: compare with what HiGHS proves."""
    if reference.x is None:
        assert (answer.status, answer.x) == (Status.INFEASIBLE, None)
        return
    best = mip.objective(reference.x)
    near = 1e-6 * max(1.0, abs(best))
    assert objective(answer, mip) >= best - near
    assert answer.bound is not None
    assert answer.bound <= best + near
    if answer.status is Status.OPTIMAL:
        assert objective(answer, mip) <= best + max(gap, 1e-6) * max(1.0, abs(best))
    else:
        assert answer.status is Status.ERROR
        assert "proves its plan to within" in answer.message


class TestAnswers:
    def test_optimal(self, solve: Solve) -> None:
        answer = solve("cp_sat", knapsack(offset=1000), EXACT).answer
        assert answer.status is Status.OPTIMAL
        assert answer.x is not None
        assert answer.x.tolist() == [0, 1, 1]
        assert answer.bound == pytest.approx(980)
        assert answer.version.startswith("CP-SAT in OR-Tools 9.")

    @pytest.mark.parametrize("side", [3, 2.999])
    def test_infeasible(self, solve: Solve, side: float) -> None:
        mip = program([1, 1], [2, 2], row_lower=side, row_upper=3, upper=9, integer=True)
        answer = solve("cp_sat", mip, EXACT).answer
        assert (answer.status, answer.x, answer.bound) == (Status.INFEASIBLE, None, None)

    def test_bounds_that_cross(self, solve: Solve) -> None:
        mip = program([1, 1], [1, 1], lower=[0, 3], upper=2)
        assert solve("cp_sat", mip, EXACT).answer.status is Status.INFEASIBLE

    def test_program_without_rows(self, solve: Solve) -> None:
        mip = program([1, -2], np.zeros((0, 2)), upper=3, integer=[0, 1])
        answer = solve("cp_sat", mip, EXACT).answer
        assert answer.status is Status.OPTIMAL
        assert answer.bound == pytest.approx(-6)

    @pytest.mark.parametrize("integer", [False, True])
    def test_nothing_is_claimed_of_columns_without_bounds(self, solve: Solve, integer: bool) -> None:
        answer = solve("cp_sat", program([-2, 1], [1, -1], row_upper=5, integer=integer), EXACT).answer
        assert (answer.status, answer.bound) == (Status.ERROR, None)
        assert "columns without bounds" in answer.message

    def test_columns_that_rows_or_costs_bound(self, solve: Solve) -> None:
        mip = program([1, 2, -1], [[2, 2, 0], [0, -1, 1]], row_lower=[3, -1], row_upper=[np.inf, 0.25],
                      lower=[0, 0, -np.inf], upper=[np.inf, np.inf, 1], integer=[1, 0, 0])  # fmt: skip
        answer = solve("cp_sat", mip, EXACT).answer
        reference = highs.solve(mip, EXACT)
        assert answer.status is Status.OPTIMAL
        assert reference.x is not None
        assert objective(answer, mip) == pytest.approx(mip.objective(reference.x))

    def test_quantities_between_grid_points(self, solve: Solve) -> None:
        # A grid alone has no point: 3 q = 1 with q a third.
        mip = program([1, 1], [[3, 0], [1, 1]], row_lower=[1, 0.9], row_upper=[1, 9], upper=2, integer=[0, 1])
        answer = solve("cp_sat", mip, EXACT).answer
        assert answer.status is Status.OPTIMAL
        assert answer.x == pytest.approx([1 / 3, 1])

    def test_large_quantities(self, solve: Solve) -> None:
        mip = program([1e4, -1e-3], [-2e9, 1], row_upper=0, upper=[1, 2e9], integer=[1, 0])
        answer = solve("cp_sat", mip, EXACT).answer
        assert answer.x is not None
        assert answer.x.tolist() == [1, 2e9]

    @pytest.mark.parametrize("seed", range(20))
    @pytest.mark.parametrize("continuous", [False, True])
    def test_random_programs(self, solve: Solve, seed: int, continuous: bool) -> None:
        mip = random_program(seed, continuous=continuous)
        answer = solve("cp_sat", mip, EXACT).answer
        assert_true(answer, highs.solve(mip, EXACT), mip, 0.0)
        assert continuous or answer.status is not Status.ERROR

    @pytest.mark.parametrize("name", SMALL)
    def test_shipped_instances(self, solve: Solve, name: str) -> None:
        mip = shipped(name)
        answer = solve("cp_sat", mip, Options(time_limit=120)).answer
        assert answer.status is Status.OPTIMAL
        assert_true(answer, highs.solve(mip, Options(gap=1e-6)), mip, 1e-4)

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["furniture", "mid-size"])
    def test_large_shipped_instances(self, solve: Solve, name: str) -> None:
        mip = shipped(name)
        answer = solve("cp_sat", mip, Options(time_limit=150)).answer
        assert answer.status is Status.OPTIMAL
        assert_true(answer, highs.solve(mip, Options(gap=1e-6, time_limit=120)), mip, 1e-4)

    def test_furniture_gets_a_plan_and_a_bound(self, solve: Solve) -> None:
        mip = shipped("furniture")
        reference = highs.solve(mip, Options(gap=1e-6, time_limit=120))
        assert reference.x is not None
        best = mip.objective(reference.x)
        answer = solve("cp_sat", mip, Options(time_limit=5)).answer
        assert best - 1e-6 * abs(best) <= objective(answer, mip) <= best + 0.02 * abs(best)
        assert answer.bound is not None
        assert best - 0.02 * abs(best) <= answer.bound <= best + 1e-6 * abs(best)


class TestStoppedRuns:
    def test_loose_gap_is_gap_reached(self, solve: Solve) -> None:
        mip = hard()
        answer = solve("cp_sat", mip, Options(gap=0.3, time_limit=60)).answer
        gap = relative_gap(objective(answer, mip), answer.bound)
        assert gap is not None
        assert 1e-4 < gap <= 0.3
        assert answer.status is Status.GAP_REACHED

    def test_time_limit_with_a_plan(self, solve: Solve) -> None:
        mip = hard()
        answer = solve("cp_sat", mip, Options(gap=0.0, time_limit=2)).answer
        assert answer.status is Status.TIME_LIMIT
        assert answer.bound is not None
        assert answer.bound < objective(answer, mip)
        assert answer.seconds < 10

    @pytest.mark.parametrize("limit", [0.0, 0.5])
    def test_time_limit_without_a_plan(self, solve: Solve, limit: float) -> None:
        answer = solve("cp_sat", without_a_point_in_reach(), Options(gap=0.0, time_limit=limit)).answer
        assert (answer.status, answer.x) == (Status.TIME_LIMIT, None)

    def test_cancel_keeps_the_incumbent(self, solve: Solve) -> None:
        mip = hard()
        answer = solve("cp_sat", mip, Options(gap=0.0, time_limit=60), cancel_at_plan=True).answer
        assert answer.status is Status.INTERRUPTED
        assert answer.bound is None or answer.bound < objective(answer, mip)
        assert answer.seconds < 10

    def test_cancel_on_the_first_grid(self, solve: Solve) -> None:
        answer = solve("cp_sat", shipped("furniture"), Options(time_limit=60), cancel_after=1.5).answer
        assert answer.status is Status.INTERRUPTED
        assert answer.seconds < 10

    def test_cancel_before_any_plan(self, solve: Solve) -> None:
        answer = solve("cp_sat", without_a_point_in_reach(), Options(time_limit=60), cancel_after=0).answer
        assert (answer.status, answer.x) == (Status.INTERRUPTED, None)


class TestProgress:
    @pytest.mark.parametrize("name", ["hard", "starter.yaml"])
    def test_events_only_get_better(self, solve: Solve, name: str) -> None:
        mip = hard() if name == "hard" else shipped(name)
        reply = solve("cp_sat", mip, Options(gap=0.0, time_limit=4))
        assert len(reply.events) > 1
        assert_events_get_better(reply, mip)

    def test_what_the_listener_raises_is_raised(self, solve: Solve) -> None:
        with pytest.raises(ValueError, match="no more"):
            solve("cp_sat", hard(), Options(time_limit=60), raise_at=2)


class TestOptions:
    def test_one_thread_and_a_seed(self, solve: Solve) -> None:
        mip = hard(agents=3, jobs=9)
        runs = [solve("cp_sat", mip, Options(gap=0.0, threads=1, seed=seed)).answer for seed in (7, 7)]
        assert runs[0].x is not None
        assert runs[1].x is not None
        assert np.array_equal(runs[0].x, runs[1].x)

    def test_every_specific_option(self, solve: Solve) -> None:
        values = {"grid_bits": 8, "linearization_level": 2, "symmetry_level": 0, "cp_model_probing_level": 0,
                  "use_lns_only": False}  # fmt: skip
        assert set(values) == set(cp_sat.SPECIFICS)
        answer = solve("cp_sat", shipped("starter.yaml"), Options(specifics=values)).answer
        assert answer.status is Status.OPTIMAL

    @pytest.mark.parametrize("specifics", [{"no_such": 1}, {"grid_bits": 99}, {"linearization_level": "x"}])
    def test_wrong_specific_option(self, solve: Solve, specifics: dict[str, object]) -> None:
        with pytest.raises(BackendError, match=next(iter(specifics))):
            solve("cp_sat", knapsack(), Options(specifics=specifics))

    def test_unsound_program(self, solve: Solve) -> None:
        with pytest.raises(BackendError, match="cost holds NaN"):
            solve("cp_sat", program([np.nan], [1.0]), Options())


class TestStart:
    @pytest.mark.parametrize("name", ["hard", "furniture"])
    def test_start_is_the_first_incumbent(self, solve: Solve, name: str) -> None:
        mip = hard() if name == "hard" else shipped(name)
        before = highs.solve(mip, Options(gap=0.05, time_limit=1.5))
        reply = solve("cp_sat", mip, Options(gap=0.0, time_limit=3), start=before.x)
        first = next(event.incumbent for event in reply.events if event.incumbent is not None)
        assert first == pytest.approx(objective(before, mip))
        assert objective(reply.answer, mip) <= objective(before, mip) + 1e-6 * abs(first)

    @pytest.mark.parametrize("start", [np.ones(3), np.full(3, 0.5), np.zeros(2)])
    def test_start_that_is_not_feasible_is_passed_over(
        self, solve: Solve, start: NDArray[np.float64]
    ) -> None:
        answer = solve("cp_sat", knapsack(), EXACT, start=start).answer
        assert answer.status is Status.OPTIMAL
        assert answer.message == mathopt.NOT_FEASIBLE_START
