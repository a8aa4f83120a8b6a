"""What the generator promises: the same from the same seed, credible numbers, feasible, all modes alive."""

from __future__ import annotations

import numpy as np
import pytest

import prodmode as pm
from prodmode.instance.generator import PROFILES, generate

COUPLING = ("machines", "skilled", "quota")


@pytest.mark.parametrize("profile", PROFILES)
def test_a_seed_gives_the_same_instance_and_another_seed_another(profile: str) -> None:
    first, again = (generate(lines=30, periods=3, seed=5, profile=profile) for _ in range(2))
    assert first == again
    assert first.fingerprint == again.fingerprint
    other = generate(lines=30, periods=3, seed=6, profile=profile)
    assert not first.demand["units"].equals(other.demand["units"])


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("scenarios", [0, 2])
def test_a_small_portfolio_has_a_verified_plan(profile: str, scenarios: int) -> None:
    instance = generate(lines=12, periods=3, seed=3, profile=profile, scenarios=scenarios)
    result = pm.solve(instance, gap=0.02, time_limit=20)
    assert result.has_plan
    assert result.verified


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("lines", "periods"), [(1, 1), (2, 1), (3, 4), (5, 13)])
def test_any_size_is_valid(profile: str, lines: int, periods: int) -> None:
    instance = generate(lines=lines, periods=periods, seed=9, profile=profile, scenarios=1)
    assert len(instance.lines) == lines
    assert len(instance.periods) == periods


@pytest.mark.parametrize("profile", PROFILES)
def test_volumes_are_as_skewed_as_portfolios_are(profile: str) -> None:
    instance = generate(lines=3000, periods=4, seed=1, profile=profile)
    units = np.sort(instance.demand.groupby("line", observed=True)["units"].sum().to_numpy())[::-1]
    assert 0.75 <= units[:600].sum() / units.sum() <= 0.95
    assert 3 <= len(instance.options) / len(instance.lines) <= 6
    lines = instance.lines
    assert 0.5 <= lines["current_option"].notna().mean() <= 0.8
    assert lines["price"].min() > 0


@pytest.mark.parametrize("profile", PROFILES)
def test_every_feature_is_there(profile: str) -> None:
    instance = generate(lines=200, periods=6, seed=2, profile=profile)
    options, lines = instance.options, instance.lines
    assert set(options["mode"]) == {"mass", "custom", "outsourced"}
    assert set(options["tier_kind"].dropna()) == {"incremental", "all_units"}
    assert options["requires"].notna().any()
    assert (options["min_lot"] > 0).any()
    assert (options["yield"] < 1).all()
    assert options["max_units"].notna().any()
    assert (options.loc[options["mode"] == "custom", "price_factor"] > 1.2).any()
    assert lines["holding_cost"].notna().any()
    assert lines["first_period"].notna().any()
    assert lines["last_period"].notna().any()
    assert (~lines["required"]).any()
    assert (lines["min_fill_rate"] > 0).any()
    assert (lines["max_options"] > 1).any()
    assert len(instance.ineligible)
    assert set(instance.limits["measure"]) == {"spend", "emissions", "lines"}
    assert len(instance.capacity)
    assert len(instance.budgets) == 6


def test_no_mode_is_dominated() -> None:
    instance = generate(lines=30, periods=2, seed=6, profile="mid-size")
    plan = pm.solve(instance, gap=0.02, time_limit=20).plan
    shares = plan.kpis["mode_shares"]["lines"]
    assert min(shares.values()) > 0.03
    units = plan.assignments.groupby("mode")["made"].mean()
    assert units["mass"] > units["custom"]


def test_tight_means_that_capacity_is_scarcer() -> None:
    def slack(profile: str) -> float:
        instance = generate(lines=400, periods=4, seed=4, profile=profile)
        custom = instance.resources[instance.resources["resource"].str.startswith(COUPLING)]
        budget = instance.budgets["capex_limit"].sum()
        asked = (instance.investments["capex"] * instance.investments["max_copies"]).sum()
        return float(budget / asked + custom["capacity"].sum() / instance.demand["units"].sum())

    assert slack("tight") < slack("enterprise")


@pytest.mark.parametrize(
    "change", [{"lines": 0}, {"periods": 0}, {"seed": -1}, {"scenarios": -1}, {"profile": "huge"}]
)
def test_wrong_arguments_are_told(change: dict[str, object]) -> None:
    arguments = {"lines": 5, "periods": 2, "seed": 0, "profile": "tight"} | change
    with pytest.raises(ValueError, match=next(iter(change))):
        generate(**arguments)  # type: ignore[arg-type]
