from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from prodmode.errors import InputError
from prodmode.io import load, read, scan
from tests.io.portfolio import issues_of, only_issue

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
name: test
periods: [Q1, Q2]
lines:
  - {line: stool, price: 40}
  - line: table
    price: 300
demand:
  - {line: stool, Q1: 100, Q2: 120}
  - {line: table, Q1: 10, Q2: 12}
options:
  - {option: a, line: stool, mode: custom, unit_cost: 25}
  - {option: b, line: table, mode: mass, unit_cost: 200}
"""


LONG_DEMAND = """\
demand:
  - {line: stool, period: Q1, units: 100}
  - {line: stool, period: Q2, units: 120}
  - {line: table, period: Q1, units: 10}
  - {line: table, period: Q2, units: 12}
"""


def write(tmp_path: Path, text: str | bytes, name: str = "a.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def as_json(text: str = TEXT, **changes: Any) -> str:
    return json.dumps(yaml.safe_load(text) | changes)


def test_yaml_and_json_are_the_same(tmp_path: Path) -> None:
    instance = load(write(tmp_path, TEXT))
    assert load(write(tmp_path, as_json(), "a.json")) == instance
    assert load(write(tmp_path, as_json(), "b.yaml")) == instance
    assert load(write(tmp_path, b"\xef\xbb\xbf" + as_json().encode(), "c.json")) == instance
    assert load(write(tmp_path, TEXT, "plain")) == instance
    assert load(write(tmp_path, as_json(), "plain2.txt")) == instance


def test_plain_scalars_stay_text(tmp_path: Path) -> None:
    text = (
        "name: NO\nperiods: 2\nlines:\n  - {line: 007, name: null, family: 'null', price: 1_0, required: ~}\n"
    )
    raw = read(write(tmp_path, text))
    assert raw.settings == {"name": "NO", "periods": 2}
    assert raw.tables["lines"].frame.iloc[0].tolist() == ["007", None, "null", "1_0", None]


@pytest.mark.parametrize(
    "demand",
    [
        "demand:\n  stool: {Q1: 100, Q2: 120}\n  table: {Q1: 10, Q2: 12}\n",
        "demand:\n  stool: [100, 120]\n  table: [10, 12]\n",
        LONG_DEMAND,
    ],
)
def test_shapes_of_demand(demand: str, tmp_path: Path) -> None:
    head, _, rest = TEXT.partition("demand:")
    text = head + demand + rest[rest.index("options:") :]
    assert load(write(tmp_path, text)) == load(write(tmp_path, TEXT, "b.yaml"))
    assert load(write(tmp_path, as_json(text), "c.json")) == load(tmp_path / "b.yaml")


def test_settings_under_their_own_key(tmp_path: Path) -> None:
    text = TEXT.replace("name: test\nperiods: [Q1, Q2]\n", "settings:\n  name: test\n  periods: [Q1, Q2]\n")
    assert load(write(tmp_path, text)) == load(write(tmp_path, TEXT, "b.yaml"))


def test_anchors_and_merges(tmp_path: Path) -> None:
    text = TEXT.replace("  - {option: a,", "  - &x {option: a,").replace(
        "  - {option: b, line: table", "  - {<<: *x, option: b, line: table"
    )
    assert load(write(tmp_path, text)) == load(write(tmp_path, TEXT, "b.yaml"))


def test_places_in_yaml(tmp_path: Path) -> None:
    raw = read(write(tmp_path, TEXT))
    place = raw.tables["lines"].origin.place(1, "price")
    assert (place.row, place.key) == (6, "lines[1].price")
    assert raw.tables["lines"].origin.place(1).row == 5
    assert raw.tables["lines"].origin.place(1, "name").row == 5
    assert raw.tables["options"].origin.place().row == 10
    assert raw.settings_origin.place(column="periods").row == 2


def test_places_in_json(tmp_path: Path) -> None:
    raw = read(write(tmp_path, as_json(demand={"oak stool": [1, 2], "table": {"Q1": 3}}), "a.json"))
    assert str(raw.tables["options"].origin.place(1, "mode")).endswith("a.json, options[1].mode")
    origin = raw.tables["demand"].origin
    assert [origin.place(row).key for row in range(3)] == [
        "demand['oak stool'][0]",
        "demand['oak stool'][1]",
        "demand.table.Q1",
    ]
    assert origin.place().row is None


@pytest.mark.parametrize(
    ("text", "code", "line", "key"),
    [
        ("name: [x\n", "malformed-yaml", 2, None),
        ("name: x\n\tperiods: 2\n", "malformed-yaml", 2, None),
        ("name: x\nperiods: 2\nname: y\n", "duplicate-key", 3, "name"),
        ("lines:\n  - line: a\n    line: b\n", "duplicate-key", 3, "lines[0].line"),
        ("name: !!python/name:os.system ls\n", "yaml-tag", 1, "name"),
        ("name: !secret x\n", "yaml-tag", 1, "name"),
        ("name: x\n---\nname: y\n", "several-documents", 2, None),
        ("name: *nothing\n", "malformed-yaml", 1, "name"),
        ("name: &a [*a]\n", "malformed-yaml", 1, "name[0]"),
        ("? [a, b]\n: c\n", "malformed-yaml", 1, None),
        ("# nothing\n", "empty-file", None, None),
        ("- a\n- b\n", "wrong-shape", None, None),
        ("just text\n", "wrong-shape", None, None),
        ("name: a\x07b\n", "malformed-yaml", 1, None),
        ("lines: 5\n", "wrong-shape", 1, "lines"),
        ("lines:\n  - {line: a}\n  - b\n", "wrong-shape", 3, "lines[1]"),
        ("lines:\n  - {line: a, price: [1]}\n", "wrong-type", 2, "lines[0].price"),
        ("name: {a: b}\n", "wrong-type", 1, "name"),
        ("periods: 3\ndemand: {a: [1, 2]}\n", "wrong-length", 2, "demand.a"),
        ("demand: {a: 5}\n", "wrong-shape", 1, "demand.a"),
        ("demand: {a: {Q1: [5]}}\n", "wrong-type", 1, "demand.a.Q1"),
        ("settings: {name: x}\nname: y\n", "duplicate-key", 2, "name"),
    ],
)
def test_faulty_yaml(text: str, code: str, line: int | None, key: str | None, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    try:
        issues = scan(path).issues
    except InputError as error:
        issues = error.issues
    assert [(issue.code, issue.place.row, issue.place.key) for issue in issues] == [(code, line, key)]


@pytest.mark.parametrize(
    ("text", "code", "line", "key"),
    [
        ('{"name": "x",}', "malformed-json", 1, None),
        ('{"name": "x"\n "periods": 2}', "malformed-json", 2, None),
        ('{"name": "x", "name": "y"}', "duplicate-key", None, "name"),
        ('{"lines": [{"line": "a", "line": "b"}]}', "duplicate-key", None, "lines[0].line"),
        ('{"lines": [{"line": "a", "price": NaN}]}', "not-finite", None, "lines[0].price"),
        ('{"demand": {"a": {"Q1": -Infinity}}}', "not-finite", None, "demand.a.Q1"),
        ("[1]", "wrong-shape", None, None),
        ("null", "empty-file", None, None),
        ('{"a": ' + "9" * 5000 + "}", "malformed-json", None, None),
        ('{"lines": [{"line": {"a": 1}}]}', "wrong-type", None, "lines[0].line"),
    ],
)
def test_faulty_json(text: str, code: str, line: int | None, key: str | None, tmp_path: Path) -> None:
    path = write(tmp_path, text, "a.json")
    try:
        issues = scan(path).issues
    except InputError as error:
        issues = error.issues
    assert [(issue.code, issue.place.row, issue.place.key) for issue in issues] == [(code, line, key)]


@pytest.mark.parametrize(
    ("name", "opening", "closing"),
    [("a.yaml", "[", "]"), ("a.yaml", "{a: ", "}"), ("a.json", "[", "]"), ("a.json", '{"a":', "1}")],
)
def test_deep_nesting(name: str, opening: str, closing: str, tmp_path: Path) -> None:
    depth = 200_000
    body = opening * depth + closing * depth
    text = f"name: {body}" if name == "a.yaml" else f'{{"name": {body}}}'
    path = write(tmp_path, text, name)
    with pytest.raises(InputError) as caught:
        scan(path)
    assert [issue.code for issue in caught.value.issues] == ["too-deep"]


def test_a_yaml_bomb(tmp_path: Path) -> None:
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in range(1, 12):
        text += f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n"
    assert only_issue(write(tmp_path, text)).code == "yaml-bomb"


def test_faults_of_values_and_of_the_container_come_together(tmp_path: Path) -> None:
    text = TEXT.replace("mode: custom", "mode: custm").replace("price: 300", "price: [300]")
    issues = issues_of(write(tmp_path, text))
    assert [issue.place.key for issue in issues] == ["lines[1].price", "options[0].mode"]
    assert [issue.place.row for issue in issues] == [6, 11]


def test_a_value_reported_once(tmp_path: Path) -> None:
    text = (
        as_json()
        .replace('"unit_cost": 25', '"unit_cost": 25, "option": 3')
        .replace('"line": "table", "mode"', '"line": NaN, "mode"')
    )
    codes = [issue.code for issue in issues_of(write(tmp_path, text, "a.json"))]
    assert codes[:2] == ["duplicate-key", "not-finite"]
    assert not any(code == "missing-value" for code in codes)


def test_unknown_keys_are_passed_on(tmp_path: Path) -> None:
    issues = issues_of(write(tmp_path, TEXT + "curency: EUR\nsitess:\n  - {site: a}\n"))
    assert {issue.place.key for issue in issues} == {"curency", "sitess"}
    assert {issue.place.row for issue in issues} == {13, 14}
