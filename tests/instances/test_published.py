"""The shipped instances come out at their optima, which for the textbook cases are published."""

from __future__ import annotations

from pathlib import Path

import pytest

import prodmode as pm

INSTANCES = Path(__file__).parents[2] / "instances"
OPTIMA = {
    "better-products-no-splitting.yaml": -3_290.0,
    "better-products.yaml": -3_260.0,
    "electro-poly.yaml": -453_300.0,
    "factory-schedule.yaml": -12_906_400.0,
    "furniture": 2_999_192.463931,
    "furniture.xlsx": 2_999_192.463931,
    "mid-size": 10_326_730.861741,
    "pasta.yaml": -457.0,
    "starter.yaml": 155_962.222222,
    "sunoil-single-source.yaml": -25_313.0,
    "sunoil.yaml": -23_751.0,
}
GAPS = {"mid-size": 1e-4}


def test_every_shipped_instance_has_its_optimum_here() -> None:
    shipped = {path.name for path in INSTANCES.iterdir() if path.name != "README.md"}
    assert shipped == set(OPTIMA)


@pytest.mark.parametrize("name", OPTIMA)
def test_the_optimum_is_the_published_one(name: str) -> None:
    gap = GAPS.get(name, 1e-9)
    result = pm.solve(pm.load(INSTANCES / name), gap=gap)
    assert result.verified
    assert result.status.value == "optimal"
    assert result.objective == pytest.approx(OPTIMA[name], rel=max(gap, 1e-6))
    assert result.plan.npv == pytest.approx(result.objective, rel=1e-6)


@pytest.mark.parametrize("name", OPTIMA)
def test_the_readme_states_the_optimum(name: str) -> None:
    rows = [row for row in (INSTANCES / "README.md").read_text(encoding="utf-8").splitlines() if name in row]
    stated = f"{OPTIMA[name]:,.2f}".removesuffix(".00")
    assert any(stated in row for row in rows), stated


def test_a_folder_and_a_workbook_hold_the_same() -> None:
    assert pm.load(INSTANCES / "furniture") == pm.load(INSTANCES / "furniture.xlsx")


@pytest.mark.parametrize("name", [name for name, optimum in OPTIMA.items() if optimum < 0])
def test_a_textbook_case_states_its_source_and_optimum(name: str) -> None:
    description = pm.load(INSTANCES / name).settings.description or ""
    assert "(" in description
    assert f"{OPTIMA[name]:,.0f}" in description
