"""Options that can never be in force, never pay, or are described in a way that contradicts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.fields import MODES
from prodmode.instance.oddities.facts import TINY_YIELD

if TYPE_CHECKING:
    from prodmode.instance.oddities.facts import Facts

_LARGEST_FACTOR = 20.0
_DAYS = 365.25 / 12
_OUTSOURCED = MODES.index("outsourced")
_SUPPLIER = "supplier"


def check_options(facts: Facts) -> None:
    """Report odd options and tiers."""
    _check_windows(facts)
    _check_selling(facts)
    _check_launch(facts)
    _check_amounts(facts)
    _check_lead_time(facts)
    _check_site(facts)
    _check_tiers(facts)


def _check_windows(facts: Facts) -> None:
    first, last = facts.window("options")
    start, end = facts.window("lines")
    apart = np.maximum(first, start[facts.line]) > np.minimum(last, end[facts.line])

    def describe(row: int) -> tuple[str, str | None]:
        line = facts.draft.sheets["options"].text(row, "line")
        message = f"{facts.who('options', row)} is never possible while line '{line}' is on the market."
        return message, "Check the first_period and last_period of both."

    facts.warn("option-off-market", ("options", "option"), apart, describe)


def _check_selling(facts: Facts) -> None:
    """Report options of which each unit loses money, where the line has others that earn."""
    earning = np.zeros(facts.size("lines"), dtype=bool)
    least = facts.good_cost * facts.cheaper
    earns = facts.able & (facts.worth >= least)
    earning[facts.line[earns]] = True
    fill = facts.number("lines", "min_fill_rate")[facts.line]
    loses = facts.able & (facts.worth < least) & (fill == 0) & earning[facts.line]
    loses &= (facts.best_price[facts.line] > 0) & ~facts.slipped

    def describe(row: int) -> tuple[str, str | None]:
        message = (
            f"{facts.who('options', row)}: a unit costs {facts.good_cost[row]:g} at least and is worth"
            f" {facts.worth[row]:g} at most: nothing of it is worth selling."
        )
        return message, "Maybe unit_cost, yield or price_factor is a slip?"

    facts.warn("option-never-sells", ("options", "unit_cost"), loses, describe)


def _check_launch(facts: Facts) -> None:
    """Report costs of starting, holding or leaving an option above all that the line could bring."""
    total = facts.revenue.sum(axis=1)[facts.line]
    peak = facts.revenue.max(axis=1, initial=0.0)[facts.line]
    cases = (
        ("startup_cost", total, "all that its line could sell over the horizon"),
        ("tooling_capex", total, "all that its line could sell over the horizon"),
        ("exit_cost", total, "all that its line could sell over the horizon, so that it is never left"),
        ("fixed_cost", peak, "all that its line could sell in its best period"),
        ("setup_cost", total, "all that its line could sell over the horizon"),
    )
    for column, most, what in cases:
        cost = facts.number("options", column)

        def describe(
            row: int, column: str = column, cost: object = cost, most: object = most, what: str = what
        ) -> tuple[str, str | None]:
            message = f"{facts.who('options', row)}: {column} {cost[row]:g} is above {what}, {most[row]:g}."  # type: ignore[index]
            return message, "Maybe it is a slip, or in another unit than the prices?"

        factor = facts.number("options", "demand_factor") * facts.number("options", "price_factor")
        facts.warn(
            f"{column.replace('_', '-')}-above-revenue",
            ("options", column),
            (most > 0) & (cost > most * np.maximum(factor, 1)),
            describe,
        )


def _check_amounts(facts: Facts) -> None:
    good, most = facts.number("options", "yield"), facts.number("options", "max_units")

    def tiny(row: int) -> tuple[str, str | None]:
        message = (
            f"{facts.who('options', row)}: yield {good[row]:g} scraps {1 - good[row]:.0%} of what is made."
        )
        return message, f"Maybe {1 - good[row]:g}? It is the share of good units, not of scrap."

    facts.warn("tiny-yield", ("options", "yield"), good < TINY_YIELD, tiny)

    def nothing(row: int) -> tuple[str, str | None]:
        return (
            f"{facts.who('options', row)}: max_units 0 lets it make nothing.",
            "Leave it blank for no bound.",
        )

    facts.warn("makes-nothing", ("options", "max_units"), most == 0, nothing)
    for column in ("price_factor", "demand_factor"):
        factor = facts.number("options", column)

        def large(row: int, column: str = column, factor: object = factor) -> tuple[str, str | None]:
            value = factor[row]  # type: ignore[index]
            message = f"{facts.who('options', row)}: {column} {value:g} multiplies by {value:g}."
            return message, f"Maybe {value / 100:g}? It is a factor, not percent."

        facts.warn("factor-in-percent", ("options", column), factor >= _LARGEST_FACTOR, large)


def _check_lead_time(facts: Facts) -> None:
    settings, lead = facts.draft.settings, facts.number("options", "lead_time_days")
    if settings is None:
        return
    horizon = settings.months_per_period * facts.periods * _DAYS

    def describe(row: int) -> tuple[str, str | None]:
        message = (
            f"{facts.who('options', row)}: lead_time_days {lead[row]:g} is longer than the whole horizon of"
            f" {horizon:.0f} days."
        )
        return message, "Maybe it is in hours, or months_per_period is not right?"

    facts.warn("lead-time-beyond-horizon", ("options", "lead_time_days"), lead > horizon, describe)


def _check_site(facts: Facts) -> None:
    """Report what is outsourced to an own site, or made at a supplier."""
    kinds = facts.draft.frames["sites"]["kind"]
    if not kinds.notna().any():
        return
    words = np.append(kinds.astype(object).where(kinds.notna(), "").to_numpy(), "")
    kind = words[facts.draft.codes("options", "site")]
    bought = facts.draft.codes("options", "mode") == _OUTSOURCED
    odd = (kind != "") & (bought != (kind == _SUPPLIER))

    def describe(row: int) -> tuple[str, str | None]:
        sheet = facts.draft.sheets["options"]
        mode, site = sheet.text(row, "mode"), sheet.text(row, "site")
        message = f"{facts.who('options', row)} is {mode} at site '{site}', which is a {kind[row]}."
        return message, "Check the mode of the option and the kind of the site."

    facts.warn("mode-against-site", ("options", "site"), odd, describe)


def _check_tiers(facts: Facts) -> None:
    option, start = facts.draft.codes("tiers", "option"), facts.number("tiers", "from_units")
    if not len(option):
        return
    need = facts.need[option]
    # Quotations have steps for larger buyers; that even the first is too high is odd.
    first = np.append(True, option[1:] != option[:-1])
    second = np.append(False, first[:-1]) & ~first
    above = second & (need > 0) & (start > need)

    def describe(row: int) -> tuple[str, str | None]:
        name = facts.draft.sheets["tiers"].text(row, "option")
        message = (
            f"no price break of option '{name}' can be reached: the first is at {start[row]:g} units, and it"
            f" could need {need[row]:g} at most."
        )
        return message, "Maybe the quotation is for a longer time than a period?"

    facts.warn("tier-out-of-reach", ("tiers", "from_units"), above, describe)
    cost = facts.number("tiers", "unit_cost")
    incremental = (
        facts.draft.frames["options"]["tier_kind"].astype(object).to_numpy()[option] == "incremental"
    )
    rising = np.append(False, (option[1:] == option[:-1]) & (cost[1:] > cost[:-1])) & ~incremental

    def dearer(row: int) -> tuple[str, str | None]:
        name = facts.draft.sheets["tiers"].text(row, "option")
        message = (
            f"a tier of option '{name}' costs {cost[row]:g} for more units, {cost[row - 1]:g} for fewer."
        )
        return message, "Maybe the prices are swapped? A quantity discount falls."

    facts.warn("tier-rising", ("tiers", "unit_cost"), rising, dearer)
