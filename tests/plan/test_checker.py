"""The referee catches a plan altered by hand, names the rule and the place, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import prodmode.plan.checker
from prodmode.plan.assemble import assemble
from prodmode.plan.checker import Verdict, check
from prodmode.plan.checking.verdict import LISTED
from prodmode.plan.tables import COLUMNS
from tests.plan.portfolio import BASE, BOOM, OPTION, Q1, Q2, Q3, Q4

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodmode.instance.instance import Instance
    from prodmode.plan.decisions import Decisions
    from prodmode.plan.plan import Plan

ALTERED: list[Any] = []


def altered(rule: str, size: float, **where: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register an alteration of the decisions that breaks one rule, by so much, there."""

    def register(change: Callable[..., None]) -> Callable[..., None]:
        ALTERED.append(pytest.param(change, rule, size, where, id=f"{rule}: {change.__name__}"))
        return change

    return register


@altered("assignment", 1, line="desk", period="Q4")
def nothing_in_force(d: Decisions) -> None:
    for part in (d.in_force[None], d.made, d.sold):
        part[:, OPTION["desk-out"], Q4] = 0


@altered("assignment", 1, line="lamp", period="Q3")
def two_at_once(d: Decisions) -> None:
    d.in_force[OPTION["lamp-out"], Q3] = True


@altered("assignment", 1, line="lamp", period="Q4")
def off_the_market(d: Decisions) -> None:
    d.in_force[OPTION["lamp-custom"], Q4] = True


@altered("eligibility", 2, line="desk", option="desk-poor", period="Q3")
def poor_quality(d: Decisions) -> None:
    move(d, "desk-out", "desk-poor")


@altered("eligibility", 30, line="desk", option="desk-slow", period="Q1")
def too_slow(d: Decisions) -> None:
    move(d, "desk-out", "desk-slow")


@altered("eligibility", 2, line="desk", option="desk-later", period="Q1")
def too_early(d: Decisions) -> None:
    move(d, "desk-out", "desk-later")


def move(d: Decisions, old: str, new: str) -> None:
    for part in (d.in_force[None], d.made, d.sold):
        part[:, OPTION[new]] = part[:, OPTION[old]]
        part[:, OPTION[old]] = 0


@altered("switching", 1, line="table")
def one_start_too_many(d: Decisions) -> None:
    d.in_force[OPTION["table-out"], Q4] = True


@altered("balance", 20, scenario="base", line="table", option="table-mass", period="Q1")
def stock_from_nowhere(d: Decisions) -> None:
    d.stock[BASE, OPTION["table-mass"], Q1] = 40


@altered("balance", 1, scenario="boom", line="desk", option="desk-out", period="Q3")
def sold_without_being_made(d: Decisions) -> None:
    d.sold[BOOM, OPTION["desk-out"], Q3] = 6


@altered("balance", 1, scenario="base", line="lamp", option="lamp-custom", period="Q2")
def stock_of_custom(d: Decisions) -> None:
    d.made[BASE, OPTION["lamp-custom"], Q2] += 1
    d.stock[BASE, OPTION["lamp-custom"], Q2] = 1


@altered("balance", 5, scenario="base", line="table", option="table-out", period="Q3")
def stock_of_what_was_left(d: Decisions) -> None:
    d.stock[BASE, OPTION["table-out"], Q2:Q4] = 5


@altered("demand", 10, scenario="base", line="chair", period="Q1")
def more_than_demand(d: Decisions) -> None:
    for part in (d.made, d.sold):
        part[BASE, OPTION["chair-out"], Q1] = 90


@altered("demand", 5, scenario="boom", line="table", period="Q2")
def more_than_demand_together(d: Decisions) -> None:
    d.made[BOOM, OPTION["table-mass"], Q2] = 70
    d.sold[BOOM, OPTION["table-mass"], Q2] = 80


@altered("demand", 11, scenario="boom", line="table", period="Q4")
def fill_rate(d: Decisions) -> None:
    d.sold[BOOM, OPTION["table-mass"], Q4] = 49


