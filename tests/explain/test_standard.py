"""Standard questions: the changes that they stand for, and what those do."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

import prodmode as pm
from prodmode.explain.changes import apply_edits, parse_edit
from prodmode.explain.what_if.standard import QUESTIONS, standard_edits
from prodmode.instance.examples import examples
from tests.explain.portfolios import workshop

NAMES = {"supplier-fails": "=baltic-wood", "capacity-lost": "=machine-hours"}


@cache
def example(name: str) -> pm.Instance:
    return pm.load(examples()[name])


def texts(instance: pm.Instance, question: str) -> list[str]:
    return [str(edit) for edit in standard_edits(instance, question)]


@pytest.mark.parametrize("word", QUESTIONS)
def test_every_question_is_changes_that_can_be_written_and_applied(word: str) -> None:
    furniture = example("furniture")
    edits = standard_edits(furniture, word + NAMES.get(word, ""))
    assert edits
    assert [parse_edit(str(edit)) for edit in edits] == list(edits)
    assert apply_edits(furniture, edits) != furniture
    assert QUESTIONS[word].help.endswith(".")


@pytest.mark.parametrize(
    ("question", "edits"),
    [
        ("demand-drop", ["demand *0.7"]),
        ("demand-drop=seating", ["demand.family=seating *0.7"]),
        ("demand-drop=oak-table:0.25", ["demand.line=oak-table *0.75"]),
        ("demand-drop:30%", ["demand *0.7"]),
        ("demand-rise=seating:0.5", ["demand.family=seating *1.5"]),
        ("capex-halved", ["investments capex *0.5", "options tooling_capex *0.5"]),
        ("capex-halved=cnc-cell:0.2", ["investments.investment=cnc-cell capex *0.8"]),
        ("costs-up=outsourced", ["unit_cost.mode=outsourced *1.1"]),
        ("costs-up=baltic-wood:0.2", ["unit_cost.site=baltic-wood *1.2"]),
        ("price-war=storage", ["price.family=storage *0.9"]),
        ("capacity-lost=machine-hours", ["capacity.resource=machine-hours *0.5"]),
        ("capacity-lost=main-plant:1", ["capacity.site=main-plant *0"]),
        ("yield-loss=saigon-seating", ["yield.site=saigon-seating *0.95"]),
        ("budget-cut:0.1", ["budgets *0.9"]),
        ("no-investment=workbench", ["investments.investment=workbench max_copies =0"]),
        ("carbon-price:250", ["settings carbon_price =250"]),
    ],
)
def test_what_questions_stand_for(question: str, edits: list[str]) -> None:
    assert texts(example("furniture"), question) == edits


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("dmand-drop", "Maybe you meant 'demand-drop'?"),
        ("demand-drop=seatng", "there is no family or line 'seatng'. Maybe you meant 'seating'?"),
        ("demand-drop=seating:30", "'30' is no share. Write a share from 0 to 1, such as 0.3, or 30%."),
        ("demand-drop:nan", "is no share"),
        ("supplier-fails", "needs a name. There are: baltic-wood, saigon-seating."),
        ("supplier-fails=baltic-wood:Q9", "The periods are Q1, Q2, Q3, Q4."),
        ("budget-cut=x", "takes no name"),
        ("no-investment:0.5", "'0.5' does not fit"),
        ("new-line=oak-table:x", "'x' is no factor"),
    ],
)
def test_faults_name_the_way_out(question: str, told: str) -> None:
    with pytest.raises(pm.InputError) as refused:
        standard_edits(example("furniture"), question)
    assert told in str(refused.value.issues[0])


def test_a_name_may_hold_a_colon() -> None:
    instance = apply_edits(workshop(), ["lines.line=stool family =seats:low"])
    assert texts(instance, "demand-drop=seats:low") == ["demand.family=seats:low *0.7"]
    assert texts(instance, "demand-drop=seats:low:0.5") == ["demand.family=seats:low *0.5"]


def test_a_failing_supplier_delivers_until_then_and_not_after() -> None:
    starter = example("starter")
    result = pm.solve(apply_edits(starter, standard_edits(starter, "supplier-fails=importer:2028")), gap=0)
    rows = result.plan.assignments
    made = rows[rows["site"] == "importer"].groupby("period")["made"].sum()
    assert made.get("2028", 0.0) == 0.0
    assert made["2027"] > 0
    # the same, stated by the last period of its options
    gone = starter.options.assign(
        last_period=starter.options["site"].eq("importer").map({True: "2027", False: None})
    )
    assert result.objective == pytest.approx(pm.solve(starter.replace(options=gone), gap=0).objective)


def left_after(instance: pm.Instance, site: str, period: str) -> float | None:
    """Return the best net present value where the options of a site end with a period."""
    last = instance.options["site"].eq(site).map({True: period, False: None})
    return pm.solve(instance.replace(options=instance.options.assign(last_period=last)), gap=0).objective


def rows_of(table: str) -> list[dict[str, Any]]:
    """Return the rows of a table of the workshop."""
    return [
        {str(key): cell for key, cell in row.items()} for row in workshop().table(table).to_dict("records")
    ]


def with_scenarios(factor: float) -> pm.Instance:
    """The workshop with a future in which every resource has more or less capacity."""
    return workshop().replace(
        scenarios=[{"scenario": "as is", "probability": 0.5}, {"scenario": "other", "probability": 0.5}],
        changes=[{"scenario": "other", "quantity": "capacity", "factor": factor}],
    )


def test_a_scenario_for_all_resources_does_not_bind_the_supplier_before_it_fails() -> None:
    instance = with_scenarios(0.1)
    result = pm.solve(apply_edits(instance, standard_edits(instance, "supplier-fails=mill:H2")), gap=0)
    gone = instance.options.assign(
        last_period=instance.options["site"].eq("mill").map({True: "H1", False: None})
    )
    assert result.objective == pytest.approx(pm.solve(instance.replace(options=gone), gap=0).objective)
    with pytest.raises(pm.ProdmodeError, match="takes all capacity away"):
        standard_edits(with_scenarios(0.0), "supplier-fails=mill:H2")


def test_an_outsourced_option_without_a_site_is_a_supplier_of_its_own() -> None:
    instance = workshop().replace(options=workshop().options.assign(site=None))
    with pytest.raises(pm.InputError, match="There are: stool-bought, bench-bought"):
        standard_edits(instance, "supplier-fails")
    result = pm.solve(apply_edits(instance, standard_edits(instance, "supplier-fails=bench-bought")), gap=0)
    assert result.objective == pytest.approx(10_000)  # the press makes benches, or a second one is dearer


def test_a_new_line_is_like_the_one_it_is_copied_from() -> None:
    changed = apply_edits(workshop(), standard_edits(workshop(), "new-line=stool:2"))
    by_hand = pm.Instance.from_tables(
        workshop().settings,
        {
            "lines": [
                *rows_of("lines"),
                {"line": "new-stool", "name": "new line like stool", "family": "seats", "price": 50},
            ],
            "demand": [
                *rows_of("demand"),
                {"line": "new-stool", "period": "H1", "units": 200},
                {"line": "new-stool", "period": "H2", "units": 200},
            ],
            "sites": workshop().sites,
            "options": [
                *rows_of("options"),
                {"option": "new-stool-pressed", "line": "new-stool", "mode": "mass", "site": "shop",
                 "unit_cost": 10},
                {"option": "new-stool-bought", "line": "new-stool", "mode": "outsourced", "site": "mill",
                 "unit_cost": 30},
            ],
            "resources": workshop().resources,
            "usage": [
                *rows_of("usage"),
                {"option": "new-stool-pressed", "resource": "press", "per_unit": 1},
            ],
            "investments": workshop().investments,
            "expansions": workshop().expansions,
        },
    )  # fmt: skip
    assert changed == by_hand


def test_a_second_new_line_gets_another_name_and_leaves_the_first_alone() -> None:
    furniture = example("furniture")
    once = apply_edits(furniture, standard_edits(furniture, "new-line=bookcase"))
    twice = apply_edits(once, standard_edits(once, "new-line=bookcase"))
    assert twice.lines["line"].tolist()[-2:] == ["new-bookcase", "new2-bookcase"]
    assert len(twice.tiers) == len(furniture.tiers) + 6
    assert (
        "new line like"
        in apply_edits(furniture, standard_edits(furniture, "new-line")).lines["name"].iloc[-1]
    )
