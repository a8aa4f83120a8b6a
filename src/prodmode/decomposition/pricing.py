"""Which kernel prices the lines: the compiled one where numba is installed, else numpy's."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from prodmode.decomposition.lines import Lines

NEVER = 1e30


def price_lines(
    lines: Lines, cost: NDArray[np.float64], heat: float, x: NDArray[np.float64] | None, chosen: NDArray[np.int64]
) -> NDArray[np.float64]:
    from prodmode.decomposition import compiled
    return compiled.price_lines(lines, cost, heat, x, chosen)
