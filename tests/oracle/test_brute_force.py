"""The optimum that is found is the one that trying everything finds."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import prodmode as pm
from tests.oracle.brute_force import best_profit
from tests.oracle.optimum import GAP, same
from tests.oracle.seeds import SEEDS, portfolio
from tests.oracle.tiny import tiny_instance


def _compare(instance: pm.Instance) -> None:
    result = pm.solve(instance, gap=GAP)
    expected = best_profit(instance)
    if expected is None:
        assert result.status is pm.Status.INFEASIBLE
        assert not result.has_plan
        return
    assert result.status is pm.Status.OPTIMAL, result.message
    assert result.verified, [str(violation) for violation in result.verdict.violations]  # type: ignore[union-attr]
    assert same(result.objective, expected), (result.objective, expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_same_optimum(seed: int) -> None:
    _compare(portfolio(seed).instance())


@settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(st.integers(min_value=1000, max_value=10**9))
def test_same_optimum_of_whatever_is_drawn(seed: int) -> None:
    _compare(tiny_instance(seed))