@altered("demand", 1, scenario="base", line="lamp", option="lamp-custom", period="Q2")
def more_than_the_options_market(d: Decisions) -> None:
    for part in (d.made, d.sold):
        part[BASE, OPTION["lamp-custom"], Q2] += 1


@altered("lots", 5, scenario="base", line="table", option="table-out", period="Q2")
def below_the_lot(d: Decisions) -> None:
    d.made[BASE, OPTION["table-out"], Q2] = 15
    d.sold[BASE, OPTION["table-out"], Q2] = 13


@altered("lots", 80, scenario="base", line="table", option="table-mass", period="Q4")
def no_setup(d: Decisions) -> None:
    d.setup[BASE, OPTION["table-mass"], Q4] = False


@altered("lots", 1, scenario="boom", line="chair", option="chair-mass", period="Q3")
def above_max_units(d: Decisions) -> None:
    d.made[BOOM, OPTION["chair-mass"], Q3] = 97


@altered("lots", 7, scenario="boom", line="lamp", option="lamp-out", period="Q2")
def made_while_not_in_force(d: Decisions) -> None:
    d.made[BOOM, OPTION["lamp-out"], Q2] = 7


@altered("lots", 1, scenario="base", line="chair", option="chair-out", period="Q1")
def setup_of_what_has_none(d: Decisions) -> None:
    d.setup[BASE, OPTION["chair-out"], Q1] = True


@altered("capacity", 7, scenario="base", resource="hours", period="Q1")
def no_overtime(d: Decisions) -> None:
    d.overtime[BASE, 0, Q1] = 0


@altered("unlocking", 1, line="chair", option="chair-mass", period="Q2", investment="press")
def bought_too_late(d: Decisions) -> None:
    d.copies[0] = [0, 1, 0, 0]


@altered("unlocking", 1, line="chair", option="chair-mass", period="Q3", investment="press")
def not_bought(d: Decisions) -> None:
    d.copies[0] = 0


@altered("budget", 900, period="Q1")
def two_presses(d: Decisions) -> None:
    d.copies[0, Q1] = 2


@altered("limits", 1, limit="changeovers", scenario="base")
def one_setup_too_many(d: Decisions) -> None:
    out = OPTION["table-out"]
    d.in_force[out, Q3] = True
    d.setup[BASE, out, Q3] = True
    d.made[BASE, out, Q3] = 20


@altered("limits", 1, limit="desks", scenario="boom", period="Q2")
def too_many_desks(_: Decisions) -> None:
    """Nothing is altered but the limit: 9 units in place of 10."""


@altered("lots", 1, line="lamp", option="lamp-custom", period="Q2", scenario="base")
def made_to_be_scrapped(d: Decisions) -> None:
    d.made[BASE, OPTION["lamp-custom"], Q2] += 1


@altered("limits", 20, limit="chairs", scenario="base")
def too_few_chairs(d: Decisions) -> None:
    d.made[BASE, OPTION["chair-mass"], Q4] = d.sold[BASE, OPTION["chair-mass"], Q4] = 40


@altered("domain", 5, scenario="boom", resource="hours", period="Q3")
def too_much_overtime(d: Decisions) -> None:
    d.overtime[BOOM, 0, Q3] = 25


@altered("domain", 2, scenario="base", resource="skill", period="Q1")
def negative_overtime(d: Decisions) -> None:
    d.overtime[BASE, 1, Q1] = -2


@altered("domain", 1, investment="press", period="Q4")
def bought_after_its_time(d: Decisions) -> None:
    d.copies[0] = [1, 0, 0, 1]


