"""Why an instance has no plan: reasons, the conflict and the cheapest repair."""

from __future__ import annotations

from prodmode.explain.infeasible.conflict import Conflict, Member
from prodmode.explain.infeasible.diagnosis import Diagnosis, diagnose, short_text
from prodmode.explain.infeasible.moves import Move
from prodmode.explain.infeasible.probe import Step
from prodmode.explain.infeasible.reasons import Reason
from prodmode.explain.infeasible.repair import Repair
from prodmode.explain.infeasible.rules import Rule

__all__ = [
    "Conflict",
    "Diagnosis",
    "Member",
    "Move",
    "Reason",
    "Repair",
    "Rule",
    "Step",
    "diagnose",
    "short_text",
]
