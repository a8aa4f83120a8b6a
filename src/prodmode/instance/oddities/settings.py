"""Settings and scenarios that are hardly meant: rates in percent, the wrong length of a period."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from prodmode.instance.oddities.facts import Facts

_LARGEST_RATE = 0.5
_LARGEST_FACTOR = 20.0
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_LABELS = tuple(
    (re.compile(pattern, re.IGNORECASE), months, word)
    for pattern, months, word in (
        (r"(\d{4}|FY\d{2,4}|year.?\d+)", 12.0, "years"),
        (r"(\d{4}[-/ ]?)?H[12]([-/ ]?\d{2,4})?", 6.0, "half-years"),
        (r"(\d{4}[-/ ]?)?Q[1-4]([-/ ]?\d{2,4})?", 3.0, "quarters"),
        (rf"\d{{4}}[-/](0[1-9]|1[0-2])|({_MONTHS})\w*([-/ ]?\d{{2,4}})?", 1.0, "months"),
        (r"(\d{4}[-/ ]?)?W\d{1,2}", 7 / 30.4, "weeks"),
    )
)
"""What labels of periods look like, the months of such a period, and what they are called."""


def check_settings(facts: Facts) -> None:
    """Report odd settings."""
    settings, sheet = facts.draft.settings, facts.draft.sheets
    if settings is None:
        return
    rate = settings.discount_rate
    if rate > _LARGEST_RATE:
        message = f"discount_rate {rate:g} is {rate:.0%} a year."
        _add(
            facts,
            "rate-in-percent",
            "discount_rate",
            message,
            f"Maybe {rate / 100:g}? It is a share, not percent.",
        )
    price = settings.carbon_price
    emits = bool((facts.number("options", "emissions_per_unit") > 0).any())
    if price and not emits:
        message = f"carbon_price {price:g} acts on nothing: no option has emissions_per_unit."
        _add(
            facts,
            "idle-carbon-price",
            "carbon_price",
            message,
            "Give the emissions of options, or leave it out.",
        )
    elif 0 < price < 1:
        message = f"carbon_price {price:g} is the price of a tonne."
        _add(
            facts,
            "carbon-price-per-kg",
            "carbon_price",
            message,
            f"Maybe {1000 * price:g}, if it is meant per kilogram?",
        )
    _check_length(facts)
    spends = (facts.number("options", "tooling_capex") > 0).any()
    if len(sheet["budgets"]) and not len(sheet["investments"]) and not spends:
        message = "the budget limits nothing: there is neither an investment nor tooling_capex."
        place = sheet["budgets"].place()
        hint = "Leave it out, or give what it is for."
        facts.draft.faults.add("idle-budget", "budgets", message, place, hint=hint, severity="warning")


def _add(facts: Facts, code: str, name: str, message: str, hint: str) -> None:
    place = facts.setting_place(name)
    facts.draft.faults.add(code, "settings", message, place, hint=hint, severity="warning")


def _check_length(facts: Facts) -> None:
    """Report labels of periods that say another length than months_per_period, where money is discounted."""
    settings = facts.draft.settings
    if settings is None or not settings.discount_rate or facts.periods < 2:
        return
    for pattern, months, word in _LABELS:
        if all(pattern.fullmatch(label.strip()) for label in facts.draft.periods):
            if not 0.8 * months <= settings.months_per_period <= 1.25 * months:
                first, last = facts.draft.periods[0], facts.draft.periods[-1]
                message = (
                    f"the periods {first} to {last} look like {word}, but months_per_period is"
                    f" {settings.months_per_period:g}, by which money is discounted."
                )
                _add(facts, "period-length", "months_per_period", message, f"Maybe {months:.2g}?")
            return


def check_scenarios(facts: Facts) -> None:
    """Report scenarios that count for nothing or are the same, and factors that look like percent."""
    probability = facts.number("scenarios", "probability")

    def never(row: int) -> tuple[str, str | None]:
        return f"{facts.who('scenarios', row)} has probability 0, yet every limit must hold in it.", (
            "Leave it out, or give it a probability."
        )

    facts.warn("probability-zero", ("scenarios", "probability"), probability == 0, never)
    changed = np.zeros(facts.size("scenarios"), dtype=bool)
    changed[facts.draft.codes("changes", "scenario")] = True
    plain = np.flatnonzero(~changed)
    if len(plain) > 1:
        same = np.zeros(len(changed), dtype=bool)
        same[plain[1:]] = True
        first = facts.draft.sheets["scenarios"].text(int(plain[0]), "scenario")

        def alike(row: int) -> tuple[str, str | None]:
            return f"{facts.who('scenarios', row)} changes nothing, as scenario '{first}' does.", (
                "Give its changes, or leave it out."
            )

        facts.warn("scenario-without-changes", ("scenarios", "scenario"), same, alike)
    factor = facts.number("changes", "factor")

    def percent(row: int) -> tuple[str, str | None]:
        quantity = facts.draft.sheets["changes"].text(row, "quantity")
        message = f"a change multiplies {quantity} by {factor[row]:g}."
        return message, f"Maybe {factor[row] / 100:g}? It is a factor, not percent."

    facts.warn("factor-in-percent", ("changes", "factor"), factor >= _LARGEST_FACTOR, percent)
