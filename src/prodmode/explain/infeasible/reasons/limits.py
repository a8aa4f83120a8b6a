"""Limits whose minimum cannot be reached or whose maximum cannot be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.explain.infeasible.reasons.amounts import Amounts, amounts_of
from prodmode.explain.infeasible.reasons.facts import Reason, misses
from prodmode.explain.words import listed
from prodmode.instance.fields import EACH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from prodmode.explain.infeasible.reasons.facts import Facts

MOST_TOLD = 3
"""Lines that a sentence names."""


def limit_reasons(facts: Facts) -> Iterator[Reason]:
    """Yield limits that no plan can keep, each line taken for itself."""
    for limit in facts.instance.limits.to_dict("records"):
        amounts = amounts_of(facts, limit["measure"])
        if amounts is None:
            continue
        inside = _inside(facts, limit)
        for periods in _groups(facts, limit):
            found = _broken(facts, limit, amounts, inside, periods)
            if found is not None:
                yield found
                break


def _inside(facts: Facts, limit: dict[Any, Any]) -> NDArray[np.bool_]:
    """Return which options a limit counts, shape (O,)."""
    options = facts.instance.options
    family = facts.instance.lines["family"].to_numpy()[facts.constants.line]
    inside = np.ones(len(options), dtype=bool)
    for name in ("mode", "site", "line"):
        if isinstance(limit[name], str):
            inside &= (options[name] == limit[name]).to_numpy(dtype=bool)
    if isinstance(limit["family"], str):
        inside &= np.array([label == limit["family"] for label in family], dtype=bool)
    return inside


def _groups(facts: Facts, limit: dict[Any, Any]) -> list[list[int]]:
    """Return the periods that each row of a limit sums over."""
    labels, period = facts.instance.periods, limit["period"]
    if period == EACH or (not isinstance(period, str) and limit["measure"] == "lines"):
        return [[at] for at in range(len(labels))]
    return [[labels.index(period)]] if isinstance(period, str) else [list(range(len(labels)))]


def _broken(
    facts: Facts, limit: dict[Any, Any], amounts: Amounts, inside: NDArray[np.bool_], periods: list[int]
) -> Reason | None:
    least, most = amounts.least(inside, periods), amounts.most(inside, periods)
    low, high = least.sum(axis=1), most.sum(axis=1)
    if not np.isnan(limit["max"]) and (over := misses(low, np.full_like(low, limit["max"]))).any():
        at = int(over.argmax())
        return _reason(facts, limit, "max", periods, at, float(low[at]), least[at])
    if not np.isnan(limit["min"]) and (under := misses(np.full_like(high, limit["min"]), high)).any():
        at = int(under.argmax())
        return _reason(facts, limit, "min", periods, at, float(high[at]), None)
    others = amounts.least(~inside, periods).sum(axis=1), amounts.most(~inside, periods).sum(axis=1)
    share = limit["max_share"]
    if not np.isnan(share) and (over := misses((1 - share) * low, share * others[1])).any():
        at = int(over.argmax())
        return _reason(
            facts, limit, "max_share", periods, at, float(low[at] / (low[at] + others[1][at])), least[at]
        )
    share = limit["min_share"]
    if not np.isnan(share) and (under := misses(share * others[0], (1 - share) * high)).any():
        at = int(under.argmax())
        return _reason(
            facts, limit, "min_share", periods, at, float(high[at] / (high[at] + others[0][at])), None
        )
    return None


def _reason(
    facts: Facts,
    limit: dict[Any, Any],
    side: str,
    periods: list[int],
    scenario: int,
    figure: float,
    least: NDArray[np.float64] | None,
) -> Reason:
    words, name = facts.words, str(limit["limit"])
    share = side.endswith("share")
    future = "" if limit["measure"] == "lines" else facts.scenario(scenario)
    amount = f"{words.percent(figure)} of it" if share else words.measured(name, figure)
    when = f" in {facts.instance.periods[periods[0]]}" if len(periods) == 1 else ""
    if side.startswith("max"):
        told = f"at least {amount} cannot be avoided{when}{future}"
        if least is not None:
            lines = [line for line in np.argsort(-least)[:MOST_TOLD] if least[line] > 0]
            told += f", most of it for {listed([facts.words.line(facts.lines[line]) for line in lines])}"
        needed, possible = figure, float(limit[side])
    else:
        told = f"at most {amount} can be reached{when}{future}"
        needed, possible = float(limit[side]), figure
    stated = words.limit(name, side, float(limit[side]))
    sentence = f"{stated[:1].upper()}{stated[1:]}, but {told}."
    return Reason("limit", sentence, name, facts.labels(periods), needed, possible)
