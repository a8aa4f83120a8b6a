"""What "auto" chooses, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import prodmode as pm
from prodmode.backends import registry
from prodmode.backends.choice import RULES, Rule, Shape, choose, refused, shape_of
from prodmode.backends.contract import Capabilities, Options
from prodmode.backends.registry import BackendInfo
from prodmode.document.page import Page
from prodmode.formulation import formulate
from prodmode.report.solution import result_text
from prodmode.testing.programs import knapsack, linear, program

if TYPE_CHECKING:
    from prodmode.formulation.mip import Mip

SHIPPED = Path(__file__).parents[2] / "instances"

ALL = Capabilities(time_limit=True, gap=True, threads=True, seed=True, warm_start=True)


def there(**backends: Capabilities | None) -> list[BackendInfo]:
    """Return backends by what they can do; None for one that cannot run here."""
    return [
        BackendInfo(name.replace("_", "-"), can is not None, None if can else "absent", "1", can)
        for name, can in backends.items()
    ]


@pytest.mark.parametrize("mip", [knapsack(), linear()])
def test_highs_comes_first(mip: Mip) -> None:
    assert choose(mip, infos=there(cbc=ALL, cp_sat=ALL, highs=ALL, scip=ALL)).backend == "highs"


@pytest.mark.parametrize(
    ("mip", "expected"),
    [
        (knapsack(), "cp-sat"),
        (program([1, 1], [1, 1], row_lower=1, upper=9, integer=[True, False]), "scip"),
        (linear(), "glop"),
    ],
)
def test_without_highs_the_structure_decides(mip: Mip, expected: str) -> None:
    linear_only = Capabilities(integers=False)
    assert choose(mip, infos=there(cbc=ALL, cp_sat=ALL, glop=linear_only, scip=ALL)).backend == expected


def test_reason_has_figures_and_the_others() -> None:
    choice = choose(knapsack(), infos=there(highs=ALL, scip=ALL, cbc=None))
    assert str(choice) == "highs: proves bounds with integers (3 of 3 columns integer); preferred to scip"
    assert choose(linear(), infos=there(highs=ALL)).reason == (
        "solves linear programs to a vertex and its bound is their optimum (0 of 2 columns integer); "
        "the only backend here"
    )


@pytest.mark.parametrize(
    ("asked", "warm_start"),
    [
        (Options(threads=2), False),
        (Options(seed=1), False),
        (Options(time_limit=3.0), False),
        (Options(specifics={"emphasis": "easycip"}), False),
        (Options(), True),
    ],
)
def test_what_is_asked_is_honoured(asked: Options, warm_start: bool) -> None:
    can = Capabilities(
        time_limit=True, threads=True, seed=True, warm_start=True, specifics={"emphasis": "a word"}
    )
    choice = choose(knapsack(), asked, warm_start=warm_start, infos=there(highs=Capabilities(), scip=can))
    assert choice.backend == "scip"
    assert choice.reason.endswith("it alone takes this with what is asked, highs cannot")
    # Where none can, the first refuses.
    assert (
        choose(knapsack(), asked, warm_start=warm_start, infos=there(highs=Capabilities())).backend == "highs"
    )


def test_a_backend_without_a_rule_is_the_last_resort() -> None:
    choice = choose(knapsack(), infos=there(mine=ALL, guess=Capabilities(valid_bound=False)))
    assert str(choice) == "mine: no rule is made for it (3 of 3 columns integer); preferred to guess"


def test_no_integers_for_those_who_take_none() -> None:
    choice = choose(knapsack(), infos=there(glop=Capabilities(integers=False), mine=ALL))
    assert choice.backend == "mine"


def test_none_can_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "available", lambda: there(highs=None))
    monkeypatch.setattr(registry, "info", lambda name: there(**{name: None})[0])
    with pytest.raises(pm.BackendError, match="no backend can run here"):
        choose(knapsack())


def test_rules_are_data() -> None:
    small = Rule("scip", "is quick on small programs", nonzeros=(0, 3))
    infos = there(highs=ALL, scip=ALL)
    assert choose(knapsack(), infos=infos, rules=(small, *RULES)).backend == "scip"
    large = program(np.ones(9), np.ones(9), row_lower=1, integer=True)
    assert choose(large, infos=infos, rules=(small, *RULES)).backend == "highs"


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (Rule("x", ""), True),
        (Rule("x", "", integers=True), True),
        (Rule("x", "", integers=False), False),
        (Rule("x", "", nonzeros=(0, 99)), False),
        (Rule("x", "", continuous_share=(0.7, 0.8)), True),
        (Rule("x", "", continuous_share=(0.0, 0.5)), False),
    ],
)
def test_rule_fits(rule: Rule, fits: bool) -> None:
    assert rule.fits(Shape(rows=3, columns=8, integers=2, nonzeros=100)) is fits


def test_shape() -> None:
    assert shape_of(knapsack()) == Shape(rows=1, columns=3, integers=3, nonzeros=3)
    assert shape_of(program([], np.zeros((0, 0)))).continuous_share == 1


def test_refusals_name_what_is_asked() -> None:
    asked = Options(time_limit=1.0, threads=2, seed=3, specifics={"presolve": "on"})
    assert refused(Capabilities(), asked, warm_start=True) == [
        "time_limit", "threads", "seed", "warm_start", "presolve",
    ]  # fmt: skip
    assert refused(Capabilities(), None, warm_start=False) == []


def workshop() -> pm.Instance:
    tables: dict[str, list[dict[str, Any]]] = {
        "lines": [{"line": "stool", "price": 40}],
        "demand": [{"line": "stool", "period": 1, "units": 100}],
        "options": [{"option": "bought", "line": "stool", "mode": "outsourced", "unit_cost": 25}],
    }
    return pm.Instance.from_tables({"name": "workshop", "periods": 1}, tables)


def test_the_result_says_why() -> None:
    result = pm.solve(workshop())
    assert result.backend == "highs"
    assert result.choice is not None
    assert result.choice.startswith("proves bounds with integers (")
    assert result.to_dict()["backend_choice"] == result.choice
    assert result.choice in " ".join(result_text(result, Page()).split())
    assert result.choice in str(result)


def test_a_backend_that_was_named_was_not_chosen() -> None:
    result = pm.solve(workshop(), backend="highs")
    assert result.choice is None
    assert result.to_dict()["backend_choice"] is None
    assert "chosen" not in result_text(result, Page())


@pytest.mark.parametrize(
    ("lines", "periods", "nonzeros", "compiled", "expected"),
    [
        (500, 4, 220_000, True, "decomposition"),
        (500, 4, 220_000, False, "highs"),
        (500, 1, 220_000, True, "highs"),
        (100, 12, 220_000, True, "highs"),
        (500, 4, 100_000, True, "highs"),
    ],
)
def test_many_lines_over_time_are_taken_apart_where_kernels_are_compiled(
    monkeypatch: pytest.MonkeyPatch, lines: int, periods: int, nonzeros: int, compiled: bool, expected: str
) -> None:
    shape = Shape(70_000, 60_000, 20_000, nonzeros, lines, periods)
    monkeypatch.setattr("prodmode.backends.choice.shape_of", lambda _: shape)
    monkeypatch.setattr("prodmode.backends.choice.find_spec", lambda _: object() if compiled else None)
    assert choose(knapsack(), infos=there(decomposition=ALL, highs=ALL)).backend == expected


def test_shape_knows_lines_and_periods() -> None:
    mip = formulate(pm.load(SHIPPED / "starter.yaml")).mip
    instance = pm.load(SHIPPED / "starter.yaml")
    assert (shape_of(mip).lines, shape_of(mip).periods) == (
        len(instance.lines),
        len(instance.settings.periods),
    )
