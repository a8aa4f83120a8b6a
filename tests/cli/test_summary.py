"""What a person reads at the end of a solve: in any width, with many lines, with and without a plan."""

from __future__ import annotations

import dataclasses
import os
import re
import time
import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import prodmode as pm
from prodmode.backends.contract import Status
from prodmode.cli.output import page as page_for
from prodmode.document.page import Page
from prodmode.plan.plan import Plan
from prodmode.plan.tables import COLUMNS, frame
from prodmode.report.edges import Measured, edges
from prodmode.report.solution import result_text
from prodmode.result import Result

if TYPE_CHECKING:
    from pathlib import Path

PERIODS = ("2027-Q1", "2027-Q2", "2027-Q3")
LONG = "a-very-long-name-that-somebody-took-from-the-merchandise-management-system-007"


def portfolio(names: list[str], periods: tuple[str, ...] = PERIODS) -> pm.Instance:
    options = [(f"{name}-{mode[0]}", name, mode) for name in names for mode in ("mass", "outsourced")]
    return pm.Instance.from_tables(
        {"name": "工場 of the summer", "periods": list(periods), "currency": "EUR"},
        {
            "lines": [{"line": name, "price": 9} for name in names],
            "demand": [{"line": name, "period": period, "units": 5} for name in names for period in periods],
            "sites": [{"site": "本社工場", "kind": "plant"}, {"site": "mill", "kind": "supplier"}],
            "options": [
                {
                    "option": option,
                    "line": line,
                    "mode": mode,
                    "site": "本社工場" if mode == "mass" else "mill",
                }
                for option, line, mode in options
            ],
            "resources": [{"resource": "機械", "site": "本社工場", "unit": "hours", "capacity": 50}],
            "usage": [
                {"option": option, "resource": "機械", "per_unit": 1}
                for option, _, mode in options
                if mode == "mass"
            ],
        },
    )


def plan_of(instance: pm.Instance) -> Plan:
    """Return a plan in which every other line is made and every third moves out in the last period."""
    periods = list(instance.periods)
    lines = instance.lines["line"].tolist()
    rows = []
    for at, line in enumerate(lines):
        for number, period in enumerate(periods):
            mode = "outsourced" if at % 2 or (at % 3 == 2 and number == len(periods) - 1) else "mass"
            site = "本社工場" if mode == "mass" else "mill"
            rows.append((line, period, f"{line}-{mode[0]}", mode, site, number == 0, 5.0, 5.0))
    assignments = dict(zip(COLUMNS["assignments"], zip(*rows, strict=True), strict=True))
    flow: dict[str, Any] = {name: np.zeros(len(periods)) for name in COLUMNS["cash_flow"]}
    flow |= {"period": periods, "discount_factor": np.ones(len(periods))}
    flow["revenue"] += 45.0 * len(lines)
    flow["unit_cost"] += 20.0 * len(lines)
    flow["net"] = flow["present_value"] = flow["revenue"] - flow["unit_cost"]
    use = {
        "scenario": ["base"] * len(periods), "resource": ["機械"] * len(periods), "period": periods,
        "used": [50.0, 40.0, 20.0] + [0.0] * (len(periods) - 3), "capacity": [50.0] * len(periods),
        "overtime": [0.0] * len(periods), "utilisation": [1.0, 0.8, 0.4] + [0.0] * (len(periods) - 3),
    }  # fmt: skip
    data: dict[str, Any] = {"assignments": assignments, "cash_flow": flow, "resource_use": use}
    tables = {name: frame(name, data.get(name)) for name in COLUMNS}
    npv = float(flow["net"].sum())
    return Plan(
        name=instance.name, currency="EUR", periods=tuple(periods), scenarios={"base": 1.0}, npv=npv,
        kpis={"fill_rate": 0.987}, **tables,
    )  # fmt: skip


def outcome(instance: pm.Instance, status: str = "optimal", *, planned: bool = True, **more: Any) -> Result:
    plan = plan_of(instance) if planned else None
    given: dict[str, Any] = {
        "instance": instance, "status": Status(status), "backend": "highs", "backend_version": "HiGHS 9",
        "objective": plan.npv if plan else None, "bound": 1.0e6 if plan else None,
        "gap": 0.01 if plan else None, "nodes": None, "build_seconds": 0.1, "solve_seconds": 1.0,
        "verdict": pm.Verdict((), {}, plan.npv, 1e-6) if plan else None, "message": "", "_plan": plan,
    }  # fmt: skip
    return Result(**given | more)