@pytest.mark.parametrize(("change", "rule", "size", "where"), ALTERED)
def test_altered_decisions(
    instance: Instance,
    decisions: Decisions,
    change: Callable[[Decisions], None],
    rule: str,
    size: float,
    where: dict[str, str],
) -> None:
    if change is bought_after_its_time:
        instance = instance.replace(budgets=[])
    if change is too_many_desks:
        limits = instance.limits
        limits.loc[limits["limit"] == "desks", ["min", "max"]] = 0, 9
        instance = instance.replace(limits=limits)
    change(decisions)
    verdict = check(instance, assemble(instance, decisions))
    assert not verdict.verified
    assert set(verdict.counts) == {rule}, str(verdict)
    found = [item for item in verdict.violations if dict(item.where) == where]
    assert size in [pytest.approx(item.size) for item in found], str(verdict)
    message = found[0].message
    assert all(name in message for name in where.values())
    assert "{" not in message


def test_max_copies(instance: Instance, decisions: Decisions) -> None:
    instance = instance.replace(budgets=[], limits=[])
    decisions.copies[0] = [2, 1, 0, 0]
    verdict = check(instance, assemble(instance, decisions))
    assert verdict.counts == {"domain": 1}
    assert verdict.violations[0].where == {"investment": "press"}


def test_budget_without_carryover(instance: Instance, plan: Plan) -> None:
    verdict = check(instance.replace(budget_carryover=False), plan)
    assert verdict.counts == {"budget": 1}
    assert dict(verdict.violations[0].where) == {"period": "Q2"}
    assert verdict.violations[0].size == pytest.approx(50)


LIMITS = [
    # (limit, the measure's value in base and in boom)
    ({"measure": "lines", "mode": "mass", "period": "Q2", "max": 1}, 2, 2),
    ({"measure": "lines", "mode": "mass", "min": 2}, 1, 1),
    ({"measure": "units", "period": "Q1", "max": 1}, 110 + 80 + 10 + 10, 120 + 96 + 10 + 10),
    (
        {"measure": "spend", "family": "furniture", "mode": "mass", "period": "Q3", "max": 1},
        5000 + 100 + 20 + 800,
        5800 + 100 + 20 + 960,
    ),
    ({"measure": "spend", "site": "supplier", "period": "Q2", "max": 1}, 2750 + 1200, 1.65 * (2750 + 1200)),
    ({"measure": "revenue", "line": "lamp", "min": 1e6}, 3 * 720, 3 * 648),
    ({"measure": "emissions", "period": "Q2", "max": 1}, 600 + 80, 600 + 96),
    ({"measure": "setups", "mode": "outsourced", "max": 0}, 1, 1),
    ({"measure": "capex", "max": 1}, 1200, 1200),
    ({"measure": "capex", "mode": "mass", "max": 1}, 200, 200),
    ({"measure": "capex", "site": "workshop", "min": 1}, 0, 0),
    ({"measure": "capex", "site": "plant", "period": "Q1", "max": 1}, 1000, 1000),
]


@pytest.mark.parametrize(("limit", "base", "boom"), LIMITS, ids=str)
def test_every_measure(
    instance: Instance, plan: Plan, limit: dict[str, Any], base: float, boom: float
) -> None:
    verdict = check(instance.replace(limits=[{"limit": "policy"} | limit]), plan)
    assert set(verdict.counts) == {"limits"}, str(verdict)
    sign, bound = (1, limit["max"]) if "max" in limit else (-1, limit["min"])
    size = {item.where["scenario"]: item.size for item in verdict.violations}
    assert size == pytest.approx({"base": sign * (base - bound), "boom": sign * (boom - bound)})


@pytest.mark.parametrize(("share", "sign"), [("max_share", 1), ("min_share", -1)])
def test_shares(instance: Instance, plan: Plan, share: str, sign: int) -> None:
    total = {"base": 210, "boom": 236}
    part = {"base": 90, "boom": 106}
    bound = 0.1 if sign > 0 else 0.9
    limit = {"limit": "policy", "measure": "units", "mode": "outsourced", "period": "Q1", share: bound}
    verdict = check(instance.replace(limits=[limit]), plan)
    size = {item.where["scenario"]: item.size for item in verdict.violations}
    assert size == pytest.approx({w: sign * (part[w] - bound * total[w]) for w in total})


