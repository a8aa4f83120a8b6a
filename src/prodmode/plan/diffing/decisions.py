"""Which decisions differ between two plans."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.plan.diffing.choices import DecisionChange, PurchaseChange, Way

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from prodmode.plan.plan import Plan

    Codes = NDArray[np.int64]
    _Run = tuple[int, tuple[int, ...], tuple[int, ...], int]


def merged(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Return the labels of two lists, each once: the first's order, what only the second has at its place.

    Examples
    --------
    >>> merged(["a", "b", "c"], ["x", "a", "y", "c", "z"])
    ['x', 'a', 'y', 'b', 'c', 'z']
    """
    first = dict.fromkeys(before)
    follow: dict[str | None, list[str]] = {}
    last: str | None = None
    for label in dict.fromkeys(after):
        if label in first:
            last = label
        else:
            follow.setdefault(last, []).append(label)
    order = follow.get(None, [])
    for label in first:
        order += [label, *follow.get(label, [])]
    return order


def common_periods(before: Plan, after: Plan) -> list[str]:
    """Return the periods that both plans have, in the order of the first."""
    return [period for period in before.periods if period in set(after.periods)]


def offered(plan: Plan) -> list[str]:
    """Return the lines that have an option in force in any period, in the order of the instance."""
    return [str(line) for line in plan.assignments["line"].unique()]


def decision_changes(before: Plan, after: Plan) -> tuple[DecisionChange, ...]:
    """Return where other options are in force, in the periods that both plans have.

    Parameters
    ----------
    before, after : Plan
        Plans, possibly of different instances.

    Returns
    -------
    tuple of DecisionChange
        In the order of lines, then of periods.
    """
    lines, periods = merged(offered(before), offered(after)), common_periods(before, after)
    both = pd.concat([before.assignments, after.assignments], ignore_index=True)
    line, period = _places(both["line"], lines), _places(both["period"], periods)
    way, ways = _ways(both)
    cell = line * len(periods) + period
    first = np.arange(len(both)) < len(before.assignments)
    known = period >= 0
    old, new = (np.unique((cell * len(ways) + way)[known & side]) for side in (first, ~first))
    differing = np.unique(np.setxor1d(old, new, assume_unique=True) // max(len(ways), 1))
    inside = known & np.isin(cell, differing)
    sides = [_by_cell(cell[inside & side], way[inside & side]) for side in (first, ~first)]
    steps = _consecutive(before.periods, after.periods, periods)

    runs: list[tuple[_Run, int]] = []
    for number, place in enumerate(differing.tolist()):
        line_code, when = divmod(place, len(periods))
        # The last part stays the same from period to period, unless one is left out.
        key = (line_code, sides[0].get(place, ()), sides[1].get(place, ()), steps[when] - number)
        runs.append((key, when))
    return tuple(
        DecisionChange(
            lines[line_code],
            tuple(periods[when] for _, when in members),
            tuple(ways[code] for code in codes_before),
            tuple(ways[code] for code in codes_after),
        )
        for (line_code, codes_before, codes_after, _), members in groupby(runs, key=lambda run: run[0])
    )


def purchase_changes(before: Plan, after: Plan) -> tuple[PurchaseChange, ...]:
    """Return where another number of copies is bought, in the periods that both plans have.

    Parameters
    ----------
    before, after : Plan
        Plans, possibly of different instances.

    Returns
    -------
    tuple of PurchaseChange
        In the order of investments, then of periods.
    """
    old, new = _bought(before), _bought(after)
    investments = merged((name for name, _ in old), (name for name, _ in new))
    return tuple(
        PurchaseChange(name, period, old.get((name, period), 0), new.get((name, period), 0))
        for name in investments
        for period in common_periods(before, after)
        if old.get((name, period), 0) != new.get((name, period), 0)
    )


def _bought(plan: Plan) -> dict[tuple[str, str], int]:
    table = plan.purchases
    keys = zip(table["investment"].tolist(), table["period"].tolist(), strict=True)
    return dict(zip(keys, table["copies"].tolist(), strict=True))


def _places(labels: pd.Series[Any], names: Sequence[str]) -> Codes:
    """Return the position of each label among names, -1 where it is none of them."""
    code, known = pd.factorize(labels)
    place = pd.Index(list(names)).get_indexer(pd.Index(known))
    return np.asarray(place[code], dtype=np.int64)


def _ways(table: pd.DataFrame) -> tuple[Codes, list[Way]]:
    """Return the way of each row and the ways there are: an option as one plan states it."""
    code = np.zeros(len(table), dtype=np.int64)
    for name in ("option", "mode", "site"):
        part, _ = pd.factorize(table[name], use_na_sentinel=False)
        code, _ = pd.factorize(code * (int(part.max(initial=0)) + 1) + part)
    _, first = np.unique(code, return_index=True)
    rows = table.iloc[first][["option", "mode", "site"]]
    ways = [
        Way(str(option), str(mode), None if pd.isna(site) else str(site))
        for option, mode, site in rows.itertuples(index=False)
    ]
    return code.astype(np.int64), ways


def _by_cell(cell: Codes, way: Codes) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for place, code in zip(cell.tolist(), way.tolist(), strict=True):
        if code not in found.get(place, ()):
            found[place] = (*found.get(place, ()), code)
    return found


def _consecutive(before: Sequence[str], after: Sequence[str], common: Sequence[str]) -> list[int]:
    """Return a number for each common period that grows by one where it follows the last in both plans."""
    places = [{label: place for place, label in enumerate(labels)} for labels in (before, after)]
    numbers: list[int] = []
    for rank, label in enumerate(common):
        steps = [place[label] - place[common[rank - 1]] for place in places] if rank else [1, 1]
        numbers.append((numbers[-1] if numbers else -1) + (1 if steps == [1, 1] else 2))
    return numbers
