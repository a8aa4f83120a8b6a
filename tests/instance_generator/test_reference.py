"""The hidden reference plan satisfies every limit, so that an instance is feasible by construction."""

from __future__ import annotations

import numpy as np
import pytest

from prodmode.instance.generator import PROFILES, generate
from prodmode.instance.generator.build import draw_blocks, make_layout
from prodmode.instance.generator.reference import Totals
from prodmode.instance.generator.tiers import ALL_UNITS, INCREMENTAL, cost_of


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("scenarios", [0, 3])
def test_the_reference_plan_fits(profile: str, scenarios: int) -> None:
    arguments = {"lines": 5000, "periods": 5, "seed": 8, "profile": profile, "scenarios": scenarios}
    layout = make_layout(**arguments)  # type: ignore[arg-type]
    totals = Totals.empty(layout)
    for _ in draw_blocks(layout, totals):
        pass
    instance = generate(**arguments)  # type: ignore[arg-type]
    demand, scarce = (1.15, 0.9) if scenarios else (1.0, 1.0)

    capacity = np.repeat(instance.resources["capacity"].to_numpy()[:, None], 5, axis=1)
    rows = instance.capacity
    capacity[rows["resource"].cat.codes, rows["period"].cat.codes] = rows["capacity"]
    assert (totals.use * demand <= capacity * scarce * (1 + 1e-12)).all()
    assert (np.cumsum(totals.tooling) <= np.cumsum(instance.budgets["capex_limit"])).all()
    most = dict(zip(instance.limits["limit"], instance.limits["max"], strict=True))
    assert totals.outsourced_spend <= instance.limits["max_share"].max() * totals.spend
    assert totals.emissions.max() * demand <= most["emissions-cap"]
    watched = {name: value for name, value in most.items() if name.startswith("lines-at-supplier-")}
    assert watched
    for name, value in watched.items():
        assert totals.lines_at[int(name.rpartition("-")[2]) - 1].max() <= value


def test_cost_of_tiers() -> None:
    from_units = np.array([[0, 10, 20.0], [0, 10, 20.0], [0, np.inf, np.inf]])
    prices = np.array([[5, 4, 3.0], [5, 4, 3.0], [5, 4, 3.0]])
    made = np.array([[0, 10, 25.0]] * 3)
    cost = cost_of(np.array([ALL_UNITS, INCREMENTAL, -1]), from_units, prices, np.array([9, 9, 2.0]), made)
    assert cost.tolist() == [[0, 40, 75], [0, 50, 50 + 40 + 15], [0, 20, 50]]
