"""Many cases side by side, starts, and what ends them."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest

import prodmode as pm
from prodmode.explain.restriction import parse_restriction
from prodmode.explain.study import Case, Study
from prodmode.instance.fields import TABLES
from tests.explain.portfolios import workshop


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.of(workshop())


def cases(study: Study) -> list[Case]:
    return [
        Case(option, parse_restriction(study.instance, force=[f"option={option}"]))
        for option in study.instance.options["option"]
    ]


def test_side_by_side_is_the_same_as_one_after_the_other(study: Study) -> None:
    told: list[tuple[int, int]] = []
    alone = study.solve_all(cases(study), processes=1)
    together = study.solve_all(
        cases(study), processes=2, on_progress=lambda done, of, _case: told.append((done, of))
    )
    assert [result.objective for result in alone if result] == [
        pytest.approx(result.objective) for result in together if result
    ]
    assert all(result is not None and result.verified for result in together)
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_cancelled_batch_keeps_what_is_done(study: Study) -> None:
    stop = threading.Event()

    def after_two(done: int, _of: int, _case: Case) -> None:
        if done == 2:
            stop.set()

    results = study.solve_all(cases(study), processes=1, cancel=stop, on_progress=after_two)
    assert [result is not None for result in results] == [True, True, False, False]


def test_a_changed_instance_is_solved_as_it_is(study: Study) -> None:
    doubled = study.instance.replace(resources=study.instance.resources.assign(capacity=200.0))
    result = study.solve(Case("two presses for free", instance=doubled))
    assert result.objective == pytest.approx(2 * (100 * 40 + 50 * 60))
    assert study.loss(result, restricted=False).upper == pytest.approx(-3000)


def test_a_slow_plan_is_started_from(monkeypatch: pytest.MonkeyPatch, study: Study) -> None:
    monkeypatch.setattr("prodmode.explain.study.SLOW_SECONDS", 0.0)
    for case in cases(study):
        result = study.solve(Case(case.name, case.restriction, time_limit=20))
        plain = study.solve(case)
        assert result.objective == pytest.approx(plain.objective)
        assert "passed over" not in result.message


class Dying(pm.Instance):
    """An instance that ends the process that looks at it, as a crash of a solver does."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (os._exit, (3,))


def test_a_process_that_dies_is_an_error_with_a_way_out(study: Study) -> None:
    instance = study.instance
    dying = Dying.from_tables(
        instance.settings, {name: instance.table(name) for name in TABLES if len(instance.table(name))}
    )
    with pytest.raises(pm.BackendError, match="died: a solver crashed"):
        study.solve_all([*cases(study), Case("crash", instance=dying)], processes=2)
