"""A script in cells becomes a notebook and a page, both with the outputs that running it gives.

Cells begin with ``# %%`` (Python) or ``# %% [markdown]``; what stands before the first is not shown.
"""

from __future__ import annotations

import ast
import base64
import io
import json
import os
import re
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOLDER = Path(__file__).parents[2] / "docs" / "tutorial"
SOURCE = FOLDER / "ten_calls.py"
NOTEBOOK = FOLDER / "ten-calls.ipynb"
PAGE = FOLDER / "ten-calls.md"

_STYLE = re.compile(r"<style.*?</style>\s*", re.DOTALL)


@dataclass(frozen=True)
class Cell:
    kind: str
    text: str


@dataclass(frozen=True)
class Output:
    """What a cell shows: what it prints, and its last expression in the formats that it offers."""

    printed: str
    shown: dict[str, str]


def cells(source: str) -> list[Cell]:
    found = []
    for part in re.split(r"^# %%", source, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        if head.strip() == "[markdown]":
            text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in body.strip().splitlines())
            found.append(Cell("markdown", text))
        else:
            found.append(Cell("code", body.strip()))
    return found


def run(source: Sequence[Cell], folder: Path) -> list[Output]:
    """Run the cells one after the other in a folder, as a notebook would."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with _within(folder):
        return [_run(cell, names) for cell in source if cell.kind == "code"]


def _run(cell: Cell, names: dict[str, Any]) -> Output:
    tree = ast.parse(cell.text)
    *rest, last = tree.body
    printed = io.StringIO()
    with redirect_stdout(printed):
        if not isinstance(last, ast.Expr):
            exec(compile(tree, "cell", "exec"), names)  # noqa: S102
            return Output(printed.getvalue(), {})
        exec(compile(ast.Module(rest, []), "cell", "exec"), names)  # noqa: S102
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
    return Output(printed.getvalue(), {} if value is None else _shown(value))


def _shown(value: object) -> dict[str, str]:
    shown = {}
    png = getattr(value, "_repr_png_", None)
    html = getattr(value, "_repr_html_", None)
    if png is not None:
        shown["image/png"] = base64.b64encode(png()).decode()
    elif html is not None:
        shown["text/html"] = html()
    answers = png is None and hasattr(value, "_repr_pretty_")
    shown["text/plain"] = str(value) if answers else repr(value)
    return shown


def notebook(source: Sequence[Cell], outputs: Sequence[Output]) -> str:
    """Return the notebook in the format of Jupyter, version 4.5."""
    told, number, made = iter(outputs), 0, []
    for place, cell in enumerate(source):
        common: dict[str, Any] = {
            "id": f"cell-{place}", "cell_type": cell.kind, "metadata": {}, "source": _lines(cell.text)
        }  # fmt: skip
        if cell.kind == "code":
            number += 1
            common |= {"execution_count": number, "outputs": _outputs(next(told), number)}
        made.append(common)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    whole = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _outputs(output: Output, number: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if output.printed:
        found.append({"output_type": "stream", "name": "stdout", "text": _lines(output.printed)})
    if output.shown:
        data = {kind: text if kind == "image/png" else _lines(text) for kind, text in output.shown.items()}
        found.append(
            {"output_type": "execute_result", "execution_count": number, "metadata": {}, "data": data}
        )
    return found


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def page(source: Sequence[Cell], outputs: Sequence[Output]) -> tuple[str, dict[str, bytes]]:
    """Return the page as Markdown, and its pictures by the name of their files."""
    told = iter(outputs)
    parts: list[str] = []
    pictures: dict[str, bytes] = {}
    for cell in source:
        if cell.kind == "markdown":
            parts.append(cell.text)
            continue
        parts.append(f"```python\n{cell.text}\n```")
        output = next(told)
        if output.printed:
            parts.append(f"```text\n{output.printed.rstrip()}\n```")
        if "image/png" in output.shown:
            name = f"{PAGE.stem}-{len(pictures) + 1}.png"
            pictures[name] = base64.b64decode(output.shown["image/png"])
            parts.append(f"![{_alternative(cell.text)}]({name})")
        elif "text/html" in output.shown:
            parts.append(without_style(output.shown["text/html"]))
    return "\n\n".join(parts) + "\n", pictures


def without_style(html: str) -> str:
    """Return HTML as a page takes it: the site has a style of its own, and others would show it as text."""
    plain = _STYLE.sub("", html).replace(' class="n"', ' align="right"')
    plain = plain.replace(' border="1" class="dataframe"', "")
    return re.sub(r"\n\s*\n", "\n", plain.strip())


def _alternative(code: str) -> str:
    return f"the picture that {code.splitlines()[-1]} draws"


@contextmanager
def _within(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
