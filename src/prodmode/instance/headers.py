"""Which column of a raw table is which column of the field table, or which period."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodmode.instance.cells import distinct, label_of
from prodmode.instance.faults import listing, near, show, suggest
from prodmode.instance.fields import WIDE_TABLES, columns

if TYPE_CHECKING:
    import pandas as pd

    from prodmode.instance.faults import Faults
    from prodmode.instance.raw import RawTable


@dataclass(slots=True)
class Headers:
    """Positions in a raw table.

    Attributes
    ----------
    fields : dict of str to int
        Position of each column of the field table that is there.
    periods : dict of str to int or None
        Position of each period's column, None where the table has a row per period.
    readable : bool
        Whether the rows can be read: not where the columns of a wide table stand for unknown periods.
    """

    fields: dict[str, int]
    periods: dict[str, int] | None = None
    readable: bool = True


def raw_header(frame: pd.DataFrame, position: int) -> str:
    """Return a header as the origin of the table knows it."""
    header: Any = frame.columns[position]
    return header if isinstance(header, str) else (label_of(header) or str(header))


def match_headers(table: str, raw: RawTable, periods: tuple[str, ...] | None, faults: Faults) -> Headers:
    """Match the headers of a raw table, and report the unknown, double and missing ones.

    An unknown header that is near to the name of an absent column is taken for it afterwards, so that
    one slip of the pen makes one fault.
    """
    return _Matcher(table, raw, periods, faults).match()


class _Matcher:
    def __init__(self, table: str, raw: RawTable, periods: tuple[str, ...] | None, faults: Faults) -> None:
        self.table, self.raw, self.faults = table, raw, faults
        self.names = [field.name for field in columns(table)]
        self.periods = periods
        self.given: dict[str, int] = {}

    def match(self) -> Headers:
        self.gather()
        fields = {name: self.given[name] for name in self.names if name in self.given}
        unknown = [name for name in self.given if name not in fields]
        found = Headers(fields)
        if self.table in WIDE_TABLES and unknown:
            self.spread(found, unknown)
        taken = set(found.periods or ())
        self.guess(found, [name for name in unknown if name not in taken])
        self.missing(found)
        return found

    def gather(self) -> None:
        frame = self.raw.frame
        for position in range(frame.shape[1]):
            name = label_of(frame.columns[position]) if frame.columns[position] is not None else ""
            name = raw_header(frame, position) if name is None else name
            if not name or name == "nan":
                if (distinct(frame.iloc[:, position])[0] >= 0).any():
                    message = f"column {position + 1} of table '{self.table}' has values but no header."
                    self.faults.add("unknown-column", self.table, message, self.raw.origin.place())
            elif name in self.given:
                message = f"table '{self.table}' has two columns {show(name)}."
                place = self.raw.origin.place(column=raw_header(frame, position))
                self.faults.add("duplicate-column", self.table, message, place, hint="Take one of them out.")
            else:
                self.given[name] = position

    def spread(self, found: Headers, unknown: list[str]) -> None:
        """Settle which unknown headers are periods."""
        value = WIDE_TABLES[self.table]
        long = any(near(name, [value, "period"]) for name in self.given if name not in (self.periods or ()))
        if self.periods is None:
            if not long:
                found.periods, found.readable = {name: self.given[name] for name in unknown}, False
            return
        known = set(self.periods)
        inside = [name for name in unknown if name in known]
        if long and not {value, "period"} & set(found.fields) and inside:
            long = False
        if long:
            if inside:
                self.mixed(inside)
                for name in inside:
                    unknown.remove(name)
            return
        outside = [name for name in unknown if name not in known and self.like_period(name)]
        if not inside and not outside:
            return
        for name in outside:
            message = f"period {show(name)} is outside the horizon."
            hint = suggest(name, self.periods) or f"The periods are {listing(self.periods)}."
            self.faults.add("unknown-period", self.table, message, self.place(name), hint=hint)
            unknown.remove(name)
        found.periods = {name: self.given[name] for name in self.periods if name in self.given}
        for name in [name for name in found.fields if name != self.names[0]]:
            message = f"a {self.table} table with a column per period has no place for the column '{name}'."
            self.faults.add(
                "unknown-column",
                self.table,
                message,
                self.place(name),
                hint="Write a row per period to give it.",
            )
            del found.fields[name]

    def mixed(self, inside: list[str]) -> None:
        message = (
            f"table '{self.table}' has the columns of a row per period and columns named after periods"
            f" ({listing(inside)}) at once."
        )
        hint = "Keep one of the two: a row per period, or a column per period."
        self.faults.add("mixed-layout", self.table, message, self.place(inside[0]), hint=hint)

    def like_period(self, name: str) -> bool:
        close = near(name, [*(self.periods or ()), *self.names])
        return close not in self.names if close is not None else bool(re.search(r"\d", name))

    def guess(self, found: Headers, unknown: list[str]) -> None:
        names = self.names if found.periods is None else self.names[:1]
        for name in unknown:
            hint = suggest(name, names) or f"The columns are {listing(names, 30)}."
            message = f"table '{self.table}' has no column {show(name)}."
            self.faults.add("unknown-column", self.table, message, self.place(name), hint=hint)
            close = near(name, names)
            if close is not None and close not in found.fields:
                found.fields[close] = self.given[name]

    def missing(self, found: Headers) -> None:
        for field in columns(self.table):
            spread = found.periods is not None and field.name in {"period", WIDE_TABLES.get(self.table)}
            if field.required and field.name not in found.fields and not spread:
                message = f"table '{self.table}' lacks the column '{field.name}' ({field.meaning})."
                indexed = field.name in self.raw.frame.index.names
                hint = "Turn the index into a column with reset_index()." if indexed else None
                self.faults.add("missing-column", self.table, message, self.raw.origin.place(), hint=hint)

    def place(self, name: str) -> Any:
        return self.raw.origin.place(column=raw_header(self.raw.frame, self.given[name]))
