"""Results to stdout, messages to stderr, the same way for every command."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from prodmode.document.markdown import markdown
from prodmode.document.page import Page
from prodmode.io.atomic import atomic_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from prodmode.document.blocks import Document
    from prodmode.errors import Issue

Command = TypeVar("Command", bound="Callable[..., Any]")

PIPED_WIDTH = 110
"""Columns of a text that goes to a file or another program."""

NARROWEST = 20
"""Columns below which text is set as for so many."""


def json_option(command: Command) -> Command:
    """Add ``--json`` to a command."""
    option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
    return option(command)


def emit(text: str) -> None:
    """Write a result to stdout as text."""
    _write([text.encode(sys.stdout.encoding or "utf-8", errors="backslashreplace")])


def emit_json(value: object) -> None:
    """Write a result to stdout as strict JSON in UTF-8."""
    _write([to_json(value).encode("utf-8", errors="backslashreplace")])


def emit_pieces(pieces: Iterable[bytes]) -> None:
    """Write a result to stdout that comes in pieces of UTF-8."""
    _write(pieces)


def to_json(value: object) -> str:
    """Return strict JSON: no NaN, no infinity, an indent of two."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)


def note(text: str) -> None:
    """Write a message to stderr."""
    click.echo(text, err=True)


def write_markdown(document: Document, file: Path) -> None:
    """Write a document as Markdown; the file appears whole or not at all."""
    with atomic_file(file) as target:
        target.write_text(markdown(document) + "\n", encoding="utf-8", newline="\n")


def page(stream: TextIO) -> Page:
    """Return the page to set text on for a stream: its width, and whether it takes colour."""
    encoding = stream.encoding or "utf-8"
    if not stream.isatty():
        return Page(width=PIPED_WIDTH, colour=False, encoding=encoding)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Page(width=_columns(stream), colour=not plain, encoding=encoding, terminal=True)


def _columns(stream: TextIO) -> int:
    stated = os.environ.get("COLUMNS", "")
    if stated.isdecimal() and int(stated) > 0:
        return max(int(stated), NARROWEST)
    try:
        # Of this stream, not of stdout: the other may go to a file.
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        columns = 0
    return max(columns, NARROWEST) if columns else PIPED_WIDTH


def issue_dicts(issues: Iterable[Issue]) -> list[dict[str, Any]]:
    """Return issues as JSON objects, each with its place spread out."""
    return [
        {
            "message": issue.message,
            "table": issue.table,
            "file": issue.place.file,
            "sheet": issue.place.sheet,
            "row": issue.place.row,
            "column": issue.place.column,
            "key": issue.place.key,
            "hint": issue.hint,
            "code": issue.code,
            "severity": issue.severity,
        }
        for issue in issues
    ]


def _write(pieces: Iterable[bytes]) -> None:
    # A reader that has gone away (| head) is no fault: the rest is dropped and the exit code stays.
    try:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
