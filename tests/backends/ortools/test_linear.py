"""GLOP and PDLP: linear programs, and an accuracy that is checked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from prodmode.backends import glop, highs, pdlp
from prodmode.backends.contract import Options, Status
from prodmode.backends.via_ortools.relaxation import dual_bound, is_proof
from prodmode.errors import BackendError
from tests.backends.programs import knapsack, program

from .cases import EXACT, SHIPPED, objective, random_program, shipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodmode.formulation.mip import Mip

    from .child import Reply

    Solve = Callable[..., Reply]

LP_SOLVERS = ("glop", "pdlp")


def relaxation(mip: Mip) -> Mip:
    return replace(mip, integer=np.zeros_like(mip.integer))


@pytest.mark.parametrize("backend", LP_SOLVERS)
class TestAnswers:
    def test_optimal(self, solve: Solve, backend: str) -> None:
        mip = program([1, 2], [1, 1], row_lower=3, upper=2, offset=10)
        answer = solve(backend, mip, EXACT).answer
        assert answer.status is Status.OPTIMAL
        assert answer.x == pytest.approx([2, 1], abs=1e-5)
        assert answer.bound == pytest.approx(14, rel=1e-6)
        assert backend.upper() in answer.version

    def test_integers_are_refused(self, solve: Solve, backend: str) -> None:
        with pytest.raises(BackendError, match=r"3 columns .* backends that take integers: highs"):
            solve(backend, knapsack(), Options())

    def test_infeasible(self, solve: Solve, backend: str) -> None:
        mip = program([1, 1, 0], [[1, 1, 1], [1, 1, 0], [0, -1, 1]], row_lower=[3, -np.inf, -np.inf],
                      row_upper=[4, 1, 0.5])  # fmt: skip
        answer = solve(backend, mip, EXACT).answer
        assert (answer.status, answer.x, answer.bound) == (Status.INFEASIBLE, None, None)

    def test_unbounded(self, solve: Solve, backend: str) -> None:
        answer = solve(backend, program([-2, 1], [1, -1], row_upper=5), EXACT).answer
        assert (answer.status, answer.x, answer.bound) == (Status.UNBOUNDED, None, None)

    def test_bounds_that_cross(self, solve: Solve, backend: str) -> None:
        mip = program([1, 1], [1, 1], lower=[0, 3], upper=2)
        assert solve(backend, mip, EXACT).answer.status is Status.INFEASIBLE

    @pytest.mark.parametrize("seed", range(20))
    def test_random_programs(self, solve: Solve, backend: str, seed: int) -> None:
        mip = random_program(seed, integers=False)
        reference, answer = highs.solve(mip, EXACT), solve(backend, mip, EXACT).answer
        assert answer.status is reference.status
        if reference.x is not None:
            best = mip.objective(reference.x)
            assert objective(answer, mip) == pytest.approx(best, rel=2e-6, abs=1e-6)
            assert answer.bound is not None
            assert answer.bound <= best + 1e-6 * max(1, abs(best))

    @pytest.mark.parametrize("name", SHIPPED)
    def test_relaxations_of_shipped_instances(self, solve: Solve, backend: str, name: str) -> None:
        mip = relaxation(shipped(name))
        reference, answer = highs.solve(mip, EXACT), solve(backend, mip, EXACT).answer
        assert answer.status is Status.OPTIMAL
        assert reference.x is not None
        best = mip.objective(reference.x)
        assert objective(answer, mip) == pytest.approx(best, rel=2e-6)
        assert answer.bound is not None
        assert answer.bound <= best + 1e-6 * abs(best)


@pytest.mark.parametrize("backend", LP_SOLVERS)
class TestStoppedRuns:
    def test_time_limit(self, solve: Solve, backend: str) -> None:
        answer = solve(backend, relaxation(shipped("furniture")), Options(time_limit=0.0)).answer
        assert (answer.status, answer.x) == (Status.TIME_LIMIT, None)

    def test_cancel(self, solve: Solve, backend: str) -> None:
        answer = solve(backend, relaxation(shipped("furniture")), Options(), cancel_after=0).answer
        # It may be quicker than the word to stop.
        assert answer.status in (Status.INTERRUPTED, Status.OPTIMAL)
        assert answer.x is None or answer.status is Status.OPTIMAL or answer.bound is None


class TestOptions:
    @pytest.mark.parametrize(
        ("backend", "values"),
        [
            ("glop", {"presolve": "off", "use_dual_simplex": True, "use_scaling": False}),
            (
                "pdlp",
                {
                    "eps_primal_relative": 1e-7,
                    "eps_primal_absolute": 1e-7,
                    "use_feasibility_polishing": False,
                },
            ),
        ],
    )
    def test_every_specific_option(self, solve: Solve, backend: str, values: dict[str, Any]) -> None:
        assert set(values) == set({"glop": glop, "pdlp": pdlp}[backend].SPECIFICS)
        mip = program([1, 2], [1, 1], row_lower=3, upper=2)
        assert solve(backend, mip, Options(specifics=values)).answer.status is Status.OPTIMAL

    @pytest.mark.parametrize("backend", LP_SOLVERS)
    def test_wrong_specific_option(self, solve: Solve, backend: str) -> None:
        with pytest.raises(BackendError, match="does not take no_such=1"):
            solve(backend, program([1], [1.0], upper=1), Options(specifics={"no_such": 1}))

    @pytest.mark.parametrize(
        ("backend", "options"), [("glop", Options(threads=2)), ("pdlp", Options(seed=1))]
    )
    def test_what_it_cannot_honour_is_refused(self, solve: Solve, backend: str, options: Options) -> None:
        with pytest.raises(BackendError, match="it takes neither"):
            solve(backend, program([1], [1.0], upper=1), options)

    def test_a_point_that_does_not_hold_is_dropped(self, solve: Solve) -> None:
        rough = Options(gap=0.5, specifics={"eps_primal_relative": 1e-2, "eps_primal_absolute": 1e-2})
        mip = relaxation(shipped("furniture"))
        answer = solve("pdlp", mip, rough).answer
        assert (answer.status, answer.x) == (Status.ERROR, None)
        assert "violates a row" in answer.message


class TestProofs:
    def test_any_duals_prove_a_bound(self) -> None:
        mip = program([1, 2], [1, 1], row_lower=3, upper=2)
        assert dual_bound(mip, np.array([2.0])) == pytest.approx(4)
        assert dual_bound(mip, np.array([0.0])) == pytest.approx(0)
        assert dual_bound(mip, np.array([-1.0])) is None

    def test_multipliers_prove_infeasibility_or_not(self) -> None:
        mip = program([0, 0], [[1, 1], [1, 1]], row_lower=[3, -np.inf], row_upper=[np.inf, 2])
        assert is_proof(mip, np.array([5.0, -5.0]))
        assert not is_proof(mip, np.array([5.0, -4.0]))
        assert not is_proof(mip, np.zeros(2))
