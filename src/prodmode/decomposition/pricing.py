"""The kernels that price lines, loaded when first used: compiled where numba is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from prodmode.decomposition.lines import Lines

NEVER = 1e30
"""Cost from which a line can do nothing."""


def price_lines(
    lines: Lines,
    cost: NDArray[np.float64],
    x: NDArray[np.float64] | None,
    chosen: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Price lines with one option at a time; see `prodmode.decomposition.compiled.price_lines`."""
    from prodmode.decomposition import compiled  # noqa: PLC0415  # numba takes its time

    return compiled.price_lines(lines, cost, x, chosen)


def charge_lines(
    lines: Lines, cost: NDArray[np.float64], gated: NDArray[np.bool_], charges: NDArray[np.float64],
    chosen: NDArray[np.int64], *, alone: bool,
) -> NDArray[np.float64]:  # fmt: skip
    """Charge gated options; see `prodmode.decomposition.compiled.charge_lines`."""
    from prodmode.decomposition import compiled  # noqa: PLC0415

    return compiled.charge_lines(lines, cost, gated, charges, chosen, alone=alone)


def price_pairs(
    lines: Lines, cost: NDArray[np.float64], x: NDArray[np.float64] | None, chosen: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Price lines with up to two options at once; see `prodmode.decomposition.compiled_pairs`."""
    if not len(chosen):
        import numpy as np  # noqa: PLC0415

        return np.zeros(0)
    from prodmode.decomposition import compiled_pairs  # noqa: PLC0415

    return compiled_pairs.price_pairs(lines, cost, x, chosen)


def price_doubles(
    lines: Lines,
    cost: NDArray[np.float64],
    off: NDArray[np.float64],
    x: NDArray[np.float64],
    chosen: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Price lines with stock and two options at once; see `prodmode.decomposition.compiled_doubles`."""
    from prodmode.decomposition import compiled_doubles  # noqa: PLC0415

    return compiled_doubles.price_doubles(lines, cost, off, x, chosen)


def write_run(
    lines: Lines,
    cost: NDArray[np.float64],
    x: NDArray[np.float64],
    option: int,
    run: tuple[int, int],
    memory: Any,
) -> None:
    """Write what an option does in a run; see `prodmode.decomposition.compiled_doubles.write_run`."""
    from prodmode.decomposition import compiled_doubles  # noqa: PLC0415

    compiled_doubles.write_run(lines, cost, x, option, run, memory)


def memory_for(lines: Lines, chosen: NDArray[np.int64]) -> Any:
    """Return memory for `write_run` in the options of some lines."""
    from prodmode.decomposition.compiled_stock import desk  # noqa: PLC0415

    return desk(lines, chosen, whole=True)
