"""The site: its reference covers what there is, it builds without a warning, and fetches nothing."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import prodmode as pm
from prodmode.backends.contract import Status
from prodmode.cli.codes import ExitCode
from prodmode.cli.main import COMMANDS
from prodmode.explain.questions import QUESTIONS
from prodmode.instance.fields import TABLES, columns
from site_pages import commands, python, statuses, tables
from tests.report.browser import CHROMIUM, Browser

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

# What makes a browser fetch something; a link that waits for a click does not.
_FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*?\b(?:src|srcset|data)\s*=\s*["']?(?P<source>[^"'\s>]+)"""
    r"""|<link\b(?=[^>]*\brel\s*=\s*["']?(?:stylesheet|preconnect|preload|icon|dns-prefetch|manifest))[^>]*?\bhref\s*=\s*["']?(?P<link>[^"'\s>]+)"""
    r"""|(?:url\(|@import\s)\s*["']?(?P<style>[^"')\s]+)""",
    flags=re.IGNORECASE,
)


@pytest.mark.parametrize("table", ["settings", *TABLES])
def test_every_column_is_in_the_reference_of_tables(table: str) -> None:
    (section,) = re.findall(rf"^## {table}\n(.*?)(?=^## |\Z)", tables.page(), flags=re.MULTILINE | re.DOTALL)
    rows = re.findall(
        r"^\| (?!column|---)([^|]+?) \| ([^|]+?) \| ([^|]*?) ?\| (.+) \|$", section, flags=re.MULTILINE
    )
    named = [(name.replace(" (*key*)", "").strip("*"), name.startswith("**")) for name, *_ in rows]
    assert named == [(column.name, column.required) for column in columns(table)]
    assert all(
        html.escape(column.meaning, quote=False) in row[3]
        for column, row in zip(columns(table), rows, strict=True)
    )


def test_a_column_says_its_type_range_and_default() -> None:
    page = tables.page()
    assert "| **yield" not in page
    assert "| yield | number, > 0, ≤ 1 | `1` | good units per unit made (share) |" in page
    assert "| **line** | a name of [lines.line](#lines) |  | the line it makes |" in page


def test_every_command_is_in_the_reference_with_its_options() -> None:
    page = commands.page()
    for name in COMMANDS:
        assert f"## prodmode {name}\n\n```text\nUsage: prodmode {name}" in page
    assert "--time-limit S" in page


def test_every_status_and_exit_code_is_in_the_reference() -> None:
    page = statuses.page()
    assert all(f"| `{status.value}` | " in page for status in Status)
    assert all(re.search(rf"^\| {code.value} \| \w.+ \|$", page, flags=re.MULTILINE) for code in ExitCode)


def test_every_public_name_is_in_the_reference_of_python() -> None:
    pages = "\n".join(python.pages().values())
    told = {name.rpartition(".")[2] for name in re.findall(r"^::: (\S+)$", pages, flags=re.MULTILINE)}
    assert set(pm.__all__) - told == set(python.RECORDS)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_on_the_page_about_questions(question: str) -> None:
    assert f"`--{question}`" in (ROOT / "docs" / "how-to" / "explain.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "fetched"),
    [
        ('<script src="https://cdn.example/x.js">', ["https://cdn.example/x.js"]),
        ("<link href=//fonts.example/a.css rel=stylesheet>", ["//fonts.example/a.css"]),
        (
            "<style>@import 'https://fonts.example'; b { background: url(a.png) }</style>",
            ["https://fonts.example", "a.png"],
        ),
        ('<a href="https://example.org">a link</a>', []),
    ],
)
def test_what_a_page_fetches_is_found(page: str, fetched: list[str]) -> None:
    assert list(fetched_by(page)) == fetched


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site as built anew, each warning being an error."""
    pytest.importorskip("mkdocs", reason="mkdocs is not installed")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
def test_no_page_of_the_site_asks_for_anything_of_other_machines(site: Path) -> None:
    pages = [path for path in site.rglob("*") if path.suffix in {".html", ".css"}]
    assert len(pages) > 15
    fetched = {
        (path.name, address)
        for path in pages
        for address in fetched_by(path.read_text(encoding="utf-8"))
        if re.match(r"(\w+:)?//", address)
    }
    assert fetched == set()


@pytest.mark.slow
def test_formulas_are_mathematics_in_the_site(site: Path) -> None:
    page = (site / "reference" / "formulation.html").read_text(encoding="utf-8")
    assert page.count("<math") > 100
    assert not re.search(r"formula\d{4}here|\$", page.partition("<article")[2].partition("</article>")[0])


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_the_site_is_read_and_searched_from_the_disk(site: Path, tmp_path: Path) -> None:
    with Browser(tmp_path) as browser:
        for name in ("index.html", "reference/formulation.html", "how-to/explain.html"):
            browser.open(site / name)
            assert browser.told == []
        browser.run("document.querySelector('.md-search__input').focus()")
        browser.type("overtime")
        count = "document.querySelectorAll('.md-search-result__item').length"
        wait = f"const look = () => {count} ? done({count}) : setTimeout(look, 50); look()"
        found = browser.run(f"new Promise(done => {{ {wait} }})")
        assert found > 3
        assert browser.told == []
        assert [address for address in browser.asked_for if not address.startswith(("file:", "data:"))] == []


def fetched_by(page: str) -> Iterator[str]:
    """Yield the addresses that a page has fetched when it is opened."""
    for found in _FETCHED.finditer(page):
        yield html.unescape(next(address for address in found.groups() if address is not None))
