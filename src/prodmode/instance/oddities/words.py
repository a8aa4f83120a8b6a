"""Names and units that differ in spelling alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from typing import Any

    from prodmode.instance.oddities.facts import Facts

_NAMED = (
    ("lines", "line"), ("lines", "family"), ("sites", "site"), ("sites", "region"),
    ("resources", "resource"), ("investments", "investment"),
)  # fmt: skip

_UNITS = (
    ("h", "hr", "hrs", "hour", "hours"),
    ("min", "mins", "minute", "minutes"),
    ("d", "day", "days"),
    ("kg", "kgs", "kilogram", "kilograms", "kilo", "kilos"),
    ("t", "ton", "tons", "tonne", "tonnes"),
    ("pc", "pcs", "piece", "pieces"),
    ("unit", "units"),
)
"""Spellings of one unit."""

_UNIT = {word: words[-1] for words in _UNITS for word in words}


def check_words(facts: Facts) -> None:
    """Report names that differ only in case, spaces or hyphens, and units spelled in several ways."""
    for table, column in _NAMED:
        if facts.size(table) > 1:
            words = facts.draft.frames[table][column]
            _report(facts, table, column, words, _folded(words))
    if facts.size("resources") > 1:
        words = facts.draft.frames["resources"]["unit"]
        _report(facts, "resources", "unit", words, _folded(words).map(lambda word: _UNIT.get(word, word)))


def _folded(words: pd.Series[Any]) -> pd.Series[Any]:
    text = words.astype("str").where(words.notna(), None)
    return text.str.lower().str.replace(r"[\s_-]+", " ", regex=True).str.strip()


def _report(facts: Facts, table: str, column: str, words: pd.Series[Any], folded: pd.Series[Any]) -> None:
    """Report the first row of each spelling but the first of a word."""
    known = pd.DataFrame({"word": words.astype(object), "folded": folded}).dropna().drop_duplicates()
    again = known[known["folded"].duplicated()]
    if again.empty:
        return
    first = known.drop_duplicates("folded").set_index("folded")["word"]
    other = {int(row): str(first[word]) for row, word in again["folded"].items()}  # type: ignore[call-overload]
    hit = np.zeros(facts.size(table), dtype=bool)
    hit[list(other)] = True

    def describe(row: int) -> tuple[str, str | None]:
        word = facts.draft.sheets[table].text(row, column)
        message = f"{column} '{word}' and '{other[row]}' differ in spelling only."
        return message, "Maybe they are the same?"

    facts.warn("spelled-alike", (table, column), hit, describe)
