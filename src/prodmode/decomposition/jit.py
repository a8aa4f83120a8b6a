"""The compiler, where there is one: without numba the same functions run as they stand, slowly."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

COMPILES = find_spec("numba") is not None
"""Whether numba is installed."""


def compiled(function: Callable[..., Any] | None = None, *, parallel: bool = False) -> Any:
    """Compile a function with numba where that is installed.

    Parameters
    ----------
    function : callable, optional
        The function; without it, a decorator is returned.
    parallel : bool
        Whether loops over `spread` run on all cores.
    """
    if function is None:
        return lambda wanted: compiled(wanted, parallel=parallel)
    if not COMPILES:
        return function
    from numba import njit  # noqa: PLC0415

    return njit(cache=True, error_model="numpy", parallel=parallel)(function)


def _spread() -> Any:
    if not COMPILES:
        return range
    from numba import prange  # noqa: PLC0415

    return prange


spread: Any = _spread()
"""``range`` for loops that may run on all cores."""


def limit_threads(count: int | None) -> None:
    """Let compiled loops run on at most so many threads; None stands for all cores."""
    if not COMPILES:
        return
    from numba import config, set_num_threads  # noqa: PLC0415

    most = int(vars(config)["NUMBA_NUM_THREADS"])  # set when it is loaded
    set_num_threads(most if count is None else min(count, most))
