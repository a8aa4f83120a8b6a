"""Plans that must or must not do something, and the texts that say so."""

from __future__ import annotations

import numpy as np
import pytest

import prodmode as pm
from prodmode.explain.interval import Interval
from prodmode.explain.restricted import honoured, restricted
from prodmode.explain.restriction import Hold, Restriction, parse_restriction
from prodmode.explain.selector import Copies, Selector
from prodmode.explain.study import Case, Study
from tests.explain.portfolios import workshop


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.of(workshop())


def test_the_plan_under_study(study: Study) -> None:
    # Stools pressed, benches bought: 2 x (100 x 40 + 50 x 30).
    assert (study.value.lower, study.value.upper) == pytest.approx((11_000, 11_000))


@pytest.mark.parametrize(
    ("forbid", "force", "npv"),
    [
        (["option=stool-pressed"], [], 2 * (100 * 20 + 50 * 60)),
        (["line=stool mode=mass period=H1"], [], 100 * 20 + 50 * 60 + 100 * 40 + 50 * 30),
        ([], ["line=bench mode=mass"], 2 * (100 * 20 + 50 * 60)),
        ([], ["family=seats mode=mass"], 2 * (100 * 40 + 50 * 60) - 5000),
        ([], ["investment=second-press"], 2 * (100 * 40 + 50 * 60) - 5000),
        (["investment=second-press"], [], 11_000),
        (["site=mill"], [], 2 * (100 * 40 + 50 * 60) - 5000),
        ([], ["line=stool"], 11_000),
    ],
)
def test_forbidden_and_forced(study: Study, forbid: list[str], force: list[str], npv: float) -> None:
    restriction = parse_restriction(study.instance, forbid=forbid, force=force)
    result = study.solve(Case("asked", restriction))
    assert result.verified
    assert result.objective == pytest.approx(npv)
    assert honoured(study.instance, result.plan, restriction) == []
    if npv < 11_000:
        assert honoured(study.instance, study.plan, restriction) != []
    assert npv in study.value - study.loss(result) or study.loss(result).sign == 0


def test_two_restrictions_hold_at_once(study: Study) -> None:
    restriction = parse_restriction(
        study.instance, force=["family=seats mode=mass"], forbid=["investment=second-press period=H1"]
    )
    result = study.solve(Case("asked", restriction))
    # All on one press, and a second one for H2 alone does not pay.
    assert result.objective == pytest.approx(2 * 100 * 40)
    assert result.plan.purchases.empty


def test_nothing_left_for_a_line_is_infeasible(study: Study) -> None:
    result = study.solve(Case("asked", parse_restriction(study.instance, forbid=["line=stool"])))
    assert result.status.value == "infeasible"
    assert study.loss(result) == Interval(0.0, None)


def test_held_decisions_stay_and_quantities_are_free(study: Study) -> None:
    tighter = study.instance.replace(resources=study.instance.resources.assign(capacity=50.0))
    held = study.solve(Case("held", Restriction(hold=Hold(study.plan)), instance=tighter))
    assert held.status.value == "optimal"
    assert set(held.plan.assignments["option"]) == {"stool-pressed", "bench-bought"}
    assert held.objective == pytest.approx(2 * (50 * 40 + 50 * 30))
    freed = Restriction(hold=Hold(study.plan, free_lines=("stool",)))
    assert study.solve(Case("freed", freed, instance=tighter)).objective == pytest.approx(7_000)
    late = Restriction(hold=Hold(study.plan, until="H1"))
    assert (study.solve(Case("late", late, instance=tighter)).objective or 0.0) >= 7_000 - 1e-6


def test_excluded_plans_do_not_come_again(study: Study) -> None:
    seen, plans = [], [study.plan]
    for _ in range(3):
        result = study.solve(Case("next", Restriction(exclude=tuple(plans))))
        modes = tuple(result.plan.assignments["option"])
        assert modes not in seen
        seen.append(modes)
        plans.append(result.plan)
        assert (result.objective or 0.0) <= 11_000 + 1e-6


def test_breaking_a_restriction_is_an_error(monkeypatch: pytest.MonkeyPatch, study: Study) -> None:
    monkeypatch.setattr("prodmode.explain.study.restricted", lambda formulation, _restriction: formulation)
    result = study.solve(Case("asked", Restriction(forbid=(Selector(option="stool-pressed"),))))
    assert result.status.value == "error"
    assert not result.verified
    assert result.verdict is not None
    assert "option=stool-pressed" in result.verdict.violations[-1].message


def test_restricted_programs_keep_names_for_their_rows(study: Study) -> None:
    both = Restriction(force=(Selector(line="stool"),), copies=(Copies("second-press", at_least=1),))
    program = restricted(
        study.formulation, Restriction(force=both.force, copies=both.copies, exclude=(study.plan,))
    )
    mip = program.mip
    assert mip.faults() == []
    names = program.names.rows()
    assert len(names) == len(mip.row_lower)
    assert len(set(names)) == len(names)
    block = program.row_blocks[-2]
    assert program.names.sentence(block, 0) == "copies of 'second-press' are bought as asked"


@pytest.mark.parametrize(
    ("forbid", "force", "messages"),
    [
        (["lin=stool"], [], ["there is no key 'lin' ('lin=stool')"]),
        (["line=stol"], [], ["there is no line 'stol' ('line=stol')"]),
        (["mode=masss"], ["site=mil"], ["there is no mode 'masss'", "there is no site 'mil'"]),
        (["line stool"], [], ["'line' in 'line stool' is no KEY=VALUE", "'stool' in 'line stool' is no"]),
        ([""], [], ["an empty text selects nothing"]),
        (["line=stool line=bench"], [], ["'line' is given twice"]),
        (['line="stool'], [], ["cannot be read"]),
        (["line=stool mode=custom"], [], ["'line=stool mode=custom' selects no option"]),
        ([], ["investment=secnd-press"], ["there is no investment 'secnd-press'"]),
        ([], ["investment=second-press period=H3"], ["there is no period 'H3'"]),
    ],
)
def test_every_fault_of_a_text_is_told(
    study: Study, forbid: list[str], force: list[str], messages: list[str]
) -> None:
    with pytest.raises(pm.InputError) as caught:
        parse_restriction(study.instance, forbid=forbid, force=force)
    said = [issue.message for issue in caught.value.issues]
    assert len(said) == len(messages)
    for message, start in zip(said, messages, strict=True):
        assert start in message


def test_what_cannot_be_chosen_cannot_be_forced() -> None:
    instance = workshop()
    lines = instance.lines.assign(max_lead_time_days=[10.0, 10.0])
    options = instance.options.assign(lead_time_days=[0.0, 20.0, 0.0, 0.0])
    with pytest.raises(pm.InputError, match="lead time"):
        parse_restriction(instance.replace(lines=lines, options=options), force=["option=stool-bought"])


def test_a_selector_reads_back_its_text() -> None:
    for text in ("line=a mode=mass", 'line="oak table"', 'family="a \\"b\\"" period=Q1'):
        assert Selector.parse(str(Selector.parse(text))) == Selector.parse(text)
    assert np.count_nonzero(Selector(period="H1").mask(workshop())) == 4