def columns(text: str) -> int:
    """Return the columns that the widest line takes on a terminal."""

    def wide(char: str) -> int:
        return 0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")

    return max(sum(map(wide, line)) for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines())


NAMES = {
    1: ["oak"],
    8: ["oak-table", "椅子 と 机 の セット 大きい 家族 の ため に", "κάθισμα", LONG, "คีย์", "كرسي", "b", "c"],
    300: [f"line-{number:03d}" for number in range(299)] + [LONG],
    5000: [f"sku-{number:05d}" for number in range(5000)],
}


@pytest.fixture(scope="module", params=NAMES)
def result(request: pytest.FixtureRequest) -> Result:
    """Return an outcome with so many lines."""
    return outcome(portfolio(NAMES[request.param]))


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("colour", [False, True], ids=["plain", "coloured"])
def test_it_fits_the_width_and_the_screen(result: Result, width: int, *, colour: bool) -> None:
    began = time.process_time()
    text = result_text(result, Page(width=width, colour=colour))
    assert time.process_time() - began < 1.0
    assert columns(text) <= width
    assert len(text.splitlines()) <= (70 if width == 40 else 45)
    assert ("\x1b[" in text) is colour
    for words in ("mass", "optimal", "verified", "NPV", "機械", "no plan can earn more", "highs"):
        assert words in re.sub(
            r"\x1b\[[0-9;]*m|\s+", lambda found: " " if found.group().isspace() else "", text
        )


def test_colour_changes_nothing_but_the_colour(result: Result) -> None:
    plain = result_text(result, Page(width=80))
    assert re.sub(r"\x1b\[[0-9;]*m", "", result_text(result, Page(width=80, colour=True))) == plain


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
def test_a_terminal_that_lacks_letters_gets_escapes_in_straight_columns(
    result: Result, encoding: str
) -> None:
    text = result_text(result, Page(width=80, encoding=encoding))
    text.encode(encoding)
    assert columns(text) <= 80
    assert "…" not in text or encoding == "cp1252"
    assert "\\u6a5f" in text  # the first letter of the resource


def test_each_line_is_told_with_its_changes_where_lines_are_few() -> None:
    text = result_text(outcome(portfolio(NAMES[8])), Page(width=200))
    assert re.search(r"^oak-table +mass @ 本社工場$", text, re.MULTILINE)
    assert re.search(r"^κάθισμα +mass @ 本社工場, from 2027-Q3 outsourced @ mill$", text, re.MULTILINE)


def test_many_lines_are_grouped_by_their_way_through_the_horizon() -> None:
    text = result_text(outcome(portfolio(NAMES[300])), Page(width=80))
    assert re.search(r"^mass +150 +150 +100$", text, re.MULTILINE)
    assert re.search(r"^outsourced +150 +150 +200$", text, re.MULTILINE)
    assert re.search(r"^150 +outsourced: line-001, line-003", text, re.MULTILINE)
    assert re.search(r"^100 +mass: line-000", text, re.MULTILINE)
    assert re.search(r"^50 +mass, from 2027-Q3 outsourced: line-002, line-008", text, re.MULTILINE)


def test_of_many_periods_as_many_are_shown_as_fit() -> None:
    periods = tuple(f"2027-{month:02d}" for month in range(1, 61))
    text = result_text(outcome(portfolio(NAMES[300], periods)), Page(width=60))
    assert columns(text) <= 60
    head = next(line for line in text.splitlines() if line.startswith("what to do"))
    assert head.split()[-1] == periods[-1]
    assert periods[0] in head
    assert re.search(r"\d+ of 60 periods not shown", text)


def test_money_adds_up_to_the_net_present_value() -> None:
    result = outcome(portfolio(NAMES[8]))
    text = result_text(result, Page())
    told = re.findall(r"^  (?:revenue|unit cost|NPV) +(-?[\d,.]+)", text, re.MULTILINE)
    revenue, cost, npv = (float(amount.replace(",", "")) for amount in told)
    assert revenue + cost == npv == result.plan.npv


NO_PLAN = {
    "infeasible": "infeasible: no plan can meet every requirement",
    "unbounded": "unbounded",
    "time_limit": "stopped at the time limit, no plan found",
    "interrupted": "interrupted, no plan found",
    "error": "the backend failed",
}


