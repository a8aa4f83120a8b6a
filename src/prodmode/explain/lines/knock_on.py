"""What else changes in a plan when one line is served in another way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodmode.document.page import money
from prodmode.explain.lines.policies import at_limit
from prodmode.explain.words import MODES, amount, listed, option_row, span, stretches, way
from prodmode.plan.diffing.decisions import decision_changes, purchase_changes

if TYPE_CHECKING:
    from prodmode.explain.lines.accounts import Accounts
    from prodmode.instance.instance import Instance
    from prodmode.plan.diffing.choices import DecisionChange

SMALL = 0.002
"""Share of what a line sells or earns up to which a change is not told."""

FULL = 1 - 1e-6
"""Use over normal capacity from which a resource is used up."""

MOST_LINES = 5
"""Lines that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class OtherLine:
    """Another line whose options, sales or earnings change.

    Attributes
    ----------
    line : str
    decisions : tuple of str
        Which options change, in words that follow the line's name; empty where none does.
    sold, earned : float
        Units and present value that it sells and earns more; negative where less.
    """

    line: str
    decisions: tuple[str, ...]
    sold: float
    earned: float

    def words(self, currency: str) -> str:
        """Return the change as a sentence without its full stop."""
        what = f"'{self.line}' {'; it '.join(self.decisions) or 'keeps its options'}"
        parts = []
        if abs(self.sold) >= 0.5:
            parts.append(f"sells {amount(abs(self.sold))} units {'more' if self.sold > 0 else 'fewer'}")
        if abs(self.earned) >= 0.005:
            parts.append(f"earns {money(abs(self.earned), currency)} {'more' if self.earned > 0 else 'less'}")
        link = ", and " if self.decisions else ", but "
        return what + (link + " and ".join(parts) if parts else "")

    def to_dict(self) -> dict[str, Any]:
        """Return the change as data."""
        return {
            "line": self.line,
            "decisions": list(self.decisions),
            "sold": self.sold,
            "earned": self.earned,
        }


