"""What a program is made of: which line each column belongs to, and where the model's decisions stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.formulation.constants import Constants, codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.blocks import Block
    from prodmode.formulation.columns import Columns
    from prodmode.instance.instance import Instance


@dataclass(frozen=True)
class Structure:
    """The meaning of a program's columns and rows, for backends that make use of it.

    Attributes
    ----------
    constants : Constants
        The numbers that the program is made of.
    columns : Columns
        Where each decision stands.
    column_blocks, row_blocks : tuple of Block
        Families of columns and rows with their keys.
    """

    constants: Constants
    columns: Columns
    column_blocks: tuple[Block, ...]
    row_blocks: tuple[Block, ...]

    @cached_property
    def line_of_column(self) -> NDArray[np.int32]:
        """Line of each column, -1 for what lines share; shape (n,).

        A column belongs to the line, the option or the tier that its keys name.
        """
        of_option = self.constants.line.astype(np.int32)
        of_tier = of_option[codes(self.constants.tables["tiers"]["option"])]
        parts = []
        for block in self.column_blocks:
            if "line" in block.keys:
                parts.append(block.keys["line"].astype(np.int32))
            elif "option" in block.keys:
                parts.append(of_option[block.keys["option"]])
            elif "tier" in block.keys:
                parts.append(of_tier[block.keys["tier"]])
            else:
                parts.append(np.full(block.size, -1, dtype=np.int32))
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)

    def family_rows(self, known: frozenset[str]) -> NDArray[np.bool_]:
        """Return which rows are of families with one of the names, shape (m,)."""
        parts = [np.full(block.size, block.family in known) for block in self.row_blocks]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)

    def __reduce__(self) -> tuple[Any, ...]:
        # The constants are worked out anew from the instance: their caches are large.
        return (_restore, (self.constants.instance, self.columns, self.column_blocks, self.row_blocks))


def _restore(
    instance: Instance, columns: Columns, column_blocks: tuple[Block, ...], row_blocks: tuple[Block, ...]
) -> Structure:
    return Structure(Constants(instance), columns, column_blocks, row_blocks)
