"""Plan against plan: nothing is missed, nothing made up, and the money adds up."""

from __future__ import annotations

import dataclasses
import itertools
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from prodmode.errors import InputError
from prodmode.instance.instance import Instance
from prodmode.plan.assemble import assemble
from prodmode.plan.diff import DecisionChange, PlanDiff, PurchaseChange, Way, diff
from prodmode.plan.diffing.decisions import merged
from prodmode.plan.diffing.words import MOST_DECISIONS, purchase_sentences
from prodmode.plan.files import read_plan
from tests.plan.plans import RANDOM, SHIPPED, plan_of
from tests.plan.portfolio import OPTION, Q2, Q3, SETTINGS, TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from prodmode.plan.decisions import Decisions
    from prodmode.plan.plan import Plan

CENT = 0.005


@cache
def random_pairs() -> list[tuple[Plan, Plan, PlanDiff]]:
    """Return plans, one after the other: of other instances, but with many names in common."""
    plans = itertools.pairwise(plan_of(name) for name in RANDOM)
    return [(before, after, diff(before, after)) for before, after in plans]


def cells(plan: Plan) -> dict[tuple[str, str], set[tuple[Any, ...]]]:
    """Return the options in force by line and period, the plainest way."""
    found: dict[tuple[str, str], set[tuple[Any, ...]]] = {}
    for row in plan.assignments.to_dict("records"):
        site = None if pd.isna(row["site"]) else row["site"]
        found.setdefault((row["line"], row["period"]), set()).add((row["option"], row["mode"], site))
    return found


def mirrored(change: Any) -> Any:
    """Return a change the other way round: what was after is before."""
    values = {part.name: getattr(change, part.name) for part in dataclasses.fields(change)}
    swapped = {
        name: values.get(name.replace("before", "@").replace("after", "before").replace("@", "after"), value)
        for name, value in values.items()
    }
    return dataclasses.replace(change, **swapped)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_plan_does_not_differ_from_itself(name: str, tmp_path: Path) -> None:
    plan = plan_of(name)
    plan.write(tmp_path)
    for other in (plan, read_plan(tmp_path)):
        same = plan.diff(other)
        assert same.is_empty
        assert not same.decisions
        assert not same.purchases
        assert same.npv_change == 0
        assert not any(part.change or part.undiscounted_change for part in same.money)
        assert str(same).splitlines()[2].startswith("Nothing differs: ")


def test_every_change_of_decisions_is_told_once() -> None:
    for before, after, found in random_pairs():
        told = {
            (change.line, period): (change.before, change.after)
            for change in found.decisions
            for period in change.periods
        }
        assert len(told) == sum(len(change.periods) for change in found.decisions)
        old, new = cells(before), cells(after)
        shared = set(before.periods) & set(after.periods)
        true = {
            cell: (old.get(cell, set()), new.get(cell, set()))
            for cell in old.keys() | new.keys()
            if cell[1] in shared and old.get(cell, set()) != new.get(cell, set())
        }
        assert {
            cell: tuple({(way.option, way.mode, way.site) for way in side} for side in sides)
            for cell, sides in told.items()
        } == true
        for change in found.decisions:
            for plan in (before, after):
                places = [plan.periods.index(period) for period in change.periods]
                assert places == list(range(places[0], places[0] + len(places)))
        for one, other in itertools.pairwise(found.decisions):
            joined = (one.line, one.before, one.after) == (other.line, other.before, other.after)
            last, following = one.periods[-1], other.periods[0]
            gaps = [plan.periods.index(following) - plan.periods.index(last) for plan in (before, after)]
            assert not (joined and gaps == [1, 1]), "a run is told in two"


def test_money_adds_up_to_the_cent() -> None:
    for before, after, found in random_pairs():
        assert sum(part.change for part in found.money) == pytest.approx(found.npv_change, abs=CENT)
        assert found.npv_change == after.npv - before.npv
        profit = after.cash_flow["net"].sum() - before.cash_flow["net"].sum()
        assert sum(part.undiscounted_change for part in found.money) == pytest.approx(profit, abs=CENT)
        sizes = [abs(part.change) for part in found.money]
        assert sizes == sorted(sizes, reverse=True)


