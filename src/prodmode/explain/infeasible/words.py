"""Figures and names in a planner's words."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.document.page import money
from prodmode.explain.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from prodmode.instance.instance import Instance

_MEASURES = {
    "lines": "lines in force",
    "units": "units made",
    "spend": "spend",
    "revenue": "revenue",
    "emissions": "emissions",
    "setups": "setups",
    "capex": "capex",
}
_SINGULAR = {"lines": "line in force", "units": "unit made", "setups": "setup"}
_SIDES = {"min": "at least", "max": "at most", "min_share": "at least", "max_share": "at most"}


class Words:
    """Puts the figures of an instance into words.

    Parameters
    ----------
    instance : Instance
        Gives names and units.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    @cached_property
    def _names(self) -> dict[str, str]:
        lines = self.instance.lines
        named = zip(lines["line"], lines["name"], strict=True)
        return {line: name for line, name in named if isinstance(name, str) and name != line}

    @cached_property
    def _resources(self) -> dict[str, dict[str, Any]]:
        return _by_key(self.instance.resources, "resource")

    @cached_property
    def _limits(self) -> dict[str, dict[str, Any]]:
        return _by_key(self.instance.limits, "limit")

    def line(self, line: str) -> str:
        """Return a line's key with its longer name, where it has one."""
        return f"'{line}' ({self._names[line]})" if line in self._names else f"'{line}'"

    def money(self, value: float | None) -> str:
        """Return an amount of money."""
        return money(value or 0.0, self.instance.currency)

    def percent(self, share: float | None) -> str:
        """Return a share in percent, with the digits that it has."""
        return f"{100 * (share or 0.0):.4g} %"

    def points(self, share: float) -> str:
        """Return the difference of two shares."""
        return f"{100 * share:.4g} percentage points"

    def units(self, value: float | None) -> str:
        """Return a quantity of a line."""
        return f"{figure(value or 0.0)} unit{'' if value == 1 else 's'}"

    def days(self, value: float | None) -> str:
        """Return a number of days."""
        return f"{figure(value or 0.0)} day{'' if value == 1 else 's'}"

    def number(self, value: float | None) -> str:
        """Return a bare number."""
        return figure(value or 0.0)

    def is_money(self, limit: str, side: str) -> bool:
        """Return whether a side of a limit is an amount of money."""
        money = self._limits[limit]["measure"] in {"spend", "revenue", "capex"}
        return money and not side.endswith("share")

    def of_resource(self, resource: str, value: float | None) -> str:
        """Return a quantity of a resource in its own unit."""
        unit = self._resources[resource]["unit"]
        return f"{figure(value or 0.0)} {unit if isinstance(unit, str) else 'units of it'}"

    def capacity(self, resource: str, value: float | None) -> str:
        """Return a capacity, with the overtime there may be."""
        overtime = float(self._resources[resource]["overtime_max"])
        more = f", and up to {figure(overtime)} of overtime" if overtime > 0 else ""
        return f"{self.of_resource(resource, value)}{more}"

    def limit(self, name: str, side: str, value: float | None) -> str:
        """Return one side of a limit, with what it counts."""
        limit = self._limits[name]
        share = side.endswith("share")
        amount = f"{self.percent(value)} of all {self.counted(name)}" if share else self.measured(name, value)
        return f"limit '{name}': {_SIDES[side]} {amount}{self._filters(limit)}{self._when(limit)}"

    def counted(self, name: str) -> str:
        """Return what a limit measures."""
        return _MEASURES[self._limits[name]["measure"]]

    def measured(self, name: str, value: float | None) -> str:
        """Return an amount of what a limit measures, with its unit."""
        measure, value = self._limits[name]["measure"], value or 0.0
        if measure in {"spend", "revenue", "capex"}:
            return f"{self.money(value)} of {measure}"
        if measure == "emissions":
            return f"{figure(value)} kg of CO2e"
        noun = _MEASURES[measure]
        return f"{figure(value)} {_SINGULAR.get(measure, noun) if value == 1 else noun}"

    def _filters(self, limit: dict[str, Any]) -> str:
        words = {"mode": "{}", "site": "at '{}'", "family": "in family '{}'", "line": "of '{}'"}
        told = [text.format(limit[key]) for key, text in words.items() if isinstance(limit[key], str)]
        return f" ({', '.join(told)})" if told else ""

    def _when(self, limit: dict[str, Any]) -> str:
        period = limit["period"]
        if period == "each" or (not isinstance(period, str) and limit["measure"] == "lines"):
            return " in every period"
        return f" in {period}" if isinstance(period, str) else " over the whole horizon"

    def periods(self, when: Iterable[int]) -> str:
        """Return periods in words, runs of them by their ends.

        Parameters
        ----------
        when : iterable of int
            Positions, in order.
        """
        labels, runs = self.instance.periods, list[list[int]]()
        for period in when:
            if runs and period == runs[-1][-1] + 1:
                runs[-1].append(period)
            else:
                runs.append([period])
        told = []
        for run in runs:
            first, last = labels[run[0]], labels[run[-1]]
            told += [f"{first} to {last}"] if len(run) > 2 else [labels[period] for period in run]
        return listed(told)


def figure(value: float) -> str:
    """Return a quantity with thousands separators and at most five digits where it has decimals.

    Examples
    --------
    >>> figure(1234567.0), figure(0.25), figure(1234.5678)
    ('1,234,567', '0.25', '1,234.6')
    """
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else "any number of"
    decimals = max(0, 4 - int(np.floor(np.log10(abs(value)))))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _by_key(table: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    rows = table.to_dict("records")
    return {str(row[key]): {str(name): value for name, value in row.items()} for row in rows}
