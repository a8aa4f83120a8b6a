"""Which backends there are: every module under the entry-point group ``prodmode.backends``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, cast

from prodmode.errors import BackendError, maybe

if TYPE_CHECKING:
    from prodmode.backends.contract import Availability, Backend, Capabilities

GROUP = "prodmode.backends"
PULP = "pulp:"
"""Prefix of the names of solvers that PuLP finds on the machine, such as ``pulp:GUROBI``."""

MODULE = "module:"
"""Prefix of a backend that is not registered: ``module:package.module``, with ``:name`` for a part of it."""

AUTO = "auto"
"""The name that leaves the choice to prodmode."""


@dataclass(frozen=True, slots=True)
class BackendInfo:
    """A registered backend.

    Attributes
    ----------
    name : str
    available : bool
        Whether it can run here.
    reason : str or None
        Why not.
    version : str or None
        Version of the solver.
    capabilities : Capabilities or None
        What it can do; None where its module cannot be loaded.
    """

    name: str
    available: bool
    reason: str | None
    version: str | None
    capabilities: Capabilities | None


@cache
def _entries() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def names() -> tuple[str, ...]:
    """Return the names of all registered backends, sorted."""
    return tuple(sorted(_entries()))


def backend(name: str) -> Backend:
    """Return a backend by name, ready to run.

    Parameters
    ----------
    name : str
        A registered name, "auto", or "module:" and the dotted name of a module that is not registered.

    Raises
    ------
    BackendError
        If there is no such backend, or it cannot run here.
    """
    found = load(choose() if name == AUTO else name)
    availability = found.availability()
    if not availability:
        raise BackendError(f"backend '{name}' cannot run here: {availability.reason}")
    return found


def known(name: str) -> None:
    """Check that a name is registered.

    Raises
    ------
    BackendError
        If it is not; with a near name, or all names.
    """
    if name != AUTO and name not in _entries() and not name.startswith((PULP, MODULE)):
        hint = maybe(name, list(_entries())) or f"There are: {', '.join([AUTO, *names()])}."
        raise BackendError(f"there is no backend '{name}'. {hint}")


def choose() -> str:
    """Return the name of the backend that "auto" stands for: the first available one, HiGHS before others.

    Raises
    ------
    BackendError
        If none can run here.
    """
    for name in sorted(_entries(), key=lambda name: (name != "highs", name)):
        if info(name).available:
            return name
    raise BackendError("no backend can run here; install one, such as 'pip install highspy'")


def available() -> list[BackendInfo]:
    """Return every registered backend with whether it can run here."""
    return [info(name) for name in names()]


def info(name: str) -> BackendInfo:
    """Return a backend by name with whether it can run here; never raises for what is wrong with it."""
    try:
        found = load(name)
    except BackendError as error:
        return BackendInfo(name, available=False, reason=str(error), version=None, capabilities=None)
    try:
        state: Availability = found.availability()
        return BackendInfo(name, state.available, state.reason, state.version, found.capabilities())
    except Exception as error:  # noqa: BLE001  # one that is broken hides no other
        reason = f"asked whether it can run, it failed: {type(error).__name__}: {error}"
        return BackendInfo(name, available=False, reason=reason, version=None, capabilities=None)


def load(name: str) -> Backend:
    """Return a backend by name, whether or not it can run here.

    Raises
    ------
    BackendError
        If there is no such backend, or its module cannot be loaded.
    """
    known(name)
    if name.startswith(PULP):
        from prodmode.backends.via_pulp.route import backend_for  # noqa: PLC0415  # few runs need it

        return backend_for(name)
    try:
        unregistered = EntryPoint(name, name.removeprefix(MODULE), GROUP)
        return cast("Backend", (unregistered if name.startswith(MODULE) else _entries()[name]).load())
    except Exception as error:
        # A module may raise anything while it is imported.
        raise BackendError(f"backend '{name}' cannot be loaded: {error}") from error
