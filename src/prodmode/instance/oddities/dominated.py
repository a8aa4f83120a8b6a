"""Options that another option of their line beats in every respect, and options that are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from prodmode.instance.oddities.facts import Facts
    from prodmode.instance.sheet import Mask

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

_LESS = (
    "unit_cost", "fixed_cost", "startup_cost", "tooling_capex", "setup_cost", "min_lot", "emissions_per_unit",
)  # fmt: skip
"""Columns of which less is better."""

_MORE = ("max_units", "yield", "price_factor", "demand_factor")
"""Columns of which more is better."""

_FARTHEST = 40
"""Options of a line are compared with so many neighbours; a line with more is rare."""


def check_dominated(facts: Facts) -> None:
    """Report options that another one makes pointless.

    An option is compared with those that stand beside it: where a limit or a scenario tells modes or sites
    apart, only with those of the same mode and site, and never where the other takes what it does not.
    """
    draft = facts.draft
    order = np.argsort(facts.line, kind="stable")
    able = facts.able[order] & ~facts.tiered[order]
    line = facts.line[order]
    group = line
    if _told_apart(facts):
        sites = facts.size("sites") + 1
        group = (
            (line * 3 + draft.codes("options", "mode")[order]) * sites
            + draft.codes("options", "site")[order]
            + 1
        )
    values = _values(facts)[order]
    requires = draft.codes("options", "requires")[order]
    current = np.zeros(len(order) + 1, dtype=bool)
    current[draft.codes("lines", "current_option")] = True
    at_once = facts.number("lines", "max_options")[line] > 1
    beaten = np.full(len(order), -1, dtype=np.int64)
    same = np.zeros(len(order), dtype=bool)
    for step in range(1, min(_FARTHEST, _largest_group(line))):
        left = np.flatnonzero(group[step:] == group[:-step])
        left = left[able[left] & able[left + step] & ~at_once[left]]
        for loser, winner in ((left + step, left), (left, left + step)):
            pairs = _beats(facts, values, requires, order, loser, winner)
            # Who is in force today pays no start: he stays in the running. Of two alike the second is told.
            pairs &= ~current[order[loser]] & (beaten[loser] < 0)
            equal = pairs.copy()
            equal[pairs] = (values[loser[pairs]] == values[winner[pairs]]).all(axis=1)
            equal &= _same_usage(facts, order[loser], order[winner], equal)
            pairs &= ~equal | (loser > winner) | current[order[winner]]
            beaten[loser[pairs]] = winner[pairs]
            same[loser[pairs]] = equal[pairs]
    found, alike = np.full(len(order), -1, dtype=np.int64), np.zeros(len(order), dtype=bool)
    hit = np.flatnonzero(beaten >= 0)
    found[order[hit]], alike[order[hit]] = order[beaten[hit]], same[hit]
    _report(facts, found, alike)


def _report(facts: Facts, better: Codes, alike: Mask) -> None:
    sheet = facts.draft.sheets["options"]

    def beaten(row: int) -> tuple[str, str | None]:
        other = sheet.text(int(better[row]), "option")
        message = (
            f"{facts.who('options', row)} is never better than option '{other}', and in some respect worse."
        )
        return message, "Maybe a cost is missing, or is it no longer on offer?"

    def copied(row: int) -> tuple[str, str | None]:
        other = sheet.text(int(better[row]), "option")
        return (
            f"{facts.who('options', row)} is option '{other}' in all but its name.",
            "Maybe a row was copied?",
        )

    facts.warn("dominated-option", ("options", "option"), (better >= 0) & ~alike, beaten)
    facts.warn("same-option", ("options", "option"), (better >= 0) & alike, copied)


def _largest_group(line: Codes) -> int:
    return int(np.bincount(line).max(initial=0))


def _told_apart(facts: Facts) -> bool:
    """Return whether a limit or a scenario tells modes or sites apart."""
    return any(
        bool((facts.draft.codes(table, name) >= 0).any())
        for table in ("limits", "changes")
        for name in ("mode", "site")
    )


def _values(facts: Facts) -> Floats:
    """Return the columns that are compared, so that less is better; shape (O, columns)."""
    first, last = facts.window("options")
    number = {name: facts.number("options", name) for name in (*_LESS, *_MORE, "exit_cost")}
    number["unit_cost"] = np.nan_to_num(number["unit_cost"])
    number["max_units"] = np.nan_to_num(number["max_units"], nan=np.inf)
    columns = [*(number[name] for name in _LESS), *(-number[name] for name in _MORE), number["exit_cost"]]
    # An option of another mode may be kept in stock, or not: made to order is worse, with all else equal.
    custom = (facts.draft.codes("options", "mode") == 1).astype(np.float64)
    return np.column_stack([*columns, first, -last, custom])


def _beats(facts: Facts, values: Floats, requires: Codes, order: Codes, loser: Codes, winner: Codes) -> Mask:
    pairs: Mask = (requires[winner] < 0) | (requires[winner] == requires[loser])
    pairs[pairs] = (values[winner[pairs]] <= values[loser[pairs]]).all(axis=1)
    pairs &= _takes_no_more(facts, order[winner], order[loser], pairs)
    return pairs


def _same_usage(facts: Facts, one: Codes, other: Codes, among: Mask) -> Mask:
    return _takes_no_more(facts, one, other, among) & _takes_no_more(facts, other, one, among)


def _takes_no_more(facts: Facts, one: Codes, other: Codes, among: Mask) -> Mask:
    """Return for which pairs the one takes of every resource no more than the other."""
    result = among.copy()
    pairs = np.flatnonzero(among)
    if not len(pairs) or not facts.size("usage"):
        return result
    draft, resources = facts.draft, facts.size("resources")
    option, resource = draft.codes("usage", "option"), draft.codes("usage", "resource")
    amounts = np.column_stack([facts.number("usage", f"per_{what}") for what in ("unit", "setup", "period")])
    key = option * resources + resource
    by_key = np.argsort(key, kind="stable")
    sorted_key = key[by_key]
    start = np.searchsorted(sorted_key, one[pairs] * resources)
    number = np.searchsorted(sorted_key, (one[pairs] + 1) * resources) - start
    pair = np.repeat(np.arange(len(pairs)), number)
    mine = by_key[
        np.repeat(start, number) + np.arange(len(pair)) - np.repeat(np.cumsum(number) - number, number)
    ]
    wanted = other[pairs][pair] * resources + resource[mine]
    at = np.minimum(np.searchsorted(sorted_key, wanted), max(len(sorted_key) - 1, 0))
    theirs = np.where((sorted_key[at] == wanted)[:, None], amounts[by_key[at]], 0.0)
    more = (amounts[mine] > theirs).any(axis=1)
    over = np.bincount(pair, more, minlength=len(pairs)) > 0
    result[pairs[over]] = False
    return result
