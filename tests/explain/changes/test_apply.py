"""Changes applied to an instance: the figures that decide, and nothing else, are changed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import prodmode as pm
from prodmode.explain.changes import apply_edits
from prodmode.instance.examples import examples
from prodmode.instance.fields import TABLES
from prodmode.instance.scenarios import effective


@cache
def furniture() -> pm.Instance:
    return pm.load(examples()["furniture"])


def rows(table: str, column: str, *values: str) -> np.ndarray:
    return furniture().table(table)[column].isin(values).to_numpy()


def faults(*edits: str) -> list[str]:
    with pytest.raises(pm.InputError) as refused:
        apply_edits(furniture(), edits)
    return [str(issue) for issue in refused.value.issues]


def differing(changed: pm.Instance) -> set[str]:
    return {name for name in TABLES if not furniture().table(name).equals(changed.table(name))}


def test_demand_is_scaled_in_every_period_and_scenario() -> None:
    changed = apply_edits(furniture(), ["demand.line=oak-table *1.2"])
    factor = np.where(rows("lines", "line", "oak-table"), 1.2, 1.0)[:, None]
    assert np.allclose(effective(changed).demand, effective(furniture()).demand * factor)
    assert differing(changed) == {"demand"}


def test_demand_of_a_period_without_a_row_starts_at_zero() -> None:
    changed = apply_edits(furniture(), ["demand.line=garden-bench period=Q2 +10", "lines.line=garden-bench \
last_period =Q4", "demand.line=garden-bench period=Q4 +30"])  # fmt: skip
    bench = changed.demand[changed.demand["line"] == "garden-bench"]
    assert dict(zip(bench["period"], bench["units"], strict=True)) == {"Q2": 250.0, "Q3": 150.0, "Q4": 30.0}


def test_price_is_changed_wherever_it_is_stated() -> None:
    changed = apply_edits(furniture(), ["price.family=seating *1.05"])
    lines = rows("lines", "family", "seating")[furniture().options["line"].cat.codes.to_numpy()]
    factor = np.where(lines, 1.05, 1.0)[:, None]
    assert np.allclose(effective(changed).price, effective(furniture()).price * factor)


def test_price_of_one_period_is_that_of_the_line_changed() -> None:
    changed = apply_edits(furniture(), ["price.line=kitchen-chair period=Q1 +2", "price.line=kitchen-chair \
period=Q4 +2"])  # fmt: skip
    chair = changed.demand[changed.demand["line"] == "kitchen-chair"].set_index("period")["price"]
    assert chair["Q1"] == 120.0
    assert chair["Q4"] == 111.0
    assert chair[["Q2", "Q3"]].isna().all()


def test_price_of_a_site_is_the_factor_of_its_options() -> None:
    changed = apply_edits(furniture(), ["price.site=atelier *0.9"])
    factor = np.where(rows("options", "site", "atelier"), 0.9, 1.0)[:, None]
    assert np.allclose(effective(changed).price, effective(furniture()).price * factor)


def test_unit_cost_reaches_tiers() -> None:
    changed = apply_edits(furniture(), ["unit_cost.site=baltic-wood +1.5"])
    hit = rows("options", "site", "baltic-wood")
    before, after = furniture().options["unit_cost"], changed.options["unit_cost"]
    assert np.allclose((after - before)[hit & before.notna()], 1.5)
    assert after[~hit].equals(before[~hit])
    assert np.allclose(changed.tiers["unit_cost"] - furniture().tiers["unit_cost"], 1.5)


def test_capacity_is_changed_in_the_resource_and_in_its_periods() -> None:
    changed = apply_edits(furniture(), ["capacity.site=main-plant *0.5"])
    factor = np.where(rows("resources", "site", "main-plant"), 0.5, 1.0)[:, None]
    assert np.allclose(effective(changed).capacity, effective(furniture()).capacity * factor)


def test_capacity_of_one_period_gets_a_row_of_its_own() -> None:
    changed = apply_edits(furniture(), ["capacity.resource=machine-hours period=Q2 +120",
                                        "capacity.resource=joiner-hours period=Q3 -50"])  # fmt: skip
    gained = effective(changed).capacity - effective(furniture()).capacity
    assert np.allclose(gained[0, rows("resources", "resource", "machine-hours")], [[0, 120, 0, 0]])
    assert np.allclose(gained[0, rows("resources", "resource", "joiner-hours")], [[0, 0, -50, 0]])
    assert len(changed.capacity) == 3


def test_yield_and_filters_of_what_an_option_refers_to() -> None:
    changed = apply_edits(furniture(), ["yield.region=Vietnam family=storage *0.9", "usage.line=oak-table \
resource=machine-hours per_unit *2"])  # fmt: skip
    hit = rows("options", "option", "bookcase-saigon", "wardrobe-saigon")
    factor = np.where(hit, 0.9, 1.0)[:, None]
    assert np.allclose(effective(changed).yield_, effective(furniture()).yield_ * factor)
    twice = changed.usage["per_unit"] / furniture().usage["per_unit"].replace(0, np.nan)
    assert furniture().usage["option"][twice == 2].tolist() == ["oak-table-series"]


def test_settings_and_cells_of_tables() -> None:
    changed = apply_edits(furniture(), [
        "settings discount_rate =0.1", "settings carbon_price *2", "lines.line=oak-table required =false",
        "limits.limit=emissions-cap max =", "limits.limit=emissions-cap min =1",
        "options.mode=mass tooling_capex *0.5",
        "options.option=oak-table-series requires =cnc-cell", "investments max_copies +1",
        "lines.line=oak-table max_switches =", "settings currency =USD",
    ])  # fmt: skip
    assert (changed.settings.discount_rate, changed.settings.carbon_price, changed.currency) == (
        0.1,
        160,
        "USD",
    )
    line = changed.lines.iloc[0]
    assert not line["required"]
    assert line["max_switches"] == 1
    cap = changed.limits.set_index("limit").loc["emissions-cap"]
    assert np.isnan(cap["max"])
    assert cap["min"] == 1
    assert changed.investments["max_copies"].tolist() == [2, 3]
    assert changed.options["requires"][0] == "cnc-cell"
    capex = furniture().options["tooling_capex"].where(furniture().options["mode"] != "mass", lambda c: c / 2)
    assert changed.options["tooling_capex"].tolist() == capex.tolist()


def test_rows_come_and_go_with_what_refers_to_them() -> None:
    changed = apply_edits(furniture(), [
        "+options option=oak-2 line=oak-table mode=outsourced unit_cost=470 site=baltic-wood",
        "-lines.line=garden-bench",
    ])  # fmt: skip
    assert changed.options["unit_cost"][changed.options["option"] == "oak-2"].tolist() == [470.0]
    assert "garden-bench" not in set(changed.lines["line"]) | set(changed.demand["line"]) | set(
        changed.options["line"]
    )
    assert not changed.usage["option"].str.startswith("garden").any()


def test_a_site_goes_with_its_options_and_the_current_ones_are_left() -> None:
    changed = apply_edits(furniture(), ["-sites.site=baltic-wood"])
    assert "baltic-wood" not in set(changed.options["site"].dropna())
    assert changed.lines["current_option"][[1, 6]].isna().all()
    assert set(changed.tiers["option"]) == set()
    assert changed.limits["limit"].tolist() == ["outsourced-share", "emissions-cap", "lines-at-saigon"]
    assert "baltic-slots" not in set(changed.resources["resource"])


def test_changes_act_one_after_the_other_and_leave_the_instance_alone() -> None:
    before = furniture().fingerprint
    changed = apply_edits(furniture(), [
        "+lines line=stool price=40", "+options option=stool-bought line=stool mode=outsourced unit_cost=20",
        "+demand line=stool period=Q1 units=10", "demand.line=stool *3", "price.line=stool +5",
    ])  # fmt: skip
    assert changed.demand["units"][changed.demand["line"] == "stool"].tolist() == [30.0]
    assert changed.lines["price"].iloc[-1] == 45.0
    assert furniture().fingerprint == before
    assert apply_edits(furniture(), []) is furniture()


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ("demnd.line=oak-table *1.2", "Maybe you meant 'demand'?"),
        ("demand.line=oak-tabel *1.2", "there is no line 'oak-tabel'. Maybe you meant 'oak-table'?"),
        ("demand.lin=oak-table *1.2", "Maybe you meant 'line'?"),
        ("demand.period=Q5 *2", "there is no period 'Q5'. There are: Q1, Q2, Q3, Q4."),
        ("lines min_fil_rate =0.8", "Maybe you meant 'min_fill_rate'?"),
        ("settings discont_rate =0.8", "Maybe you meant 'discount_rate'?"),
        ("settings =0.8", "no setting is named"),
        ("settings.line=x name =0.8", "settings have no filters"),
        ("settings name *2", "the setting 'name' is no number"),
        ("unit_cost.option=oak-table-series period=Q1 *2", "'unit_cost' is the same in every period"),
        ("price.option=oak-table-series +2", "can only be multiplied"),
        ("price.family=outdoor period=Q1 *2", "no price is stated for family 'outdoor' and period 'Q1'"),
        ("capacity.resource=joiner-hours =much", "can only be set to a number"),
        ("limits.limit=emissions-cap *2", "has no main figure"),
        ("limits.limit=outsourced-share max *2", "max is blank there"),
        ("options.line=oak-table site *2", "holds no numbers"),
        ("options.line=oak-table site=saigon-seating unit_cost *2", "no row with line 'oak-table' and site"),
        ("options.mode=masss tooling_capex *2", "Maybe you meant 'mass'?"),
        ("yield.kind=suplier *2", "Maybe you meant 'supplier'?"),
        ("-yield.site=main-plant", "the quantity 'yield' has none"),
        ("yield frce *2", "has no column 'frce'"),
        ("+lines lin=x", "Maybe you meant 'line'?"),
        ("-tiers.option=oak-table-series", "no row with option 'oak-table-series'"),
    ],
)  # fmt: skip
def test_faults_name_the_thing_and_the_way_out(edit: str, told: str) -> None:
    (fault,) = faults(edit)
    assert told in fault
    assert edit.split(maxsplit=1)[0].strip("+-") in fault


def test_every_fault_is_told_at_once() -> None:
    assert len(faults("demnd *2", "demand", "lines.line=oak-tabel famly =x", "settings x =1")) == 5


def test_the_changed_instance_is_checked_like_input() -> None:
    told = faults("demand.line=oak-table period=Q1 -1000", "lines.line=oak-table min_fill_rate =1.5",
                  "-options.line=wardrobe")  # fmt: skip
    assert len(told) == 3
    assert "must be at least 0" in told[2]
    assert "min_fill_rate '1.5'" in told[1] or "min_fill_rate '1.5'" in told[0]
    assert any("'wardrobe' has no option" in fault for fault in told)
