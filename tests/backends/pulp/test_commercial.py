"""The size-limited wheels of commercial solvers, where they are installed: small portfolios, equal to HiGHS.

Licences of the wheels allow a few thousand rows and columns; a machine without them skips with a reason.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import prodmode as pm
from prodmode.backends.via_pulp.route import PREFIX, backend_for

pytestmark = pytest.mark.commercial

INSTANCES = Path(__file__).parents[3] / "instances"
SOLVERS = ("GUROBI", "CPLEX_PY", "XPRESS_PY", "COPT")
SMALL = ("starter.yaml", "pasta.yaml", "sunoil.yaml", "electro-poly.yaml")


@pytest.fixture(params=SOLVERS)
def solver(request: pytest.FixtureRequest) -> str:
    state = backend_for(request.param).availability()
    if not state:
        pytest.skip(state.reason or "cannot run here")
    return str(request.param)


@pytest.mark.parametrize("name", SMALL)
def test_same_verified_optimum_with_a_bound(solver: str, name: str) -> None:
    instance = pm.load(INSTANCES / name)
    expected = pm.solve(instance, backend="highs", gap=1e-6)
    result = pm.solve(instance, backend=f"{PREFIX}{solver}", gap=1e-6, time_limit=60)
    assert result.status.value == "optimal", result.message
    assert result.verified
    assert result.objective == pytest.approx(expected.objective, rel=2e-6)
    assert result.bound == pytest.approx(expected.objective, rel=2e-6)


def test_infeasible_is_told(solver: str) -> None:
    instance = pm.load(INSTANCES / "starter.yaml")
    changed = instance.replace(
        lines=instance.lines.assign(min_fill_rate=1.0),
        options=instance.options.assign(max_units=1.0, min_lot=0.0),
    )
    result = pm.solve(changed, backend=f"{PREFIX}{solver}", time_limit=60)
    assert result.status.value == "infeasible", result.message
    assert not result.has_plan


def test_a_run_that_is_stopped_is_not_optimal(solver: str) -> None:
    """The program is too hard for the time; or too large for the licence, which is told as such."""
    instance = pm.load(INSTANCES / "furniture")
    best = pm.solve(instance, backend="highs").objective
    if best is None:
        pytest.fail("HiGHS found no plan")
    try:
        result = pm.solve(instance, backend=f"{PREFIX}{solver}", gap=0.0, time_limit=0.2)
    except pm.BackendError as error:
        if not any(word in str(error).lower() for word in ("licen", "size")):
            raise
        return
    assert result.status.value in {"time_limit", "optimal", "error"}
    if result.status.value == "optimal":
        assert result.objective == pytest.approx(best, rel=1e-5)
    if result.has_plan and result.bound is not None:
        assert result.bound >= best * (1 - 1e-6)
