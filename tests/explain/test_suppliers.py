"""Suppliers that fail: what it costs to hold on, and what reacting is worth."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import prodmode as pm
from prodmode.explain.changes import apply_edits
from prodmode.explain.interval import Interval
from prodmode.explain.study import Study
from prodmode.explain.suppliers.outcomes import Outcome, no_worse
from prodmode.explain.suppliers.suppliers import Suppliers, suppliers
from tests.explain.portfolios import workshop
from tests.oracle.tiny import tiny_instance


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.of(workshop())


def whole(answer: Suppliers) -> str:
    json.dumps(answer.to_dict(), allow_nan=False)
    assert len(answer.tables()["suppliers"]) == len(answer.failures)
    return " ".join(str(answer).split())


def test_holding_on_and_reacting_by_hand(study: Study) -> None:
    answer = suppliers(study)
    (mill,) = answer.failures
    assert mill.lines == ("bench",)
    assert mill.made == pytest.approx(100)
    # held: no benches; anew: a second press for 5,000 makes them for 30 instead of 60
    assert mill.held.loss.middle == pytest.approx(3000)
    assert mill.held.unserved == pytest.approx(100)
    assert mill.held.back_after is None
    assert mill.replanned.loss.middle == pytest.approx(2000)
    assert (mill.replanned.unserved, mill.replanned.back_after) == (0, 0)
    assert mill.reacting.middle == pytest.approx(1000)
    text = whole(answer)
    assert "Reacting is worth 1,000 EUR. The reaction: 'bench' moves from 'bench-bought'" in text
    assert "loses 3,000 EUR and serves 100 units less (which lasts to the end)" in text


def test_nothing_to_gain_by_reacting_is_said_and_no_reaction_told(study: Study) -> None:
    answer = suppliers(study, period="H2")
    assert answer.failures[0].held.loss.middle == pytest.approx(1500)
    text = whole(answer)
    assert "Reacting is worth nothing." in text
    assert "The reaction" not in text


def test_service_comes_back_when_the_investment_is_delivered() -> None:
    late = apply_edits(workshop(), ["investments lead_time_periods =1", "investments capex =1000"])
    late = apply_edits(late, ["investments.investment=second-press capex =2900"])
    study = Study.of(late)
    (mill,) = suppliers(study).failures
    # 2,900 buys 50 benches of 60 in H2
    assert mill.replanned.loss.middle == pytest.approx(3000 - 100)
    assert mill.replanned.unserved == pytest.approx(50)
    assert mill.replanned.back_after == 1
    assert mill.held.back_after is None
    assert "(service is back after 1 period)" in whole(suppliers(study))


def test_fill_rates_are_given_up_only_where_they_cannot_be_kept() -> None:
    strict = apply_edits(workshop(), ["lines.line=bench min_fill_rate =0.9"])
    (mill,) = suppliers(Study.of(strict)).failures
    assert not mill.held.fill_rates_kept
    assert mill.held.loss.middle == pytest.approx(3000)
    assert mill.replanned.fill_rates_kept
    assert mill.replanned.loss.middle == pytest.approx(2000)
    text = whole(suppliers(Study.of(strict)))
    assert "below the fill rates asked for" in text
    assert "3,000 *" in text


def test_where_nothing_helps_it_is_said() -> None:
    ruled = apply_edits(workshop(), ["+limits limit=loyalty measure=units site=mill min=10"])
    (mill,) = suppliers(Study.of(ruled)).failures
    assert mill.replanned.status == "infeasible"
    assert mill.replanned.loss.upper is None
    assert mill.replanned.unserved is None
    assert "breaks a rule whatever is made" in whole(suppliers(Study.of(ruled)))


def two_suppliers() -> pm.Instance:
    """The workshop with a dearer second supplier of benches, and a third one that makes nothing for it."""
    return apply_edits(
        workshop(),
        [
            '+sites site=forge kind=supplier name="The forge"',
            "+options option=bench-forged line=bench mode=outsourced site=forge unit_cost=62",
            "+lines line=table price=100",
            "+demand line=table period=H1 units=10",
            "+options option=table-forged line=table mode=outsourced site=forge unit_cost=20",
            "+sites site=idle kind=supplier",
            "+options option=table-idle line=table mode=outsourced site=idle unit_cost=90",
        ],
    )  # fmt: skip


def test_suppliers_are_ranked_and_unused_ones_cost_no_solve() -> None:
    told: list[str] = []
    study = Study.of(two_suppliers())
    answer = suppliers(study, on_progress=lambda _done, _all, case: told.append(case.name))
    assert [failure.supplier.name for failure in answer.failures] == ["forge", "mill", "idle"]
    losses = [failure.replanned.loss.middle for failure in answer.failures]
    assert losses == [pytest.approx(700), pytest.approx(200), 0]
    assert not any("idle" in name for name in told)
    text = whole(answer)
    assert "'forge' (The forge)" in text
    assert "Without 'idle' from H1 on nothing changes" in text
    one = suppliers(study, names=["mill"])
    assert [failure.supplier.name for failure in one.failures] == ["mill"]


def test_faults_are_told_at_once(study: Study) -> None:
    with pytest.raises(pm.InputError) as refused:
        suppliers(study, names=["mil"], period="H3")
    assert [str(issue) for issue in refused.value.issues] == [
        "there is no supplier 'mil'. Maybe you meant 'mill'?",
        "there is no period 'H3'. The periods are H1, H2.",
    ]


def test_without_suppliers_there_is_nothing_to_fail() -> None:
    alone = apply_edits(workshop(), ["-options.mode=outsourced"])
    assert "there is nothing to fail" in whole(suppliers(Study.of(alone)))


@pytest.mark.parametrize("seed", [4])
def test_losses_are_those_of_independent_solves(seed: int) -> None:
    instance = tiny_instance(seed)
    best = pm.solve(instance, gap=0)
    if not best.has_plan:
        pytest.skip("infeasible")
    for failure in suppliers(Study(best, gap=0)).failures:
        if not failure.lines:
            continue
        # the same failure, stated by quantities and by the options that the plan has
        options = instance.options
        hit = options[failure.supplier.kind] == failure.supplier.name
        down = options.assign(
            max_units=options["max_units"].mask(hit, 0.0), min_lot=options["min_lot"].mask(hit, 0.0)
        )
        changed = instance.replace(options=down)
        if not failure.replanned.fill_rates_kept:
            assert not pm.solve(changed, gap=0).has_plan
            made = set(options["line"][hit])
            rate = changed.lines["min_fill_rate"].mask(changed.lines["line"].isin(made), 0.0)
            changed = changed.replace(lines=changed.lines.assign(min_fill_rate=rate))
        anew = pm.solve(changed, gap=0)
        assert anew.has_plan == failure.replanned.has_plan
        if not anew.has_plan:
            continue
        tolerance = 1e-5 * max(1.0, abs(best.objective or 0.0))
        loss = (best.objective or 0.0) - (anew.objective or 0.0)
        assert (failure.replanned.loss.lower or 0.0) - tolerance <= loss
        assert loss <= (failure.replanned.loss.upper or 0.0) + tolerance
        if failure.held.has_plan and failure.held.fill_rates_kept == failure.replanned.fill_rates_kept:
            assert (failure.held.loss.upper or 0.0) >= loss - tolerance
            assert (failure.reacting.lower or 0.0) >= 0


def test_deciding_anew_is_never_worse_than_holding_on_even_out_of_time() -> None:
    def outcome(npv: Interval, loss: Interval, unserved: float | None) -> Outcome:
        return Outcome("time_limit", True, npv, loss, unserved, 0, ())

    held = outcome(Interval(800.0, 900.0), Interval(100.0, 200.0), 5.0)
    poor = outcome(Interval(600.0, 950.0), Interval(50.0, 400.0), 9.0)
    better = no_worse(poor, held)
    assert (better.npv, better.loss) == (Interval(800.0, 950.0), Interval(50.0, 200.0))
    assert better.unserved == 5.0
    none = no_worse(outcome(Interval(None, 950.0), Interval(50.0, None), None), held)
    assert (none.npv, none.loss, none.unserved) == (better.npv, better.loss, 5.0)
    good = outcome(Interval(850.0, 950.0), Interval(50.0, 150.0), 1.0)
    assert no_worse(good, held) is good
    given_up = replace(held, fill_rates_kept=False)
    assert no_worse(poor, given_up) is poor
