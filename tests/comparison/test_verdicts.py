"""What is said of each kind of answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from prodmode.backends.contract import Status
from prodmode.comparison.verdicts import Known, disagreements, known, verdict
from tests.comparison.made import ERROR, OPTIMAL, TIME_LIMIT, entry, failed

if TYPE_CHECKING:
    from prodmode.comparison.entry import Entry

FACTS = Known(1_230_000.0, "scip")
THERE = "but scip has a verified plan of 1,230,000.00 EUR"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(entry("scip", OPTIMAL, 1_230_000.0, 1_230_010.0), "proved", id="proved"),
        pytest.param(
            entry("highs", Status.GAP_REACHED, 1_210_000.0, 1_240_000.0), "proved", id="proved in a gap"
        ),
        pytest.param(
            entry("highs", OPTIMAL, 1_229_900.0, 1_230_005.0), "proved", id="within the gap of the best"
        ),
        pytest.param(
            entry("highs", TIME_LIMIT, 1_220_000.0, 1_300_000.0), "verified, not proved", id="stopped"
        ),
        pytest.param(entry("highs", TIME_LIMIT, 1_220_000.0), "verified, not proved", id="no bound"),
        pytest.param(
            entry("odd", OPTIMAL, 1_230_000.0), "verified, not proved", id="optimal without a bound"
        ),
        pytest.param(
            entry("odd", OPTIMAL, 1_230_000.0, 1_300_000.0),
            "verified, not proved",
            id="optimal with a far bound",
        ),
        pytest.param(entry("cbc", TIME_LIMIT, None, 1_300_000.0), "no plan", id="no plan"),
        pytest.param(
            entry("cbc", OPTIMAL, 1_200_000.0, 1_200_000.0),
            f"false: it says 1,200,000.00 optimal, {THERE}",
            id="false optimum",
        ),
        pytest.param(
            entry("cbc", OPTIMAL, 1_200_000.0),
            f"false: it says 1,200,000.00 optimal, {THERE}",
            id="false optimum without a bound",
        ),
        pytest.param(
            entry("cbc", OPTIMAL, 1_200_000.0, 1_250_000.0),
            f"false: it says 1,200,000.00 optimal, {THERE}",
            id="false optimum beside a true bound",
        ),
        pytest.param(
            entry("cbc", TIME_LIMIT, 1_100_000.0, 1_200_000.0),
            f"false: it says that no plan can beat 1,200,000.00, {THERE}",
            id="false bound",
        ),
        pytest.param(
            entry("cbc", TIME_LIMIT, None, 1_200_000.0),
            f"false: it says that no plan can beat 1,200,000.00, {THERE}",
            id="false bound without a plan",
        ),
        pytest.param(
            entry("cbc", Status.INFEASIBLE), f"false: it says infeasible, {THERE}", id="false infeasible"
        ),
        pytest.param(
            entry("cbc", Status.UNBOUNDED), f"false: it says unbounded, {THERE}", id="false unbounded"
        ),
        pytest.param(
            entry("odd", OPTIMAL, 1_300_000.0, 1_300_000.0, verified=False, message="the plan did not pass"),
            "its plan breaks rules: the plan did not pass",
            id="breaks rules",
        ),
        pytest.param(entry("odd", ERROR, message="no licence"), "failed: no licence", id="failed"),
        pytest.param(entry("odd", ERROR), "failed", id="failed without a word"),
        pytest.param(
            failed("odd", "crashed", "its process crashed (SIGSEGV) and gave no answer"),
            "crashed: its process crashed (SIGSEGV) and gave no answer",
            id="crashed",
        ),
        pytest.param(
            failed("odd", "killed", "it was given 5 s and killed 10 s later"),
            "killed: it was given 5 s and killed 10 s later",
            id="killed",
        ),
        pytest.param(
            failed("odd", "refused", "backend 'odd' cannot honour: seed"),
            "refused: backend 'odd' cannot honour: seed",
            id="refused",
        ),
        pytest.param(
            failed("odd", "out of memory", "it ran out of memory"),
            "out of memory: it ran out of memory",
            id="out of memory",
        ),
    ],
)
def test_the_verdict_on_an_answer(answer: Entry, words: str) -> None:
    assert verdict(answer, FACTS, "EUR") == words


def test_infeasible_stands_where_no_plan_contradicts_it() -> None:
    assert verdict(entry("cbc", Status.INFEASIBLE), Known(None, None), "EUR") == "says infeasible"


def test_rounding_is_no_disagreement() -> None:
    answer = entry("cbc", OPTIMAL, 1_229_999.9, 1_229_999.9)
    assert verdict(answer, FACTS, "EUR") == "proved"


def test_the_best_known_plan_is_the_best_verified_one() -> None:
    entries = [
        entry("highs", TIME_LIMIT, 1_220_000.0, 1_300_000.0),
        entry("odd", OPTIMAL, 1_300_000.0, 1_300_000.0, verified=False),
        entry("scip", OPTIMAL, 1_230_000.0, 1_230_010.0),
        entry("cbc", Status.INFEASIBLE),
    ]
    assert known(entries) == FACTS
    assert known(entries[1:2]) == Known(None, None)


def test_a_disagreement_is_a_sentence_told_once() -> None:
    entries = [
        entry("scip", OPTIMAL, 1_230_000.0, 1_230_010.0),
        entry("cbc", OPTIMAL, 1_200_000.0, 1_200_000.0),
        entry("cbc", OPTIMAL, 1_200_000.0, 1_200_000.0, repeat=2),
        entry("odd", Status.INFEASIBLE),
        failed("sad", "crashed", "gone"),
    ]
    assert disagreements(entries, known(entries), "EUR") == (
        "cbc says 1,200,000.00 optimal, but scip has a verified plan of 1,230,000.00 EUR.",
        "odd says infeasible, but scip has a verified plan of 1,230,000.00 EUR.",
    )


def test_of_equal_plans_the_first_is_named() -> None:
    entries = [
        entry("highs", OPTIMAL, 1_230_000.0, 1_230_000.0),
        entry("scip", OPTIMAL, 1_230_000.0 + 1e-8, None),
    ]
    assert known(entries).by == "highs"
