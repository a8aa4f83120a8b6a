"""Blocks of columns and rows, and the builder that joins them into one program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array

from prodmode.formulation.mip import Mip
from prodmode.formulation.places import Places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True)
class Block:
    """A run of columns or rows of one family.

    Attributes
    ----------
    family : str
        Name of the family, such as ``capacity``.
    start : int
        Position of its first column or row.
    size : int
    keys : mapping of str to ndarray, each of shape (size,)
        What each column or row is about: positions of options, periods, scenarios and so on by kind.
    sentence : str
        What it says, with the kinds in braces ("'{option}' is in force in {period}").
    """

    family: str
    start: int
    size: int
    keys: Mapping[str, NDArray[np.int64]]
    sentence: str


Entries = tuple["ArrayLike", "NDArray[np.int32]", "ArrayLike"]
"""Rows (positions within the block), columns and coefficients; a column of -1 stands for no column."""


@dataclass(slots=True)
class Builder:
    """Collects blocks; `mip` joins them.

    Costs may be added to a column in any number of calls.
    """

    columns: list[Block] = field(default_factory=list)
    rows: list[Block] = field(default_factory=list)
    offset: float = 0.0
    _bounds: list[tuple[NDArray[np.float64], NDArray[np.float64], bool]] = field(default_factory=list)
    _costs: list[tuple[NDArray[np.int32], NDArray[np.float64]]] = field(default_factory=list)
    _sides: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=list)
    _entries: list[tuple[int, NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]] = field(
        default_factory=list
    )
    _width: int = 0
    _height: int = 0

    def add_columns(
        self,
        family: str,
        keys: Mapping[str, NDArray[np.int64]],
        sentence: str,
        *,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = np.inf,
        integer: bool = False,
    ) -> NDArray[np.int32]:
        """Append a block of columns and return their positions.

        Parameters
        ----------
        family : str
            Name of the family.
        keys : mapping of str to ndarray
            One array per kind, all of one length.
        sentence : str
            What a column says.
        lower, upper : array_like
            Bounds, broadcast to the length of the keys.
        integer : bool
            Whether the columns must be whole.
        """
        size = _size(keys)
        start = self._width
        if size:
            self.columns.append(Block(family, start, size, keys, sentence))
            self._bounds.append((_filled(lower, size), _filled(upper, size), integer))
            self._width += size
        return np.arange(start, start + size, dtype=np.int32)

    def add_cost(self, columns: NDArray[np.int32], cost: ArrayLike) -> None:
        """Add to the cost of columns, named in increasing order; positions of -1 are passed over."""
        values = np.broadcast_to(np.asarray(cost, dtype=np.float64), np.shape(columns)).ravel()
        columns = np.asarray(columns).ravel()
        keep = columns >= 0
        if not keep.all():
            columns, values = columns[keep], values[keep]
        self._costs.append((columns, values))

    def add_rows(
        self,
        family: str,
        keys: Mapping[str, NDArray[np.int64]],
        sentence: str,
        entries: Sequence[Entries],
        *,
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
    ) -> None:
        """Append a block of rows.

        Parameters
        ----------
        family : str
            Name of the family.
        keys : mapping of str to ndarray
            One array per kind, all of one length.
        sentence : str
            What a row says.
        entries : list of (rows, columns, coefficients)
            Rows are positions within the block; arrays broadcast against each other.
        lower, upper : array_like
            Sides of the rows, broadcast to the length of the keys.
        """
        size = _size(keys)
        if not size:
            return
        self.rows.append(Block(family, self._height, size, keys, sentence))
        self._sides.append((_filled(lower, size), _filled(upper, size)))
        for rows, columns, values in entries:
            where, value = np.asarray(columns, dtype=np.int32), np.asarray(values, dtype=np.float64)
            row = np.broadcast_to(np.asarray(rows, dtype=np.int32), where.shape)
            # A coefficient that all entries share stays one number until the blocks are joined.
            keep = where >= 0
            if value.ndim or not value:
                value = np.broadcast_to(value, where.shape)
                keep &= value != 0
            if not keep.all():
                where, row, value = where[keep], row[keep], value[keep] if value.ndim else value
            self._entries.append((self._height, row, where, value))
        self._height += size

    def mip(self) -> Mip:
        """Join the blocks into one program, giving up their entries and costs on the way."""
        sizes = [block.size for block in self.columns]
        return Mip(
            cost=self._joined_costs(),
            offset=self.offset,
            matrix=self._joined_entries(),
            row_lower=_joined([lower for lower, _ in self._sides]),
            row_upper=_joined([upper for _, upper in self._sides]),
            lower=_joined([lower for lower, _, _ in self._bounds]),
            upper=_joined([upper for _, upper, _ in self._bounds]),
            integer=np.repeat(np.array([flag for _, _, flag in self._bounds], dtype=bool), sizes),
        )

    def _joined_costs(self) -> NDArray[np.float64]:
        cost = np.zeros(self._width)
        while self._costs:
            columns, values = self._costs.pop()
            if columns.size and columns[-1] - columns[0] == columns.size - 1:
                cost[columns[0] : columns[-1] + 1] += values
            else:
                cost[columns] += values
        return cost

    def _joined_entries(self) -> csr_array[np.float64]:
        size = sum(columns.size for _, _, columns, _ in self._entries)
        row, column = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
        value = np.empty(size)
        end = 0
        self._entries.reverse()
        while self._entries:
            start, rows, columns, values = self._entries.pop()
            span = slice(end, end + columns.size)
            np.add(rows.ravel(), start, out=row[span])
            column[span] = columns.ravel()
            value[span] = values.ravel()
            end = span.stop
        # Families list their entries in the order of columns, so that rows come out sorted at once.
        matrix = coo_array((value, (row, column)), shape=(self._height, self._width)).tocsr()
        matrix.sum_duplicates()
        return matrix


def _size(keys: Mapping[str, NDArray[np.int64]]) -> int:
    return keys.size if isinstance(keys, Places) else len(next(iter(keys.values())))


def _filled(values: ArrayLike, size: int) -> NDArray[np.float64]:
    return np.broadcast_to(np.asarray(values, dtype=np.float64), (size,))


def _joined(parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.concatenate(parts) if parts else np.zeros(0)
