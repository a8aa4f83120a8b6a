"""The names in the mathematics are those of the code and of the tables."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import prodmode as pm
from prodmode.formulation import formulate
from prodmode.formulation.columns import Columns
from prodmode.formulation.constants import Constants
from prodmode.instance.fields import TABLES, columns
from prodmode.instance.scenarios import Effective

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "models" / "FORMULATION.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`]+)`")


def rows(heading: str) -> list[list[str]]:
    section = TEXT.split(f"### {heading}\n")[1].split("\n#")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_decisions_are_columns() -> None:
    known = {field.name for field in dataclasses.fields(Columns)}
    named = {name for row in rows("Decisions") for name in CODE.findall(row[-1])}
    assert named <= known
    assert known - named == {"serve_option", "serve_from", "serve_to"}


def test_data_are_constants() -> None:
    known = set(dir(Constants)) | {field.name for field in dataclasses.fields(Effective)}
    assert {name for row in rows("Data") for name in CODE.findall(row[-1])} <= known


def test_data_are_in_the_tables() -> None:
    fields = {f"{table}.{column.name}" for table in ("settings", *TABLES) for column in columns(table)}
    assert {name for row in rows("Data") for name in CODE.findall(row[-2])} <= fields


def test_rows_are_named() -> None:
    """Every family of rows of the largest example is in the text."""
    blocks = formulate(pm.load(ROOT / "instances" / "furniture")).row_blocks
    assert {block.family for block in blocks} <= set(CODE.findall(TEXT))
