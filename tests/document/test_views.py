"""A document as text and as Markdown."""

from __future__ import annotations

import pytest

from prodmode.document.blocks import Bullets, Document, Facts, Heading, Paragraph, Table
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


@pytest.mark.parametrize("start", ["1. June", "- minus", "+5 %", "2) two"])
def test_a_paragraph_never_begins_a_list(start: str) -> None:
    line = markdown(Document("x", (Paragraph(start),))).splitlines()[-1]
    assert "\\" in line[:3]


def test_a_document_within_another_keeps_its_order_of_headings() -> None:
    blocks = DOCUMENT.under()
    assert blocks[0] == Heading("Oak tables", 1)
    assert Heading("What it takes", 2) in blocks
