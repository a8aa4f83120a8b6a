"""The schema by which editors complete an instance: it lets pass what loads, and sees slips too."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

import prodmode as pm
from prodmode.instance.fields import TABLES, columns

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = pm.json_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
SHIPPED = sorted(Path("instances").glob("*.yaml"))
STARTER: dict[str, Any] = yaml.safe_load(Path("instances/starter.yaml").read_text(encoding="utf-8"))


def faults(document: object) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(document)]


def loads(document: dict[str, Any], folder: Path) -> bool:
    file = folder / "instance.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    try:
        pm.load(file)
    except pm.InputError:
        return False
    return True


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_files_are_valid(path: Path) -> None:
    assert faults(yaml.safe_load(path.read_text(encoding="utf-8"))) == []


def test_what_is_saved_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "saved.json"
    pm.save(pm.load("instances/furniture"), file)
    assert faults(json.loads(file.read_text(encoding="utf-8"))) == []


def test_every_column_is_described_and_every_object_closed() -> None:
    for table in TABLES:
        row = SCHEMA["definitions"][table]
        assert row["additionalProperties"] is False
        assert list(row["properties"]) == [field.name for field in columns(table)]
        for field in columns(table):
            shown = row["properties"][field.name]
            assert field.meaning in shown["description"]
            assert field.unit is None or field.unit in shown["title"]
            assert ("enum" in shown) == bool(field.choices)
            assert ("default" in shown) == (field.default is not None)
    assert SCHEMA["additionalProperties"] is False


def cell(table: str, **cells: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document[table][0].update(cells)


def top(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document.update(values)


def without(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return change


FAULTS: list[tuple[str, Callable[[dict[str, Any]], None]]] = [
    ("unknown table", top(linse=[])),
    ("unknown setting", top(discount=0.1)),
    ("unknown column", cell("options", unit_costs=3)),
    ("unknown column beside a period", cell("demand", line="x", period="2027", unts=3)),
    ("unknown mode", cell("options", mode="outsourcd")),
    ("unknown measure", top(limits=[{"limit": "a", "measure": "line", "max": 1}])),
    ("text for a number", cell("options", unit_cost="cheap")),
    ("a list for a number", cell("options", unit_cost=[1])),
    ("number for a truth", cell("lines", required=7)),
    ("below its range", cell("options", min_lot=-1)),
    ("above its range", cell("lines", min_fill_rate=80)),
    ("on an open bound", cell("options", **{"yield": 0})),
    ("half a switch", cell("lines", max_switches=1.5)),
    ("no mode", without("options", 0, "mode")),
    ("no capex", without("investments", 0, "capex")),
    ("no lines", without("lines")),
    ("no periods", without("periods")),
    ("no name", without("name")),
    ("a table that is a number", top(sites=3)),
    ("a row that is text", top(sites=["plant"])),
    ("a currency in words", top(currency="Euro")),
    ("no period at all", top(periods=[])),
    ("a period twice", top(periods=["2027", "2028", "2027"])),
    ("a rate as a list", top(discount_rate=[0.1])),
]


@pytest.mark.parametrize("change", [row[1] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_fault_is_seen_by_the_schema_and_by_the_loader(
    change: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    document = copy.deepcopy(STARTER)
    assert not faults(document)
    change(document)
    assert faults(document)
    assert not loads(document, tmp_path)


NESTED = {"name": "workshop", "periods": ["Q1", "Q2"]}
ROWS: dict[str, Any] = {
    "lines": [{"line": 7, "price": 40, "name": None}],
    "options": [{"option": "made", "line": 7, "mode": "mass", "unit_cost": 25, "site": None}],
}
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    ("a row a period", {**NESTED, "demand": [{"line": 7, "period": "Q1", "units": 4}]}),
    ("a key a period", {**NESTED, "demand": [{"line": 7, "Q1": 4, "Q2": None}]}),
    ("a list a line", {**NESTED, "demand": {"7": [4, 5]}}),
    ("a mapping a line", {**NESTED, "demand": {"7": {"Q1": 4}}}),
    ("settings on their own", {"settings": NESTED, "demand": [{"line": 7, "Q1": 4}]}),
    ("a count of periods", {"name": "w", "periods": 2, "demand": [{"line": 7, "1": 4}]}),
    ("periods in one text", {"name": "w", "periods": "Q1, Q2", "demand": [{"line": 7, "Q1": 4}]}),
    ("its schema", {"$schema": "workshop.schema.json", **NESTED, "demand": [{"line": 7, "Q1": 4}]}),
    ("an empty table", {**NESTED, "demand": [{"line": 7, "Q1": 4}], "tiers": None, "sites": []}),
]


@pytest.mark.parametrize("document", [row[1] for row in VARIANTS], ids=[row[0] for row in VARIANTS])
def test_every_way_to_write_that_loads_is_valid(document: dict[str, Any], tmp_path: Path) -> None:
    whole = document | ROWS
    assert loads(whole, tmp_path)
    assert faults(whole) == []
