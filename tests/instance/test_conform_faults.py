"""Every fault that an instance can be rejected for: its code, its place, and the names in its message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from prodmode.errors import Place
from prodmode.instance.conform import Conformed, conform
from prodmode.instance.fields import columns
from prodmode.instance.raw import RawInstance, RawTable, ScriptOrigin

if TYPE_CHECKING:
    from prodmode.errors import Issue

SETTINGS: dict[str, Any] = {"name": "workshop", "periods": ["Q1", "Q2"]}
TABLES: dict[str, list[dict[str, Any]]] = {
    "lines": [{"line": "oak", "family": "tables", "holding_cost": 1}, {"line": "ash"}],
    "demand": [
        {"line": "oak", "period": "Q1", "units": 10},
        {"line": "oak", "period": "Q2", "units": 12},
        {"line": "ash", "period": "Q1", "units": 5},
    ],
    "sites": [{"site": "plant", "kind": "plant"}],
    "options": [
        {"option": "oak-mass", "line": "oak", "mode": "mass", "site": "plant", "requires": "press"},
        {"option": "oak-custom", "line": "oak", "mode": "custom", "unit_cost": 9},
        {"option": "ash-bought", "line": "ash", "mode": "outsourced", "tier_kind": "incremental"},
    ],
    "tiers": [
        {"option": "ash-bought", "from_units": 0, "unit_cost": 5},
        {"option": "ash-bought", "from_units": 100, "unit_cost": 4},
    ],
    "resources": [{"resource": "saw", "site": "plant", "capacity": 100}],
    "capacity": [{"resource": "saw", "period": "Q2", "capacity": 90}],
    "usage": [{"option": "oak-mass", "resource": "saw", "per_unit": 2}],
    "investments": [{"investment": "press", "capex": 1000}],
    "expansions": [{"investment": "press", "resource": "saw", "capacity_added": 50}],
    "budgets": [{"period": "Q1", "capex_limit": 2000}, {"period": "Q2", "capex_limit": 0}],
    "limits": [{"limit": "cap", "measure": "units", "mode": "outsourced", "period": "each", "max": 50}],
    "scenarios": [{"scenario": "low", "probability": 0.4}, {"scenario": "high", "probability": 0.6}],
    "changes": [{"scenario": "low", "quantity": "demand", "family": "tables", "factor": 0.8}],
}


def run(settings: dict[str, Any] | None = None, **tables: Any) -> Conformed:
    merged = {**TABLES, **tables}
    return conform(
        RawInstance(
            SETTINGS if settings is None else settings,
            {
                name: RawTable(
                    rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows, dtype=object),
                    ScriptOrigin(name),
                )
                for name, rows in merged.items()
                if rows is not None
            },
        )
    )


def errors(conformed: Conformed) -> list[Issue]:
    return [issue for issue in conformed.issues if issue.severity == "error"]


def with_row(table: str, row: int, **cells: Any) -> dict[str, Any]:
    """Return a table with some cells of a row changed."""
    rows = [dict(given) for given in TABLES[table]]
    if row == len(rows):
        rows.append({})
    rows[row] |= cells
    return {table: rows}


def test_the_unchanged_tables_are_sound() -> None:
    assert run().issues == []


# what is changed; code, key path and words of the message of the one fault that it makes
FAULTS: list[tuple[dict[str, Any], str, str, list[str]]] = [
    ({"optons": [{"option": "a"}]}, "unknown-table", "optons", ["'optons'", "'options'"]),
    (with_row("lines", 0, colour="red"), "unknown-column", "lines.colour", ["'colour'"]),
    (with_row("options", 0, yeld=0.5), "unknown-column", "options.yeld", ["'yeld'", "'yield'"]),
    ({"resources": [{"resource": "saw"}]}, "missing-column", "resources", ["capacity"]),
    (with_row("demand", 1, units=None), "missing-value", "demand[1].units", ["oak", "Q2", "units"]),
    (with_row("demand", 1, units="  "), "missing-value", "demand[1].units", ["units"]),
    (with_row("options", 1, mode=""), "missing-value", "options[1].mode", ["oak-custom", "mode"]),
    (with_row("lines", 2, line=None, price=3), "missing-value", "lines[2].line", ["line"]),
    (with_row("lines", 0, price="cheap"), "wrong-type", "lines[0].price", ["'cheap'", "oak", "number"]),
    (with_row("lines", 0, price="1,5"), "wrong-type", "lines[0].price", ["'1,5'", "1.5", "decimal point"]),
    (with_row("lines", 0, price="1.234,5"), "wrong-type", "lines[0].price", ["1234.5"]),
    (with_row("lines", 0, price="1 234"), "wrong-type", "lines[0].price", ["1234", "thousands"]),
    (with_row("lines", 0, min_fill_rate="12 %"), "wrong-type", "lines[0].min_fill_rate", ["'12 %'", "0.12"]),
    (with_row("lines", 0, price="$5"), "wrong-type", "lines[0].price", ["'$5'", "currency"]),
    (with_row("lines", 0, price=True), "wrong-type", "lines[0].price", ["'True'"]),
    (with_row("lines", 0, price=[1, 2]), "wrong-type", "lines[0].price", ["'[1, 2]'"]),
    (with_row("lines", 0, price="n/a"), "wrong-type", "lines[0].price", ["'n/a'", "blank"]),
    (with_row("lines", 0, max_options=1.5), "wrong-type", "lines[0].max_options", ["'1.5'", "whole"]),
    (with_row("lines", 0, required="maybe"), "wrong-type", "lines[0].required", ["'maybe'", "true or false"]),
    (with_row("lines", 0, name=True), "wrong-type", "lines[0].name", ["'True'", "quotes"]),
    (with_row("lines", 0, price="nan"), "not-finite", "lines[0].price", ["'nan'"]),
    (with_row("lines", 0, price=float("-inf")), "not-finite", "lines[0].price", ["-inf"]),
    (with_row("lines", 0, price="1e999"), "not-finite", "lines[0].price", ["1e999"]),
    (with_row("options", 0, **{"yield": 0}),
     "out-of-range", "options[0].yield", ["'0'", "above 0", "at most 1"]),
    (with_row("demand", 0, units=-1), "out-of-range", "demand[0].units", ["'-1'", "at least 0"]),
    (with_row("lines", 0, max_switches="1e17"), "out-of-range", "lines[0].max_switches", ["1e17"]),
    (with_row("options", 0, mode="outsourcd"), "unknown-choice", "options[0].mode",
     ["mode 'outsourcd' is none of mass, custom, outsourced.", "Maybe you meant 'outsourced'?"]),
    (with_row("options", 0, mode="Mass"), "unknown-choice", "options[0].mode", ["'Mass'", "'mass'"]),
    (with_row("lines", 2, line="oak"), "duplicate-key", "lines[2].line", ["'oak'", "lines[0]", "lines[2]"]),
    (with_row("demand", 3, line="oak", period="Q1", units=1), "duplicate-key", "demand[3].line",
     ["'oak'", "'Q1'", "demand[0]", "demand[3]"]),
    (with_row("demand", 2, line="asch"), "dangling-reference", "demand[2].line", ["'asch'",
     "lines", "'ash'"]),
    (with_row("options", 0, site="moon"), "dangling-reference", "options[0].site", ["'moon'", "sites"]),
    (with_row("options", 0, requires="pres"),
     "dangling-reference", "options[0].requires", ["'pres'", "'press'"]),
    (with_row("lines", 0, current_option="oak"), "dangling-reference", "lines[0].current_option", ["'oak'"]),
    (with_row("limits", 0, family="table"),
     "dangling-reference", "limits[0].family", ["'table'", "'tables'"]),
    (with_row("changes", 0, scenario="lo"), "dangling-reference", "changes[0].scenario", ["'lo'", "'low'"]),
    (with_row("demand", 0, period="Q9"), "unknown-period", "demand[0].period", ["'Q9'", "horizon", "Q1, Q2"]),
    (with_row("limits", 0, period="eech"), "unknown-period", "limits[0].period", ["'eech'", "'each'"]),
    (with_row("lines", 0, first_period=1), "unknown-period", "lines[0].first_period", ["'1'"]),
    ({"demand": None}, "empty-table", "", ["demand"]),
    ({"lines": pd.DataFrame({"line": []})}, "empty-table", "lines", ["lines"]),
    (with_row("tiers", 0, from_units=10), "tiers", "tiers[0].from_units", ["'ash-bought'", "10"]),
    ({"tiers": [*TABLES["tiers"], {"option": "ash-bought", "from_units": 50, "unit_cost": 3}]}, "tiers",
     "tiers[2].from_units", ["'ash-bought'", "50", "100"]),
    (with_row("options", 2, tier_kind=None), "tiers", "options[2].tier_kind", ["'ash-bought'"]),
    (with_row("options", 1, tier_kind="all_units", unit_cost=None), "tiers", "options[1].tier_kind",
     ["'oak-custom'", "'all_units'"]),
    (with_row("options", 2, unit_cost=7), "tiers", "options[2].unit_cost", ["'ash-bought'", "7"]),
    (with_row("scenarios", 0, probability=0.3), "probabilities", "scenarios.probability", ["0.9"]),
    ({"scenarios": None}, "changes-without-scenarios", "changes", ["scenarios"]),
    (with_row("changes", 0, mode="mass"), "change-filter", "changes[0].mode", ["demand", "'mass'"]),
    (with_row("changes", 0, quantity="capacity"),
     "change-filter", "changes[0].family", ["capacity", "'tables'"]),
    (with_row("limits", 0, min=60), "min-above-max", "limits[0].min", ["'cap'", "60", "50"]),
    (with_row("limits", 0, min_share=0.6, max_share=0.5), "min-above-max", "limits[0].min_share", ["0.6"]),
    (with_row("options", 0, min_lot=9, max_units=5),
     "min-above-max", "options[0].min_lot", ["'oak-mass'", "9"]),
    (with_row("limits", 0, max=None), "no-bound", "limits[0]", ["'cap'"]),
    (with_row("lines", 0, first_period="Q2", last_period="Q1"), "period-order", "lines[0].first_period",
     ["'oak'", "'Q2'", "'Q1'"]),
    (with_row("investments", 0, first_period="Q2", last_period="Q1"), "period-order",
     "investments[0].first_period", ["'press'"]),
    (with_row("lines", 2, line="elm"), "no-eligible-option", "lines[2].line", ["'elm'"]),
    ({**with_row("lines", 1, max_lead_time_days=5), **with_row("options", 2, lead_time_days=20)},
     "no-eligible-option", "lines[1].line", ["'ash'", "'ash-bought'", "20", "5"]),
    (with_row("lines", 0, current_option="ash-bought"), "current-option", "lines[0].current_option",
     ["'oak'", "'ash-bought'", "'ash'"]),
    (with_row("lines", 0, initial_stock=3), "initial-stock", "lines[0].initial_stock", ["'oak'", "3"]),
    (with_row("lines", 0, initial_stock=3, current_option="oak-custom"), "initial-stock",
     "lines[0].initial_stock", ["custom"]),
    (with_row("lines", 1, initial_stock=3, current_option="ash-bought"), "initial-stock",
     "lines[1].initial_stock", ["holding_cost"]),
    ({"budgets": TABLES["budgets"][:1]}, "budgets", "budgets", ["Q2"]),
    (with_row("lines", 0, name="x" * 32_768), "oversize-cell", "lines[0].name", ["32,767", "xxx..."]),
    (with_row("lines", 0, name="oak\ntable"), "invalid-name", "lines[0].name", [r"oak\ntable"]),
    (with_row("lines", 0, name="\ud800"), "invalid-name", "lines[0].name", [r"\ud800"]),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "code", "key", "words"), FAULTS, ids=lambda value: str(value)[:40])
def test_one_slip_makes_one_fault(changed: dict[str, Any], code: str, key: str, words: list[str]) -> None:
    found = errors(run(**changed))
    assert [issue.code for issue in found] == [code]
    assert (found[0].place.key or "") == key
    for word in words:
        assert word in str(found[0])


SETTING_FAULTS: list[tuple[dict[str, Any], str, str, list[str]]] = [
    ({"colour": "red"}, "unknown-setting", "settings.colour", ["'colour'"]),
    ({"discount_rat": 0.1}, "unknown-setting", "settings.discount_rat", ["'discount_rate'"]),
    ({"name": None}, "missing-value", "settings", ["'name'"]),
    ({"periods": ""}, "missing-value", "settings", ["'periods'"]),
    ({"periods": []}, "missing-value", "settings.periods", ["periods"]),
    ({"periods": 2.5}, "wrong-type", "settings.periods", ["2.5"]),
    ({"periods": {"a": 1}}, "wrong-type", "settings.periods", ["list"]),
    ({"periods": 0}, "out-of-range", "settings.periods", ["'0'"]),
    ({"periods": 10**9}, "out-of-range", "settings.periods", ["10,000"]),
    ({"periods": ["Q1", "Q2", "Q1"]}, "duplicate-key", "settings.periods", ["'Q1'", "1 and 3"]),
    ({"periods": ["Q1", None]}, "missing-value", "settings.periods", ["2"]),
    ({"periods": ["Q1", "each"]}, "invalid-name", "settings.periods", ["'each'"]),
    ({"currency": "eur"}, "invalid-currency", "settings.currency", ["'eur'", "'EUR'"]),
    ({"currency": "Euro"}, "invalid-currency", "settings.currency", ["'Euro'", "ISO 4217"]),
    ({"months_per_period": 0}, "out-of-range", "settings.months_per_period", ["above 0"]),
    ({"discount_rate": "8 %"}, "wrong-type", "settings.discount_rate", ["0.08"]),
    ({"budget_carryover": "perhaps"}, "wrong-type", "settings.budget_carryover", ["'perhaps'"]),
    ({"cvar_level": 1}, "out-of-range", "settings.cvar_level", ["below 1"]),
    ({"risk_aversion": 0.5}, "not-available", "settings.risk_aversion", ["CVaR is not available", "to 0"]),
    ({"name": ["a"]}, "wrong-type", "settings.name", ["name"]),
]


@pytest.mark.parametrize(
    ("changed", "code", "key", "words"), SETTING_FAULTS, ids=lambda value: str(value)[:40]
)
def test_a_faulty_setting_makes_one_fault(
    changed: dict[str, Any], code: str, key: str, words: list[str]
) -> None:
    conformed = run(SETTINGS | changed)
    found = errors(conformed)
    assert [issue.code for issue in found] == [code]
    assert found[0].table == "settings"
    assert found[0].place.key == key
    assert conformed.settings is None or code == "unknown-setting"
    for word in words:
        assert word in str(found[0])


def test_ten_faults_at_once() -> None:
    changed = {
        **with_row("lines", 0, price="1,5", max_lead_time_days=1),
        **with_row("demand", 0, units=-3, line="oka"),
        **with_row("options", 0, mode="mas", site="plnt", lead_time_days=3),
        **with_row("options", 1, lead_time_days=3),
        **with_row("tiers", 0, from_units=5),
        **with_row("limits", 0, min=80),
        **with_row("budgets", 1, period="Q3"),
        **with_row("scenarios", 0, probability=0.5),
        "extra": [{"a": 1}],
    }
    changed["options"][0] |= {"mode": "mas", "site": "plnt", "lead_time_days": 3}
    found = errors(run({"name": "x", "periods": "Q1;Q2", "currency": "usd"}, **changed))
    assert sorted(issue.code for issue in found) == sorted(
        [
            "unknown-table", "invalid-currency", "wrong-type", "no-eligible-option", "dangling-reference",
            "out-of-range", "unknown-choice", "dangling-reference", "tiers", "unknown-period",
            "min-above-max", "probabilities",
        ]
    )  # fmt: skip
    assert [issue.table for issue in found[:2]] == [None, "settings"]


def test_faults_of_a_kind_are_held_back_after_twenty() -> None:
    rows = [{"line": "oak", "period": f"X{number}", "units": 1} for number in range(500)]
    found = errors(run(demand=rows))
    assert [issue.code for issue in found] == ["unknown-period"] * 21
    assert "480 more" in found[-1].message


class Rows:
    """The origin of a file with a header row."""

    def place(self, row: int | None = None, column: str | None = None) -> Place:
        return Place(file="demand.csv", row=None if row is None else row + 2, column=column)


def test_places_and_double_rows_are_counted_as_an_editor_shows_them() -> None:
    rows = [{"line": "oak", "period": "Q1", "units": units} for units in (1, "many", 3)]
    raw = {
        name: RawTable(pd.DataFrame(given, dtype=object), ScriptOrigin(name))
        for name, given in TABLES.items()
    }
    raw["demand"] = RawTable(pd.DataFrame(rows, dtype=object), Rows())
    texts = [str(issue) for issue in conform(RawInstance(SETTINGS, raw)).issues if issue.table == "demand"]
    twice = "line 'oak', period 'Q1' stands twice in table 'demand': in rows 2 and"
    assert texts == [
        "demand.csv, row 3, column units: units 'many' of line 'oak', period 'Q1' is not a number.",
        f"demand.csv, row 3, column line: {twice} 3.",
        f"demand.csv, row 4, column line: {twice} 4.",
    ]


def test_a_misspelt_line_is_not_also_a_line_without_option() -> None:
    found = errors(run(**with_row("options", 2, line="asch")))
    assert [issue.code for issue in found] == ["dangling-reference"]


@pytest.mark.parametrize(
    ("table", "key"), [("lines", "line"), ("sites", "site"), ("options", "option"), ("scenarios", "scenario")]
)
def test_a_row_without_its_key_does_not_make_its_name_unknown(table: str, key: str) -> None:
    found = errors(run(**with_row(table, 0, **{key: None})))
    assert [(issue.code, issue.place.key) for issue in found] == [("missing-value", f"{table}[0].{key}")]


def test_names_that_a_row_without_its_key_cannot_explain_are_reported() -> None:
    found = errors(run(**with_row("lines", 0, line=None), **with_row("demand", 2, line="elm")))
    assert "'elm'" in " ".join(issue.message for issue in found if issue.code == "dangling-reference")


def test_a_missing_column_makes_one_fault_whatever_depends_on_it() -> None:
    for table, given in TABLES.items():
        for field in columns(table):
            rows = [{key: cell for key, cell in row.items() if key != field.name} for row in given]
            if field.required and any(rows):
                changed: dict[str, Any] = {table: rows}
                found = errors(run(**changed))
                assert [(issue.code, issue.table) for issue in found] == [("missing-column", table)]


def test_an_index_is_not_a_column() -> None:
    found = errors(run(demand=pd.DataFrame({"Q1": [1, 2]}, index=pd.Index(["oak", "ash"], name="line"))))
    assert [issue.code for issue in found] == ["missing-column"]
    assert "reset_index" in str(found[0])


def test_faulty_periods_do_not_make_every_period_unknown() -> None:
    found = errors(run({"name": "x", "periods": ["Q1", "Q1"]}))
    assert [issue.code for issue in found] == ["duplicate-key"]


WIDE_FAULTS: list[tuple[dict[str, list[Any]], str, str, list[str]]] = [
    (
        {"line": ["oak", "ash"], "Q1": [1, "x"], "Q2": [2, None]},
        "wrong-type",
        "demand[1].Q1",
        ["'x'", "ash", "Q1"],
    ),
    ({"line": ["oak", "elm"], "Q1": [1, 2], "Q2": [2, 3]}, "dangling-reference", "demand[1].line", ["'elm'"]),
    ({"line": ["oak", "oak"], "Q1": [1, 2], "Q2": [2, 3]}, "duplicate-key", "demand[1].line", ["'oak'"]),
    ({"line": ["oak", "oak"], "Q2": [1, 2]}, "duplicate-key", "demand[1].line", ["'oak'"]),
    ({"line": ["oak"], "Q1": [1], "Q2": [2], "Q3": [3]}, "unknown-period", "demand.Q3", ["'Q3'"]),
    ({"line": ["oak"], "Q1": [1], "Q2": [2], "price": [3]}, "unknown-column", "demand.price", ["'price'"]),
    ({"line": ["oak"], "Q1": [1], "colour": ["red"]}, "unknown-column", "demand.colour", ["'colour'"]),
    ({"lin": ["oak"], "Q1": [1], "Q2": [2]}, "unknown-column", "demand.lin", ["'lin'", "'line'"]),
    ({"line": ["oak"], "period": ["Q1"], "units": [1], "Q2": [2]}, "mixed-layout", "demand.Q2", ["Q2"]),
]


@pytest.mark.parametrize(("table", "code", "key", "words"), WIDE_FAULTS, ids=lambda value: str(value)[:40])
def test_a_wide_table_keeps_the_place_of_its_cells(
    table: dict[str, list[Any]], code: str, key: str, words: list[str]
) -> None:
    found = errors(run(demand=pd.DataFrame(table)))
    assert [issue.code for issue in found] == [code]
    assert found[0].place.key == key
    for word in words:
        assert word in str(found[0])


def test_a_double_column_is_reported() -> None:
    frame = pd.DataFrame([["oak", 1, 2], ["ash", 3, 4]], columns=["line", "price", "price"])
    found = errors(run(lines=frame, limits=None, changes=None))
    assert [(issue.code, issue.place.key) for issue in found] == [("duplicate-column", "lines.price")]


def test_values_without_a_header_are_reported_and_empty_columns_are_not() -> None:
    frame = pd.DataFrame([["oak", None, 2], ["ash", "", None]], columns=["line", None, ""])
    found = errors(run(lines=frame, limits=None, changes=None))
    assert [issue.code for issue in found] == ["unknown-column"]
    assert "column 3" in found[0].message
