"""Reasons are proofs: whatever has one has no plan."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

import numpy as np
import pytest

import prodmode as pm
from prodmode.explain.changes import apply_edits
from prodmode.explain.infeasible import diagnose, short_text
from prodmode.explain.infeasible.reasons import Reason, find_reasons
from prodmode.instance.examples import examples
from tests.explain.infeasible.cases import CASES
from tests.explain.infeasible.lifting import has_plan
from tests.formulation.portfolios import CASES as PORTFOLIOS


@pytest.mark.parametrize("name", CASES)
def test_reason_of_a_case(name: str) -> None:
    case = CASES[name]
    instance = case.build()
    assert not has_plan(instance)
    kinds = {reason.kind for reason in find_reasons(instance)}
    assert (case.reason in kinds) if case.reason else not kinds


@pytest.mark.parametrize("name", sorted(examples()))
def test_shipped_instances_have_no_reason(name: str) -> None:
    assert find_reasons(pm.load(examples()[name])) == ()


@pytest.mark.parametrize("name", PORTFOLIOS)
def test_portfolios_with_a_plan_have_no_reason(name: str) -> None:
    instance = PORTFOLIOS[name]()
    if has_plan(instance):
        assert find_reasons(instance) == ()


SHAKES = (
    "capacity *{f}", "lines min_fill_rate =1", "lines max_switches =0", "options max_units *{f}",
    "budgets capex_limit *{f}", "limits max *{f}", "limits max_share *{f}", "limits min +{n}",
    "options last_period ={last}", "options first_period ={last}", "investments lead_time_periods =2",
    "yield *{f}", "demand *{n}", "lines required =true", "lines max_options =2", "options min_lot *{n}",
    "resources overtime_max =0", "investments max_copies =0", "options setup_cost =5",
)  # fmt: skip


SEEDS = 1

BUILDS = PORTFOLIOS | {name: case.build for name, case in CASES.items()}


@cache
def shaken(name: str, seed: int) -> tuple[pm.Instance, tuple[Reason, ...]]:
    """Return a portfolio with some figures moved at random, where that is valid input, and its reasons."""
    instance, rng = BUILDS[name](), np.random.default_rng(seed)
    edits = [
        text.format(
            f=round(rng.uniform(0.05, 0.95), 2), n=int(rng.integers(2, 5)), last=rng.choice(instance.periods)
        )
        for text in rng.choice(SHAKES, size=4, replace=False)
    ]
    try:
        instance = apply_edits(instance, edits)
    except pm.InputError:
        for edit in edits:
            with suppress(pm.InputError):
                instance = apply_edits(instance, [edit])
    return instance, find_reasons(instance)


@pytest.mark.parametrize("name", PORTFOLIOS)
def test_reasons_of_shaken_portfolios_are_sound(name: str) -> None:
    for seed in range(SEEDS):
        instance, reasons = shaken(name, seed)
        if reasons:
            assert not has_plan(instance), f"seed {seed}: {reasons[0].sentence}"


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILDS)
def test_reasons_of_many_shaken_portfolios_are_sound(name: str) -> None:
    for seed in range(20):
        instance, reasons = shaken(name, seed)
        if reasons:
            assert not has_plan(instance), f"seed {seed}: {reasons[0].sentence}"


@pytest.mark.slow
def test_shaking_gives_reasons_of_every_kind() -> None:
    """Else the test of soundness would show little."""
    shaken_all = [shaken(name, seed)[1] for name in BUILDS for seed in range(20)]
    found = {reason.kind for reasons in shaken_all for reason in reasons}
    assert found == {"no_option", "switches", "fill_rate", "capacity", "budget", "limit"}


def test_short_text_is_quick_and_points_on() -> None:
    text = short_text(CASES["too_few_units"].build())
    assert text.splitlines()[0] == (
        "'chair' must serve 90 % of its demand in Q1, 90 units, but no option of it can: 'bought' can sell "
        "72 units (at most 72 units are made a period)."
    )
    assert "prodmode explain" in text
    assert "prodmode explain" in short_text(CASES["two_limits_at_odds"].build())


def test_reasons_alone_ask_no_solver() -> None:
    assert diagnose(CASES["too_few_units"].build(), depth="reasons").feasible is False
    assert diagnose(CASES["two_limits_at_odds"].build(), depth="reasons").feasible is None
