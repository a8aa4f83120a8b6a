"""Blocks of columns and rows, and the builder that joins them into one program.

Programs can have tens of millions of rows, so nothing is held twice: a side that a whole block shares stays
one number until the blocks are joined, and then zeros are not written at all, since memory that was never
written takes no room.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.formulation.compressed import compressed, joined
from prodmode.formulation.mip import Mip
from prodmode.formulation.places import Places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from prodmode.formulation.compressed import Compressed, Entries

    Side = NDArray[np.float64] | float


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


@dataclass(slots=True)
class Builder:
    """Collects blocks; `mip` joins them.

    Costs may be added to a column in any number of calls.
    """

    columns: list[Block] = field(default_factory=list)
    rows: list[Block] = field(default_factory=list)
    offset: float = 0.0
    _lower: list[Side] = field(default_factory=list)
    _upper: list[Side] = field(default_factory=list)
    _integer: list[Side] = field(default_factory=list)
    _cost: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    _row_lower: list[Side] = field(default_factory=list)
    _row_upper: list[Side] = field(default_factory=list)
    _rows: list[Compressed] = field(default_factory=list)
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
            self.columns.append(Block(family, start, size, _small(keys), sentence))
            self._lower.append(_side(lower))
            self._upper.append(_side(upper))
            self._integer.append(float(integer))
            self._width += size
        return np.arange(start, start + size, dtype=np.int32)

    def add_cost(self, columns: NDArray[np.int32], cost: ArrayLike) -> None:
        """Add to the cost of columns, named in increasing order; positions of -1 are passed over."""
        if len(self._cost) < self._width:
            known, self._cost = self._cost, np.zeros(self._width)
            self._cost[: len(known)] = known
        values = np.broadcast_to(np.asarray(cost, dtype=np.float64), np.shape(columns))
        if not values.any():
            return
        keep = columns >= 0
        columns, values = (columns.ravel(), values.ravel()) if keep.all() else (columns[keep], values[keep])
        if columns.size and columns[-1] - columns[0] == columns.size - 1:
            self._cost[columns[0] : columns[-1] + 1] += values
        else:
            self._cost[columns] += values

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
            Rows are positions within the block, or None where there is one entry for each row, in order;
            arrays broadcast against each other.
        lower, upper : array_like
            Sides of the rows, broadcast to the length of the keys.
        """
        size = _size(keys)
        if not size:
            return
        self.rows.append(Block(family, self._height, size, _small(keys), sentence))
        self._row_lower.append(_side(lower))
        self._row_upper.append(_side(upper))
        self._rows.append(compressed(size, self._width, entries))
        self._height += size

    def mip(self) -> Mip:
        """Join the blocks into one program, giving up what it is joined from on the way."""
        matrix = joined(self._rows, self._height, self._width)
        of_rows, of_columns = ([block.size for block in blocks] for blocks in (self.rows, self.columns))
        self.add_cost(np.zeros(0, dtype=np.int32), 0.0)
        return Mip(
            cost=self._cost,
            offset=self.offset,
            matrix=matrix,
            row_lower=_joined(self._row_lower, of_rows),
            row_upper=_joined(self._row_upper, of_rows),
            lower=_joined(self._lower, of_columns),
            upper=_joined(self._upper, of_columns),
            integer=_joined(self._integer, of_columns, dtype=bool),
        )


def _size(keys: Mapping[str, NDArray[np.int64]]) -> int:
    return keys.size if isinstance(keys, Places) else len(next(iter(keys.values())))


def _small(keys: Mapping[str, NDArray[np.int64]]) -> Mapping[str, NDArray[np.int64]]:
    return keys.packed() if isinstance(keys, Places) else keys


def _side(values: ArrayLike) -> Side:
    values = np.asarray(values, dtype=np.float64)
    return values if values.ndim else float(values)


def _joined(parts: list[Side], sizes: list[int], dtype: type = float) -> NDArray[Any]:
    """Return the parts, each broadcast to its size, one after the other; the list of parts is emptied."""
    whole: NDArray[Any] = np.zeros(sum(sizes), dtype=dtype)
    end = len(whole)
    for size in reversed(sizes):
        part = parts.pop()
        if isinstance(part, float):
            if part:
                whole[end - size : end] = part
        else:
            np.copyto(whole[end - size : end], part, where=part != 0, casting="unsafe")
        end -= size
    return whole
