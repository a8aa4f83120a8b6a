"""Names of rows and columns, made when somebody asks for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.limits import SIDES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from prodmode.formulation.blocks import Block
    from prodmode.instance.instance import Instance

BLANK_NAMES = {"made_in": "initial"}
"""What stands in a name where a kind is blank, or else ``all``: stock of no period is the initial one."""

BLANK_WORDS = {"period": "the whole horizon", "made_in": "the past"}
"""What a sentence says where a kind is blank; nothing for the others."""

SIDE_WORDS = {
    "min": "the minimum", "max": "the maximum",
    "min_share": "the least share", "max_share": "the greatest share",
}  # fmt: skip
"""What a sentence calls the sides of a limit."""


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
    _known: dict[str, list[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _keys: dict[int, dict[str, NDArray[np.int64]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def columns(self) -> list[str]:
        """Return the name of every column."""
        return [name for block in self.column_blocks for name in self._names(block)]

    def rows(self) -> list[str]:
        """Return the name of every row."""
        return [name for block in self.row_blocks for name in self._names(block)]

    def labels(self, block: Block, position: int) -> dict[str, str]:
        """Return what a column or row of a block is about, by kind; a blank kind is left out.

        Parameters
        ----------
        block : Block
            One of the blocks.
        position : int
            Position within the block.
        """
        return {
            kind: self._labels(kind)[positions[position]]
            for kind, positions in self._keys_of(block).items()
            if positions[position] >= 0
        }

    def sentence(self, block: Block, position: int) -> str:
        """Return what a column or row says, in words."""
        words = {kind: BLANK_WORDS.get(kind, "") for kind in block.keys}
        for kind, label in self.labels(block, position).items():
            words[kind] = self._word(kind, label)
        return block.sentence.format(**words).removesuffix(", ")

    def _keys_of(self, block: Block) -> dict[str, NDArray[np.int64]]:
        if id(block) not in self._keys:
            self._keys[id(block)] = dict(block.keys)
        return self._keys[id(block)]

    def _word(self, kind: str, label: str) -> str:
        if kind == "scenario":
            return f"in scenario '{label}'" if len(self.scenarios) > 1 else ""
        if kind == "side":
            return SIDE_WORDS[label]
        if kind == "tier":
            option, _, start = label.rpartition("@")
            return f"from {start} units of '{option}'"
        return label

    def _names(self, block: Block) -> list[str]:
        parts = []
        for kind, positions in block.keys.items():
            if kind == "scenario" and len(self.scenarios) == 1:
                continue
            labels = [*self._labels(kind), BLANK_NAMES.get(kind, "all")]
            parts.append(np.array(labels, dtype=object)[positions])
        if not parts:
            return [block.family] * block.size
        return [f"{block.family}[{','.join(row)}]" for row in zip(*parts, strict=True)]

    def _labels(self, kind: str) -> list[str]:
        if kind not in self._known:
            self._known[kind] = [str(label) for label in self._listed(kind)]
        return self._known[kind]

    def _listed(self, kind: str) -> Sequence[str]:
        if kind in {"period", "made_in"}:
            return self.instance.periods
        if kind == "scenario":
            return self.scenarios
        if kind == "side":
            return SIDES
        if kind == "tier":
            tiers = self.instance.tiers
            return [
                f"{option}@{start:.15g}"
                for option, start in zip(tiers["option"], tiers["from_units"], strict=True)
            ]
        return self.instance.table(f"{kind}s")[kind].tolist()
