"""The page of a plan: what stands on it is the plan, and nothing on it can run but its own script."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

import prodmode as pm
from prodmode.document.page import money, percent
from prodmode.errors import ProdmodeError
from prodmode.explain.questions import ask
from prodmode.explain.story.story import story
from prodmode.report.html import charts, of_result
from prodmode.report.html import page as page_module
from prodmode.report.html.page import page
from tests.report.reading import hostile, portfolio, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from prodmode.explain.answer import Answer
    from prodmode.explain.study import Study
    from prodmode.result import Result
    from tests.report.reading import Node


def shape(root: Node) -> Counter[tuple[str, ...]]:
    """Return how often each element with its attributes occurs outside of charts, whose ticks vary."""

    def walk(node: Node) -> Iterator[Node]:
        yield node
        if node.tag != "svg":
            for child in node.children:
                if not isinstance(child, str):
                    yield from walk(child)

    return Counter((node.tag, *sorted(node.attributes)) for node in walk(root))


@pytest.fixture(scope="module")
def hostile_root() -> Node:
    result = pm.solve(portfolio(hostile), backend="highs")
    return tree(page(result, {}))


def test_hostile_names_cannot_become_markup(root: Node, hostile_root: Node) -> None:
    # With harmless names it is the same page: no element and no attribute more.
    assert shape(hostile_root) == shape(root)
    said = hostile_root.one("main").text
    for word in ("workshop", "Stools.", "Bar stool", "seats", "Far East", "hands", "A press"):
        assert " ".join(hostile(word).split()) in hostile_root.text, word
    assert "<script>" in said


@pytest.mark.parametrize("which", ["root", "hostile_root"])
def test_nothing_can_run_or_be_fetched_but_what_the_policy_names(
    which: str, request: pytest.FixtureRequest
) -> None:
    root: Node = request.getfixturevalue(which)
    policy = root.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"]
    for tag in ("script", "style"):
        own = root.one(tag)
        assert own.attributes == {}
        digest = base64.b64encode(hashlib.sha256(own.text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    ids = [node.attributes["id"] for node in root.walk() if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    for node in root.walk():
        assert node.tag not in {"iframe", "object", "embed", "link", "base", "img", "foreignobject", "image"}
        for name, value in node.attributes.items():
            assert not name.startswith("on"), (node.tag, name)
            assert name not in {"style", "src", "srcset", "action", "formaction", "xlink:href"}
            if name == "href":
                assert value.startswith("#"), value
                assert value[1:] in ids
            for target in re.findall(r"url\(([^)]*)\)", value) if name in {"fill", "clip-path"} else ():
                assert target[1:] in ids


def test_no_address_on_the_page(text: str) -> None:
    assert re.findall(r"https?:|//[a-z]", text) == []


def test_every_line_is_in_the_table_with_its_figures(workshop: Result, root: Node) -> None:
    plan = workshop.plan
    rows = root.one("table", id="plan-table").one("tbody").all("tr")
    assert len(rows) == len(workshop.instance.lines)
    revenue = (
        plan.sales.assign(revenue=plan.sales["revenue"] * plan.sales["scenario"].map(plan.scenarios))
        .groupby("line")["revenue"]
        .sum()
    )
    letters = {"M": "mass", "C": "custom", "O": "outsourced"}
    for row, line in zip(rows, workshop.instance.lines["line"], strict=True):
        assert line in row.one("th").text
        cells = [node for node in row.all("td") if node.attributes.get("class") == "p"]
        table = plan.assignments
        for period, cell in zip(plan.periods, cells, strict=True):
            held = table[(table["line"] == line) & (table["period"] == period)]
            shown = [letters[chip.text] for chip in cell.all("b") if chip.text in letters]
            assert sorted(shown) == sorted(set(held["mode"]))
        numbers = [node.attributes["data-v"] for node in row.all("td") if "data-v" in node.attributes]
        own = table[table["line"] == line]
        assert float(numbers[0]) == pytest.approx(own["made"].sum())
        assert float(numbers[1]) == pytest.approx(own["sold"].sum())
        assert float(numbers[3]) == pytest.approx(revenue.get(line, 0.0))


def test_the_figures_are_those_of_the_plan(workshop: Result, root: Node) -> None:
    plan, kpis = workshop.plan, workshop.plan.kpis
    cards = root.one("dl", **{"class": "cards"}).text
    assert money(plan.npv, "USD") in cards
    assert percent(kpis["fill_rate"]) in cards
    assert percent(kpis["mode_shares"]["spend"]["outsourced"]) in cards
    assert money(kpis["capex"], "USD") in cards
    assert f"{kpis['emissions_kg'] / 1000:,.1f} t" in cards
    emitted = root.one("section", id="emissions").all("tr")[-1].all("td")[-1].text
    assert emitted == f"{kpis['emissions_kg']:,.0f}"
    bought = root.one("section", id="suppliers").all("tr")[-1].text
    assert percent(kpis["mode_shares"]["spend"]["outsourced"]) in bought
    kinds = root.one("section", id="money").all("figure")[1].all("tr")
    assert kinds[-1].text == f"net present value{plan.npv:,.0f}"
    flow = root.one("section", id="money").all("figure")[0].all("tr")
    assert flow[-1].all("td")[1:][-1].text == f"{plan.npv:,.0f}"
    purchase = root.one("section", id="investments").one("tbody").text
    assert all(word in purchase for word in ("press", "A press", "spring", "500"))
    proof = root.one("section", id="proof").text
    assert money(workshop.bound or 0.0, "USD") in proof
    assert "verified" in proof
    assert workshop.backend_version in proof
    assert workshop.instance.fingerprint in proof


def test_every_chart_is_told_in_words_and_has_its_figures(root: Node) -> None:
    charts_shown = [node for node in root.all("div") if node.attributes.get("role") == "img"]
    assert len(charts_shown) >= 6
    for chart in charts_shown:
        assert len(chart.attributes["aria-label"]) > 20
        assert chart.one("svg").attributes["aria-hidden"] == "true"
        figure = chart.parent
        assert figure is not None
        assert figure.tag == "figure"
        assert figure.attributes.get("class") == "plan" or figure.all("table")


def test_the_page_without_matplotlib_has_the_figures_and_says_what_to_install(
    workshop: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (charts, page_module):
        monkeypatch.setattr(module, "available", lambda: False)
    root = tree(page(workshop, {}))
    assert charts.MISSING in root.one("main").text
    assert len(root.all("svg")) == 1
    assert f"{workshop.plan.npv:,.0f}" in root.one("section", id="money").text


def test_a_plan_with_nothing_but_a_line(tmp_path: Path) -> None:
    instance = pm.Instance.from_records(
        pm.Settings(name="one", currency="USD", periods=("all year",)),
        [
            pm.Line(line="stool", price=40),
            pm.Demand(line="stool", period="all year", units=10),
            pm.Option(option="made", line="stool", mode="mass", unit_cost=15),
        ],
    )
    file = tmp_path / "new" / "one.html"
    pm.solve(instance, backend="highs").report(file, story=False)
    root = tree(file.read_text(encoding="utf-8"))
    assert money(250, "USD") in root.one("header").text
    anchors = {node.attributes["id"] for node in root.all("section")}
    assert anchors == {"summary", "lines", "money", "suppliers", "why", "proof", "assumptions"}
    assert "Nothing is outsourced." in root.one("section", id="suppliers").text


def test_story_and_why_of_every_line(
    workshop: Result, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    def ask_less(study: Study, words: list[str], **how: Any) -> dict[str, Answer]:
        # Of the three questions, the two that are quick.
        asked.extend(words)
        return ask(study, ["lines"], processes=how["processes"]) | {"story": story(study)}

    monkeypatch.setattr(of_result, "ask", ask_less)
    monkeypatch.setattr(charts, "available", lambda: False)
    workshop.report(tmp_path / "page.html", explain=True, processes=1)
    root = tree((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert asked == ["lines", "bottlenecks", "story"]
    assert "What to make how" in root.one("section", id="summary").text
    for at, line in enumerate(workshop.instance.lines["line"]):
        why = root.one("details", id=f"why-{at}")
        assert line in why.one("summary").text
        assert why.all("table")
    table = root.one("table", id="plan-table")
    assert [node.attributes["href"] for node in table.all("a")] == ["#why-0", "#why-1"]


def test_hundreds_of_lines_are_drawn_as_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "available", lambda: False)
    lines = [f"line {at}" for at in range(150)]
    instance = pm.Instance.from_records(
        pm.Settings(name="many", currency="USD", periods=("2031-01", "2031-02")),
        [
            *(pm.Line(line=line, price=40) for line in lines),
            *(pm.Demand(line=line, period="2031-01", units=9) for line in lines),
            *(
                pm.Option(option=f"{line} x", line=line, mode=mode, unit_cost=9)
                for at, line in enumerate(lines)
                for mode in (("mass", "custom", "outsourced")[at % 3],)
            ),
        ],
    )
    root = tree(page(pm.solve(instance, backend="highs"), {}))
    words = root.one("figure", **{"class": "plan"}).one("svg").text
    assert words.count("50 lines") == 3
    assert all(letter in words for letter in "MCO")
    assert len(root.one("table", id="plan-table").one("tbody").all("tr")) == 150


def test_no_plan_no_page(tmp_path: Path) -> None:
    instance = pm.Instance.from_records(
        pm.Settings(name="none", currency="USD", periods=("all year",)),
        [
            pm.Line(line="stool", price=40, min_fill_rate=1),
            pm.Demand(line="stool", period="all year", units=10),
            pm.Option(option="made", line="stool", mode="mass", unit_cost=15, max_units=4),
        ],
    )
    with pytest.raises(ProdmodeError, match="there is no plan"):
        pm.solve(instance, backend="highs").report(tmp_path / "no.html")
    assert list(tmp_path.iterdir()) == []
