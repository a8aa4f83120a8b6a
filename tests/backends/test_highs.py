"""HiGHS: what it answers, and that it says nothing else."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from prodmode.backends import highs
from prodmode.backends.contract import Options, Progress, Status, relative_gap
from prodmode.errors import BackendError
from prodmode.formulation.mip import Mip

from .programs import hard, knapsack, program, without_a_point_in_reach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.backends.contract import Answer

EXACT = Options(gap=0.0)


def objective(answer: Answer, mip: Mip) -> float:
    assert answer.x is not None
    assert mip.violation(answer.x) <= 1e-6
    return mip.objective(answer.x)


def assert_stopped_with_a_plan(answer: Answer, mip: Mip, status: Status) -> None:
    """A stopped run keeps its plan, has a bound on the right side of it, and claims no more."""
    assert answer.status is status
    assert answer.bound is not None
    assert np.isfinite(answer.bound)
    assert answer.bound < objective(answer, mip)


class TestAnswers:
    def test_optimal(self) -> None:
        answer = highs.solve(knapsack(), EXACT)
        assert answer.status is Status.OPTIMAL
        assert answer.x is not None
        assert answer.x.tolist() == [0, 1, 1]
        assert answer.bound == pytest.approx(-20)
        assert answer.version.startswith("HiGHS 1.")

    def test_the_constant_is_in_objective_and_bound(self) -> None:
        answer = highs.solve(knapsack(offset=1000), EXACT)
        assert objective(answer, knapsack(offset=1000)) == pytest.approx(980)
        assert answer.bound == pytest.approx(980)

    def test_program_without_integers(self) -> None:
        answer = highs.solve(program([1, 2], [1, 1], row_lower=3, upper=2), EXACT)
        assert answer.status is Status.OPTIMAL
        assert answer.bound == pytest.approx(4)

    def test_program_without_rows(self) -> None:
        answer = highs.solve(program([1, -2], np.zeros((0, 2)), upper=3, integer=[0, 1]), EXACT)
        assert answer.status is Status.OPTIMAL
        assert answer.bound == pytest.approx(-6)

    def test_infeasible(self) -> None:
        answer = highs.solve(program([1, 1], [2, 2], row_lower=3, row_upper=3, upper=9, integer=True), EXACT)
        assert (answer.status, answer.x) == (Status.INFEASIBLE, None)
        assert answer.bound is None or np.isfinite(answer.bound)

    @pytest.mark.parametrize("integer", [False, True])
    def test_unbounded(self, integer: bool) -> None:
        answer = highs.solve(program([-2, 1], [1, -1], row_upper=5, integer=integer), EXACT)
        assert (answer.status, answer.bound) == (Status.UNBOUNDED, None)

    def test_infeasible_where_it_would_be_unbounded(self) -> None:
        mip = program([-1, 0, 0], [[0, 2, 2]], row_lower=3, row_upper=3, integer=True)
        assert highs.solve(mip, EXACT).status is Status.INFEASIBLE

    def test_large_quantities_are_scaled(self) -> None:
        # Units near 1e9 behind a binary: a solver that sees them lets the binary be 1e-9.
        mip = program([1e4, -1e-3], [-2e9, 1], row_upper=0, upper=[1, 2e9], integer=[1, 0])
        answer = highs.solve(mip, EXACT)
        assert answer.x is not None
        assert answer.x.tolist() == [1, 2e9]
        assert objective(answer, mip) == pytest.approx(1e4 - 2e6)


class TestStoppedRuns:
    def test_loose_gap_is_gap_reached(self) -> None:
        mip = hard()
        answer = highs.solve(mip, Options(gap=0.2, time_limit=60))
        assert_stopped_with_a_plan(answer, mip, Status.GAP_REACHED)
        gap = relative_gap(objective(answer, mip), answer.bound)
        assert gap is not None
        assert 1e-4 < gap <= 0.2
        assert answer.seconds < 30

    def test_time_limit_with_a_plan(self) -> None:
        mip = hard()
        answer = highs.solve(mip, Options(gap=0.0, time_limit=1.5))
        assert_stopped_with_a_plan(answer, mip, Status.TIME_LIMIT)

    def test_time_limit_without_a_plan(self) -> None:
        answer = highs.solve(without_a_point_in_reach(), Options(gap=0.0, time_limit=0.5))
        assert (answer.status, answer.x) == (Status.TIME_LIMIT, None)
        assert answer.bound is None or np.isfinite(answer.bound)
        assert relative_gap(None, answer.bound) is None

    def test_no_time_at_all(self) -> None:
        answer = highs.solve(hard(), Options(gap=0.0, time_limit=0.0))
        assert answer.status is Status.TIME_LIMIT

    def test_cancel_keeps_the_incumbent(self) -> None:
        mip, cancel = hard(), threading.Event()

        def stop_at_a_plan(event: Progress) -> None:
            if event.incumbent is not None:
                cancel.set()

        began = time.perf_counter()
        answer = highs.solve(mip, Options(gap=0.0, time_limit=60), on_progress=stop_at_a_plan, cancel=cancel)
        assert_stopped_with_a_plan(answer, mip, Status.INTERRUPTED)
        assert time.perf_counter() - began < 30

    def test_cancel_before_any_plan(self) -> None:
        cancel = threading.Event()
        cancel.set()
        answer = highs.solve(without_a_point_in_reach(), Options(time_limit=60), cancel=cancel)
        assert (answer.status, answer.x) == (Status.INTERRUPTED, None)

    def test_cancel_of_another_thread(self) -> None:
        mip, cancel = hard(), threading.Event()
        timer = threading.Timer(1.0, cancel.set)
        timer.start()
        answer = highs.solve(mip, Options(gap=0.0, time_limit=60), cancel=cancel)
        timer.join()
        assert answer.status is Status.INTERRUPTED


class TestProgress:
    def test_events_only_get_better(self) -> None:
        events: list[Progress] = []
        mip = hard()
        answer = highs.solve(mip, Options(gap=0.0, time_limit=2), on_progress=events.append)
        assert len(events) > 3
        incumbents = [event.incumbent for event in events if event.incumbent is not None]
        bounds = [event.bound for event in events if event.bound is not None]
        assert incumbents == sorted(incumbents, reverse=True)
        assert bounds == sorted(bounds)
        assert answer.bound is not None
        assert incumbents[-1] >= objective(answer, mip) - 1e-6
        assert bounds[-1] <= answer.bound + 1e-6
        seconds = [event.seconds for event in events]
        assert seconds == sorted(seconds)
        for event in events:
            assert event.gap == relative_gap(event.incumbent, event.bound)
            for value in (event.incumbent, event.bound, event.gap):
                assert value is None or np.isfinite(value)
            assert event.nodes is None or event.nodes >= 0

    @pytest.mark.parametrize("error", [ValueError("no more"), KeyboardInterrupt()])
    def test_what_the_listener_raises_is_raised(self, error: BaseException) -> None:
        def listen(_: Progress) -> None:
            raise error

        with pytest.raises(type(error)) as raised:
            highs.solve(hard(), Options(time_limit=60), on_progress=listen)
        assert raised.value is error


class TestOptions:
    def test_threads_may_differ_from_run_to_run(self) -> None:
        for threads in (1, 2, None, 1):
            answer = highs.solve(knapsack(), Options(gap=0.0, threads=threads))
            assert answer.status is Status.OPTIMAL

    def test_seed_makes_runs_repeat(self) -> None:
        mip = hard(agents=5, jobs=15)
        runs = [highs.solve(mip, Options(gap=0.0, threads=1, seed=seed)) for seed in (7, 7, 8)]
        assert runs[0].nodes == runs[1].nodes
        assert runs[0].x is not None
        assert runs[1].x is not None
        assert np.array_equal(runs[0].x, runs[1].x)
        assert runs[2].bound == pytest.approx(runs[0].bound)

    def test_specific_option(self) -> None:
        answer = highs.solve(knapsack(), Options(gap=0.0, specifics={"presolve": "off"}))
        assert answer.status is Status.OPTIMAL

    @pytest.mark.parametrize("specifics", [{"no_such_option": 1}, {"presolve": "sometimes"}])
    def test_wrong_specific_option(self, specifics: dict[str, object]) -> None:
        with pytest.raises(BackendError, match="HiGHS does not take"):
            highs.solve(knapsack(), Options(specifics=specifics))

    def test_every_specific_option_is_known_to_highs(self) -> None:
        values = {"presolve": "on", "mip_heuristic_effort": 0.1, "mip_detect_symmetry": False,
                  "mip_pool_age_limit": 10, "simplex_strategy": 1}  # fmt: skip
        assert set(values) == set(highs.SPECIFICS)
        assert highs.solve(knapsack(), Options(specifics=values)).status is Status.OPTIMAL

    def test_unsound_program(self) -> None:
        with pytest.raises(BackendError, match="cost holds NaN"):
            highs.solve(program([np.nan], [1.0]), Options())


class TestStart:
    def test_first_incumbent_is_the_start(self) -> None:
        mip = hard()
        before = highs.solve(mip, Options(gap=0.0, time_limit=1.5))
        events: list[Progress] = []
        answer = highs.solve(mip, Options(gap=0.0, time_limit=1.5), start=before.x, on_progress=events.append)
        first = next(event.incumbent for event in events if event.incumbent is not None)
        assert first == pytest.approx(objective(before, mip))
        assert objective(answer, mip) <= objective(before, mip) + 1e-6
        assert not answer.message

    @pytest.mark.parametrize("start", [np.ones(3), np.full(3, 0.5), np.zeros(2)])
    def test_start_that_is_not_feasible_is_passed_over(self, start: NDArray[np.float64]) -> None:
        answer = highs.solve(knapsack(), EXACT, start=start)
        assert answer.status is Status.OPTIMAL
        assert answer.message == "the starting plan is not feasible here and was passed over"

    def test_fixed_integers_get_the_best_of_the_rest(self) -> None:
        mip = program([1, -1], [-5, 1], row_upper=0, upper=[1, 9], integer=[1, 0])
        best = highs.minimise_with_fixed_integers(mip, np.array([0.9999999, 3.0]))
        assert best is not None
        assert best.tolist() == [1, 5]

    def test_fixed_integers_without_a_rest(self) -> None:
        mip = program([1, 1], [1, 1], row_lower=3, upper=[2, 1], integer=[1, 0])
        assert highs.minimise_with_fixed_integers(mip, np.zeros(2)) is None


class TestAvailability:
    def test_installed(self) -> None:
        found = highs.availability()
        assert found
        assert found.reason is None

    @pytest.mark.parametrize("wrong", highs.WRONG_VERSIONS)
    def test_wrong_version(self, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(highs, "version", lambda _: wrong)
        found = highs.availability()
        assert not found
        assert found.version == wrong
        assert found.reason is not None
        assert "cannot be trusted" in found.reason
        assert highs.WRONG_VERSIONS[wrong] in found.reason

    def test_absent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(highs, "find_spec", lambda _: None)
        found = highs.availability()
        assert not found
        assert found.reason is not None
        assert "pip install highspy" in found.reason


SILENT = """
from tests.backends.programs import hard, knapsack
from prodmode.backends import highs
from prodmode.backends.contract import Options
from prodmode.formulation.silent_highs import highs_with
highs_with(knapsack(), {})
highs.solve(knapsack(), Options())
highs.solve(hard(), Options(gap=0.5, threads=1))
"""


def test_nothing_is_printed(pytestconfig: pytest.Config) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SILENT], capture_output=True, check=True, cwd=pytestconfig.rootpath
    )
    assert (done.stdout, done.stderr) == (b"", b"")


def test_a_false_infeasible_of_presolve_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS 1.16.0 has called feasible programs infeasible in presolve; here its first word is made so."""
    attempt, asked = highs._attempt, []

    def mistaken(mip: Mip, options: Options, *rest: Any) -> Answer:
        asked.append(options.specifics.get("presolve"))
        answer = attempt(mip, options, *rest)
        return replace(answer, status=Status.INFEASIBLE, x=None, bound=None) if len(asked) == 1 else answer

    monkeypatch.setattr(highs, "_attempt", mistaken)
    answer = highs.solve(knapsack(), Options(gap=0))
    assert asked == [None, "off", "off"]
    assert answer.status is Status.OPTIMAL
    assert answer.bound == pytest.approx(-20)
    assert "infeasible with presolve" in answer.message