def test_the_way_back_mirrors_the_way_there() -> None:
    differing = 0
    for before, after, there in random_pairs():
        back = diff(after, before)
        differing += not there.is_empty
        assert there.is_empty == back.is_empty
        assert (there.lines_new, there.lines_gone) == (back.lines_gone, back.lines_new)
        for name in ("decisions", "purchases", "money", "units", "served", "utilisation"):
            own, other = getattr(there, name), getattr(back, name)
            assert {mirrored(part) for part in own} == set(other), name
            assert len(own) == len(other)
    assert differing > len(RANDOM) // 3


def test_figures_are_those_of_the_plans() -> None:
    for before, after, found in random_pairs():
        for plan, side in ((before, "before"), (after, "after")):
            made = sum(getattr(part, f"made_{side}") for part in found.units)
            sold = sum(getattr(part, f"sold_{side}") for part in found.units)
            assert made == pytest.approx(plan.kpis["units_made"])
            assert sold == pytest.approx(plan.kpis["units_sold"])
            assert getattr(found, f"fill_rate_{side}") == pytest.approx(plan.kpis["fill_rate"])
        served = sum(part.change for part in found.served)
        rates = [plan.unserved["scenario"].map(dict(plan.scenarios)) for plan in (before, after)]
        totals = [
            float((rate.astype(float) * plan.unserved["served"]).sum())
            for rate, plan in zip(rates, (before, after), strict=True)
        ]
        assert served == pytest.approx(totals[1] - totals[0], abs=1e-4)


def moved(instance: Instance, decisions: Decisions) -> Plan:
    """Tables are no longer bought in Q2, chairs are bought for longer and the press comes later."""
    table, chair, bought = OPTION["table-out"], OPTION["chair-mass"], OPTION["chair-out"]
    for array in (decisions.made, decisions.sold, decisions.setup):
        array[:, table] = 0
    decisions.in_force[table] = False
    decisions.in_force[chair, Q2] = False
    decisions.in_force[bought, Q2] = True
    for array in (decisions.made, decisions.sold):
        array[:, bought, Q2] = array[:, chair, Q2]
        array[:, chair, Q2] = 0
    decisions.copies[0] = [0, 1, 0, 0]
    decisions.in_force[OPTION["bench-out"], Q2] = True
    decisions.made[:, OPTION["bench-out"], Q2] = decisions.sold[:, OPTION["bench-out"], Q2] = 5
    for array in (decisions.made, decisions.sold):
        array[:, OPTION["lamp-custom"], Q3] = 0
    decisions.in_force[OPTION["lamp-custom"], Q3] = False
    return assemble(instance, decisions)


def test_by_hand(instance: Instance, plan: Plan, decisions: Decisions) -> None:
    after = moved(instance, decisions)
    found = plan.diff(after)
    assert found.sentences() == (
        "'table' stays mass at 'plant' and is no longer outsourced from 'supplier' in Q2",
        "'chair' moves from mass at 'plant' to outsourced from 'supplier' in Q2",
        "'lamp' is no longer offered in Q3: it was custom at 'workshop'",
        "'bench' is new: outsourced from 'supplier' in Q2",
        "1 copy of 'press' is bought in Q2 instead of in Q1",
    )
    assert found.lines_new == ("bench",)
    assert found.lines_gone == ()
    assert [(part.investment, part.period, part.change) for part in found.purchases] == [
        ("press", "Q1", -1),
        ("press", "Q2", 1),
    ]
    money = {part.kind: part for part in found.money}
    later = 1.1**-0.25
    assert money["capex"].before == -1000
    assert money["capex"].after == pytest.approx(-1000 * later)
    assert money["capex"].undiscounted_change == 0
    assert money["exit_cost"].undiscounted_before == -30 - 15
    served = {part.line: part for part in found.served}
    assert set(served) == {"table", "lamp", "bench"}
    assert served["table"].change == pytest.approx(-(0.6 * 40 + 0.4 * 45) / 0.95 * 0.95)
    assert served["bench"].fill_rate_before is None
    assert served["bench"].fill_rate_after == 1
    (hours,) = [part for part in found.utilisation if (part.resource, part.period) == ("hours", "Q2")]
    # Before, the press is in service in Q2; after, it is not yet.
    assert hours.used_before == pytest.approx(60 + 5 + 2 + 0.5 * (0.6 * 80 + 0.4 * 96))
    assert hours.before == pytest.approx((hours.used_before or 0) / 300)
    assert hours.after == pytest.approx(67 / 250)
    assert not found.is_empty


