"""The canonical tables that good input becomes, whatever its container made of the cells."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodmode.instance.cells import label_of
from prodmode.instance.conform import Conformed, conform
from prodmode.instance.fields import TABLES, columns
from prodmode.instance.numerals import number_hint
from prodmode.instance.raw import RawInstance, RawTable, ScriptOrigin

SETTINGS: dict[str, Any] = {"name": "workshop", "periods": ["Q1", "Q2"]}
LINES = pd.DataFrame({"line": ["oak", "ash"], "family": ["tables", None]})
OPTIONS = pd.DataFrame({"option": ["o", "a"], "line": ["oak", "ash"], "mode": ["mass", "outsourced"]})
DEMAND = pd.DataFrame({"line": ["ash", "oak", "oak"], "period": ["Q2", "Q2", "Q1"], "units": [3.5, 2, 1]})


def run(given_settings: dict[str, Any] | None = None, **tables: pd.DataFrame) -> Conformed:
    merged = {"lines": LINES, "options": OPTIONS, "demand": DEMAND} | tables
    raw = {name: RawTable(frame, ScriptOrigin(name)) for name, frame in merged.items()}
    return conform(RawInstance(SETTINGS if given_settings is None else given_settings, raw))


def sound(conformed: Conformed) -> dict[str, pd.DataFrame]:
    assert [str(issue) for issue in conformed.issues if issue.severity == "error"] == []
    return conformed.frames


def same(one: Conformed, two: Conformed) -> None:
    assert one.settings == two.settings
    for name in TABLES:
        pd.testing.assert_frame_equal(one.frames[name], two.frames[name])


def again(conformed: Conformed) -> Conformed:
    assert conformed.settings is not None
    return conform(
        RawInstance(
            conformed.settings.model_dump(),
            {name: RawTable(frame, ScriptOrigin(name)) for name, frame in conformed.frames.items()},
        )
    )


def test_every_table_has_every_column_in_its_dtype() -> None:
    kinds = {"float": "float64", "int": "int64", "bool": "bool", "choice": "category"}
    frames = sound(run())
    assert tuple(frames) == TABLES
    for name, frame in frames.items():
        assert list(frame.columns) == [field.name for field in columns(name)]
        assert isinstance(frame.index, pd.RangeIndex)
        for field in columns(name):
            refers = field.references not in {None, "lines.family"}
            expected = "category" if refers else kinds.get(field.type, "str")
            assert str(frame[field.name].dtype) == expected, (name, field.name)


def test_defaults_are_filled_and_codes_are_positions() -> None:
    frames = sound(run())
    assert frames["lines"]["required"].tolist() == [True, True]
    assert frames["options"]["yield"].tolist() == [1.0, 1.0]
    assert frames["options"]["site"].cat.codes.tolist() == [-1, -1]
    assert frames["options"]["mode"].cat.codes.tolist() == [0, 2]
    assert frames["demand"]["line"].cat.codes.tolist() == [0, 0, 1]
    assert frames["demand"]["period"].cat.codes.tolist() == [0, 1, 1]
    assert frames["demand"]["units"].tolist() == [1.0, 2.0, 3.5]
    assert frames["lines"]["family"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    "periods",
    [
        2,
        2.0,
        "2",
        " 2 ",
        "1, 2",
        "1;2",
        [1, 2],
        (1.0, 2.0),
        np.array([1, 2]),
        pd.Index(["1", " 2"]),
        range(1, 3),
    ],
    ids=repr,
)
def test_periods_are_a_count_or_labels(periods: Any) -> None:
    conformed = run({"name": "x", "periods": periods}, demand=DEMAND.assign(period=[2, "2", 1.0]))
    sound(conformed)
    assert conformed.settings is not None
    assert conformed.settings.periods == ("1", "2")


def test_settings_arrive_as_text() -> None:
    given_settings = {
        "name": " x ", "periods": "Q1, Q2", "months_per_period": "3", "discount_rate": "0.08",
        "currency": "EUR", "budget_carryover": "No", "carbon_price": "",
        "description": "two\nlines", "risk_aversion": 0,
    }  # fmt: skip
    found = run(given_settings).settings
    assert found is not None
    assert (found.name, found.months_per_period, found.discount_rate) == ("x", 3.0, 0.08)
    assert (found.currency, found.budget_carryover, found.carbon_price) == ("EUR", False, 0.0)
    assert found.description == "two\nlines"


CELLS: list[Any] = [
    DEMAND["units"].astype(str),
    DEMAND["units"].astype(object),
    pd.Series([" 3.5 ", "2e0", Decimal(1)], dtype=object),
    DEMAND["units"].astype("Float64"),
    DEMAND["units"].astype("float32"),
    pd.Series(pa.array([3.5, 2, 1]).to_pandas(types_mapper=pd.ArrowDtype)),
    pd.Series(pd.Categorical([3.5, 2, 1])),
    pd.Series(pd.Categorical(["3.5", "2", "1"])),
]


@pytest.mark.parametrize("units", CELLS, ids=lambda cells: str(cells.dtype))
def test_numbers_in_any_dtype(units: pd.Series[Any]) -> None:
    same(run(demand=DEMAND.assign(units=units)), run())


LABELS: list[Any] = [
    DEMAND["line"].astype(object),
    DEMAND["line"].astype("category"),
    pd.Series([" ash", "oak ", "oak"]),
    pd.Series(pd.arrays.ArrowExtensionArray(pa.array(["ash", "oak", "oak"]).dictionary_encode())),
    pd.Series(pd.Categorical.from_codes([2, 0, 0], categories=pd.Index(["oak", "stale", "ash"]))),
]


@pytest.mark.parametrize("labels", LABELS, ids=lambda cells: str(cells.dtype)[:20])
def test_labels_in_any_dtype(labels: pd.Series[Any]) -> None:
    same(run(demand=DEMAND.assign(line=labels)), run())


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["yes", "NO"], [True, False]),
        ([1, 0], [True, False]),
        ([1.0, None], [True, True]),
        ([True, "false"], [True, False]),
        (["1", "0"], [True, False]),
        (pd.array([None, False], dtype="boolean"), [True, False]),
        ([np.False_, ""], [False, True]),
    ],
    ids=repr,
)
def test_booleans(cells: Any, expected: list[bool]) -> None:
    series = pd.Series(cells, dtype=object) if isinstance(cells, list) else pd.Series(cells)
    assert sound(run(lines=LINES.assign(required=series)))["lines"]["required"].tolist() == expected


def test_a_wide_table_is_the_long_one() -> None:
    wide = pd.DataFrame({"line": ["ash", "oak"], "Q2": ["3.5", 2], "Q1": [None, 1]}, dtype=object)
    same(run(demand=wide), run())
    same(run(demand=wide.assign(Q1=["", "1"], Q2=["3.5", "2"])), run())
    same(run(demand=pd.DataFrame({"line": ["ash", "oak"], "Q1": [np.nan, 1], "Q2": [3.5, 2]})), run())


def test_wide_headers_may_be_numbers_or_dates() -> None:
    wide = pd.DataFrame([["oak", 1, 2], ["ash", 3, 4]], columns=["line", 2026, 2027.0])
    assert sound(run({"name": "x", "periods": [2026, 2027]}, demand=wide))["demand"]["units"].tolist() == [
        1,
        2,
        3,
        4,
    ]
    dates = [dt.datetime(2026, 1, 1), pd.Timestamp("2026-02-01")]  # noqa: DTZ001
    wide.columns = pd.Index(["line", *dates], dtype=object)
    assert len(sound(run({"name": "x", "periods": dates}, demand=wide))["demand"]) == 4


def test_wide_capacity() -> None:
    resources = pd.DataFrame({"resource": ["saw"], "capacity": [9]})
    frames = sound(run(resources=resources, capacity=pd.DataFrame({"resource": ["saw"], "Q2": [5]})))
    assert frames["capacity"].astype({"resource": "str", "period": "str"}).to_numpy().tolist() == [
        ["saw", "Q2", 5.0]
    ]


def test_blank_rows_are_left_out() -> None:
    blank = pd.DataFrame([[None, "", float("nan")]], columns=["line", "period", "units"], dtype=object)
    same(run(demand=pd.concat([DEMAND.astype(object), blank], ignore_index=True)), run())


def test_tiered_options_have_no_unit_cost() -> None:
    options = OPTIONS.assign(tier_kind=["all_units", ""], unit_cost=[0, 4])
    tiers = pd.DataFrame({"option": ["o", "o"], "from_units": [0, 9], "unit_cost": [3, 2]})
    conformed = run(options=options, tiers=tiers)
    assert np.isnan(sound(conformed)["options"]["unit_cost"]).tolist() == [True, False]
    same(again(conformed), conformed)


def test_conforming_twice_changes_nothing() -> None:
    conformed = run(
        sites=pd.DataFrame({"site": [1.0, 2.0], "kind": ["plant", None]}),
        limits=pd.DataFrame({"limit": ["cap"], "measure": ["units"], "period": ["each"], "max": [3]}),
        scenarios=pd.DataFrame({"scenario": ["a", "b", "c"], "probability": ["0.333333"] * 3}),
        changes=pd.DataFrame({"scenario": ["a"], "quantity": ["yield"], "site": [1], "factor": [0.9]}),
        options=OPTIONS.assign(site=["1", 2]),
    )
    sound(conformed)
    same(again(conformed), conformed)


def test_the_input_is_neither_changed_nor_shared() -> None:
    demand = DEMAND.sort_values(["line", "period"], ascending=False, ignore_index=True)
    before = demand.copy(deep=True)
    frames = sound(run(demand=demand))
    pd.testing.assert_frame_equal(demand, before)
    demand["units"].array[:] = 77.0
    assert 77.0 not in frames["demand"]["units"].tolist()


def test_a_stale_category_is_a_dangling_reference() -> None:
    conformed = run()
    shorter = conform(
        RawInstance(
            SETTINGS,
            {
                "lines": RawTable(LINES.iloc[:1], ScriptOrigin("lines")),
                "options": RawTable(conformed.frames["options"], ScriptOrigin("options")),
                "demand": RawTable(conformed.frames["demand"], ScriptOrigin("demand")),
            },
        )
    )
    assert [issue.place.key for issue in shorter.issues] == ["demand[2].line", "options[1].line"]


def test_a_filtered_frame_counts_its_rows_by_position() -> None:
    lines = pd.concat([LINES, LINES]).set_axis([7, 7, 3, 9]).iloc[:2]
    assert sound(run(lines=lines))["lines"]["line"].tolist() == ["oak", "ash"]


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.dates(),
    st.datetimes(),
    st.decimals(allow_nan=False),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(), st.integers(), max_size=2),
    st.binary(),
    st.complex_numbers(),
    st.sampled_from(["oak", "ash", "Q1", "Q2", "o", "mass", "1", "nan", "each", ""]),
)
names = st.sampled_from([*TABLES, "lnes", "x"])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_nothing_raises(data: st.DataObject) -> None:
    tables = {}
    for table in data.draw(st.lists(names, max_size=5, unique=True)):
        known = [field.name for field in columns(table)] if table in TABLES else []
        headers = data.draw(
            st.lists(st.sampled_from([*known, "Q1", "Q2", "zz"]), min_size=1, max_size=9, unique=True)
        )
        rows = data.draw(
            st.lists(st.lists(anything, min_size=len(headers), max_size=len(headers)), max_size=4)
        )
        tables[table] = pd.DataFrame(rows, columns=headers, dtype=object)
    periods = data.draw(st.one_of(anything, st.just(["Q1", "Q2"])))
    conformed = run(
        {"name": data.draw(anything), "periods": periods, "currency": data.draw(anything)}, **tables
    )
    assert tuple(conformed.frames) == TABLES
    for issue in conformed.issues:
        assert "\n" not in str(issue)
        str(issue).encode()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_survive_as_text(number: float) -> None:
    demand = pd.DataFrame({"line": ["oak"], "period": ["Q1"], "units": [1], "price": [repr(number)]})
    assert sound(run(demand=demand))["demand"]["price"].tolist() == [number]


@given(st.one_of(st.text(max_size=12), st.from_regex(r"[-+ $€]?[0-9., '%]{1,9}[ EUR%]{0,4}", fullmatch=True)))
def test_hints_are_sentences(text: str) -> None:
    hint = number_hint(text)
    assert hint is None or hint.endswith((".", "?"))


def test_labels_of_values() -> None:
    values = [
        " a ",
        1,
        1.0,
        0.5,
        Decimal("2.0"),
        dt.date(2026, 1, 2),
        pd.Period("2026Q1"),
        np.int8(3),
        True,
        [1],
        None,
    ]
    expected = ["a", "1", "1", "0.5", "2", "2026-01-02", "2026Q1", "3", None, None, None]
    assert [label_of(value) for value in values] == expected
