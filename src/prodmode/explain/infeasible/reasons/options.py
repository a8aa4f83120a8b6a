"""Lines without an option when they need one, and lines that would have to switch too often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.explain.infeasible.reasons.facts import Reason
from prodmode.explain.infeasible.words import figure
from prodmode.explain.words import listed
from prodmode.formulation.columns import counted_starts
from prodmode.formulation.constants import codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from prodmode.explain.infeasible.reasons.facts import Facts

MOST_TOLD = 4
"""Options that a sentence names."""


def option_reasons(facts: Facts) -> Iterator[Reason]:
    """Yield required lines without any option in some periods, with what each option misses."""
    lacking = facts.must & ~facts.served
    for line in np.flatnonzero(lacking.any(axis=1)):
        groups: dict[tuple[str, ...], list[int]] = {}
        for period in np.flatnonzero(lacking[line]):
            groups.setdefault(_missed(facts, int(line), int(period)), []).append(int(period))
        for told, periods in groups.items():
            more = len(told) - MOST_TOLD
            named = [*told[:MOST_TOLD], *([f"{more} more cannot either"] if more > 0 else [])]
            why = f"no option can be used then: {'; '.join(named)}" if told else "it has no option"
            when = facts.words.periods(periods)
            sentence = f"{facts.words.line(facts.lines[line])} must be offered in {when}, but {why}."
            yield Reason("no_option", sentence, str(facts.lines[line]), facts.labels(periods))


def _missed(facts: Facts, line: int, period: int) -> tuple[str, ...]:
    """Return what each option of a line misses in a period, the nearest first."""
    told = [_miss(facts, int(option), period) for option in facts.members[line]]
    return tuple(words for _, words in sorted(told, key=lambda miss: miss[0]))


def _miss(facts: Facts, option: int, period: int) -> tuple[float, str]:
    """Return how far, as shares of figures, and by what an option misses being usable."""
    instance = facts.instance
    row, line = instance.options.iloc[option], instance.lines.iloc[facts.constants.line[option]]
    far, causes = 0.0, []
    late = row["lead_time_days"] - line["max_lead_time_days"]
    if late > 0:
        far += late / max(line["max_lead_time_days"], 1.0)
        allowed = facts.words.number(line["max_lead_time_days"])
        causes.append(
            f"takes {facts.words.days(row['lead_time_days'])}, {figure(late)} more than the {allowed} allowed"
        )
    poor = line["min_quality"] - row["quality"]
    if poor > 0:
        far += poor / max(abs(line["min_quality"]), 1e-9)
        causes.append(
            f"has a quality of {figure(row['quality'])}, {figure(poor)} below the "
            f"{figure(line['min_quality'])} asked for"
        )
    first, last = (codes(instance.options[name])[option] for name in ("first_period", "last_period"))
    labels = instance.periods
    if first > period:
        far += (first - period) / len(labels)
        causes.append(f"cannot be used before {labels[first]}")
    if 0 <= last < period:
        far += (period - last) / len(labels)
        causes.append(f"cannot be used after {labels[last]}")
    needs = codes(instance.options["requires"])[option]
    if needs >= 0 and not facts.constants.serviceable[needs, period]:
        after, words = _service(facts, needs, period)
        far += after
        causes.append(words)
    return far, f"'{facts.options[option]}' {listed(causes)}"


def _service(facts: Facts, investment: int, period: int) -> tuple[float, str]:
    ready, labels = facts.constants.serviceable[investment], facts.instance.periods
    name = facts.instance.investments["investment"].iloc[investment]
    if not ready.any():
        return 1.0, f"requires '{name}', which cannot serve within the horizon"
    first = int(ready.argmax())
    return (first - period) / len(
        labels
    ), f"requires '{name}', which serves from {labels[first]} at the earliest"


def switch_reasons(facts: Facts) -> Iterator[Reason]:
    """Yield required lines that must switch more often than they may, whichever options they use."""
    lines, available = facts.instance.lines, facts.constants.available
    counted = counted_starts(facts.constants)[facts.constants.line].astype(np.float64)
    # With several options at once, one that runs from the line's first period on costs no switch later.
    fresh = codes(lines["current_option"]) < 0
    market = facts.constants.on_market
    since = np.logical_and.accumulate(available | ~_started(market)[facts.constants.line], axis=1)
    counted[since & (fresh & facts.several)[facts.constants.line][:, None]] = 0.0
    switches = cheapest_path(facts, counted)[-1]
    allowed = lines["max_switches"].to_numpy(dtype=np.float64)
    whole = (facts.must == facts.served).all(axis=1) & facts.must.any(axis=1)
    for line in np.flatnonzero(whole & (switches > allowed + 0.5)):
        usable = [
            f"'{facts.options[option]}' in {facts.words.periods(np.flatnonzero(available[option]))}"
            for option in facts.members[line] if available[option].any()
        ]  # fmt: skip
        needed, may = int(switches[line]), int(allowed[line])
        when = facts.words.periods(np.flatnonzero(facts.must[line]))
        many = f"{needed} switch{'' if needed == 1 else 'es'}"
        sentence = (
            f"{facts.words.line(facts.lines[line])} must be offered in {when} and needs at least {many} for "
            f"it, but {may} {'is' if may == 1 else 'are'} allowed; its options can be used so: "
            f"{'; '.join(usable[:6])}."
        )
        yield Reason(
            "switches",
            sentence,
            str(facts.lines[line]),
            facts.labels(np.flatnonzero(facts.must[line])),
            float(needed),
            float(may),
        )


def _started(market: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where a line has been on the market by then, shape (L, T)."""
    return np.logical_or.accumulate(market, axis=1)


def cheapest_path(facts: Facts, cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least that the starts of each line cost up to each period, shape (T, L).

    A shortest path over options and periods. Where several options are in force, the path that follows one
    of them until it is left enters each run of an option once at most, so that it costs no more than they do.

    Parameters
    ----------
    facts : Facts
        When options can be used.
    cost : ndarray, shape (O, T)
        Cost of a start, not negative.
    """
    line, available = facts.constants.line, facts.constants.available
    here = np.where(facts.constants.current, 0.0, np.inf)
    best = np.zeros(len(facts.lines))
    found = []
    for period in range(available.shape[1]):
        here = np.where(available[:, period], np.minimum(here, best[line] + cost[:, period]), np.inf)
        now = np.full(len(best), np.inf)
        np.minimum.at(now, line, here)
        best = np.where(facts.must[:, period] & np.isfinite(now), now, best)
        found.append(best)
    return np.array(found)
