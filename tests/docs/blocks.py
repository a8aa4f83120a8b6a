"""The blocks of a page of Markdown that a reader would copy, and the marks that say how to test them.

A mark is a comment that readers do not see, right before a block:

- ``<!-- test: not run -->``: the block is left out; `tests.docs.test_pages.NOT_RUN` lists it with its reason.
- ``<!-- test: slow -->``: the block is run by the slow test of its page only.
- ``<!-- test: exit 3 -->``: the commands end with this exit code.
- ``<!-- test: figures vary -->``: the figures of an output depend on the run; its words do not.
- ``<!-- test: type into FILE SHEET -->``: the table that follows is typed into a sheet of a workbook.
- ``<!-- test: sh`` and the lines up to ``-->``: commands that readers need not see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Kind = Literal["commands", "python", "file", "output", "table", "nothing"]

_FILES = ("csv", "json", "python", "text", "toml", "yaml")
_FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,})(?P<info>.*)$")
_MARK = re.compile(r"^<!-- test: (?P<word>not run|slow|exit|figures vary|type into)\b ?(?P<rest>.*?) ?-->$")
_HIDDEN = "<!-- test: sh"


@dataclass(frozen=True, slots=True)
class Block:
    """What a page shows in a fence, or in a table that is marked.

    Attributes
    ----------
    kind : str
        What the test does with it.
    text : str
        Its content.
    page : str
        The page, by its path in the repository.
    line : int
        Where it begins on the page, counted from 1.
    language, title : str
        As behind its fence; empty where there is none.
    marks : dict of str to str
        The marks before it and what they say.
    """

    kind: Kind
    text: str
    page: str
    line: int
    language: str
    title: str
    marks: dict[str, str]

    @property
    def slow(self) -> bool:
        """Whether only the slow test runs it."""
        return "slow" in self.marks

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.page}, line {self.line}"


def blocks(path: Path, page: str) -> list[Block]:
    """Return the blocks of a page in their order.

    Raises
    ------
    ValueError
        If the test would not know what to do with one.
    """
    return list(_blocks(path.read_text(encoding="utf-8").splitlines(), page))


def _blocks(lines: list[str], page: str) -> Iterator[Block]:
    marks: dict[str, str] = {}
    number = 0
    while number < len(lines):
        line = lines[number]
        begin = number + 1
        number += 1
        if line.startswith(_HIDDEN):
            end = lines.index("-->", number)
            yield Block("commands", "\n".join(lines[number:end]), page, begin, "sh", "", marks)
            marks, number = {}, end + 1
        elif mark := _MARK.match(line):
            marks = {**marks, mark["word"]: mark["rest"]}
        elif line.startswith("<!-- test:"):
            raise ValueError(f"{page}, line {begin}: there is no mark {line}")
        elif fence := _FENCE.match(line):
            end = next(place for place in range(number, len(lines)) if lines[place].strip() == fence["fence"])
            text = "\n".join(line.removeprefix(fence["indent"]) for line in lines[number:end])
            language, _, title = fence["info"].strip().partition(" ")
            yield _fenced(text, page, begin, language, title, marks)
            marks, number = {}, end + 1
        elif line.startswith("|") and "type into" in marks:
            end = next((place for place in range(number, len(lines)) if lines[place][:1] != "|"), len(lines))
            yield Block("table", "\n".join(lines[begin - 1 : end]), page, begin, "", "", marks)
            marks, number = {}, end
        elif line.strip() and marks:
            raise ValueError(f"{page}, line {begin}: a mark without a block")


def _fenced(text: str, page: str, line: int, language: str, title: str, marks: dict[str, str]) -> Block:
    title = title.removeprefix('title="').removesuffix('"')
    kind: Kind
    if "not run" in marks:
        kind = "nothing"
    elif title and language in _FILES:
        kind = "file"
    elif language == "sh" and not title:
        kind = "commands"
    elif language == "python":
        kind = "python"
    elif language == "text":
        kind = "output"
    else:
        raise ValueError(
            f"{page}, line {line}: a block of '{language}' that no test runs: mark it, or name its file"
        )
    return Block(kind, text, page, line, language, title, marks)
