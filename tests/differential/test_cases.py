"""Small cases with an optimum by hand, on which the witnesses once differed or easily would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("swiglpk")

import prodmode as pm
from tests.differential.compare import agree, difference
from tests.differential.gmpl_oracle import gmpl_optima

if TYPE_CHECKING:
    from tests.differential.gmpl_oracle import Witness


def case(periods: int = 1, **tables: list[dict[str, Any]]) -> pm.Instance:
    return pm.Instance.from_tables({"name": "case", "periods": periods}, tables)


def tiers(*costs: float) -> list[dict[str, Any]]:
    return [{"option": "o", "from_units": 4 * k, "unit_cost": cost} for k, cost in enumerate(costs)]


LINE = {"line": "l", "price": 10}
OPTION = {"option": "o", "line": "l", "mode": "mass"}
NOTHING = [{"line": "l", "period": 1, "units": 0}]
TEN = [{"line": "l", "period": 1, "units": 10}]


CASES = {
    # A setup without production is legal where there is no minimum lot, and may earn a grant.
    "setup grant, nothing to sell": (
        case(lines=[LINE], demand=NOTHING, options=[OPTION | {"setup_cost": -2}]),
        2.0,
    ),
    "setup grant, nothing to sell, incremental tiers": (
        case(
            lines=[LINE],
            demand=NOTHING,
            options=[OPTION | {"setup_cost": -2, "tier_kind": "incremental"}],
            tiers=tiers(5, 4),
        ),
        2.0,
    ),
    "setup grant, nothing to sell, all-units tiers": (
        case(
            lines=[LINE],
            demand=NOTHING,
            options=[OPTION | {"setup_cost": -2, "tier_kind": "all_units"}],
            tiers=tiers(5, 6),
        ),
        2.0,
    ),
    # A quantity up to the highest threshold can be worth making although nothing is sold ...
    "threshold with a grant, nothing to sell": (
        case(lines=[LINE], demand=NOTHING, options=[OPTION | {"tier_kind": "all_units"}], tiers=tiers(5, -1)),
        4.0,
    ),
    # ... and be called for by a limit although it costs more.
    "threshold called for by a limit": (
        case(
            lines=[LINE],
            demand=NOTHING,
            options=[OPTION | {"tier_kind": "all_units"}],
            tiers=tiers(1, 3),
            limits=[{"limit": "work", "measure": "units", "min": 2}],
        ),
        -2.0,
    ),
    # Where nothing made is good, nothing is worth making.
    "no yield in a scenario": (
        case(
            lines=[LINE],
            demand=TEN,
            options=[OPTION | {"unit_cost": 3}],
            scenarios=[{"scenario": "a", "probability": 0.5}, {"scenario": "b", "probability": 0.5}],
            changes=[{"scenario": "b", "quantity": "yield", "factor": 0}],
        ),
        35.0,
    ),
    # Exactly at a threshold either of the two tiers counts: the cheaper one ...
    "at a threshold": (
        case(
            lines=[LINE],
            demand=[{"line": "l", "period": 1, "units": 4}],
            options=[OPTION | {"tier_kind": "all_units", "max_units": 4}],
            tiers=tiers(2, 6),
        ),
        32.0,
    ),
    # ... and the dearer one where a limit asks for spend.
    "spend at a threshold": (
        case(
            lines=[LINE],
            demand=[{"line": "l", "period": 1, "units": 4}],
            options=[OPTION | {"tier_kind": "all_units"}],
            tiers=tiers(5, 2),
            limits=[{"limit": "spend", "measure": "spend", "min": 15}],
        ),
        20.0,
    ),
    # A lot larger than the market is made and scrapped where sales pay for it.
    "lot larger than the market": (
        case(lines=[LINE], demand=TEN, options=[OPTION | {"unit_cost": 3, "min_lot": 20}]),
        40.0,
    ),
    # Nobody makes units only to scrap them, though each earns a grant.
    "grant on units made": (case(lines=[LINE], demand=TEN, options=[OPTION | {"unit_cost": -1}]), 110.0),
    # Exits and starts are exact though leaving earns a grant.
    "exit grant while staying": (
        case(
            2,
            lines=[LINE | {"current_option": "o"}],
            demand=TEN,
            options=[OPTION | {"exit_cost": -50}],
        ),
        100.0,
    ),
    "exit before the market": (
        case(
            2,
            lines=[LINE | {"current_option": "o", "first_period": 2}],
            demand=[{"line": "l", "period": 2, "units": 10}],
            options=[OPTION | {"exit_cost": 7, "startup_cost": 5}],
        ),
        88.0,
    ),
    # A line that need not be offered leaves nothing unserved while it is not.
    "penalty only while offered": (
        case(
            lines=[LINE | {"required": False, "max_options": 2, "lost_sale_penalty": 9}],
            demand=TEN,
            options=[OPTION | {"unit_cost": 30, "max_units": 5}, OPTION | {"option": "p", "fixed_cost": 200}],
        ),
        0.0,
    ),
}


@pytest.fixture(scope="module")
def witnesses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Witness]:
    return gmpl_optima(
        {name: instance for name, (instance, _) in CASES.items()}, tmp_path_factory.mktemp("gmpl")
    )


@pytest.mark.parametrize("name", CASES)
def test_gmpl_model(name: str, witnesses: dict[str, Witness]) -> None:
    assert agree(witnesses[name].optimum, CASES[name][1])


@pytest.mark.parametrize("name", CASES)
def test_prodmode(name: str, witnesses: dict[str, Witness]) -> None:
    assert difference(CASES[name][0], witnesses[name]) is None
