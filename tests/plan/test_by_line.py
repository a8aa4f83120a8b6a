"""The money of a plan line by line adds up to what the plan states, whatever the portfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from prodmode.errors import InputError
from prodmode.plan.assemble import assemble
from prodmode.plan.by_line import MONEY, line_ledger, resource_ledger
from prodmode.plan.files import read_plan
from prodmode.plan.tables import COSTS
from tests.plan.plans import INSTANCES, RANDOM, SHIPPED, instance_of, plan_of
from tests.plan.portfolio import OPTION, Q4

if TYPE_CHECKING:
    from pathlib import Path

    import prodmode as pm
    from prodmode.instance.instance import Instance
    from prodmode.plan.decisions import Decisions
    from prodmode.plan.plan import Plan

CENT = 0.005


def money_adds_up(instance: Instance, plan: Plan) -> None:
    ledger = line_ledger(instance, plan)
    assert ledger["present_value"].sum() == pytest.approx(plan.npv, rel=1e-12, abs=CENT)
    by_period = ledger.groupby("period", sort=False)[[*MONEY, "net", "present_value"]].sum()
    by_period = by_period.reindex(plan.cash_flow["period"], fill_value=0.0)
    for kind in by_period:
        stated = plan.cash_flow[str(kind)].to_numpy()
        np.testing.assert_allclose(by_period[kind], stated, rtol=1e-12, atol=CENT, err_msg=str(kind))
    net = ledger["revenue"] + ledger["salvage"] - ledger[list(COSTS)].sum(axis=1)
    np.testing.assert_allclose(ledger["net"], net, atol=CENT)


def resources_add_up(instance: Instance, plan: Plan) -> None:
    taken = resource_ledger(instance, plan)
    np.testing.assert_allclose(taken["used"], taken[["per_unit", "per_setup", "per_period"]].sum(axis=1))
    use = plan.resource_use
    use = use.assign(used=use["used"] * use["scenario"].map(dict(plan.scenarios)).astype(float))
    stated = use.groupby(["resource", "period"])["used"].sum()
    found = taken.groupby(["resource", "period"])["used"].sum().reindex(stated.index, fill_value=0.0)
    np.testing.assert_allclose(found, stated, rtol=1e-9, atol=1e-7)


@pytest.mark.parametrize("name", [*SHIPPED, "generated-5"])
def test_plans_add_up(name: str) -> None:
    plan = plan_of(name)
    money_adds_up(instance_of(name), plan)
    resources_add_up(instance_of(name), plan)


def test_the_list_of_shipped_instances_is_whole() -> None:
    assert {*SHIPPED, "furniture.xlsx", "README.md"} == {path.name for path in INSTANCES.iterdir()}


def test_plans_of_random_portfolios_add_up() -> None:
    seen: dict[str, int] = dict.fromkeys([*MONEY, "left", "unserved", "no option"], 0)
    for name in RANDOM:
        plan = plan_of(name)
        money_adds_up(instance_of(name), plan)
        resources_add_up(instance_of(name), plan)
        ledger = line_ledger(instance_of(name), plan)
        for kind in seen:
            flags = ledger["line"].notna() & ledger["option"].isna() if kind == "no option" else ledger[kind]
            seen[kind] += bool(flags.fillna(0).astype(float).ne(0).any())
    assert min(seen.values()) > 0, seen


@pytest.mark.parametrize("source", ["", "plan.json"])
def test_a_plan_read_back_has_the_same_ledger(tmp_path: Path, source: str) -> None:
    instance, plan = instance_of("furniture"), plan_of("furniture")
    plan.write(tmp_path / "plan")
    read = read_plan(tmp_path / "plan" / source)
    pd.testing.assert_frame_equal(line_ledger(instance, read), line_ledger(instance, plan))
    pd.testing.assert_frame_equal(resource_ledger(instance, read), resource_ledger(instance, plan))


def rows(ledger: pd.DataFrame, **labels: str) -> pd.DataFrame:
    for column, label in labels.items():
        ledger = ledger[ledger[column] == label]
    return ledger


def test_rows_by_hand(instance: Instance, plan: Plan) -> None:
    money_adds_up(instance, plan)
    ledger = line_ledger(instance, plan)
    (table,) = rows(ledger, option="table-mass", period="Q1").to_dict("records")
    assert (table["line"], table["mode"], table["site"]) == ("table", "mass", "plant")
    assert table["revenue"] == pytest.approx(0.6 * 10000 + 0.4 * 12000)
    assert table["unit_cost"] == pytest.approx(0.6 * 5400 + 0.4 * 5800)
    assert (table["setup_cost"], table["fixed_cost"], table["startup_cost"]) == (20, 100, 0)
    assert table["holding_cost"] == pytest.approx(2 * (0.6 * 20 + 0.4 * 10))
    assert table["carbon_cost"] == pytest.approx(80 / 1000 * 10 * (0.6 * 110 + 0.4 * 120))
    assert table["lost_sale_penalty"] == 0
    assert (table["in_force"], table["started"], table["left"]) == (True, False, False)
    # Two options of the line are in force in Q2: what both leave unserved in a boom is the line's.
    (together,) = ledger[(ledger["line"] == "table") & ledger["option"].isna()].to_dict("records")
    unserved = 0.4 * (120 - 70 - 45)
    assert together["period"] == "Q2"
    assert together["unserved"] == pytest.approx(unserved)
    assert together["lost_sale_penalty"] == pytest.approx(5 * unserved)
    (start,) = rows(ledger, option="chair-mass", period="Q2").to_dict("records")
    assert (start["startup_cost"], start["tooling_capex"], start["started"]) == (50, 200, True)
    # An option that is left has a row although it does nothing any more.
    (left,) = rows(ledger, option="chair-out", period="Q2").to_dict("records")
    assert (left["in_force"], left["left"], left["exit_cost"], left["net"]) == (False, True, 30, -30)


def test_what_belongs_to_no_line(instance: Instance, plan: Plan) -> None:
    ledger = line_ledger(instance, plan)
    (extra,) = rows(ledger, resource="hours").to_dict("records")
    assert extra["period"] == "Q1"
    assert extra["overtime_cost"] == pytest.approx(3 * (0.6 * 7 + 0.4 * 17))
    press = rows(ledger, investment="press").set_index("period")
    assert press["capex"].to_dict() == {"Q1": 1000, "Q2": 0, "Q3": 0, "Q4": 0}
    assert press["upkeep_cost"].to_dict() == {"Q1": 0, "Q2": 10, "Q3": 10, "Q4": 10}
    assert press["salvage"].to_dict() == {"Q1": 0, "Q2": 0, "Q3": 0, "Q4": 300}
    assert press[["line", "option", "mode", "site", "resource", "made"]].isna().all(axis=None)
    assert not press["in_force"].any()


def test_a_current_option_that_is_never_in_force_pays_its_exit(
    instance: Instance, decisions: Decisions
) -> None:
    for name in ("made", "sold", "stock", "setup"):
        getattr(decisions, name)[:, OPTION["lamp-custom"]] = 0
    decisions.in_force[OPTION["lamp-custom"]] = False
    decisions.in_force[OPTION["lamp-out"], :Q4] = True
    decisions.made[:, OPTION["lamp-out"], :Q4] = decisions.sold[:, OPTION["lamp-out"], :Q4] = 20
    plan = assemble(instance, decisions)
    money_adds_up(instance, plan)
    (gone,) = rows(line_ledger(instance, plan), option="lamp-custom").to_dict("records")
    assert (gone["period"], gone["in_force"], gone["exit_cost"], gone["net"]) == ("Q1", False, 15, -15)


def test_order_of_rows(instance: Instance, plan: Plan) -> None:
    ledger = line_ledger(instance, plan)
    lines, options = instance.lines["line"].tolist(), instance.options["option"].tolist()
    own = ledger[ledger["line"].notna()]
    places = [
        (lines.index(line), instance.periods.index(period), options.index(option) if option else 99)
        for line, period, option in zip(own["line"], own["period"], own["option"].fillna(""), strict=True)
    ]
    assert places == sorted(places)
    assert ledger["line"].notna().tolist() == sorted(ledger["line"].notna(), reverse=True)


def test_resources_by_hand(instance: Instance, plan: Plan) -> None:
    resources_add_up(instance, plan)
    taken = resource_ledger(instance, plan)
    (table,) = rows(taken, resource="hours", option="table-mass", period="Q1").to_dict("records")
    assert table["line"] == "table"
    assert table["per_unit"] == pytest.approx(0.6 * 110 + 0.4 * 120)
    assert (table["per_setup"], table["per_period"]) == (5, 2)
    assert set(rows(taken, resource="skill")["option"]) == {"lamp-custom"}
    assert not rows(taken, option="chair-out").size


def test_a_plan_of_another_instance_is_refused(instance: Instance, plan: Plan) -> None:
    with pytest.raises(InputError, match=r"the option 'chair-mas', .* Maybe you meant 'chair-mass'"):
        line_ledger(instance, renamed(plan, "chair-mass", "chair-mas"))
    with pytest.raises(InputError, match="for the periods Q1, Q2; the instance has Q1, Q2, Q3, Q4"):
        line_ledger(instance, plan.replace(periods=("Q1", "Q2")))
    with pytest.raises(InputError, match="for the scenarios base; the instance has base, boom"):
        resource_ledger(instance, plan.replace(scenarios={"base": 1.0}))
    lines = instance.lines
    lines["lost_sale_penalty"] = lines["lost_sale_penalty"] + 7
    with pytest.raises(InputError, match="the plan of another instance, or was changed"):
        line_ledger(instance.replace(lines=lines), plan)
    with pytest.raises(InputError, match="was changed"):
        line_ledger(instance, plan.replace(npv=float("nan")))


def renamed(plan: pm.Plan, name: str, other: str) -> pm.Plan:
    tables = {
        table: getattr(plan, table).replace({"option": {name: other}})
        for table in ("assignments", "production", "sales", "stock")
    }
    return plan.replace(**tables)


def test_no_row_without_anything_in_it(instance: Instance, plan: Plan) -> None:
    ledger = line_ledger(instance, plan)
    own = ledger[ledger["option"].notna()]
    assert (own["in_force"] | own["left"]).all()
    assert "bench-out" not in set(own["option"])
