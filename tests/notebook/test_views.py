"""What a notebook shows: whole, safe, in the theme's own colours, and small whatever there is to show."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import replace
from multiprocessing import process, spawn
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import prodmode as pm
from prodmode.document.blocks import Bullets, Document, Facts, Heading, Paragraph, Table
from prodmode.document.notebook import MOST_OPEN, MOST_ROWS, STYLE, notebook
from prodmode.explain.side_by_side import main_left_alone
from prodmode.explain.study import Study
from prodmode.plan.tables import COLUMNS, frame
from tests.report.reading import portfolio, tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.report.reading import Node


def hostile(word: str) -> str:
    return f"\"'></td></details></style><script>alert('{word}')</script><img src=x onerror=alert(1)> & {word}"


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    """Return one of everything that a notebook shows, of a portfolio whose every name is hostile."""
    instance = portfolio(hostile)
    result = pm.solve(instance, backend="highs")
    study = Study(result, "highs")
    more = pm.what_if(study, set=["demand *1.3", "lines price *1.1"])
    none = instance.replace(
        lines=instance.lines.assign(min_fill_rate=1.0, required=True),
        options=instance.options.assign(max_units=1.0),
    )
    return {
        "instance": instance,
        "result": result,
        "plan": result.plan,
        "line": result.explain(hostile("stool")),
        "answers": pm.ask(study, ["rules", "suppliers"]),
        "what-if": more,
        "diff": result.plan.diff(more.after.plan),
        "frontier": pm.frontier(study, "emissions", levels=[400.0]),
        "no plan": pm.solve(none, backend="highs"),
        "diagnosis": pm.diagnose(none, time_limit=10, backend="highs"),
    }


NAMES = (
    "instance",
    "result",
    "plan",
    "line",
    "answers",
    "what-if",
    "diff",
    "frontier",
    "no plan",
    "diagnosis",
)
TAGS = {"", "div", "style", "h4", "h5", "h6", "p", "ul", "li", "table", "caption", "thead",
        "tbody", "tr", "th", "td", "details", "summary"}  # fmt: skip
ATTRIBUTES = {"class", "scope", "role", "tabindex", "aria-label"}


def text_of(node: Node) -> str:
    return " ".join(node.text.split())


@pytest.mark.parametrize("name", NAMES)
def test_names_stay_text(shown: dict[str, Any], name: str) -> None:
    html = shown[name]._repr_html_()
    root = tree(html)
    assert {node.tag for node in root.walk()} <= TAGS
    assert {part for node in root.walk() for part in node.attributes} <= ATTRIBUTES
    assert "onerror=alert(1)" in root.text, "the names are there to read"
    assert "alert(" not in root.one("style").text


@pytest.mark.parametrize("name", NAMES)
def test_nothing_has_a_colour_of_its_own(shown: dict[str, Any], name: str) -> None:
    style = tree(shown[name]._repr_html_()).one("style").text
    assert "url(" not in style
    rules = re.findall(r"([\w-]+):([^;}]*)", style)
    coloured = [
        value for what, value in rules if "color" in what or what.startswith(("border", "background"))
    ]
    assert coloured
    assert all(value in {"1px solid currentColor", "collapse"} for value in coloured)
    assert all(
        part.strip().startswith(".prodmode-view") for part in re.findall(r"(?:^|[},])([^{},]*)\{", STYLE)
    )


def test_what_is_there_to_read(shown: dict[str, Any]) -> None:
    said = {name: text_of(tree(shown[name]._repr_html_())) for name in NAMES}
    assert "& Bar stool" in said["instance"]
    assert "mass, outsourced" in said["instance"]
    assert "proven bound" in said["result"]
    assert "verified" in said["result"]
    assert "how each line is made" in said["plan"]
    assert f"{shown['plan'].npv:,.2f} USD" in said["plan"]
    assert "result.explain() tells which rules cannot hold together" in said["no plan"]
    assert "What each rule costs" in said["answers"]
    assert str(shown["answers"]).startswith("The plan explained\n"), "answers print as text too"
    assert "profit against limit" in said["frontier"].lower()


def test_a_rejected_plan_says_so(shown: dict[str, Any]) -> None:
    result = shown["result"]
    wrong = replace(result, verdict=pm.check(result.instance, result.plan.replace(npv=1.0)))
    said = text_of(tree(wrong._repr_html_()))
    assert "The referee rejected the plan; do not use it." in said
    assert "how each line is made" not in said


def test_a_long_document_is_folded_by_section_and_cut() -> None:
    many = tuple(f"point {number}" for number in range(10_000))
    blocks = (
        Paragraph("x" * 100_000),
        *(block for number in range(MOST_OPEN) for block in (Heading(f"Part {number}"), Bullets(many))),
        Table(("a",), tuple((word,) for word in many)),
        Facts(tuple((word, word) for word in many)),
    )
    shown = notebook(Document("Long", blocks * 50))
    root = tree(shown)
    assert len(shown) < 300_000
    assert [node.text for node in root.all("summary")[:2]] == ["Part 0", "Part 1"]
    assert f"{10_000 - MOST_ROWS:,} more points not shown here." in root.text
    assert "more paragraphs and tables not shown here." in root.text
    assert max(map(len, root.text.split("\n"))) < 5_000


def big_plan(lines: int, periods: int) -> pm.Plan:
    names = np.array([f"line {number}" for number in range(lines)], dtype=object)
    labels = np.array([f"M{number}" for number in range(periods)], dtype=object)
    modes = np.array(["mass", "custom", "outsourced"], dtype=object)[np.arange(lines) % 3]
    size = lines * periods
    cells = {
        "line": np.repeat(names, periods), "option": np.repeat(names, periods),
        "period": np.tile(labels, lines),
        "mode": np.repeat(modes, periods), "site": np.repeat(names, periods),
        "started": np.zeros(size, dtype=bool), "made": np.ones(size), "sold": np.ones(size),
    }  # fmt: skip
    flow = {
        name: labels if kind == "text" else np.ones(periods) for name, kind in COLUMNS["cash_flow"].items()
    }
    tables = {name: frame(name) for name in COLUMNS}
    tables |= {"assignments": frame("assignments", cells), "cash_flow": frame("cash_flow", flow)}
    return pm.Plan(
        name="big", currency="EUR", periods=tuple(labels), scenarios={"base": 1.0}, npv=1.0, kpis={}, **tables
    )


def test_a_huge_plan_is_shown_in_a_moment_and_a_few_kilobytes() -> None:
    plan = big_plan(100_000, 4)
    began = time.process_time()
    shown = plan._repr_html_()
    assert time.process_time() - began < 2.0
    assert len(shown) < 20_000
    said = text_of(tree(shown))
    assert "how many of 100,000 lines use it" in said
    assert "33,334" in said


def test_many_periods_are_cut_side_by_side() -> None:
    shown = big_plan(3, 500)._repr_html_()
    assert len(shown) < 20_000
    assert "the first 24 of 500 periods" in text_of(tree(shown))


def test_new_processes_do_not_run_the_script_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "__file__", "/home/planner/plan.py", raising=False)
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)
    monkeypatch.setattr(process, "ORIGINAL_DIR", "/home/planner")
    assert "init_main_from_path" in spawn.get_preparation_data("solver")
    with main_left_alone():
        assert not any(key.startswith("init_main") for key in spawn.get_preparation_data("solver"))
    assert sys.modules["__main__"].__file__ == "/home/planner/plan.py"


@pytest.mark.slow
def test_a_script_needs_no_guard_for_solves_side_by_side(tmp_path: Path) -> None:
    script = tmp_path / "plan.py"
    script.write_text(
        "import prodmode as pm\n"
        "from prodmode.instance.examples import examples\n"
        "result = pm.solve(pm.load(examples()['starter']))\n"
        "print(len(result.explain(processes=2).lines))\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "3\n", "")
