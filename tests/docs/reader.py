"""A reader who does everything that a page says, in its order."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl

from prodmode.cli.main import group

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.docs.blocks import Block

# What differs from run to run and from machine to machine: seconds, solvers and their versions.
_VARYING = (
    (re.compile(r"\d+(\.\d+)?( s\b| seconds\b)"), r"#\2"),
    (re.compile(r"\b(HiGHS|CBC|SciPy|OR-Tools) \d[\w.]*"), r"\1 #"),
    (re.compile(r"preferred to [a-z0-9-]+(,\s+[a-z0-9-]+)*"), "preferred to others"),
)
_FIGURE = re.compile(r"-?\d[\d,.]*")


class Reader:
    """Goes through the blocks of one page in a folder of its own.

    Commands of prodmode run in this process, by its own command line, on real files: exit codes, streams
    and signals of real processes are what tests/cli is for. Any other command runs in a real shell, and so
    does all of its block.

    Parameters
    ----------
    folder : Path
        Where the page is read; it must be the current folder of the process.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.shown = ""

    def read(self, blocks: Sequence[Block]) -> None:
        """Do what the blocks say.

        Raises
        ------
        AssertionError
            Where a command ends with another exit code than it should, or an output is not the one shown.
        """
        actions: dict[str, Callable[[Block], None]] = {
            "commands": self._run,
            "python": self._execute,
            "file": self._write,
            "output": self._compare,
            "table": self._type,
        }
        for block in blocks:
            if block.kind != "nothing":
                actions[block.kind](block)

    def _run(self, block: Block) -> None:
        commands = _plain_commands(block.text)
        code, self.shown = _in_a_shell(block.text) if commands is None else _in_process(commands)
        expected = int(block.marks.get("exit", 0))
        assert code == expected, f"{block.place}: exit code {code}, not {expected}\n{self.shown}"

    def _execute(self, block: Block) -> None:
        printed = io.StringIO()
        # as many lines before it as on the page, so that a traceback names the line
        code = compile("\n" * block.line + block.text, block.page, "exec")
        with redirect_stdout(printed):
            exec(code, self.names)  # noqa: S102
        self.shown = printed.getvalue()

    def _write(self, block: Block) -> None:
        file = self.folder / block.title
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{block.text}\n", encoding="utf-8")

    def _compare(self, block: Block) -> None:
        wanted, got = _steady(block.text), _steady(self.shown)
        if "figures vary" in block.marks:
            wanted, got = _FIGURE.sub("#", wanted), _FIGURE.sub("#", got)
        same = OutputChecker().check_output(f"{wanted}\n", f"{got}\n", ELLIPSIS | NORMALIZE_WHITESPACE)
        assert same, f"{block.place}: shown is\n{block.text}\nbut it is\n{self.shown}"

    def _type(self, block: Block) -> None:
        name, table = block.marks["type into"].split()
        book = openpyxl.load_workbook(self.folder / name)
        sheet = book[table]
        header, *rows = (
            [cell.strip() for cell in line.strip("|").split("|")] for line in block.text.splitlines()
        )
        columns = {str(cell.value): cell.column for cell in sheet[_header_row(sheet, header)]}
        at = _header_row(sheet, header) + 1
        if table != "settings":  # the rows of the example go
            sheet.delete_rows(at, sheet.max_row)
        for number, row in enumerate(rows[1:]):
            for column, text in zip(header, row, strict=True):
                sheet.cell(at + number, columns[column], _typed(text))
        book.save(self.folder / name)


def _header_row(sheet: Any, header: list[str]) -> int:
    for row in sheet.iter_rows(max_row=20):
        if {str(cell.value) for cell in row} >= set(header):
            return int(row[0].row)
    raise AssertionError(f"the sheet '{sheet.title}' has no columns {', '.join(header)}")


def _typed(text: str) -> float | str | None:
    """Return what Excel makes of what is typed."""
    try:
        return float(text) if text else None
    except ValueError:
        return text


def _plain_commands(text: str) -> list[list[str]] | None:
    """Return the arguments of each command, None where one is not prodmode's alone."""
    commands = []
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.wordchars += "=.*+:,"
        words = list(lexer)
        if any(set(word) <= set("();<>|&") for word in words) or (words and words[0] != "prodmode"):
            return None
        commands += [shlex.split(line, comments=True)[1:]] if words else []
    return commands


def _in_process(commands: list[list[str]]) -> tuple[int, str]:
    shown = io.BytesIO()
    stream = io.TextIOWrapper(shown, encoding="utf-8", write_through=True)
    code = 0
    with redirect_stdout(stream), redirect_stderr(stream):
        for arguments in commands:
            try:
                group.main(arguments, prog_name="prodmode")
            except SystemExit as end:
                code = int(end.code or 0)
            if code:
                break
    return code, shown.getvalue().decode()


def _in_a_shell(text: str) -> tuple[int, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],  # noqa: S607
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=600,
        env={**os.environ, "PATH": path},
    )  # fmt: skip
    return done.returncode, done.stdout


def _steady(text: str) -> str:
    for varying, steady in _VARYING:
        text = varying.sub(steady, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
