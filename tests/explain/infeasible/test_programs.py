"""Lifting nothing leaves the plain program; lifting rules in rows or in figures comes to the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import prodmode as pm
from prodmode.backends import highs
from prodmode.backends.contract import Options, Status
from prodmode.explain.infeasible.lifted import carried, lifted_program
from prodmode.explain.infeasible.loosened import Loosened, loosen
from prodmode.formulation import formulate
from prodmode.instance.examples import examples
from tests.explain.infeasible.cases import CASES, params
from tests.explain.infeasible.lifting import has_plan, lifted
from tests.formulation.portfolios import CASES as PORTFOLIOS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.columns import Columns
    from prodmode.formulation.mip import Mip

DECISIONS = ("in_force", "made", "sold", "stock", "setup", "bought", "overtime")


def best(mip: Mip, columns: Columns, costs: dict[str, NDArray[np.float64]]) -> float | None:
    cost = np.zeros_like(mip.cost)
    for name, values in costs.items():
        at = getattr(columns, name)
        cost[at[at >= 0]] = values[at >= 0]
    answer = highs.solve(replace(mip, cost=cost, offset=0.0), Options(gap=1e-7))
    if answer.status is Status.INFEASIBLE:
        return None
    assert answer.x is not None
    return float(cost @ answer.x)


def costs_for(loosened: Loosened, seed: int) -> dict[str, NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    columns = loosened.context.columns
    return {name: rng.normal(size=getattr(columns, name).shape).round(2) for name in DECISIONS}


@pytest.mark.parametrize("name", [*PORTFOLIOS, "starter"])
def test_imposing_all_rules_gives_the_plain_program(name: str) -> None:
    instance = PORTFOLIOS[name]() if name in PORTFOLIOS else pm.load(examples()[name])
    loosened, plain = loosen(instance), formulate(instance)
    imposed = loosened.program(loosened.items.imposed(loosened.all), loosened.where(loosened.all))
    same, context = lifted_program(loosened, loosened.all)
    assert same.shape == plain.mip.shape
    assert np.array_equal(same.matrix.toarray(), plain.mip.matrix.toarray())
    for side in ("row_lower", "row_upper", "lower", "upper", "integer"):
        assert np.array_equal(getattr(same, side), getattr(plain.mip, side))
    for seed in range(1):
        costs = costs_for(loosened, seed)
        expected = best(plain.mip, plain.columns, costs)
        found = best(imposed, loosened.context.columns, costs)
        assert (found is None) is (expected is None)
        if expected is not None:
            assert found == pytest.approx(expected, rel=1e-5, abs=1e-5)
    x = highs.solve(replace(same, cost=np.zeros_like(same.cost), offset=0.0), Options()).x
    assert x is None or loosened.kept(carried(loosened, context, x)).all()


@pytest.mark.parametrize("name", params())
def test_rows_figures_and_tables_agree_on_what_is_lifted(name: str) -> None:
    instance = CASES[name].build()
    loosened, rng = loosen(instance), np.random.default_rng(len(name))
    for _ in range(1):
        kept = rng.random(len(loosened.rules)) < 0.75
        by_rows = loosened.program(loosened.items.imposed(kept), loosened.where(kept))
        by_figures, _ = lifted_program(loosened, kept)
        found = [
            highs.solve(replace(mip, cost=np.zeros_like(mip.cost), offset=0.0), Options()).status
            is not Status.INFEASIBLE
            for mip in (by_rows, by_figures)
        ]
        changed = lifted(
            instance, [rule for rule, stays in zip(loosened.rules, kept, strict=True) if not stays]
        )
        assert found == [has_plan(changed)] * 2


def test_every_sentence_names_no_internals() -> None:
    for name in ("furniture", "factory-schedule"):
        instance = pm.load(examples()[name])
        for rule in loosen(instance).rules:
            sentence = rule.sentence(instance)
            assert "_" not in sentence.replace(rule.name, "")
            assert "nan" not in sentence
