"""SCIP: what it answers, how it stops, and that it says nothing else."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from prodmode.backends import highs, scip
from prodmode.backends.contract import Options, Status, relative_gap
from prodmode.backends.via_ortools import mathopt
from prodmode.errors import BackendError
from tests.backends.programs import hard, knapsack, program, without_a_point_in_reach

from .cases import EXACT, SHIPPED, assert_events_get_better, objective, random_program, shipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from .child import Reply

    Solve = Callable[..., Reply]


class TestAnswers:
    def test_optimal(self, solve: Solve) -> None:
        answer = solve("scip", knapsack(offset=1000), EXACT).answer
        assert answer.status is Status.OPTIMAL
        assert answer.x is not None
        assert answer.x.tolist() == [0, 1, 1]
        assert answer.bound == pytest.approx(980)
        assert answer.version.startswith("SCIP in OR-Tools 9.")

    def test_program_without_rows(self, solve: Solve) -> None:
        mip = program([1, -2], np.zeros((0, 2)), upper=3, integer=[0, 1])
        answer = solve("scip", mip, EXACT).answer
        assert answer.status is Status.OPTIMAL
        assert answer.bound == pytest.approx(-6)

    @pytest.mark.parametrize("side", [3, 2.999])
    def test_infeasible(self, solve: Solve, side: float) -> None:
        mip = program([1, 1], [2, 2], row_lower=side, row_upper=3, upper=9, integer=True)
        answer = solve("scip", mip, EXACT).answer
        assert (answer.status, answer.x, answer.bound) == (Status.INFEASIBLE, None, None)

    def test_bounds_that_cross(self, solve: Solve) -> None:
        mip = program([1, 1], [1, 1], lower=[0, 3], upper=2)
        assert solve("scip", mip, EXACT).answer.status is Status.INFEASIBLE

    @pytest.mark.parametrize("integer", [False, True])
    def test_unbounded(self, solve: Solve, integer: bool) -> None:
        answer = solve("scip", program([-2, 1], [1, -1], row_upper=5, integer=integer), EXACT).answer
        assert (answer.status, answer.x, answer.bound) == (Status.UNBOUNDED, None, None)

    def test_infeasible_where_it_would_be_unbounded(self, solve: Solve) -> None:
        mip = program([-1, 0, 0], [[0, 2, 2]], row_lower=3, row_upper=3, integer=True)
        assert solve("scip", mip, EXACT).answer.status is Status.INFEASIBLE

    def test_large_quantities_are_scaled(self, solve: Solve) -> None:
        mip = program([1e4, -1e-3], [-2e9, 1], row_upper=0, upper=[1, 2e9], integer=[1, 0])
        answer = solve("scip", mip, EXACT).answer
        assert answer.x is not None
        assert answer.x.tolist() == [1, 2e9]

    @pytest.mark.parametrize("seed", range(20))
    def test_random_programs(self, solve: Solve, seed: int) -> None:
        mip = random_program(seed)
        reference = highs.solve(mip, EXACT)
        answer = solve("scip", mip, EXACT).answer
        assert answer.status is reference.status
        if reference.x is not None:
            best = mip.objective(reference.x)
            assert objective(answer, mip) == pytest.approx(best, rel=1e-6, abs=1e-6)
            assert answer.bound is not None
            assert answer.bound <= best + 1e-6 * max(1, abs(best))

    @pytest.mark.parametrize("name", SHIPPED)
    def test_shipped_instances(self, solve: Solve, name: str) -> None:
        mip = shipped(name)
        options = Options(gap=1e-6, time_limit=120)
        reference = highs.solve(mip, options)
        assert reference.x is not None
        answer = solve("scip", mip, options).answer
        assert answer.status is Status.OPTIMAL
        best = mip.objective(reference.x)
        assert objective(answer, mip) == pytest.approx(best, rel=2e-6)
        assert answer.bound is not None
        assert answer.bound <= best + 1e-6 * abs(best)


class TestStoppedRuns:
    def test_loose_gap_is_gap_reached(self, solve: Solve) -> None:
        mip = hard()
        answer = solve("scip", mip, Options(gap=0.2, time_limit=60)).answer
        assert answer.status is Status.GAP_REACHED
        gap = relative_gap(objective(answer, mip), answer.bound)
        assert gap is not None
        assert 1e-4 < gap <= 0.2

    def test_time_limit_with_a_plan(self, solve: Solve) -> None:
        mip = hard()
        answer = solve("scip", mip, Options(gap=0.0, time_limit=1.5)).answer
        assert answer.status is Status.TIME_LIMIT
        assert answer.bound is not None
        assert answer.bound < objective(answer, mip)
        assert answer.seconds < 10

    @pytest.mark.parametrize("limit", [0.0, 0.5])
    def test_time_limit_without_a_plan(self, solve: Solve, limit: float) -> None:
        answer = solve("scip", without_a_point_in_reach(), Options(gap=0.0, time_limit=limit)).answer
        assert (answer.status, answer.x) == (Status.TIME_LIMIT, None)
        assert answer.bound is None or np.isfinite(answer.bound)

    def test_cancel_keeps_the_incumbent(self, solve: Solve) -> None:
        mip = hard()
        answer = solve("scip", mip, Options(gap=0.0, time_limit=60), cancel_at_plan=True).answer
        assert answer.status is Status.INTERRUPTED
        assert answer.bound is None or answer.bound < objective(answer, mip)
        assert answer.seconds < 10

    def test_cancel_before_any_plan(self, solve: Solve) -> None:
        answer = solve("scip", without_a_point_in_reach(), Options(time_limit=60), cancel_after=0).answer
        assert (answer.status, answer.x) == (Status.INTERRUPTED, None)

    def test_cancel_of_another_thread(self, solve: Solve) -> None:
        answer = solve("scip", hard(), Options(gap=0.0, time_limit=60), cancel_after=1.0).answer
        assert answer.status is Status.INTERRUPTED
        assert answer.seconds < 5


class TestProgress:
    def test_events_only_get_better(self, solve: Solve) -> None:
        mip = hard()
        reply = solve("scip", mip, Options(gap=0.0, time_limit=2))
        assert len(reply.events) > 1
        assert_events_get_better(reply, mip)

    def test_what_the_listener_raises_is_raised(self, solve: Solve) -> None:
        with pytest.raises(ValueError, match="no more"):
            solve("scip", hard(), Options(time_limit=60), raise_at=2)


class TestOptions:
    def test_threads_and_seed_make_runs_repeat(self, solve: Solve) -> None:
        mip = hard(agents=4, jobs=12)
        runs = [solve("scip", mip, Options(gap=0.0, threads=1, seed=seed)).answer for seed in (7, 7, 8)]
        assert runs[0].nodes == runs[1].nodes
        assert runs[0].x is not None
        assert runs[1].x is not None
        assert np.array_equal(runs[0].x, runs[1].x)
        assert objective(runs[2], mip) == pytest.approx(objective(runs[0], mip))

    def test_more_threads_tell_no_less(self, solve: Solve) -> None:
        reply = solve("scip", hard(), Options(gap=0.0, threads=2, time_limit=2))
        assert len(reply.events) > 2

    def test_every_specific_option(self, solve: Solve) -> None:
        values = {"presolve": "off", "cuts": "high", "heuristics": "low", "emphasis": "feasibility"}
        assert set(values) == set(scip.SPECIFICS)
        answer = solve("scip", knapsack(), Options(gap=0.0, specifics=values)).answer
        assert answer.status is Status.OPTIMAL

    @pytest.mark.parametrize("specifics", [{"no_such": 1}, {"presolve": "sometimes"}, {"emphasis": "haste"}])
    def test_wrong_specific_option(self, solve: Solve, specifics: dict[str, object]) -> None:
        with pytest.raises(BackendError, match=next(iter(specifics))):
            solve("scip", knapsack(), Options(specifics=specifics))

    def test_unsound_program(self, solve: Solve) -> None:
        with pytest.raises(BackendError, match="cost holds NaN"):
            solve("scip", program([np.nan], [1.0]), Options())

    def test_refusal_in_the_words_of_the_solver(self, solve: Solve) -> None:
        with pytest.raises(BackendError, match=r"OR-Tools failed: .*time_limit"):
            solve("scip", knapsack(), Options(time_limit=-3))

    def test_no_threads(self, solve: Solve) -> None:
        with pytest.raises(BackendError, match="does not take threads=0"):
            solve("scip", knapsack(), Options(threads=0))


class TestStart:
    def test_start_is_the_first_incumbent(self, solve: Solve) -> None:
        mip = hard()
        before = highs.solve(mip, Options(gap=0.0, time_limit=1.5))
        reply = solve("scip", mip, Options(gap=0.0, time_limit=1.5), start=before.x)
        first = next(event.incumbent for event in reply.events if event.incumbent is not None)
        assert first == pytest.approx(objective(before, mip))
        assert objective(reply.answer, mip) <= objective(before, mip) + 1e-6
        assert not reply.answer.message

    @pytest.mark.parametrize("start", [np.ones(3), np.full(3, 0.5), np.zeros(2)])
    def test_start_that_is_not_feasible_is_passed_over(
        self, solve: Solve, start: NDArray[np.float64]
    ) -> None:
        answer = solve("scip", knapsack(), EXACT, start=start).answer
        assert answer.status is Status.OPTIMAL
        assert answer.message == mathopt.NOT_FEASIBLE_START


SILENT = """
import os, sys
from tests.backends.programs import hard, knapsack
from prodmode.backends import cp_sat, glop, scip
from prodmode.backends.contract import Options
for backend in (scip, cp_sat):
    backend.solve(knapsack(), Options(), on_progress=lambda event: None)
    backend.solve(hard(), Options(gap=0.3), on_progress=lambda event: os.write(2, b"heard\\n"))
print("end", file=sys.stderr)
"""


def test_nothing_is_printed_and_nothing_is_swallowed(pytestconfig: pytest.Config) -> None:
    if not mathopt.availability():
        pytest.skip("OR-Tools is not installed")
    done = subprocess.run(
        [sys.executable, "-c", SILENT], capture_output=True, check=True, cwd=pytestconfig.rootpath
    )
    assert done.stdout == b""
    assert set(done.stderr.splitlines()) == {b"heard", b"end"}
