"""Every row and column has a name and a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import prodmode as pm
from prodmode.formulation import Formulation, formulate

from .portfolios import CASES


@pytest.fixture(scope="module")
def furniture() -> Formulation:
    return formulate(pm.load(Path(__file__).parents[2] / "instances" / "furniture"))


def sentences(formulation: Formulation) -> list[str]:
    return [
        formulation.names.sentence(block, position)
        for block in (*formulation.column_blocks, *formulation.row_blocks)
        for position in range(block.size)
    ]


def test_names_are_unique_and_as_many_as_there_are_rows_and_columns(furniture: Formulation) -> None:
    rows, columns = furniture.names.rows(), furniture.names.columns()
    assert (len(rows), len(columns)) == furniture.mip.shape
    assert len(set(rows)) == len(rows)
    assert len(set(columns)) == len(columns)


def test_blocks_cover_rows_and_columns_without_a_gap(furniture: Formulation) -> None:
    for blocks, size in zip(
        (furniture.row_blocks, furniture.column_blocks), furniture.mip.shape, strict=True
    ):
        place = 0
        for block in blocks:
            assert block.start == place
            assert {len(positions) for positions in block.keys.values()} == {block.size}
            place += block.size
        assert place == size


@pytest.mark.parametrize("case", ["furniture", *CASES])
def test_sentences_are_whole(case: str, furniture: Formulation) -> None:
    formulation = furniture if case == "furniture" else formulate(CASES[case]())
    for sentence in sentences(formulation):
        assert not re.search(r"[{}_@]|  |, $|\bin ?,| ,|''", sentence), sentence


def test_wording() -> None:
    found = {name: set(sentences(formulate(CASES[name]()))) for name in CASES}
    assert "'new' starts in 2" in found["switching"]
    assert "units of 'mass' made in the past and sold in 2" in found["facility_location"]
    assert "units of 'mass' made in 1 for sale then or later" in found["facility_location"]
    assert "the tier from 40 units of 'bought' is reached in 1" in found["tiers_all_units"]
    assert "use of 'press' in 2 within its capacity" in found["capacity"]
    assert "the least share of limit 'revenue-of-seats' in the whole horizon" in found["limits"]
    assert "the greatest share of limit 'spend-outside' in 2" in found["limits"]
    assert "units of 'mass' sold in 1 within its market, in scenario 'storm'" in found["scenarios"]
    assert "the maximum of limit 'few-lines' in 1" in found["scenarios"]


def test_labels_leave_out_what_is_blank() -> None:
    formulation = formulate(CASES["facility_location"]())
    names = formulation.names
    block = next(block for block in formulation.column_blocks if block.family == "serves")
    labels = [names.labels(block, position) for position in range(block.size)]
    assert {"scenario": "base", "option": "mass", "made_in": "1", "period": "2"} in labels
    assert {"scenario": "base", "option": "mass", "period": "2"} in labels
    assert "serves[mass,initial,2]" in names.columns()
    assert "serves[mass,1,2]" in names.columns()
