"""What a backend must say of itself, and what asking it may cost."""

# ruff: noqa: D401  # these docstrings are the requirements

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodmode.backends import registry
from prodmode.backends.contract import Availability, Capabilities
from prodmode.backends.stragglers import MARK, stragglers
from prodmode.errors import BackendError
from prodmode.testing.finding import Unmet, requirement

if TYPE_CHECKING:
    from prodmode.backends.contract import Backend
    from prodmode.testing.subject import Subject

SOLVERS = (
    "amplpy", "copt", "coptpy", "cplex", "cuopt", "cvxpy", "cylp", "docplex", "gurobipy", "highspy", "knitro",
    "linopy", "localsolver", "mip", "mosek", "ortools", "pulp", "pyomo", "pyscipopt", "scipy.optimize",
    "swiglpk", "xpress",
)  # fmt: skip
"""Modules of solvers, and of packages that bring them."""

PROBE = """
import json, sys
from prodmode.backends import registry
registry.info(sys.argv[1])
print(json.dumps(sorted(sys.modules)))
"""

SOLVE = """
import sys
from prodmode.backends import registry
from prodmode.backends.contract import Options
from prodmode.testing.programs import knapsack, linear
backend = registry.backend(sys.argv[1])
mip = knapsack() if backend.capabilities().integers else linear()
backend.solve(mip, Options())
"""


@requirement()
def availability_says_yes_or_why_not(subject: Subject) -> None:
    """`availability` returns whether it can run here, with a reason where not and a version where so."""
    state: Any = _loaded(subject).availability()
    if not isinstance(state, Availability):
        raise Unmet(f"availability() returns {type(state).__name__}, not an Availability")
    if not state.available and not state.reason:
        raise Unmet("it cannot run here and does not say why")
    if state.available and not state.version:
        raise Unmet("it does not say the version of its solver")


@requirement()
def capabilities_are_data(subject: Subject) -> None:
    """`capabilities` returns yes or no for each, and a meaning for each option of its own."""
    can: Any = _loaded(subject).capabilities()
    if not isinstance(can, Capabilities):
        raise Unmet(f"capabilities() returns {type(can).__name__}, not Capabilities")
    specifics: Any = can.specifics
    if not isinstance(specifics, Mapping):
        raise Unmet("specifics is not a mapping of names to meanings")
    flags = [part.name for part in fields(can) if part.name != "specifics"]
    wrong = [name for name in flags if not isinstance(getattr(can, name), bool)]
    wrong += [str(name) for name, meaning in specifics.items() if not (isinstance(meaning, str) and meaning)]
    if wrong:
        raise Unmet(f"neither True nor False, or without a meaning: {', '.join(wrong)}")


@requirement()
def asking_loads_no_solver(subject: Subject) -> None:
    """Asking a backend whether it can run, and what it can do, imports no solver."""
    done = _python(PROBE, subject.name)
    if done.returncode:
        raise Unmet(f"asking it fails: {_last_line(done.stderr)}")
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    found = sorted(loaded.intersection((*SOLVERS, *subject.solver_modules)))
    if found:
        raise Unmet(f"asking it loads {', '.join(found)}")


@requirement("run")
def solving_leaves_nothing_behind(subject: Subject) -> None:
    """A solve prints nothing, leaves no file in the working directory and no process running."""
    mark = secrets.token_hex(8)
    with tempfile.TemporaryDirectory() as folder:
        done = _python(SOLVE, subject.name, cwd=folder, mark=mark)
        files = sorted(path.name for path in Path(folder).iterdir())
    if done.returncode:
        raise Unmet(f"it fails: {_last_line(done.stderr)}")
    if done.stdout or done.stderr:
        raise Unmet(f"it prints: {_last_line(done.stdout or done.stderr)}")
    if files:
        raise Unmet(f"it leaves files: {', '.join(files)}")
    deadline = time.monotonic() + 5
    while stragglers(mark):
        if time.monotonic() > deadline:
            raise Unmet("it leaves a process running")
        time.sleep(0.1)


def _loaded(subject: Subject) -> Backend:
    try:
        return registry.load(subject.name)
    except BackendError as error:
        raise Unmet(str(error)) from error


def _python(
    code: str, *arguments: str, cwd: str | None = None, mark: str = ""
) -> subprocess.CompletedProcess[str]:
    # What can be imported from here must be importable there, wherever it runs.
    paths = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(Path.cwd())]))
    environment = {**os.environ, "PYTHONPATH": paths, **({MARK: mark} if mark else {})}
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, *arguments],
        capture_output=True, text=True, encoding="utf-8", errors="replace",
        check=False, cwd=cwd, env=environment, timeout=120,
    )  # fmt: skip


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["nothing is said"])[-1][:300]


REQUIREMENTS = (
    availability_says_yes_or_why_not,
    capabilities_are_data,
    asking_loads_no_solver,
    solving_leaves_nothing_behind,
)
