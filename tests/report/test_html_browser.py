"""The page in a real browser, without a screen: used by keys alone, in the dark, on paper, on a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import prodmode as pm
from prodmode.report.html import lines as lines_module
from prodmode.report.html.page import page
from tests.report.browser import CHROMIUM, Browser
from tests.report.reading import hostile, portfolio

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from prodmode.result import Result

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

TITLES = """Array.from(document.querySelectorAll("#plan-table tbody tr"))
  .filter((row) => !row.hidden).map((row) => row.querySelector("th bdi").textContent)"""
WORDS = "document.getElementById('shown').textContent"
FOCUS = """(() => { const at = document.activeElement;
  return at.id || at.textContent.trim().slice(0, 40) || at.tagName; })()"""
FADED = "Array.from(document.querySelectorAll('g.band'), (band) => band.classList.contains('out'))"

# Contrast after WCAG 2: of each text with what is behind it, the smallest found, and where.
CONTRAST = """(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const ratio = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const style = getComputedStyle(document.documentElement);
  const named = (name) => {
    const text = style.getPropertyValue(name).trim();
    return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  };
  const on = { "on-mass": "--mass", "on-custom": "--custom", "on-outsourced": "--outsourced" };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim().slice(0, 40);
    if (!text || ["SCRIPT", "OPTION", "title"].includes(node.tagName)) continue;
    const drawn = node instanceof SVGElement;
    const ground = Object.keys(on).find((name) => node.classList.contains(name));
    const front = parts(drawn ? getComputedStyle(node).fill : getComputedStyle(node).color);
    texts.push([ratio(front, ground ? named(on[ground]) : behind(node)), text]);
  }
  const shapes = ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "mass", "edge", "outsourced", "focus"]
    .map((word) => `--${word}`).map((name) => [ratio(named(name), named("--paper")), name]);
  const least = (found) => found.reduce((a, b) => (b[0] < a[0] ? b : a));
  return { count: texts.length, text: least(texts), shape: least(shapes) };
})()"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture(scope="module")
def file(text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "plan.html"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Browser, file: Path) -> Iterator[Browser]:
    browser.show()
    browser.open(file)
    yield browser
    assert browser.told == []
    assert browser.asked_for == [file.as_uri()]


def tab_to(browser: Browser, wanted: str) -> None:
    """Go on with the Tab key until the focus is where it should be."""
    for _ in range(80):
        browser.press("Tab")
        if browser.run(FOCUS) == wanted:
            return
    raise AssertionError(f"the Tab key does not reach '{wanted}'")


def test_search_by_keys(opened: Browser) -> None:
    assert opened.run(TITLES) == ["Bar stool", "chair"]
    tab_to(opened, "search")
    opened.type("bar SEATS")
    assert opened.run(TITLES) == ["Bar stool"]
    assert opened.run(WORDS) == "1 of 2 lines"
    assert opened.run(FADED) == [False, True], "the picture fades what does not fit"
    opened.type("x")
    assert opened.run(TITLES) == []
    assert opened.run("document.getElementById('none').checkVisibility()")
    tab_to(opened, "Clear")
    opened.press("Enter")
    assert opened.run(TITLES) == ["Bar stool", "chair"]
    assert opened.run(FADED) == [False, False]
    assert not opened.run("document.getElementById('none').checkVisibility()")


def test_filter_by_keys(opened: Browser) -> None:
    for control, keys, left in (
        ("by-mode", "m", ["Bar stool"]),
        ("by-mode", "c", ["chair"]),
        ("by-family", "s", ["Bar stool"]),
        ("by-site", "p", ["Bar stool", "chair"]),
        ("by-site", "F", ["Bar stool"]),
    ):
        opened.run("document.activeElement.blur(); document.getElementById('controls').reset()")
        tab_to(opened, control)
        opened.type(keys)
        assert opened.run(TITLES) == left, (control, keys)
        opened.run("document.getElementById('main').focus()")


def test_sort_by_keys(opened: Browser) -> None:
    def sorted_by() -> list[Any]:
        found: list[Any] = opened.run(
            "Array.from(document.querySelectorAll('#plan-table thead th'))"
            ".filter((head) => head.ariaSort).map((head) => [head.textContent, head.ariaSort])"
        )
        return found

    tab_to(opened, "line")
    opened.press("Enter")
    assert (sorted_by(), opened.run(TITLES)) == ([["line", "ascending"]], ["Bar stool", "chair"])
    opened.press("Space")
    assert (sorted_by(), opened.run(TITLES)) == ([["line", "descending"]], ["chair", "Bar stool"])
    tab_to(opened, "made")
    opened.press("Enter")
    assert (sorted_by(), opened.run(TITLES)) == ([["made", "descending"]], ["Bar stool", "chair"])


