"""What is added to a loosened program so that its rules can be imposed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array

from prodmode.explain.infeasible.items import Collector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from prodmode.explain.infeasible.rules import Kind
    from prodmode.formulation.blocks import Block
    from prodmode.formulation.context import Context
    from prodmode.formulation.mip import Mip
    from prodmode.instance.instance import Instance


@dataclass(slots=True)
class Imposed:
    """Rows to append to a loosened program, and what becomes of those it has.

    Attributes
    ----------
    instance : Instance
        The instance as it was stated.
    context : Context
        Columns and constants of the loosened program.
    blocks : sequence of Block
        Its rows.
    mip : Mip
        The program itself.
    lower, upper : ndarray
        Bounds of its columns, to be changed.
    collector : Collector
        Takes rules and items.
    freed : list of int
        Rows that restrict nothing any more.
    kept : list of int
        Appended rows with an upper side of 0 that no rule lifts.
    exclusions : list of ndarray, each of shape (n, 3)
        Rule, option and period: the rule keeps the option from being in force.
    purchases : list of ndarray, each of shape (n, 3)
        Rule, investment and period: the rule keeps the investment from being bought.
    added : int
        Number of appended rows.
    """

    instance: Instance
    context: Context
    blocks: Sequence[Block]
    mip: Mip
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    collector: Collector = field(default_factory=Collector)
    freed: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    exclusions: list[NDArray[np.int64]] = field(default_factory=list)
    purchases: list[NDArray[np.int64]] = field(default_factory=list)
    added: int = 0
    _entries: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = field(
        default_factory=list
    )

    def append(self, count: int, *entries: tuple[ArrayLike, ArrayLike, ArrayLike]) -> NDArray[np.int64]:
        """Append rows and return their positions.

        Parameters
        ----------
        count : int
            Number of rows.
        *entries : (rows, columns, coefficients)
            Rows count from 0; a column of -1 stands for none.
        """
        for rows, columns, values in entries:
            row, column, value = np.broadcast_arrays(
                np.asarray(rows, np.int64), np.asarray(columns, np.int64), np.asarray(values, np.float64)
            )
            keep = column >= 0
            self._entries.append((row[keep] + self.added, column[keep], value[keep]))
        first = self.mip.shape[0] + self.added
        self.added += count
        return np.arange(first, first + count)

    def matrix(self) -> coo_array[np.float64]:
        """Return the appended rows."""
        shape = (self.added, self.mip.shape[1])
        if not self._entries:
            return coo_array(shape)
        row, column, value = (np.concatenate([part[at] for part in self._entries]) for at in range(3))
        return coo_array((value, (row, column)), shape=shape)

    def rows_of(self, block: Block) -> NDArray[np.int64]:
        """Return the positions of a block's rows."""
        return np.arange(block.start, block.start + block.size)

    def of_family(self, family: str) -> list[Block]:
        """Return the blocks of a family of rows."""
        return [block for block in self.blocks if block.family == family]

    def by_name(self, kind: Kind, names: NDArray[np.object_], figures: ArrayLike) -> NDArray[np.int64]:
        """Return the rule of each name; figures belong to the names."""
        values = np.broadcast_to(np.asarray(figures, dtype=np.float64), names.shape)
        pairs = zip(names.tolist(), values.tolist(), strict=True)
        return np.array(
            [self.collector.rule(kind, str(name), figure=value) for name, value in pairs], dtype=np.int64
        )


def keys_of(block: Block, *kinds: str) -> tuple[NDArray[np.int64], ...]:
    """Return the keys of a block's rows by kind."""
    return tuple(np.asarray(block.keys[kind]) for kind in kinds)
