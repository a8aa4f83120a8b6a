"""A document as text and as Markdown."""

from __future__ import annotations

import re
from html import unescape

import pytest

from prodmode.document.blocks import Bullets, Document, Facts, Heading, Paragraph, Table
from prodmode.document.html import html
from prodmode.document.markdown import markdown
from prodmode.document.page import Page
from prodmode.document.text import text

DOCUMENT = Document(
    "Oak tables",
    (
        Paragraph("They are bought from 'mill' since the press is full in every quarter of the year."),
        Heading("What it takes"),
        Facts((("price", "14.20 EUR"), ("loss", "118,000 EUR"))),
        Bullets(("The press is full.", "The mill is not.")),
        Table(("line", "units"), (("oak", "1,200"),), ("<", ">"), caption="By line"),
    ),
)


def test_text_fits_the_page() -> None:
    written = text(DOCUMENT, Page(width=40))
    assert max(len(line) for line in written.splitlines()) <= 40
    assert written.splitlines()[0] == "Oak tables"
    assert "  price  14.20 EUR" in written
    assert "  - The press is full." in written
    assert "line  units\noak   1,200" in written


def test_markdown_has_the_same_parts() -> None:
    written = markdown(DOCUMENT)
    assert written.startswith("# Oak tables\n\nThey are bought")
    assert "\n## What it takes\n" in written
    assert "- **price:** 14.20 EUR" in written
    assert "| line | units |\n| :--- | ---: |\n| oak | 1,200 |" in written


@pytest.mark.parametrize("name", ["<script>", "a|b", "*bold*", "[x](http://y)", "`code`", "# no", "a\nb"])
def test_a_hostile_name_is_no_markup(name: str) -> None:
    document = Document(name, (Paragraph(name), Bullets((name,)), Table(("line",), ((name,),))))
    for line in markdown(document).splitlines():
        stripped = line.replace("\\\\", "")
        for mark in "<>|*[]`":
            stray = stripped.replace(f"\\{mark}", "")
            assert mark not in stray or (mark == "|" and line.startswith("|") and stray.count("|") == 2)
    assert "\x1b" not in text(document, Page())


@pytest.mark.parametrize("name", ["<script>", "\"x\" onload='y'", "a&lt;b", "</td><b>", "]]>", "a\x00b"])
def test_a_hostile_name_is_no_html(name: str) -> None:
    written = html(Document(name, (*_named(name), Table((name,), ((name,),), caption=name))))
    plainly = html(Document("x", (*_named("x"), Table(("x",), (("x",),), caption="x"))))
    marks = re.compile(r"<[^>]*>")
    assert [mark.split()[0] for mark in marks.findall(written)] == [
        mark.split()[0] for mark in marks.findall(plainly)
    ]
    shown = name.replace("\x00", "?")
    assert unescape(marks.sub("", written)).count(shown) == 9


def _named(name: str) -> tuple[Heading | Paragraph | Facts | Bullets, ...]:
    return Heading(name), Paragraph(name), Facts(((name, name),)), Bullets((name,))


def test_html_folds_a_long_table_and_keeps_the_order_of_headings() -> None:
    table = Table(("line", "units"), tuple((f"{row}", "1") for row in range(30)), ("<", ">"), caption="All")
    written = html(Document("Stools", (Heading("Part", 2), table)), 3)
    assert "<h3>Stools</h3>" in written
    assert "<h5>Part</h5>" in written
    assert "<details><summary>All: 30 rows</summary>" in written
    assert '<td>29</td><td class="n">1</td>' in written


@pytest.mark.parametrize("start", ["1. June", "- minus", "+5 %", "2) two"])
def test_a_paragraph_never_begins_a_list(start: str) -> None:
    line = markdown(Document("x", (Paragraph(start),))).splitlines()[-1]
    assert "\\" in line[:3]


def test_a_document_within_another_keeps_its_order_of_headings() -> None:
    blocks = DOCUMENT.under()
    assert blocks[0] == Heading("Oak tables", 1)
    assert Heading("What it takes", 2) in blocks
