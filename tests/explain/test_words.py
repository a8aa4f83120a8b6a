"""What users read: every constraint and kind of money has its words, and no internal name is among them."""

from __future__ import annotations

import re

import pytest

import prodmode as pm
from prodmode.explain.fast.fast import fast_prices
from prodmode.explain.lines.accounts import AMOUNTS, INVESTMENT_MONEY, LINE_MONEY
from prodmode.explain.lines.policies import at_limit
from prodmode.explain.lines.waterfall import Step, Waterfall
from prodmode.explain.lines.why import explain_lines
from prodmode.explain.study import Study
from prodmode.explain.subsidy import subsidy
from prodmode.explain.timing import timing
from prodmode.explain.words import ENTRIES, FAMILIES, STEPS
from prodmode.formulation import formulate
from prodmode.plan.tables import COLUMNS
from tests.explain.portfolios import INSTANCES, workshop
from tests.oracle.tiny import tiny_instance

INTERNAL = re.compile(r"[a-z]+_[a-z]+|\b(dual|binary|row|none|nan|inf|in force|slack)\b", re.IGNORECASE)


def test_every_family_of_constraints_has_its_sentence() -> None:
    instances = [pm.load(INSTANCES / "furniture"), pm.load(INSTANCES / "pasta.yaml")]
    instances += [tiny_instance(seed) for seed in range(20)]
    met = {block.family for instance in instances for block in formulate(instance).row_blocks}
    assert len(met) > 20
    assert met <= set(FAMILIES)


def test_every_kind_of_money_has_its_label_and_sentence() -> None:
    kinds = set(COLUMNS["cash_flow"]) - {"period", "discount_factor", "net", "present_value"}
    assert kinds | set(AMOUNTS) <= set(ENTRIES)
    assert {*LINE_MONEY, "overtime_cost", *INVESTMENT_MONEY} == kinds
    assert len({entry.label for entry in ENTRIES.values()}) == len(ENTRIES)
    assert all(entry.sentence for entry in ENTRIES.values())


def test_a_sentence_names_what_makes_up_most_and_what_stands_against_it() -> None:
    steps = [("price", 800.0), ("unit_cost", 150.0), ("setup_cost", 50.0), ("tooling_capex", -300.0)]
    told = Waterfall(tuple(Step(kind, amount) for kind, amount in steps)).sentence("EUR")
    assert (
        told == "800.00 EUR less revenue because of the price; on the other side 300.00 EUR less for tooling"
    )
    assert Waterfall(tuple(Step(kind, 0.0) for kind in STEPS)).sentence("EUR") == ""


@pytest.mark.parametrize("name", ["starter", "workshop"])
def test_no_internal_name_reaches_a_reader(name: str) -> None:
    study = Study.of(workshop() if name == "workshop" else pm.load(INSTANCES / f"{name}.yaml"))
    answers = (explain_lines(study, processes=1), timing(study), subsidy(study), fast_prices(study))
    for answer in answers:
        for text in (str(answer), answer.to_markdown()):
            assert not INTERNAL.search(text), INTERNAL.search(text)
            assert "  - \n" not in text


def test_policies_at_their_limit_are_named() -> None:
    instance = workshop()
    limits = [
        {"limit": "few-bought", "measure": "units", "mode": "outsourced", "max_share": 1 / 3},
        {"limit": "all-revenue", "measure": "revenue", "min": 1},
        {"limit": "much-bought", "measure": "lines", "site": "mill", "period": "H1", "max": 2},
    ]
    study = Study.of(instance.replace(limits=limits))
    bought = study.plan.production.merge(instance.options[["option", "mode"]], on="option")
    share = bought["made"][(bought["mode"] == "outsourced")].sum() / bought["made"].sum()
    assert share == pytest.approx(1 / 3)
    assert at_limit(study.instance, study.plan) == ("few-bought",)
    assert at_limit(study.instance, study.plan, "stool-bought") == ("few-bought",)
    assert at_limit(study.instance, study.plan, "stool-pressed") == ()
