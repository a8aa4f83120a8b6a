"""What a planner calls things: modes, kinds of money, constraints, periods and quantities, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodmode.document.page import money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodmode.instance.instance import Instance

MODES: dict[str, tuple[str, str]] = {
    "mass": ("made in mass production at", "made in mass production"),
    "custom": ("custom-made at", "custom-made"),
    "outsourced": ("bought from", "bought in"),
}
"""What is done with a line in each mode: with a site, and without one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind of money or of amount in a ledger.

    Attributes
    ----------
    label : str
        What stands in a table.
    sentence : str
        What it is.
    """

    label: str
    sentence: str


ENTRIES: dict[str, Entry] = {
    "made": Entry("units made or ordered", "units made or ordered, rejects included"),
    "sold": Entry("units sold", "units sold"),
    "unserved": Entry("units of demand not served", "demand that nobody serves while the line is offered"),
    "revenue": Entry("revenue", "units sold at the price of the option"),
    "unit_cost": Entry("unit cost", "what the units made or ordered cost, price breaks included"),
    "setup_cost": Entry("setups", "changeovers, paid in every period in which something is made"),
    "fixed_cost": Entry("fixed cost", "paid in every period in which the option is in use"),
    "startup_cost": Entry("start-up", "paid once when an option is taken up"),
    "exit_cost": Entry("exit", "paid once when an option is given up"),
    "tooling_capex": Entry(
        "tooling", "tools and moulds, bought out of the budget when an option is taken up"
    ),
    "holding_cost": Entry("holding stock", "paid on what is in stock at the end of each period"),
    "lost_sale_penalty": Entry("penalty for lost sales", "paid on demand that is not served"),
    "carbon_cost": Entry("carbon", "the emissions of the units made at the price of carbon"),
    "overtime_cost": Entry("overtime", "hours or units beyond the normal capacity of a resource"),
    "capex": Entry("investments", "copies of investments bought, out of the budget"),
    "upkeep_cost": Entry("upkeep of investments", "paid in every period on copies in service"),
    "salvage": Entry("value of investments left at the end", "what copies are still worth at the end"),
}
"""Every kind of money in a plan and the amounts beside it."""

NOT_OFFERED = "not offered"
"""What a line is that uses none of its options."""

EARNED = "what the line earns"
"""What the sum of a line's ledger is called."""

_BY = {
    "setup_cost": ("setups", "for setups"),
    "fixed_cost": ("fixed cost", "for fixed cost"),
    "launch": ("start-up and exit", "for start-up and exit"),
    "tooling_capex": ("tooling", "for tooling"),
    "holding_cost": ("holding stock", "for holding stock"),
    "lost_sale_penalty": ("service", "in penalties for lost sales"),
    "carbon_cost": ("carbon", "for carbon"),
    "overtime_cost": ("overtime", "for overtime"),
    "investments": ("investments", "for investments"),
}

STEPS: dict[str, tuple[str, str, str]] = {
    "price": ("price", "{} less revenue because of the price", "{} more revenue because of the price"),
    "volume": ("units sold", "{} less revenue because less is sold", "{} more revenue because more is sold"),
    "unit_cost": ("unit cost", "{} more for making or buying units", "{} less for making or buying units"),
    **{name: (label, f"{{}} more {what}", f"{{}} less {what}") for name, (label, what) in _BY.items()},
    "other_lines": (
        "knock-on on other lines", "{} less earned on other lines", "{} more earned on other lines",
    ),
}  # fmt: skip
"""Steps from what one plan earns to what another does: the label, and how a loss and a gain are told."""

FAMILIES: dict[str, str] = {
    "assignment": "a line uses one of its options in every period, or as many at once as it may",
    "offered": "an optional line is offered where one of its options is in use",
    "offered_by": "an optional line is offered where one of its options is in use",
    "start_in_force": "an option that is taken up is then in use",
    "start_anew": "an option is taken up only where it was not in use before",
    "switching": "an option is in use as in the period before, unless it is taken up or given up",
    "max_switches": "a line may change its option only so often",
    "balance": "what is sold or kept was made or in stock",
    "served": "what is sold comes from a period in which it was made",
    "made_for": "what is made is sold then or later",
    "initial_stock": "no more of the first stock is sold than there is",
    "stock_served": "what is sold later is in stock until then",
    "serves_setup": "what is sold was made after a setup",
    "stock_in_force": "stock is kept only while its option is in use",
    "market": "an option sells no more than its market asks for",
    "fill_rate": "the line's least fill rate is kept",
    "line_demand": "the options of a line together sell no more than is asked for",
    "line_fill_rate": "the options of a line together keep its least fill rate",
    "production": "an option makes something only while it is in use and set up",
    "setup_in_force": "an option is set up only while it is in use",
    "min_lot": "what is made or ordered reaches the minimum lot",
    "tier_total": "every unit is paid at the price of its price break",
    "tier_ceiling": "no more units are paid at a price break than fit into it",
    "tier_floor": "a price break is reached before its price counts",
    "one_tier": "one price break applies at a time",
    "capacity": "no more is used of a resource than there is",
    "unlocking": "an option that requires an investment is in use only once that is in service",
    "service": "an investment is in service once it is bought and delivered",
    "copies": "no more copies of an investment are bought than there may be",
    "budget": "purchases and tooling stay within the budget of each period",
    "budget_carryover": "purchases and tooling stay within the budget, unspent money carried over",
    "limits": "a policy over many lines is kept",
    "cvar": "profit in the worst scenarios counts",
    "restriction": "what was asked for is kept",
}
"""What each family of constraints says."""


