"""Why no plan can exist, by arithmetic on single rows: proved without a solver, and exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.explain.infeasible.reasons.budgets import budget_reasons
from prodmode.explain.infeasible.reasons.capacities import capacity_reasons
from prodmode.explain.infeasible.reasons.facts import Facts, Reason
from prodmode.explain.infeasible.reasons.limits import limit_reasons
from prodmode.explain.infeasible.reasons.options import option_reasons, switch_reasons
from prodmode.explain.infeasible.reasons.supply import supply_reasons

if TYPE_CHECKING:
    from prodmode.instance.instance import Instance

__all__ = ["Reason", "find_reasons"]


def find_reasons(instance: Instance) -> tuple[Reason, ...]:
    """Return every reason found by arithmetic alone; none of them need be there for an infeasible instance.

    Each is a proof of its own: an instance with a reason has no plan.

    Parameters
    ----------
    instance : Instance
        The portfolio.

    Examples
    --------
    >>> from prodmode import Demand, Instance, Line, Option, Settings
    >>> instance = Instance.from_records(
    ...     Settings(name="workshop", periods=["Q1", "Q2"]),
    ...     [
    ...         Line(line="stool", price=40),
    ...         Demand(line="stool", period="Q1", units=100),
    ...         Option(option="stool-bought", line="stool", mode="outsourced", first_period="Q2"),
    ...     ],
    ... )
    >>> print(find_reasons(instance)[0].sentence)
    'stool' must be offered in Q1, but no option can be used then: 'stool-bought' cannot be used before Q2.
    """
    facts = Facts(instance)
    return (
        *option_reasons(facts),
        *switch_reasons(facts),
        *supply_reasons(facts),
        *capacity_reasons(facts),
        *budget_reasons(facts),
        *limit_reasons(facts),
    )
