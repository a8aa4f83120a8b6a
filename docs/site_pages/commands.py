"""The reference of commands, from their own help."""

from __future__ import annotations

import click
from click.testing import CliRunner

from prodmode.cli.main import COMMANDS, group

INTRODUCTION = """\
# Commands

What each command says with `--help`. Results go to stdout; progress and messages to stderr. With `--json` a
command prints one object and nothing else. [Statuses and exit codes](statuses.md) are the same for all.
"""

WIDTH = 100


def page() -> str:
    """Return the page as Markdown."""
    parts = [INTRODUCTION, _section("prodmode", [])]
    parts += [_section(f"prodmode {name}", [name]) for name in COMMANDS]
    return "\n\n".join(parts) + "\n"


def _section(title: str, arguments: list[str]) -> str:
    shown = CliRunner().invoke(
        group, [*arguments, "--help"], prog_name="prodmode", terminal_width=WIDTH, max_content_width=WIDTH
    )
    if shown.exit_code != 0:
        raise click.ClickException(f"'{title} --help' failed: {shown.output}")
    return f"## {title}\n\n```text\n{shown.output.rstrip()}\n```"
