"""Every backend that is registered and can run here passes the conformance kit; so does the template.

The suite holds HiGHS to it; the others, which take minutes together, are among the slow tests.
"""

from __future__ import annotations

import pytest

from prodmode.backends import registry
from prodmode.testing import BackendConformance

SECONDS = 30.0
"""Time limit for each example; slow is no fault, and a backend that is slow skips those it does not solve."""

SUITE = "highs"
"""The backend that the suite has time for."""


@pytest.mark.slow
class TestTemplate(BackendConformance):
    backend = f"{registry.MODULE}prodmode.backends.template"
    solver_modules = ("scipy.optimize",)


def _tests_of(name: str) -> type[BackendConformance]:
    title = "".join(part.capitalize() for part in name.replace("_", "-").split("-"))
    tests = type(
        f"Test{title}",
        (BackendConformance,),
        {"backend": name, "instance_seconds": SECONDS, "__module__": __name__},
    )
    return tests if name == SUITE else pytest.mark.slow(tests)


for _info in registry.available():
    if _info.available:
        _tests = _tests_of(_info.name)
        globals()[_tests.__name__] = _tests
del _info, _tests
