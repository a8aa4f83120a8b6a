"""Lot sizing with setup times (Trigeiro, Thomas and McClain 1989) as instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from prodmode import Instance

from .raw import numbers

if TYPE_CHECKING:
    from pathlib import Path

ITEMS_PER_BLOCK = 15


def lot_sizing(path: Path) -> Instance:
    """Convert a problem: an item is a stockable line with one option.

    ``n T``, a 1, capacity, per item unit time, holding cost, setup time and setup cost, then demands in
    blocks of at most 15 items, a row per period.
    """
    data = numbers(path)
    items, periods, capacity = int(data[0]), int(data[1]), data[3]
    about = np.array(data[4 : 4 + 4 * items]).reshape(items, 4)
    demand = np.zeros((items, periods))
    at = 4 + 4 * items
    for first in range(0, items, ITEMS_PER_BLOCK):
        width = min(ITEMS_PER_BLOCK, items - first)
        block = np.array(data[at : at + width * periods]).reshape(periods, width)
        demand[first : first + width] = block.T
        at += width * periods
    line = [f"item-{number + 1}" for number in range(items)]
    wide = pd.DataFrame(demand, columns=[str(number + 1) for number in range(periods)])
    return Instance.from_tables(
        {"name": path.stem, "periods": periods},
        {
            "lines": pd.DataFrame({"line": line, "min_fill_rate": 1.0, "holding_cost": about[:, 1]}),
            "demand": wide.assign(line=line),
            "options": pd.DataFrame(
                {"option": line, "line": line, "mode": "mass", "setup_cost": about[:, 3]}
            ),
            "resources": pd.DataFrame({"resource": ["machine"], "capacity": capacity}),
            "usage": pd.DataFrame(
                {"option": line, "resource": "machine", "per_unit": about[:, 0], "per_setup": about[:, 2]}
            ),
        },
    )