HAND, MILL = Way("hand", "custom", "workshop"), Way("bought", "outsourced", "mill")
SEA = Way("shipped", "outsourced", "overseas")
HAND_2, BARE = Way("hand-2", "custom", "workshop"), Way("bare", "custom", None)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((HAND,), (MILL,), "moves from custom at 'workshop' to outsourced from 'mill' in 2026 to 2028"),
        ((MILL,), (SEA,), "stays outsourced in 2026 to 2028, from 'overseas' instead of 'mill'"),
        (
            (HAND,),
            (HAND_2,),
            "stays custom at 'workshop' in 2026 to 2028, with option 'hand-2' instead of 'hand'",
        ),
        ((BARE,), (HAND,), "stays custom in 2026 to 2028, at 'workshop' instead of at no site"),
        (
            (HAND,),
            (HAND, MILL),
            "stays custom at 'workshop' and is also outsourced from 'mill' in 2026 to 2028",
        ),
        (
            (HAND, HAND_2),
            (HAND_2,),
            "stays custom at 'workshop' (option 'hand-2') and is no longer custom at 'workshop' (option ",
        ),
        (
            (HAND, MILL),
            (HAND_2, MILL),
            "moves from custom at 'workshop' (option 'hand') and outsourced from 'mill' (option 'bought') to",
        ),
        ((), (MILL,), "comes onto offer in 2026 to 2028: outsourced from 'mill'"),
        ((MILL, HAND), (), "is no longer offered in 2026 to 2028: it was outsourced from 'mill' and custom "),
    ],
)
def test_words_of_decisions(before: tuple[Way, ...], after: tuple[Way, ...], words: str) -> None:
    change = DecisionChange("oak-table", ("2026", "2027", "2028"), before, after)
    assert str(change).startswith(f"'oak-table' {words}")


def test_words_of_purchases() -> None:
    def told(*rows: tuple[str, int, int]) -> tuple[str, ...]:
        return purchase_sentences([PurchaseChange("press", *row) for row in rows])

    assert told(("2026", 0, 2)) == ("2 copies of 'press' are bought in 2026 instead of none",)
    assert told(("2026", 3, 1)) == ("1 copy of 'press' is bought in 2026 instead of 3",)
    assert told(("2026", 3, 0)) == ("'press' is no longer bought in 2026: it was 3 copies",)
    assert told(("2026", 2, 0), ("2028", 0, 2)) == (
        "2 copies of 'press' are bought in 2028 instead of in 2026",
    )
    assert len(told(("2026", 2, 1), ("2028", 1, 2))) == 2


def test_labels_of_two_plans_are_merged_in_place() -> None:
    assert merged([], ["b", "a"]) == ["b", "a"]
    assert merged(["a", "b"], ["b", "a"]) == ["a", "b"]
    assert merged(["a", "b", "c"], ["x", "y", "b", "z"]) == ["x", "y", "a", "b", "z", "c"]


def shortened(plan: Plan, periods: tuple[str, ...]) -> Plan:
    """Return a plan cut down to some periods."""
    tables = {name: table[table["period"].isin(periods)] for name, table in plan.tables().items()}
    return plan.replace(periods=periods, npv=float(tables["cash_flow"]["present_value"].sum()), **tables)


