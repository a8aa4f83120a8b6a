"""Places in flat arrays against numpy's own indexing, and blocks joined into a program."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from prodmode.formulation import compressed
from prodmode.formulation.blocks import Builder
from prodmode.formulation.places import Places

KINDS = ("scenario", "option", "period")


@settings(max_examples=100, deadline=None)
@given(mask=hnp.arrays(bool, hnp.array_shapes(min_dims=3, max_dims=3, max_side=4)))
def test_places_are_what_numpy_finds(mask: np.ndarray[tuple[int, int, int], np.dtype[np.bool_]]) -> None:
    places = Places.where(KINDS, mask)
    where = np.nonzero(mask)
    values = np.arange(mask.size).reshape(mask.shape) * 3
    for kind, positions in zip(KINDS, where, strict=True):
        assert np.array_equal(places[kind], positions)
        assert np.array_equal(places.packed()[kind], positions)
    assert places.size == len(places.rows) == len(where[0])
    assert np.array_equal(places.take(values), values[where])
    assert np.array_equal(places.take(values[0]), values[0][where[1:]])
    assert np.array_equal(places.take(np.broadcast_to(values[:1], mask.shape)), values[0][where[1:]])
    assert np.array_equal(places.numbered()[where], places.rows)
    assert (places.numbered()[~mask] == -1).all()


def test_unknown_kind() -> None:
    places = Places.where(KINDS, np.ones((1, 1, 1), dtype=bool))
    assert "line" not in places
    assert list(places) == list(KINDS)
    with pytest.raises(KeyError, match="line"):
        places["line"]


def test_blocks_are_joined() -> None:
    builder = Builder()
    keys = {"option": np.arange(3)}
    x = builder.add_columns("x", keys, "", upper=1, integer=True)
    y = builder.add_columns("y", keys, "", lower=[-1, -2, -3])
    nothing = builder.add_columns("z", {"option": np.arange(0)}, "")
    rows = np.arange(3)
    builder.add_rows("a", keys, "", [(rows, x, 2.0), (rows, y, [1.0, 0.0, -1.0])], upper=[4, 5, 6])
    builder.add_rows("b", {"line": np.arange(1)}, "", [(0, np.where(x == 1, -1, x), 1.0)], lower=7)
    builder.add_cost(x, [1.0, 2.0, 3.0])
    builder.add_cost(np.array([-1, 3, 5], dtype=np.int32), [9.0, 10.0, 20.0])
    builder.add_cost(x, 1.0)
    assert nothing.size == 0
    mip = builder.mip()
    assert mip.faults() == []
    assert mip.matrix.toarray().tolist() == [
        [2, 0, 0, 1, 0, 0],
        [0, 2, 0, 0, 0, 0],
        [0, 0, 2, 0, 0, -1],
        [1, 0, 1, 0, 0, 0],
    ]
    assert mip.matrix.nnz == 7
    assert mip.matrix.has_canonical_format
    assert mip.cost.tolist() == [2, 3, 4, 10, 0, 20]
    assert mip.row_lower.tolist() == [-np.inf, -np.inf, -np.inf, 7]
    assert mip.row_upper.tolist() == [4, 5, 6, np.inf]
    assert mip.lower.tolist() == [0, 0, 0, -1, -2, -3]
    assert mip.upper.tolist() == [1, 1, 1, np.inf, np.inf, np.inf]
    assert mip.integer.tolist() == [True] * 3 + [False] * 3


def test_rows_of_one_entry_each_are_as_sorted_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries side by side, in chunks with a rest, against the same entries with their rows spelt out."""
    monkeypatch.setattr(compressed, "CHUNK", 4)
    keys = {"option": np.arange(11)}
    for missing in (False, True):
        side_by_side, sorted_ones = Builder(), Builder()
        for builder, rows in ((side_by_side, None), (sorted_ones, np.arange(11))):
            random = np.random.default_rng(7)
            x, y = (builder.add_columns(name, keys, "") for name in ("x", "y"))
            some = np.where(random.random(11) < 0.5, -1, x) if missing else x
            values = random.integers(0 if missing else 1, 3, 11).astype(float)
            builder.add_rows("a", keys, "", [(rows, some, 2.0), (rows, y, values)])
        found, expected = side_by_side.mip().matrix, sorted_ones.mip().matrix
        assert found.has_canonical_format
        assert found.nnz == expected.nnz == (22 if not missing else np.count_nonzero(expected.toarray()))
        assert np.array_equal(found.toarray(), expected.toarray())


def test_nothing_at_all() -> None:
    mip = Builder().mip()
    assert mip.shape == (0, 0)
    assert mip.faults() == []
