"""Every feature counts: taking it out of some portfolio changes the optimum, and both witnesses see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("swiglpk")

from tests.differential.compare import difference
from tests.differential.features import FEATURES, without
from tests.differential.gmpl_oracle import gmpl_optima
from tests.differential.random_instances import build, portfolio

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = {
    "incremental tiers": 50,
    "all_units tiers": 6,
    "minimum lots": 11,
    "setup costs": 1,
    "most units": 6,
    "stock": 6,
    "holding costs": 6,
    "initial stock": 6,
    "current options": 0,
    "switching limit": 56,
    "startup costs": 1,
    "exit costs": 1,
    "tooling": 1,
    "fixed costs": 0,
    "yields": 1,
    "price factors": 1,
    "demand factors": 3,
    "prices of a period": 1,
    "lead times": 59,
    "quality": 59,
    "dual sourcing": 1,
    "lines not required": 0,
    "fill rates": 11,
    "lost-sale penalties": 0,
    "negative costs": 0,
    "carbon price": 7,
    "discounting": 0,
    "months of a period": 6,
    "overtime": 57,
    "capacity of a period": 6,
    "investments": 3,
    "expansions": 3,
    "unlocking": 3,
    "lead times of investments": 12,
    "several copies": 11,
    "upkeep": 3,
    "salvage": 10,
    "budgets": 54,
    "budgets without carry-over": 54,
    "budgets with carry-over": 23,
    "scenarios": 1,
    "usage per_unit": 1,
    "usage per_setup": 1,
    "usage per_period": 10,
    "windows of lines": 9,
    "windows of options": 9,
    "windows of investments": 23,
    "limits on lines": 86,
    "limits on units": 7,
    "limits on spend": 36,
    "limits on revenue": 207,
    "limits on emissions": 31,
    "limits on setups": 0,
    "limits on capex": 26,
    "limits by min": 43,
    "limits by max": 0,
    "limits by min_share": 30,
    "limits by max_share": 26,
    "limit filter mode": 47,
    "limit filter site": 26,
    "limit filter family": 141,
    "limit filter line": 30,
    "limit filter period": 7,
    "scenario demand": 1,
    "scenario price": 7,
    "scenario unit_cost": 8,
    "scenario capacity": 58,
    "scenario yield": 7,
    "change filter line": 9,
    "change filter family": 8,
    "change filter mode": 3,
    "change filter site": 3,
    "change filter resource": 301,
    "change filter period": 1,
}
"""A portfolio in which each feature counts; another generator needs other seeds."""
BATCHES = 4


def test_every_feature_has_a_portfolio() -> None:
    assert set(SEEDS) == set(FEATURES)


@pytest.mark.parametrize(
    "batch",
    [batch if batch % 2 else pytest.param(batch, marks=pytest.mark.slow) for batch in range(BATCHES)],
)
def test_taking_a_feature_out_changes_the_optimum(batch: int, tmp_path: Path) -> None:
    features = list(FEATURES)[batch::BATCHES]
    full, stripped = {}, {}
    for feature in features:
        seed = SEEDS[feature]
        rest = without(feature, portfolio(seed))
        assert rest is not None, f"portfolio {seed} has no {feature}"
        full[f"portfolio {seed}"], stripped[f"without {feature}"] = build(portfolio(seed)), build(rest)
    witnesses = gmpl_optima(full | stripped, tmp_path)
    for feature in features:
        before = witnesses[f"portfolio {SEEDS[feature]}"].optimum
        after = witnesses[f"without {feature}"].optimum
        assert before is not None, f"{feature}: there is no plan with it"
        assert after is not None, f"{feature}: there is no plan without it"
        assert abs(after - before) > 1e-4 * max(1, abs(before)), f"{feature} changes nothing"
    answers = {key: difference(instance, witnesses[key]) for key, instance in stripped.items()}
    assert {key: text for key, text in answers.items() if text} == {}
