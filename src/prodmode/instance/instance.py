"""The Instance: what the planner states, checked, columnar and frozen."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from prodmode.document.notebook import notebook
from prodmode.errors import InputError, Issue
from prodmode.instance.conform import conform
from prodmode.instance.eligibility import ineligible_options
from prodmode.instance.fields import MODES, TABLES, Record, Settings, columns
from prodmode.instance.raw import RawInstance, RawTable, ScriptOrigin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    TableLike = pd.DataFrame | Iterable[Mapping[str, Any] | Record]


class Instance:
    """A portfolio of product lines with everything that decides how each is made.

    An instance is checked when it is built and never changes afterwards: every table that it hands out is
    a copy (made only when written to), and `replace` gives a changed instance.

    Build one with `prodmode.load`, `from_tables` or `from_records`.

    Attributes
    ----------
    settings : Settings
        Name, periods, currency, discounting and the other settings.
    lines, demand, sites, options, tiers, resources, capacity, usage, investments, expansions, budgets, \
limits, scenarios, changes : pandas.DataFrame
        The tables, with every column of the field table and defaults filled in. A column that names a row
        of another table, a period or one of a few choices is categorical: its codes are positions in that
        table, in `periods` or among the choices, and blanks have code -1. A blank number is NaN.
    warnings : tuple of Issue
        What is legal but suspicious.

    Examples
    --------
    >>> from prodmode import Demand, Instance, Line, Option, Settings
    >>> instance = Instance.from_records(
    ...     Settings(name="workshop", periods=2),
    ...     [
    ...         Line(line="stool", price=40),
    ...         Demand(line="stool", period=1, units=100),
    ...         Demand(line="stool", period=2, units=120),
    ...         Option(option="stool-bought", line="stool", mode="outsourced", unit_cost=25),
    ...     ],
    ... )
    >>> instance
    <Instance 'workshop': 1 line, 1 option (1 outsourced), 2 periods, 220 units of demand>
    >>> instance.replace(name="bigger workshop").name
    'bigger workshop'
    """

    __slots__ = ("__dict__", "_frames", "settings", "warnings")

    settings: Settings
    warnings: tuple[Issue, ...]
    _frames: dict[str, pd.DataFrame]

    def __init__(self, raw: RawInstance, *, thorough: bool = False) -> None:
        """Check a raw instance and freeze it.

        Parameters
        ----------
        raw : RawInstance
            Settings and tables as a container or a script states them.
        thorough : bool
            Whether the warnings tell all that is odd, and not only what is probably wrong.

        Raises
        ------
        InputError
            If anything is wrong; it lists every fault.
        """
        conformed = conform(raw, thorough=thorough)
        errors = [issue for issue in conformed.issues if issue.severity == "error"]
        if errors or conformed.settings is None:
            raise InputError(errors)
        object.__setattr__(self, "settings", conformed.settings)
        object.__setattr__(self, "_frames", conformed.frames)
        object.__setattr__(
            self, "warnings", tuple(issue for issue in conformed.issues if issue.severity == "warning")
        )

    @classmethod
    def from_tables(cls, settings: Settings | Mapping[str, Any], tables: Mapping[str, TableLike]) -> Self:
        """Build an instance from whole tables.

        Parameters
        ----------
        settings : Settings or mapping
            The settings; ``name`` and ``periods`` are required.
        tables : mapping of str to DataFrame or iterable of mappings
            Tables by name. ``demand`` and ``capacity`` may be wide (a column per period).

        Raises
        ------
        InputError
            If anything is wrong; it lists every fault.
        """
        return cls(
            RawInstance(
                settings=_plain(settings),
                tables={name: RawTable(_frame(table), ScriptOrigin(name)) for name, table in tables.items()},
            )
        )

    @classmethod
    def from_records(cls, settings: Settings | Mapping[str, Any], records: Iterable[Record]) -> Self:
        """Build an instance row by row.

        Parameters
        ----------
        settings : Settings or mapping
            The settings; ``name`` and ``periods`` are required.
        records : iterable of Record
            Rows of any tables in any order: `Line`, `Demand`, `Option` and so on.

        Raises
        ------
        InputError
            If anything is wrong; it lists every fault.
        """
        rows: dict[str, list[Record]] = {}
        for record in records:
            rows.setdefault(record.table, []).append(record)
        return cls.from_tables(settings, rows)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some settings or tables changed, checked anew.

        Parameters
        ----------
        **changes
            A setting by its name, or a whole table by its name.

        Raises
        ------
        TypeError
            If a name is neither a setting nor a table.
        InputError
            If the changed instance is wrong.
        """
        settings = {name: changes.pop(name) for name in list(changes) if name in Settings.model_fields}
        unknown = sorted(set(changes) - set(TABLES))
        if unknown:
            raise TypeError(f"replace() got neither settings nor tables: {', '.join(unknown)}")
        tables = {name: frame for name, frame in self._frames.items() if len(frame)}
        return self.from_tables(_plain(self.settings) | settings, tables | changes)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an Instance is frozen; use replace({name}=...)")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("an Instance is frozen")

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name in TABLES:
            return self.table(name)
        raise AttributeError(f"'Instance' object has no attribute '{name}'")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *TABLES})

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (self.settings, self._frames, self.warnings))

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by name; KeyError if there is no such table."""
        return self._frames[name].copy(deep=False)

    @property
    def name(self) -> str:
        """Name of the instance."""
        return self.settings.name

    @property
    def currency(self) -> str:
        """ISO 4217 code of the currency of every amount."""
        return self.settings.currency

    @property
    def periods(self) -> tuple[str, ...]:
        """Labels of the periods, in order."""
        return self.settings.periods

    @property
    def families(self) -> tuple[str, ...]:
        """Product families, sorted."""
        return tuple(sorted(self._frames["lines"]["family"].dropna().unique()))

    @cached_property
    def ineligible(self) -> pd.DataFrame:
        """Options that cannot be chosen: columns option, line and reason."""
        return ineligible_options(self._frames["lines"], self._frames["options"])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the settings and tables, the same on every machine and in every session."""
        digest = hashlib.sha256(self.settings.model_dump_json().encode())
        for name in TABLES:
            frame = self._frames[name]
            digest.update(f"\x00{name}\x00{len(frame)}".encode())
            for column in columns(name):
                digest.update(_bytes(frame[column.name]))
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Instance):
            return NotImplemented
        return self.settings == other.settings and all(
            self._frames[name].equals(other.table(name)) for name in TABLES
        )

    def __hash__(self) -> int:
        return int(self.fingerprint[:15], 16)

    def summary(self) -> dict[str, Any]:
        """Return the figures that tell what the instance is about.

        Returns
        -------
        dict
            ``name``, ``lines``, ``options``, ``options_by_mode``, ``ineligible_options``, ``periods``,
            ``demand`` (units over the horizon), ``sites``, ``resources``, ``investments``, ``limits``,
            ``scenarios``, ``capex_limit`` (money over the horizon, None where there is no budget) and
            ``currency``.
        """
        counts = self._frames["options"]["mode"].value_counts()
        budgets = self._frames["budgets"]
        return {
            "name": self.name,
            "lines": len(self._frames["lines"]),
            "options": len(self._frames["options"]),
            "options_by_mode": {mode: int(counts.get(mode, 0)) for mode in MODES},
            "ineligible_options": len(self.ineligible),
            "periods": len(self.periods),
            "demand": float(self._frames["demand"]["units"].sum()),
            "sites": len(self._frames["sites"]),
            "resources": len(self._frames["resources"]),
            "investments": len(self._frames["investments"]),
            "limits": len(self._frames["limits"]),
            "scenarios": len(self._frames["scenarios"]),
            "capex_limit": float(budgets["capex_limit"].sum()) if len(budgets) else None,
            "currency": self.currency,
        }

    def __repr__(self) -> str:
        figures = self.summary()
        modes = ", ".join(f"{count:,} {mode}" for mode, count in figures["options_by_mode"].items() if count)
        parts = [
            _count(figures["lines"], "line"),
            f"{_count(figures['options'], 'option')} ({modes})",
            _count(figures["periods"], "period"),
            f"{figures['demand']:,.0f} units of demand",
        ]
        if figures["resources"]:
            parts.append(_count(figures["resources"], "resource"))
        if figures["investments"]:
            parts.append(_count(figures["investments"], "investment"))
        if figures["scenarios"]:
            parts.append(_count(figures["scenarios"], "scenario"))
        if figures["capex_limit"] is not None:
            parts.append(f"{figures['capex_limit']:,.0f} {self.currency} of capex")
        return f"<Instance '{self.name}': {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        from prodmode.instance.overview import overview  # noqa: PLC0415 (an instance in memory needs no views)

        return notebook(overview(self))


