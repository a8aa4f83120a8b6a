"""The figures of a comparison as text, for every view of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodmode.comparison.trace import GAPS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prodmode.comparison.compare import Comparison

UNKNOWN = "-"
"""What stands for a figure that there is none of."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    Attributes
    ----------
    heading : str
    cells : tuple of str
        One for each answer.
    figures : bool
        Whether the cells are numbers, set to the right.
    """

    heading: str
    cells: tuple[str, ...]
    figures: bool = False


def names(comparison: Comparison) -> Column:
    """Return the name of each run: the backend, with the number of the run where there are several."""
    many = any(entry.repeat > 1 for entry in comparison.entries)
    cells = (f"{entry.backend} ({entry.repeat})" if many else entry.backend for entry in comparison.entries)
    return Column("backend", tuple(cells))


def answers(comparison: Comparison) -> list[Column]:
    """Return what each backend answered."""
    rows = comparison.to_dict()["backends"]
    return [
        Column("status", tuple(_status(row) for row in rows)),
        _figures(rows, "objective", "objective", amount),
        _figures(rows, "bound", "bound", amount),
        _figures(rows, "gap", "gap", share),
        Column("verdict", tuple(short(row["verdict"]) for row in rows)),
        Column("version", tuple(row["version"] or UNKNOWN for row in rows)),
    ]


def effort(comparison: Comparison) -> list[Column]:
    """Return what each answer took: seconds, integrals and memory."""
    rows = comparison.to_dict()["backends"]
    times = [
        _figures(rows, f"to {100 * gap:g} %", f"seconds_to_{name}", seconds) for name, gap in GAPS.items()
    ]
    return [
        _figures(rows, "build s", "build_seconds", seconds),
        _figures(rows, "solve s", "solve_seconds", seconds),
        _figures(rows, "first plan", "seconds_to_first_plan", seconds),
        *times,
        _figures(rows, "primal", "primal_integral", seconds),
        _figures(rows, "primal-dual", "primal_dual_integral", seconds),
        _figures(rows, "peak MB", "peak_memory", lambda size: f"{size / 1e6:,.0f}"),
    ]


def remarks(comparison: Comparison) -> list[str]:
    """Return what there is to say of each run beside the table: failures and notes, without false claims."""
    found = []
    for name, row in zip(names(comparison).cells, comparison.to_dict()["backends"], strict=True):
        words = row["verdict"]
        if short(words) == "false":
            words = row["message"]
        elif ":" not in words:
            words = row["message"] and f"{words}; {row['message']}"
        if words:
            found.append(f"{name}: {words}")
    return list(dict.fromkeys(found))


def short(verdict: str) -> str:
    """Return a verdict without its explanation.

    Examples
    --------
    >>> short("crashed: its process crashed (SIGSEGV)"), short("proved")
    ('crashed', 'proved')
    """
    return verdict.partition(":")[0]


def amount(value: float) -> str:
    """Return an amount to the cent.

    Examples
    --------
    >>> amount(1234567.894), amount(-0.001)
    ('1,234,567.89', '0.00')
    """
    text = f"{value:,.2f}"
    return "0.00" if text == "-0.00" else text


def share(value: float) -> str:
    """Return a relative gap in percent.

    Examples
    --------
    >>> share(0.0123), share(0.0000994), share(0.0), share(12.5)
    ('1.23 %', '0.0099 %', '0 %', '1,250 %')
    """
    percent = 100 * value
    if percent < 1e-4:
        return "0 %" if percent < 1e-9 else "<0.0001 %"
    if percent < 0.1:
        return f"{percent:.2g} %"
    return f"{percent:.2f} %" if percent < 100 else f"{percent:,.0f} %"


def seconds(value: float) -> str:
    """Return seconds to the hundredth."""
    return f"{value:,.2f}"


def _status(row: dict[str, Any]) -> str:
    return str(row["status"] if row["ending"] == "answered" else row["ending"])


def _figures(rows: Sequence[dict[str, Any]], heading: str, key: str, say: Callable[[float], str]) -> Column:
    return Column(
        heading, tuple(UNKNOWN if row[key] is None else say(row[key]) for row in rows), figures=True
    )