@pytest.mark.parametrize("status", NO_PLAN)
@pytest.mark.parametrize("width", [40, 110])
def test_without_a_plan_it_says_so_and_makes_nothing_up(status: str, width: int) -> None:
    text = result_text(outcome(portfolio(NAMES[1]), status, planned=False), Page(width=width))
    assert columns(text) <= width
    assert NO_PLAN[status] in " ".join(text.split())
    for word in ("NPV", "None", "nan", "gap", "referee", "what to do", "earns"):
        assert word not in text


def test_a_plan_without_a_bound_is_not_called_good() -> None:
    result = outcome(portfolio(NAMES[1]), "interrupted", bound=None, gap=None)
    text = result_text(result, Page())
    assert text.splitlines()[0] == "工場 of the summer: interrupted, verified; it earns 75.00 EUR"
    assert "none is known" in text
    assert "gap" not in text
    assert "None" not in text


def test_a_plan_that_the_referee_rejected_is_not_praised() -> None:
    verdict = pm.Verdict((), {"capacity": 2}, 70.0, 1e-6)
    text = result_text(outcome(portfolio(NAMES[1]), verdict=verdict), Page())
    assert "the referee rejected the plan" in text.splitlines()[0]
    assert "earns" not in text.splitlines()[0]
    assert "verified" not in text


def test_what_limits_the_plan_is_worked_out_from_the_tables() -> None:
    instance = pm.load("instances/starter.yaml")
    result = pm.solve(instance, backend="highs")
    limits = [
        {"limit": "few-units", "measure": "units", "mode": "custom", "max": 1e9},
        {"limit": "all-spend", "measure": "spend", "mode": "outsourced", "max_share": 1},
        {"limit": "capex", "measure": "capex", "max": 1e9},
        {"limit": "revenue", "measure": "revenue", "period": "each", "min": 1},
    ]
    watched = instance.replace(limits=limits)
    measured, plan = Measured(watched, result.plan), result.plan
    everything = {name: measured.by_period(name, None).sum() for name in ("units", "revenue", "capex")}
    kpis = plan.kpis
    assert everything["units"] == pytest.approx(kpis["units_made"])
    assert everything["revenue"] == pytest.approx(kpis["revenue"])
    assert everything["capex"] == pytest.approx(kpis["capex"])
    custom = plan.assignments[plan.assignments["mode"] == "custom"]["made"].sum()
    assert measured.by_period("units", 0).sum() == pytest.approx(custom)
    share = measured.by_period("spend", 1).sum() / measured.by_period("spend", None).sum()
    assert share == pytest.approx(kpis["mode_shares"]["spend"]["outsourced"])
    # A cap just at what the plan does is at its most, one above it is not.
    for cap, word in ((custom, "at its most"), (custom * 1.1, "")):
        tight = instance.replace(limits=[limits[0] | {"max": cap}])
        assert [edge.word for edge in edges(tight, plan) if edge.name == "few-units"] == [word]
    spent = [edge for edge in edges(instance, plan) if edge.name == "budget"]
    paid = (plan.cash_flow["capex"] + plan.cash_flow["tooling_capex"]).cumsum()
    assert spent[0].use == pytest.approx((paid / instance.budgets["capex_limit"].cumsum()).max())


class _Terminal:
    encoding = "utf-8"

    def __init__(self, number: int) -> None:
        self._number = number

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number


@pytest.mark.parametrize(
    ("environment", "width", "colour"),
    [
        ({}, 73, True),
        ({"NO_COLOR": "1"}, 73, False),
        ({"TERM": "dumb"}, 73, False),
        ({"COLUMNS": "55"}, 55, True),
        ({"COLUMNS": "3"}, 20, True),
    ],
)
def test_the_page_of_a_terminal(
    environment: dict[str, str], width: int, *, colour: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        os, "get_terminal_size", lambda number: os.terminal_size((73, 24)) if number == 9 else 1 / 0
    )
    found = page_for(_Terminal(9))  # type: ignore[arg-type]
    assert (found.width, found.colour) == (width, colour)


def test_what_goes_to_a_pipe_is_plain(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as stream:
        found = page_for(stream)
    assert dataclasses.astuple(found) == (110, False, "ascii", False)
