"""The compiler, where there is one: without numba the same functions run as they stand, slowly."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

COMPILES = find_spec("numba") is not None
"""Whether numba is installed."""

_threads: int | None = None


def compiled(
    function: Callable[..., Any] | None = None, *, inline: bool = False, allocates: bool = False
) -> Any:
    """Compile a function with numba where that is installed; it runs without the interpreter's lock.

    Parameters
    ----------
    function : callable, optional
        The function; without it, a decorator is returned.
    inline : bool
        Whether callers take it in whole: for what is called in the innermost loops.
    allocates : bool
        Whether it makes arrays. Others need not count who holds an array, which takes most of the time of
        short functions.
    """
    if function is None:
        return lambda wanted: compiled(wanted, inline=inline, allocates=allocates)
    if not COMPILES:
        return function
    from numba import njit  # noqa: PLC0415
    from numba.core.options import DefaultOptions  # noqa: PLC0415

    settings: dict[str, Any] = {"cache": True, "error_model": "numpy", "nogil": True, "forceinline": inline}
    if hasattr(DefaultOptions, "_nrt"):
        settings["_nrt"] = allocates
    return njit(**settings)(function)


def limit_threads(count: int | None) -> None:
    """Let compiled functions run on at most so many threads; None stands for all cores."""
    global _threads  # noqa: PLW0603  # one machine, one limit
    _threads = count


def threads() -> int:
    """Return on how many threads compiled functions may run."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores if _threads is None else min(_threads, cores))


def in_parts(function: Callable[[int, int], object], count: int, size: int) -> None:
    """Call a compiled function for parts of a range, on all threads that are allowed.

    Parameters
    ----------
    function : callable
        Takes where a part begins and ends; parts must not write to the same place.
    count : int
        The range.
    size : int
        Length of a part.
    """
    parts = [(begin, min(count, begin + size)) for begin in range(0, count, size)]
    workers = min(len(parts), threads()) if COMPILES else 1
    if workers < 2:
        for part in parts:
            function(*part)
        return
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(function, *part) for part in parts]:
            done.result()
