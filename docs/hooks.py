"""What mkdocs calls while it builds the site: it makes the reference and the example from the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs.structure.files import File

from site_pages import commands, example, formulation, python, statuses, tables

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

_MATHEMATICS = formulation.Mathematics()


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages and files that are made and not written."""
    made: dict[str, str] = {
        "reference/tables.md": tables.page(),
        "reference/commands.md": commands.page(),
        "reference/statuses.md": statuses.page(),
        **python.pages(),
        **formulation.files(),
        **example.files(),
    }
    for name, content in made.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Take the formulas out before Markdown reads them."""
    return _MATHEMATICS.take_out(markdown) if page.file.src_uri == formulation.PAGE else markdown


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Put the formulas in as MathML, which browsers show without a script."""
    return _MATHEMATICS.put_in(html) if page.file.src_uri == formulation.PAGE else html
