"""The page for the board: right numbers, today's options, what limits the plan and what could flip it."""

from __future__ import annotations

import json

import pytest

import prodmode as pm
from prodmode.explain.questions import QUESTIONS, ask
from prodmode.explain.story.story import Story, story
from prodmode.explain.story.today import today
from prodmode.explain.study import Study
from tests.explain.portfolios import INSTANCES, workshop


def with_today(*, capacity: float = 100.0) -> pm.Instance:
    """Return the workshop with today's options: stools bought, benches pressed."""
    instance = workshop()
    lines = instance.lines.assign(current_option=["stool-bought", "bench-pressed"])
    return instance.replace(lines=lines, resources=instance.resources.assign(capacity=capacity))


@pytest.fixture(scope="module")
def told() -> Story:
    answer = ask(Study.of(with_today()), ["story"])["story"]
    assert isinstance(answer, Story)
    return answer


def test_the_plan_is_compared_with_todays_options(told: Story) -> None:
    # Today 2 x (100 x 20 + 50 x 60) = 10,000 are earned, in the plan 11,000.
    assert told.today.npv.middle == pytest.approx(10_000)
    assert told.today.gain.middle == pytest.approx(1_000)
    text = str(told)
    assert "Keeping today's options would earn 10,000 EUR: the plan is worth 1,000 EUR more." in text
    assert "2 of 2 lines do something else than today: 'stool' from H1 and 'bench' from H1." in text


def test_today_is_an_independent_solve(told: Story) -> None:
    instance = with_today()
    kept = instance.options["option"].isin(["stool-bought", "bench-pressed"])
    usage = instance.usage[instance.usage["option"] == "bench-pressed"]
    alone = pm.solve(instance.replace(options=instance.options[kept], usage=usage))
    assert alone.objective == pytest.approx(told.today.npv.middle)


def test_money_of_the_page_adds_up(told: Story) -> None:
    gains = told.money["revenue"] + told.money["salvage"]
    costs = sum(figure for kind, figure in told.money.items() if kind not in {"revenue", "salvage"})
    assert gains - costs == pytest.approx(told.npv.lower, abs=0.005)
    assert sum(line.contribution for line in told.lines) == pytest.approx(11_000)


def test_what_limits_it_is_worth_what_a_solve_says() -> None:
    instance = workshop()
    demand = instance.demand.assign(units=[120.0, 120.0, 50.0, 50.0])
    wanting = instance.replace(demand=demand)
    told = ask(Study.of(wanting), ["story"])["story"]
    assert isinstance(told, Story)
    press = next(scarce for scarce in told.scarce if scarce.name == "press")
    # Ten more hours press ten more stools, which nobody else makes, at 40 each.
    added = wanting.replace(capacity=[{"resource": "press", "period": "H1", "capacity": 110.0}])
    gain = (pm.solve(added).objective or 0.0) - (pm.solve(wanting).objective or 0.0)
    assert gain == pytest.approx(400)
    assert press.worth.middle == pytest.approx(gain)
    assert press.sentence == "'press' is used up in H1 and H2: 10 % more in H1 would earn 400.00 EUR more."


def test_the_closest_decisions_come_first(told: Story) -> None:
    losses = [flip.loss.middle or 0.0 for flip in told.flips]
    assert losses == sorted(losses)
    # Buying stools and pressing benches loses 1,000 whichever line asks for it.
    assert losses[0] == pytest.approx(1_000)
    assert told.next_best is not None
    assert told.next_best.runners[0].loss.middle == pytest.approx(500)


def test_todays_options_that_cannot_go_on_are_told_why() -> None:
    instance = with_today(capacity=10.0)
    lines = instance.lines.assign(min_fill_rate=[0.0, 0.9])
    found = today(Study.of(instance.replace(lines=lines, investments=[], expansions=[])))
    assert found.status == "infeasible"
    assert "bench" in found.reason
    assert "press" in found.reason


def test_without_current_options_there_is_no_today() -> None:
    found = today(Study.of(workshop()))
    assert (found.status, found.npv.lower) == ("none", None)
    assert "today" not in str(story(Study.of(workshop()))).replace("today's money", "")


def test_a_large_portfolio_is_summed_up_by_mode() -> None:
    instance = pm.generate(lines=20, periods=2, seed=1, profile="mid-size")
    page = str(story(Study.of(instance, time_limit=10, gap=1e-2)))
    assert "how, over the whole horizon" in page
    assert len(page.splitlines()) < 60


QUICK = ("lines", "bottlenecks", "story", "next-best", "rules", "suppliers", "timing", "subsidy")


@pytest.mark.parametrize("words", [QUICK, pytest.param(tuple(QUESTIONS), marks=pytest.mark.slow)])
def test_every_question_is_answered_as_data_and_as_text(words: tuple[str, ...]) -> None:
    answers = ask(Study.of(workshop()), words)
    assert {word.split()[0] for word in answers} == set(words)
    for word, answer in answers.items():
        json.dumps(answer.to_dict(), allow_nan=False)
        assert str(answer), word
        assert answer.to_markdown().startswith("# "), word
        assert answer.diff(answer) == ()


def test_a_result_explains_a_line_all_lines_and_why_there_is_none() -> None:
    result = pm.solve(workshop())
    assert "Why 'stool' is made as it is" in str(result.explain("stool"))
    assert "'bench'" in str(result.explain())
    nothing = workshop().replace(options=workshop().options.assign(max_units=1.0))
    lines = nothing.lines.assign(min_fill_rate=0.5)
    impossible = pm.solve(nothing.replace(lines=lines))
    assert impossible.status.value == "infeasible"
    assert "'stool'" in str(impossible.explain())
    with pytest.raises(pm.InputError, match="Maybe you meant 'stool'"):
        result.explain("stol")


def test_the_furniture_maker_on_a_page() -> None:
    page = str(story(Study.of(pm.load(INSTANCES / "furniture"))))
    assert "earn 2,999,192 EUR in today's money over Q1 to Q4, on average over 3 futures" in page
    assert "Today's options cannot go on for all lines" in page
    for internal in ("in_force", "tooling_capex", "nan", "None", "main-plant"):
        assert internal not in page
