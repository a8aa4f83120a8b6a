"""Rows of one block in compressed form, and the blocks joined into one sparse matrix.

The rows of a block are next to each other in the matrix, so each block is sorted alone, as soon as it is
known: entries are never held twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

Entries = tuple["ArrayLike | None", "NDArray[np.int32]", "ArrayLike"]
"""Rows (positions within the block), columns and coefficients; a column of -1 stands for no column.

Rows of None say that there is one entry for each row, in order.
"""


CHUNK = 1 << 15
"""Rows that are put side by side at a time: as many as stay in a processor's cache."""


@dataclass(frozen=True, slots=True)
class Compressed:
    """Rows of one block.

    Attributes
    ----------
    ends : ndarray, shape (size,), or int
        Where each row ends among the entries of the block; one number where all rows have as many.
    indices : ndarray
        Columns, row by row.
    data : ndarray
        Coefficients, row by row.
    """

    ends: NDArray[np.integer] | int
    indices: NDArray[np.int32]
    data: NDArray[np.float64]


def compressed(size: int, width: int, entries: Sequence[Entries]) -> Compressed:
    """Sort the entries of a block by row.

    Parameters
    ----------
    size, width : int
        Number of rows of the block and of columns of the program.
    entries : list of (rows, columns, coefficients)
        Arrays broadcast against each other. Entries without a column or with a coefficient of zero are
        dropped, those of one row and column are added up.
    """
    if all(rows is None for rows, _, _ in entries):
        return _side_by_side(size, entries)
    if size == 1:
        return _one_row(entries)
    parts: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]] = []
    for rows, columns, values in entries:
        where, value, keep = _read(columns, values)
        row = np.arange(size, dtype=np.int32) if rows is None else np.asarray(rows, dtype=np.int32)
        row, value = np.broadcast_to(row, where.shape), np.broadcast_to(value, where.shape)
        if keep.all():
            parts.append((row.ravel(), where.ravel(), value.ravel()))
        else:
            parts.append((row[keep], where[keep], value[keep]))
    row, where, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    del parts
    # Families list their entries in the order of columns, so that rows come out sorted at once.
    matrix = coo_array((value, (row, where)), shape=(size, width)).tocsr()
    return Compressed(matrix.indptr[1:], matrix.indices, matrix.data)


def joined(blocks: list[Compressed], height: int, width: int) -> csr_array[np.float64]:
    """Join blocks of rows into one matrix, giving up each block on the way.

    Parameters
    ----------
    blocks : list of Compressed
        All rows, in order; empty afterwards.
    height, width : int
        Shape of the matrix.
    """
    count = sum(block.indices.size for block in blocks)
    indices, data = np.empty(count, dtype=np.int32), np.empty(count)
    starts = np.zeros(height + 1, dtype=_index_type(count))
    row = end = 0
    blocks.reverse()
    while blocks:
        block = blocks.pop()
        span = slice(end, end + block.indices.size)
        indices[span], data[span] = block.indices, block.data
        ends = block.ends
        if isinstance(ends, int):
            ends = np.arange(ends, block.indices.size + 1, ends, dtype=starts.dtype)
        np.add(ends, end, out=starts[row + 1 : row + 1 + len(ends)], casting="same_kind")
        row, end = row + len(ends), span.stop
    matrix = csr_array((data, indices, starts), shape=(height, width))
    matrix.sum_duplicates()
    return matrix


def _read(
    columns: NDArray[np.int32], values: ArrayLike
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.bool_]]:
    """Return columns, coefficients (one number where all entries share it) and which entries there are."""
    where, value = np.asarray(columns, dtype=np.int32), np.asarray(values, dtype=np.float64)
    keep = where >= 0
    if value.ndim or not value:
        keep &= value != 0
    return where, value, keep


def _one_row(entries: Sequence[Entries]) -> Compressed:
    """Compress the entries of a block of one row; columns are in order within each list."""
    lists = [_read(columns, values) for _, columns, values in entries]
    indices = np.concatenate([where[keep] for where, _, keep in lists])
    data = np.concatenate(
        [np.broadcast_to(value, where.shape)[keep] for where, value, keep in lists], dtype=np.float64
    )
    return Compressed(np.array([indices.size]), indices, data)


def _side_by_side(size: int, entries: Sequence[Entries]) -> Compressed:
    """Compress entries of which each list has one for each row: no sorting is needed."""
    lists = [found for _, columns, values in entries if (found := _read(columns, values))[2].any()]
    kept = [np.broadcast_to(keep, size) for _, _, keep in lists]
    count = sum(int(np.count_nonzero(keep)) for keep in kept)
    whole = bool(lists) and count == size * len(lists)
    indices, data = np.empty(count, dtype=np.int32), np.empty(count)
    ends: NDArray[np.integer] | int = len(lists) if whole else _ends(kept, size, _index_type(count))
    shape = (min(size, CHUNK), len(lists))
    inside = np.empty(shape, dtype=bool)
    columns, values = np.empty(shape, dtype=np.int32), np.empty(shape)
    end = 0
    for start in range(0, size if lists else 0, CHUNK):
        rows = min(CHUNK, size - start)
        for place, (where, value, _) in enumerate(lists):
            columns[:rows, place] = where[start : start + rows] if where.ndim else where
            values[:rows, place] = value[start : start + rows] if value.ndim else value
            inside[:rows, place] = kept[place][start : start + rows]
        part = inside[:rows]
        span = slice(end, end + int(np.count_nonzero(part)))
        indices[span], data[span] = columns[:rows][part], values[:rows][part]
        end = span.stop
    return Compressed(ends, indices, data)


def _ends(kept: list[NDArray[np.bool_]], size: int, dtype: type[np.integer]) -> NDArray[np.integer]:
    """Return where each row ends among the entries that are kept."""
    counts = np.zeros(size, dtype=dtype)
    for keep in kept:
        counts += keep
    return np.cumsum(counts, dtype=dtype, out=counts)


def _index_type(count: int) -> type[np.integer]:
    """Return the type that numbers so many entries; solvers take no more than 32 bits hold."""
    return np.int32 if count <= np.iinfo(np.int32).max else np.int64
