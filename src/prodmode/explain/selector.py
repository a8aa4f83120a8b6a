"""Which options, or which copies of investments, a question is about."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np

from prodmode.errors import InputError, Issue, nearest
from prodmode.instance.fields import MODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance


@dataclass(frozen=True, slots=True)
class Selector:
    """Options in periods; what is None selects all.

    Attributes
    ----------
    line, family, option, mode, site, period : str or None

    Examples
    --------
    >>> Selector.parse("line=oak-table mode=outsourced")
    Selector(line='oak-table', family=None, option=None, mode='outsourced', site=None, period=None)
    >>> print(Selector.parse('line="oak table"'))
    line="oak table"
    """

    line: str | None = None
    family: str | None = None
    option: str | None = None
    mode: str | None = None
    site: str | None = None
    period: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a selector such as ``line=oak-table mode=outsourced``.

        Raises
        ------
        InputError
            If a part is no KEY=VALUE, or a key is unknown or given twice.
        """
        return cls(**pairs(text, [part.name for part in fields(cls)]))

    def mask(self, instance: Instance) -> NDArray[np.bool_]:
        """Return which options are selected in which periods, shape (O, T)."""
        options, lines = instance.options, instance.lines
        chosen = np.ones(len(options), dtype=bool)
        for name in ("line", "option", "mode", "site"):
            if (wanted := getattr(self, name)) is not None:
                chosen &= (options[name] == wanted).to_numpy(dtype=bool)
        if self.family is not None:
            family = (lines["family"] == self.family).to_numpy(dtype=bool)
            chosen &= family[options["line"].cat.codes.to_numpy()]
        periods = np.array([self.period in (None, period) for period in instance.periods])
        mask: NDArray[np.bool_] = chosen[:, None] & periods
        return mask

    def faults(self, instance: Instance) -> list[Issue]:
        """Return what an instance does not know, with near names."""
        known: dict[str, Sequence[str]] = {
            "line": instance.lines["line"].tolist(),
            "family": instance.families,
            "option": instance.options["option"].tolist(),
            "mode": MODES,
            "site": instance.sites["site"].tolist(),
            "period": instance.periods,
        }
        found = [
            unknown(str(self), name, value, labels)
            for name, labels in known.items()
            if (value := getattr(self, name)) is not None and value not in labels
        ]
        if not found and not self.mask(instance).any():
            found = [Issue(f"'{self}' selects no option", code="nothing-selected")]
        return found

    def __str__(self) -> str:
        given = [(part.name, getattr(self, part.name)) for part in fields(self)]
        return " ".join(f"{name}={quoted(value)}" for name, value in given if value is not None)


@dataclass(frozen=True, slots=True)
class Copies:
    """How many copies of an investment are bought.

    Attributes
    ----------
    investment : str
    period : str or None
        None stands for the whole horizon.
    at_least, at_most : int or None
    """

    investment: str
    period: str | None = None
    at_least: int | None = None
    at_most: int | None = None

    def faults(self, instance: Instance) -> list[Issue]:
        """Return what an instance does not know, with near names."""
        text = f"investment={quoted(self.investment)}"
        known = instance.investments["investment"].tolist()
        found = []
        if self.investment not in known:
            found.append(unknown(text, "investment", self.investment, known))
        if self.period is not None and self.period not in instance.periods:
            found.append(unknown(text, "period", self.period, instance.periods))
        return found


def pairs(text: str, keys: Sequence[str]) -> dict[str, str]:
    """Read ``KEY=VALUE`` parts, values with spaces in quotes.

    Raises
    ------
    InputError
        With every fault of the text.
    """
    try:
        parts = shlex.split(text)
    except ValueError as error:
        raise InputError([Issue(f"'{text}' cannot be read: {error}", code="bad-selector")]) from None
    found: dict[str, str] = {}
    issues = [] if parts else [Issue("an empty text selects nothing", code="bad-selector")]
    for part in parts:
        key, equals, value = part.partition("=")
        if not equals or not value:
            issues.append(Issue(f"'{part}' in '{text}' is no KEY=VALUE", code="bad-selector"))
        elif key not in keys:
            issues.append(unknown(text, "key", key, keys))
        elif key in found:
            issues.append(Issue(f"'{key}' is given twice in '{text}'", code="bad-selector"))
        else:
            found[key] = value
    if issues:
        raise InputError(issues)
    return found


def lines_named(instance: Instance, lines: Iterable[str] | None) -> list[str]:
    """Return the lines that are asked for, each once and in the order asked; all where it is None.

    Raises
    ------
    InputError
        With every name that is unknown, and near ones.
    """
    known = instance.lines["line"].tolist()
    if lines is None:
        return known
    wanted = list(dict.fromkeys(lines))
    if issues := [unknown(line, "line", line, known) for line in wanted if line not in set(known)]:
        raise InputError(issues)
    return wanted


def unknown(text: str, kind: str, value: str, known: Sequence[str]) -> Issue:
    """Return the fault of a name that is not known, with a near one."""
    close = nearest(value, list(known))
    if close:
        hint = f"Maybe you meant '{close}'?"
    elif known and len(known) <= 12:
        hint = f"There are: {', '.join(known)}."
    else:
        hint = None
    where = "" if text == value else f" ('{text}')"
    return Issue(f"there is no {kind} '{value}'{where}.", hint=hint, code=f"unknown-{kind}")


def quoted(value: str) -> str:
    """Return a value as it stands in a selector's text."""
    plain = value and not any(char.isspace() or char in "\"'\\" for char in value)
    if plain:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
