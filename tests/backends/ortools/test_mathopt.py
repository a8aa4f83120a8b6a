"""What the OR-Tools backends share: availability, programs, errors, stderr, grids and bounds."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_array

from prodmode.backends import cp_sat, glop, highs, pdlp, scip
from prodmode.backends.contract import Options, Status
from prodmode.backends.via_ortools import mathopt
from prodmode.backends.via_ortools.answer import Teller, conclude
from prodmode.backends.via_ortools.cp_sat_bounds import bounded
from prodmode.backends.via_ortools.cp_sat_grid import gridded
from prodmode.backends.via_ortools.run import Outcome
from prodmode.backends.via_ortools.stderr import without_noise
from tests.backends.programs import knapsack, program

from .cases import EXACT, random_program

if TYPE_CHECKING:
    from prodmode.backends.contract import Backend, Progress

BACKENDS = (scip, cp_sat, glop, pdlp)


class TestAvailability:
    @pytest.mark.parametrize("backend", BACKENDS)
    def test_absent(self, backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mathopt, "find_spec", lambda _: None)
        found = backend.availability()
        assert not found
        assert found.reason is not None
        assert "pip install ortools" in found.reason

    def test_without_a_version(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing(name: str) -> str:
            raise PackageNotFoundError(name)

        monkeypatch.setattr(mathopt, "find_spec", lambda _: "somewhere")
        monkeypatch.setattr(mathopt, "version", missing)
        assert not mathopt.availability()

    @pytest.mark.parametrize(
        ("installed", "usable"), [("9.15.6755", True), ("9.14.6206", False), ("8.2", False), ("10.0", True)]
    )
    def test_version(self, installed: str, usable: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mathopt, "find_spec", lambda _: "somewhere")
        monkeypatch.setattr(mathopt, "version", lambda _: installed)
        found = mathopt.availability()
        assert (bool(found), found.version) == (usable, installed)
        assert usable or "cannot be interrupted" in str(found.reason)

    def test_asking_loads_nothing(self) -> None:
        code = (
            "import sys; from prodmode.backends import scip, cp_sat, glop, pdlp\n"
            "for backend in (scip, cp_sat, glop, pdlp): backend.availability(); backend.capabilities()\n"
            "sys.exit(any(name.split('.')[0] in ('ortools', 'pulp') for name in sys.modules))"
        )
        subprocess.run([sys.executable, "-c", code], check=True)

    def test_linear_solvers_say_so(self) -> None:
        assert not glop.capabilities().integers
        assert not pdlp.capabilities().integers
        assert scip.capabilities().integers
        assert cp_sat.capabilities().integers


PROTO = """
import numpy as np
from scipy.sparse import csr_array
from dataclasses import replace
from prodmode.backends.via_ortools import mathopt
from tests.backends.programs import program
mip = program([0, 1, 2], [[1, 0, 2], [0, 0, 0]], row_upper=4, integer=[1, 0, 0], upper=3, offset=7)
data, columns = np.array([2.0, 1.0, 0.0, 1.0, -1.0]), np.array([2, 0, 1, 1, 1])
messy = csr_array((data, columns, np.array([0, 3, 5])), shape=(2, 3))
proto = mathopt.program(replace(mip, matrix=messy))
entries = proto.linear_constraint_matrix
assert list(zip(entries.row_ids, entries.column_ids, entries.coefficients)) == [(0, 0, 1.0), (0, 2, 2.0)]
assert list(proto.objective.linear_coefficients.ids) == [1, 2]
assert proto.objective.offset == 7
assert list(proto.variables.integers) == [True, False, False]
assert len(messy.data) == 5
"""


def test_program_as_a_proto(pytestconfig: pytest.Config) -> None:
    if not mathopt.availability():
        pytest.skip("OR-Tools is not installed")
    subprocess.run([sys.executable, "-c", PROTO], check=True, cwd=pytestconfig.rootpath)


class TestTeller:
    def test_news_that_is_no_better_is_not_told(self) -> None:
        events: list[Progress] = []
        teller = Teller(events.append)
        for news in [(None, 1.0), (5.0, None), (6.0, 0.5), (5.0, 1.0), (4.0, 2.0), (None, None), (3.0, 3.5)]:
            teller.tell(*news, None)
        told = [(event.incumbent, event.bound) for event in events]
        assert told == [(None, 1.0), (5.0, 1.0), (4.0, 2.0), (3.0, 3.0)]


class TestConclusions:
    def test_bound_above_its_own_plan_is_dropped(self) -> None:
        outcome = Outcome("optimal")
        x = np.array([0.0, 1.0, 0.0])
        answer = conclude(knapsack(), EXACT, outcome, x=x, bound=-12.0, version="")
        assert (answer.status, answer.bound) == (Status.ERROR, None)
        assert "refuted by its own plan" in answer.message

    def test_no_proof_no_claim(self) -> None:
        x = np.array([0.0, 1.0, 1.0])
        for reason, point in (("optimal", x), ("infeasible", None), ("unbounded", None)):
            outcome = Outcome(reason)
            answer = conclude(knapsack(), EXACT, outcome, x=point, bound=-20.0, version="", proofs=False)
            assert (answer.status, answer.bound) == (Status.ERROR, None)

    @pytest.mark.parametrize(
        ("outcome", "status"),
        [
            (Outcome("feasible", "time"), Status.TIME_LIMIT),
            (Outcome("feasible", "interrupted"), Status.INTERRUPTED),
            (Outcome("feasible", "undetermined", seconds=1.0), Status.TIME_LIMIT),
            (Outcome("feasible", "undetermined", seconds=0.1), Status.ERROR),
            (Outcome("feasible", "interrupted", stopped="time"), Status.TIME_LIMIT),
            (Outcome("feasible", "time", stopped="cancel"), Status.INTERRUPTED),
            (Outcome("numerical_error"), Status.ERROR),
        ],
    )
    def test_stops(self, outcome: Outcome, status: Status) -> None:
        x = np.array([0.0, 1.0, 0.0])
        answer = conclude(knapsack(), Options(time_limit=1.0), outcome, x=x, bound=-20.0, version="")
        assert answer.status is status
        assert answer.bound == -20.0


class TestStderr:
    NOISE = b"[scip_event.c:305] ERROR: SCIPcatchEvent does not support variable or row change events.\n"

    def test_noise_is_taken_out_and_nothing_else(self, capfd: pytest.CaptureFixture[str]) -> None:
        with without_noise():
            os.write(2, b"first\n" + self.NOISE + b"E0000 00:00:1.5 23 a.cc:1] an error\nlast")
        os.write(2, b" word\n")
        assert capfd.readouterr().err == "first\nE0000 00:00:1.5 23 a.cc:1] an error\nlast word\n"

    def test_runs_side_by_side(self, capfd: pytest.CaptureFixture[str]) -> None:
        both = threading.Barrier(2)

        def run() -> None:
            with without_noise():
                both.wait(10)
                os.write(2, self.NOISE + b"heard\n")

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        os.write(2, b"end\n")
        assert capfd.readouterr().err == "heard\nheard\nend\n"

    def test_nothing_is_left_open(self) -> None:
        def descriptors() -> int:
            return len(os.listdir("/proc/self/fd"))  # noqa: PTH208

        if not os.path.isdir("/proc/self/fd"):  # noqa: PTH112
            pytest.skip("there is no /proc here")
        before = descriptors()
        for _ in range(20):
            with without_noise():
                pass
        assert descriptors() == before


class TestGrid:
    @pytest.mark.parametrize("seed", range(30))
    @pytest.mark.parametrize("bits", [3, 10, 26])
    def test_every_point_has_a_neighbour(self, seed: int, bits: int) -> None:
        """The best point of the program, put on the grid, keeps its rows and costs no more than the loss."""
        mip = random_program(seed)
        random = np.random.default_rng(seed)
        matrix = csr_array(mip.matrix)
        matrix.data = matrix.data * random.uniform(0.5, 1.5, matrix.nnz)
        mip = replace(mip, matrix=matrix)
        best = highs.solve(mip, EXACT)
        if best.x is None:
            return
        grid = gridded(mip, bits)
        z = grid.nearest(best.x)
        inside = np.asarray(grid.mip.matrix @ z)
        assert (inside >= grid.mip.row_lower).all()
        assert (inside <= grid.mip.row_upper).all()
        assert (z >= grid.mip.lower).all()
        assert (z <= grid.mip.upper).all()
        assert grid.bound(float(grid.mip.cost @ z)) <= mip.objective(best.x) + 1e-9
        assert grid.relaxes

    def test_numbers_are_integers(self) -> None:
        rows = np.array([[0.013, 1.0], [1 / 3, 2.0]])
        grid = gridded(program([1.25, 0.1], rows, row_upper=5.5, upper=10, integer=[1, 0]), 10)
        for values in (grid.mip.cost, grid.mip.matrix.data, grid.mip.row_upper, grid.mip.lower):
            assert (values == np.round(values)).all()

    def test_integers_stay_what_they_are(self) -> None:
        mip = program([1.25, -3], np.array([[0.3, 0.7], [4, 6]]), row_upper=[2.1, 11], upper=9, integer=True)
        grid = gridded(mip, 10)
        assert grid.loss == 0
        assert grid.mip.matrix.toarray().tolist() == [[3, 7], [2, 3]]
        assert grid.mip.row_upper.tolist() == [21, 5]

    def test_row_without_an_integer_between_its_sides(self) -> None:
        grid = gridded(program([1, 1], [3, 3], row_lower=4, row_upper=5, upper=9, integer=True), 10)
        assert grid.is_empty()

    def test_narrow_grids_prove_nothing(self) -> None:
        mip = program([1], [1], row_lower=0.5, upper=1)
        assert gridded(mip, 10).relaxes
        assert not gridded(mip, 10, widen=False).relaxes
        assert not gridded(replace(mip, upper=np.array([np.inf])), 10).relaxes


class TestBounds:
    def test_rows_bound_columns(self) -> None:
        mip = program([-1, -1], [[1, 2], [1, -1]], row_lower=[-np.inf, 0], row_upper=[10, 0],
                      lower=[0, -np.inf])  # fmt: skip
        found = bounded(mip)
        assert found.upper == pytest.approx([5, 5])
        assert found.lower == pytest.approx([0, 0], abs=1e-8)

    def test_columns_that_only_help_need_no_more_than_helps(self) -> None:
        mip = program([3, 1], [-4, 1], row_upper=2, upper=[np.inf, 12], integer=[1, 0])
        assert bounded(mip).upper[0] == 3

    @pytest.mark.parametrize("cost", [-1.0, 0.0])
    def test_columns_that_pay_get_no_bound_of_that_kind(self, cost: float) -> None:
        mip = program([cost, 1], [-4, 1], row_upper=2, upper=[np.inf, 12])
        assert np.isinf(bounded(mip).upper[0]) == (cost < 0)

    @pytest.mark.parametrize("seed", range(20))
    def test_minimum_stays(self, seed: int) -> None:
        mip = random_program(seed)
        mip = replace(mip, upper=np.where(np.arange(10) % 3 == 0, np.inf, mip.upper))
        before, after = highs.solve(mip, EXACT), highs.solve(bounded(mip), EXACT)
        if before.status is Status.UNBOUNDED:
            return
        assert after.status is before.status
        if before.x is not None:
            assert after.x is not None
            assert mip.objective(after.x) == pytest.approx(mip.objective(before.x), rel=1e-6, abs=1e-6)
