"""PuLP's other solvers: found without being loaded, told all that is asked, believed in nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest

from prodmode.backends import cbc
from prodmode.backends.contract import Answer, Options, Progress, Status, relative_gap
from prodmode.backends.via_pulp import job, route, solvers
from prodmode.backends.via_pulp.child import constraints
from prodmode.backends.via_pulp.process import Run
from prodmode.backends.via_pulp.route import PulpBackend, backend_for, found
from prodmode.backends.via_pulp.solvers import ELSEWHERE, SOLVERS, arguments, known
from prodmode.errors import BackendError
from tests.backends.programs import hard, knapsack, program, without_a_point_in_reach

if TYPE_CHECKING:
    from pathlib import Path

    from prodmode.formulation.mip import Mip

EXACT = Options(gap=0.0)


def has_pulp() -> bool:
    try:
        return version("pulp").startswith("3.")
    except PackageNotFoundError:
        return False


needs_pulp = pytest.mark.skipif(not has_pulp(), reason="PuLP 3 is not installed")


def objective(answer: Answer, mip: Mip) -> float:
    assert answer.x is not None
    assert mip.violation(answer.x) <= 1e-6
    return mip.objective(answer.x)


class TestNames:
    @pytest.mark.parametrize("name", ELSEWHERE)
    def test_solvers_with_a_backend_of_their_own_are_refused(self, name: str) -> None:
        with pytest.raises(BackendError, match=f"use the backend '{ELSEWHERE[name]}'"):
            backend_for(name)
        with pytest.raises(BackendError, match=ELSEWHERE[name]):
            backend_for(f"pulp:{name}")

    def test_unknown_solver_gets_a_hint(self) -> None:
        state = backend_for("GUROBBI").availability()
        assert not state
        assert state.reason is not None
        if has_pulp():
            assert "Maybe you meant 'GUROBI'?" in state.reason

    def test_missing_package_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(route, "_pulp_missing", lambda: None)
        monkeypatch.setattr(route, "find_spec", lambda _: None)
        state = backend_for("XPRESS_PY").availability()
        assert state.reason == "xpress is not installed; try 'pip install xpress'"

    @pytest.mark.parametrize(
        ("installed", "says"), [(None, "not installed"), ("4.0.0", "PuLP 4.0.0 is not known")]
    )
    def test_pulp_itself(self, monkeypatch: pytest.MonkeyPatch, installed: str | None, says: str) -> None:
        monkeypatch.setattr(route, "find_spec", lambda _: object() if installed else None)
        monkeypatch.setattr(route, "version", lambda _: installed)
        state = backend_for("GUROBI").availability()
        assert not state
        assert state.reason is not None
        assert says in state.reason
        with pytest.raises(BackendError, match="cannot run here"):
            backend_for("GUROBI").solve(knapsack(), EXACT)

    def test_finding_loads_nothing(self) -> None:
        code = (
            "import sys; from prodmode.backends.via_pulp import route as route; names = route.found()\n"
            "assert not set(names) & set(route.ELSEWHERE)\n"
            "[route.backend_for(name).availability() for name in [*names, 'GUROBI', 'COPT', 'SCIP_PY']]\n"
            "sys.exit(bool({'pulp', 'gurobipy', 'coptpy', 'pyscipopt', 'ortools'} & set(sys.modules)))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert (done.stdout, done.stderr) == (b"", b"")


class TestArguments:
    ASKED: ClassVar[dict[str, Any]] = {
        "time_limit": 12.5,
        "gap": 0.0,
        "threads": 2,
        "seed": 3,
        "warm_start": True,
    }

    @pytest.mark.parametrize("name", [*SOLVERS, "SOMETHING_ELSE"])
    def test_what_a_solver_can_do_is_passed_on(self, name: str) -> None:
        solver, can = known(name), PulpBackend(name).capabilities()
        given = json.dumps(arguments(solver, **self.ASKED))
        assert ("12.5" in given or "13" in given) == can.time_limit
        assert ("1e-09" in given) == can.gap
        assert ("2" in given.replace("12.5", "")) == can.threads or name == "GLPK_CMD"
        assert ("3" in given.replace("13", "")) == can.seed
        assert ("warmStart" in given) == can.warm_start

    def test_options_of_several_kinds_are_joined(self) -> None:
        given = arguments(SOLVERS["XPRESS_PY"], **self.ASKED)
        assert {"TIMELIMIT=12.5", "THREADS=2", "RANDOMSEED=3"} <= set(given["options"])

    @needs_pulp
    def test_pulp_takes_the_arguments(self) -> None:
        # In another process; where the package of a solver is absent its class takes anything.
        words = {name: arguments(solver, **self.ASKED) for name, solver in SOLVERS.items()}
        code = (
            "import json, sys, pulp\n"
            "for name, words in json.loads(sys.argv[1]).items():\n"
            "    pulp.getSolver(name, **words)\n"
        )
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, json.dumps(words)], check=True, capture_output=True
        )


class TestLogs:
    @pytest.mark.parametrize(
        ("name", "line", "bound"),
        [
            ("GLPK_CMD", "+   123: mip =   3.120000000e+01 >=   2.965000000e+01   5.0%", "2.965000000e+01"),
            ("GLPK_CMD", "+    80: mip =     not found yet >=              -inf        (1; 0)", None),
            ("GLPK_CMD", "+    80: mip =     not found yet >=   1.758065000e+04", "1.758065000e+04"),
            ("GUROBI_CMD", "Best objective 2.4e+03, best bound 2.3e+03, gap 0.0000%", "2.3e+03"),
            ("SCIP_CMD", "Dual Bound         : +2.47300000000000e+03", "+2.47300000000000e+03"),
            ("CPLEX_CMD", "Current MIP best bound =  2.4700000000e+03 (gap = 12, 0.49%)", "2.4700000000e+03"),
        ],
    )  # fmt: skip
    def test_bound(self, name: str, line: str, bound: str | None) -> None:
        pattern = SOLVERS[name].bound
        assert pattern is not None
        match = pattern.search(line)
        assert (match[1] if match else None) == bound


def test_rows_with_two_sides_are_two_constraints() -> None:
    class Pulp:
        LpConstraintEQ, LpConstraintGE, LpConstraintLE = 0, 1, -1

    inf = float("inf")
    assert constraints(Pulp, 4, 1, 1) == [("r4", 0, 1)]
    assert constraints(Pulp, 4, 1, 2) == [("r4_low", 1, 1), ("r4_high", -1, 2)]
    assert constraints(Pulp, 4, -inf, 2) == [("r4_high", -1, 2)]
    assert constraints(Pulp, 4, -inf, inf) == []


class TestBelief:
    """Answers of the other process, looked at before they are believed."""

    @staticmethod
    def answer(
        monkeypatch: pytest.MonkeyPatch, told: dict[str, Any] | None, x: list[float] | None,
        *, run: Run | None = None, name: str = "GUROBI", **options: float,
    ) -> Answer:  # fmt: skip
        def follow(_: object, folder: Path, *__: object, **___: object) -> Run:
            if told is not None:
                (folder / "answer.json").write_text(json.dumps(told))
            if x is not None:
                np.save(folder / "answer.npy", np.array(x))
            return run or Run(code=0)

        monkeypatch.setattr(job, "follow", follow)
        monkeypatch.setattr(route, "_pulp_missing", lambda: None)
        monkeypatch.setattr(route, "_listed", lambda: (name,))
        monkeypatch.setattr(route, "find_spec", lambda _: object())
        monkeypatch.setattr(route, "version", lambda _: "1.2.3")
        return backend_for(name).solve(knapsack(), Options(**{"gap": 0.0, **options}))  # type: ignore[arg-type]

    OPTIMAL: ClassVar[dict[str, Any]] = {
        "optimal": True,
        "infeasible": False,
        "unbounded": False,
        "error": "",
    }

    def test_optimal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answer = self.answer(monkeypatch, {**self.OPTIMAL, "bound": -1280.0, "nodes": 3.0}, [0, 1, 1, 1])
        assert (answer.status, answer.bound, answer.nodes) == (Status.OPTIMAL, -20, 3)
        assert answer.version == "GUROBI 1.2.3"

    def test_optimal_by_name_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answer = self.answer(monkeypatch, {**self.OPTIMAL, "bound": -1280.0}, [1, 0, 0, 1])
        assert (answer.status, answer.bound) == (Status.ERROR, -20)
        assert objective(answer, knapsack()) == -10

    def test_optimal_without_a_bound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answer = self.answer(monkeypatch, self.OPTIMAL, [0, 1, 1, 1])
        assert (answer.status, answer.bound) == (Status.ERROR, None)

    def test_optimal_of_a_solver_that_tells_no_bound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answer = self.answer(monkeypatch, self.OPTIMAL, [0, 1, 1, 1], name="MIPCL_CMD", gap=0.01)
        assert answer.status is Status.OPTIMAL
        assert answer.bound == pytest.approx(-20 * (1 + 1e-4))
        assert "tells no bound" in answer.message
        assert not backend_for("MIPCL_CMD").capabilities().valid_bound

    @pytest.mark.parametrize("x", [[1, 1, 1, 1], [0.5, 0.5, 0.5, 1], [np.nan, 0, 0, 1]])
    def test_optimal_point_that_is_not_feasible(
        self, monkeypatch: pytest.MonkeyPatch, x: list[float]
    ) -> None:
        answer = self.answer(monkeypatch, {**self.OPTIMAL, "bound": -1280.0}, x)
        assert answer.status is Status.ERROR
        assert answer.x is None
        assert "not feasible" in answer.message

    def test_stopped_run_called_optimal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        told = {**self.OPTIMAL, "bound": -1290.0}
        answer = self.answer(monkeypatch, told, [0, 1, 1, 1], run=Run(code=0, seconds=2.1), time_limit=2)
        assert answer.status is Status.TIME_LIMIT
        assert answer.bound is not None
        assert answer.bound < -20

    def test_no_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answer = self.answer(monkeypatch, None, None, run=Run(code=-9, last=["out of memory"]))
        assert answer.status is Status.ERROR
        assert "code -9 | out of memory" in answer.message

    def test_no_licence(self, monkeypatch: pytest.MonkeyPatch) -> None:
        told = {**self.OPTIMAL, "optimal": False, "error": "GurobiError: Model too large"}
        answer = self.answer(monkeypatch, told, None)
        assert answer.status is Status.ERROR
        assert "Model too large" in answer.message


@pytest.fixture
def through_pulp(monkeypatch: pytest.MonkeyPatch) -> PulpBackend:
    """PuLP's own way to CBC, which every PuLP 3 has: it tells no bound."""
    if not has_pulp() or not cbc.availability():
        pytest.skip("PuLP 3 with its CBC is not installed")
    solver = solvers.PulpSolver(threads=lambda count: {"threads": count}, warm_start=True, tells_bound=False)
    monkeypatch.setitem(SOLVERS, "PULP_CBC_CMD", solver)
    return PulpBackend("PULP_CBC_CMD")