def test_other_periods_are_said_and_not_compared(
    instance: Instance, plan: Plan, decisions: Decisions
) -> None:
    other = assemble(instance, everything_custom(decisions))
    whole = diff(plan, other)
    (run,) = [change for change in whole.decisions if change.line == "desk"]
    assert run.periods == ("Q1", "Q2", "Q3", "Q4")
    found = diff(plan, shortened(other, ("Q1", "Q2", "Q4")))
    # Q3 stands between Q2 and Q4 in one of the plans, so they are no run.
    runs = [change.periods for change in found.decisions if change.line == "desk"]
    assert runs == [("Q1", "Q2"), ("Q4",)]
    (note,) = found.notes
    lost = dict(zip(plan.periods, plan.cash_flow["present_value"].tolist(), strict=True))["Q3"]
    assert note.startswith("Only the plan before covers Q3: ")
    assert f"{lost:,.2f} EUR" in note
    assert not diff(plan, shortened(plan, ("Q1", "Q2", "Q4"))).is_empty
    apart = diff(shortened(plan, ("Q1",)), shortened(plan, ("Q2",)))
    assert "no period in common" in str(apart)
    assert not apart.decisions
    assert sum(part.change for part in apart.money) == pytest.approx(apart.npv_change, abs=CENT)


def everything_custom(decisions: Decisions) -> Decisions:
    old, new = OPTION["desk-out"], OPTION["desk-later"]
    for array in (decisions.made, decisions.sold):
        array[:, new] = array[:, old]
        array[:, old] = 0
    decisions.in_force[[old, new]] = decisions.in_force[[new, old]]
    return decisions


def test_plans_of_two_instances(plan: Plan) -> None:
    tables = json.loads(json.dumps(TABLES))
    tables["lines"] = [row for row in tables["lines"] if row["line"] != "desk"]
    stool = {"line": "stool", "price": 5}
    tables["lines"].insert(1, stool)
    for name in ("demand", "options", "limits"):
        tables[name] = [row for row in tables[name] if row.get("line") != "desk"]
    tables["options"].append({"option": "stool-out", "line": "stool", "mode": "outsourced", "unit_cost": 1})
    tables["demand"] += [{"line": "stool", "period": f"Q{q}", "units": 7} for q in (1, 2, 3, 4)]
    for table in ("scenarios", "changes"):
        del tables[table]
    other = Instance.from_tables(SETTINGS | {"name": "without desks"}, tables)
    after = assemble(other, only(other, "stool-out", 7))
    found = diff(plan, after)
    assert found.lines_new == ("stool",)
    assert found.lines_gone == ("table", "chair", "lamp", "desk")
    assert found.notes == (
        "The plan before is of 'furniture', that after of 'without desks'.",
        "Expectations are over other scenarios: before base (0.6), boom (0.4); after base (1).",
    )
    words = found.sentences()
    assert "'stool' is new: outsourced in Q1 to Q4" in words
    assert "'desk' is gone: it was outsourced from 'supplier' in Q1 to Q4" in words
    assert "'furniture' and 'without desks'" in str(found).splitlines()[0]


def only(instance: Instance, option: str, units: float) -> Decisions:
    """Return decisions that use one option and make nothing else."""
    from prodmode.plan.decisions import Decisions  # noqa: PLC0415 (the name is for types above)

    options, periods = len(instance.options), len(instance.periods)
    own = (instance.options["option"] == option).to_numpy()
    made = np.zeros((1, options, periods))
    made[:, own] = units
    return Decisions(
        in_force=np.broadcast_to(own[:, None], (options, periods)),
        copies=np.zeros((len(instance.investments), periods), dtype=np.int64),
        made=made,
        setup=np.zeros(made.shape, dtype=bool),
        sold=made,
        stock=np.zeros(made.shape),
        overtime=np.zeros((1, len(instance.resources), periods)),
    )