def test_the_first_key_skips_to_the_plan_and_every_stop_can_be_seen(opened: Browser) -> None:
    opened.press("Tab")
    assert opened.run(FOCUS) == "Skip to the plan"
    assert opened.run("document.activeElement.getBoundingClientRect().x") >= 0
    for _ in range(40):
        outline = opened.run(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return [document.activeElement.tagName, s.outlineStyle, parseFloat(s.outlineWidth)]; })()"
        )
        if outline[0] == "BODY":
            break
        assert outline[1] != "none", outline
        assert outline[2] >= 2, outline
        opened.press("Tab")


def test_what_is_folded_opens_by_keys(opened: Browser) -> None:
    tab_to(opened, "Figures: Cash flow by period, undiscount")
    assert not opened.run("document.activeElement.parentElement.open")
    opened.press("Enter")
    assert opened.run("document.activeElement.parentElement.open")


@pytest.mark.parametrize("dark", [False, True])
def test_contrast_is_that_of_wcag_aa(opened: Browser, *, dark: bool) -> None:
    opened.show(dark=dark)
    opened.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    told = opened.run(CONTRAST)
    assert told["count"] > 300
    assert told["text"][0] >= 4.5, told["text"]
    assert told["shape"][0] >= 3.0, told["shape"]
    paper = opened.run("getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()")
    assert paper == ("#14171a" if dark else "#ffffff")


@pytest.mark.parametrize("width", [400, 1280])
def test_the_page_does_not_scroll_to_the_side(opened: Browser, width: int) -> None:
    opened.show(width=width)
    assert opened.run("document.documentElement.scrollWidth") == width
    narrowest = (
        "Math.min(...Array.from(document.querySelectorAll('#plan-table tbody th'), (c) => c.clientWidth))"
    )
    assert opened.run(narrowest) >= 100
    # What is wider scrolls on its own, by keys too.
    assert opened.run(
        "Array.from(document.querySelectorAll('.chart, .scroll'))"
        ".every((part) => part.scrollWidth <= part.clientWidth || part.tabIndex === 0)"
    )


def test_on_paper_it_is_light_and_has_no_controls(opened: Browser, tmp_path: Path) -> None:
    opened.show(dark=True, paper=True)
    paper = "getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()"
    assert opened.run(paper) == "#ffffff"
    for part in ("nav", "#controls", ".skip"):
        assert not opened.run(f"document.querySelector('{part}').checkVisibility()"), part
    assert opened.run("document.querySelector('#plan-table').checkVisibility()")
    opened.print(tmp_path / "plan.pdf")
    pages = (tmp_path / "plan.pdf").read_bytes().count(b"/Type /Page\n")
    assert 2 <= pages <= 8


def test_hostile_names_do_not_run(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "plan.html"
    file.write_text(page(pm.solve(portfolio(hostile), backend="highs"), {}), encoding="utf-8")
    browser.show()
    browser.open(file)
    assert len(browser.run(TITLES)) == 2
    browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    browser.run("document.querySelectorAll('a, [tabindex]').forEach((part) => part.focus())")
    assert browser.told == []
    assert browser.asked_for == [file.as_uri()]
    assert browser.run("document.scripts.length") == 1


def test_a_long_table_begins_with_a_part_and_shows_the_rest(
    browser: Browser, workshop: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines_module, "MOST_SHOWN", 1)
    file = tmp_path / "plan.html"
    file.write_text(page(workshop, {}), encoding="utf-8")
    browser.show()
    browser.open(file)
    assert browser.run(TITLES) == ["Bar stool"]
    assert browser.run(WORDS) == "2 lines, the first 1 in the table"
    tab_to(browser, "search")
    browser.type("chair")
    assert browser.run(TITLES) == ["chair"], "what is searched is found beyond the first part too"
    browser.press(*["Backspace"] * 5)
    tab_to(browser, "more")
    browser.press("Enter")
    assert browser.run(TITLES) == ["Bar stool", "chair"]
    assert browser.run(FOCUS).startswith("chair"), "the focus goes on to what was brought"
    assert browser.told == []
