"""Generated portfolios, larger than the random ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("swiglpk")

from prodmode.instance.generator import generate
from tests.differential.compare import disagreements

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("lines", "periods", "profile", "scenarios"),
    [
        (8, 4, "small-firm", 0),
        (10, 3, "tight", 2),
        pytest.param(15, 4, "mid-size", 0, marks=pytest.mark.slow),
        pytest.param(30, 4, "mid-size", 2, marks=pytest.mark.slow),
        pytest.param(60, 4, "small-firm", 0, marks=pytest.mark.slow),
    ],
)
def test_generated_portfolio(lines: int, periods: int, profile: str, scenarios: int, tmp_path: Path) -> None:
    instance = generate(lines=lines, periods=periods, seed=1, profile=profile, scenarios=scenarios)
    assert disagreements({"generated": instance}, tmp_path) == []