def test_other_currencies_are_refused(plan: Plan) -> None:
    with pytest.raises(InputError, match="'furniture' is in EUR, 'furniture' in USD"):
        diff(plan, plan.replace(currency="USD"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"npv": 1.0}, "states a net present value of 1.00 EUR, but its cash flow comes to 29,936.93"),
        ({"npv": float("nan")}, "states a net present value of nan"),
        ({"scenarios": {"base": 1.0}}, "has a scenario without a probability in table unserved"),
    ],
)
def test_a_plan_that_was_changed_is_refused(plan: Plan, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        diff(plan, plan.replace(**changes))
    with pytest.raises(InputError, match=words):
        diff(plan.replace(**changes), plan)


def test_a_cell_that_is_no_number_is_refused(plan: Plan) -> None:
    table = plan.unserved.assign(served=np.nan)
    with pytest.raises(InputError, match="a cell that is no number in column served of table unserved"):
        diff(plan, plan.replace(unserved=table))


def test_rounding_in_a_solver_is_no_difference(plan: Plan) -> None:
    flow = plan.cash_flow.copy()
    flow["revenue"] += 1e-7
    flow["net"] += 1e-7
    flow["present_value"] += 1e-7 * flow["discount_factor"]
    served = plan.unserved.assign(served=plan.unserved["served"] * (1 + 1e-12))
    near = plan.replace(cash_flow=flow, unserved=served, npv=float(flow["present_value"].sum()))
    assert diff(plan, near).is_empty


def test_views(instance: Instance, plan: Plan, decisions: Decisions) -> None:
    found = plan.diff(moved(instance, decisions))
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert data["npv"]["change"] == found.npv_change
    assert data["decisions"][1]["words"] == found.sentences()[1]
    assert data["decisions"][1]["before"] == [{"option": "chair-mass", "mode": "mass", "site": "plant"}]
    assert sum(row["change"] for row in data["money"]) == pytest.approx(found.npv_change, abs=CENT)
    tables = found.tables()
    assert {name: len(table) for name, table in tables.items()} == {
        "decisions": 4,
        "purchases": 2,
        "money": len(found.money),
        "units": 3,
        "served": 3,
        "utilisation": 8,
    }
    assert tables["money"]["change"].sum() == pytest.approx(found.npv_change, abs=CENT)
    text = str(found)
    assert f"falls by {-found.npv_change:,.0f} EUR" in text or f"{-found.npv_change:,.2f} EUR" in text
    assert "  - 'chair' moves from mass at 'plant' to outsourced from 'supplier' in Q2." in text
    assert "EUR" in text
    assert found.to_markdown().startswith(
        "# What differs between two plans of 'furniture'\n\nThe net present"
    )
    assert "## Money" in found.to_markdown()
    empty = diff(plan, plan)
    assert {name for name, table in empty.tables().items() if table.empty} == {
        "decisions",
        "purchases",
        "served",
    }
    assert empty.tables()["served"].columns[0] == "line"


def test_a_long_difference_is_cut_in_the_text_alone(plan: Plan) -> None:
    many = 3 * MOST_DECISIONS
    rows = pd.DataFrame(
        {
            "line": [f"line {number}" for number in range(many)],
            "period": "Q1",
            "option": [f"option {number}" for number in range(many)],
            "mode": "custom",
            "site": "workshop",
            "started": False,
            "made": 0.0,
            "sold": 0.0,
        }
    )
    before = plan.replace(assignments=rows)
    found: PlanDiff = diff(before, plan.replace(assignments=rows.assign(mode="mass", site="plant")))
    assert len(found.decisions) == len(found.to_dict()["decisions"]) == many
    text = str(found)
    assert text.count("moves from custom") == MOST_DECISIONS
    assert f"And {many - MOST_DECISIONS} more." in text
    assert [line.split() for line in text.splitlines() if line.startswith("custom ")] == [
        ["custom", "mass", str(many)]
    ]


def test_the_order_of_rows_in_files_does_not_matter(
    instance: Instance, plan: Plan, decisions: Decisions
) -> None:
    after = moved(instance, decisions)
    turned = after.replace(
        **{name: table.iloc[::-1].reset_index(drop=True) for name, table in after.tables().items()}
    )
    one, other = diff(plan, after), diff(plan, turned)
    assert {str(change) for change in one.decisions} == {str(change) for change in other.decisions}
    assert one.purchases == other.purchases
