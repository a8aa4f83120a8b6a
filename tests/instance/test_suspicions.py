"""What is legal but suspicious is told, and only where nothing is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from prodmode.instance.instance import Instance

SETTINGS = {"name": "workshop", "periods": ["Q1", "Q2"]}
TABLES: dict[str, list[dict[str, Any]]] = {
    "lines": [{"line": "oak", "holding_cost": 1}, {"line": "ash", "required": False}],
    "demand": [{"line": "oak", "Q1": 10, "Q2": 12}, {"line": "ash", "Q1": 5, "Q2": 5}],
    "options": [
        {"option": "oak-mass", "line": "oak", "mode": "mass"},
        {"option": "ash-bought", "line": "ash", "mode": "outsourced"},
    ],
}


def warnings(**cells: Any) -> list[tuple[str, str | None, str]]:
    """Return code, key path and text of the warnings, with tables changed or added."""
    instance = Instance.from_tables(SETTINGS, TABLES | cells)
    assert {issue.severity for issue in instance.warnings} <= {"warning"}
    return [(issue.code, issue.place.key, str(issue)) for issue in instance.warnings]


def with_row(table: str, row: int, **cells: Any) -> dict[str, Any]:
    rows = [dict(given) for given in TABLES[table]]
    rows[row] |= cells
    return {table: rows}


COSTLY = TABLES["options"][1] | {"fixed_cost": 1e6}
PRESS = {"investment": "press", "capex": 10}

CASES: list[tuple[dict[str, Any], str, str, str]] = [
    ({"resources": [{"resource": "saw", "capacity": 3}]},
     "unused-resource", "resources[0].resource", "'saw'"),
    ({"sites": [{"site": "plant"}]}, "unused-site", "sites[0].site", "'plant'"),
    ({"investments": [PRESS]}, "unused-investment", "investments[0].investment", "'press'"),
    (
        {"options": [TABLES["options"][0] | {"fixed_cost": 1e-7}, COSTLY]},
        "wide-range", "options[0].fixed_cost", "'oak-mass'",
    ),
    (with_row("lines", 0, last_period="Q1"), "demand-off-market", "demand[0].Q2", "off the market"),
    (with_row("demand", 1, Q1=0, Q2=None), "no-demand", "lines[1].line", "'ash'"),
    (with_row("demand", 1, Q1=None, Q2=None), "no-demand", "lines[1].line", "'ash'"),
    ({"options": TABLES["options"][:1]}, "no-eligible-option", "lines[1].line", "'ash'"),
    (with_row("options", 0, min_lot=23), "lot-above-demand", "options[0].min_lot", "22"),
    (with_row("options", 1, min_lot=6), "lot-above-demand", "options[1].min_lot", "5"),
    (
        with_row("options", 1, requires="press") | {"investments": [PRESS | {"lead_time_periods": 2}]},
        "late-investment", "options[1].requires", "'press'",
    ),
    (
        with_row("options", 1, requires="press") | {"investments": [PRESS | {"max_copies": 0}]},
        "late-investment", "options[1].requires", "'press'",
    ),
    (
        {
            "scenarios": [{"scenario": "a", "probability": 1}],
            "changes": [{"scenario": "a", "quantity": "price", "factor": 1}],
        },
        "idle-change", "changes[0].factor", "price",
    ),
    (
        {
            "scenarios": [{"scenario": "a", "probability": 1}],
            "changes": [{"scenario": "a", "quantity": "yield", "line": "oak", "factor": 1.1}],
        },
        "yield-above-one", "changes[0].factor", "1.1",
    ),
    (
        {
            "resources": [{"resource": "saw", "capacity": 3, "overtime_cost": 2}],
            "usage": [{"option": "oak-mass", "resource": "saw", "per_unit": 1}],
        },
        "idle-overtime", "resources[0].overtime_cost", "'saw'",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "code", "key", "word"), CASES, ids=lambda value: str(value)[:40])
def test_one_oddity_makes_one_warning(cells: dict[str, Any], code: str, key: str, word: str) -> None:
    found = warnings(**cells)
    assert [(one, place) for one, place, _ in found] == [(code, key)]
    assert all(word in text for _, _, text in found)


def test_nothing_to_warn_about() -> None:
    assert warnings() == []


def test_amounts_of_different_units_are_not_compared() -> None:
    assert warnings(**with_row("options", 0, unit_cost=1e-7, fixed_cost=1e7)) == []


def test_ineligible_options_are_told_with_their_reason() -> None:
    found = warnings(
        **with_row("lines", 0, min_quality=5, initial_stock=3, current_option="oak-mass"),
        options=[
            *TABLES["options"],
            {"option": "oak-custom", "line": "oak", "mode": "custom", "quality": 9},
            {"option": "oak-poor", "line": "oak", "mode": "custom", "quality": 3},
        ],
    )
    assert [(code, key) for code, key, _ in found] == [("ineligible-option", "options[3].option")]
    assert "quality 3 is below the 5 asked for" in found[0][2]


def test_stock_of_an_option_that_cannot_be_chosen_is_lost() -> None:
    found = warnings(
        **with_row("lines", 0, min_quality=5, initial_stock=3, current_option="oak-mass"),
        options=[
            TABLES["options"][0] | {"quality": 1},
            TABLES["options"][1],
            {"option": "oak-custom", "line": "oak", "mode": "custom", "quality": 9},
        ],
    )
    assert [code for code, _, _ in found] == ["stock-lost", "ineligible-option"]


def test_a_yield_change_is_judged_by_the_options_it_matches() -> None:
    scenarios = {"scenarios": [{"scenario": "a", "probability": 1}]}
    options = [TABLES["options"][0] | {"yield": 0.8}, TABLES["options"][1]]
    change = {"scenario": "a", "quantity": "yield", "factor": 1.1}
    assert warnings(options=options, changes=[change | {"mode": "mass"}], **scenarios) == []
    assert len(warnings(options=options, changes=[change | {"mode": "outsourced"}], **scenarios)) == 1


def test_a_required_line_without_an_option_in_some_period() -> None:
    found = warnings(**with_row("options", 0, first_period="Q2"))
    assert [(code, key) for code, key, _ in found] == [("no-option-in-period", "lines[0].line")]
    assert "'Q1'" in found[0][2]
    later = {"option": "oak-late", "line": "oak", "mode": "custom", "first_period": "Q2"}
    options = [TABLES["options"][0] | {"last_period": "Q1"}, TABLES["options"][1], later]
    assert warnings(options=options) == []
    assert [code for code, _, _ in warnings(options=[*options[:2], later | {"line": "ash"}])] == [
        "no-option-in-period"
    ]
    assert warnings(**with_row("options", 1, first_period="Q2")) == []


def test_warnings_wait_until_there_are_no_errors() -> None:
    with pytest.raises(Exception, match=r"lines\[0\].price") as caught:
        warnings(**with_row("lines", 0, price="x"), sites=[{"site": "plant"}])
    assert "plant" not in str(caught.value)
