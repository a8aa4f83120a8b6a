"""What changes in the figures of a plan."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

ALIKE = 1e-7
"""Relative difference below which two quantities are the same: what is left by rounding in a solver."""


@dataclass(frozen=True, slots=True)
class MoneyChange:
    """Money of one kind over the whole horizon of each plan, expected; what is paid is negative.

    Attributes
    ----------
    kind : str
        Column of the cash flow.
    before, after : float
        Present values.
    undiscounted_before, undiscounted_after : float
    """

    kind: str
    before: float
    after: float
    undiscounted_before: float
    undiscounted_after: float

    @property
    def change(self) -> float:
        """Change of the present value; those of all kinds add up to that of the net present value."""
        return self.after - self.before

    @property
    def undiscounted_change(self) -> float:
        """Change of the undiscounted money."""
        return self.undiscounted_after - self.undiscounted_before

    def to_dict(self) -> dict[str, Any]:
        """Return the change as data."""
        return {
            "kind": self.kind,
            "before": self.before,
            "after": self.after,
            "change": self.change,
            "undiscounted_before": self.undiscounted_before,
            "undiscounted_after": self.undiscounted_after,
            "undiscounted_change": self.undiscounted_change,
        }


@dataclass(frozen=True, slots=True)
class UseChange:
    """Use of a resource in a period, expected.

    Attributes
    ----------
    resource, period : str
    before, after : float or None
        Utilisation; None where there is no capacity, or no such resource.
    used_before, used_after : float or None
        Units of the resource; None where a plan has no such resource.
    """

    resource: str
    period: str
    before: float | None
    after: float | None
    used_before: float | None
    used_after: float | None

    @property
    def change(self) -> float | None:
        """Change of the utilisation, None where one of them is."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def differs(self) -> bool:
        """Whether there is a change that rounding in a solver does not account for."""
        pairs = ((self.before, self.after), (self.used_before, self.used_after))
        return not all(_same(*pair) for pair in pairs)

    def to_dict(self) -> dict[str, Any]:
        """Return the change as data."""
        return {
            "resource": self.resource,
            "period": self.period,
            "before": self.before,
            "after": self.after,
            "change": self.change,
            "used_before": self.used_before,
            "used_after": self.used_after,
        }


@dataclass(frozen=True, slots=True)
class UnitsChange:
    """Units made and sold in a mode over the whole horizon of each plan, expected."""

    mode: str
    made_before: float
    made_after: float
    sold_before: float
    sold_after: float

    @property
    def differs(self) -> bool:
        """Whether there is a change that rounding in a solver does not account for."""
        pairs = ((self.made_before, self.made_after), (self.sold_before, self.sold_after))
        return not all(_same(*pair) for pair in pairs)

    def to_dict(self) -> dict[str, Any]:
        """Return the change as data."""
        return {
            "mode": self.mode,
            "made_before": self.made_before,
            "made_after": self.made_after,
            "made_change": self.made_after - self.made_before,
            "sold_before": self.sold_before,
            "sold_after": self.sold_after,
            "sold_change": self.sold_after - self.sold_before,
        }


@dataclass(frozen=True, slots=True)
class ServedChange:
    """Units of a line's demand that are served over the whole horizon of each plan, expected.

    Attributes
    ----------
    line : str
    before, after : float
        Units served.
    fill_rate_before, fill_rate_after : float or None
        Share of the demand in the periods in which the line is offered; None where there is none.
    """

    line: str
    before: float
    after: float
    fill_rate_before: float | None
    fill_rate_after: float | None

    @property
    def change(self) -> float:
        """Units more (or, where negative, less)."""
        return self.after - self.before

    def to_dict(self) -> dict[str, Any]:
        """Return the change as data."""
        return {
            "line": self.line,
            "before": self.before,
            "after": self.after,
            "change": self.change,
            "fill_rate_before": self.fill_rate_before,
            "fill_rate_after": self.fill_rate_after,
        }


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=ALIKE, abs_tol=ALIKE)