def test_blank_period_of_lines_means_each(instance: Instance, plan: Plan) -> None:
    limit = {"limit": "policy", "measure": "lines", "site": "supplier", "max": 1}
    verdict = check(instance.replace(limits=[limit]), plan)
    assert {item.where["period"] for item in verdict.violations} == {"Q1", "Q2"}


def cell(plan: Plan, table: str, column: str, row: int, value: object) -> Plan:
    changed = getattr(plan, table).copy()
    changed[column] = changed[column].astype(object)
    changed.loc[row, column] = value
    return plan.replace(**{table: changed})


ACCOUNTS = [
    ("assignments", ["made", "sold"]),
    ("production", ["cost"]),
    ("sales", ["price", "revenue"]),
    ("unserved", ["demand", "served", "unserved"]),
    ("resource_use", ["used", "capacity", "utilisation"]),
    ("cash_flow", list(COLUMNS["cash_flow"])[1:]),
]


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table, columns in ACCOUNTS for column in columns]
)
def test_altered_figures(instance: Instance, plan: Plan, table: str, column: str) -> None:
    row = 1
    old = getattr(plan, table)[column].iloc[row]
    verdict = check(instance, cell(plan, table, column, row, old + 0.1))
    assert verdict.counts == {"accounts": 1}, str(verdict)
    (violation,) = verdict.violations
    assert violation.size == pytest.approx(0.1)
    told = getattr(plan, table).iloc[row]
    assert all(told[name] == label for name, label in violation.where.items())
    assert "period" in violation.where


def test_altered_start(instance: Instance, plan: Plan) -> None:
    verdict = check(instance, cell(plan, "assignments", "started", 0, value=True))
    assert verdict.counts == {"accounts": 1}
    assert dict(verdict.violations[0].where) == {"line": "table", "option": "table-mass", "period": "Q1"}


@pytest.mark.parametrize("table", ["unserved", "resource_use", "cash_flow"])
def test_missing_row(instance: Instance, plan: Plan, table: str) -> None:
    shorter = getattr(plan, table).drop(index=3)
    verdict = check(instance, plan.replace(**{table: shorter}))
    assert verdict.counts == {"accounts": 1}, str(verdict)


def test_altered_objective(instance: Instance, plan: Plan) -> None:
    verdict = check(instance, plan.replace(npv=plan.npv + 1))
    assert verdict.counts == {"objective": 1}
    assert verdict.violations[0].size == pytest.approx(1)
    assert verdict.npv == pytest.approx(plan.npv)
    assert not check(instance, plan.replace(npv=float("nan"))).verified


@pytest.mark.parametrize(
    ("table", "column", "value", "words"),
    [
        ("assignments", "option", "table-maas", "names option 'table-maas'"),
        ("assignments", "period", "Q9", "names period 'Q9'"),
        ("assignments", "line", "chair", "but it is of line 'table'"),
        ("assignments", "mode", "custom", "the mode custom; it is mass"),
        ("assignments", "site", None, "it is plant"),
        ("production", "made", float("nan"), "made in table production is not a number"),
        ("production", "made", "many", "made in table production is not a number"),
        ("production", "setup", 0.5, "setup in table production is not a whole number"),
        ("production", "setup", 2, "setup in table production is neither 0 nor 1"),
        ("purchases", "copies", 1.5, "copies in table purchases is not a whole number"),
        ("purchases", "copies", -1, "copies in table purchases is -1, below 0"),
        ("purchases", "investment", "pres", "names investment 'pres'"),
        ("sales", "scenario", "bust", "names scenario 'bust'"),
        ("sales", "sold", float("inf"), "sold in table sales is not a number"),
        ("stock", "stock", -3.0, "stock in table stock is -3, below 0"),
    ],
)
def test_domain(instance: Instance, plan: Plan, table: str, column: str, value: object, words: str) -> None:
    verdict = check(instance, cell(plan, table, column, 0, value))
    assert "domain" in verdict.counts
    assert any(words in item.message for item in verdict.violations if item.rule == "domain"), str(verdict)