@dataclass(frozen=True, slots=True)
class KnockOn:
    """What changes besides the line itself.

    Attributes
    ----------
    lines : tuple of OtherLine
        The largest change of earnings first.
    purchases : tuple of str
        Investments bought otherwise, in words.
    filled, freed : dict of str to tuple of str
        Resources whose normal capacity is used up in some scenario, and those for which that is no longer so,
        with the periods.
    reached, kept : tuple of str
        Policies that the other plan is at the limit of: unlike the plan, and like it where they count the
        option in question.
    """

    lines: tuple[OtherLine, ...]
    purchases: tuple[str, ...]
    filled: dict[str, tuple[str, ...]]
    freed: dict[str, tuple[str, ...]]
    reached: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    def sentences(self, currency: str, periods: tuple[str, ...]) -> tuple[str, ...]:
        """Return the changes, a sentence each."""
        found = [f"{line.words(currency)}." for line in self.lines[:MOST_LINES]]
        rest = self.lines[MOST_LINES:]
        if len(rest) > 1:
            earned = sum(line.earned for line in rest)
            found.append(
                f"{len(rest)} more lines change; together they earn {money(abs(earned), currency)} "
                f"{'more' if earned > 0 else 'less'}."
            )
        else:
            found += [f"{line.words(currency)}." for line in rest]
        found += [f"{text}." for text in self.purchases]
        found += [
            f"The normal capacity of '{name}' is used up in {stretches(periods, when)}, unlike in the plan."
            for name, when in self.filled.items()
        ]
        found += [
            f"The normal capacity of '{name}' is no longer used up in {stretches(periods, when)}."
            for name, when in self.freed.items()
        ]
        found += [f"The policy '{name}' is at its limit, unlike in the plan." for name in self.reached]
        return tuple(found)

    @property
    def policies(self) -> str:
        """Return which policies that count the option are at their limit as before; empty where none is."""
        if not self.kept:
            return ""
        names = listed([f"'{name}'" for name in self.kept])
        many = len(self.kept) > 1
        return (
            f"The option counts towards the {'policies' if many else 'policy'} {names}, which "
            f"{'are at their limits' if many else 'is at its limit'} in the plan too."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the changes as data."""
        return {
            "lines": [line.to_dict() for line in self.lines],
            "purchases": list(self.purchases),
            "filled": {name: list(when) for name, when in self.filled.items()},
            "freed": {name: list(when) for name, when in self.freed.items()},
            "policies_reached": list(self.reached),
            "policies_kept_at_limit": list(self.kept),
        }


def knock_on(line: str, chosen: Accounts, other: Accounts, option: str | None = None) -> KnockOn:
    """Return what changes besides a line when it is served in another way.

    Parameters
    ----------
    line : str
        The line; its own changes are left out.
    chosen, other : Accounts
        The plan under study and the other one.
    option : str, optional
        How the line is served otherwise.
    """
    changes: dict[str, list[str]] = {}
    for change in decision_changes(chosen.plan, other.plan):
        changes.setdefault(change.line, []).append(_decision(chosen.instance, change))
    one, two = chosen.table, other.table
    sold_one, sold_two = (table.groupby("line", sort=False)["sold"].sum() for table in (one, two))
    found = []
    for name, earned in chosen.earned.items():
        if name == line:
            continue
        before, after = float(sold_one.get(name, 0.0)), float(sold_two.get(name, 0.0))
        more = other.earned[name] - earned
        moved = tuple(changes.get(name, ()))
        if moved or abs(after - before) > SMALL * before or abs(more) > SMALL * abs(earned):
            found.append(OtherLine(name, moved, after - before, more))
    found.sort(key=lambda row: -abs(row.earned))
    before_all, after_all = (at_limit(plan.instance, plan.plan) for plan in (chosen, other))
    own = at_limit(other.instance, other.plan, option) if option is not None else ()
    full_one, full_two = used_up(chosen), used_up(other)
    return KnockOn(
        tuple(found),
        tuple(_capital(str(change)) for change in purchase_changes(chosen.plan, other.plan)),
        _less(full_two, full_one),
        _less(full_one, full_two),
        tuple(name for name in after_all if name not in before_all),
        tuple(name for name in own if name in before_all),
    )


def used_up(accounts: Accounts) -> dict[str, tuple[str, ...]]:
    """Return the periods in which the normal capacity of each resource is used up in some scenario."""
    table = accounts.plan.resource_use
    full = table[(table["used"] >= FULL * table["capacity"]) & (table["used"] > 0)]
    found: dict[str, tuple[str, ...]] = {}
    for name in accounts.instance.resources["resource"]:
        when = set(full.loc[full["resource"] == name, "period"])
        if when:
            found[str(name)] = tuple(period for period in accounts.instance.periods if period in when)
    return found


def _decision(instance: Instance, change: DecisionChange) -> str:
    """Return where a line moves: what comes new and what goes, with keys where both sound the same."""
    before, after = ([part.option for part in side] for side in (change.before, change.after))
    when = span(change.periods[0], change.periods[-1])
    kept = [option for option in after if option in before]
    new, gone = ([option for option in side if option not in kept] for side in (after, before))
    come, go = (listed([way(instance, option) for option in side]) for side in (new, gone))
    if come == go:
        come, go = (listed([f"{way(instance, name)} ('{name}')" for name in side]) for side in (new, gone))
    if not after:
        return f"is no longer offered {when}, where it is {go}"
    if not before:
        return f"is offered {when}, {come}"
    if new and gone:
        return f"is {come} instead of {_after_verb(instance, new, gone, go)} {when}"
    return f"is also {come} {when}" if new else f"is no longer {go} {when}"


def _after_verb(instance: Instance, new: list[str], gone: list[str], words: str) -> str:
    """Return what a line was before without the verb, where that is the one just said."""
    verbs = {MODES[option_row(instance, option)[0]][0] for option in (*new, *gone)}
    verb = f"{next(iter(verbs))} "
    return words.removeprefix(verb) if len(verbs) == len(gone) == 1 else words


def _less(some: dict[str, tuple[str, ...]], others: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    left = {
        name: tuple(period for period in when if period not in others.get(name, ()))
        for name, when in some.items()
    }
    return {name: when for name, when in left.items() if when}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
