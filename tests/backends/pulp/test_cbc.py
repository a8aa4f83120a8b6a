"""CBC: what it answers, that it stops, and that it leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from prodmode.backends import cbc
from prodmode.backends.contract import Options, Progress, Status, relative_gap
from prodmode.backends.via_pulp import point
from prodmode.backends.via_pulp.cbc_log import CbcSolution
from prodmode.backends.via_pulp.locate import CbcMissing, find_cbc
from prodmode.backends.via_pulp.process import Run
from prodmode.errors import BackendError
from tests.backends.programs import hard, knapsack, program, without_a_point_in_reach

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from prodmode.backends.contract import Answer
    from prodmode.formulation.mip import Mip

EXACT = Options(gap=0.0)

needs_cbc = pytest.mark.skipif(not cbc.availability(), reason=str(cbc.availability().reason))
pytestmark = needs_cbc


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


def cancelling(cancel: threading.Event) -> Callable[[Progress], None]:
    """Return a listener that cancels once there is a plan."""

    def listen(event: Progress) -> None:
        if event.incumbent is not None:
            cancel.set()

    return listen


class TestAnswers:
    def test_optimal(self) -> None:
        answer = cbc.solve(knapsack(), EXACT)
        assert answer.status is Status.OPTIMAL
        assert answer.x is not None
        assert answer.x.tolist() == [0, 1, 1]
        assert answer.bound == pytest.approx(-20)
        assert answer.version.startswith("CBC ")
        assert not answer.message

    @pytest.mark.parametrize("offset", [1000, -1e7])
    def test_the_constant_is_in_objective_bound_and_progress(self, offset: float) -> None:
        mip = replace(hard(agents=5, jobs=15), offset=offset)
        events: list[Progress] = []
        answer = cbc.solve(mip, EXACT, on_progress=events.append)
        assert answer.status is Status.OPTIMAL
        assert answer.bound == pytest.approx(objective(answer, mip), rel=1e-6)
        incumbents = [event.incumbent for event in events if event.incumbent is not None]
        assert incumbents[-1] == pytest.approx(objective(answer, mip), rel=1e-6)

    def test_program_without_integers(self) -> None:
        answer = cbc.solve(program([1, 2], [1, 1], row_lower=3, upper=2), EXACT)
        assert answer.status is Status.OPTIMAL
        assert answer.bound == pytest.approx(4)

    def test_program_without_rows(self) -> None:
        answer = cbc.solve(program([1, -2], np.zeros((0, 2)), upper=3, integer=[0, 1]), EXACT)
        assert answer.status is Status.OPTIMAL
        assert answer.bound == pytest.approx(-6)

    def test_rows_with_two_sides_free_and_negative_columns(self) -> None:
        # 3 <= x + y <= 4.5, z = -x free below, w <= -1
        mip = program(
            [1, 2, -0.5, -1], [[1, 1, 0, 0], [1, 0, 1, 0]],
            row_lower=[3, 0], row_upper=[4.5, 0], lower=[0, 0, -np.inf, -np.inf], upper=[9, 9, np.inf, -1],
            integer=[1, 0, 0, 0],
        )  # fmt: skip
        answer = cbc.solve(mip, EXACT)
        assert answer.status is Status.OPTIMAL
        # x costs 1.5 a unit, y costs 2, w at -1
        assert objective(answer, mip) == pytest.approx(3 * 1.5 + 1)

    @pytest.mark.parametrize("integer", [False, True])
    def test_infeasible(self, integer: bool) -> None:
        side = 3 if integer else 40
        mip = program([1, 1], [2, 2], row_lower=side, row_upper=side, upper=9, integer=integer)
        answer = cbc.solve(mip, EXACT)
        assert (answer.status, answer.x, answer.bound) == (Status.INFEASIBLE, None, None)

    @pytest.mark.parametrize("integer", [False, True])
    def test_unbounded(self, integer: bool) -> None:
        answer = cbc.solve(program([-2, 1], [1, -1], row_upper=5, integer=integer), EXACT)
        assert (answer.status, answer.x, answer.bound) == (Status.UNBOUNDED, None, None)

    def test_infeasible_where_cbc_says_unbounded(self) -> None:
        mip = program([-1, 0, 0], [[0, 2, 2]], row_lower=3, row_upper=3, integer=True)
        assert cbc.solve(mip, EXACT).status is Status.INFEASIBLE

    def test_large_quantities_are_scaled(self) -> None:
        mip = program([1e4, -1e-3], [-2e9, 1], row_upper=0, upper=[1, 2e9], integer=[1, 0])
        answer = cbc.solve(mip, EXACT)
        assert answer.x is not None
        assert answer.x.tolist() == [1, 2e9]
        assert objective(answer, mip) == pytest.approx(1e4 - 2e6)


class TestStoppedRuns:
    def test_loose_gap_is_gap_reached(self) -> None:
        mip = hard()
        answer = cbc.solve(mip, Options(gap=0.2, time_limit=60))
        assert_stopped_with_a_plan(answer, mip, Status.GAP_REACHED)
        gap = relative_gap(objective(answer, mip), answer.bound)
        assert gap is not None
        assert 1e-4 < gap <= 0.2
        assert answer.seconds < 30

    def test_time_limit_with_a_plan(self) -> None:
        mip = hard()
        answer = cbc.solve(mip, Options(gap=0.0, time_limit=3))
        assert_stopped_with_a_plan(answer, mip, Status.TIME_LIMIT)
        assert answer.seconds < 8

    def test_time_limit_without_a_plan(self) -> None:
        # CBC's solution file holds the values of the relaxation here.
        answer = cbc.solve(without_a_point_in_reach(), Options(gap=0.0, time_limit=1))
        assert (answer.status, answer.x) == (Status.TIME_LIMIT, None)
        assert answer.bound is not None
        assert np.isfinite(answer.bound)

    def test_no_time_at_all(self) -> None:
        answer = cbc.solve(hard(), Options(gap=0.0, time_limit=0.0))
        assert (answer.status, answer.x) == (Status.TIME_LIMIT, None)

    def test_cancel_keeps_the_incumbent(self) -> None:
        mip, cancel = hard(), threading.Event()
        began = time.perf_counter()
        answer = cbc.solve(
            mip, Options(gap=0.0, time_limit=60), on_progress=cancelling(cancel), cancel=cancel
        )
        assert_stopped_with_a_plan(answer, mip, Status.INTERRUPTED)
        assert time.perf_counter() - began < 30
        assert not children()

    def test_cancel_before_the_start(self) -> None:
        cancel = threading.Event()
        cancel.set()
        answer = cbc.solve(without_a_point_in_reach(), Options(time_limit=60), cancel=cancel)
        assert (answer.status, answer.x) == (Status.INTERRUPTED, None)

    def test_cancel_before_any_plan(self) -> None:
        cancel = threading.Event()
        timer = threading.Timer(1.0, cancel.set)
        timer.start()
        answer = cbc.solve(without_a_point_in_reach(), Options(time_limit=60), cancel=cancel)
        timer.join()
        assert (answer.status, answer.x) == (Status.INTERRUPTED, None)
        assert not children()


def children() -> list[int]:
    """Return the processes that this one has started and that still run."""
    psutil = pytest.importorskip("psutil")
    return [child.pid for child in psutil.Process().children(recursive=True)]


class TestProgress:
    def test_events_only_get_better(self) -> None:
        events: list[Progress] = []
        mip = hard()
        answer = cbc.solve(mip, Options(gap=0.0, time_limit=4), on_progress=events.append)
        incumbents = [event.incumbent for event in events if event.incumbent is not None]
        bounds = [event.bound for event in events if event.bound is not None]
        assert incumbents
        assert bounds
        assert incumbents == sorted(incumbents, reverse=True)
        assert bounds == sorted(bounds)
        assert answer.bound is not None
        assert incumbents[-1] >= objective(answer, mip) - 1e-6
        assert bounds[-1] <= answer.bound + 1e-6
        seconds = [event.seconds for event in events]
        assert seconds == sorted(seconds)
        # They come while CBC runs, not at its end.
        assert next(event.seconds for event in events if event.bound is not None) < 2
        for event in events:
            assert event.gap == relative_gap(event.incumbent, event.bound)
            for value in (event.incumbent, event.bound, event.gap):
                assert value is None or np.isfinite(value)

    @pytest.mark.parametrize("error", [ValueError("no more"), KeyboardInterrupt()])
    def test_what_the_listener_raises_is_raised(self, error: BaseException) -> None:
        def listen(_: Progress) -> None:
            raise error

        with pytest.raises(type(error)) as raised:
            cbc.solve(hard(), Options(time_limit=60), on_progress=listen)
        assert raised.value is error
        assert not children()


class TestOptions:
    @pytest.mark.parametrize("threads", [1, 2])
    def test_threads(self, threads: int) -> None:
        mip = hard(agents=5, jobs=15)
        answer = cbc.solve(mip, Options(gap=0.0, threads=threads))
        assert answer.status is Status.OPTIMAL
        assert objective(answer, mip) == pytest.approx(cbc.solve(mip, EXACT).bound, rel=1e-6)

    @pytest.mark.parametrize("seed", [0, 7, 2**40])
    def test_seed_makes_runs_repeat(self, seed: int) -> None:
        mip = hard(agents=5, jobs=15)
        first, second = (cbc.solve(mip, Options(gap=0.0, seed=seed)) for _ in range(2))
        assert first.nodes == second.nodes
        assert first.x is not None
        assert second.x is not None
        assert np.array_equal(first.x, second.x)

    def test_options_reach_cbc(self) -> None:
        specifics = {"cuts": "off", "strong_branching": 2}
        words = cbc._arguments(Options(gap=0.25, threads=3, seed=5, specifics=specifics))
        text = " ".join(words)
        assert "-ratio 0.2 " in text
        assert "-threads 3" in text
        assert "-randomSeed 6 -randomCbcSeed 6" in text
        assert "-cuts off" in text
        assert "-strong 2" in text

    @pytest.mark.parametrize("name", cbc.SPECIFICS)
    def test_every_specific_option_is_known_to_cbc(self, name: str) -> None:
        for value in cbc._CHOICES[name][1] if name in cbc._CHOICES else (0, 17):
            words = cbc._specific(name, value)
            done = subprocess.run(
                [str(find_cbc()), *words, "-quit"],
                capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            said = done.stdout.lower()
            assert "no match" not in said
            assert "not" not in said.replace("not changed", "")
            assert cbc.solve(knapsack(), Options(gap=0.0, specifics={name: value})).status is Status.OPTIMAL

    @pytest.mark.parametrize(
        "specifics",
        [{"no_such_option": 1}, {"cuts": "sometimes"}, {"strong_branching": -1}, {"strong_branching": "5 -x"},
         {"heuristics": True}, {"feasibility_pump_passes": True}],
    )  # fmt: skip
    def test_wrong_specific_option(self, specifics: dict[str, object]) -> None:
        with pytest.raises(BackendError, match="CBC"):
            cbc.solve(knapsack(), Options(specifics=specifics))

    def test_unsound_program(self) -> None:
        with pytest.raises(BackendError, match="cost holds NaN"):
            cbc.solve(program([np.nan], [1.0]), Options())


class TestStart:
    def test_first_incumbent_is_no_worse_than_the_start(self) -> None:
        mip = hard()
        before = cbc.solve(mip, Options(gap=0.2, time_limit=10))
        events: list[Progress] = []
        answer = cbc.solve(mip, Options(gap=0.0, time_limit=1.5), start=before.x, on_progress=events.append)
        first = next(event.incumbent for event in events if event.incumbent is not None)
        assert first == pytest.approx(objective(before, mip))
        assert objective(answer, mip) <= objective(before, mip) + 1e-6
        assert not answer.message

    def test_start_outlives_a_run_without_time(self) -> None:
        mip = knapsack()
        start = np.array([1.0, 0, 1])
        answer = cbc.solve(mip, Options(gap=0.0, time_limit=0.0), start=start)
        assert answer.status is Status.TIME_LIMIT
        assert answer.x is not None
        assert answer.x.tolist() == start.tolist()

    @pytest.mark.parametrize("start", [np.ones(3), np.full(3, 0.5), np.zeros(2), np.full(3, np.nan)])
    def test_start_that_is_not_feasible_is_passed_over(self, start: NDArray[np.float64]) -> None:
        answer = cbc.solve(knapsack(), EXACT, start=start)
        assert answer.status is Status.OPTIMAL
        assert answer.message == "the starting plan is not feasible here and was passed over"


class TestLies:
    """What CBC claims is not believed without a look."""

    @staticmethod
    def answer(
        monkeypatch: pytest.MonkeyPatch, found: CbcSolution | None, run: Run, **options: float
    ) -> Answer:
        monkeypatch.setattr(cbc, "follow", lambda *_, **__: run)
        monkeypatch.setattr(cbc, "read_solution", lambda *_: found)
        return cbc.solve(knapsack(), Options(gap=0.0, **options))  # type: ignore[arg-type]

    @pytest.mark.parametrize("x", [[1, 1, 1, 1], [0.5, 0.5, 0.5, 1], [np.nan, 0, 0, 1]])
    def test_optimal_point_that_is_not_feasible(
        self, monkeypatch: pytest.MonkeyPatch, x: list[float]
    ) -> None:
        answer = self.answer(monkeypatch, CbcSolution("Optimal", -1280.0, np.array(x)), Run(code=0))
        assert answer.status is Status.ERROR
        assert answer.x is None
        assert "not feasible" in answer.message

    def test_optimal_point_that_is_not_optimal_by_its_own_objective(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = CbcSolution("Optimal", -1280.0, np.array([1.0, 0, 0, 1]))
        answer = self.answer(monkeypatch, found, Run(code=0))
        assert answer.status is Status.ERROR
        assert answer.bound == pytest.approx(-20)
        assert objective(answer, knapsack()) == -10

    def test_infeasible_after_the_time_limit_is_no_proof(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = CbcSolution("Integer infeasible", 0.0, np.zeros(4))
        answer = self.answer(monkeypatch, found, Run(code=0, seconds=5.1), time_limit=5)
        assert (answer.status, answer.x) == (Status.TIME_LIMIT, None)

    def test_infeasible_after_a_cancel_is_no_proof(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = CbcSolution("Infeasible", 0.0, np.zeros(4))
        answer = self.answer(monkeypatch, found, Run(code=0, cancelled=True))
        assert answer.status is Status.INTERRUPTED

    def test_infeasible_with_a_feasible_start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cbc, "follow", lambda *_, **__: Run(code=0))
        monkeypatch.setattr(cbc, "read_solution", lambda *_: CbcSolution("Infeasible", 0.0, np.zeros(4)))
        answer = cbc.solve(knapsack(), EXACT, start=np.array([0.0, 1, 1]))
        assert answer.status is Status.ERROR
        assert answer.x is not None

    def test_crash(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answer = self.answer(monkeypatch, None, Run(code=-11, last=["Segmentation", "fault"]))
        assert (answer.status, answer.x) == (Status.ERROR, None)
        assert "code -11" in answer.message
        assert "fault" in answer.message

    def test_unbounded_claim_about_a_bounded_program(self) -> None:
        # The second opinion: feasible, and its relaxation has an optimum.
        ended = cbc.solve(knapsack(), EXACT)
        answer = point.infeasible_or_unbounded(knapsack(), ended, lambda mip: cbc.solve(mip, EXACT))
        assert answer.status is Status.ERROR


PARENT = """
from tests.backends.programs import hard
from prodmode.backends import cbc
from prodmode.backends.contract import Options
cbc.solve(hard(), Options(gap=0.0, time_limit=120), on_progress=lambda event: print(event, flush=True))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_cbc_does_not_outlive_this_process(number: int, pytestconfig: pytest.Config) -> None:
    psutil = pytest.importorskip("psutil")
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=pytestconfig.rootpath,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as parent:  # fmt: skip
        assert parent.stdout is not None
        while "phase='root'" not in parent.stdout.readline():
            assert parent.poll() is None
        started = psutil.Process(parent.pid).children(recursive=True)
        assert [child for child in started if Path(child.exe()).name == "cbc"]
        parent.send_signal(number)
        parent.wait(timeout=20)
    _, alive = psutil.wait_procs(started, timeout=10)
    assert not alive


def test_nothing_is_printed_and_pulp_is_not_imported(pytestconfig: pytest.Config) -> None:
    code = (
        "import sys; from tests.backends.programs import knapsack; from prodmode.backends import cbc\n"
        "from prodmode.backends.contract import Options\n"
        "assert cbc.availability(); cbc.solve(knapsack(), Options()); sys.exit('pulp' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=pytestconfig.rootpath
    )
    assert (done.stdout, done.stderr) == (b"", b"")


def test_no_files_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    cbc.solve(knapsack(), EXACT)
    assert list(tmp_path.iterdir()) == []


def test_missing_cbc_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise CbcMissing("there is none")

    monkeypatch.setattr(cbc, "find_cbc", missing)
    found = cbc.availability()
    assert not found
    assert found.reason == "there is none"
    with pytest.raises(BackendError, match="there is none"):
        cbc.solve(knapsack(), EXACT)
