"""Rows of tables as text: the same as pandas and json write, whatever the cells."""

from __future__ import annotations

import io
import json
import math

import numpy as np
import pandas as pd
import pytest

from prodmode.plan import rows
from prodmode.plan.plan import records
from prodmode.plan.rows import csv_header, indented, json_object, json_rows, parts

LABELS = ['a "b"', "NA", "x,y", "ü\\", "line\nbreak", "", " ", "=1", "\x01", "\u2028", None, "plain"]
NUMBERS = [
    *(math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, 0.1, 1e-4, 9.99e-5, 1e-5, 3e-7, 5e-324),
    *(1e9, 1e10, 123456789012345.0, 1e15, 1e16, 9999999999999998.0, 1e22, 1.7976931348623157e308, -2.5),
]


def csv_text(table: pd.DataFrame) -> str:
    return b"".join([csv_header(table), *(part.csv() for part in parts(table))]).decode()


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Return a table of a few chunks with every kind of cell."""
    monkeypatch.setattr(rows, "CHUNK", 50)
    random = np.random.default_rng(1)
    size = 200
    return pd.DataFrame(
        {
            "label": pd.Series(LABELS * 20, dtype="str")[:size],
            "number": [*NUMBERS, *(random.normal(size=200) * 10.0 ** random.integers(-20, 20, 200))][:size],
            "count": random.integers(-3, 10**12, size),
            "flag": random.random(size) > 0.5,
        }
    )


def test_csv_is_what_pandas_writes(table: pd.DataFrame) -> None:
    assert csv_text(table) == table.to_csv(index=False, lineterminator="\n")


def test_csv_of_odd_types_is_what_pandas_writes(table: pd.DataFrame) -> None:
    odd = table.astype({"label": "category", "count": "Int64", "number": "Float64"})
    odd.loc[3, "count"] = pd.NA
    assert csv_text(odd) == odd.to_csv(index=False, lineterminator="\n")


def test_a_carriage_return_in_csv_is_quoted() -> None:
    text = csv_text(pd.DataFrame({"label": ["a\rb"], "count": [1]}))
    assert text == 'label,count\n"a\rb",1\n'


def test_json_is_what_json_writes(table: pd.DataFrame) -> None:
    text = b"".join(json_rows(table)).decode()
    assert text == ",\n".join(json.dumps(row, ensure_ascii=False) for row in records(table))


def test_indented_json_is_what_json_writes(table: pd.DataFrame) -> None:
    columns = ["number", "label"]
    text = b"".join(json_rows(table, columns, indented(2))).decode()
    whole = json.dumps({"rows": records(table[columns])}, ensure_ascii=False, indent=2)
    assert whole == f'{{\n  "rows": [\n{text}\n  ]\n}}'


def test_an_object_of_tables_is_what_json_writes(table: pd.DataFrame) -> None:
    data = {"name": "ü", "none": None, "shares": {"a": [1, {}], "b": []}, "rows": table, "no rows": table[:0]}
    plain = {
        name: records(value) if isinstance(value, pd.DataFrame) else value for name, value in data.items()
    }
    assert b"".join(json_object(data)).decode() == json.dumps(plain, ensure_ascii=False, indent=2)
    assert b"".join(json_object({})) == b"{}"
    with pytest.raises(ValueError, match="JSON"):
        next(json_object({"rows": table, "npv": math.nan}))


@pytest.mark.parametrize("kind", ["object", "category"])
def test_json_of_odd_types_is_what_json_writes(kind: str) -> None:
    table = pd.DataFrame(
        {"label": pd.Series(['a "b"', "c"], dtype=kind), "count": pd.Series([1, None], dtype="Int64")}
    )
    assert json.loads(b"[" + b"".join(json_rows(table)) + b"]") == [
        {"label": 'a "b"', "count": 1},
        {"label": "c", "count": None},
    ]


def test_no_rows_are_no_text() -> None:
    table = pd.DataFrame({"label": pd.Series([], dtype="str")})
    assert b"".join(json_rows(table)) == b""
    assert pd.read_csv(io.StringIO(csv_text(table))).columns.tolist() == ["label"]
