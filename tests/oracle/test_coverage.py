"""The seeds cover every feature, each where it matters: a test that could not fail is no test."""

from __future__ import annotations

import pytest

from tests.oracle.features import FEATURES, Feature
from tests.oracle.optimum import optimum, same
from tests.oracle.seeds import SEEDS, optimum_of, portfolio

# A quarter of the features is what the suite has time for; the others are slow.
SOME = [
    feature if number % 4 == 1 else pytest.param(feature, marks=pytest.mark.slow)
    for number, feature in enumerate(FEATURES)
]


@pytest.mark.parametrize("feature", SOME, ids=str)
def test_switching_a_feature_off_changes_an_optimum(feature: Feature) -> None:
    present = 0
    for seed in reversed(SEEDS):
        without = feature.without(portfolio(seed))
        if without is None or optimum_of(seed) is None:
            continue
        present += 1
        if not same(optimum(without.instance()), optimum_of(seed), 1e-4):
            return
    assert present > 0, "no feasible instance has it"
    pytest.fail(f"it is in {present} feasible instances and matters in none")


def test_most_portfolios_are_feasible_but_not_all() -> None:
    feasible = sum(optimum_of(seed) is not None for seed in SEEDS)
    assert len(SEEDS) // 2 < feasible < len(SEEDS)
