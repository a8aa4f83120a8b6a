"""What the columns of the workbook mean, their units, and how their numbers are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from prodmode.explain.words import ENTRIES
from prodmode.plan.by_line import MONEY

Shown = Literal["text", "flag", "count", "units", "money", "percent", "factor"]
"""How the cells of a column are shown."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column holds.

    Attributes
    ----------
    shown : str
        How its cells are shown.
    words : str
        What it means; the unit apart.
    """

    shown: Shown
    words: str = ""

    def note(self, currency: str) -> str:
        """Return the note of the header."""
        unit = {"money": currency, "units": "units", "percent": "share"}.get(self.shown, "")
        return f"{self.words} ({unit})" if unit else self.words


_DISCOUNTED = "in money of the first period"

MEANINGS: dict[str, Meaning] = {
    "scenario": Meaning("text", "possible future"),
    "line": Meaning("text", "product line"),
    "name": Meaning("text", "name of the line"),
    "family": Meaning("text", "family of the line"),
    "option": Meaning("text", "concrete way to make or buy the line"),
    "mode": Meaning("text", "mass, custom or outsourced"),
    "site": Meaning("text", "where the option makes or buys"),
    "period": Meaning("text", "period of the plan"),
    "resource": Meaning("text", "shared capacity"),
    "investment": Meaning("text", "what is bought to gain capacity or to unlock options"),
    "in_force": Meaning("flag", "whether the option is in use"),
    "started": Meaning("flag", "whether the option is taken up in this period"),
    "left": Meaning("flag", "whether the option is given up in this period"),
    "made": Meaning("units", "made or ordered, rejects included"),
    "setup": Meaning("count", "whether there is a setup"),
    "setups": Meaning("units", "expected number of setups"),
    "cost": Meaning("money", "what the units made or ordered cost, price breaks included"),
    "sold": Meaning("units", "sold"),
    "price": Meaning("money", "price of a unit"),
    "stock": Meaning("units", "in stock at the end of the period"),
    "demand": Meaning("units", "asked for"),
    "served": Meaning("units", "of demand served"),
    "unserved": Meaning("units", "of demand not served"),
    "copies": Meaning("count", "number bought"),
    "used": Meaning("units", "capacity taken, of the resource"),
    "capacity": Meaning("units", "capacity with expansions in service, without overtime"),
    "overtime": Meaning("units", "use beyond capacity"),
    "utilisation": Meaning("percent", "used over capacity; above 100 % with overtime"),
    "peak": Meaning("percent", "highest utilisation of all periods and scenarios"),
    "discount_factor": Meaning("factor", "value of money of this period in that of the first one"),
    **{kind: Meaning("money", f"{ENTRIES[kind].sentence}, undiscounted") for kind in MONEY},
    "net": Meaning("money", "revenue and salvage less all costs, undiscounted"),
    "present_value": Meaning("money", f"net, {_DISCOUNTED}"),
    "in": Meaning("money", "revenue and salvage, undiscounted"),
    "operating": Meaning("money", "costs of making, buying and selling, negative, undiscounted"),
    "capital": Meaning("money", "investments and tooling, negative, undiscounted"),
    "npv_so_far": Meaning("money", f"net of all periods up to this one, {_DISCOUNTED}"),
}
"""The meaning of each column by its name, which is the same in every sheet."""
