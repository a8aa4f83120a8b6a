"""Changes as text: what is read, what is written, and what is refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodmode import InputError
from prodmode.explain.changes import Edit, parse_edit, parse_edits
from prodmode.explain.changes.parse import read_edits

WORDS = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
VALUES = st.text(max_size=8)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
FILTERS = st.lists(st.tuples(WORDS, VALUES), max_size=3).map(tuple)
COLUMNS = st.none() | WORDS

EDITS = st.one_of(
    st.builds(Edit, WORDS, FILTERS, COLUMNS, st.sampled_from(["*", "+", "-"]), NUMBERS),
    st.builds(Edit, WORDS, FILTERS, COLUMNS, st.just("="), st.none() | NUMBERS | VALUES),
    st.builds(Edit, WORDS, FILTERS.filter(bool), st.none(), st.just("add"), st.none()),
    st.builds(Edit, WORDS, FILTERS, st.none(), st.just("remove"), st.none()),
)


@given(EDITS)
def test_the_text_of_a_change_means_that_change(edit: Edit) -> None:
    back = parse_edit(str(edit))
    assert back == edit
    assert isinstance(back.value, type(edit.value))


@given(st.text())
def test_any_text_is_a_change_or_refused_with_a_reason(text: str) -> None:
    edits, faults = read_edits([text])
    assert len(edits) + len(faults) == 1
    assert all(fault.message for fault in faults)
    for edit in edits:
        assert parse_edit(str(edit)) == edit
        assert not isinstance(edit.value, float) or math.isfinite(edit.value)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("demand.line=oak-table *1.2", Edit("demand", (("line", "oak-table"),), None, "*", 1.2)),
        (
            "capacity.resource=press-hours period=Q2 +120",
            Edit("capacity", (("resource", "press-hours"), ("period", "Q2")), None, "+", 120.0),
        ),
        ("investments capex * 0.5", Edit("investments", (), "capex", "*", 0.5)),
        ("limits.limit=cap max =", Edit("limits", (("limit", "cap"),), "max", "=", None)),
        ('lines.line="oak table" first_period ="2027"', Edit(
            "lines", (("line", "oak table"),), "first_period", "=", "2027"
        )),
        ("settings discount_rate =-0.08", Edit("settings", (), "discount_rate", "=", -0.08)),
        ("budgets.period=2027 - 50000", Edit("budgets", (("period", "2027"),), None, "-", 50000.0)),
        ("+tiers option=a x=0", Edit("tiers", (("option", "a"), ("x", "0")), None, "add", None)),
        ("-lines.line=stool", Edit("lines", (("line", "stool"),), None, "remove", None)),
        ("-limits", Edit("limits", (), None, "remove", None)),
        ("options.site= unit_cost +1", Edit("options", (("site", ""),), "unit_cost", "+", 1.0)),
    ],
)  # fmt: skip
def test_what_texts_mean(text: str, edit: Edit) -> None:
    assert parse_edit(text) == edit


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("*1.2", "names neither a quantity nor a table"),
        ("demand.line=oak*1.2", "Maybe you meant 'line=oak *1.2', with a space?"),
        ("lines.line=oak price=5", "Maybe you meant 'price =5', with a space?"),
        ("demand.line=oak *much", "after '*' stands 'much', not a number"),
        ("demand.line=oak *", "after '*' stands nothing"),
        ("demand.line=oak *inf", "not a number"),
        ("demand.line=oak *1.2 more", "'more' follows after the end"),
        ("lines one two =3", "one column at a time"),
        ('demand.line="oak *2', "a double quote is not closed"),
        ("+lines", "needs cells"),
        ("+lines line=x price", "'price' is not of the form COLUMN=VALUE"),
        ("-lines.line=x =3", "'=3' is not of the form COLUMN=VALUE"),
    ],
)
def test_what_is_refused_says_the_way_out(text: str, told: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_edit(text)
    assert told in str(refused.value.issues[0])


def test_all_texts_are_looked_at() -> None:
    with pytest.raises(InputError) as refused:
        parse_edits(["demand", "demand.line=a *2", "lines *"])
    assert len(refused.value.issues) == 2
