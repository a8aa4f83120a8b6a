"""Cuts carried from the investments they were found at to all others: exact here, and they hold there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from prodmode.backends import highs
from prodmode.backends.contract import Options, Status
from prodmode.decomposition import backend
from prodmode.decomposition.charging import cut_for_all
from prodmode.decomposition.pricer import Pricer
from prodmode.decomposition.pricing import NEVER
from prodmode.decomposition.split import split
from prodmode.errors import InputError
from prodmode.formulation import formulate
from prodmode.instance.generator import generate
from tests.decomposition.holding import assert_holds
from tests.differential.random_instances import build, portfolio

CASES = [
    *((profile, scenarios) for profile in ("enterprise", "tight", "mid-size") for scenarios in (0, 2)),
    *((str(seed), 0) for seed in (1, 4, 7, 9, 12, 17)),
]


def pricer_of(case: str, scenarios: int) -> Pricer:
    if case.isdecimal():
        try:
            instance = build(portfolio(int(case)))
        except InputError:
            pytest.skip("the portfolio of this seed is rejected")
    else:
        instance = generate(lines=40, periods=4, profile=case, seed=5, scenarios=scenarios)
    parts = split(formulate(instance).mip)
    assert parts is not None
    if not len(parts.gates):
        pytest.skip("no option waits for an investment")
    return Pricer(parts)


def whole(pricer: Pricer, rng: np.random.Generator, share: float) -> np.ndarray:
    """Return shared decisions with some investments bought; what hangs together of them does not matter."""
    part = pricer.split
    low, high = part.lower[part.planned], np.minimum(part.upper[part.planned], 2.0)
    return np.where(rng.random(len(low)) < share, np.maximum(high, low), low)


@pytest.mark.parametrize(("case", "scenarios"), CASES)
def test_a_cut_is_exact_where_it_was_found_and_holds_elsewhere(case: str, scenarios: int) -> None:
    pricer = pricer_of(case, scenarios)
    gates, rng = pricer.split.gates, np.random.default_rng(3)
    reach = pricer.reach(pricer.visit(np.zeros(len(pricer.split.priced))).x)
    for share in (0.0, 0.15, 0.5, 1.0):
        prices = rng.uniform(-0.05, 0.1, len(reach)) * reach
        prices = np.clip(prices, pricer.floor, pricer.ceiling)
        prices[gates.row] = 0.0
        here = whole(pricer, rng, share)
        held = pricer.visit(prices, loss=0.0, closed=gates.closed(here))
        stuck = not (np.abs(held.values) < NEVER / 2).all()
        cut = cut_for_all(pricer, held, here, 0.0)
        size = 1e-6 * max(1.0, float(np.abs(held.values[np.abs(held.values) < NEVER / 2]).sum()))
        if not stuck:
            assert cut.constant + float(cut.slope @ here) == pytest.approx(held.bound(here), abs=size)
        for other in (0.0, 0.1, 0.4, 1.0):
            there = whole(pricer, rng, other)
            exact = pricer.visit(prices, loss=0.0, closed=gates.closed(there))
            assert cut.constant + float(cut.slope @ there) <= exact.bound(there) + size


def test_a_gate_is_open_once_its_investment_is_in_service() -> None:
    pricer = pricer_of("enterprise", 0)
    part, gates = pricer.split, pricer.split.gates
    nothing, all_of_it = part.lower[part.planned], part.upper[part.planned]
    assert gates.closed(nothing).all()
    assert not gates.closed(all_of_it).any()
    # Behind a closed gate nothing is in force; with all of them open, something is.
    x = pricer.visit(np.zeros(len(part.priced)), closed=gates.closed(nothing)).x
    assert not x[gates.column].any()
    assert pricer.visit(np.zeros(len(part.priced))).x[gates.column].any()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.integers(100, 100_000))
def test_no_bound_beyond_the_optimum_and_no_plan_above_it(seed: int) -> None:
    try:
        mip = formulate(build(portfolio(seed))).mip
    except InputError:
        assume(False)
    best = highs.solve(mip, Options(gap=0.0, time_limit=20))
    assume(best.status in (Status.OPTIMAL, Status.INFEASIBLE))
    answer = backend.solve(mip, Options(gap=1e-4, time_limit=10))
    if best.x is None:
        assert answer.x is None
        return
    assert_holds(mip, answer, mip.objective(best.x))
    assert answer.status is not Status.INFEASIBLE
