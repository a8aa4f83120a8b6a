"""A conformance kit for backends, for packages that bring their own.

In a test file of such a package::

    from prodmode.testing import BackendConformance

    class TestMine(BackendConformance):
        backend = "mine"

Without pytest, `check_backend` returns what was found.
"""

from prodmode.testing.conformance import REQUIREMENTS, BackendConformance, check_backend
from prodmode.testing.finding import Finding, Requirement

__all__ = ["REQUIREMENTS", "BackendConformance", "Finding", "Requirement", "check_backend"]
