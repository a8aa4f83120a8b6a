"""Tables of a plan with a named index: what every pivot begins with."""

from __future__ import annotations

import pytest

import prodmode as pm
from prodmode.plan.tables import COLUMNS, INDEXES, KEYS


@pytest.mark.parametrize("name", COLUMNS)
def test_every_table_has_an_index_by_name(plan: pm.Plan, name: str) -> None:
    table = plan.indexed(name)
    assert tuple(table.index.names) == INDEXES[name]
    assert table.index.is_unique
    assert set(KEYS[name]) <= set(INDEXES[name])
    back = table.reset_index()[list(COLUMNS[name])]
    assert back.equals(getattr(plan, name)), "nothing is lost, and the plan keeps its columns"


def test_a_pivot_is_short(plan: pm.Plan) -> None:
    used = plan.indexed("resource_use")["used"].unstack("period")
    assert used.columns.tolist() == list(plan.periods)
    assert used.index.names == ["scenario", "resource"]
    assert plan.indexed("cash_flow")["net"][plan.periods[0]] == plan.cash_flow["net"].iloc[0]


def test_an_unknown_table_has_a_near_name(plan: pm.Plan) -> None:
    with pytest.raises(pm.ProdmodeError, match="Maybe you meant 'purchases'"):
        plan.indexed("purchase")