class TestThroughPulp:
    """The whole way, with the one solver that is always there."""

    def test_optimal_with_a_constant(self, through_pulp: PulpBackend) -> None:
        answer = through_pulp.solve(knapsack(offset=1000), EXACT)
        assert answer.status is Status.OPTIMAL
        assert objective(answer, knapsack(offset=1000)) == pytest.approx(980)
        assert "tells no bound" in answer.message

    def test_rows_with_two_sides_free_and_unused_columns(self, through_pulp: PulpBackend) -> None:
        mip = program(
            [1, 2, -0.5, -1, 0], [[1, 1, 0, 0, 0], [1, 0, 1, 0, 0], [0, 0, 0, 0, 0]],
            row_lower=[3, 0, -1], row_upper=[4.5, 0, 1], lower=[0, 0, -np.inf, -np.inf, 1],
            upper=[9, 9, np.inf, -1, 2], integer=[1, 0, 0, 0, 1],
        )  # fmt: skip
        answer = through_pulp.solve(mip, EXACT)
        assert answer.status is Status.OPTIMAL
        assert objective(answer, mip) == pytest.approx(3 * 1.5 + 1)

    def test_without_integers(self, through_pulp: PulpBackend) -> None:
        answer = through_pulp.solve(program([1, 2], [1, 1], row_lower=3, upper=2), EXACT)
        assert (answer.status, answer.message) == (Status.OPTIMAL, "")
        assert answer.bound == pytest.approx(4)

    def test_without_rows(self, through_pulp: PulpBackend) -> None:
        mip = program([1, -2], np.zeros((0, 2)), upper=3, integer=[0, 1])
        assert through_pulp.solve(mip, EXACT).status is Status.OPTIMAL

    def test_infeasible(self, through_pulp: PulpBackend) -> None:
        mip = program([1, 1], [2, 2], row_lower=3, row_upper=3, upper=9, integer=True)
        assert through_pulp.solve(mip, EXACT).status is Status.INFEASIBLE

    def test_unbounded(self, through_pulp: PulpBackend) -> None:
        mip = program([-2, 1], [1, -1], row_upper=5, integer=True)
        answer = through_pulp.solve(mip, EXACT)
        assert answer.status is Status.UNBOUNDED
        assert answer.x is None

    def test_time_limit_is_not_optimal(self, through_pulp: PulpBackend) -> None:
        mip = hard()
        answer = through_pulp.solve(mip, Options(gap=0.0, time_limit=3))
        assert (answer.status, answer.bound) == (Status.TIME_LIMIT, None)
        assert objective(answer, mip) > 0

    def test_garbage_without_a_plan(self, through_pulp: PulpBackend) -> None:
        answer = through_pulp.solve(without_a_point_in_reach(), Options(gap=0.0, time_limit=1))
        assert answer.status is Status.TIME_LIMIT
        assert answer.x is None

    def test_cancel_leaves_no_process(self, through_pulp: PulpBackend) -> None:
        psutil = pytest.importorskip("psutil")
        cancel = threading.Event()
        events: list[Progress] = []

        def listen(event: Progress) -> None:
            events.append(event)
            if any("cbc" in child.name() for child in psutil.Process().children(recursive=True)):
                cancel.set()

        answer = through_pulp.solve(
            hard(), Options(gap=0.0, time_limit=60), on_progress=listen, cancel=cancel
        )
        assert answer.status is Status.INTERRUPTED
        assert answer.seconds < 40
        assert events
        assert not psutil.Process().children(recursive=True)

    def test_start(self, through_pulp: PulpBackend) -> None:
        start = np.array([1.0, 0, 1])
        answer = through_pulp.solve(knapsack(), EXACT, start=start)
        assert objective(answer, knapsack()) == -20

    def test_nothing_is_printed_or_left(
        self, through_pulp: PulpBackend, capfd: pytest.CaptureFixture[str], tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        through_pulp.solve(knapsack(), EXACT)
        assert capfd.readouterr() == ("", "")
        assert list(tmp_path.iterdir()) == []

    def test_options_of_its_own_are_refused(self, through_pulp: PulpBackend) -> None:
        with pytest.raises(BackendError, match="no options of its own: cuts"):
            through_pulp.solve(knapsack(), Options(specifics={"cuts": "off"}))
        with pytest.raises(BackendError, match="cost holds NaN"):
            through_pulp.solve(program([np.nan], [1.0]), Options())


def test_every_solver_found_here_tells_its_bound() -> None:
    """For machines that have one of them, such as a wheel with a size-limited licence."""
    names = [name for name in found() if known(name).tells_bound]
    if not names:
        pytest.skip("PuLP finds no other solver here")
    mip = hard(agents=5, jobs=15)
    optimum = 0.0
    for name in names:
        answer = backend_for(name).solve(mip, EXACT)
        assert answer.status is Status.OPTIMAL, (name, answer)
        optimum = optimum or objective(answer, mip)
        assert objective(answer, mip) == pytest.approx(optimum, rel=1e-6), name
        assert answer.bound == pytest.approx(optimum, rel=1e-6), name
        loose = backend_for(name).solve(mip, Options(gap=0.2))
        assert loose.bound is not None
        gap = relative_gap(objective(loose, mip), loose.bound)
        assert gap is not None
        assert gap <= 0.2
        assert loose.bound <= optimum + 1e-6
