"""The optimum that is found is the one that trying everything finds."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import prodmode as pm
from tests.oracle.brute_force import best_profit
from tests.oracle.optimum import GAP, same
from tests.oracle.seeds import SEEDS, portfolio
from tests.oracle.tiny import Tiny, tiny_instance


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


@pytest.mark.parametrize(
    "seed", [seed if seed % 3 == 1 else pytest.param(seed, marks=pytest.mark.slow) for seed in SEEDS]
)
def test_same_optimum(seed: int) -> None:
    _compare(portfolio(seed).instance())


GRANTED_SETUP = Tiny(
    {"name": "a setup is paid for where nothing can be sold", "periods": ["q1"]},
    {
        "lines": [{"line": "l1"}],
        "demand": [{"line": "l1", "period": "q1", "units": 0}],
        "options": [
            {"option": "o1", "line": "l1", "mode": "custom", "setup_cost": -2, "tier_kind": "all_units"}
        ],
        "tiers": [{"option": "o1", "from_units": 0, "unit_cost": 9}],
    },
)

SCRAP_FOR_A_LIMIT = Tiny(
    {"name": "only units that nobody wants reach the least emissions", "periods": ["q1"]},
    {
        "lines": [{"line": "l1"}],
        "demand": [{"line": "l1", "period": "q1", "units": 2}],
        "options": [
            {"option": "o1", "line": "l1", "mode": "mass", "emissions_per_unit": 2, "tier_kind": "all_units"}
        ],
        "tiers": [
            {"option": "o1", "from_units": 0, "unit_cost": 12},
            {"option": "o1", "from_units": 16, "unit_cost": 3},
        ],
        "limits": [{"limit": "least", "measure": "emissions", "min": 10}],
    },
)


def test_a_setup_needs_no_market() -> None:
    assert best_profit(GRANTED_SETUP.instance()) == 2.0
    _compare(GRANTED_SETUP.instance())


def test_a_threshold_can_be_reached_for_a_limit() -> None:
    assert best_profit(SCRAP_FOR_A_LIMIT.instance()) == pytest.approx(-48.0)
    _compare(SCRAP_FOR_A_LIMIT.instance())


@settings(
    max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(st.integers(min_value=1000, max_value=10**9))
def test_same_optimum_of_whatever_is_drawn(seed: int) -> None:
    _compare(tiny_instance(seed))
