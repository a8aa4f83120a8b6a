"""Both witnesses side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import prodmode as pm
from tests.differential.gmpl_oracle import gmpl_optima

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.differential.gmpl_oracle import Witness

ACCURACY = 1e-6
"""Largest relative difference of optima that agree."""


def disagreements(instances: Mapping[str, pm.Instance], folder: Path, *, timeout: float = 300) -> list[str]:
    """Return a sentence for each instance on which prodmode and the GMPL model differ."""
    witnesses = gmpl_optima(instances, folder, timeout=timeout)
    found = (difference(instance, witnesses[key]) for key, instance in instances.items())
    return [f"{key}: {text}" for key, text in zip(instances, found, strict=True) if text]


def difference(instance: pm.Instance, witness: Witness) -> str | None:
    """Return how prodmode differs from a witness of the same instance, None where it agrees."""
    result = pm.solve(instance, gap=1e-9)
    ours = result.objective if result.has_plan else None
    if result.status not in {"optimal", "infeasible"}:
        return f"stopped with status {result.status}"
    if result.has_plan and not result.verified:
        return "the plan is not verified"
    if not agree(ours, witness.optimum):
        return f"prodmode says {ours}, the model in GNU MathProg {witness.optimum}"
    return None


def agree(one: float | None, other: float | None) -> bool:
    """Tell whether two optima are equal; None stands for no plan."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= ACCURACY * max(1.0, abs(one), abs(other))
