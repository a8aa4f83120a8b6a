"""Decide for each product line whether to mass-produce it, make it custom or outsource it.

Nothing heavy is loaded until it is used: ``import prodmode`` brings no pandas and no solver.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version as _version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prodmode.backends.contract import Progress, Status
    from prodmode.comparison.compare import Comparison, compare
    from prodmode.errors import BackendError, InputError, Issue, ProdmodeError
    from prodmode.explain.changes import apply_edits
    from prodmode.explain.frontier.frontier import frontier
    from prodmode.explain.infeasible import diagnose
    from prodmode.explain.questions import ask
    from prodmode.explain.study import Study
    from prodmode.explain.what_if.what_if import what_if
    from prodmode.formulation import Formulation, formulate
    from prodmode.instance.fields import (
        Budget,
        Capacity,
        Change,
        Demand,
        Expansion,
        Investment,
        Limit,
        Line,
        Option,
        Resource,
        Scenario,
        Settings,
        Site,
        Tier,
        Usage,
    )
    from prodmode.instance.generator import generate
    from prodmode.instance.instance import Instance
    from prodmode.io import json_schema, load, save
    from prodmode.plan.checker import Verdict, check
    from prodmode.plan.plan import Plan
    from prodmode.result import Result
    from prodmode.solving import solve

__all__ = [
    "BackendError",
    "Budget",
    "Capacity",
    "Change",
    "Comparison",
    "Demand",
    "Expansion",
    "Formulation",
    "InputError",
    "Instance",
    "Investment",
    "Issue",
    "Limit",
    "Line",
    "Option",
    "Plan",
    "ProdmodeError",
    "Progress",
    "Resource",
    "Result",
    "Scenario",
    "Settings",
    "Site",
    "Status",
    "Study",
    "Tier",
    "Usage",
    "Verdict",
    "apply_edits",
    "ask",
    "check",
    "compare",
    "diagnose",
    "formulate",
    "frontier",
    "generate",
    "json_schema",
    "load",
    "save",
    "solve",
    "what_if",
]

_HOMES = {
    "prodmode.backends.contract": ("Progress", "Status"),
    "prodmode.comparison.compare": ("Comparison", "compare"),
    "prodmode.errors": ("BackendError", "InputError", "Issue", "ProdmodeError"),
    "prodmode.explain.changes": ("apply_edits",),
    "prodmode.explain.frontier.frontier": ("frontier",),
    "prodmode.explain.infeasible": ("diagnose",),
    "prodmode.explain.questions": ("ask",),
    "prodmode.explain.study": ("Study",),
    "prodmode.explain.what_if.what_if": ("what_if",),
    "prodmode.formulation": ("Formulation", "formulate"),
    "prodmode.instance.fields": (
        "Budget", "Capacity", "Change", "Demand", "Expansion", "Investment", "Limit", "Line", "Option",
        "Resource", "Scenario", "Settings", "Site", "Tier", "Usage",
    ),
    "prodmode.instance.generator": ("generate",),
    "prodmode.instance.instance": ("Instance",),
    "prodmode.io": ("json_schema", "load", "save"),
    "prodmode.plan.checker": ("Verdict", "check"),
    "prodmode.plan.plan": ("Plan",),
    "prodmode.result": ("Result",),
    "prodmode.solving": ("solve",),
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _version("prodmode")
    if name not in _HOME:
        raise AttributeError(f"module 'prodmode' has no attribute '{name}'")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
