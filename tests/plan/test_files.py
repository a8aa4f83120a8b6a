"""Plans written to files and read back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from prodmode.errors import InputError, ProdmodeError
from prodmode.plan.assemble import assemble
from prodmode.plan.checker import check
from prodmode.plan.files import read_plan
from prodmode.plan.tables import COLUMNS
from tests.plan.portfolio import SETTINGS, TABLES, decide

if TYPE_CHECKING:
    from pathlib import Path

    from prodmode.plan.plan import Plan

from prodmode.instance.instance import Instance

ODD = {
    "table-mass": "=1+1",
    "chair-out": "NA",
    "desk-out": "007",
    "lamp-custom": 'a "b", c',
    "chair-mass": "@x",
}


def same(left: Plan, right: Plan) -> None:
    assert (left.name, left.currency, left.periods) == (right.name, right.currency, right.periods)
    assert left.scenarios == right.scenarios
    assert left.npv == right.npv
    assert left.kpis == right.kpis
    for name, table in left.tables().items():
        pd.testing.assert_frame_equal(table, right.tables()[name], check_exact=True)


@pytest.mark.parametrize("source", ["", "plan.json"])
def test_round_trip(plan: Plan, tmp_path: Path, source: str) -> None:
    plan.write(tmp_path / "plan")
    same(plan, read_plan(tmp_path / "plan" / source))
    assert {file.name for file in (tmp_path / "plan").iterdir()} == {
        "plan.json",
        *(f"{name}.csv" for name in COLUMNS),
    }


@pytest.mark.parametrize("source", ["", "plan.json"])
def test_round_trip_as_parquet(plan: Plan, tmp_path: Path, source: str) -> None:
    plan.write(tmp_path, container="parquet")
    assert {file.name for file in tmp_path.iterdir()} == {
        "plan.json",
        *(f"{name}.parquet" for name in COLUMNS),
    }
    assert "assignments" not in json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    same(plan, read_plan(tmp_path / source))


def test_tables_of_the_other_container_go(plan: Plan, tmp_path: Path) -> None:
    plan.replace(npv=1.0, sales=plan.sales.head(1)).write(tmp_path)
    plan.write(tmp_path, container="parquet")
    assert not list(tmp_path.glob("*.csv"))
    same(plan, read_plan(tmp_path))
    plan.write(tmp_path)
    assert not list(tmp_path.glob("*.parquet"))
    same(plan, read_plan(tmp_path))


def test_a_parquet_table_missing_or_damaged(plan: Plan, tmp_path: Path) -> None:
    plan.write(tmp_path, container="parquet")
    (tmp_path / "sales.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="is not a plan"):
        read_plan(tmp_path)
    (tmp_path / "sales.parquet").unlink()
    with pytest.raises(InputError, match="has no 'sales'"):
        read_plan(tmp_path)


def test_an_unknown_container(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(ProdmodeError, match="no container 'xlsx' for a plan"):
        plan.write(tmp_path, container="xlsx")  # type: ignore[arg-type]


@pytest.mark.parametrize("indent", [None, 2])
def test_plan_laid_out_otherwise(plan: Plan, tmp_path: Path, indent: int | None) -> None:
    plan.write(tmp_path)
    (tmp_path / "plan.json").write_text(json.dumps(plan.to_dict(), indent=indent), encoding="utf-8")
    same(plan, read_plan(tmp_path))
    same(plan, read_plan(tmp_path / "plan.json"))


def test_odd_names_stay(tmp_path: Path) -> None:
    tables = json.loads(json.dumps(TABLES))
    for row in (row for table in tables.values() for row in table):
        row.update({name: ODD[row[name]] for name in ("option", "current_option") if row.get(name) in ODD})
    instance = Instance.from_tables(SETTINGS, tables)
    plan = assemble(instance, decide())
    plan.write(tmp_path)
    read = read_plan(tmp_path)
    same(plan, read)
    assert set(ODD.values()) <= set(read.assignments["option"])
    assert check(instance, read).verified


def test_writing_again_replaces(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    plan.write(tmp_path)
    plan.replace(npv=1.0).write(tmp_path)
    assert read_plan(tmp_path).npv == 1.0
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_json_holds_no_nan(plan: Plan) -> None:
    data = json.loads(json.dumps(plan.to_dict(), allow_nan=False))
    assert data["instance"] == "furniture"
    assert data["scenarios"] == {"base": 0.6, "boom": 0.4}
    assert data["assignments"][0]["started"] is False
    assert data["purchases"] == [{"investment": "press", "period": "Q1", "copies": 1}]
    assert plan.replace(npv=float("nan")).to_dict()["npv"] is None


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", "{", '{"instance": "x", "currency": "USD", "periods": 3, "scenarios": {}}'],
)
def test_no_plan(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"plan\.json: the plan is not a plan"):
        read_plan(file)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_plan(tmp_path)


def test_damaged_table(plan: Plan, tmp_path: Path) -> None:
    plan.write(tmp_path)
    (tmp_path / "sales.csv").write_text("scenario,line\nbase,table\n", encoding="utf-8")
    with pytest.raises(InputError, match="is not a plan"):
        read_plan(tmp_path)


def test_views(plan: Plan) -> None:
    assert repr(plan).startswith("<Plan for 'furniture': npv 29,936.93 EUR, 4 lines, 4 periods, 1 copy")
    assert "<h4>furniture: the plan</h4>" in plan._repr_html_()
    with pytest.raises(TypeError, match="sails"):
        plan.replace(sails=plan.sales)