def _restore(settings: Settings, frames: dict[str, pd.DataFrame], warnings: tuple[Issue, ...]) -> Instance:
    instance = Instance.__new__(Instance)
    object.__setattr__(instance, "settings", settings)
    object.__setattr__(instance, "_frames", frames)
    object.__setattr__(instance, "warnings", warnings)
    return instance


def _plain(settings: Settings | Mapping[str, Any]) -> dict[str, Any]:
    return settings.model_dump() if isinstance(settings, Settings) else dict(settings)


def _frame(table: TableLike) -> pd.DataFrame:
    if isinstance(table, pd.DataFrame):
        return table
    rows = [row.model_dump(by_alias=True) if isinstance(row, Record) else dict(row) for row in table]
    return pd.DataFrame(rows, dtype=object)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _bytes(column: pd.Series[Any]) -> bytes:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.ascontiguousarray(column.cat.codes.to_numpy(), dtype="<i4").tobytes()
    if isinstance(column.dtype, pd.StringDtype):
        blank = column.isna().to_numpy()
        return b"\x00".join(column.fillna("").str.encode("utf-8")) + np.packbits(blank).tobytes()
    values = column.to_numpy()
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), np.nan, values + 0.0).astype("<f8")
    return np.ascontiguousarray(values).tobytes()
