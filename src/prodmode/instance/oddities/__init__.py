"""What is odd in an instance: legal, free of faults, and yet hardly what its author meant.

A person who plans would stop at it: a price below every cost, a unit slip, a limit that cannot bind. Every
finding has its place and a way out; what is common in a portfolio is told for a few rows and counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.instance.oddities.dominated import check_dominated
from prodmode.instance.oddities.facts import Facts
from prodmode.instance.oddities.limits import check_limits
from prodmode.instance.oddities.lines import check_lines
from prodmode.instance.oddities.options import check_options
from prodmode.instance.oddities.settings import check_scenarios, check_settings
from prodmode.instance.oddities.shared import check_shared
from prodmode.instance.oddities.slips import check_slips
from prodmode.instance.oddities.words import check_words

if TYPE_CHECKING:
    from prodmode.instance.draft import Draft
    from prodmode.instance.raw import Origin

__all__ = ["check_oddities"]


def check_oddities(draft: Draft, settings: Origin) -> None:
    """Report what is odd.

    Parameters
    ----------
    draft : Draft
        Free of errors.
    settings : Origin
        Tells the places of the settings.
    """
    facts = Facts(draft, settings)
    check_settings(facts)
    check_slips(facts)
    check_lines(facts)
    check_options(facts)
    check_dominated(facts)
    check_shared(facts)
    check_limits(facts)
    check_scenarios(facts)
    check_words(facts)
