"""Help, version and a wrong command line."""

from __future__ import annotations

import importlib
import re
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from prodmode.cli.main import COMMANDS

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_help_lists_every_command(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    assert done.stderr == ""
    for name, help_text in COMMANDS.items():
        assert re.search(rf"^  {name}\s+{re.escape(help_text)}$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_command_says(name: str) -> None:
    command = importlib.import_module(f"prodmode.cli.{name.replace('-', '_')}").command
    assert command.name == name
    assert (command.help or "").splitlines()[0] == COMMANDS[name]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(run: Run, name: str) -> None:
    done = run(name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: prodmode {name} ")
    assert "\\b" not in done.stdout
    assert done.stderr == ""


def test_version(run: Run) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"prodmode {version('prodmode')}")


def test_an_unknown_command_is_a_usage_error_with_the_nearest_name(run: Run) -> None:
    done = run("slove", "somewhere")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Did you mean 'solve'?" in done.stderr


def test_an_unknown_command_like_no_other_gets_the_list(run: Run) -> None:
    done = run("zzzzzz")
    assert done.returncode == 2
    assert "new, check, solve" in done.stderr


@pytest.mark.parametrize(
    "args",
    [
        ["solve", "somewhere", "--time-limits", "3"],
        ["solve", "somewhere", "--time-limit", "soon"],
        ["solve", "somewhere", "--time-limit", "0"],
        ["solve", "somewhere", "--gap", "nan"],
        ["solve", "somewhere", "--gap", "-1"],
        ["solve", "somewhere", "--threads", "0"],
        ["solve"],
        ["generate", "--lines", "0", "--periods", "4", "somewhere"],
        ["--nonsense"],
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_a_usage_error(run: Run, args: list[str]) -> None:
    done = run(*args)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr
