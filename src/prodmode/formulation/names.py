"""Names of rows and columns, made when somebody asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.limits import SIDES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodmode.formulation.blocks import Block
    from prodmode.instance.instance import Instance


@dataclass(frozen=True)
class Names:
    """Names such as ``in_force[oak-mass,Q1]`` for columns and ``capacity[base,press-hours,Q1]`` for rows.

    Attributes
    ----------
    instance : Instance
        Gives the labels.
    scenarios : sequence of str
        Names of the scenarios.
    column_blocks, row_blocks : tuple of Block
        Families with their keys.
    """

    instance: Instance
    scenarios: Sequence[str]
    column_blocks: tuple[Block, ...]
    row_blocks: tuple[Block, ...]

    def columns(self) -> list[str]:
        """Return the name of every column."""
        return [name for block in self.column_blocks for name in self._names(block)]

    def rows(self) -> list[str]:
        """Return the name of every row."""
        return [name for block in self.row_blocks for name in self._names(block)]

    def labels(self, block: Block, position: int) -> dict[str, str]:
        """Return what a column or row of a block is about, by kind.

        Parameters
        ----------
        block : Block
            One of the blocks.
        position : int
            Position within the block.
        """
        found = {}
        for kind, positions in block.keys.items():
            label = self._labels(kind)[int(positions[position])] if positions[position] >= 0 else None
            if label is not None:
                found[kind] = str(label)
        return found

    def sentence(self, block: Block, position: int) -> str:
        """Return what a column or row says, in words."""
        labels = dict.fromkeys(block.keys, "") | self.labels(block, position)
        if len(self.scenarios) == 1:
            labels["scenario"] = ""
        return block.sentence.format(**labels).rstrip(", ").replace("  ", " ")

    def _names(self, block: Block) -> list[str]:
        parts = []
        for kind, positions in block.keys.items():
            if kind == "scenario" and len(self.scenarios) == 1:
                continue
            labels = np.append(np.asarray(self._labels(kind), dtype=object), "*")
            parts.append(labels[positions])
        if not parts:
            return [block.family] * block.size
        return [f"{block.family}[{','.join(map(str, row))}]" for row in zip(*parts, strict=True)]

    def _labels(self, kind: str) -> Sequence[str]:
        if kind in {"period", "made_in"}:
            return self.instance.periods
        if kind == "scenario":
            return self.scenarios
        if kind == "side":
            return SIDES
        if kind == "tier":
            tiers = self.instance.tiers
            return [
                f"{option}@{start:g}"
                for option, start in zip(tiers["option"], tiers["from_units"], strict=True)
            ]
        return self.instance.table(f"{kind}s")[kind].tolist()
