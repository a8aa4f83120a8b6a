"""Which backends there are, and what becomes of one that is not what it should be."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from prodmode.backends import highs, registry
from prodmode.backends.contract import Availability, Capabilities
from prodmode.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    """Return a function that registers a module of given functions as a backend."""
    entries = {"highs": registry._entries()["highs"]}  # whatever else is installed
    monkeypatch.setattr(registry, "_entries", lambda: entries)

    def add(name: str, **functions: Any) -> ModuleType:
        module = ModuleType(f"backend_{name}")
        for function, value in functions.items():
            setattr(module, function, value)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        entries[name] = EntryPoint(name, module.__name__, registry.GROUP)
        return module

    return add


def test_highs_is_registered_and_runs_here() -> None:
    info = {info.name: info for info in registry.available()}["highs"]
    assert info.available
    assert info.reason is None
    assert info.version is not None
    assert info.capabilities == highs.capabilities()
    assert registry.choose() == "highs"


def test_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(BackendError, match=r"there is no backend 'hihgs'.*'highs'"):
        registry.backend("hihgs")


def test_unknown_name_gets_the_list() -> None:
    with pytest.raises(BackendError, match=r"There are: auto, .*highs"):
        registry.backend("quantum")


def test_backend_that_cannot_run_says_why(register: Callable[..., ModuleType]) -> None:
    register(
        "costly",
        availability=lambda: Availability(available=False, reason="there is no licence"),
        capabilities=Capabilities,
    )
    info = {info.name: info for info in registry.available()}["costly"]
    assert (info.available, info.reason) == (False, "there is no licence")
    with pytest.raises(BackendError, match="backend 'costly' cannot run here: there is no licence"):
        registry.backend("costly")


def test_backend_that_cannot_be_loaded_hides_no_other(register: Callable[..., ModuleType]) -> None:
    register("broken")
    sys.modules.pop("backend_broken")
    infos = {info.name: info for info in registry.available()}
    assert infos["highs"].available
    assert not infos["broken"].available
    assert infos["broken"].capabilities is None
    assert infos["broken"].reason is not None
    assert "cannot be loaded" in infos["broken"].reason


def test_auto_takes_highs_first(register: Callable[..., ModuleType]) -> None:
    register("ahead", availability=lambda: Availability(available=True), capabilities=Capabilities)
    assert registry.choose() == "highs"


def test_auto_passes_over_what_cannot_run(
    register: Callable[..., ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    none = Availability(available=False, reason="not today")
    monkeypatch.setattr(highs, "availability", lambda: none)
    register("other", availability=lambda: Availability(available=True), capabilities=Capabilities)
    assert registry.choose() == "other"
    register("other", availability=lambda: none, capabilities=Capabilities)
    with pytest.raises(BackendError, match="no backend can run here"):
        registry.choose()


def test_auto_passes_over_what_cannot_be_loaded(
    register: Callable[..., ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(highs, "availability", lambda: Availability(available=False, reason="not today"))
    register("broken")
    sys.modules.pop("backend_broken")
    register("other", availability=lambda: Availability(available=True), capabilities=Capabilities)
    assert registry.choose() == "other"