@pytest.mark.parametrize("table", list(COLUMNS))
def test_a_row_twice(instance: Instance, plan: Plan, table: str) -> None:
    doubled = getattr(plan, table).iloc[[0, *range(len(getattr(plan, table)))]]
    verdict = check(instance, plan.replace(**{table: doubled}))
    assert verdict.counts == {"domain": 1}, str(verdict)
    assert f"table {table} has two rows for" in verdict.violations[0].message


def test_missing_column(instance: Instance, plan: Plan) -> None:
    verdict = check(instance, plan.replace(sales=plan.sales.drop(columns="sold")))
    assert "table sales has no column sold" in verdict.violations[0].message


def test_another_horizon(instance: Instance, plan: Plan) -> None:
    for part in ({"periods": ("Q1", "Q2")}, {"scenarios": {"base": 0.5, "boom": 0.5}}, {"currency": "USD"}):
        assert set(check(instance, plan.replace(**part)).counts) == {"domain"}
    assert "domain" in check(instance, plan.replace(scenarios={"base": 1.0})).counts


def test_many_violations_are_counted_and_few_listed(instance: Instance, plan: Plan) -> None:
    price = plan.sales["price"] + 1
    verdict = check(instance, plan.replace(sales=plan.sales.assign(price=price, revenue=price)))
    assert verdict.counts["accounts"] == 2 * len(plan.sales)
    assert len([item for item in verdict.violations if item.rule == "accounts"]) == min(
        LISTED, 2 * len(plan.sales)
    )
    data = verdict.to_dict()
    assert data["verified"] is False
    assert str(verdict).startswith(f"{2 * len(plan.sales)} violations")


def test_noise_of_a_solver_passes(instance: Instance, decisions: Decisions) -> None:
    rng = np.random.default_rng(7)
    for part in (decisions.made, decisions.sold, decisions.stock, decisions.overtime):
        part[:] = part * (1 + 1e-7 * rng.uniform(-1, 1, part.shape)) + 1e-10 * rng.uniform(-1, 1, part.shape)
    plan = assemble(instance, decisions)
    assert check(instance, plan).verified
    assert len(plan.production) == len(plan.production[plan.production["made"] > 1])


@pytest.mark.parametrize("seed", range(12))
def test_the_accounts_of_any_decisions_are_true(instance: Instance, decisions: Decisions, seed: int) -> None:
    # Whatever is decided, the ledger and the referee must come to the same figures, each in its own way.
    rng = np.random.default_rng(seed)
    decisions.in_force[:] = rng.random(decisions.in_force.shape) < 0.4
    decisions.copies[:] = rng.integers(0, 3, decisions.copies.shape)
    decisions.setup[:] = rng.random(decisions.setup.shape) < 0.5
    for part in (decisions.made, decisions.sold, decisions.stock, decisions.overtime):
        part[:] = rng.integers(0, 5, part.shape) * rng.choice([25.0, 30.0, 1 / 3])
    verdict: Verdict = check(instance, assemble(instance, decisions))
    assert not verdict.verified
    assert not {"accounts", "objective"} & set(verdict.counts), str(verdict)


FORBIDDEN = (
    "prodmode.formulation",
    "prodmode.backends",
    "prodmode.plan.assemble",
    "prodmode.plan.kpis",
    "prodmode.plan.ledger",
    "prodmode.plan.tiers",
    "prodmode.instance.scenarios",
    "prodmode.instance.windows",
    "prodmode.instance.eligibility",
)


def test_the_referee_shares_no_code() -> None:
    home = Path(prodmode.plan.checker.__file__)
    files = [home, *sorted(home.with_name("checking").glob("*.py"))]
    assert len(files) > 5
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names += [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Attribute):
                assert node.attr not in {"ineligible", "kpis"}, file
        wrong = [name for name in names if name.startswith(FORBIDDEN)]
        assert not wrong, f"{file.name} imports {wrong}"
