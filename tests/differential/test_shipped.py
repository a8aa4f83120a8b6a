"""The portfolios that ship with the package: prodmode and the model in GNU MathProg find the same optimum."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("swiglpk")

import prodmode as pm
from tests.differential.compare import difference
from tests.differential.gmpl_oracle import Witness, gmpl_optima

INSTANCES = Path(__file__).parents[2] / "instances"
PORTFOLIOS = sorted(
    path
    for path in INSTANCES.iterdir()
    if path.suffix in {".yaml", ".json", ".xlsx"} or (path.is_dir() and (path / "instance.yaml").exists())
)


@pytest.fixture(scope="module")
def portfolios() -> dict[str, pm.Instance]:
    return {path.name: pm.load(path) for path in PORTFOLIOS}


@pytest.fixture(scope="module")
def witnesses(
    portfolios: dict[str, pm.Instance], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Witness]:
    return gmpl_optima(portfolios, tmp_path_factory.mktemp("gmpl"))


def test_there_are_portfolios() -> None:
    assert PORTFOLIOS


@pytest.mark.parametrize("name", [path.name for path in PORTFOLIOS])
def test_shipped_portfolio(
    name: str, portfolios: dict[str, pm.Instance], witnesses: dict[str, Witness]
) -> None:
    assert witnesses[name].optimum is not None
    assert difference(portfolios[name], witnesses[name]) is None
