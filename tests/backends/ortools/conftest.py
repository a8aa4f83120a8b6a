"""One child process for the solves of these tests."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

import pytest

from prodmode.backends.via_ortools import mathopt

from .child import Job, Reply, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


@pytest.fixture(scope="session")
def _pool() -> Iterator[ProcessPoolExecutor]:
    found = mathopt.availability()
    if not found:
        pytest.skip(found.reason or "")
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="session")
def solve(_pool: ProcessPoolExecutor) -> Callable[..., Reply]:
    """Return a function that runs a `Job` of the given fields in the child process."""

    def ask(*arguments: Any, **fields: Any) -> Reply:
        return _pool.submit(run, Job(*arguments, **fields)).result(timeout=180)

    return ask
