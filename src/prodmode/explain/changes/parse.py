"""Text to changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from prodmode.errors import InputError, Issue, Place
from prodmode.explain.changes.edit import SIGNS, Edit, as_number
from prodmode.instance.faults import show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prodmode.explain.changes.edit import Op

_WAYS = "End it with a space and one of *1.2, +5, -5 or =5."
_GLUED = re.compile(r"(.+?)\s*([*+=-]\s*[-+]?[\d.][\d.eE+-]*)")


class _NoChangeError(Exception):
    """A text that is no change: what is wrong, and the way out."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def parse_edit(text: str) -> Edit:
    """Return the change that a text means.

    Parameters
    ----------
    text : str
        ``HEAD[.FILTER=VALUE] [FILTER=VALUE ...] [COLUMN] OP VALUE`` with OP one of ``*``, ``+``, ``-`` and
        ``=``; ``+TABLE COLUMN=VALUE ...`` adds a row and ``-TABLE.FILTER=VALUE`` removes rows. A value with
        spaces stands in double quotes, with a backslash before a quote or backslash in it.

    Raises
    ------
    InputError
        If the text is no change. Whether the names in it exist is not looked at here; see `apply_edits`.

    Examples
    --------
    >>> edit = parse_edit("capacity.resource=press-hours period=Q2 +120")
    >>> edit.head, edit.filters, edit.op, edit.value
    ('capacity', (('resource', 'press-hours'), ('period', 'Q2')), '+', 120.0)
    >>> parse_edit("settings discount_rate =0.08").column
    'discount_rate'
    """
    return parse_edits([text])[0]


def parse_edits(texts: Iterable[Edit | str]) -> list[Edit]:
    """Return the changes that texts mean; those parsed already are taken as they are.

    Raises
    ------
    InputError
        If some text is no change; it lists every such text.
    """
    edits, faults = read_edits(texts)
    if faults:
        raise InputError(faults)
    return edits


def read_edits(texts: Iterable[Edit | str]) -> tuple[list[Edit], list[Issue]]:
    """Return the changes that texts mean, and the faults of those that mean none."""
    edits, faults = [], []
    for text in texts:
        try:
            edits.append(text if isinstance(text, Edit) else _parsed(text))
        except _NoChangeError as error:
            place = Place(key=show(text))
            faults.append(Issue(error.message, None, place, error.hint, code="invalid-change"))
    return edits, faults


def _parsed(text: str) -> Edit:
    words = _words(text)
    if not words:
        raise _NoChangeError("the change is empty.", "Write for example: demand.line=oak-table *1.2")
    first, *rest = words
    whole_row: Op | None = cast("Op | None", {"+": "add", "-": "remove"}.get(first[0]))
    head, dot, pair = first[whole_row is not None :].partition(".")
    if not head or "=" in head or head[0] in SIGNS:
        hint = "Begin with a quantity or a table, such as demand.line=oak-table or settings."
        raise _NoChangeError(f"{show(first)} names neither a quantity nor a table.", hint)
    if dot:
        rest = [pair, *rest]
    at = next((place for place, word in enumerate(rest) if word[:1] in SIGNS), len(rest))
    filters, names = _pairs(rest[:at])
    if whole_row is not None:
        for wrong in [*names, *rest[at:]]:
            raise _NoChangeError(f"{show(wrong)} is not of the form COLUMN=VALUE.")
        if not filters and whole_row == "add":
            raise _NoChangeError("a row to add needs cells.", f"Write them as +{head} COLUMN=VALUE ...")
        return Edit(head, filters, None, whole_row, None)
    if at == len(rest):
        raise _NoChangeError("nothing is changed.", _missing_sign(rest))
    if len(names) > 1:
        raise _NoChangeError(f"one column at a time can be changed, not {' and '.join(map(show, names))}.")
    op = cast("Op", rest[at][0])
    return Edit(head, filters, names[0] if names else None, op, _operand(op, rest[at:]))


def _operand(op: Op, words: list[str]) -> str | float | None:
    """Return what stands after the sign of a change."""
    written = [word for word in (words[0][1:], *words[1:]) if word]
    if len(written) > 1:
        hint = "Put a value with spaces in double quotes."
        raise _NoChangeError(f"{show(' '.join(written[1:]))} follows after the end of the change.", hint)
    value = _typed(written[0]) if written else None
    if op == "=":
        return value
    number = _number(value)
    if number is None:
        said = show(written[0]) if written else "nothing"
        raise _NoChangeError(f"after '{op}' stands {said}, not a number.", _WAYS)
    return number


def _words(text: str) -> list[str]:
    """Split at spaces outside quotes.

    A quote opens where a value begins: at the start of a word, after the first "=" or after a sign.
    """
    words: list[str] = []
    word, inside, escaped = "", False, False
    for char in text:
        if inside:
            word += char
            inside = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char.isspace():
            words += [word] if word else []
            word = ""
        else:
            inside = char == '"' and _begins_value(word)
            word += char
    words += [word] if word else []
    if inside:
        raise _NoChangeError("a double quote is not closed.", "Close it, or take it out.")
    return words


def _begins_value(word: str) -> bool:
    return not word or word in SIGNS or (word.endswith("=") and word.count("=") == 1)


def _unquoted(raw: str) -> tuple[str, bool]:
    """Return a value without its quotes, and whether it had them."""
    if len(raw) >= 2 and raw[0] == raw[-1] == '"':
        return re.sub(r"\\(.)", r"\1", raw[1:-1], flags=re.DOTALL), True
    return raw, False


def _pairs(words: list[str]) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """Return the NAME=VALUE words as pairs, and the others."""
    pairs, others = [], []
    for word in words:
        name, sign, raw = word.partition("=")
        if sign:
            pairs.append((name, _unquoted(raw)[0]))
        else:
            others.append(word)
    return tuple(pairs), others


def _typed(raw: str) -> str | float:
    text, had_quotes = _unquoted(raw)
    number = None if had_quotes else as_number(text)
    return text if number is None else number


def _number(value: str | float | None) -> float | None:
    try:
        number = float(value) if value is not None else None
    except ValueError:
        return None
    return number if number is not None and number - number == 0 else None


def _missing_sign(words: list[str]) -> str:
    """Return how to end a change that has no sign of its own."""
    if words:
        name, sign, value = words[-1].partition("=")
        glued = _GLUED.fullmatch(value if sign else words[-1])
        if glued:
            start = f"{name}=" if sign else ""
            return f"Maybe you meant '{start}{glued[1]} {glued[2]}', with a space?"
        if sign and len(words) > 1:
            return f"Maybe you meant '{name} ={value}', with a space?"
    return _WAYS
