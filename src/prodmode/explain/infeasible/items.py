"""Rows that stand for rules: each can be imposed, lifted or stretched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.explain.infeasible.rules import Rule

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from prodmode.explain.infeasible.rules import Kind


@dataclass(frozen=True, slots=True)
class Items:
    """Rows of a program that stand for rules, one side each.

    Attributes
    ----------
    row : ndarray of int, shape (I,)
        The row; no two items share one.
    lower, upper : ndarray, shape (I,)
        Its sides when it is imposed; infinite where free.
    period : ndarray of int, shape (I,)
        Period that it is about, -1 for the horizon.
    need_item, need_rule : ndarray of int
        Pairs: the item is imposed only where the rule is. Most items need one rule; the money spent up to a
        period is limited only where the budgets of all periods up to it are.
    slack_row, slack_rule, slack_value : ndarray
        What a unit by which a rule's figure is moved adds to a row.
    """

    row: NDArray[np.int64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    period: NDArray[np.int64]
    need_item: NDArray[np.int64]
    need_rule: NDArray[np.int64]
    slack_row: NDArray[np.int64]
    slack_rule: NDArray[np.int64]
    slack_value: NDArray[np.float64]

    def imposed(self, rules: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which items a set of rules imposes, shape (I,).

        Parameters
        ----------
        rules : ndarray of bool, shape (number of rules,)
        """
        on = np.ones(len(self.row), dtype=bool)
        on[self.need_item[~rules[self.need_rule]]] = False
        return on

    def imposed_by(self, rule: int) -> NDArray[np.int64]:
        """Return the items that a rule imposes, alone or with others."""
        found: NDArray[np.int64] = self.need_item[self.need_rule == rule]
        return found


@dataclass(slots=True)
class Collector:
    """Collects rules and their items."""

    rules: list[Rule] = field(default_factory=list)
    _known: dict[tuple[str, str, str | None, str | None], int] = field(default_factory=dict)
    _parts: list[tuple[NDArray[Any], ...]] = field(default_factory=list)
    _sides: list[tuple[NDArray[Any], ...]] = field(default_factory=list)
    _slack: list[tuple[NDArray[Any], ...]] = field(default_factory=list)
    _pairs: list[tuple[NDArray[Any], ...]] = field(default_factory=list)
    _size: int = 0

    def rule(
        self,
        kind: Kind,
        name: str,
        *,
        period: str | None = None,
        side: str | None = None,
        figure: float | None = None,
    ) -> int:
        """Return the position of a rule, which is noted the first time it is named."""
        key = (kind, name, period, side)
        if key not in self._known:
            self._known[key] = len(self.rules)
            self.rules.append(Rule(kind, name, period, side, None if figure is None else float(figure)))
        return self._known[key]

    def add(
        self,
        rows: ArrayLike,
        rules: ArrayLike,
        *,
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
        period: ArrayLike = -1,
        slack: ArrayLike = 0.0,
    ) -> NDArray[np.int64]:
        """Add items that need one rule each and return their positions.

        Parameters
        ----------
        rows : array_like of int
        rules : array_like of int
            The rule of each row.
        lower, upper, period : array_like
            Sides and periods, broadcast.
        slack : array_like
            What a unit of the rule's slack adds to the row; 0 where its figure cannot be moved.
        """
        row = np.atleast_1d(np.asarray(rows, dtype=np.int64))
        rule = np.broadcast_to(np.asarray(rules, dtype=np.int64), row.shape)
        value = np.broadcast_to(np.asarray(slack, dtype=np.float64), row.shape)
        items = np.arange(self._size, self._size + len(row))
        self._parts.append((row, np.broadcast_to(np.asarray(period, dtype=np.int64), row.shape)))
        low, high = (
            np.broadcast_to(np.asarray(side, dtype=np.float64), row.shape) for side in (lower, upper)
        )
        self._sides.append((low, high))
        self._pairs.append((items, rule))
        self._slack.append((row, rule, value))
        self._size += len(row)
        return items

    def also_needs(
        self,
        items: NDArray[np.int64],
        rows: NDArray[np.int64],
        rules: NDArray[np.int64],
        slack: float,
    ) -> None:
        """Let items, with their rows, need further rules, pair by pair."""
        self._pairs.append((items, rules))
        self._slack.append((rows, rules, np.full(len(rows), slack)))

    def items(self) -> Items:
        """Return all items."""
        slack_row, slack_rule, slack_value = _columns(self._slack)
        moves = slack_value != 0
        row, period = _columns(self._parts)
        lower, upper = _columns(self._sides)
        item, rule = _columns(self._pairs)
        return Items(
            row, lower, upper, period, item, rule, slack_row[moves], slack_rule[moves], slack_value[moves]
        )


def _columns(parts: list[tuple[NDArray[Any], ...]]) -> tuple[NDArray[Any], ...]:
    """Return the columns of a list of rows of arrays, each joined."""
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))
