"""Hundreds of random portfolios: prodmode and the model in GNU MathProg find the same optimum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("swiglpk")

from tests.differential.compare import disagreements
from tests.differential.random_instances import build, portfolio
from tests.oracle.tiny import tiny_instance

if TYPE_CHECKING:
    from pathlib import Path

BATCH = 25


@pytest.mark.parametrize(
    "first",
    [
        *range(0, 50, BATCH),
        *(pytest.param(first, marks=pytest.mark.slow) for first in range(50, 2000, BATCH)),
    ],
)
def test_portfolios(first: int, tmp_path: Path) -> None:
    instances = {f"portfolio {seed}": build(portfolio(seed)) for seed in range(first, first + BATCH)}
    assert disagreements(instances, tmp_path) == []


@pytest.mark.parametrize(
    "first",
    [
        *range(0, 25, BATCH),
        *(pytest.param(first, marks=pytest.mark.slow) for first in range(25, 2000, BATCH)),
    ],
)
def test_tiny_portfolios(first: int, tmp_path: Path) -> None:
    instances = {f"tiny {seed}": tiny_instance(seed) for seed in range(first, first + BATCH)}
    assert disagreements(instances, tmp_path) == []