def titled(key: str, name: object) -> str:
    """Return a key in quotes, with the name beside it where there is one.

    Examples
    --------
    >>> titled("oak-table", "Oak dining table"), titled("oak-table", None)
    ("'oak-table' (Oak dining table)", "'oak-table'")
    """
    return f"'{key}' ({name})" if isinstance(name, str) and name and name != key else f"'{key}'"


def line_name(instance: Instance, line: str) -> str:
    """Return a line's key with its name."""
    table = instance.lines
    return titled(line, table.loc[table["line"] == line, "name"].iloc[0])


def site_name(instance: Instance, site: object) -> str:
    """Return a site's name, or its key where it has none; empty for a blank site."""
    if not isinstance(site, str):
        return ""
    table = instance.sites
    found = table.loc[table["site"] == site, "name"]
    name = found.iloc[0] if len(found) else None
    return name if isinstance(name, str) and name else f"'{site}'"


def option_row(instance: Instance, option: str) -> tuple[str, str | None]:
    """Return the mode and the site of an option."""
    table = instance.options
    row = table.loc[table["option"] == option].iloc[0]
    return str(row["mode"]), row["site"] if isinstance(row["site"], str) else None


def way(instance: Instance, option: str) -> str:
    """Return how an option serves its line, such as "bought from Baltic Wood"."""
    mode, site = option_row(instance, option)
    at, alone = MODES[mode]
    name = site_name(instance, site)
    return f"{at} {name}" if name else alone


def amount(figure: float) -> str:
    """Return a quantity with thousands separators and no more digits than matter.

    Examples
    --------
    >>> amount(1234.56), amount(12.345), amount(0.0), amount(150.0)
    ('1,235', '12.3', '0', '150')
    """
    if abs(figure) >= 100 or abs(figure - round(figure)) < 1e-6:
        return f"{figure + 0.0:,.0f}"
    return f"{figure:,.1f}" if abs(figure) >= 10 else f"{figure:,.2f}"


def quantity(figure: float, unit: object) -> str:
    """Return a quantity with its unit."""
    return f"{amount(figure)} {unit}" if isinstance(unit, str) and unit else amount(figure)


def signed(figure: float, currency: str) -> str:
    """Return money with a sign before gains too.

    Examples
    --------
    >>> signed(1500.0, "EUR"), signed(-2.5, "EUR")
    ('+1,500 EUR', '-2.50 EUR')
    """
    return ("+" if figure > 0 else "") + money(figure + 0.0, currency)


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return words as a sentence lists them.

    Examples
    --------
    >>> listed(["Q1"]), listed(["Q1", "Q2"]), listed(["Q1", "Q2", "Q4"])
    ('Q1', 'Q1 and Q2', 'Q1, Q2 and Q4')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def span(first: str, last: str) -> str:
    """Return a stretch of periods.

    Examples
    --------
    >>> span("Q1", "Q1"), span("Q1", "Q3")
    ('in Q1', 'from Q1 to Q3')
    """
    return f"in {first}" if first == last else f"from {first} to {last}"


def stretches(periods: Sequence[str], chosen: Iterable[str]) -> str:
    """Return periods as stretches.

    Examples
    --------
    >>> stretches(["Q1", "Q2", "Q3", "Q4"], ["Q1", "Q2", "Q4"])
    'Q1 to Q2 and Q4'
    >>> stretches(["Q1", "Q2"], ["Q1", "Q2"])
    'Q1 to Q2'
    """
    wanted = set(chosen)
    runs: list[list[str]] = []
    for before, period in zip([None, *periods], periods, strict=False):
        if period not in wanted:
            continue
        if runs and before in wanted:
            runs[-1].append(period)
        else:
            runs.append([period])
    return listed([run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs])