def test_a_run_that_does_not_look_up_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS polls nothing in its first relaxation, which can take minutes."""
    over, cancel = threading.Event(), threading.Event()
    monkeypatch.setattr(highs, "_run", lambda _: over.wait(60))
    monkeypatch.setattr(highs, "STOP_SECONDS", 0.1)
    cancel.set()
    answer = highs.solve(knapsack(), Options(), cancel=cancel)
    over.set()
    assert (answer.status, answer.x, answer.bound) == (Status.INTERRUPTED, None, None)
    assert "left behind" in answer.message


def test_an_infeasible_relaxation_is_proof_enough() -> None:
    answer = highs.solve(program([1, 1], [1, 1], row_lower=3, upper=1, integer=True), Options())
    assert (answer.status, answer.x) == (Status.INFEASIBLE, None)


def test_availability_loads_no_solver() -> None:
    code = (
        "import sys; from prodmode.backends import registry; registry.available(); "
        "sys.exit('highspy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(("least", "status"), [(1.0, Status.INFEASIBLE), (-1.0, Status.OPTIMAL)])
def test_a_program_without_columns_is_answered_by_its_rows(least: float, status: Status) -> None:
    nothing = np.zeros(0)
    mip = Mip(
        nothing, 3.0, csr_array((1, 0)), np.array([least]), np.array([2.0]), nothing, nothing, nothing > 0
    )
    answer = highs.solve(mip, Options())
    assert answer.status is status
    assert answer.bound == (3.0 if status is Status.OPTIMAL else None)
