"""The portfolio that the models written by hand solve: a generated one without its hardest features.

What stays: lines with current options, options with switching costs and a limit on switches, yields, market
factors, fill rates and lost sales, setups and minimum lots, resources with overtime, investments with lead
times that expand and unlock, a budget carried over, a limit on the share of outsourced spend, on emissions
and on lines at suppliers, carbon costs, salvage, discounting.

What goes: stock, price tiers (the first tier's price holds for all units), two options in force at once,
market windows, and options that are ineligible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.instance.generator import generate

if TYPE_CHECKING:
    from prodmode import Instance


def core(*, lines: int, periods: int = 4, seed: int = 1, profile: str = "mid-size") -> Instance:
    """Return a generated portfolio without stock, tiers, dual sourcing, windows and ineligible options.

    Parameters
    ----------
    lines, periods : int
        Size.
    seed : int
        Of the generator.
    profile : str
        Of the generator.
    """
    full = generate(lines=lines, periods=periods, seed=seed, profile=profile)
    tiers = full.tiers
    first = tiers[tiers["from_units"] == 0].astype({"option": str}).set_index("option")["unit_cost"]
    options = full.options
    listed = options["option"].map(first)
    return full.replace(
        lines=full.lines.drop(
            columns=[
                "holding_cost", "initial_stock", "max_options", "max_lead_time_days", "min_quality",
                "first_period", "last_period",
            ]
        ),
        options=options.assign(unit_cost=options["unit_cost"].fillna(listed)).drop(
            columns=["tier_kind", "first_period", "last_period"]
        ),
        tiers=[],
    )  # fmt: skip
