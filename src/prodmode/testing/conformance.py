"""The conformance kit: every requirement, as tests for pytest or as a list of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from prodmode.testing import answers, portfolios, probing, refusals, runs
from prodmode.testing.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodmode.testing.finding import Finding, Requirement

REQUIREMENTS: tuple[Requirement, ...] = (
    *probing.REQUIREMENTS,
    *answers.REQUIREMENTS,
    *runs.REQUIREMENTS,
    *refusals.REQUIREMENTS,
    *portfolios.REQUIREMENTS,
)
"""Everything a backend is held to, in the order in which it is tried."""


def check_backend(
    name: str,
    *,
    solver_modules: tuple[str, ...] = (),
    instance_seconds: float = 120.0,
    on_finding: Callable[[Finding], None] | None = None,
) -> list[Finding]:
    """Hold a backend to every requirement that its capabilities call for.

    Parameters
    ----------
    name : str
        A registered name, or "module:" and the dotted name of a module that is not registered.
    solver_modules : tuple of str, optional
        Modules of its solver; those of the known solvers are known.
    instance_seconds : float, default 120
        Time limit for each of the examples that come with prodmode.
    on_finding : callable, optional
        Called with each finding once it is there; all take a minute or so.

    Returns
    -------
    list of Finding
        One for each requirement. Every run is in a process of its own, and nothing it does ends this one.

    Examples
    --------
    >>> from prodmode.testing import check_backend
    >>> found = check_backend("highs")  # doctest: +SKIP
    >>> [str(finding) for finding in found if finding.outcome == "unmet"]  # doctest: +SKIP
    []
    """
    subject = Subject(name, tuple(solver_modules), instance_seconds)
    findings = []
    for requirement in REQUIREMENTS:
        finding = requirement.examine(subject)
        findings.append(finding)
        if on_finding is not None:
            on_finding(finding)
    return findings


class BackendConformance:
    """Tests of a backend for pytest, one for each requirement.

    Inherit from it, in a test file of your package, and name your backend. Tests of what the backend does not
    say it can do are skipped.

    Attributes
    ----------
    backend : str
        A registered name, or "module:" and the dotted name of a module that is not registered.
    solver_modules : tuple of str
        Modules of its solver; those of the known solvers are known.
    instance_seconds : float
        Time limit for each of the examples that come with prodmode.

    Examples
    --------
    >>> from prodmode.testing import BackendConformance
    >>> class TestMine(BackendConformance):
    ...     backend = "mine"
    """

    backend: ClassVar[str]
    solver_modules: ClassVar[tuple[str, ...]] = ()
    instance_seconds: ClassVar[float] = 120.0


def _test(requirement: Requirement) -> Callable[[BackendConformance], None]:
    def test(self: BackendConformance) -> None:
        import pytest  # noqa: PLC0415  # only the tests need it

        finding = requirement.examine(Subject(self.backend, self.solver_modules, self.instance_seconds))
        if finding.outcome == "skipped":
            pytest.skip(finding.message)
        if finding.outcome == "unmet":
            pytest.fail(f"{self.backend}: {finding.message}\nRequired: {requirement.text}", pytrace=False)

    test.__doc__ = requirement.text
    test.__name__ = f"test_{requirement.name}"
    test.__qualname__ = f"{BackendConformance.__qualname__}.{test.__name__}"
    return test


for _requirement in REQUIREMENTS:
    setattr(BackendConformance, f"test_{_requirement.name}", _test(_requirement))
