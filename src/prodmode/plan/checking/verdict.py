"""What the referee says, and how it gathers it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from prodmode.plan.checking.arrays import Columns

RULES = (
    "domain",
    "eligibility",
    "assignment",
    "switching",
    "balance",
    "demand",
    "lots",
    "capacity",
    "unlocking",
    "budget",
    "limits",
    "accounts",
    "objective",
)
"""The rules, in the order in which violations are listed."""

LISTED = 50
"""How many violations of a rule are listed, the largest first; all are counted."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a plan breaks.

    Attributes
    ----------
    rule : str
        One of `RULES`.
    message : str
        What is wrong, with names, numbers and units.
    size : float
        By how much, in the unit of the rule.
    where : dict of str to str
        Names of what is concerned: line, option, period, scenario, resource and so on.
    """

    rule: str
    message: str
    size: float
    where: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The referee's word on a plan.

    Attributes
    ----------
    violations : tuple of Violation
        At most `LISTED` of each rule, in the order of `RULES`.
    counts : dict of str to int
        Number of violations of each rule that is broken, also of those not listed.
    npv : float
        The net present value as the referee computes it.
    tolerance : float
        Relative difference that is let pass.
    """

    violations: tuple[Violation, ...]
    counts: Mapping[str, int]
    npv: float
    tolerance: float

    @property
    def verified(self) -> bool:
        """Whether the plan keeps every rule and states true figures."""
        return not self.counts

    def __str__(self) -> str:
        if self.verified:
            return f"verified, npv {self.npv:,.2f}"
        total = sum(self.counts.values())
        head = f"{total:,} {'violation' if total == 1 else 'violations'}"
        return "\n".join([head, *(f"  {violation}" for violation in self.violations)])

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as data that JSON can hold."""
        return {
            "verified": self.verified,
            "npv": self.npv if np.isfinite(self.npv) else None,
            "tolerance": self.tolerance,
            "counts": dict(self.counts),
            "violations": [
                {
                    "rule": item.rule,
                    "message": item.message,
                    "size": item.size if np.isfinite(item.size) else None,
                    "where": dict(item.where),
                }
                for item in self.violations
            ],
        }


class Findings:
    """Gathers violations.

    Attributes
    ----------
    tolerance : float
        Relative difference that is let pass.
    names : dict of str to sequence of str
        Names of lines, options, periods and so on, to which the codes in a column of that name refer.
    currency : str
        For messages.
    """

    def __init__(self, tolerance: float, names: Mapping[str, Sequence[str]], currency: str) -> None:
        self.tolerance = tolerance
        self.names = names
        self.currency = currency
        self._index: dict[str, pd.Index[str]] = {}
        self._found: dict[str, list[Violation]] = {rule: [] for rule in RULES}
        self._counts = dict.fromkeys(RULES, 0)

    def index(self, column: str) -> pd.Index[str]:
        """Return the names of a kind, for looking up codes."""
        if column not in self._index:
            self._index[column] = pd.Index(pd.Series(self.names[column], dtype="str"))
        return self._index[column]

    def add(self, rule: str, message: str, size: float = 1.0, where: Mapping[str, str] | None = None) -> None:
        """Add one violation."""
        self._counts[rule] += 1
        self._found[rule].append(Violation(rule, message, size, where or {}))

    def count(self, rule: str, number: int) -> None:
        """Count violations that are not listed."""
        self._counts[rule] += number

    def rows(
        self,
        rule: str,
        table: Columns,
        size: NDArray[np.float64],
        terms: Sequence[NDArray[np.float64]],
        message: str,
    ) -> None:
        """Add the rows of a table whose violation is larger than rounding explains.

        Parameters
        ----------
        rule : str
            One of `RULES`.
        table : Columns
            A row per place. Columns named like `names` hold codes; others are figures for the message.
        size : ndarray
            How far each row is off.
        terms : sequence of ndarray
            What is compared; its size sets how far off a row may be: tolerance * max(1, |terms|).
        message : str
            Template that names columns of the table in braces.
        """
        allowed = np.ones(len(size))
        for term in terms:
            allowed = np.maximum(allowed, np.abs(term))
        hits = np.flatnonzero(~(size <= self.tolerance * allowed))
        self.marked(rule, table, hits, size, message)

    def marked(
        self,
        rule: str,
        table: Columns,
        hits: NDArray[np.intp],
        size: NDArray[np.float64],
        message: str,
    ) -> None:
        """Add the rows of a table at the given positions; see `rows`."""
        if not len(hits):
            return
        self._counts[rule] += len(hits)
        worst = hits[np.argsort(-size[hits], kind="stable")[:LISTED]]
        cells = [column[worst].tolist() for column in table.values()]
        for *row, amount in zip(*cells, size[worst].tolist(), strict=True):
            values = dict(zip(table, row, strict=True))
            where = {name: self.names[name][code] for name, code in values.items() if name in self.names}
            figures = {name: _text(value) for name, value in values.items()} | where
            text = message.format(**figures, size=_text(amount), currency=self.currency)
            self._found[rule].append(Violation(rule, text, amount, where))

    def verdict(self, npv: float) -> Verdict:
        """Return what was found."""
        listed = (sorted(self._found[rule], key=_rank)[:LISTED] for rule in RULES)
        return Verdict(
            violations=tuple(item for items in listed for item in items),
            counts={rule: count for rule, count in self._counts.items() if count},
            npv=npv,
            tolerance=self.tolerance,
        )


def _rank(item: Violation) -> tuple[bool, float]:
    # The largest first; a size that is no number, as where a plan leaves a figure out, last.
    return bool(np.isnan(item.size)), -item.size


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        small = abs(value) < 0.01 and value != 0
        return f"{value:.3g}" if small else f"{value:,.4f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)
