"""Programs with too many pairs of periods get the compact form: weaker bounds, but the same optimum."""

from __future__ import annotations

import pytest

from prodmode.formulation import columns, formulate
from tests.oracle.optimum import optimum, same
from tests.oracle.seeds import optimum_of, portfolio

SEEDS = (1366, 273, 268, 9, 10, 21, 29, 38, 40, 48, 53, 56, 74, 79, 80, 84, 90, 106, 112)
"""Seeds of portfolios with setups and stock over several periods."""


@pytest.mark.parametrize("seed", SEEDS)
def test_same_optimum(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    instance, expected = portfolio(seed).instance(), optimum_of(seed)
    pairs = formulate(instance).columns.serves.size
    assert pairs > 6
    monkeypatch.setattr(columns, "FACILITY_LOCATION_COLUMNS", pairs)
    assert formulate(instance).columns.serves.size == pairs
    monkeypatch.setattr(columns, "FACILITY_LOCATION_COLUMNS", pairs - 1)
    compact = formulate(instance)
    assert compact.columns.serves.size == 0
    assert not {"serves_setup", "stock_served"} & {block.family for block in compact.row_blocks}
    assert same(optimum(instance), expected)


def test_some_are_feasible() -> None:
    assert sum(optimum_of(seed) is not None for seed in SEEDS) > len(SEEDS) / 2
