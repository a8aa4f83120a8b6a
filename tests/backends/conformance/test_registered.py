"""Every backend that is registered and can run here passes the conformance kit; so does the template.

The shipped examples take most of the time: the suite solves them with HiGHS; with the others they are slow.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING

import pytest

from prodmode.backends import registry
from prodmode.testing import BackendConformance

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 30.0
"""Time limit for each example; slow is no fault, and a backend that is slow skips those it does not solve."""


def _slow(test: FunctionType) -> Callable[..., None]:
    """Return a slow copy of a test; a mark on the test itself would be one for every backend."""
    copy = FunctionType(test.__code__, test.__globals__, test.__name__, test.__defaults__, test.__closure__)
    return pytest.mark.slow(copy)


SLOW = {
    name: _slow(test) for name, test in vars(BackendConformance).items() if name.startswith("test_example_")
}


class TestTemplate(BackendConformance):
    backend = f"{registry.MODULE}prodmode.backends.template"
    solver_modules = ("scipy.optimize",)


for _name, _test in SLOW.items():
    setattr(TestTemplate, _name, _test)


def _tests_of(name: str) -> type[BackendConformance]:
    title = "".join(part.capitalize() for part in name.replace("_", "-").split("-"))
    return type(
        f"Test{title}",
        (BackendConformance,),
        {
            "backend": name,
            "instance_seconds": SECONDS,
            "__module__": __name__,
            **({} if name == "highs" else SLOW),
        },
    )


for _info in registry.available():
    if _info.available:
        _tests = _tests_of(_info.name)
        globals()[_tests.__name__] = _tests
del _info, _tests
