"""What each line does in each period, as the picture and the table of lines need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodmode.instance.fields import MODES

if TYPE_CHECKING:
    from prodmode.report.html.amounts import Amounts

Cell = tuple[str, ...]
"""The modes in force, in the order of `MODES`; empty where the line is not offered."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line over time.

    Attributes
    ----------
    line, title : str
        Its key and its name to read.
    family : str
        Empty where none is stated.
    cells : tuple of Cell
        One for each period.
    told : tuple of str
        The same in words with the sites, one for each period.
    sites : tuple of str
        Names of the sites in use, in the order of the periods.
    """

    line: str
    title: str
    family: str
    cells: tuple[Cell, ...]
    told: tuple[str, ...]
    sites: tuple[str, ...]

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes in use in any period."""
        used = {mode for cell in self.cells for mode in cell}
        return tuple(mode for mode in MODES if mode in used)


def rows_of(amounts: Amounts) -> list[Row]:
    """Return the lines of the instance, in its order."""
    held: dict[tuple[str, str], list[tuple[str, str]]] = {}
    table = amounts.plan.assignments
    columns = (table[name].tolist() for name in ("line", "period", "mode", "site"))
    for line, period, mode, site in zip(*columns, strict=True):
        place = amounts.sites.get(site, site) if isinstance(site, str) else ""
        held.setdefault((line, period), []).append((mode, place))
    lines = amounts.instance.lines
    rows = []
    for line, title, family in zip(lines["line"], lines["name"], lines["family"], strict=True):
        ways = [held.get((str(line), period), []) for period in amounts.plan.periods]
        rows.append(
            Row(
                line=str(line),
                title=title if isinstance(title, str) and title else str(line),
                family=family if isinstance(family, str) else "",
                cells=tuple(tuple(mode for mode in MODES if mode in dict(way)) for way in ways),
                told=tuple(" + ".join(_words(*part) for part in way) or "not offered" for way in ways),
                sites=tuple(dict.fromkeys(place for way in ways for _, place in way if place)),
            )
        )
    return rows


def _words(mode: str, place: str) -> str:
    if not place:
        return mode
    return f"{mode} {'from' if mode == 'outsourced' else 'at'} {place}"
